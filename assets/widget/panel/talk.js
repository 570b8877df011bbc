// The conversation on show: which one it is, how far it has come, and what of it was seen.

import { drafts } from "./drafts.js";

export class Talk {
  #key;
  #done = new Set();
  /** Numbers of what the other side said, for counting what is unread. */
  #theirs = [];
  #seen = 0;
  id = null;
  /** "before", "waiting", "active", "wrapping", "closed" or "gone". */
  stage = "before";
  lastOwn = 0;
  closedBy = "";

  constructor(site) {
    this.#key = `parlor-seen:${site}`;
  }

  get isOver() {
    return ["wrapping", "closed", "gone"].includes(this.stage);
  }

  get unread() {
    return this.#theirs.filter((seq) => seq > this.#seen).length;
  }

  /** Whether a frame is about the chat on show. The first one that comes along is. `leave` is called when another one was. */
  concerns({ conversation }, leave) {
    if (this.#done.has(conversation)) return false;
    if (this.id && this.id !== conversation) {
      // Another window of this visitor has begun a new chat; that one counts now.
      if (!this.isOver) return false;
      leave();
    }
    if (!this.id) {
      this.id = conversation;
      const [kept, seq] = drafts.get(this.#key).split(":");
      this.#seen = kept === conversation ? Number(seq) : 0;
    }
    return true;
  }

  hear(event) {
    if (this.stage === "before" || this.stage === "gone") this.stage = "waiting";
    if (event.kind === "closed") this.closedBy = event.from;
    if (event.kind !== "message" && event.kind !== "file") return;
    if (event.from === "visitor") this.lastOwn = event.seq;
    else this.#theirs.push(event.seq);
  }

  /** Everything up to the newest is in view; its number, if there is any. */
  look() {
    const newest = this.#theirs.at(-1);
    if (newest) this.see(newest);
    return newest && this.#seen;
  }

  see(seq) {
    if (seq > this.#seen) drafts.set(this.#key, `${this.id}:${(this.#seen = seq)}`);
  }

  /** This window is done with it. */
  forget() {
    if (this.id) this.#done.add(this.id);
    drafts.set(this.#key, "");
    this.id = null;
    this.#theirs = [];
    this.lastOwn = this.#seen = 0;
    this.closedBy = "";
  }
}

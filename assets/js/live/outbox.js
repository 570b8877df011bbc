// Commands on their way: each has an id made here, stays until the server has answered for it, and is said again on the next
// line with the same id, so that nothing is lost and nothing happens twice. Text survives a reload of this tab. Tabs that share a
// line share this list too; `own` marks what was given in this tab.

import { openShelf, withoutCards } from "./shelf.js";

export class Outbox {
  #shelf = openShelf("session");
  #key;
  /** In the order in which they were given: `{id, frame, own, status: "waiting" | "sending" | "failed", sentAt, strikes, message}`. */
  entries = [];

  constructor(key) {
    this.#key = key;
    try {
      this.entries = JSON.parse(this.#shelf.get(key) ?? "[]");
    } catch {
      this.clear();
    }
    this.unsend();
  }

  add(frame) {
    const id = crypto.randomUUID();
    return this.#put({ id, frame: { ...frame, id }, own: true, status: "waiting", sentAt: 0, strikes: 0 });
  }

  /** What another tab was given; `undefined` when it is known here. */
  take({ id, frame, status, message }) {
    if (this.find(id)) return undefined;
    return this.#put({ id, frame, own: false, status: status === "failed" ? status : "waiting", sentAt: 0, strikes: 0, message });
  }

  #put(entry) {
    this.entries.push(entry);
    this.save();
    return entry;
  }

  find(id) {
    return this.entries.find((entry) => entry.id === id);
  }

  remove(keep) {
    this.entries = this.entries.filter(keep);
    this.save();
  }

  /** The line is gone: whatever was on it has to be said again. */
  unsend() {
    for (const entry of this.entries) if (entry.status === "sending") entry.status = "waiting";
  }

  clear() {
    this.entries = [];
    this.#shelf.remove(this.#key);
  }

  /** Only what a person has written is worth keeping over a reload; other commands are a click away. */
  save() {
    const written = this.entries
      .filter((entry) => entry.frame.text)
      .map((entry) => ({ ...entry, frame: { ...entry.frame, text: withoutCards(entry.frame.text) } }));
    if (written.length) this.#shelf.set(this.#key, JSON.stringify(written));
    else this.#shelf.remove(this.#key);
  }
}

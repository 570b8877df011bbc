// Commands on their way: each has an id made here, stays until the server has answered for it, and is said again on the next
// line with the same id, so that nothing is lost and nothing happens twice. Text survives a reload of this tab.

import { openShelf } from "./shelf.js";

export class Outbox {
  #shelf = openShelf("session");
  #key;
  /** In the order in which they were given: `{id, frame, status: "waiting" | "sending" | "failed", sentAt, strikes, message}`. */
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
    const entry = { id: crypto.randomUUID(), frame, status: "waiting", sentAt: 0, strikes: 0 };
    entry.frame = { ...frame, id: entry.id };
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
    const written = this.entries.filter((entry) => entry.frame.text);
    if (written.length) this.#shelf.set(this.#key, JSON.stringify(written));
    else this.#shelf.remove(this.#key);
  }
}

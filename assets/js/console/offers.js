// Chats that this operator in particular is asked to take, and how long each offer still stands.

export class Offers {
  #until = new Map();

  // changed(conversation) is told when an offer came or is over.
  constructor(changed) {
    this.changed = changed;
  }

  begin({ conversation, seconds, transfer = false }) {
    if (!(seconds > 0)) {
      this.over(conversation);
      return;
    }
    this.#until.set(conversation, { at: performance.now() + seconds * 1_000, transfer });
    this.changed(conversation);
  }

  over(conversation) {
    if (this.#until.delete(conversation)) this.changed(conversation);
  }

  // After a new connection the server says anew which there are.
  forgetAll() {
    for (const conversation of [...this.#until.keys()]) this.over(conversation);
  }

  has(conversation) {
    return this.#until.has(conversation);
  }

  // Whole seconds that are left; the server decides when it is over, this is what people see.
  words(conversation) {
    const until = this.#until.get(conversation);
    if (!until) return "";
    const seconds = Math.max(0, Math.ceil((until.at - performance.now()) / 1_000));
    return `${until.transfer ? "handed to you" : "for you"}, ${seconds} s left`;
  }
}

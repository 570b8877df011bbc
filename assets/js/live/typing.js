// Who types, both ways: said at most every few seconds, and believed no longer than that after the last word of it.

const AGAIN_MS = 3_000;
const OVER_MS = 6_000;

export class Typing {
  #said = { at: 0, conversation: null };
  #heard = new Map();
  #say;
  #tell;

  /** @param {(frame: object) => void} say to the server  @param {(frame: object) => void} tell to the page */
  constructor(say, tell) {
    this.#say = say;
    this.#tell = tell;
  }

  /** As often as a key is pressed. */
  set(conversation, on) {
    const now = Date.now();
    const known = this.#said.conversation === conversation && now - this.#said.at < AGAIN_MS;
    if (on ? known : !this.#said.at) return;
    this.#said = { at: on ? now : 0, conversation };
    this.#say({ t: "typing", conversation, on });
  }

  /** The message went out: the server knows that its author does not type any more. */
  sent() {
    this.#said.at = 0;
  }

  hear(frame) {
    clearTimeout(this.#heard.get(frame.conversation)?.timer);
    this.#heard.delete(frame.conversation);
    if (frame.on) {
      const timer = setTimeout(() => this.silent(frame.conversation), OVER_MS);
      this.#heard.set(frame.conversation, { timer, frame });
    }
    this.#tell(frame);
  }

  silent(conversation) {
    const heard = this.#heard.get(conversation);
    if (heard) this.hear({ ...heard.frame, on: false });
  }

  allSilent() {
    for (const conversation of [...this.#heard.keys()]) this.silent(conversation);
  }
}

// What is the matter with the line, in words, and what happens next.

import { byId } from "./dom.js";
import { setText } from "./texts.js";

const AFTER_MS = 1_500;

export class Banner {
  #box = byId("banner");
  #line = { state: "online" };
  #timer;
  #facts;

  /** @param {() => {waiting: boolean, declining: boolean}} facts */
  constructor(facts) {
    this.#facts = facts;
  }

  hear(line) {
    // Another try is no news: what was the matter stands until that has ended.
    if (line.state !== "connecting" || this.#line.state === "online") this.#line = line;
    if (line.state === "online" || line.state === "stopped") {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.draw();
    } else if (!this.#box.hidden) {
      this.#write();
    } else {
      // A line that is back in a moment is not worth a word.
      this.#timer ??= setTimeout(() => this.#write(), AFTER_MS);
    }
  }

  draw() {
    // While it is not known yet whether the line comes back in a moment, things stay as they are.
    if (!this.#timer || !this.#box.hidden) this.#write();
  }

  #write() {
    const { waiting, declining } = this.#facts();
    const { state, reason, wait } = this.#line;
    let key = wait ? "refused-rate-limited" : waiting ? "line-lost-waiting" : "line-lost";
    if (state === "online") key = declining && "line-declining";
    if (state === "stopped") key = /refused|superseded/.test(reason) ? `line-${reason}` : "line-stopped";
    setText(this.#box, key, { n: wait });
    this.#box.hidden = !key;
  }
}

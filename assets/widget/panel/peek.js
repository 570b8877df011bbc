// Where the site has it on, and says so under the field, the operator sees what is typed before it is sent: at most twice a
// second, and never kept.

const EVERY_MS = 500;

export class Peek {
  #say;
  #text = "";
  #timer = 0;

  /** @param {((text: string) => void) | false} say */
  constructor(say) {
    this.#say = say;
  }

  typed(text) {
    this.#text = text;
    if (this.#say) this.#timer ||= setTimeout(() => this.#tell(), EVERY_MS);
  }

  #tell() {
    this.#timer = 0;
    this.#say(this.#text);
  }
}

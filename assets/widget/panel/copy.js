// A copy of the chat by mail, where the site allows it and the address is proven.

import { byId } from "./dom.js";
import { setText } from "./texts.js";

export class Copy {
  #row = byId("copies");
  #email;

  /** @param {() => void} ask */
  constructor(ask) {
    byId("copy")?.addEventListener("click", ask);
  }

  /** @param {string | undefined} email where it would go; none that is proven, none that is sent */
  show(email) {
    this.#email = email;
    if (this.#row) this.#row.hidden = !email;
  }

  /** The server has taken it on. */
  done(on) {
    if (!this.#row) return;
    byId("copy").hidden = on;
    setText(byId("copied"), on && "transcript-sent", { email: this.#email });
  }
}

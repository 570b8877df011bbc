// Where the visitor writes: Enter sends, Shift and Enter break the line.

import { Card } from "./card.js";
import { byId } from "./dom.js";
import { drafts } from "./drafts.js";

export class Composer {
  #form = byId("form");
  #text = byId("text");
  #card = new Card();
  #key;

  /** @param {{site: string, send: (text: string) => boolean, typing: (text: string) => void}} options `send` says whether it took it */
  constructor({ site, send, typing }) {
    this.#key = `parlor-draft:${site}`;
    this.#text.value = drafts.get(this.#key);
    this.#text.addEventListener("input", () => {
      this.#keep();
      typing(this.#text.value.trim());
    });
    this.#text.addEventListener("keydown", (event) => {
      // Enter that ends a composition (Japanese, Chinese, Korean) belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (!text) this.focus();
      else if (!this.#card.stops(text) && send(text)) {
        this.#text.value = "";
        this.#keep();
      }
    });
    addEventListener("resize", () => this.#grow());
    this.#grow();
  }

  focus() {
    this.#text.focus();
  }

  /** Gives a text back that could not be sent. */
  restore(text) {
    if (!text) return;
    this.#text.value = [text, this.#text.value].filter(Boolean).join("\n");
    this.#keep();
  }

  #keep() {
    drafts.set(this.#key, this.#text.value);
    this.#grow();
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }
}

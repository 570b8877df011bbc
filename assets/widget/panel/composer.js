// Where the visitor writes: Enter sends, Shift and Enter break the line.

import { byId, piece } from "./dom.js";
import { drafts } from "./drafts.js";

export class Composer {
  #form = byId("form");
  #text = byId("text");
  #card;
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
      const pass = () => {
        if (this.#text.value.trim() !== text || !send(text)) return;
        this.#text.value = "";
        this.#keep();
      };
      if (!text) this.focus();
      // Whatever becomes of the question, the message is not held up by it: the server looks as well.
      else if (this.#card) this.#card.then((stops) => stops(text)).then((stops) => stops || pass(), pass);
      else pass();
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
    // As many digits as a card has: from here on somebody looks before it is sent.
    const { card } = document.documentElement.dataset;
    if (card && /(\p{Nd}\P{Nd}{0,3}){13}/u.test(this.#text.value)) {
      this.#card ??= import(card).then(() => parlorCard({ byId, piece }));
    }
    drafts.set(this.#key, this.#text.value);
    this.#grow();
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }
}

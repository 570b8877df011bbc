// A message instead of a chat: the site's questions for who is not answered now, and the words.

import { byId } from "./dom.js";
import { Questions } from "./questions.js";

export class Leaving {
  #form = byId("leave");
  #back = byId("leave-back");
  #questions;

  /** @param {{key: string, send: (what: object) => void, back: () => void}} options */
  constructor({ key, send, back }) {
    this.#questions = new Questions(this.#form, key);
    this.#back?.addEventListener("click", back);
    this.#form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const told = this.#questions.read();
      if (!told) return;
      const { text = "", ...answers } = told.answers;
      send({ text, ...told, answers });
      this.#questions.set("text", "");
    });
  }

  /** @param {boolean} hasChat whether there is a chat to go back to, in which the words may stand already */
  show(on, hasChat) {
    if (!this.#form) return;
    this.#form.hidden = !on;
    this.#back.hidden = !hasChat;
    this.#form.elements.text.required = !hasChat;
  }

  focus() {
    this.#form.querySelector("[name]").focus();
  }

  suggest(who) {
    this.#questions.suggest(who);
  }

  /** Gives back what could not be sent. */
  refuse(text, problems) {
    this.#questions.set("text", text);
    this.#questions.refuse(problems);
  }
}

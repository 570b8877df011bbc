// How it was: five stars with a word for each, and what could be better. Asked when the chat is over, and skipped with one key.

import { byId } from "./dom.js";
import { setText } from "./texts.js";

export class Rating {
  #form = byId("rating");
  #done = byId("rated");
  #comment = byId("rating-more");
  #stars = this.#form ? [...this.#form.elements.stars] : [];
  #skipped = false;

  /** @param {(stars: number, comment: string) => void} send */
  constructor(send) {
    this.#form?.addEventListener("change", () => this.#shine());
    this.#form?.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#chosen) return this.#stars[0].focus();
      send(this.#chosen, this.#form.elements.comment.value.trim());
    });
    byId("rating-skip")?.addEventListener("click", () => {
      this.#skipped = true;
      this.show(true);
      byId("anew").focus();
    });
    byId("rating-change")?.addEventListener("click", () => {
      this.#done.hidden = true;
      this.#form.hidden = false;
      this.#stars.find((star) => star.checked)?.focus();
    });
  }

  show(on) {
    if (this.#form) this.#form.hidden = !on || this.#skipped || !this.#done.hidden;
  }

  /** It has arrived, now or before. */
  thank(stars) {
    if (!this.#form || !stars) return;
    this.#stars[stars - 1].checked = true;
    this.#shine();
    const hadFocus = this.#form.contains(document.activeElement);
    this.#form.hidden = true;
    this.#done.hidden = false;
    if (hadFocus) byId("rating-change").focus();
  }

  clear() {
    if (!this.#form) return;
    this.#form.reset();
    this.#shine();
    this.#skipped = false;
    this.#done.hidden = true;
  }

  get #chosen() {
    return this.#stars.findIndex((star) => star.checked) + 1;
  }

  #shine() {
    const chosen = this.#chosen;
    for (const star of this.#stars) star.parentElement.classList.toggle("on", star.value <= chosen);
    setText(byId("rating-word"), chosen && `rating-${chosen}`);
    this.#comment.hidden = !chosen;
  }
}

// Where the visitor writes. The draft survives a reload of the tab; Enter sends, Shift and Enter break the line.

import { openShelf } from "../../js/live/shelf.js";

export class Composer {
  #form = document.getElementById("form");
  #text = document.getElementById("text");
  #details = document.getElementById("details");
  #shelf = openShelf("session");
  #key;

  /** @param {{site: string, send: (text: string, about: object) => void, typing: (on: boolean) => void}} options */
  constructor({ site, send, typing }) {
    this.#key = `parlor-draft:${site}`;
    this.#text.value = this.#shelf.get(this.#key) ?? "";
    this.#text.addEventListener("input", () => {
      this.#keep();
      typing(this.#text.value.trim() !== "");
    });
    this.#text.addEventListener("keydown", (event) => {
      // Enter that ends a composition (Japanese, Chinese, Korean) belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#form.addEventListener("input", ({ target }) => target.ariaInvalid && this.#judge(target));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      const wrong = [...this.#fields()].filter((field) => !this.#judge(field));
      if (wrong.length) return wrong[0].focus();
      if (!text) return this.focus();
      send(text, this.#about());
      this.#text.value = "";
      this.#keep();
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

  /** What the host page knows about the visitor, where nothing was typed yet. */
  suggest(who) {
    for (const field of this.#fields()) if (who[field.name] && !field.value) field.value = who[field.name];
  }

  set asks(on) {
    if (this.#details) this.#details.hidden = !on;
  }

  #fields() {
    return this.#details?.hidden === false ? this.#details.querySelectorAll("input") : [];
  }

  #about() {
    const about = {};
    for (const field of this.#fields()) {
      const value = field.type === "checkbox" ? field.checked : field.value.trim();
      if (value) about[field.name] = value;
    }
    return about;
  }

  #judge(field) {
    const fits = field.checkValidity();
    field.ariaInvalid = fits ? null : "true";
    const error = document.getElementById(`${field.name}-error`);
    if (error) error.hidden = fits;
    return fits;
  }

  #keep() {
    if (this.#text.value) this.#shelf.set(this.#key, this.#text.value);
    else this.#shelf.remove(this.#key);
    this.#grow();
  }

  #grow() {
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight + 2}px`;
  }
}

// What became of an act, in a sentence that covers nothing for long.

const toastStays = 8_000;

export class Toast {
  #timer = 0;

  constructor(element) {
    this.element = element;
  }

  show(words) {
    clearTimeout(this.#timer);
    this.element.textContent = words;
    this.element.classList.toggle("toast-on", words !== "");
    if (words) this.#timer = setTimeout(() => this.show(""), toastStays);
  }
}

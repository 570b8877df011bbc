// Who is typing in this conversation, in words. The live channel switches a sign off that has no successor.

export class Typists {
  #names = new Map();

  constructor(element) {
    this.element = element;
    this.words = element.querySelector(".typing-words");
  }

  set(who, name, on) {
    if (on) this.#names.set(who, name);
    else this.#names.delete(who);
    const names = [...this.#names.values()];
    this.element.classList.toggle("typing-on", names.length > 0);
    this.words.textContent = names.length > 0 ? `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} typing` : "";
  }
}

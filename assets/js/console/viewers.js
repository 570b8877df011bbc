// Which colleagues look at a conversation, and who of them writes in it, in words above the composer.

export class Viewers {
  #people = [];

  constructor(element, me) {
    this.element = element;
    this.me = me;
  }

  // people: [{ operator, name, typing }], this operator perhaps among them.
  show(people) {
    this.#people = people.filter((person) => person.operator !== this.me);
    const words = this.#people.map(({ name, typing }) => `${name} is ${typing ? "writing a reply" : "viewing"}`);
    this.element.textContent = words.length > 3 ? `${words.slice(0, 2).join(" · ")} · and ${words.length - 2} more` : words.join(" · ");
    this.element.hidden = words.length === 0;
    this.element.classList.toggle("viewers-writing", this.#people.some((person) => person.typing));
  }

  // What somebody should know who is about to send; empty when nobody else writes.
  warning() {
    const names = this.#people.filter((person) => person.typing).map((person) => person.name);
    if (names.length === 0) return "";
    return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"} writing a reply as well.`;
  }
}

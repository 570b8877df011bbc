// Reply or note: two ways to write, never to be mistaken for each other. Colour, label, hint and button say which it is.

const modeWords = {
  reply: { label: (name) => `Reply to ${name}`, placeholder: "Write a reply", send: "Send" },
  note: { label: (name) => `Internal note about ${name}`, placeholder: "Write a note for your colleagues", send: "Add note" },
};

export class ComposerMode {
  #may = { reply: true, note: true };

  // turned(mode) is told when the writer has changed over.
  constructor(form, name, turned) {
    this.form = form;
    this.name = name;
    this.turned = turned;
    this.choices = [...form.querySelectorAll(".composer-modes input")];
    for (const choice of this.choices) choice.addEventListener("change", () => this.turn(choice.value));
    this.now = "reply";
    this.#show();
  }

  allow(may) {
    this.#may = may;
    for (const choice of this.choices) choice.disabled = !may[choice.value];
    if (!may[this.now] && (may.reply || may.note)) this.turn(may.reply ? "reply" : "note");
  }

  may(mode) {
    return this.#may[mode];
  }

  // True when the composer is in this mode afterwards.
  turn(mode) {
    if (!this.#may[mode]) return false;
    if (mode !== this.now) {
      this.now = mode;
      this.#show();
      this.turned(mode);
    }
    return true;
  }

  #show() {
    const words = modeWords[this.now];
    this.form.dataset.mode = this.now;
    for (const choice of this.choices) choice.checked = choice.value === this.now;
    this.form.querySelector(".composer-label").textContent = words.label(this.name);
    this.form.querySelector("textarea").placeholder = words.placeholder;
    this.form.querySelector(".composer-send").textContent = words.send;
    this.form.querySelector(".composer-internal").hidden = this.now !== "note";
  }
}

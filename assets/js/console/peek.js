// What the visitor has typed and not sent, where their site allows it: plainly not a message, kept nowhere, gone with the next frame.

const peekShown = 600;

export class Peek {
  constructor(element, log) {
    this.element = element;
    this.log = log;
    this.words = element.querySelector(".peek-words");
  }

  show(text) {
    const shown = text.length > peekShown ? `…${text.slice(-peekShown)}` : text;
    if (this.words.textContent === shown) return;
    this.log.keepPlace(() => {
      this.words.textContent = shown;
      this.element.hidden = shown === "";
    }, false);
  }
}

// Closing a chat: what goes is named, once; before it goes it is marked with tags, where the site has some and perhaps insists.
import { TagChoice, tagsOf } from "./tags.js";

export class Closing {
  #choice = null;

  // desk: { live, tell(words) }
  constructor(dialog, desk) {
    this.dialog = dialog;
    this.desk = desk;
    this.title = dialog.querySelector("#close-title");
    this.words = dialog.querySelector("#close-words");
    this.tags = dialog.querySelector("#close-tags");
    this.error = dialog.querySelector(".dialog-error");
    dialog.querySelector("form").addEventListener("submit", (event) => {
      if (!this.#close()) event.preventDefault();
    });
  }

  ask(pane) {
    this.pane = pane;
    const { known, chosen, required } = tagsOf(pane.article);
    this.before = chosen;
    this.required = required && pane.state !== "waiting";
    this.title.textContent = `Close the chat with ${pane.name}?`;
    this.words.textContent = `Nobody can write in it afterwards. Everything written in it is deleted ${pane.article.dataset.promise}.`;
    this.tags.hidden = known.length === 0;
    this.tags.querySelector("legend").textContent = this.required ? "What was it about? Choose at least one." : "What was it about?";
    this.#choice = new TagChoice(this.tags.querySelector(".chips"), { known, chosen, changed: () => this.#fault("") });
    this.#fault("");
    this.dialog.showModal();
  }

  #close() {
    const { pane } = this;
    const chosen = this.#choice.chosen();
    if (this.required && chosen.length === 0) {
      this.#fault("Choose at least one tag: this site wants each chat marked before it is closed.");
      this.tags.querySelector("input")?.focus();
      return false;
    }
    if (chosen.join("\n") !== this.before.join("\n")) this.desk.live.command({ t: "tags", conversation: pane.id, tags: chosen });
    this.desk.live.command({ t: "close", conversation: pane.id });
    const marked = chosen.length > 0 ? ` It is marked ${chosen.join(", ")}.` : "";
    this.desk.tell(`The chat with ${pane.name} is being closed.${marked}`);
    return true;
  }

  #fault(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
  }
}

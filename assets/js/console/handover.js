// Handing a chat to a colleague or a department, or asking a colleague to join: who is there and how busy comes from the server each time.
import { elementFrom } from "../html.js";

const handOverWords = {
  transfer: { title: (name) => `Transfer the chat with ${name}`, button: "Transfer", none: "Choose who takes it over." },
  invite: { title: (name) => `Invite a colleague to the chat with ${name}`, button: "Invite", none: "Choose whom you invite." },
};

export class HandOver {
  // desk: { live, fetchPart(path), tell(words) }
  constructor(dialog, desk) {
    this.dialog = dialog;
    this.desk = desk;
    this.list = dialog.querySelector(".hands");
    this.note = dialog.querySelector("textarea");
    this.error = dialog.querySelector(".dialog-error");
    dialog.querySelector("form").addEventListener("submit", (event) => {
      if (!this.#done()) event.preventDefault();
    });
    dialog.addEventListener("change", () => this.#fault(""));
  }

  async ask(pane, what) {
    this.pane = pane;
    this.what = what;
    const words = handOverWords[what];
    this.dialog.querySelector("#hand-over-title").textContent = words.title(pane.name);
    this.dialog.querySelector("[value=yes]").textContent = words.button;
    this.dialog.querySelector(".hand-over-note").hidden = what !== "transfer";
    this.note.value = "";
    this.#fault("");
    this.list.textContent = "Looking who is there…";
    this.dialog.showModal();
    const part = await this.colleagues(pane);
    if (this.pane !== pane || this.what !== what || !this.dialog.open) return;
    if (!part) {
      this.list.textContent = "The list did not come. Close this and try again.";
      return;
    }
    // Only people join, and a chat goes only to people of its department: the others have to be asked.
    part.querySelector(what === "invite" ? "[data-hands=departments]" : "[data-hands=guests]")?.remove();
    this.list.replaceChildren(part);
    this.list.querySelector("input")?.focus();
  }

  // The part of a page that lists them, or null.
  async colleagues(pane) {
    const html = await this.desk.fetchPart(`/console/conversations/${pane.id}/colleagues`);
    return html ? elementFrom(html) : null;
  }

  transfer(pane, to, note) {
    const frame = { t: "transfer", conversation: pane.id, to };
    if (note) frame.note = note;
    this.desk.live.command(frame);
  }

  invite(pane, operator) {
    this.desk.live.command({ t: "invite", conversation: pane.id, operator });
  }

  #done() {
    const chosen = this.list.querySelector("input:checked");
    if (!chosen) {
      this.#fault(handOverWords[this.what].none);
      this.list.querySelector("input")?.focus();
      return false;
    }
    const name = chosen.dataset.name;
    if (this.what === "transfer") {
      this.transfer(this.pane, chosen.value, this.note.value.trim());
      this.desk.tell(`The chat with ${this.pane.name} goes to ${name}.`);
    } else {
      this.invite(this.pane, chosen.value);
      this.desk.tell(`${name} is asked to join the chat with ${this.pane.name}.`);
    }
    return true;
  }

  #fault(words) {
    this.error.textContent = words;
    this.error.hidden = !words;
  }
}

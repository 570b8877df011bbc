// Notes that are being written: kept in this tab and on the server, as replies are, under a name of their own.
import { openShelf, withoutCards } from "../live/shelf.js";

const notesName = "parlor:notes:";

export class NoteDrafts {
  #shelf = openShelf("session");

  // kept: the copies on the server
  constructor(operator, kept) {
    this.kept = kept;
    this.key = notesName + operator;
    try {
      this.texts = JSON.parse(this.#shelf.get(this.key) ?? "{}") ?? {};
    } catch {
      this.texts = {};
    }
  }

  draft(conversation) {
    return this.texts[conversation] ?? "";
  }

  keepDraft(conversation, text) {
    if (text) this.texts[conversation] = withoutCards(text);
    else delete this.texts[conversation];
    if (Object.keys(this.texts).length > 0) this.#shelf.set(this.key, JSON.stringify(this.texts));
    else this.#shelf.remove(this.key);
    this.kept.keep(conversation, "note", text);
  }
}

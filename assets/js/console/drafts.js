// What is typed and not yet sent: kept in this tab only, per operator and conversation, so that a reload, a lost line or an ended
// session loses nothing. Gone with the tab, with the chat, and at signing out. (What was sent and has not arrived is kept by
// the live channel in the same way.)
import { openShelf, withoutCards } from "../live/shelf.js";

const keptPrefix = "parlor:";

export function outboxName(operator) {
  return `${keptPrefix}outbox:${operator}`;
}

export class Drafts {
  #shelf = openShelf("session");

  // kept: the copies on the server
  constructor(operator, kept) {
    this.operator = operator;
    this.kept = kept;
    // Another person may have signed in within the same tab: what the last one typed is not for them.
    for (const key of keptKeys()) if (!key.endsWith(`:${operator}`)) this.#shelf.remove(key);
    this.drafts = this.#read("drafts");
    this.seen = this.#read("seen");
  }

  draft(conversation) {
    return this.drafts[conversation] ?? "";
  }

  keepDraft(conversation, text) {
    if (text) this.drafts[conversation] = withoutCards(text);
    else delete this.drafts[conversation];
    this.#write("drafts", this.drafts);
    this.kept.keep(conversation, "reply", text);
  }

  // How far this operator has read, so that a reload still knows what is new. Undefined when this tab has not seen it yet.
  seenUpTo(conversation) {
    return this.seen[conversation];
  }

  keepSeen(conversation, seq) {
    if ((this.seen[conversation] ?? -1) >= seq) return;
    this.seen[conversation] = seq;
    this.#write("seen", this.seen);
  }

  panes() {
    const panes = this.#read("panes");
    return Array.isArray(panes.open) ? panes.open.map(String) : [];
  }

  keepPanes(open) {
    this.#write("panes", { open });
  }

  forget(conversation) {
    delete this.drafts[conversation];
    this.#write("drafts", this.drafts);
    this.kept.forget(conversation);
    delete this.seen[conversation];
    this.#write("seen", this.seen);
  }

  #key(what) {
    return `${keptPrefix}${what}:${this.operator}`;
  }

  #read(what) {
    try {
      return JSON.parse(this.#shelf.get(this.#key(what)) ?? "{}") ?? {};
    } catch {
      return {};
    }
  }

  #write(what, value) {
    if (Object.keys(value).length > 0) this.#shelf.set(this.#key(what), JSON.stringify(value));
    else this.#shelf.remove(this.#key(what));
  }
}

// At signing out.
export function forgetAllKept() {
  const shelf = openShelf("session");
  for (const key of keptKeys()) shelf.remove(key);
}

function keptKeys() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(keptPrefix));
  } catch {
    return [];
  }
}

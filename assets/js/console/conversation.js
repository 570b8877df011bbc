// One open conversation: its log, what is on its way, what the other side has got and read, and whether it may be written in.
import { elementFrom } from "../html.js";
import { dressTimes, shortClock } from "./times.js";
import { Canned } from "./canned.js";
import { Composer } from "./composer.js";
import { Typists } from "./typing.js";
import { StickyLog } from "./log.js";

// What the server will not take however often it is asked.
const finalCodes = ["closed", "full", "not_found", "too_long", "empty", "invalid"];

export class Conversation {
  // desk: { me, drafts, live, askToClose(conversation), lookAround() }
  constructor(article, desk) {
    this.article = article;
    this.desk = desk;
    this.id = article.dataset.conversation;
    this.name = article.dataset.name;
    this.list = article.querySelector(".events");
    this.last = this.#lastShown();
    this.receipt = { known: false, delivered: 0, seen: 0, seenAt: null };
    this.over = false;

    dressTimes(article);
    this.log = new StickyLog(article, () => desk.lookAround());
    this.typists = new Typists(article.querySelector(".typing"));
    this.composer = new Composer(article.querySelector(".composer"), {
      draft: desk.drafts.draft(this.id),
      keep: (text) => desk.drafts.keepDraft(this.id, text),
      send: (text) => this.say(text),
      typing: (on) => desk.live.typing(this.id, on),
    });
    this.canned = new Canned(article.querySelector(".composer"), this.id);
    article.addEventListener("click", (event) => this.#clicked(event));
    for (const command of desk.live.pending(this.id)) this.command(command);
    const known = desk.live.state(this.id);
    if (known) this.update(known);
    else this.#showState();
    this.log.toEnd();
  }

  get state() {
    return this.article.dataset.state;
  }

  get mine() {
    return this.article.dataset.operator === this.desk.me;
  }

  // Where a person who opens it wants to be.
  focus() {
    if (this.state === "gone") this.article.querySelector("button").focus();
    else if (!this.composer.hidden) this.composer.focus();
    else if (this.state === "waiting") this.#accept().focus();
    else this.article.focus();
  }

  say(text) {
    this.desk.live.command({ t: "send", conversation: this.id, text });
    this.log.toEnd();
  }

  // What became of a command of ours: a message on its way, or an acceptance or closing that was not taken.
  command({ id, frame, status, seq, code, message }) {
    if (frame.t === "send" && status === "sent" && seq <= this.last) {
      // It was stored before this page was drawn, and stands in the log already.
      this.#pending(id)?.remove();
    } else if (frame.t === "send") {
      const item = this.#pending(id) ?? (status === "sent" ? null : this.#showPending(id, frame.text));
      if (!item) return;
      // It will be read out when it stands in the log for good, not twice.
      item.ariaHidden = status === "failed" ? null : "true";
      if (status === "failed") this.#showFailed(item, code, message ?? "");
      else this.#mark(item, status, status === "sent" ? "Sent" : "Sending");
    } else if (status === "failed") {
      this.desk.live.discard(id);
      this.tell(message ?? "This could not be done.");
      this.#accept().ariaDisabled = null;
    } else if (status === "sent") this.tell("");
  }

  // An event of the log: new, or a repetition of one that stands there already.
  receive(frame) {
    if (frame.seq <= this.last) return;
    const pending = frame.id ? this.#pending(frame.id) : null;
    const node = elementFrom(frame.html ?? "");
    if (!node) return;
    dressTimes(node);
    this.last = frame.seq;
    this.log.keepPlace(() => {
      pending?.remove();
      // What is on its way stays below what has arrived.
      this.list.insertBefore(node, this.list.querySelector(":scope > [data-client-id]"));
    }, frame.from === "visitor");
    this.#showReceipt();
  }

  update(frame) {
    const data = this.article.dataset;
    data.state = frame.state;
    this.receipt.delivered = Math.max(this.receipt.delivered, frame.delivered?.visitor ?? 0);
    const seen = frame.seen?.visitor ?? 0;
    if (seen > this.receipt.seen) {
      this.receipt.seen = seen;
      // What had been seen before this page looked was seen at a time that nobody kept.
      this.receipt.seenAt = this.receipt.known ? this.desk.live.now() : null;
    }
    this.receipt.known = true;
    const presence = this.article.querySelector(".presence");
    presence.dataset.online = String(frame.visitor_online === true);
    presence.hidden = frame.state === "closed";
    presence.textContent = frame.visitor_online ? "On the page" : "Has left the page";
    if (frame.operator) this.article.querySelector(".conversation-operator").textContent = frame.operator;
    this.#showState();
    this.#showReceipt();
  }

  // The list says whose it is.
  belongsTo(operator, state) {
    const was = `${this.article.dataset.operator ?? ""} ${this.state}`;
    // Somebody else has taken it over.
    if (operator !== this.article.dataset.operator) delete this.article.dataset.alone;
    if (operator) this.article.dataset.operator = operator;
    else delete this.article.dataset.operator;
    this.article.dataset.state = state;
    if (was !== `${operator ?? ""} ${state}`) this.#showState();
  }

  typing(frame) {
    if (frame.who === "operator" && this.mine) return;
    this.typists.set(frame.who, frame.name || this.name, frame.on);
  }

  // It exists nowhere any more, so nothing of it may stay on this screen.
  purge() {
    this.over = true;
    this.desk.drafts.forget(this.id);
    const notice = document.createElement("div");
    notice.className = "empty";
    notice.setAttribute("role", "status");
    const what = document.createElement("p");
    what.textContent = "This chat has been deleted. Nothing of it is kept.";
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button";
    away.dataset.act = "dismiss";
    away.textContent = "Back to the chats";
    notice.append(what, away);
    const hadFocus = this.article.contains(document.activeElement);
    this.article.replaceChildren(notice);
    this.article.dataset.state = "gone";
    this.article.setAttribute("aria-label", "Deleted chat");
    this.article.removeAttribute("aria-labelledby");
    if (hadFocus) away.focus();
  }

  leave() {
    this.composer.leave();
  }

  #clicked(event) {
    const act = event.target.closest?.("[data-act]")?.dataset.act;
    if (act === "accept") {
      const button = event.target.closest("button");
      if (button.ariaDisabled === "true") return;
      // Not `disabled`: that would throw the focus out of the chat.
      button.ariaDisabled = "true";
      this.tell("");
      this.desk.live.command({ t: "accept", conversation: this.id });
    } else if (act === "close") this.desk.askToClose(this);
    else if (act === "card") this.#toggleCard(event.target.closest("button"));
    else if (act === "retry" || act === "edit" || act === "drop") this.#mend(act, event.target.closest("[data-client-id]"));
  }

  // A sentence for this conversation alone, such as why an acceptance was not taken.
  tell(message) {
    const notice = this.article.querySelector(".conversation-notice");
    if (!notice) return;
    notice.textContent = message;
    notice.hidden = !message;
  }

  #mend(act, item) {
    const id = item.dataset.clientId;
    const text = item.querySelector(".bubble").textContent;
    if (act === "retry") {
      // The same id again: should the server have it after all, it stays one message.
      this.desk.live.retry(id);
      return;
    }
    this.desk.live.discard(id);
    item.remove();
    if (act === "edit") this.composer.prepend(text);
    this.focus();
  }

  #toggleCard(button) {
    const open = this.article.classList.toggle("card-open");
    button.setAttribute("aria-expanded", String(open));
  }

  #showState() {
    const { state } = this;
    const hadFocus = this.article.contains(document.activeElement);
    const parts = this.article.querySelectorAll("[data-when]");
    const whose = this.mine ? "mine" : "alone" in this.article.dataset ? "alone" : "theirs";
    const now = state === "waiting" || state === "closed" ? state : `${whose}-${state}`;
    for (const part of parts) part.hidden = !part.dataset.when.split(" ").includes(now);
    if (state !== "waiting") this.#accept().ariaDisabled = null;
    this.composer.hidden = now !== "mine-active";
    // What had the focus is gone: it goes where the next thing is to be done.
    const holder = document.activeElement;
    if (hadFocus && (!this.article.contains(holder) || holder.closest("[hidden]"))) this.focus();
    if (state === "wrapping" || state === "closed") this.typists.set("visitor", "", false);
  }

  #accept() {
    return this.article.querySelector("[data-act=accept]");
  }

  #lastShown() {
    return Number(this.list.querySelector(":scope > [data-seq]:last-of-type")?.dataset.seq ?? this.article.dataset.last ?? 0);
  }

  #pending(id) {
    return this.list.querySelector(`:scope > [data-client-id="${CSS.escape(id)}"]`);
  }

  #showPending(id, text) {
    const item = document.createElement("li");
    item.className = "event event-operator";
    item.dataset.clientId = id;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.dir = "auto";
    bubble.textContent = text;
    item.append(bubble);
    this.log.keepPlace(() => this.list.append(item), false);
    return item;
  }

  #mark(item, status, words) {
    item.dataset.status = status;
    item.querySelector(".status")?.remove();
    const line = document.createElement("p");
    line.className = "status";
    line.textContent = words;
    item.append(line);
    return line;
  }

  #showFailed(item, code, message) {
    const line = this.#mark(item, "failed", "");
    line.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = `Not sent. ${message}`;
    line.append(words);
    const ways = [["edit", "Edit"], ["drop", "Discard"]];
    if (!finalCodes.includes(code)) ways.unshift(["retry", "Try again"]);
    for (const [act, label] of ways) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.dataset.act = act;
      button.textContent = label;
      line.append(" ", button);
    }
  }

  // One quiet line under the last message of ours that is stored.
  #showReceipt() {
    const own = this.list.querySelectorAll(":scope > .event-operator[data-seq]");
    const item = own[own.length - 1];
    for (const old of this.list.querySelectorAll(":scope > [data-seq] > .status")) old.remove();
    if (!item || this.state === "closed") return;
    const seq = Number(item.dataset.seq);
    const { delivered, seen, seenAt } = this.receipt;
    if (seen >= seq) this.#mark(item, "seen", seenAt ? `Seen ${shortClock(seenAt)}` : "Seen");
    else if (delivered >= seq) this.#mark(item, "delivered", "Delivered");
    else this.#mark(item, "sent", "Sent");
  }
}

// One open conversation: its log, what is being written in it, whose it is, and what may be done with it now.
import { elementFrom } from "../html.js";
import { dressTimes } from "./times.js";
import { Canned } from "./canned.js";
import { Composer } from "./composer.js";
import { Files } from "./files.js";
import { Peek } from "./peek.js";
import { Sending } from "./sending.js";
import { tagsOf } from "./tags.js";
import { Typists } from "./typing.js";
import { StickyLog } from "./log.js";
import { Viewers } from "./viewers.js";

export class Conversation {
  // A note may be written where replies may not; there the box is shown once somebody asks for it.
  #noting = false;

  // desk: { me, drafts, notes, live, acts, lookAround() }
  constructor(article, desk) {
    this.article = article;
    this.desk = desk;
    this.id = article.dataset.conversation;
    this.name = article.dataset.name;
    this.list = article.querySelector(".events");
    this.last = this.#lastShown();

    dressTimes(article);
    this.log = new StickyLog(article, () => desk.lookAround());
    this.sending = new Sending(this.list, this.log, desk.live);
    this.typists = new Typists(article.querySelector(".typing"));
    this.peek = new Peek(article.querySelector(".peek"), this.log);
    this.viewers = new Viewers(article.querySelector(".viewers"), desk.me);
    this.composer = new Composer(article.querySelector(".composer"), {
      name: this.name,
      draft: (mode) => (mode === "note" ? desk.notes : desk.drafts).draft(this.id),
      keep: (mode, text) => (mode === "note" ? desk.notes : desk.drafts).keepDraft(this.id, text),
      send: (mode, text) => this.say(mode, text),
      typing: (on) => desk.live.typing(this.id, on),
      warning: () => this.viewers.warning(),
    });
    this.files = new Files(this);
    this.canned = new Canned(article.querySelector(".composer"), this.id);
    article.addEventListener("click", (event) => this.#clicked(event));
    article.querySelector(".tag-choice")?.addEventListener("change", () => {
      desk.live.command({ t: "tags", conversation: this.id, tags: tagsOf(article).chosen });
    });
    for (const command of desk.live.pending(this.id)) this.command(command);
    const known = desk.live.state(this.id);
    if (known) this.update(known);
    else this.showState();
    this.log.toEnd();
  }

  get state() {
    return this.article.dataset.state;
  }

  get mine() {
    return this.article.dataset.operator === this.desk.me;
  }

  // `guests` and `invited` hold the ids of colleagues.
  isAmong(people) {
    return this.article.dataset[people].split(" ").includes(this.desk.me);
  }

  // Which parts of the page belong to the present state: the same words as in the template.
  get situation() {
    const { state } = this;
    if (state === "waiting" || state === "closed") return state;
    const others = "alone" in this.article.dataset ? "alone" : "theirs";
    const whose = this.mine ? "mine" : ["guests", "invited"].find((people) => this.isAmong(people)) ?? others;
    return `${whose === "guests" ? "guest" : whose}-${state}`;
  }

  // Whether there is a button for it that can be pressed now.
  may(act) {
    return [...this.article.querySelectorAll(`[data-act="${act}"]:not([aria-disabled="true"])`)].some((button) => !button.closest("[hidden]"));
  }

  // Where a person who opens it wants to be.
  focus() {
    if (this.state === "gone") this.article.querySelector("button").focus();
    else if (!this.composer.hidden) this.composer.focus();
    else if (this.state === "waiting") this.#accept().focus();
    else this.article.focus();
  }

  // To reply or to write a note; false when that cannot be done here.
  write(mode) {
    if (mode === "note" && this.state !== "closed" && this.state !== "gone") this.#noting = true;
    if (this.state !== "gone") this.showState();
    if (this.composer.hidden || !this.composer.mode.turn(mode)) return false;
    this.composer.focus();
    return true;
  }

  // What was typed in another browser. What stands here already is nearer.
  restore(drafts) {
    for (const { kind, text } of this.state === "gone" ? [] : drafts) {
      const { mode, box } = this.composer;
      const shelf = kind === "note" ? this.desk.notes : this.desk.drafts;
      if (kind === mode.now && box.value === "") this.composer.prepend(kind, text);
      else if (kind !== mode.now && shelf.draft(this.id) === "") shelf.keepDraft(this.id, text);
    }
  }

  say(mode, text) {
    this.desk.live.command({ t: mode === "note" ? "note" : "send", conversation: this.id, text });
    this.log.toEnd();
  }

  // What became of a command of ours: a message on its way, or an act that was not taken.
  command(command) {
    const { id, frame, status, message } = command;
    if (frame.t === "send" || frame.t === "note") this.sending.command(command, this.last);
    else if (status === "failed") {
      this.desk.live.discard(id);
      this.tell(message ?? "This could not be done.");
      this.#accept().ariaDisabled = null;
    } else if (status === "sent") this.tell("");
  }

  // An event of the log: new, or a repetition of one that stands there already.
  receive(frame) {
    if (frame.seq <= this.last) return;
    const pending = frame.id ? this.sending.pending(frame.id) : null;
    const node = elementFrom(frame.html ?? "");
    if (!node) return;
    dressTimes(node);
    this.last = frame.seq;
    if (frame.earlier) this.#blot(frame.earlier);
    if (frame.from === "visitor") this.peek.show("");
    this.log.keepPlace(() => {
      pending?.remove();
      // What is on its way stays below what has arrived.
      this.list.insertBefore(node, this.list.querySelector(":scope > [data-client-id]"));
    }, frame.from === "visitor" || frame.kind === "note");
    this.sending.show(this.state);
  }

  // A number began in an earlier message, which was masked as well.
  #blot(seq) {
    const bubble = this.list.querySelector(`[data-seq="${seq}"] .bubble`);
    if (bubble) bubble.textContent = bubble.textContent.replace(/\p{Nd}/gu, "•");
  }

  update(frame) {
    this.article.dataset.state = frame.state;
    const presence = this.article.querySelector(".presence");
    presence.dataset.online = String(frame.visitor_online === true);
    presence.hidden = frame.state === "closed";
    presence.textContent = frame.visitor_online ? "On the page" : "Has left the page";
    if (frame.operator) for (const name of this.article.querySelectorAll(".conversation-operator")) name.textContent = frame.operator;
    this.showState();
    this.sending.state(frame);
  }

  // The list says whose it is, and which colleagues write along.
  belongsTo({ operator, state, guests, invited, tags }) {
    const { article } = this;
    // Somebody else has taken it over.
    if (operator !== article.dataset.operator) delete article.dataset.alone;
    if (operator) article.dataset.operator = operator;
    else delete article.dataset.operator;
    article.dataset.guests = (guests ?? []).join(" ");
    article.dataset.invited = (invited ?? []).join(" ");
    for (const box of article.querySelectorAll(".tag-choice input")) box.checked = (tags ?? []).includes(box.value);
    article.dataset.state = state;
    this.showState();
  }

  typing(frame) {
    if (frame.who === "operator" && this.mine) return;
    this.typists.set(frame.who, frame.name || this.name, frame.on);
  }

  // It exists nowhere any more, or belongs to others now: either way nothing of it may stay on this screen.
  purge(unseen) {
    this.desk.drafts.forget(this.id);
    this.desk.notes.keepDraft(this.id, "");
    const notice = document.createElement("div");
    notice.className = "empty";
    notice.setAttribute("role", "status");
    const what = document.createElement("p");
    what.textContent = unseen
      ? "This chat is not shown to you any more. It was handed on to others, or deleted."
      : "This chat has been deleted. Nothing of it is kept.";
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button";
    away.dataset.act = "dismiss";
    away.textContent = "Back to the chats";
    notice.append(what, away);
    const hadFocus = this.article.contains(document.activeElement);
    this.article.replaceChildren(notice);
    this.article.dataset.state = "gone";
    this.article.setAttribute("aria-label", unseen ? "Chat that is not shown any more" : "Deleted chat");
    this.article.removeAttribute("aria-labelledby");
    if (hadFocus) away.focus();
  }

  leave() {
    this.composer.leave();
  }

  // A sentence for this conversation alone, such as why an acceptance was not taken.
  tell(message) {
    const notice = this.article.querySelector(".conversation-notice");
    if (!notice) return;
    notice.textContent = message;
    notice.hidden = !message;
  }

  showState() {
    const { state, situation } = this;
    const hadFocus = this.article.contains(document.activeElement);
    for (const part of this.article.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(situation);
    if (state !== "waiting") this.#accept().ariaDisabled = null;
    if (state === "closed") this.#noting = false;
    this.files.show(state);
    const reply = situation === "mine-active" || situation === "guest-active";
    const mayReplyNow = reply && !this.composer.mode.may("reply");
    this.composer.allow({ reply, note: state !== "closed" && (reply || this.#noting) });
    // Who takes a chat over is about to reply; a note that was begun stays what it is.
    if (mayReplyNow && !this.desk.notes.draft(this.id)) this.composer.mode.turn("reply");
    // What had the focus is gone: it goes where the next thing is to be done.
    const holder = document.activeElement;
    if (hadFocus && (!this.article.contains(holder) || holder.closest("[hidden]"))) this.focus();
    if (state === "wrapping" || state === "closed") {
      this.typists.set("visitor", "", false);
      this.peek.show("");
    }
  }

  #clicked(event) {
    const button = event.target.closest?.("[data-act]");
    const act = button?.dataset.act;
    if (!act || button.ariaDisabled === "true") return;
    const item = button.closest("[data-client-id]");
    if (item && act === "retry") this.sending.retry(item);
    else if (item) {
      const { mode, text } = this.sending.takeBack(item);
      if (act === "edit") this.composer.prepend(mode, text);
      this.focus();
    } else if (act === "note") this.write("note");
    else if (act === "card") this.#toggleCard(button);
    else this.desk.acts.run(act, this, button);
  }

  #toggleCard(button) {
    const open = this.article.classList.toggle("card-open");
    button.setAttribute("aria-expanded", String(open));
  }

  #accept() {
    return this.article.querySelector("[data-act=accept]");
  }

  #lastShown() {
    return Number(this.list.querySelector(":scope > [data-seq]:last-of-type")?.dataset.seq ?? this.article.dataset.last ?? 0);
  }
}

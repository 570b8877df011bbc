// The operators' desk: puts the parts together and hands each frame of the live channel to those whom it concerns.
import { elementWithin } from "../html.js";
import { Live } from "../live.js";
import { Acts } from "./acts.js";
import { Availability } from "./availability.js";
import "./canned-form.js";
import "./print.js";
import "./zone.js";
import { Banner } from "./banner.js";
import { Closing } from "./closing.js";
import { Disk } from "./disk.js";
import { Drafts, forgetAllKept, outboxName } from "./drafts.js";
import { paletteSources } from "./finds.js";
import { HandOver } from "./handover.js";
import { KeptDrafts } from "./kept.js";
import { Keys } from "./keys.js";
import { NoteDrafts } from "./notes.js";
import { Alerts } from "./notify.js";
import { Offers } from "./offers.js";
import { Palette } from "./palette.js";
import { Panes } from "./panes.js";
import { watchActivity } from "./presence.js";
import { Queue } from "./queue.js";
import { Chime } from "./sound.js";
import { dressTimes, setServerNow } from "./times.js";
import { showInTitle } from "./title.js";
import { Toast } from "./toast.js";
import { Unread } from "./unread.js";

class Desk {
  // What the list last said of each chat: a pane whose page was on its way meanwhile has not heard it.
  #rows = new Map();

  constructor(main) {
    this.me = main.dataset.operator;
    this.kept = new KeptDrafts();
    this.drafts = new Drafts(this.me, this.kept);
    this.notes = new NoteDrafts(this.me, this.kept);
    this.live = new Live({ ticket: () => this.#ticket(), outbox: outboxName(this.me) });
    this.unread = new Unread(this);
    this.announcer = document.getElementById("announcer");
    this.toast = new Toast(document.getElementById("toast"));
    this.banner = new Banner(document.getElementById("line"));
    this.disk = new Disk(document.getElementById("room"));
    this.chime = new Chime(document.getElementById("sound"));
    this.alerts = new Alerts(document.getElementById("alerts"));
    this.closing = new Closing(document.getElementById("close-dialog"), this);
    this.handOver = new HandOver(document.getElementById("hand-over"), this);
    this.offers = new Offers((conversation) => this.queue.regroup(conversation));
    this.acts = new Acts(this);
    this.availability = new Availability(document.getElementById("availability"), document.getElementById("availability-words"), {
      say: (on) => this.live.available(on),
      announce: (words) => this.announce(words),
    });
    const kept = this.drafts.panes();
    this.queue = new Queue(main.querySelector(".queue"), this);
    this.panes = new Panes(document.getElementById("panes"), this);
    this.palette = new Palette(document.getElementById("palette"), paletteSources(this), (words) => this.#search(words));
    for (const button of main.querySelectorAll("[data-open=palette]")) button.addEventListener("click", () => this.palette.open());
    const help = document.getElementById("help-dialog");
    document.getElementById("help").addEventListener("click", () => help.showModal());
    this.keys = new Keys(this, help, document.getElementById("single-keys"));
    this.queue.element.addEventListener("click", (event) => this.#clickedRow(event));
    // Not submitting buttons: Enter anywhere in a dialog does what it is for.
    for (const button of document.querySelectorAll("dialog [data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
    for (const kind of ["visibilitychange", "focus", "resize"]) addEventListener(kind, () => this.lookAround(), { passive: true, capture: true });

    this.#listen();
    for (const row of this.queue.rows()) this.#follow(row);
    this.live.start();
    watchActivity(() => this.live.active());
    this.panesChanged();
    this.#reopen(kept);
    // From here on a click does what it says; before, links still lead to pages.
    main.dataset.ready = "";
  }

  // What panes ask for

  // The website said something new of its visitor: only the list of facts is drawn anew, so that nobody loses the focus elsewhere.
  async #renew(conversation, ...parts) {
    const pane = this.panes.find(conversation);
    const now = pane && (await this.fetchConversation(conversation));
    if (!now) return;
    pane.article.dataset.promise = now.dataset.promise;
    for (const part of parts) {
      const renewed = now.querySelector(part);
      if (!renewed) continue;
      dressTimes(renewed);
      pane.article.querySelector(part)?.replaceWith(renewed);
    }
  }

  async fetchConversation(conversation) {
    const html = await this.fetchPart(`/console/conversations/${conversation}`);
    const article = html === null ? null : elementWithin(html, ".conversation");
    if (html !== null && !article) this.announce("This chat is no longer there.");
    return article;
  }

  paneOpened(pane) {
    const row = this.#rows.get(pane.id);
    if (row) pane.belongsTo(row);
    // Colleagues are told who looks at it.
    this.live.watch(pane.id, pane.last);
    if (pane.state !== "closed") this.kept.fetch(pane.id).then((drafts) => pane.restore(drafts));
  }

  paneClosed(pane) {
    if (!this.queue?.row(pane.id) || !pane.mine) this.live.unwatch(pane.id);
    else this.live.lookAway(pane.id);
  }

  panesChanged() {
    if (!this.panes) return;
    const open = this.panes.all().map((pane) => pane.id);
    this.drafts.keepPanes(open);
    this.queue.open(open, this.panes.current?.id);
    this.lookAround();
  }

  focusRow(conversation) {
    const row = conversation && this.queue.row(conversation);
    (row?.querySelector(".queue-link") ?? this.queue.links()[0] ?? this.queue.element).focus();
  }

  back() {
    this.panes.back();
  }

  // What the list asks for

  rowChanged() {
    if (!this.queue) return;
    const callers = this.queue.callers().length;
    showInTitle(callers + this.queue.unreadChats());
    this.chime.wanted(callers > 0 && this.availability.accepting);
    if (this.panes) this.queue.open(this.panes.all().map((pane) => pane.id), this.panes.current?.id);
  }

  acceptRow({ dataset: { conversation } }) {
    this.acts.accept(conversation);
    this.panes.open(conversation);
  }

  // For those who listen only.
  announce(words) {
    this.announcer.textContent = words;
  }

  // What became of an act, in words for everybody.
  tell(words) {
    this.toast.show(words);
  }

  // What stands before a person who looks has been read.
  lookAround() {
    if (document.visibilityState !== "visible" || !this.panes) return;
    for (const pane of this.panes.all()) if (this.panes.isShown(pane) && pane.log.atEnd()) this.unread.read(pane.id, pane.last);
  }

  #listen() {
    const { live } = this;
    live.on("line", (line) => {
      this.banner.line(line);
      if (line.state !== "online") for (const pane of this.panes.all()) pane.files?.pause();
    });
    live.on("welcome", (frame) => {
      setServerNow(frame.now);
      for (const pane of this.panes.all()) pane.files?.resume();
      this.offers.forgetAll();
    });
    live.on("disk", (frame) => {
      if (this.disk.show(frame)) this.announce("The server has room again. New chats are taken.");
    });
    // First of all comes which chats there are; what the list shows beyond them ended while nobody looked.
    live.on("rows", (frame) => this.queue.keepOnly(frame.conversations));
    live.on("row", (frame) => this.#row(frame));
    live.on("event", (frame) => this.#event(frame));
    live.on("state", (frame) => {
      this.panes.find(frame.conversation)?.update(frame);
      this.unread.state(frame);
    });
    live.on("about", (frame) => this.#renew(frame.conversation, ".visitor .facts", ".facts-chat", ".conversation-mark"));
    live.on("typing", (frame) => {
      this.panes.find(frame.conversation)?.typing(frame);
      if (frame.who === "visitor") this.queue.typing(frame.conversation, frame.on);
    });
    live.on("offer", (frame) => this.#offer(frame));
    live.on("declined", (frame) => this.#declined(frame));
    live.on("viewers", (frame) => this.panes.find(frame.conversation)?.viewers.show(frame.people));
    live.on("peek", (frame) => this.panes.find(frame.conversation)?.peek.show(frame.text));
    live.on("available", (frame) => this.availability.told(frame.state));
    live.on("command", (command) => this.#command(command));
    live.on("purged", ({ conversation, unseen }) => this.#purged(conversation, unseen));
    live.on("bye", (frame) => this.#rescue(frame));
  }

  #offer(frame) {
    const isNew = frame.seconds > 0 && !this.offers.has(frame.conversation);
    this.offers.begin(frame);
    if (!isNew) return;
    this.announce(`A chat is offered to you. You have ${frame.seconds} seconds to accept it.`);
    this.chime.ring();
    this.alerts.tell("A chat is offered to you");
  }

  // A colleague to whom this operator handed a chat on.
  #declined({ conversation, name }) {
    const whose = this.queue.row(conversation)?.querySelector(".queue-name > bdi").textContent;
    this.tell(`${name} has not taken ${whose ? `the chat with ${whose}` : "the chat"}. It waits for anybody.`);
  }

  #command(command) {
    const { id, frame, status, message } = command;
    const pane = this.panes.find(frame.conversation);
    if (pane && pane.state !== "gone") pane.command(command);
    else if (status === "failed" && frame.t !== "send" && frame.t !== "note") {
      // Asked for from the list, so it is answered there.
      this.live.discard(id);
      this.tell(message ?? "This could not be done.");
    }
  }

  #row(frame) {
    const known = this.queue.row(frame.conversation);
    if (frame.state === "gone" || frame.state === "closed") this.#rows.delete(frame.conversation);
    else this.#rows.set(frame.conversation, frame);
    this.queue.put(frame);
    const pane = this.panes.find(frame.conversation);
    if (frame.state === "gone") {
      this.#purged(frame.conversation, true);
      return;
    }
    pane?.belongsTo(frame);
    if (frame.state !== "waiting") this.offers.over(frame.conversation);
    if (frame.state === "waiting" && !known) {
      this.announce("A new chat is waiting.");
      this.alerts.tell("A chat is waiting");
    }
    if (frame.operator === this.me && frame.state !== "closed") this.live.follow(frame.conversation, this.drafts.seenUpTo(frame.conversation) ?? 0);
    if (frame.state === "closed" || frame.operator !== this.me) this.unread.forget(frame.conversation);
  }

  #event(frame) {
    const pane = this.panes.find(frame.conversation);
    if (pane) pane.receive(frame);
    else this.panes.hold(frame);
    this.unread.event(frame);
    this.queue.stir(frame.conversation, frame.at);
    if (pane) this.lookAround();
    if (frame.kind === "form_asked" || frame.kind === "form_sent") this.#renew(frame.conversation, ".card-forms");
    if (frame.from === "visitor" && frame.kind === "message" && this.queue.row(frame.conversation)?.dataset.operator === this.me) {
      this.alerts.tell("A visitor has written");
    }
  }

  #purged(conversation, unseen = false) {
    this.queue.put({ conversation, state: "gone" });
    this.unread.forget(conversation);
    this.drafts.forget(conversation);
    const pane = this.panes.find(conversation);
    if (pane && pane.state !== "gone") pane.purge(unseen);
  }

  // The session is over and with it the list of what was on its way: those words become drafts again.
  #rescue({ code }) {
    if (code !== "revoked" && code !== "signed_out") return;
    for (const { frame } of this.live.pending()) {
      if (frame.t !== "send") continue;
      const draft = this.drafts.draft(frame.conversation);
      this.drafts.keepDraft(frame.conversation, draft ? `${frame.text}\n${draft}` : frame.text);
    }
  }

  #follow(row) {
    const { conversation, operator } = row.dataset;
    if (operator !== this.me || this.panes.find(conversation)) return;
    const seen = this.drafts.seenUpTo(conversation);
    if (seen !== undefined) this.unread.begin(conversation, seen);
    this.live.follow(conversation, seen ?? 0);
  }

  #clickedRow(event) {
    const beside = event.target.closest(".queue-beside");
    const row = event.target.closest(".queue-row");
    if (row && event.target.closest(".queue-accept")) this.acceptRow(row);
    if (row && event.target.closest(".queue-decline")) this.acts.decline(row.dataset.conversation);
    if (!row || (!beside && !event.target.closest(".queue-link"))) return;
    // Another tab or window is the browser's own business.
    if (event.ctrlKey || event.metaKey || event.button !== 0) return;
    event.preventDefault();
    this.panes.open(row.dataset.conversation, { beside: beside !== null || event.shiftKey });
  }

  async #reopen(kept) {
    for (const conversation of kept) {
      if (!this.panes.find(conversation) && this.queue.row(conversation) && !this.panes.isNarrow() && location.pathname !== "/console") {
        await this.panes.open(conversation, { beside: true, focus: false, address: false });
      }
    }
  }

  // Words that are looked for travel in a form, so that they are in no address.
  #search(words) {
    const form = document.getElementById("palette-search");
    form.elements.words.value = words;
    form.submit();
  }

  async #ticket() {
    const response = await fetch("/live/ticket", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Parlor-Csrf": document.querySelector("meta[name=csrf]").content },
      body: "{}",
    });
    if (response.status === 401 || response.status === 403) throw Object.assign(new Error("signed out"), { stop: "session" });
    if (!response.ok) throw Object.assign(new Error(`ticket: ${response.status}`), { wait: Number(response.headers.get("Retry-After")) });
    return (await response.json()).ticket;
  }

  // Null when the session is over or the line is down: the banner says so.
  async fetchPart(path) {
    try {
      const response = await fetch(path, { headers: { "X-Parlor-Part": "1", Accept: "application/json" } });
      if (response.status === 401) this.live.stop("session");
      if (response.status === 404) return "";
      return response.ok ? await response.text() : null;
    } catch {
      return null;
    }
  }
}

document.getElementById("sign-out")?.addEventListener("submit", forgetAllKept);
const deskMain = document.querySelector(".console");
if (deskMain) new Desk(deskMain);
else dressTimes(document);

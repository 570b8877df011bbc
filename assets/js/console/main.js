// The operators' desk: puts the parts together and hands each frame of the live channel to those whom it concerns.
import { elementWithin } from "../html.js";
import { Live } from "../live.js";
import "./canned-form.js";
import { Banner } from "./banner.js";
import { Disk } from "./disk.js";
import { Drafts, forgetAllKept, outboxName } from "./drafts.js";
import { Keys } from "./keys.js";
import { Panes } from "./panes.js";
import { watchActivity } from "./presence.js";
import { Queue } from "./queue.js";
import { Chime } from "./sound.js";
import { dressTimes, setServerNow } from "./times.js";
import { showInTitle } from "./title.js";
import { Unread } from "./unread.js";

class Desk {
  constructor(main) {
    this.me = main.dataset.operator;
    this.drafts = new Drafts(this.me);
    this.live = new Live({ ticket: () => this.#ticket(), outbox: outboxName(this.me) });
    this.unread = new Unread(this);
    this.announcer = document.getElementById("announcer");
    this.banner = new Banner(document.getElementById("line"));
    this.disk = new Disk(document.getElementById("room"));
    this.chime = new Chime(document.getElementById("sound"));
    this.closing = document.getElementById("close-dialog");
    const kept = this.drafts.panes();
    this.queue = new Queue(main.querySelector(".queue"), this);
    this.panes = new Panes(document.getElementById("panes"), this);
    const help = document.getElementById("help-dialog");
    document.getElementById("help").addEventListener("click", () => help.showModal());
    this.keys = new Keys(this, help, document.getElementById("single-keys"));
    this.queue.element.addEventListener("click", (event) => this.#clickedRow(event));
    for (const kind of ["visibilitychange", "focus", "resize"]) addEventListener(kind, () => this.lookAround(), { passive: true, capture: true });

    this.#listen();
    for (const row of this.queue.rows()) this.#follow(row);
    this.live.start();
    watchActivity(() => this.live.active());
    this.panesChanged();
    this.#reopen(kept);
  }

  // What panes ask for

  async fetchConversation(conversation) {
    const html = await this.#fetchPart(`/console/conversations/${conversation}`);
    const article = html === null ? null : elementWithin(html, ".conversation");
    if (html !== null && !article) this.announce("This chat is no longer there.");
    return article;
  }

  paneOpened(pane) {
    if (pane.mine && pane.state !== "closed") this.live.follow(pane.id, pane.last);
    else this.live.watch(pane.id, pane.last);
  }

  paneClosed(pane) {
    if (!this.queue?.row(pane.id) || !pane.mine) this.live.unwatch(pane.id);
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

  askToClose(pane) {
    const { closing } = this;
    closing.querySelector("#close-title").textContent = `Close the chat with ${pane.name}?`;
    closing.querySelector("#close-words").textContent = `Nobody can write in it afterwards. Everything written in it is deleted ${pane.article.dataset.promise}.`;
    closing.returnValue = "";
    closing.onclose = () => {
      if (closing.returnValue === "yes") this.live.command({ t: "close", conversation: pane.id });
    };
    closing.showModal();
  }

  back() {
    this.panes.back();
  }

  // What the list asks for

  rowChanged() {
    if (!this.queue) return;
    showInTitle(this.queue.waiting() + this.queue.unreadChats());
    if (this.panes) this.queue.open(this.panes.all().map((pane) => pane.id), this.panes.current?.id);
  }

  announce(words) {
    this.announcer.textContent = words;
  }

  // What stands before a person who looks has been read.
  lookAround() {
    if (document.visibilityState !== "visible" || !this.panes) return;
    for (const pane of this.panes.all()) if (this.panes.isShown(pane) && pane.log.atEnd()) this.unread.read(pane.id, pane.last);
  }

  #listen() {
    const { live } = this;
    live.on("line", (line) => this.banner.line(line));
    live.on("welcome", (frame) => setServerNow(frame.now));
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
    live.on("typing", (frame) => {
      this.panes.find(frame.conversation)?.typing(frame);
      if (frame.who === "visitor") this.queue.typing(frame.conversation, frame.on);
    });
    live.on("command", (command) => this.panes.find(command.frame.conversation)?.command(command));
    live.on("purged", ({ conversation }) => this.#purged(conversation));
    live.on("bye", (frame) => this.#rescue(frame));
  }

  #row(frame) {
    const known = this.queue.row(frame.conversation);
    this.queue.put(frame);
    const pane = this.panes.find(frame.conversation);
    if (frame.state === "gone") {
      this.#purged(frame.conversation);
      return;
    }
    pane?.belongsTo(frame.operator, frame.state);
    if (frame.state === "waiting" && !known) {
      this.announce("A new chat is waiting.");
      this.chime.ring();
    }
    if (frame.operator === this.me && frame.state !== "closed") this.live.follow(frame.conversation, this.drafts.seenUpTo(frame.conversation) ?? 0);
    if (frame.state === "closed" || frame.operator !== this.me) this.unread.forget(frame.conversation);
  }

  #event(frame) {
    const pane = this.panes.find(frame.conversation);
    if (pane) pane.receive(frame);
    else this.panes.hold(frame);
    this.unread.event(frame);
    if (pane) this.lookAround();
  }

  #purged(conversation) {
    this.queue.put({ conversation, state: "gone" });
    this.unread.forget(conversation);
    this.drafts.forget(conversation);
    const pane = this.panes.find(conversation);
    if (pane && pane.state !== "gone") pane.purge();
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

  async #ticket() {
    const response = await fetch("/live/ticket", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Parlor-Csrf": document.querySelector("meta[name=csrf]").content },
      body: "{}",
    });
    if (response.status === 401 || response.status === 403) throw Object.assign(new Error("signed out"), { stop: "session" });
    if (!response.ok) throw new Error(`ticket: ${response.status}`);
    return (await response.json()).ticket;
  }

  // Null when the session is over or the line is down: the banner says so.
  async #fetchPart(path) {
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

document.getElementById("sign-out").addEventListener("submit", forgetAllKept);
const deskMain = document.querySelector(".console");
if (deskMain) new Desk(deskMain);
else dressTimes(document);

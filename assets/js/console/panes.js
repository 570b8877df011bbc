// Conversations side by side: up to four where there is room, one on a narrow screen. Opening one takes the place of the one that has
// the attention, unless it is asked to stand beside.
import { elementFrom } from "../html.js";
import { Conversation } from "./conversation.js";

const mostPanes = 4;
const paneWidth = 340;
const paneHome = "/console";

export class Panes {
  #panes = [];
  #opening = new Map();
  #current = null;

  // desk: see Desk
  constructor(element, desk) {
    this.element = element;
    this.desk = desk;
    this.main = element.closest(".console");
    this.empty = document.getElementById("panes-empty");
    for (const article of element.querySelectorAll(".conversation")) this.#add(article);
    element.addEventListener("focusin", (event) => this.#attend(this.#paneOf(event.target)));
    element.addEventListener("pointerdown", (event) => this.#attend(this.#paneOf(event.target)));
    element.addEventListener("click", (event) => {
      const act = event.target.closest?.("[data-act]")?.dataset.act;
      if (act === "dismiss") this.dismiss(this.#paneOf(event.target));
      else if (act === "back") this.back();
    });
    addEventListener("popstate", () => this.#followAddress());
    addEventListener("resize", () => this.#fit(), { passive: true });
    this.#show();
  }

  get current() {
    return this.#current;
  }

  all() {
    return this.#panes;
  }

  find(conversation) {
    return this.#panes.find((pane) => pane.id === conversation);
  }

  isShown(pane) {
    return this.element.offsetParent !== null && (!this.isNarrow() || pane === this.#current);
  }

  isNarrow() {
    return matchMedia("(width < 900px)").matches;
  }

  // Frames that come while the page is on its way are kept for it.
  hold(frame) {
    const held = this.#opening.get(frame.conversation);
    held?.push(frame);
    return held !== undefined;
  }

  async open(conversation, { beside = false, focus = true, address = true } = {}) {
    const there = this.find(conversation);
    if (there) return this.#attendTo(there, focus, address);
    if (this.#opening.has(conversation)) return undefined;
    this.#opening.set(conversation, []);
    try {
      const article = await this.desk.fetchConversation(conversation);
      if (!article) return undefined;
      this.#makeRoom(beside);
      const pane = this.#add(article);
      for (const frame of this.#opening.get(conversation)) pane.receive(frame);
      return this.#attendTo(pane, focus, address);
    } finally {
      this.#opening.delete(conversation);
    }
  }

  // Puts a chat away; it stays in the list.
  dismiss(pane) {
    if (!pane) return;
    const index = this.#panes.indexOf(pane);
    this.#remove(pane);
    const next = this.#panes[Math.min(index, this.#panes.length - 1)] ?? null;
    this.#current = next;
    this.#address(next);
    this.#show();
    if (next && !this.isNarrow()) next.focus();
    else this.desk.focusRow(pane.id);
  }

  // To the list: on a narrow screen it comes back into sight, elsewhere only the focus goes there.
  back() {
    const from = this.#current?.id;
    if (this.isNarrow() && this.#current) {
      for (const pane of [...this.#panes]) this.#remove(pane);
      this.#current = null;
      this.#address(null);
      this.#show();
    }
    this.desk.focusRow(from);
  }

  #room() {
    return this.isNarrow() ? 1 : Math.max(1, Math.min(mostPanes, Math.floor(this.element.clientWidth / paneWidth)));
  }

  // A window that became smaller keeps the chat that has the attention.
  #fit() {
    if (this.isNarrow() || this.#panes.length <= this.#room()) return;
    this.#makeRoom(true, this.#room());
    this.#show();
  }

  #makeRoom(beside, most = this.#room() - 1) {
    if (!beside && this.#current) this.#remove(this.#current);
    while (this.#panes.length > most) {
      this.#remove(this.#panes.find((pane) => pane !== this.#current) ?? this.#panes[0]);
    }
  }

  #add(article) {
    const place = article.isConnected ? null : this.#place;
    if (!article.isConnected) this.element.insertBefore(article, place ?? null);
    const pane = new Conversation(article, this.desk);
    this.#panes = [...this.element.querySelectorAll(".conversation")].map((node) => this.#panes.find((known) => known.article === node) ?? pane);
    this.#current ??= pane;
    this.desk.paneOpened(pane);
    return pane;
  }

  // Where the pane stood that makes room, so that its successor stands there too.
  #place = null;

  #remove(pane) {
    this.#place = pane.article.nextElementSibling;
    pane.leave();
    pane.article.remove();
    this.#panes = this.#panes.filter((other) => other !== pane);
    if (this.#current === pane) this.#current = null;
    this.desk.paneClosed(pane);
  }

  #attendTo(pane, focus, address) {
    this.#place = null;
    this.#current = pane;
    if (address) this.#address(pane);
    this.#show();
    if (focus) pane.focus();
    return pane;
  }

  #attend(pane) {
    if (!pane || pane === this.#current) return;
    this.#current = pane;
    history.replaceState(null, "", `${paneHome}/conversations/${pane.id}`);
    this.#show();
  }

  #paneOf(node) {
    const article = node.closest?.(".conversation");
    return this.#panes.find((pane) => pane.article === article);
  }

  #address(pane) {
    const path = pane ? `${paneHome}/conversations/${pane.id}` : paneHome;
    if (location.pathname !== path) history.pushState(null, "", path);
  }

  #followAddress() {
    const conversation = location.pathname.match(/^\/console\/conversations\/(cnv_[a-z2-7]{26})$/)?.[1];
    if (conversation) this.open(conversation, { address: false });
    else if (this.isNarrow()) {
      for (const pane of [...this.#panes]) this.#remove(pane);
      this.#show();
      this.desk.focusRow(null);
    }
  }

  #show() {
    for (const pane of this.#panes) pane.article.classList.toggle("conversation-current", pane === this.#current);
    this.element.dataset.count = String(this.#panes.length);
    this.main.classList.toggle("console-open", this.#panes.length > 0);
    this.empty.hidden = this.#panes.length > 0;
    this.desk.panesChanged();
  }
}

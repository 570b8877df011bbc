// The list: who waits, what is offered to me, what is mine, what is with others, what was left while nobody was there. Rows come from the
// server; here they find their group and count what is unread. Nothing moves under a pointer that is about to press: changes wait until it rests.
import { elementFrom } from "../html.js";
import { showAges } from "./ages.js";
import { QueueFilter } from "./filters.js";
import { dressTimes } from "./times.js";

const pointerRests = 900;

export class Queue {
  #held = [];
  #flush = 0;
  #moved = 0;
  #unread = new Map();
  #typing = new Set();

  // desk: { me, offers, rowChanged(), announce(words) }
  constructor(element, desk) {
    this.element = element;
    this.desk = desk;
    this.groups = Object.fromEntries([...element.querySelectorAll("[data-group]")].map((group) => [group.dataset.group, group]));
    this.filter = new QueueFilter(element, desk.me, () => this.#tidy());
    element.addEventListener("pointermove", () => (this.#moved = performance.now()), { passive: true });
    element.addEventListener("pointerleave", () => this.#release(), { passive: true });
    for (const row of this.rows()) this.#dress(row);
    this.#tidy();
    setInterval(() => showAges(this.groups, desk.offers), 1_000);
  }

  rows() {
    return [...this.element.querySelectorAll(".queue-row")];
  }

  row(conversation) {
    return document.getElementById(`row-${conversation}`);
  }

  links() {
    return [...this.element.querySelectorAll(".queue-link")].filter((link) => link.checkVisibility?.() ?? true);
  }

  // One row changed; without html it leaves the list.
  put(frame) {
    this.#held.push(frame);
    this.#later();
  }

  // The server says which there are: the others are gone.
  keepOnly(conversations) {
    const there = new Set(conversations);
    for (const row of this.rows()) if (!there.has(row.dataset.conversation)) this.put({ conversation: row.dataset.conversation, state: "gone" });
  }

  // An offer came or is over: the row stands elsewhere now.
  regroup(conversation) {
    const row = this.row(conversation);
    if (!row) return;
    this.#place(conversation, row);
    this.#tidy();
  }

  unread(conversation, count) {
    if (count > 0) this.#unread.set(conversation, count);
    else this.#unread.delete(conversation);
    this.#mark(conversation);
    this.desk.rowChanged();
  }

  unreadChats() {
    return this.#unread.size;
  }

  // Who wants an answer from somebody here: shown to this operator and not taken yet.
  callers() {
    return ["offered", "waiting"].flatMap((name) => [...this.groups[name].querySelectorAll(".queue-row:not([hidden])")]);
  }

  typing(conversation, on) {
    if (on) this.#typing.add(conversation);
    else this.#typing.delete(conversation);
    this.#mark(conversation);
  }

  // Something was said there just now.
  stir(conversation, at) {
    const row = this.row(conversation);
    if (row && row.dataset.active < at) row.dataset.active = at;
  }

  // Which rows are open in panes, and which of them has the attention.
  open(conversations, current) {
    for (const row of this.rows()) {
      const id = row.dataset.conversation;
      row.classList.toggle("queue-row-open", conversations.includes(id));
      const link = row.querySelector(".queue-link");
      if (id === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  #later() {
    clearTimeout(this.#flush);
    // What this operator has just done themselves is no surprise.
    const own = this.#held.some((frame) => frame.operator === this.desk.me);
    const rest = !own && this.element.matches(":hover") ? this.#moved + pointerRests - performance.now() : 0;
    if (rest > 0) this.#flush = setTimeout(() => this.#release(), rest);
    else this.#release();
  }

  #release() {
    clearTimeout(this.#flush);
    const held = this.#held;
    this.#held = [];
    for (const frame of held) {
      const fits = frame.html && frame.state !== "closed" && frame.state !== "gone";
      const row = fits ? elementFrom(frame.html) : null;
      if (row) this.#dress(row);
      this.#place(frame.conversation, row);
    }
    if (held.length > 0) this.#tidy();
  }

  #dress(row) {
    dressTimes(row);
    row.dataset.began = row.querySelector("time").dateTime;
  }

  #groupOf({ conversation, state, operator, channel }) {
    if (state !== "waiting") return operator === this.desk.me ? "mine" : "others";
    if (this.desk.offers.has(conversation)) return "offered";
    return channel === "message" ? "messages" : "waiting";
  }

  #place(conversation, row) {
    const old = this.row(conversation);
    const focused = old?.contains(document.activeElement) ? document.activeElement : null;
    if (!row) {
      const next = old?.nextElementSibling ?? old?.previousElementSibling;
      old?.remove();
      this.#unread.delete(conversation);
      this.#typing.delete(conversation);
      if (focused) (next?.querySelector(".queue-link") ?? this.element.querySelector(".queue-link") ?? this.element).focus();
      return;
    }
    const list = this.groups[this.#groupOf(row.dataset)].querySelector(".queue-rows");
    if (old?.parentElement === list) {
      if (old !== row) old.replaceWith(row);
    } else {
      if (old !== row) old?.remove();
      list.insertBefore(row, [...list.children].find((other) => other.dataset.began > row.dataset.began) ?? null);
    }
    this.#mark(conversation);
    if (focused && document.activeElement !== focused) row.querySelector(".queue-link").focus({ preventScroll: true });
  }

  #mark(conversation) {
    const row = this.row(conversation);
    if (!row) return;
    const count = this.#unread.get(conversation) ?? 0;
    row.classList.toggle("queue-row-unread", count > 0);
    const badge = row.querySelector(".queue-unread");
    badge.hidden = count === 0;
    const unread = document.createElement("span");
    unread.className = "visually-hidden";
    unread.textContent = " unread";
    badge.replaceChildren(count > 99 ? "99+" : String(count), unread);
    row.classList.toggle("queue-row-typing", this.#typing.has(conversation));
  }

  // Counts, empty words, what the filter hides, and ages.
  #tidy() {
    const hidden = this.filter.apply(this.rows());
    for (const [name, group] of Object.entries(this.groups)) {
      const count = group.querySelectorAll(".queue-row:not([hidden])").length;
      group.querySelector(".queue-count").textContent = String(count);
      const empty = group.querySelector(".queue-empty");
      if (empty) empty.hidden = count > 0;
      else group.hidden = count === 0;
      if (name === "waiting" && empty) empty.textContent = hidden > 0 ? "Nobody is waiting here." : "Nobody is waiting.";
    }
    showAges(this.groups, this.desk.offers);
    this.desk.rowChanged();
  }
}

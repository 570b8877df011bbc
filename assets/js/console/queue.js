// The list: who waits, who is mine, who is with others. Rows come from the server; here they find their group, grow older and count
// what is unread. Nothing moves under a pointer that is about to press: changes wait until it rests.
import { elementFrom } from "../html.js";
import { ageText, dressTimes, secondsSince } from "./times.js";

const pointerRests = 900;
const oldAfter = 60;
const lateAfter = 180;

export class Queue {
  #held = [];
  #flush = 0;
  #moved = 0;
  #unread = new Map();
  #typing = new Set();

  // desk: { me, opened(conversation), rowChanged() }
  constructor(element, desk) {
    this.element = element;
    this.desk = desk;
    this.groups = Object.fromEntries([...element.querySelectorAll("[data-group]")].map((group) => [group.dataset.group, group]));
    element.addEventListener("pointermove", () => (this.#moved = performance.now()), { passive: true });
    element.addEventListener("pointerleave", () => this.#release(), { passive: true });
    dressTimes(element);
    this.#tidy();
    setInterval(() => this.#age(), 1_000);
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

  unread(conversation, count) {
    if (count > 0) this.#unread.set(conversation, count);
    else this.#unread.delete(conversation);
    this.#mark(conversation);
    this.desk.rowChanged();
  }

  unreadChats() {
    return this.#unread.size;
  }

  waiting() {
    return this.groups.waiting.querySelectorAll(".queue-row").length;
  }

  typing(conversation, on) {
    if (on) this.#typing.add(conversation);
    else this.#typing.delete(conversation);
    this.#mark(conversation);
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
      this.#place(frame.conversation, fits ? elementFrom(frame.html) : null);
    }
    if (held.length > 0) this.#tidy();
  }

  #place(conversation, row) {
    const old = this.row(conversation);
    const hadFocus = old?.contains(document.activeElement);
    if (!row) {
      const next = old?.nextElementSibling ?? old?.previousElementSibling;
      old?.remove();
      this.#unread.delete(conversation);
      this.#typing.delete(conversation);
      if (hadFocus) (next?.querySelector(".queue-link") ?? this.element.querySelector(".queue-link") ?? this.element).focus();
      return;
    }
    dressTimes(row);
    const { state, operator } = row.dataset;
    const name = state === "waiting" ? "waiting" : operator === this.desk.me ? "mine" : "others";
    const list = this.groups[name].querySelector(".queue-rows");
    if (old?.parentElement === list) old.replaceWith(row);
    else {
      old?.remove();
      const started = (other) => other.querySelector("time").dateTime;
      list.insertBefore(row, [...list.children].find((other) => started(other) > started(row)) ?? null);
    }
    this.#mark(conversation);
    if (hadFocus) row.querySelector(".queue-link").focus({ preventScroll: true });
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
    const typing = this.#typing.has(conversation);
    const note = row.querySelector(".queue-note");
    note.dataset.said ??= note.textContent;
    note.textContent = typing ? "typing…" : note.dataset.said;
  }

  // Counts, empty words and ages.
  #tidy() {
    for (const group of Object.values(this.groups)) {
      const count = group.querySelectorAll(".queue-row").length;
      group.querySelector(".queue-count").textContent = String(count);
      group.querySelector(".queue-empty").hidden = count > 0;
    }
    this.#age();
    this.desk.rowChanged();
  }

  #age() {
    const oldest = this.groups.waiting.querySelector(".queue-oldest");
    const rows = this.groups.waiting.querySelectorAll(".queue-row");
    rows.forEach((row, index) => {
      const time = row.querySelector("time");
      const seconds = secondsSince(time);
      time.textContent = ageText(seconds);
      row.classList.toggle("queue-row-old", seconds >= oldAfter);
      row.classList.toggle("queue-row-late", seconds >= lateAfter);
      if (index === 0) oldest.textContent = `oldest ${ageText(seconds)}`;
    });
    oldest.hidden = rows.length === 0;
  }
}

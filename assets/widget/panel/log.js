// The messages, drawn as text and links and nothing else.

import { byId, piece } from "./dom.js";
import { link } from "./links.js";
import { formatDate, setText } from "./texts.js";

const PAUSE_MS = 60 * 60 * 1000;

/** How the kinds of events that one side says are drawn; whatever else happened is a line in the middle. */
export const bubbles = {
  message: ({ text }) => {
    const bubble = link(piece("p", "bubble"), text);
    bubble.dir = "auto";
    return bubble;
  },
};

const notes = {
  joined: "event-joined",
  left: "event-left",
  transferred: "event-transferred",
  ended: "event-ended",
  mailed: "event-mailed",
  file_requested: "file-asked",
  masked: "event-masked",
};

export class Log {
  #box = byId("log");
  #events = byId("events");
  #pending = byId("pending");
  #status = byId("status");
  #newer = byId("newer");
  #lastAt = 0;
  #run = null;
  #runOf = "";
  #waiting = "";
  #sticks = true;

  /** @param {() => void} looked called when the newest message has come into view */
  constructor(looked) {
    this.#box.addEventListener("scroll", () => {
      this.#sticks = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < 48;
      if (this.#sticks) {
        this.#newer.hidden = true;
        looked();
      }
    });
    this.#newer.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => this.#sticks && this.toEnd()).observe(this.#box);
  }

  get showsNewest() {
    return this.#sticks;
  }

  clear() {
    this.#box.append(this.#status);
    this.#status.hidden = true;
    this.#events.replaceChildren();
    this.#pending.replaceChildren();
    this.#lastAt = 0;
    this.#runOf = this.#waiting = "";
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** @param {{kind: string, from: string, name?: string, text?: string, at: string}} event */
  add(event) {
    const at = new Date(event.at);
    if (bubbles[event.kind]) {
      this.#separate(at);
      const mine = event.from === "visitor";
      const name = mine ? "" : (event.name ?? "");
      if (this.#runOf !== event.from + name) {
        this.#run = piece("div", `run ${event.from}`);
        const sender = piece("p", mine ? "sender hidden" : "sender", name);
        if (mine) setText(sender, "you");
        else sender.dir = "auto";
        this.#run.append(sender);
        this.#events.append(this.#run);
        this.#runOf = event.from + name;
      }
      const bubble = bubbles[event.kind](event);
      bubble.title = formatDate(at, { dateStyle: "long", timeStyle: "short" });
      this.#run.append(bubble);
      if (!mine) this.#newer.hidden = this.#sticks;
    } else if (notes[event.kind]) {
      this.#note(notes[event.kind], { name: event.name });
    }
    if (this.#sticks) this.toEnd();
  }

  /** One quiet word under the last message of the visitor's own: how far it has come. */
  say(status) {
    const runs = this.#box.querySelectorAll(".run.visitor");
    const last = runs[runs.length - 1];
    this.#status.hidden = !status || !last;
    if (this.#status.hidden) return;
    if (last.lastElementChild !== this.#status) last.append(this.#status);
    this.#status.dataset.is = status;
    setText(this.#status.lastElementChild, status);
  }

  /** What is on its way, below all that has arrived. */
  wait(entries, retry) {
    // What has not changed is left alone: somebody may have the focus on its button.
    const waiting = JSON.stringify(entries.map(({ id, status, message }) => [id, status, message]));
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    const rows = entries.map((entry) => {
      const row = piece("div", "run visitor");
      const bubble = bubbles.message(entry.frame);
      row.append(bubble);
      if (entry.status === "failed") {
        bubble.classList.add("failed");
        row.append(failure(entry.message, () => retry(entry.id)));
      }
      return row;
    });
    if (rows.length > this.#pending.childElementCount) this.#sticks = true;
    this.#box.append(this.#status);
    this.#pending.replaceChildren(...rows);
    if (this.#sticks) this.toEnd();
  }

  #note(key, values) {
    const note = piece("p", "note");
    setText(note, key, values);
    this.#events.append(note);
    this.#runOf = "";
  }

  /** A day, and a long pause, get a line with the time. */
  #separate(at) {
    const before = new Date(this.#lastAt);
    const newDay = before.toDateString() !== at.toDateString();
    if (newDay || at - before > PAUSE_MS) {
      const isToday = at.toDateString() === new Date().toDateString();
      const day = () => formatDate(at, { weekday: "long", day: "numeric", month: "long" });
      this.#note(isToday ? "today-at" : "day-at", { day, time: () => formatDate(at, { timeStyle: "short" }) });
    }
    this.#lastAt = at.getTime();
  }
}

/** The line under what was not sent, with a button to try again. */
export function failure(message, again) {
  const line = piece("p", "failure");
  const words = piece("span");
  setText(words, "failed");
  const button = piece("button");
  button.type = "button";
  setText(button, "retry");
  button.addEventListener("click", again);
  line.append(byId("warning").content.cloneNode(true), words, message ? ` ${message} ` : " ", button);
  return line;
}

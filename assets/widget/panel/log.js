// The messages, drawn as text and nothing else.

const PAUSE_MS = 60 * 60 * 1000;

const byId = (id) => document.getElementById(id);

/** An element with a class and text: the only way in which anything that people wrote gets onto the page. */
export function piece(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

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
  locale;

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
    if (event.kind === "message") {
      this.#separate(at);
      const mine = event.from === "visitor";
      const name = mine ? "You" : (event.name ?? "");
      if (this.#runOf !== name) {
        this.#run = piece("div", `run ${event.from}`);
        this.#run.append(piece("p", mine ? "sender hidden" : "sender", name));
        this.#events.append(this.#run);
        this.#runOf = name;
      }
      const bubble = this.#bubble(event.text);
      bubble.title = this.time(at, { dateStyle: "long", timeStyle: "short" });
      this.#run.append(bubble);
      if (!mine) this.#newer.hidden = this.#sticks;
    } else if (event.kind === "joined") {
      this.#note(`${event.name} joined`);
    } else if (event.kind === "ended") {
      this.#note("You ended the chat");
    }
    if (this.#sticks) this.toEnd();
  }

  /** One quiet word under the last message of the visitor's own. */
  say(status) {
    const runs = this.#box.querySelectorAll(".run.visitor");
    const last = runs[runs.length - 1];
    this.#status.hidden = !status || !last;
    if (this.#status.hidden) return;
    if (last.lastElementChild !== this.#status) last.append(this.#status);
    if (this.#status.textContent !== status) this.#status.textContent = status;
  }

  /** What is on its way, below all that has arrived. */
  wait(entries, retry) {
    // What has not changed is left alone: somebody may have the focus on its button.
    const waiting = JSON.stringify(entries.map(({ id, status, message }) => [id, status, message]));
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    const rows = entries.map((entry) => {
      const row = piece("div", "run visitor");
      const bubble = this.#bubble(entry.frame.text);
      row.append(bubble);
      if (entry.status === "failed") {
        bubble.classList.add("failed");
        const line = piece("p", "failure", `Not sent. ${entry.message ?? ""} `);
        const again = piece("button", "", "Try again");
        again.type = "button";
        again.addEventListener("click", () => retry(entry.id));
        line.append(again);
        row.append(line);
      }
      return row;
    });
    if (rows.length > this.#pending.childElementCount) this.#sticks = true;
    this.#box.append(this.#status);
    this.#pending.replaceChildren(...rows);
    if (this.#sticks) this.toEnd();
  }

  time(at, options) {
    try {
      return new Intl.DateTimeFormat(this.locale, options).format(at);
    } catch {
      return new Intl.DateTimeFormat(undefined, options).format(at);
    }
  }

  #bubble(text) {
    const bubble = piece("p", "bubble", text);
    bubble.dir = "auto";
    return bubble;
  }

  #note(text) {
    this.#events.append(piece("p", "note", text));
    this.#runOf = "";
  }

  /** A day, and a long pause, get a line with the time. */
  #separate(at) {
    const before = new Date(this.#lastAt);
    const newDay = before.toDateString() !== at.toDateString();
    if (newDay || at - before > PAUSE_MS) {
      const today = at.toDateString() === new Date().toDateString();
      const day = today ? "Today" : this.time(at, { weekday: "long", day: "numeric", month: "long" });
      this.#note(`${day} ${this.time(at, { timeStyle: "short" })}`);
    }
    this.#lastAt = at.getTime();
  }
}

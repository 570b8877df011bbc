// The live protocol, for the visitor's panel and the operators' console alike.
//
//   const live = new Live({
//     ticket: async () => "…",    // fetches a one-time ticket; throw an error with `stop: "reason"` to give up for good
//     outbox: "parlor-outbox",    // name under which unsent text is kept in sessionStorage
//     followAll: true,            // the visitor: every conversation that appears is followed from its first event
//   });
//   live.on("event", (frame) => …);            // returns a function that takes the listener away again
//   live.start();
//
// Told to listeners:
//   line     {state: "connecting" | "online" | "waiting" | "stopped", reason?}   `waiting`: the line is lost, the next try is planned
//   welcome, state, presence, row, purged, refused, bye: the server's frames as they are
//   event    an event frame. Of a followed conversation: in order, each number once, holes filled first
//   typing   as the server says it; switched off here when the server falls silent
//   command  {id, frame, status: "sending" | "sent" | "failed", seq?, at?, conversation?, code?, message?}   what became of a command
//
// To be called:
//   live.follow(conversation, last = 0)    orders its events after `last` (the number the page already shows); asks for missed ones
//   live.unfollow(conversation)
//   live.watch(conversation, last = 0) / live.unwatch(conversation)    operators: events of a conversation that is not one's own
//   live.command({t: "send", conversation, text}) → id    also start, end, accept, close. Kept and repeated until answered. A visitor's
//                                          `send` without conversation waits for the `start` before it
//   live.retry(id), live.discard(id)       a failed command: again with the same id, or not at all
//   live.pending(conversation?) → [{id, frame, status, message?}]     what is not answered yet, after a reload too
//   live.typing(conversation, on)          as often as a key is pressed; throttled here
//   live.seen(conversation, seq)           the page is open, visible and shows this event
//   live.active()                          operators: a person is at the keyboard
//   live.progress(conversation, seq) → "sent" | "delivered" | "seen"  of an own message
//   live.state(conversation) → the last state frame, or undefined
//   live.now()                             the server's clock, as a Date
//   live.stop(reason)                      for good
//
// `delivered` is said by itself. Nothing here draws anything.

import { openPollLine, openSocketLine } from "./live/lines.js";
import { Outbox } from "./live/outbox.js";

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 20_000;
const WELCOME_MS = 15_000;
// A command without an answer for this long means that the line is dead, whatever the browser believes.
const ANSWER_WAIT_MS = 10_000;
const STRIKES = 3;
// The server hangs up on a longer frame.
const FRAME_BYTES = 16 * 1024;
const BEAT_MS = 5_000;
const RECEIPTS_MS = 250;
const TYPING_AGAIN_MS = 3_000;
const TYPING_OVER_MS = 6_000;
const HOLE_MS = 1_000;
const HELD_EVENTS = 1_000;
// The server takes this many in a hello.
const RESUMED = 64;

export class Live {
  #options;
  #listeners = new Map();
  #outbox;
  /** conversation → {last, held, state, delivered, seen, saidDelivered, saidSeen, hole} */
  #places = new Map();
  #watched = new Set();
  #line = null;
  #polling = false;
  #welcomed = false;
  #stopped = false;
  #attempt = 0;
  #tries = 0;
  #socketFailures = 0;
  #timers = {};
  #beat = Date.now();
  #skew = 0;
  #typing = { at: 0, conversation: null };
  #heard = new Map();
  role = null;

  constructor(options) {
    this.#options = options;
    this.#outbox = new Outbox(options.outbox ?? "parlor-outbox");
  }

  on(type, listener) {
    if (!this.#listeners.has(type)) this.#listeners.set(type, new Set());
    this.#listeners.get(type).add(listener);
    return () => this.#listeners.get(type).delete(listener);
  }

  start() {
    addEventListener("online", () => this.#again());
    addEventListener("offline", () => this.#line && this.#lost());
    addEventListener("pageshow", (event) => event.persisted && this.#again());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
    setInterval(() => this.#tick(), BEAT_MS);
    this.#open();
  }

  stop(reason) {
    this.#stopped = true;
    this.#drop();
    // Somebody else may sit down at this browser next: what the last one had not sent is not theirs to send.
    if (reason === "signed_out" || reason === "revoked") this.#outbox.clear();
    this.#tell("line", { state: "stopped", reason });
  }

  follow(conversation, last = 0) {
    let place = this.#places.get(conversation);
    if (!place) {
      place = { last, held: new Map(), delivered: 0, seen: 0, saidDelivered: 0, saidSeen: 0, hole: null };
      this.#places.set(conversation, place);
      if (this.#welcomed && !this.#options.followAll) this.#say({ t: "resume", conversation, after: last });
    }
    return place;
  }

  unfollow(conversation) {
    clearTimeout(this.#places.get(conversation)?.hole);
    this.#places.delete(conversation);
  }

  watch(conversation, last = 0) {
    this.#watched.add(conversation);
    this.#say({ t: "watch", conversation });
    this.follow(conversation, last);
  }

  unwatch(conversation) {
    if (this.#watched.delete(conversation)) this.#say({ t: "unwatch", conversation });
    this.unfollow(conversation);
  }

  command(frame) {
    const entry = this.#outbox.add(frame);
    if (frame.text) this.#typing.at = 0;
    if (new TextEncoder().encode(JSON.stringify(entry.frame)).length > FRAME_BYTES) {
      this.#fail(entry, { code: "too_long", message: "This is too long for one message." });
      return entry.id;
    }
    this.#tell("command", { id: entry.id, frame: entry.frame, status: "sending" });
    this.#flush();
    return entry.id;
  }

  retry(id) {
    const entry = this.#outbox.find(id);
    if (!entry) return;
    Object.assign(entry, { status: "waiting", strikes: 0 });
    this.#outbox.save();
    this.#tell("command", { id, frame: entry.frame, status: "sending" });
    if (!this.#line) this.#wake();
    this.#flush();
  }

  discard(id) {
    this.#outbox.remove((entry) => entry.id !== id);
  }

  pending(conversation) {
    const mine = this.#outbox.entries.filter((entry) => !conversation || !entry.frame.conversation || entry.frame.conversation === conversation);
    return mine.map(({ id, frame, status, message }) => ({ id, frame, status: status === "failed" ? status : "sending", message }));
  }

  typing(conversation, on) {
    const now = Date.now();
    const said = this.#typing.conversation === conversation && now - this.#typing.at < TYPING_AGAIN_MS;
    if (on ? said : !this.#typing.at) return;
    this.#typing = { at: on ? now : 0, conversation };
    this.#say({ t: "typing", conversation, on });
  }

  seen(conversation, seq) {
    const place = this.#places.get(conversation);
    if (!place || seq <= place.seen) return;
    place.seen = seq;
    this.#receiptsSoon();
  }

  active() {
    this.#say({ t: "active" });
  }

  progress(conversation, seq) {
    const state = this.#places.get(conversation)?.state;
    const other = this.role === "operator" ? "visitor" : "operator";
    if ((state?.seen?.[other] ?? 0) >= seq) return "seen";
    return (state?.delivered?.[other] ?? 0) >= seq ? "delivered" : "sent";
  }

  state(conversation) {
    return this.#places.get(conversation)?.state;
  }

  now() {
    return new Date(Date.now() + this.#skew);
  }

  #tell(type, detail) {
    for (const listener of this.#listeners.get(type) ?? []) listener(detail);
  }

  /** What may get lost: it is true only now, or is said again at the next welcome. */
  #say(frame) {
    if (this.#welcomed) this.#line.send(frame);
  }

  // The line

  async #open() {
    if (this.#stopped || this.#line) return;
    clearTimeout(this.#timers.retry);
    const attempt = ++this.#attempt;
    const mine = () => attempt === this.#attempt;
    this.#tell("line", { state: "connecting" });
    this.#timers.welcome = setTimeout(() => this.#lost(), WELCOME_MS);
    let ticket;
    try {
      ticket = await this.#options.ticket();
    } catch (error) {
      if (mine()) error?.stop ? this.stop(error.stop) : this.#lost();
      return;
    }
    if (!mine()) return;
    const after = {};
    for (const [conversation, place] of [...this.#places].slice(-RESUMED)) after[conversation] = place.last;
    this.#polling = this.#socketFailures >= 2;
    const listener = { frame: (frame) => mine() && this.#take(frame), down: () => mine() && this.#lost() };
    this.#line = (this.#polling ? openPollLine : openSocketLine)({ t: "hello", v: 1, ticket, after }, listener);
  }

  /** The line ended, or never came to be. */
  #lost() {
    if (this.#line) {
      if (this.#polling) this.#socketFailures = 1;
      else if (!this.#welcomed) this.#socketFailures += 1;
      // The server gave a ticket, so it lives, and it is the socket that does not get through: no need to wait for long.
      if (!this.#welcomed && this.#socketFailures === 2) this.#tries = 0;
    }
    this.#drop();
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.#tries++);
    this.#timers.retry = setTimeout(() => this.#open(), most * (0.5 + Math.random() / 2));
    this.#tell("line", { state: "waiting" });
  }

  #drop() {
    this.#attempt += 1;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    this.#line?.close();
    this.#line = null;
    this.#welcomed = false;
    this.#outbox.unsend();
    for (const conversation of [...this.#heard.keys()]) this.#silent(conversation);
  }

  /** A new line at once: the old one, if there is one, belongs to a network or a time that is gone. */
  #again() {
    if (this.#stopped) return;
    this.#drop();
    this.#tries = 0;
    this.#open();
  }

  #wake() {
    // Timers that stood still mean that the page was frozen or the machine slept, and the socket with it.
    if (!this.#line || Date.now() - this.#beat > 90_000) this.#again();
  }

  #tick() {
    this.#beat = Date.now();
    if (this.#welcomed && this.#strike((entry) => this.#beat - entry.sentAt > ANSWER_WAIT_MS)) this.#lost();
  }

  /** Commands that got no answer are said again, but not for ever: one of them may be what ends the line. */
  #strike(which) {
    const struck = this.#outbox.entries.filter((entry) => entry.status === "sending" && which(entry));
    for (const entry of struck) {
      entry.strikes += 1;
      if (entry.strikes >= STRIKES) this.#fail(entry, { code: "unanswered", message: "The server did not answer." });
    }
    return struck.length > 0;
  }

  // Frames from the server

  #take(frame) {
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "event":
        return this.#event(frame);
      case "ack":
        return this.#settle(frame);
      case "refused": {
        const entry = frame.id && this.#outbox.find(frame.id);
        return entry ? this.#fail(entry, frame) : this.#tell("refused", frame);
      }
      case "state": {
        const place = this.#placeOf(frame.conversation);
        if (place) place.state = frame;
        this.#tell("state", frame);
        return this.#mind(frame.conversation, frame.last);
      }
      case "typing":
        return this.#hear(frame);
      case "purged":
        this.unfollow(frame.conversation);
        this.#watched.delete(frame.conversation);
        this.#outbox.remove((entry) => entry.frame.conversation !== frame.conversation);
        return this.#tell("purged", frame);
      case "bye":
        this.#tell("bye", frame);
        if (frame.code === "bad_frame") this.#strike(() => true);
        // Another window of the same person has taken over: two that reconnect for ever would fight.
        return ["revoked", "signed_out", "superseded"].includes(frame.code) ? this.stop(frame.code) : this.#lost();
      default:
        return this.#tell(frame.t, frame);
    }
  }

  #welcome(frame) {
    clearTimeout(this.#timers.welcome);
    this.#welcomed = true;
    this.role = frame.role;
    this.#skew = Date.parse(frame.now) - Date.now() || 0;
    if (!this.#polling) this.#socketFailures = 0;
    // A server that welcomes and hangs up again is not hammered: only a line that lasts resets the waiting.
    this.#timers.lasting = setTimeout(() => (this.#tries = 0), 10_000);
    this.#tell("welcome", frame);
    this.#tell("line", { state: "online" });
    for (const conversation of this.#watched) this.#say({ t: "watch", conversation });
    for (const place of this.#places.values()) place.saidDelivered = place.saidSeen = 0;
    this.#receiptsSoon();
    this.#flush();
  }

  #placeOf(conversation) {
    return this.#places.get(conversation) ?? (this.#options.followAll ? this.follow(conversation) : undefined);
  }

  #event(frame) {
    const place = this.#placeOf(frame.conversation);
    if (!place) return this.#tell("event", frame);
    if (frame.seq <= place.last) return;
    if (place.held.size < HELD_EVENTS) place.held.set(frame.seq, frame);
    // What the other side keeps to itself leaves gaps; `after` says across which of them an event follows.
    const follows = (it) => it.seq > place.last && (it.after ?? it.seq - 1) <= place.last;
    for (let next; (next = [...place.held.values()].find(follows)); ) {
      place.held.delete(next.seq);
      place.last = next.seq;
      if (next.from !== this.role) place.delivered = next.seq;
      if (next.id) this.#settle(next);
      this.#silent(next.conversation);
      this.#tell("event", next);
    }
    this.#receiptsSoon();
    if (place.held.size) this.#mind(frame.conversation, frame.seq);
  }

  /** Something with this number exists. If it has not come in a moment, it is asked for, until it comes. */
  #mind(conversation, seq) {
    const place = this.#places.get(conversation);
    if (!place || place.last >= seq || place.hole) return;
    place.hole = setTimeout(() => {
      place.hole = null;
      if (this.#places.get(conversation) !== place || place.last >= seq) return;
      this.#say({ t: "resume", conversation, after: place.last });
      if (this.#welcomed) this.#mind(conversation, seq);
    }, HOLE_MS);
  }

  #hear(frame) {
    clearTimeout(this.#heard.get(frame.conversation)?.timer);
    this.#heard.delete(frame.conversation);
    if (frame.on) {
      const timer = setTimeout(() => this.#silent(frame.conversation), TYPING_OVER_MS);
      this.#heard.set(frame.conversation, { timer, frame });
    }
    this.#tell("typing", frame);
  }

  #silent(conversation) {
    const heard = this.#heard.get(conversation);
    if (heard) this.#hear({ ...heard.frame, on: false });
  }

  // Commands and receipts to the server

  #flush() {
    if (!this.#welcomed) return;
    for (const entry of this.#outbox.entries) {
      if (entry.status !== "waiting" || (entry.frame.t === "send" && !entry.frame.conversation)) continue;
      Object.assign(entry, { status: "sending", sentAt: Date.now() });
      this.#line.send(entry.frame);
    }
  }

  /** An acknowledgement, or the event itself where it came first. */
  #settle(frame) {
    const entry = this.#outbox.find(frame.id);
    if (entry) {
      const { id, conversation, seq, at } = frame;
      if (entry.frame.t === "start") {
        for (const other of this.#outbox.entries) if (other.frame.t === "send") other.frame.conversation ??= conversation;
      }
      this.#outbox.remove((other) => other !== entry);
      this.#placeOf(conversation);
      this.#tell("command", { id, frame: entry.frame, status: "sent", conversation, seq, at });
      this.#flush();
    }
    if (frame.t === "ack") this.#mind(frame.conversation, frame.seq);
  }

  #fail(entry, { code, message }) {
    Object.assign(entry, { status: "failed", message });
    this.#outbox.save();
    this.#tell("command", { id: entry.id, frame: entry.frame, status: "failed", code, message });
  }

  #receiptsSoon() {
    this.#timers.receipts ??= setTimeout(() => {
      this.#timers.receipts = undefined;
      for (const [conversation, place] of this.#places) {
        if (place.delivered > place.saidDelivered) this.#say({ t: "delivered", conversation, seq: (place.saidDelivered = place.delivered) });
        if (place.seen > place.saidSeen) this.#say({ t: "seen", conversation, seq: (place.saidSeen = place.seen) });
      }
    }, RECEIPTS_MS);
  }
}

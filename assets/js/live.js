// The live protocol, for the visitor's panel and the operators' console alike.
//
//   const live = new Live({
//     ticket: async () => "…",    // fetches a one-time ticket; throw an error with `stop: "reason"` to give up
//                                 // for good, or `wait: seconds` to come again no sooner
//     outbox: "parlor-outbox",    // name under which unsent text is kept in sessionStorage
//     followAll: true,            // the visitor: every conversation that appears is followed from its first event
//     explain: ({ code, n, message }) => "…",   says in the reader's language why a command was refused; without it the server's message
//     share: () => "name",        // tabs for which this says the same share one line, one list of what is on its way, and what was
//   });                           // seen; null where the browser keeps nothing
//   live.on("event", (frame) => …);            // returns a function that takes the listener away again
//   live.start();
//
// Told to listeners:
//   line     {state: "connecting" | "online" | "waiting" | "stopped", reason?, wait?}   `waiting`: the line is lost, the next try is planned
//   welcome, state, presence, row, purged, refused, bye: the server's frames as they are
//   event    an event frame. Of a followed conversation: in order, each number once, holes filled first
//   typing   as the server says it; switched off here when the server falls silent
//   command  {id, frame, own, status: "sending" | "sent" | "failed", seq?, at?, conversation?, code?, message?, fields?}   what became of a
//            command; `own`: it was given in this tab
//   seen     {conversation, seq}: another tab showed this
//
// To be called:
//   live.follow(conversation, last = 0)    orders its events after `last` (the number the page already shows); asks for missed ones
//   live.unfollow(conversation)
//   live.watch(conversation, last = 0) / live.unwatch(conversation)    operators: events of a conversation that is not one's own
//   live.command({t: "send", conversation, text}) → id    also start, end, accept, close. Kept and repeated until answered. A visitor's
//                                          `send` without conversation waits for the `start` before it
//   live.retry(id), live.discard(id)       a failed command: again with the same id, or not at all
//   live.pending(conversation?) → [{id, frame, own, status, message?}]     what is not answered yet, after a reload too
//   live.typing(conversation, on)          as often as a key is pressed; throttled here
//   live.seen(conversation, seq)           the page is open, visible and shows this event
//   live.say(frame)                        what may get lost, and is said again after the next welcome by whoever needs it
//   live.active()                          operators: a person is at the keyboard
//   live.available(on)                     operators: new chats may come, or go to others
//   live.progress(conversation, seq) → "sent" | "delivered" | "seen"  of an own message
//   live.state(conversation) → the last state frame, or undefined
//   live.now()                             the server's clock, as a Date
//   live.speaks                            whether a sound is this tab's to make: of tabs that share a line only one does
//   live.stop(reason)                      for good
//
// `delivered` is said by itself. Nothing here draws anything.

import { openPollLine, openSocketLine } from "./live/lines.js";
import { Outbox } from "./live/outbox.js";
import { Places } from "./live/places.js";
import { Tabs } from "./live/tabs.js";
import { Typing } from "./live/typing.js";

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 20_000;
const WELCOME_MS = 15_000;
// A command without an answer for this long means that the line is dead, whatever the browser believes.
const ANSWER_WAIT_MS = 10_000;
const STRIKES = 3;
// The server hangs up on a longer frame.
const FRAME_BYTES = 16 * 1024;
const BEAT_MS = 5_000;
// After these the server does not want to see this person again until they come anew.
const FINAL = ["revoked", "signed_out", "superseded"];

export class Live {
  #options;
  #listeners = new Map();
  #outbox;
  #places = new Places({
    deliver: (event) => this.#deliver(event),
    say: (frame) => this.#say(frame),
    ours: (event) => event.from === this.role,
  });
  #typing = new Typing(
    (frame) => this.#say(frame),
    (frame) => this.#tell("typing", frame),
  );
  #tabs = null;
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
  /** The last welcome and presence, for tabs that come later. */
  #greeting = {};
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
    const name = this.#options.share?.();
    const anew = () => this.#again();
    if (name && Tabs.possible()) this.#tabs = new Tabs(name, { lead: anew, follow: anew, hear: (message) => this.#overhear(message) });
    this.#open();
  }

  stop(reason) {
    if (this.#stopped) return;
    this.#stopped = true;
    if (FINAL.includes(reason)) this.#tabs?.say({ k: "bye", code: reason });
    this.#drop();
    this.#tabs?.close();
    // Somebody else may sit down at this browser next: what the last one had not sent is not theirs to send.
    if (reason === "signed_out" || reason === "revoked") this.#outbox.clear();
    this.#tell("line", { state: "stopped", reason });
  }

  follow(conversation, last = 0) {
    const isNew = this.#places.add(conversation, last);
    if (isNew && !this.#options.followAll) this.#say({ t: "resume", conversation, after: last });
  }

  unfollow(conversation) {
    this.#places.remove(conversation);
  }

  watch(conversation, last = 0) {
    this.#watched.add(conversation);
    this.#say({ t: "watch", conversation });
    this.follow(conversation, last);
  }

  unwatch(conversation) {
    this.lookAway(conversation);
    this.unfollow(conversation);
  }

  lookAway(conversation) {
    if (this.#watched.delete(conversation)) this.#say({ t: "unwatch", conversation });
  }

  command(frame) {
    const entry = this.#outbox.add(frame);
    if (frame.text) this.#typing.sent();
    if (new TextEncoder().encode(JSON.stringify(entry.frame)).length > FRAME_BYTES) {
      this.#fail(entry, { code: "too_long", n: 4000, message: "This is too long for one message." });
      return entry.id;
    }
    this.#tabs?.say({ k: "entry", entry });
    this.#sending(entry);
    return entry.id;
  }

  retry(id) {
    this.#tabs?.say({ k: "retry", id });
    this.#retry(id);
  }

  #retry(id) {
    const entry = this.#outbox.find(id);
    if (!entry) return;
    Object.assign(entry, { status: "waiting", strikes: 0 });
    this.#outbox.save();
    if (!this.#line) this.#wake();
    this.#sending(entry);
  }

  discard(id) {
    this.#tabs?.say({ k: "drop", id });
    this.#outbox.remove((entry) => entry.id !== id);
  }

  pending(conversation) {
    const mine = this.#outbox.entries.filter((entry) => !conversation || !entry.frame.conversation || entry.frame.conversation === conversation);
    return mine.map(({ id, frame, own, status, message }) => ({ id, frame, own, status: status === "failed" ? status : "sending", message }));
  }

  typing(conversation, on) {
    this.#typing.set(conversation, on);
  }

  seen(conversation, seq) {
    if (this.#places.seen(conversation, seq)) this.#tabs?.say({ k: "seen", conversation, seq });
  }

  say(frame) {
    this.#say(frame);
  }

  get speaks() {
    return this.#tabs?.speaks ?? true;
  }

  active() {
    this.#say({ t: "active" });
  }

  available(on) {
    this.#say({ t: "available", on });
  }

  progress(conversation, seq) {
    const state = this.state(conversation);
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

  /** What may get lost: it is true only now, or is said again at the next welcome. Returns whether it is on its way. */
  #say(frame) {
    if (this.#welcomed) this.#line.send(frame);
    return this.#welcomed;
  }

  // The line

  async #open() {
    if (this.#stopped || this.#line) return;
    clearTimeout(this.#timers.retry);
    const attempt = ++this.#attempt;
    const mine = () => attempt === this.#attempt;
    this.#tell("line", { state: "connecting" });
    this.#timers.welcome = setTimeout(() => this.#lost(), WELCOME_MS);
    const listener = { frame: (frame) => mine() && this.#take(frame), down: () => mine() && this.#lost() };
    if (!this.#leads) {
      this.#line = this.#tabs.openLine({ after: this.#places.after(), entries: this.#outbox.entries }, listener);
      return;
    }
    let ticket;
    try {
      ticket = await this.#options.ticket();
    } catch (error) {
      if (mine()) error?.stop ? this.stop(error.stop) : this.#lost(error?.wait);
      return;
    }
    if (!mine()) return;
    this.#polling = this.#socketFailures >= 2;
    this.#line = (this.#polling ? openPollLine : openSocketLine)({ t: "hello", v: 1, ticket, after: this.#places.after() }, listener);
  }

  /** The line ended, or never came to be; `wait`: the server wants to be left alone for so many seconds. */
  #lost(wait = 0) {
    if (this.#line && this.#leads) {
      if (this.#polling) this.#socketFailures = 1;
      else if (!this.#welcomed) this.#socketFailures += 1;
      // The server gave a ticket, so it lives, and it is the socket that does not get through: no need to wait for long.
      if (!this.#welcomed && this.#socketFailures === 2) this.#tries = 0;
    }
    this.#drop();
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.#tries++);
    this.#timers.retry = setTimeout(() => this.#open(), wait * 1_000 + most * (0.5 + Math.random() / 2));
    this.#tell("line", { state: "waiting", wait });
  }

  #drop() {
    this.#attempt += 1;
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#timers = {};
    if (this.#welcomed && this.#leads) this.#tabs?.say({ k: "down" });
    this.#line?.close();
    this.#line = null;
    this.#welcomed = false;
    this.#outbox.unsend();
    this.#typing.allSilent();
  }

  /** A new line at once: the old one, if there is one, belongs to a network, a leader or a time that is gone. */
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
    this.#tabs?.wake();
    if (this.#welcomed && this.#strike((entry) => this.#beat - entry.sentAt > ANSWER_WAIT_MS)) this.#lost();
  }

  /** Commands that got no answer are said again, but not for ever: one of them may be what ends the line. */
  #strike(which) {
    const struck = this.#outbox.entries.filter((entry) => entry.status === "sending" && which(entry));
    for (const entry of struck) {
      entry.strikes += 1;
      if (entry.strikes >= STRIKES) this.#take({ t: "refused", id: entry.id, code: "unanswered", message: "The server did not answer." });
    }
    return struck.length > 0;
  }

  // Frames from the server

  #take(frame) {
    // The other tabs first: what this one does about it, such as giving up a command, they hear of afterwards.
    if (this.#leads && frame.t !== "welcome" && frame.t !== "bye") this.#tabs?.say({ k: "frame", frame });
    switch (frame.t) {
      case "welcome":
        return this.#welcome(frame);
      case "event":
        return this.#event(frame);
      case "ack":
        return this.#settle(frame);
      case "refused":
        return this.#refused(frame);
      case "state": {
        const place = this.#placeOf(frame.conversation);
        if (place) place.state = frame;
        this.#tell("state", frame);
        return this.#places.mind(frame.conversation, frame.last);
      }
      case "typing":
        return this.#typing.hear(frame);
      case "purged":
        return this.#purged(frame);
      case "bye":
        this.#tell("bye", frame);
        if (frame.code === "bad_frame") this.#strike(() => true);
        // Another window of the same person has taken over: two that reconnect for ever would fight.
        return FINAL.includes(frame.code) ? this.stop(frame.code) : this.#lost();
      default:
        if (frame.t === "presence") this.#greeting.presence = frame;
        return this.#tell(frame.t, frame);
    }
  }

  #welcome(frame) {
    clearTimeout(this.#timers.welcome);
    this.#welcomed = true;
    this.#greeting.welcome = frame;
    this.role = frame.role;
    this.#skew = Date.parse(frame.now) - Date.now() || 0;
    if (!this.#polling) this.#socketFailures = 0;
    // A server that welcomes and hangs up again is not hammered: only a line that lasts resets the waiting.
    this.#timers.lasting = setTimeout(() => (this.#tries = 0), 10_000);
    this.#tell("welcome", frame);
    this.#tell("line", { state: "online" });
    for (const conversation of this.#watched) this.#say({ t: "watch", conversation });
    this.#places.unsay();
    this.#flush();
    if (this.#leads) this.#tabs?.say({ k: "up" });
  }

  #placeOf(conversation) {
    if (this.#options.followAll) this.#places.add(conversation, 0);
    return this.#places.get(conversation);
  }

  #event(frame) {
    if (this.#placeOf(frame.conversation)) this.#places.event(frame);
    else this.#tell("event", frame);
  }

  #deliver(event) {
    if (event.id) this.#settle(event);
    this.#typing.silent(event.conversation);
    this.#tell("event", event);
  }

  #purged(frame) {
    this.unfollow(frame.conversation);
    this.#watched.delete(frame.conversation);
    this.#outbox.remove((entry) => entry.frame.conversation !== frame.conversation);
    this.#tell("purged", frame);
  }

  #refused(frame) {
    const entry = frame.id && this.#outbox.find(frame.id);
    if (entry) return this.#fail(entry, frame);
    // Asked for by a tab that has been away for long: it is gone since.
    if (this.#options.followAll && frame.code === "not_found" && this.#places.get(frame.conversation)) return this.#purged({ ...frame, unseen: true });
    this.#tell("refused", frame);
  }

  // Commands to the server

  #sending(entry) {
    const { id, frame, own, status, message } = entry;
    this.#tell("command", { id, frame, own, status: status === "failed" ? status : "sending", message });
    this.#flush();
  }

  /** Of tabs that share a line the one that leads says what all of them were given. */
  #flush() {
    if (!this.#welcomed || !this.#leads) return;
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
      this.#tell("command", { id, frame: entry.frame, own: entry.own, status: "sent", conversation, seq, at });
      this.#flush();
    }
    if (frame.t === "ack") this.#places.mind(frame.conversation, frame.seq);
  }

  #fail(entry, refused) {
    const { code, fields } = refused;
    const message = this.#options.explain?.(refused) ?? refused.message;
    Object.assign(entry, { status: "failed", message });
    this.#outbox.save();
    this.#tell("command", { id: entry.id, frame: entry.frame, own: entry.own, status: "failed", code, message, fields });
  }

  // Tabs that share the line

  get #leads() {
    return !this.#tabs || this.#tabs.leads;
  }

  #overhear(message) {
    switch (message.k) {
      case "hello":
        return this.#leads && this.#introduce(message);
      case "leads":
        return this.#again();
      case "up":
        return this.#welcomed || this.#again();
      case "bye":
        return this.stop(message.code);
      case "say":
        return this.#leads && this.#say(message.frame);
      case "entry":
        return this.#join([message.entry]);
      case "retry":
        return this.#retry(message.id);
      case "drop":
        return this.#outbox.remove((entry) => entry.id !== message.id);
      case "seen":
        this.#places.seen(message.conversation, message.seq);
        return this.#tell("seen", message);
    }
  }

  #join(entries) {
    for (const entry of entries) {
      const taken = this.#outbox.take(entry);
      if (taken) this.#sending(taken);
    }
  }

  /** Another tab has come, or come back: it gets what all have, and the server is asked for what it missed. */
  #introduce({ from, after, entries }) {
    const to = (message) => this.#tabs.say({ ...message, to: from });
    this.#join(entries);
    for (const entry of this.#outbox.entries) to({ k: "entry", entry });
    if (!this.#welcomed) return;
    const known = this.#places.all();
    const { welcome, presence } = this.#greeting;
    for (const frame of [welcome, presence, ...known.map(([, place]) => place.state)]) if (frame) to({ k: "frame", frame });
    for (const [conversation, { last, seen }] of known) {
      to({ k: "seen", conversation, seq: seen });
      if (last > (after[conversation] ?? 0)) this.#say({ t: "resume", conversation, after: after[conversation] ?? 0 });
      delete after[conversation];
    }
    for (const conversation in after) this.#say({ t: "resume", conversation, after: after[conversation] });
  }
}

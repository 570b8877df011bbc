// The visitor's side of a chat: brings the live line, the log, the forms and the host page together.

import { Live } from "../../js/live.js";
import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { Copy } from "./copy.js";
import { byId, piece } from "./dom.js";
import { drafts } from "./drafts.js";
import { meetHost } from "./host.js";
import { Leaving } from "./leaving.js";
import { Log, bubbles, failure } from "./log.js";
import { Peek } from "./peek.js";
import { promise } from "./promise.js";
import { Questions } from "./questions.js";
import { Rating } from "./rating.js";
import { Sound } from "./sound.js";
import { drawStanding } from "./standing.js";
import { Talk } from "./talk.js";
import { refusal, setLabel, setText, speak, t } from "./texts.js";
import { Visit } from "./visit.js";
import { Website } from "./website.js";

const root = document.documentElement;
const { site } = root.dataset;
root.style.setProperty("--accent", root.dataset.accent);

/** Refused like this it would be refused again: the words go back to where they were written. */
const HOPELESS = ["closed", "not_found", "consent_needed", "no_room", "invalid"];

const FRESH_MS = 60_000;

const host = meetHost(hearHost);
const visit = new Visit(site, host.origin);
const talk = new Talk(site);
const log = new Log(look);
const live = new Live({ ticket: () => visit.ticket(), outbox: `parlor-outbox:${site}`, followAll: true, share: () => visit.circle, explain: refusal });
new Website(live, host);
const questions = new Questions(byId("details"), `parlor-form:${site}`);
const composer = new Composer({ site, send, typing: type });
const leaving = new Leaving({ key: `parlor-leave:${site}`, send: leave, back: () => choose(false) });
const rating = new Rating((stars, comment) => live.command({ t: "rate", conversation: talk.id, stars, ...(comment && { comment }) }));
const banner = new Banner(() => ({ waiting: waiting().length > 0, declining: !here.taking && talk.stage === "before" }));
const copy = new Copy(() => live.command({ t: "copy", conversation: talk.id }));
const sound = new Sound();
const files = globalThis.parlorFiles?.({ talk, visit, log, bubbles, failure, byId, piece, refusal, setLabel, setText, t });
const formSent = globalThis.parlorForms?.({ bubbles, piece, setText, site, visit });
const peek = new Peek("peek" in root.dataset && ((text) => talk.id && live.say({ t: "peek", conversation: talk.id, text })));

/** Who could answer; from the page at first, then as the server says. */
let here = hours(JSON.parse(root.dataset.here));
let open = host.alone;
let started = false;
/** Whether the visitor leaves a message rather than chats, once they have said so. */
let leaves = null;
let unread = -1;

/** A house that says nothing about hours is open. */
function hours(presence) {
  return { open: true, ...presence };
}

function begin() {
  if (started) return;
  started = true;
  live.start();
}

function send(text) {
  const isFirst = talk.stage === "before" && !live.pending().length;
  const told = isFirst ? questions.read() : {};
  if (!told) return false;
  say(isFirst ? { t: "start", text, language: root.lang, ...told } : { t: "send", text, ...(talk.id && { conversation: talk.id }) });
  return true;
}

function leave(what) {
  leaves = false;
  say({ t: "leave", language: root.lang, ...what });
}

function say(frame) {
  visit.keep();
  drafts.keep();
  live.command(frame);
  begin();
  log.toEnd();
  draw();
}

function type(text) {
  if (talk.id) live.typing(talk.id, text !== "");
  peek.typed(text);
}

function startAnew() {
  if (talk.id) live.unfollow(talk.id);
  forgetTalk();
  talk.stage = "before";
  draw();
  composer.focus();
}

function forgetTalk() {
  for (const entry of live.pending(talk.id ?? undefined)) live.discard(entry.id);
  talk.forget();
  rating.clear();
  files?.clear();
  copy.done(false);
  leaves = null;
  log.clear();
}

live.on("event", (event) => {
  if (!talk.concerns(event, forgetTalk)) return;
  const before = talk.unread;
  talk.hear(event);
  files?.hear(event);
  log.wait(waiting(), retry);
  log.add(event);
  formSent?.(event);
  look();
  // What is replayed after a reload is no news.
  const isNew = event.from === "operator" && live.now() - new Date(event.at) < FRESH_MS;
  if (isNew && live.speaks && (talk.unread > before || !document.hasFocus())) sound.ring();
  draw();
});

live.on("state", (state) => {
  if (!talk.concerns(state, forgetTalk)) return;
  const before = talk.stage;
  talk.stage = state.state;
  if (talk.isOver) takeBack((entry) => entry.status === "failed");
  rating.thank(state.rating);
  const wasWriting = byId("form").contains(document.activeElement);
  draw();
  if (talk.stage === "closed" && before !== "closed" && open && wasWriting) byId("over-what").focus();
});

live.on("purged", (frame) => {
  if (frame.conversation !== talk.id) return;
  // Where a chat is deleted as soon as it is closed, the closing message has hardly been seen.
  const { closedBy } = talk;
  forgetTalk();
  talk.closedBy = closedBy;
  visit.forget();
  talk.stage = "gone";
  draw();
});

live.on("command", ({ id, frame, own, status, code, fields }) => {
  const failed = status === "failed";
  if (status === "sent" && frame.t === "copy") copy.done(true);
  // Written in another tab of this visitor.
  if (!own && frame.text) visit.keep();
  setText(byId("alert"), failed && own && frame.text && "not-sent");
  if (failed && frame.t === "leave") {
    live.discard(id);
    leaves = true;
    leaving.refuse(frame.text, fields ?? {});
  } else if (failed && frame.text && HOPELESS.includes(code)) {
    if (code === "no_room") here.taking = false;
    takeBack((entry) => entry.id === id || !entry.frame.conversation);
    draw();
    questions.refuse(fields ?? {});
  } else if (failed && !frame.text) {
    live.discard(id);
  }
  draw();
});

// What was read in another tab is not new here.
live.on("seen", ({ conversation, seq }) => {
  if (conversation !== talk.id) return;
  talk.see(seq);
  look();
});

live.on("typing", (typing) => {
  if (typing.conversation !== talk.id || typing.who !== "operator") return;
  setText(byId("typing").lastElementChild, "typing", { name: typing.name ?? t("somebody") });
  byId("typing").hidden = !typing.on;
  if (log.showsNewest) log.toEnd();
});

live.on("presence", (presence) => {
  here = hours(presence);
  draw();
});

live.on("welcome", ({ code }) => {
  setText(byId("code"), "your-code", { code });
  byId("yours").hidden = false;
  // The chat was deleted while nobody looked: then nothing is left to come back to.
  setTimeout(() => {
    if (talk.id || live.pending().length || talk.stage !== "before") return;
    visit.forget();
  }, 3_000);
});

live.on("line", (line) => {
  if (line.reason === "signed_out") forgetTalk();
  banner.hear(line);
  if (line.state === "online") files?.resume();
  else files?.pause();
});

function waiting() {
  return live.pending(talk.id ?? undefined).filter((entry) => entry.frame.text);
}

/** What cannot be sent any more is not lost: it waits in the composer. */
function takeBack(which) {
  const stuck = live.pending().filter((entry) => entry.frame.text && which(entry));
  for (const entry of stuck) live.discard(entry.id);
  composer.restore(stuck.filter((entry) => entry.own).map((entry) => entry.frame.text).join("\n"));
}

function retry(id) {
  begin();
  live.retry(id);
}

/** What is in view, on an open and visible panel, has been seen. */
function look() {
  if (open && document.visibilityState === "visible" && log.showsNewest && talk.id) {
    const seq = talk.look();
    if (seq) live.seen(talk.id, seq);
  }
  if (talk.unread !== unread) host.say({ t: "unread", count: (unread = talk.unread) });
}

function draw() {
  const { stage, isOver } = talk;
  const state = talk.id ? live.state(talk.id) : undefined;
  const pending = waiting();
  const begun = stage === "before" && pending.length > 0;
  const isMessage = state?.channel === "message";
  drawStanding(stage, here, state);

  log.wait(pending, retry);
  const progress = talk.lastOwn && !isOver ? live.progress(talk.id, talk.lastOwn) : "";
  log.say(pending.length ? pending.at(-1).status !== "failed" && "sending" : progress);

  // Where nobody is there, and the site says so, a message is what there is to leave.
  const isLeaving = stage === "before" ? !begun && (leaves ?? ("leaves" in root.dataset && !(here.open && here.online))) : stage === "waiting" && leaves;
  leaving.show(isLeaving, stage === "waiting");
  promise(isLeaving || isMessage);
  byId("form").hidden = isOver || isLeaving;
  byId("details").hidden = stage !== "before" || begun;
  root.classList.toggle("asks", isLeaving || !byId("details").hidden);
  if (isLeaving) byId("queue").hidden = true;

  const notice = stage === "waiting" && (isMessage ? "leave-sent" : !(here.open && here.online) && "kept");
  setText(byId("notice"), notice);
  byId("notice").hidden = !notice;
  if (stage !== "active") byId("typing").hidden = true;

  byId("end").hidden = stage !== "active";
  if (byId("end").hidden) byId("asking").hidden = true;
  const closing = talk.closedBy && talk.closedBy !== "visitor";
  byId("over").hidden = !isOver;
  byId("closing").hidden = !closing;
  setText(byId("over-how"), stage === "gone" ? "deleted" : !closing && "end-done");
  files?.draw();
  rating.show(isOver && Boolean(state?.operator));
  copy.show(state?.email);
  banner.draw();
  host.say({ t: "kept", on: !isOver && (stage !== "before" || begun) });
  if (log.showsNewest) log.toEnd();
}

function focusFirst() {
  if (!byId("leave").hidden) leaving.focus();
  else if (byId("form").hidden) byId("anew").focus();
  else composer.focus();
}

function hearHost(message) {
  const { who, locale, focus } = message;
  if (who) {
    questions.suggest(who);
    leaving.suggest(who);
  }
  if (locale) speak(locale);
  if (message.t === "hello") open = message.open;
  else if (message.t === "open" || message.t === "close") open = message.t === "open";
  if (message.t === "shutdown") {
    visit.forget();
    forgetTalk();
    live.stop("signed_out");
  } else draw();
  if (open && focus) focusFirst();
  look();
}

/** Whether a message is left; the chat goes on where it is not. */
function choose(on) {
  leaves = on;
  draw();
  focusFirst();
}

function ask(on) {
  byId("asking").hidden = !on;
  (on ? byId("end-now") : byId("text")).focus();
}

function end() {
  byId("asking").hidden = true;
  if (talk.id) live.command({ t: "end", conversation: talk.id });
}

const pressed = {
  hide: () => host.say({ t: "hide" }),
  end: () => ask(true),
  "end-not": () => ask(false),
  "end-now": end,
  cancel: end,
  instead: () => choose(true),
  anew: startAnew,
};
for (const id in pressed) byId(id).addEventListener("click", pressed[id]);
byId("hide").hidden = host.alone;
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (!byId("asking").hidden) ask(false);
  else pressed.hide();
});
document.addEventListener("visibilitychange", look);

for (const node of document.querySelectorAll("[data-vars]")) setText(node, node.dataset.t, JSON.parse(node.dataset.vars));
visit.onBegun(begin);
if (visit.known || live.pending().length) {
  drafts.keep();
  begin();
}
draw();

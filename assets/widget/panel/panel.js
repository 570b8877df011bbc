// The visitor's side of a chat: brings the live line, the log, the composer and the host page together.

import { Live } from "../../js/live.js";
import { openShelf } from "../../js/live/shelf.js";
import { Composer } from "./composer.js";
import { meetHost } from "./host.js";
import { Log } from "./log.js";
import { Visit } from "./visit.js";
import { Website } from "./website.js";

const BANNER_AFTER_MS = 1_500;

const { site, accent, online, declining } = document.documentElement.dataset;
document.documentElement.style.setProperty("--accent", accent);

const at = (id) => document.getElementById(id);
const put = (id, text) => {
  if (at(id).textContent !== text) at(id).textContent = text;
  at(id).hidden = !text;
};
const session = openShelf("session");
const seenKey = `parlor-seen:${site}`;

const host = meetHost(hearHost);
const visit = new Visit(site, host.origin);
const log = new Log(look);
const live = new Live({ ticket: () => visit.ticket(), outbox: `parlor-outbox:${site}`, followAll: true, share: () => visit.circle });
new Website(live, host);
const composer = new Composer({
  site,
  send,
  typing: (on) => talk && live.typing(talk, on),
});

/** The conversation on show, and those that this window is done with. */
let talk = null;
const done = new Set();
/** "before", "waiting", "active", "wrapping", "closed" or "gone". */
let stage = "before";
let open = host.alone;
let started = false;
let operators = online === undefined ? 0 : 1;
let taking = declining === undefined;
let line = "online";
let stopped = "";
let lastOwn = 0;
/** Numbers of the messages that the other side wrote, for counting what is unread. */
let theirs = [];
let seen = 0;
let closedBy = "";
let unread = -1;
let bannerTimer;

function begin() {
  if (started) return;
  started = true;
  live.start();
}

function send(text, about) {
  visit.keep();
  if (stage === "before" && !live.pending().length) live.command({ t: "start", text, ...about });
  else live.command({ t: "send", text, ...(talk && { conversation: talk }) });
  begin();
  log.toEnd();
  draw();
}

function startAnew() {
  if (talk) {
    done.add(talk);
    live.unfollow(talk);
  }
  forgetTalk();
  stage = "before";
  draw();
  composer.focus();
}

function forgetTalk() {
  for (const entry of live.pending(talk ?? undefined)) live.discard(entry.id);
  session.remove(seenKey);
  talk = null;
  theirs = [];
  lastOwn = seen = 0;
  closedBy = "";
  log.clear();
}

/** Whether a frame is about the chat on show. The first one that comes along is. */
function concerns(frame) {
  if (done.has(frame.conversation)) return false;
  if (talk && talk !== frame.conversation) {
    // Another window of this visitor has begun a new chat; that one counts now.
    if (stage !== "closed" && stage !== "wrapping") return false;
    done.add(talk);
    forgetTalk();
  }
  if (!talk) {
    talk = frame.conversation;
    const [kept, seq] = (session.get(seenKey) ?? "").split(":");
    seen = kept === talk ? Number(seq) : 0;
  }
  return true;
}

live.on("event", (event) => {
  if (!concerns(event)) return;
  if (stage === "before" || stage === "gone") stage = "waiting";
  if (event.kind === "message") {
    if (event.from === "visitor") lastOwn = event.seq;
    else theirs.push(event.seq);
  }
  if (event.kind === "closed") closedBy = event.from;
  log.wait(waiting(), retry);
  log.add(event);
  look();
  draw();
});

live.on("state", (state) => {
  if (!concerns(state)) return;
  const before = stage;
  stage = state.state;
  if (stage === "wrapping" || stage === "closed") takeBack((entry) => entry.status === "failed");
  draw();
  if (stage === "closed" && before !== "closed" && open && at("form").contains(document.activeElement)) at("over-what").focus();
});

live.on("purged", (frame) => {
  if (frame.conversation !== talk) return;
  done.add(talk);
  // Where a chat is deleted as soon as it is closed, the closing message has hardly been seen.
  const by = closedBy;
  forgetTalk();
  closedBy = by;
  visit.forget();
  stage = "gone";
  draw();
});

live.on("command", (command) => {
  // Written in another tab of this visitor.
  if (!command.own && command.frame.text) visit.keep();
  at("alert").textContent = command.status === "failed" && command.frame.text ? "Your message was not sent." : "";
  if (command.status === "failed" && command.frame.text && ["closed", "not_found", "consent_needed", "no_room"].includes(command.code)) {
    // Said again it would be refused again.
    if (command.code === "no_room") taking = false;
    takeBack((entry) => entry.id === command.id || !entry.frame.conversation);
  } else if (command.status === "failed" && !command.frame.text) {
    live.discard(command.id);
  }
  draw();
});

// What was read in another tab is not new here.
live.on("seen", ({ conversation, seq }) => {
  if (conversation !== talk || seq <= seen) return;
  seen = seq;
  look();
});

live.on("typing", (typing) => {
  if (typing.conversation !== talk || typing.who !== "operator") return;
  at("typing").lastElementChild.textContent = `${typing.name ?? "Somebody"} is typing`;
  at("typing").hidden = !typing.on;
  if (log.showsNewest) log.toEnd();
});

live.on("presence", (presence) => {
  operators = presence.online;
  taking = presence.taking;
  draw();
});

live.on("welcome", () => {
  // The chat was deleted while nobody looked: then nothing is left to come back to.
  setTimeout(() => {
    if (talk || live.pending().length || stage !== "before") return;
    visit.forget();
  }, 3_000);
});

live.on("line", (now) => {
  line = now.state;
  stopped = now.reason ?? "";
  if (stopped === "signed_out") forgetTalk();
  if (line === "online" || line === "stopped") {
    clearTimeout(bannerTimer);
    bannerTimer = undefined;
    drawBanner();
  } else {
    // A line that is back in a moment is not worth a word.
    bannerTimer ??= setTimeout(drawBanner, BANNER_AFTER_MS);
  }
});

function drawBanner() {
  const words = {
    refused: "This chat is not available on this page.",
    superseded: "This chat is open in too many windows. Close some and reload this one.",
  };
  if (line === "online") put("banner", taking || stage !== "before" ? "" : "We cannot take new chats at the moment. What you write stays here; please try again in a few minutes.");
  else if (line === "stopped") put("banner", words[stopped] ?? "This chat has been disconnected. Reload the page to go on.");
  else put("banner", waiting().length ? "No connection. Your message waits here and will be sent." : "No connection. Trying again…");
}

function waiting() {
  return live.pending(talk ?? undefined).filter((entry) => entry.frame.text);
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
  if (open && document.visibilityState === "visible" && log.showsNewest && talk && theirs.length) {
    const newest = theirs[theirs.length - 1];
    if (newest > seen) {
      seen = newest;
      session.set(seenKey, `${talk}:${seen}`);
    }
    live.seen(talk, seen);
  }
  const count = theirs.filter((seq) => seq > seen).length;
  if (count !== unread) host.say({ t: "unread", count: (unread = count) });
}

function ordinal(place) {
  return place === 1 ? "You are next" : `You are number ${place} in line`;
}

function draw() {
  const state = talk ? live.state(talk) : undefined;
  const pending = waiting();
  const begun = stage === "before" && pending.length > 0;
  const ended = ["wrapping", "closed", "gone"].includes(stage);

  const nobody = "Nobody is here right now";
  const presence = {
    before: !taking ? "No new chats at the moment" : operators ? "We are here" : nobody,
    waiting: !operators ? nobody : state?.place ? ordinal(state.place) : "Waiting for an answer",
    active: state?.operator_online === false ? `${state.operator} is away for the moment` : `${state?.operator ?? "Somebody"} is here`,
    gone: "Chat deleted",
  };
  put("presence", presence[stage] ?? "Chat ended");

  log.wait(pending, retry);
  const words = { sent: "Sent", delivered: "Delivered", seen: "Seen" };
  const progress = lastOwn && !ended ? words[live.progress(talk, lastOwn)] : "";
  log.say(pending.length ? (pending[pending.length - 1].status === "failed" ? "" : "Sending…") : progress);

  put("notice", stage === "waiting" && !operators ? "Your message is kept. The answer will stand here when you come back." : "");
  if (ended || stage === "waiting") at("typing").hidden = true;

  at("form").hidden = ended;
  composer.asks = stage === "before" && !begun;
  at("end").hidden = stage !== "waiting" && stage !== "active";
  if (at("end").hidden) at("asking").hidden = true;
  const over = {
    wrapping: "You ended this chat.",
    closed: closedBy === "visitor" ? "You ended this chat." : at("over-what").dataset.closing,
    gone: `${closedBy && closedBy !== "visitor" ? `${at("over-what").dataset.closing}\n` : ""}This chat has been deleted.`,
  };
  put("over-what", over[stage] ?? "");
  at("over").hidden = !ended;
  if (!taking || !at("banner").hidden) drawBanner();
  host.say({ t: "kept", on: !ended && (stage !== "before" || begun) });
  if (log.showsNewest) log.toEnd();
}

function hearHost(message) {
  if (message.t === "hello") {
    open = message.open;
    if (open && message.focus) composer.focus();
    draw();
  } else if (message.t === "open") {
    open = true;
    if (message.focus) (at("form").hidden ? at("anew") : at("text")).focus();
    log.toEnd();
  } else if (message.t === "close") {
    open = false;
    draw();
  } else if (message.t === "identify") composer.suggest(message.who);
  else if (message.t === "locale") log.locale = message.locale;
  else if (message.t === "shutdown") {
    visit.forget();
    forgetTalk();
    live.stop("signed_out");
  }
  look();
}

function ask(on) {
  at("asking").hidden = !on;
  (on ? at("end-now") : at("text")).focus();
}

at("hide").hidden = host.alone;
at("hide").addEventListener("click", () => host.say({ t: "hide" }));
at("end").addEventListener("click", () => ask(true));
at("end-not").addEventListener("click", () => ask(false));
at("end-now").addEventListener("click", () => {
  at("asking").hidden = true;
  if (talk) live.command({ t: "end", conversation: talk });
});
at("anew").addEventListener("click", startAnew);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  if (!at("asking").hidden) ask(false);
  else host.say({ t: "hide" });
});
document.addEventListener("visibilitychange", look);

visit.onBegun(begin);
if (visit.known || live.pending().length) begin();
draw();

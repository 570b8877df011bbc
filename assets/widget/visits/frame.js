// The hidden frame of a site that watches its visitors: says which page is looked at, for as long as it is, and shows an invitation.
// It keeps only what the site's policy allows: nothing, what the tab forgets, or, once there was a chat, what this browser knows.

import { openShelf } from "../../js/live/shelf.js";
import { meetHost } from "../panel/host.js";

const BEAT_MS = 15_000;
const BEAT_LATER_MS = 60_000;
const LATER_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

const { site, keep, rules, accent } = document.documentElement.dataset;
document.documentElement.style.setProperty("--accent", accent);
const byId = (id) => document.getElementById(id);
const local = openShelf("local");
const known = Boolean(local.get(`parlor-visitor:${site}`));
const forgetful = { get: () => null, set: () => {}, remove: () => {} };
const tab = known || keep === "session" ? openShelf("session") : forgetful;
const browser = known ? local : tab;
const visitKey = `parlor-visit:${site}`;
const invitedKey = `parlor-invited:${site}`;

let visit = tab.get(visitKey) ?? undefined;
let page;
let load = true;
let answer;
let standing = { pages: 1, online: false };
let since = Date.now();
let began = Date.now();
let scrolled = 0;
let leaving = false;
/** No more invitations on this page: one was shown, or the chat is open. */
let quiet = false;
/** Of the rule that invites, or of nobody in particular. */
let shown = null;
let timer;

const host = meetHost(hear);
const path = `/widget/${site}/visits`;

function hear(message) {
  if (message.t === "page") {
    page = message.page;
    since = Date.now();
    scrolled = 0;
    leaving = false;
    beat();
  } else if (message.t === "scrolled") scrolled = message.percent;
  else if (message.t === "leaving") leaving = true;
  else if (message.t === "opened") {
    quiet = true;
    hide();
  }
}

async function beat() {
  clearTimeout(timer);
  if (!page || document.visibilityState !== "visible") return;
  timer = setTimeout(beat, Date.now() - began > LATER_MS ? BEAT_LATER_MS : BEAT_MS);
  const { address, title, referrer } = page;
  const body = { origin: await host.origin, visit, load, page: address, title, referrer, returning: known, ...answer };
  load = false;
  answer = undefined;
  try {
    const given = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(10_000) });
    // The site does not watch any more, or not here.
    if (!given.ok) return given.status === 429 || clearTimeout(timer);
    standing = await given.json();
  } catch {
    return;
  }
  if (visit !== standing.visit) host.say({ t: "visit", visit: standing.visit });
  visit = standing.visit;
  tab.set(visitKey, visit);
  if (standing.invitation && !quiet) show(standing.invitation, { shown: true });
}

function say(what) {
  answer = what;
  return beat();
}

function show({ text, name = "" }, said, rule = null) {
  quiet = true;
  shown = rule;
  byId("who").textContent = name;
  byId("who").hidden = !name;
  byId("bubble").hidden = false;
  // Said after the region is there, so that a screen reader hears of it. Frames that are not seen get no animation frame.
  setTimeout(() => {
    byId("text").textContent = text;
    host.say({ t: "size", height: Math.ceil(byId("bubble").getBoundingClientRect().height) + 24 });
  }, 50);
  if (said) say(said);
}

function hide() {
  byId("bubble").hidden = true;
  host.say({ t: "size", height: 0 });
}

function invitedAt() {
  try {
    return JSON.parse(browser.get(invitedKey) ?? "{}");
  } catch {
    return {};
  }
}

function fits(rule, now) {
  const before = invitedAt()[rule.id] ?? -Infinity;
  return (
    now - before >= rule.days * DAY_MS &&
    (!rule.page || page.address.includes(rule.page)) &&
    (!rule.referrer || page.referrer.includes(rule.referrer)) &&
    (!rule.seconds || now - since >= rule.seconds * 1000) &&
    (!rule.pages || standing.pages >= rule.pages) &&
    (!rule.scrolled || scrolled >= rule.scrolled) &&
    (!rule.exit || leaving)
  );
}

setInterval(() => {
  if (quiet || !visit || !standing.online || document.visibilityState !== "visible") return;
  const now = Date.now();
  const rule = JSON.parse(rules).find((it) => fits(it, now));
  if (!rule) return;
  browser.set(invitedKey, JSON.stringify({ ...invitedAt(), [rule.id]: now }));
  show(rule, null, rule.id);
}, 500);

byId("accept").addEventListener("click", async () => {
  hide();
  await say(shown ? { accepted: shown } : { accepted: "" });
  host.say({ t: "accept", visit });
});
const dismiss = () => {
  hide();
  if (!shown) say({ dismissed: true });
};
byId("dismiss").addEventListener("click", dismiss);
addEventListener("keydown", (event) => event.key === "Escape" && dismiss());
document.addEventListener("visibilitychange", beat);
addEventListener("pagehide", () => visit && navigator.sendBeacon(path, new Blob([JSON.stringify({ visit, left: true })], { type: "application/json" })));

// Every word that the window says itself. The texts of the page's language come with it (see src/texts); those of another one
// are asked for when the website changes the language, and whatever was written with `setText`, `setLabel` or `setHint`, or
// carries data-t, data-label or data-hint, is written again.
//
//   t("event-joined", { name })                    the text
//   setText(node, "event-joined", { name })        into an element, for good; setText(node) empties it
//   setLabel(node, key, vars), setHint(node, …)    the same for aria-label and placeholder
//   <button data-t="send"></button>                the same in the page, for texts without variables
//   refusal({ code, n, message })                  why a command was refused
//   formatDate(date, { timeStyle: "short" })       a date or time, as the language writes it
// A variable may be a function, which is asked each time: { time: () => formatDate(at, { timeStyle: "short" }) }.

const speech = {
  page: document.documentElement,
  texts: { ...globalThis.parlorTexts, ...JSON.parse(document.documentElement.dataset.texts || "{}") },
  /** What an element says, by way: its variables. The keys stand in the element itself. */
  said: new WeakMap(),
  listeners: [],
  /** The language that was last asked for. */
  tag: new URLSearchParams(location.search).get("lang"),
  ways: {
    t: (node, text) => (node.textContent = text),
    label: (node, text) => node.setAttribute("aria-label", text),
    hint: (node, text) => (node.placeholder = text),
  },
};

/** The text of a key. A choice by a number is an object: `{"": "n", "one": "…", "other": "…"}`. */
export function t(key, vars = {}) {
  const value = (name) => (typeof vars[name] === "function" ? vars[name]() : vars[name]);
  let text = speech.texts[key] ?? key;
  if (text[""]) {
    const number = value(text[""]);
    text = text[number] ?? text[speech.plural.select(number)] ?? text.other;
  }
  // Between marks that keep a name of the other direction from turning the sentence around.
  const rtl = speech.page.dir === "rtl";
  return text.replace(/{(\w+)}/g, (all, name) => (rtl ? `\u2068${value(name)}\u2069` : value(name)));
}

/** Why something was refused, from its code and number; in the server's own words where there are no better ones. */
export function refusal({ code = "", n, message = "" }) {
  const key = `refused-${code.replaceAll("_", "-")}`;
  return speech.texts[key] ? t(key, { n }) : message;
}

function writeText(way, node, key, vars) {
  if (key) node.dataset[way] = key;
  else delete node.dataset[way];
  speech.said.set(node, { ...speech.said.get(node), [way]: vars });
  const text = key ? t(key, vars) : "";
  // What says the same already is left alone: a screen reader would read it out again.
  if (way !== "t" || node.textContent !== text) speech.ways[way](node, text);
}

export const setText = (node, key, vars) => writeText("t", node, key, vars);
export const setLabel = (node, key, vars) => writeText("label", node, key, vars);
export const setHint = (node, key, vars) => writeText("hint", node, key, vars);

/** Writes all that is on the page. */
function writeAll() {
  for (const way in speech.ways) {
    for (const node of document.querySelectorAll(`[data-${way}]`)) writeText(way, node, node.dataset[way], speech.said.get(node)?.[way]);
  }
}

export function formatDate(date, options) {
  return new Intl.DateTimeFormat(speech.locale, options).format(date);
}

/** @param {() => void} listener called when the language has changed, for what carries no key */
export function onLanguage(listener) {
  speech.listeners.push(listener);
}

function useLocale(tag) {
  const { lang } = speech.page;
  try {
    // Digits as the texts have them.
    speech.locale = new Intl.Locale(tag, { numberingSystem: "latn" });
  } catch {
    speech.locale = lang;
  }
  speech.plural = new Intl.PluralRules(lang);
}

/** Another language, as the website asks for it; one that there is not leaves things as they are. */
export async function speak(tag) {
  if (tag === speech.tag) return;
  speech.tag = tag;
  const answer = await fetch(`/widget/${speech.page.dataset.site}/texts?lang=${encodeURIComponent(tag)}`);
  if (!answer.ok) return;
  const { lang, dir, texts } = await answer.json();
  Object.assign(speech.page, { lang, dir });
  speech.texts = texts;
  useLocale(tag);
  writeAll();
  for (const listener of speech.listeners) listener();
}

// The page was asked for in this language; one that there is not has left it in another.
useLocale(speech.tag?.split("-")[0] === speech.page.lang ? speech.tag : speech.page.lang);
writeAll();

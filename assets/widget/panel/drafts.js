// What is typed and not sent yet, so that a reload of this tab does not lose it. Where the site wants nothing kept before the
// visitor has written, memory has to do until the first message is on its way.

import { openShelf, withoutCards } from "../../js/live/shelf.js";

const shelf = openShelf("session");
const memory = new Map();
let keeps = "keeps" in document.documentElement.dataset;

export const drafts = {
  get: (key) => memory.get(key) ?? shelf.get(key) ?? "",
  set(key, text) {
    memory.set(key, text);
    if (!text) shelf.remove(key);
    else if (keeps) shelf.set(key, withoutCards(text));
  },
  /** From now on all of it is kept. */
  keep() {
    keeps = true;
    for (const [key, text] of memory) this.set(key, text);
  },
};

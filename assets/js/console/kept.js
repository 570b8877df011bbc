// Drafts on the server: what is typed and not sent is there in another browser too. The copy in this tab (drafts.js) is the quick
// one; this one follows a moment after the last key, and as a page goes.

const restAfter = 1_200;
const atLeastEvery = 6_000;

export class KeptDrafts {
  // Per chat and kind: what the server has, what it is to have, and since when that waits.
  #places = new Map();

  constructor() {
    addEventListener("pagehide", () => this.#flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#flush();
    });
  }

  keep(conversation, kind, text) {
    const place = this.#place(conversation, kind);
    if (text.trim() === place.wanted.trim()) return;
    place.wanted = text;
    place.since ??= performance.now();
    clearTimeout(place.timer);
    // What was sent or wiped is taken away at once.
    const wait = text.trim() === "" ? 0 : Math.max(0, Math.min(restAfter, place.since + atLeastEvery - performance.now()));
    place.timer = setTimeout(() => this.#send(place), wait);
  }

  // What another browser has left there. Empty when there is nothing, or the line is down.
  async fetch(conversation) {
    try {
      const response = await fetch(pathOf(conversation), { headers: { Accept: "application/json" } });
      if (!response.ok) return [];
      const drafts = await response.json();
      for (const { kind, text } of drafts) {
        const place = this.#place(conversation, kind);
        place.there = text;
        if (place.since === undefined) place.wanted = text;
      }
      return drafts;
    } catch {
      return [];
    }
  }

  // The chat is no more: nothing is to be kept of it.
  forget(conversation) {
    for (const [key, place] of this.#places) {
      if (place.conversation !== conversation) continue;
      clearTimeout(place.timer);
      this.#places.delete(key);
    }
  }

  #place(conversation, kind) {
    const key = `${conversation} ${kind}`;
    if (!this.#places.has(key)) this.#places.set(key, { conversation, kind, there: "", wanted: "", busy: false });
    return this.#places.get(key);
  }

  async #send(place) {
    clearTimeout(place.timer);
    // One after the other, so that the last text is the one that stays.
    if (place.busy || place.wanted === place.there) return;
    place.busy = true;
    const text = place.wanted;
    place.since = undefined;
    try {
      const response = await fetch(pathOf(place.conversation), {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Parlor-Csrf": document.querySelector("meta[name=csrf]").content },
        body: JSON.stringify({ kind: place.kind, text }),
      });
      // Closed, or too long to be sent: asking again would change nothing.
      if (response.ok || response.status < 500) place.there = text;
    } catch {
      // The line is down. The copy in this tab holds it, and the next key tries again.
    }
    place.busy = false;
    if (place.wanted !== text) this.#send(place);
  }

  #flush() {
    for (const place of this.#places.values()) if (place.since !== undefined) this.#send(place);
  }
}

function pathOf(conversation) {
  return `/console/conversations/${conversation}/drafts`;
}

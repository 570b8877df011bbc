// Several tabs of one browser are one visitor: one of them leads and holds the line, the others speak through it. A lock of the
// browser decides who leads, and gives the lead on as soon as that tab is closed. Every tab keeps its own view of the
// conversations and the same list of what is on its way, so whoever leads next goes on with the same ids and numbers: nothing is
// lost, and what is said twice is known by its id. Without locks, channels or lasting storage each tab has a line of its own.

// A leader that does not answer a tab that is looked at for this long sleeps, as phones let hidden tabs do: then it loses the lead.
const ASLEEP_MS = 2_500;

export class Tabs {
  #name;
  #ear;
  #channel;
  #id = crypto.randomUUID();
  #leads = false;
  #release = null;
  #heardAt = Date.now();
  #waiting = null;
  #closed = false;
  #used = { tab: null, at: 0 };
  /** The listener of this tab's line through the leader, while it has one. */
  #line = null;

  /** Whether this browser can do it at all. */
  static possible() {
    return Boolean(navigator.locks && globalThis.BroadcastChannel);
  }

  /**
   * @param {string} name the same in all tabs of one visitor, and in no other
   * @param {{lead: () => void, follow: () => void, hear: (message: object) => void}} ear
   */
  constructor(name, ear) {
    this.#name = name;
    this.#ear = ear;
    for (const kind of ["pointerdown", "keydown", "focus"]) addEventListener(kind, () => this.#use(), { passive: true, capture: true });
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      this.#enter();
      this.#ear.follow();
    });
    document.addEventListener("visibilitychange", () => this.wake());
    this.#enter();
  }

  get leads() {
    return this.#leads;
  }

  /** Whether a sound is this tab's to make: one was used last, and only that one. */
  get speaks() {
    return this.#used.tab === this.#id || (!this.#used.tab && this.#leads);
  }

  /** To all other tabs. */
  say(message) {
    this.#channel?.postMessage({ ...message, from: this.#id });
  }

  /** Asks whether the leader is awake. Called now and then, and whenever somebody looks at this tab. */
  wake() {
    if (this.#leads || !this.#channel || document.visibilityState !== "visible") return;
    this.say({ k: "there?" });
    this.#waiting ??= setTimeout(() => {
      this.#waiting = null;
      if (!this.#leads && document.visibilityState === "visible" && Date.now() - this.#heardAt >= ASLEEP_MS) this.#compete({ steal: true });
    }, ASLEEP_MS);
  }

  /** The line of a tab that does not lead. */
  openLine(hello, { frame, down }) {
    this.#line = { frame, down };
    this.say({ k: "hello", ...hello });
    this.wake();
    return {
      send: (said) => said.id || said.t === "delivered" || said.t === "seen" || this.say({ k: "say", frame: said }),
      close: () => (this.#line = null),
    };
  }

  /** This tab leaves the others for good. */
  close() {
    this.#closed = true;
    this.#leave();
  }

  #enter() {
    if (this.#closed) return;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#heardAt = Date.now();
    this.#use();
    this.#compete({});
  }

  #leave() {
    this.say({ k: "gone" });
    this.#release?.();
    this.#channel?.close();
    this.#channel = null;
    this.#leads = false;
  }

  #compete(how) {
    const channel = this.#channel;
    const lost = (error) => {
      if (this.#channel !== channel) return;
      // A browser that has locks and refuses them: then every tab leads itself.
      if (error.name !== "AbortError") {
        this.#leave();
        this.#leads = true;
        return this.#ear.lead();
      }
      // Another tab took it, because this one slept.
      const led = this.#leads;
      this.#leads = false;
      if (led) this.#ear.follow();
      this.#compete({});
    };
    const held = (lock) =>
      new Promise((release) => {
        if (!lock || this.#channel !== channel || this.#leads) return release();
        this.#release = release;
        this.#leads = true;
        this.#line = null;
        this.say({ k: "leads" });
        this.#ear.lead();
      });
    navigator.locks.request(this.#name, how, held).catch(lost);
  }

  #use() {
    if (document.visibilityState !== "visible" || !this.#channel) return;
    // Said again only after a while: a key press is no news.
    const now = Date.now();
    if (this.#used.tab === this.#id && now - this.#used.at < 10_000) return;
    this.#used = { tab: this.#id, at: now };
    this.say({ k: "used" });
  }

  #hear(message) {
    switch (message.k) {
      case "there?":
        return this.#leads && this.say({ k: "here", to: message.from });
      case "here":
        this.#heardAt = Date.now();
        return;
      case "used":
        this.#used = { tab: message.from, at: Date.now() };
        return;
      case "gone":
        if (this.#used.tab === message.from) this.#used = { tab: null, at: 0 };
        return;
      case "frame":
        this.#heardAt = Date.now();
        if (message.to && message.to !== this.#id) return;
        return this.#line?.frame(message.frame);
      case "down":
        return this.#line?.down();
      default:
        if (!message.to || message.to === this.#id) this.#ear.hear(message);
    }
  }
}

// Who the visitor is: a token in this frame's own storage, which no page around it can read. It is asked for and kept only when
// the first message is on its way; whoever merely looks leaves nothing behind.

import { openShelf } from "../../js/live/shelf.js";

export class Visit {
  #shelf = openShelf("local");
  #key;
  #site;
  #origin;
  #token;
  #kept;

  /** @param {Promise<string>} origin of the page around the panel */
  constructor(site, origin) {
    this.#site = site;
    this.#origin = origin;
    this.#key = `parlor-visitor:${site}`;
    this.#token = this.#shelf.get(this.#key);
    this.#kept = Boolean(this.#token);
  }

  get known() {
    return Boolean(this.#token);
  }

  /** What this visitor shows where they ask for files. */
  get credentials() {
    return { Authorization: `Bearer ${this.#token}`, "X-Parlor-Site": this.#site };
  }

  /** Under what name tabs of this visitor find each other; none where each tab has to be a visitor of its own. */
  get circle() {
    return this.#shelf.lasts ? `parlor-line:${this.#site}` : null;
  }

  /** Calls when another tab has begun: then this one knows the visitor as well. */
  onBegun(call) {
    addEventListener("storage", ({ key, newValue }) => {
      if (key !== this.#key || !newValue || this.#token) return;
      this.#token = newValue;
      this.#kept = true;
      call();
    });
  }

  /** From now on a reload of the page finds the way back. */
  keep() {
    this.#kept = true;
    if (this.#token) this.#shelf.set(this.#key, this.#token);
  }

  /** Leaves no trace; the token may serve on for as long as this window is open. */
  forget() {
    this.#kept = false;
    this.#shelf.remove(this.#key);
  }

  async ticket() {
    if (!this.#token) await this.#begin(null);
    let answer = await this.#ask();
    if (answer.status === 401 || answer.status === 403) {
      // The appliance was set up anew, or the site is another one: begin as somebody new.
      await this.#begin(this.#token);
      answer = await this.#ask();
    }
    if (!answer.ok) throw notNow(answer);
    return (await answer.json()).ticket;
  }

  #ask() {
    return this.#post("/live/ticket", { site: this.#site }, this.credentials);
  }

  /** Two tabs that begin at the same moment become the same visitor: the second finds what the first was given. */
  async #begin(refused) {
    const ask = () => this.#mint(refused);
    await (navigator.locks ? navigator.locks.request(this.#key, ask) : ask());
  }

  async #mint(refused) {
    const given = this.#shelf.get(this.#key);
    if (given && given !== refused) {
      this.#token = given;
      return;
    }
    const answer = await this.#post(`/widget/${this.#site}/session`, { origin: await this.#origin });
    if (answer.status === 403 || answer.status === 404) throw Object.assign(new Error("not allowed here"), { stop: "refused" });
    if (!answer.ok) throw notNow(answer);
    this.#token = (await answer.json()).token;
    if (this.#kept) this.keep();
  }

  #post(path, body, headers) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(10_000),
    });
  }
}

/** Where too many come from one address, the server says when it is worth another try. */
function notNow({ status, headers }) {
  return Object.assign(new Error(`refused: ${status}`), { wait: status === 429 ? Number(headers.get("Retry-After")) : 0 });
}

// The conversations that a page follows: which events it has of each, which are missing, what was received and what was seen.

const HOLE_MS = 1_000;
const HELD_EVENTS = 1_000;
const RECEIPTS_MS = 250;
// The server takes this many in a hello.
const RESUMED = 64;

export class Places {
  /** conversation → {last, held, state, delivered, seen, saidDelivered, saidSeen, hole} */
  #places = new Map();
  #deliver;
  #say;
  #ours;
  #receipts;

  /**
   * @param {{deliver: (event: object) => void, say: (frame: object) => boolean, ours: (event: object) => boolean}} page
   *   `deliver` gets each event once and in order; `say` returns whether the line is up; `ours`: written on this side
   */
  constructor({ deliver, say, ours }) {
    this.#deliver = deliver;
    this.#say = say;
    this.#ours = ours;
  }

  get(conversation) {
    return this.#places.get(conversation);
  }

  /** @returns {boolean} whether it is new here */
  add(conversation, last) {
    if (this.#places.has(conversation)) return false;
    this.#places.set(conversation, { last, held: new Map(), delivered: 0, seen: 0, saidDelivered: 0, saidSeen: 0, hole: null });
    return true;
  }

  remove(conversation) {
    clearTimeout(this.#places.get(conversation)?.hole);
    this.#places.delete(conversation);
  }

  all() {
    return [...this.#places];
  }

  /** The last number that this page has of each, as a hello says it. */
  after() {
    return Object.fromEntries(this.all().slice(-RESUMED).map(([conversation, place]) => [conversation, place.last]));
  }

  event(frame) {
    const place = this.#places.get(frame.conversation);
    if (frame.seq <= place.last) return;
    if (place.held.size < HELD_EVENTS) place.held.set(frame.seq, frame);
    // What the other side keeps to itself leaves gaps; `after` says across which of them an event follows.
    const follows = (it) => it.seq > place.last && (it.after ?? it.seq - 1) <= place.last;
    for (let next; (next = [...place.held.values()].find(follows)); ) {
      place.held.delete(next.seq);
      place.last = next.seq;
      if (!this.#ours(next)) place.delivered = next.seq;
      this.#deliver(next);
    }
    this.receiptsSoon();
    if (place.held.size) this.mind(frame.conversation, frame.seq);
  }

  /** Something with this number exists. If it has not come in a moment, it is asked for, until it comes. */
  mind(conversation, seq) {
    const place = this.#places.get(conversation);
    if (!place || place.last >= seq || place.hole) return;
    place.hole = setTimeout(() => {
      place.hole = null;
      if (this.#places.get(conversation) !== place || place.last >= seq) return;
      if (this.#say({ t: "resume", conversation, after: place.last })) this.mind(conversation, seq);
    }, HOLE_MS);
  }

  /** @returns {boolean} whether that is news */
  seen(conversation, seq) {
    const place = this.#places.get(conversation);
    if (!place || seq <= place.seen) return false;
    place.seen = seq;
    this.receiptsSoon();
    return true;
  }

  /** A new line knows nothing of what was said on the one before. */
  unsay() {
    for (const place of this.#places.values()) place.saidDelivered = place.saidSeen = 0;
    this.receiptsSoon();
  }

  receiptsSoon() {
    this.#receipts ??= setTimeout(() => {
      this.#receipts = undefined;
      for (const [conversation, place] of this.#places) {
        if (place.delivered > place.saidDelivered && this.#say({ t: "delivered", conversation, seq: place.delivered })) place.saidDelivered = place.delivered;
        if (place.seen > place.saidSeen && this.#say({ t: "seen", conversation, seq: place.seen })) place.saidSeen = place.seen;
      }
    }, RECEIPTS_MS);
  }
}

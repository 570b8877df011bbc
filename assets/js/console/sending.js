// What this operator has sent in one conversation: on its way, stored, delivered and seen, or not taken, with the ways out of that.
import { shortClock } from "./times.js";

// What the server will not take however often it is asked.
const finalCodes = ["closed", "full", "not_found", "too_long", "empty", "invalid"];

export class Sending {
  #receipt = { known: false, delivered: 0, seen: 0, seenAt: null };

  // log: the StickyLog of the conversation.
  constructor(list, log, live) {
    this.list = list;
    this.log = log;
    this.live = live;
  }

  // What became of a message or a note; `last` is the number of the last event that stands in the log.
  command({ id, frame, status, seq, code, message }, last) {
    if (status === "sent" && seq <= last) {
      // It was stored before this page was drawn, and stands in the log already.
      this.pending(id)?.remove();
      return;
    }
    const item = this.pending(id) ?? (status === "sent" ? null : this.#showPending(id, frame));
    if (!item) return;
    // It will be read out when it stands in the log for good, not twice.
    item.ariaHidden = status === "failed" ? null : "true";
    if (status === "failed") this.#showFailed(item, code, message ?? "");
    else this.#mark(item, status, status === "sent" ? "Sent" : "Sending");
  }

  pending(id) {
    return this.list.querySelector(`:scope > [data-client-id="${CSS.escape(id)}"]`);
  }

  // How far the visitor has received and read.
  state({ state, delivered, seen }) {
    const receipt = this.#receipt;
    receipt.delivered = Math.max(receipt.delivered, delivered?.visitor ?? 0);
    const upTo = seen?.visitor ?? 0;
    if (upTo > receipt.seen) {
      receipt.seen = upTo;
      // What had been seen before this page looked was seen at a time that nobody kept.
      receipt.seenAt = receipt.known ? this.live.now() : null;
    }
    receipt.known = true;
    this.show(state);
  }

  // One quiet line under the last message of ours that is stored.
  show(state) {
    for (const old of this.list.querySelectorAll(":scope > [data-seq] > .status")) old.remove();
    const own = this.list.querySelectorAll(":scope > .event-operator[data-seq]:not(.event-note)");
    const item = own[own.length - 1];
    if (!item || state === "closed") return;
    const seq = Number(item.dataset.seq);
    const { delivered, seen, seenAt } = this.#receipt;
    if (seen >= seq) this.#mark(item, "seen", seenAt ? `Seen ${shortClock(seenAt)}` : "Seen");
    else if (delivered >= seq) this.#mark(item, "delivered", "Delivered");
    else this.#mark(item, "sent", "Sent");
  }

  // Again with the same id: should the server have it after all, it stays one message.
  retry(item) {
    this.live.retry(item.dataset.clientId);
  }

  // Takes it back; gives what was written and how.
  takeBack(item) {
    this.live.discard(item.dataset.clientId);
    item.remove();
    return { mode: item.classList.contains("event-note") ? "note" : "reply", text: item.querySelector(".bubble").textContent };
  }

  #showPending(id, frame) {
    const item = document.createElement("li");
    item.className = frame.t === "note" ? "event event-operator event-note" : "event event-operator";
    item.dataset.clientId = id;
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.dir = "auto";
    bubble.textContent = frame.text;
    item.append(bubble);
    this.log.keepPlace(() => this.list.append(item), false);
    return item;
  }

  #mark(item, status, words) {
    item.dataset.status = status;
    item.querySelector(".status")?.remove();
    const line = document.createElement("p");
    line.className = "status";
    line.textContent = words;
    item.append(line);
    return line;
  }

  #showFailed(item, code, message) {
    const line = this.#mark(item, "failed", "");
    line.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = `Not sent. ${message}`;
    line.append(words);
    const ways = [["edit", "Edit"], ["drop", "Discard"]];
    if (!finalCodes.includes(code)) ways.unshift(["retry", "Try again"]);
    for (const [act, label] of ways) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.dataset.act = act;
      button.textContent = label;
      line.append(" ", button);
    }
  }
}

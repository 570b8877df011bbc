// What is new to this operator in each of their chats. The server knows how far they have read until it restarts, this tab until it
// closes; each fills the other's gap.

export class Unread {
  // conversation → {seen, last, count}
  #marks = new Map();

  // desk: { live, drafts, queue }
  constructor(desk) {
    this.desk = desk;
  }

  // The tab remembers how far they had read.
  begin(conversation, seen) {
    const mark = this.#mark(conversation);
    mark.seen = Math.max(mark.seen, seen);
    this.desk.live.seen(conversation, seen);
  }

  event(frame) {
    if (this.desk.queue.row(frame.conversation)?.dataset.operator !== this.desk.me) return;
    const mark = this.#mark(frame.conversation);
    if (frame.seq <= mark.last) return;
    mark.last = frame.seq;
    if (frame.kind === "message" && frame.from === "visitor" && frame.seq > mark.seen) mark.news.push(frame.seq);
    // Who answers has read what stands above.
    if (frame.from === "operator" && frame.kind === "message") mark.news = [];
    this.#show(frame.conversation, mark);
  }

  state(frame) {
    const mark = this.#marks.get(frame.conversation);
    if (mark && frame.seen.operator > mark.seen) this.#seen(frame.conversation, mark, frame.seen.operator);
  }

  // It stands before their eyes.
  read(conversation, seq) {
    this.desk.live.seen(conversation, seq);
    this.desk.drafts.keepSeen(conversation, seq);
    this.#seen(conversation, this.#mark(conversation), seq);
  }

  forget(conversation) {
    this.#marks.delete(conversation);
    this.desk.queue.unread(conversation, 0);
  }

  #mark(conversation) {
    let mark = this.#marks.get(conversation);
    if (!mark) {
      mark = { seen: 0, last: 0, news: [] };
      this.#marks.set(conversation, mark);
    }
    return mark;
  }

  #seen(conversation, mark, seq) {
    mark.seen = Math.max(mark.seen, seq);
    mark.news = mark.news.filter((number) => number > mark.seen);
    this.#show(conversation, mark);
  }

  #show(conversation, mark) {
    this.desk.queue.unread(conversation, mark.news.length);
  }
}

// The log stays at its end while the reader is there, and where they are while they read further up.

const nearEnd = 48;

export class StickyLog {
  #news = 0;

  // ended() is told when the reader has come to the end.
  constructor(article, ended) {
    this.box = article.querySelector(".log");
    this.more = article.querySelector(".log-more");
    this.more.addEventListener("click", () => {
      this.toEnd();
      this.box.focus({ preventScroll: true });
    });
    this.follow = true;
    this.box.addEventListener("scroll", () => {
      const before = this.follow;
      this.follow = this.atEnd();
      if (!this.follow) return;
      this.#tellNews(0);
      if (!before) ended();
    }, { passive: true });
    // The composer grows, the window turns: who was at the end stays there.
    new ResizeObserver(() => {
      if (this.follow) this.toEnd();
    }).observe(this.box);
  }

  atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < nearEnd;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.#tellNews(0);
  }

  keepPlace(change, worthTelling) {
    const stay = this.atEnd();
    change();
    if (stay) this.toEnd();
    else if (worthTelling) this.#tellNews(this.#news + 1);
  }

  // How many came below what the reader sees.
  #tellNews(count) {
    this.#news = count;
    this.more.hidden = count === 0;
    this.more.querySelector("span").textContent = count === 1 ? "1 new message" : `${count} new messages`;
  }
}

// Canned responses in a reply: "/" at the start of a word opens a list above it. Arrows choose, Enter or Tab inserts, Esc closes; what
// is typed behind the slash narrows it. The focus stays in the reply all the time. A reply in which something is still to be filled in
// asks before it is sent.

const freshFor = 30_000;
const mostShown = 50;

export class Canned {
  #known = null;
  #fetchedAt = -Infinity;
  #shown = [];
  #chosen = 0;
  #dismissedAt = -1;
  #askedAbout = "";

  constructor(form, conversation) {
    this.form = form;
    this.conversation = conversation;
    this.box = form.querySelector("textarea");
    this.list = this.#draw();
    this.box.setAttribute("aria-autocomplete", "list");
    this.box.setAttribute("aria-controls", this.list.id);
    // Before the composer's own, for which Enter sends.
    form.addEventListener("keydown", (event) => this.#pressed(event), true);
    form.addEventListener("submit", (event) => this.#hold(event), true);
    this.box.addEventListener("input", (event) => {
      // While a word is being composed (Japanese, Chinese, …) nothing may open below it.
      if (!event.isComposing) this.#look();
    });
    this.box.addEventListener("compositionend", () => this.#look());
    this.box.addEventListener("click", () => this.#look());
    this.box.addEventListener("blur", () => this.close());
    // The focus has to stay where it is.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest?.("[role=option]");
      if (option) this.#insert(Number(option.dataset.at));
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  close() {
    this.list.hidden = true;
    this.box.removeAttribute("aria-activedescendant");
    this.note.textContent = "";
  }

  // The first of what nobody has filled in yet.
  #unfilled() {
    const text = this.box.value;
    const found = (this.#known?.placeholders ?? []).map((words) => ({ words, at: text.indexOf(words) })).filter(({ at }) => at >= 0);
    return found.sort((one, other) => one.at - other.at)[0];
  }

  // Marks it, so that what is typed takes its place.
  #mark() {
    const unfilled = this.#unfilled();
    if (unfilled) this.box.setSelectionRange(unfilled.at, unfilled.at + unfilled.words.length);
    return unfilled;
  }

  // Asked once: who sends the same again means it.
  #hold(event) {
    if (this.#askedAbout === this.box.value) return;
    const unfilled = this.#mark();
    if (!unfilled) return;
    this.#askedAbout = this.box.value;
    event.preventDefault();
    event.stopPropagation();
    this.form.querySelector(".composer-note").textContent = `${unfilled.words} is not filled in yet. Type it, or send again to send the text as it is.`;
  }

  #draw() {
    const list = document.createElement("ul");
    list.className = "canned-list";
    list.id = `canned-${this.conversation}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Canned responses");
    list.hidden = true;
    this.note = document.createElement("p");
    this.note.className = "visually-hidden";
    this.note.setAttribute("role", "status");
    this.form.prepend(list, this.note);
    return list;
  }

  #pressed(event) {
    if (event.target !== this.box || event.isComposing) return;
    if (!this.isOpen) {
      // As the composer sends: with Shift or Alt it is a new line.
      if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.#hold(event);
      return;
    }
    const last = this.#shown.length - 1;
    if (event.key === "ArrowDown") this.#choose(this.#chosen === last ? 0 : this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen === 0 ? last : this.#chosen - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) this.#insert(this.#chosen);
    else if (event.key === "Escape") {
      this.#dismissedAt = this.#word()?.at ?? -1;
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // The slash and what is typed behind it, when the caret stands at its end.
  #word() {
    const { value, selectionStart, selectionEnd } = this.box;
    if (selectionStart !== selectionEnd) return null;
    const found = /(?:^|\s)\/([^\s/]{0,40})$/u.exec(value.slice(0, selectionStart));
    return found && { typed: found[1], at: selectionStart - found[1].length - 1, end: selectionStart };
  }

  async #look() {
    const word = this.#word();
    if (!word) {
      this.#dismissedAt = -1;
      if (this.isOpen) this.close();
      return;
    }
    if (word.at === this.#dismissedAt) return;
    await this.#refresh();
    // Time has passed: what counts is what stands there now.
    const now = this.#word();
    if (now && document.activeElement === this.box) this.#show(now.typed);
  }

  async #refresh() {
    if (performance.now() - this.#fetchedAt < freshFor) return;
    try {
      const response = await fetch(`/console/conversations/${this.conversation}/canned`, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      this.#known = await response.json();
      this.#fetchedAt = performance.now();
    } catch {
      // The line is down, which the banner says; what was fetched before still serves.
    }
  }

  #show(typed) {
    this.#shown = matching(this.#known?.responses ?? [], typed);
    if (this.#shown.length === 0) {
      this.close();
      if (typed === "") this.note.textContent = "There are no canned responses for this chat.";
      return;
    }
    this.list.replaceChildren(...this.#shown.map((response, at) => this.#option(response, at)));
    this.list.hidden = false;
    this.#choose(0);
    this.note.textContent = this.#shown.length === 1 ? "1 canned response" : `${this.#shown.length} canned responses`;
  }

  #option({ shortcut, title, text, shared }, at) {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.id = `${this.list.id}-${at}`;
    option.dataset.at = String(at);
    const key = document.createElement("kbd");
    key.textContent = `/${shortcut}`;
    const name = document.createElement("bdi");
    name.textContent = title;
    const words = document.createElement("span");
    words.className = "canned-words";
    words.dir = "auto";
    words.textContent = text;
    const whose = document.createElement("span");
    whose.className = "canned-whose";
    whose.textContent = shared ? "shared" : "yours";
    option.append(key, " ", name, " ", whose, " ", words);
    return option;
  }

  #choose(at) {
    this.#chosen = at;
    for (const option of this.list.children) option.setAttribute("aria-selected", String(Number(option.dataset.at) === at));
    const chosen = this.list.children[at];
    this.box.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #insert(at) {
    const word = this.#word();
    const response = this.#shown[at];
    this.close();
    if (!word || !response) return;
    this.box.setRangeText(response.text, word.at, word.end, "end");
    // For the draft, the height and the count, as if it had been typed.
    this.box.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.#mark();
    this.box.focus();
  }
}

// Those whose shortcut begins with it first, then those that hold it elsewhere.
function matching(responses, typed) {
  const wanted = typed.toLocaleLowerCase();
  const rank = ({ shortcut, title, text }) => {
    const key = shortcut.toLocaleLowerCase();
    if (key.startsWith(wanted)) return 0;
    if (key.includes(wanted)) return 1;
    if (title.toLocaleLowerCase().includes(wanted)) return 2;
    return text.toLocaleLowerCase().includes(wanted) ? 3 : 4;
  };
  const ranked = responses.map((response) => ({ response, rank: rank(response) })).filter((it) => it.rank < 4);
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, mostShown).map((it) => it.response);
}

// Ctrl or Cmd and K: one field that finds open chats, colleagues, pages and everything that can be done, after the combobox pattern of
// the ARIA Authoring Practices. The focus stays in the field; the arrows move through what was found.

const shownAtMost = 40;

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export class Palette {
  #found = [];
  #at = 0;

  // sources: functions that give [{ group, words, hint?, run() }]; search(words) looks through all chats on the server.
  constructor(dialog, sources, search) {
    this.dialog = dialog;
    this.sources = sources;
    this.search = search;
    this.field = dialog.querySelector("input");
    this.list = dialog.querySelector("[role=listbox]");
    this.none = dialog.querySelector(".palette-none");
    this.field.addEventListener("input", () => this.#find());
    this.field.addEventListener("keydown", (event) => this.#pressed(event));
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#run(this.#found[Number(option.dataset.index)]);
    });
    // Pressing into the list must not take the focus from the field.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  async open() {
    if (this.dialog.open) {
      this.dialog.close();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    this.field.value = "";
    this.all = [];
    this.dialog.showModal();
    const round = (this.round = Symbol());
    for (const source of this.sources) {
      // What has to be fetched comes when it comes; the rest is there at once.
      const items = await source();
      if (round !== this.round || !this.dialog.open) return;
      this.all.push(...items);
      this.#find();
    }
  }

  #find() {
    const words = plain(this.field.value).split(/\s+/).filter(Boolean);
    const matching = this.all.filter((item) => words.every((word) => plain(`${item.words} ${item.hint ?? ""}`).includes(word)));
    this.#found = matching.slice(0, shownAtMost);
    const asked = this.field.value.trim();
    if (asked) this.#found.push({ group: "Search", words: `Search all chats for “${asked}”`, run: () => this.search(asked) });
    this.#at = 0;
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren();
    let group = null;
    this.#found.forEach((item, index) => {
      if (group?.dataset.name !== item.group) group = this.#drawGroup(item.group);
      const option = document.createElement("li");
      option.setAttribute("role", "option");
      option.id = `palette-${index}`;
      option.dataset.index = String(index);
      const words = document.createElement("bdi");
      words.textContent = item.words;
      option.append(words);
      if (item.hint) {
        const hint = document.createElement("span");
        hint.className = "palette-hint";
        hint.textContent = item.hint;
        option.append(" ", hint);
      }
      group.append(option);
    });
    this.none.hidden = this.#found.length > 0;
    this.#point(false);
  }

  #drawGroup(name) {
    const group = document.createElement("ul");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    group.dataset.name = name;
    const title = document.createElement("li");
    title.setAttribute("role", "presentation");
    title.className = "palette-group";
    title.textContent = name;
    group.append(title);
    this.list.append(group);
    return group;
  }

  #point(scroll) {
    this.list.querySelectorAll("[role=option]").forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.#at));
      if (index === this.#at && scroll) option.scrollIntoView({ block: "nearest" });
    });
    if (this.#found.length > 0) this.field.setAttribute("aria-activedescendant", `palette-${this.#at}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-expanded", String(this.#found.length > 0));
  }

  #pressed(event) {
    if (event.isComposing) return;
    const last = this.#found.length - 1;
    if (event.key === "Enter") this.#run(this.#found[this.#at]);
    else if (event.key === "ArrowDown") this.#at = this.#at >= last ? 0 : this.#at + 1;
    else if (event.key === "ArrowUp") this.#at = this.#at <= 0 ? Math.max(0, last) : this.#at - 1;
    else if (event.key === "PageDown") this.#at = Math.min(Math.max(0, last), this.#at + 8);
    else if (event.key === "PageUp") this.#at = Math.max(0, this.#at - 8);
    else return;
    event.preventDefault();
    if (event.key !== "Enter") this.#point(true);
  }

  #run(item) {
    if (!item) return;
    this.dialog.close();
    item.run();
  }
}

// The keyboard: Ctrl or Cmd and K finds and does everything; J and K walk the list, Enter opens, a letter each for what is done most, "?"
// explains. Nothing is taken from somebody who is writing, and single keys can be switched off (WCAG 2.2, 2.1.4).

const keysShelf = "parlor:keys";

function isWriting(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

export class Keys {
  #letters;

  // desk: { queue, panes, acts, offers, palette, back() }
  constructor(desk, help, toggle) {
    this.desk = desk;
    this.help = help;
    this.toggle = toggle;
    try {
      toggle.checked = localStorage.getItem(keysShelf) !== "off";
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    toggle.addEventListener("change", () => {
      try {
        localStorage.setItem(keysShelf, toggle.checked ? "on" : "off");
      } catch {
        // As above.
      }
    });
    this.#letters = {
      j: () => this.#walk(1),
      k: () => this.#walk(-1),
      "/": () => desk.palette.open(),
      "?": () => help.showModal(),
      a: () => this.#accept(),
      r: () => desk.panes.current?.write("reply"),
      n: () => desk.panes.current?.write("note"),
      t: () => this.#act("transfer"),
      e: () => this.#act("close"),
    };
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      this.desk.palette.open();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const inPane = event.target instanceof Element && event.target.closest(".conversation");
    if (event.key === "Escape" && inPane && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      this.desk.back();
      return;
    }
    if (isWriting(event.target)) return;
    const inList = event.target instanceof Element && event.target.closest(".queue");
    const way = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (inList && way !== undefined) {
      event.preventDefault();
      this.#walk(way);
    } else if (this.toggle.checked && this.#letters[event.key]) {
      event.preventDefault();
      this.#letters[event.key]();
    }
  }

  // The row that has the focus, the chat that has the attention, or else whoever is offered to me or waits longest.
  #accept() {
    const { queue, panes, acts } = this.desk;
    const row = document.activeElement?.closest(".queue-row") ?? null;
    const current = row ? null : panes.current;
    if (current?.may("accept")) acts.run("accept", current, current.article.querySelector("[data-act=accept]"));
    else if (!current || current.situation !== "waiting") {
      const wanted = row?.dataset.state === "waiting" ? row : row ? null : queue.callers()[0];
      if (wanted) this.desk.acceptRow(wanted);
    }
  }

  #act(act) {
    const { panes: { current }, acts } = this.desk;
    if (current && current.state !== "gone" && current.may(act)) acts.run(act, current);
  }

  #walk(step) {
    const links = this.desk.queue.links();
    if (links.length === 0) return;
    const here = links.indexOf(document.activeElement);
    const current = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    // From outside the list the walk begins at the chat that has the attention, or at the top.
    const from = here >= 0 ? here : current;
    const to = from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + step));
    links[to].focus();
  }
}

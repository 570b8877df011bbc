// The keyboard: J and K walk the list, Enter opens, "?" explains. Nothing is taken from somebody who is writing, and single keys
// can be switched off (WCAG 2.2, 2.1.4).

const keysShelf = "parlor:keys";

function isWriting(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

export class Keys {
  // desk: { queue, back() }
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
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inPane = event.target instanceof Element && event.target.closest(".conversation");
    if (event.key === "Escape" && inPane && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      this.desk.back();
      return;
    }
    if (isWriting(event.target)) return;
    const inList = event.target instanceof Element && event.target.closest(".queue");
    const single = this.toggle.checked;
    if ((single && event.key === "j") || (inList && event.key === "ArrowDown")) this.#walk(event, 1);
    else if ((single && event.key === "k") || (inList && event.key === "ArrowUp")) this.#walk(event, -1);
    else if (inList && event.key === "Home") this.#walk(event, -Infinity);
    else if (inList && event.key === "End") this.#walk(event, Infinity);
    else if (single && event.key === "?") {
      event.preventDefault();
      this.help.showModal();
    }
  }

  #walk(event, step) {
    const links = this.desk.queue.links();
    if (links.length === 0) return;
    event.preventDefault();
    const here = links.indexOf(document.activeElement);
    const current = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    // From outside the list the walk begins at the chat that has the attention, or at the top.
    const from = here >= 0 ? here : current;
    const to = from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + step));
    links[to].focus();
  }
}

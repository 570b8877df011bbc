// Tags of a chat as chips that are on or off: those that the site suggests, and whatever else this chat was marked with.

export class TagChoice {
  // how: { known: [words], chosen: [words], changed(chosen) }
  constructor(element, how) {
    this.element = element;
    this.how = how;
    element.replaceChildren();
    const all = [...new Set([...how.known, ...how.chosen])];
    for (const tag of all) this.#add(tag, how.chosen.includes(tag));
    element.hidden = all.length === 0;
  }

  chosen() {
    return [...this.element.querySelectorAll("input:checked")].map((box) => box.value);
  }

  #add(tag, on) {
    const chip = document.createElement("label");
    chip.className = "chip";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.value = tag;
    box.checked = on;
    box.addEventListener("change", () => this.how.changed?.(this.chosen()));
    const words = document.createElement("bdi");
    words.textContent = tag;
    chip.append(box, words);
    this.element.append(chip);
  }
}

// What a page of a conversation says about its tags.
export function tagsOf(article) {
  const boxes = [...article.querySelectorAll(".tag-choice input")];
  return {
    known: boxes.map((box) => box.value),
    chosen: boxes.filter((box) => box.checked).map((box) => box.value),
    required: article.querySelector(".tag-choice")?.hasAttribute("data-required") ?? false,
  };
}

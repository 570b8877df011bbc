// Which sites and departments the list shows: kept per operator in this tab. What is offered to me or mine is never hidden.
import { openShelf } from "../live/shelf.js";

const filterName = "parlor:filter:";

export class QueueFilter {
  #shelf = openShelf("session");

  // changed() is told when the operator chose anew.
  constructor(queue, operator, changed) {
    this.key = filterName + operator;
    this.form = queue.querySelector(".queue-filter");
    this.words = queue.querySelector(".queue-hidden");
    this.choices = [...(this.form?.querySelectorAll("select") ?? [])];
    let kept = {};
    try {
      kept = JSON.parse(this.#shelf.get(this.key) ?? "{}") ?? {};
    } catch {
      // What cannot be read filters nothing.
    }
    for (const choice of this.choices) {
      const wish = kept[choice.name] ?? "";
      if ([...choice.options].some((option) => option.value === wish)) choice.value = wish;
    }
    this.form?.addEventListener("change", () => {
      this.#keep();
      changed();
    });
    this.words?.querySelector("button").addEventListener("click", () => {
      for (const choice of this.choices) choice.value = "";
      this.#keep();
      changed();
      this.choices[0]?.focus();
    });
  }

  // Hides the rows that were not asked for; says in words how many that are.
  apply(rows) {
    if (!this.form) return 0;
    const wished = this.choices.filter((choice) => choice.value !== "");
    let hidden = 0;
    let waiting = 0;
    for (const row of rows) {
      const always = row.closest("[data-group=mine], [data-group=offered]") !== null;
      row.hidden = !always && wished.some((choice) => row.dataset[choice.name] !== choice.value);
      if (row.hidden) hidden += 1;
      if (row.hidden && row.dataset.state === "waiting") waiting += 1;
    }
    this.words.hidden = hidden === 0;
    this.words.querySelector("span").textContent = waiting > 0 ? `${hidden} more not shown, ${waiting} of them waiting.` : `${hidden} more not shown.`;
    return hidden;
  }

  #keep() {
    const chosen = Object.fromEntries(this.choices.filter((choice) => choice.value !== "").map((choice) => [choice.name, choice.value]));
    if (Object.keys(chosen).length > 0) this.#shelf.set(this.key, JSON.stringify(chosen));
    else this.#shelf.remove(this.key);
  }
}

// Whether new chats come to this operator: a switch in the rail. Away by their own hand, or because nobody was at the keyboard, in words.

const availabilityWords = {
  accepting: ["Accepting", ""],
  away: ["Away", "New chats go to others until you switch back."],
  idle: ["Away", "Nothing was typed or clicked here for a while. New chats come again as soon as you do."],
};

export class Availability {
  #state;
  // What this operator chose and the server has not confirmed: said again when the line is back.
  #wish = null;

  // how: { say(on), announce(words) }
  constructor(button, words, how) {
    this.button = button;
    this.words = words;
    this.how = how;
    this.#state = button.dataset.state;
    button.addEventListener("click", () => {
      this.#wish = this.#state !== "accepting";
      how.say(this.#wish);
      this.#show(this.#wish ? "accepting" : "away");
    });
    this.#show(this.#state);
  }

  get accepting() {
    return this.#state === "accepting";
  }

  // The server says how it stands, for every window of this operator.
  told(state) {
    if (this.#wish !== null && this.#wish !== (state === "accepting")) {
      this.how.say(this.#wish);
      return;
    }
    this.#wish = null;
    this.#show(state);
  }

  #show(state) {
    const changed = this.#state !== state;
    this.#state = state;
    const [label, hint] = availabilityWords[state] ?? availabilityWords.away;
    this.button.dataset.state = state;
    this.button.setAttribute("aria-checked", String(this.accepting));
    this.button.querySelector(".availability-label").textContent = label;
    this.words.textContent = hint;
    this.words.hidden = !hint;
    if (changed && state === "idle") this.how.announce(hint);
  }
}

// Whether new chats come to this operator: a switch in the rail. Away by their own hand, or because nobody was at the keyboard, in words.

const availabilityWords = {
  accepting: ["Accepting", ""],
  away: ["Away", "New chats go to others until you switch back."],
  idle: ["Away", "You were set away because nothing was typed or clicked for a while. Switch on to accept chats again."],
};

export class Availability {
  #state;

  // how: { say(on), announce(words) }
  constructor(button, words, how) {
    this.button = button;
    this.words = words;
    this.how = how;
    this.#state = button.dataset.state;
    button.addEventListener("click", () => {
      const on = this.#state !== "accepting";
      how.say(on);
      this.show(on ? "accepting" : "away");
    });
    this.show(this.#state);
  }

  get accepting() {
    return this.#state === "accepting";
  }

  // The server says how it stands, for every window of this operator.
  show(state) {
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

// One short tone for a new message, made on the spot: only after somebody has used this window, as browsers demand, and only
// while the switch is on.

import { openShelf } from "../../js/live/shelf.js";
import { byId } from "./dom.js";

const SOUND = "parlor-sound";

export class Sound {
  #button = byId("sound");
  #shelf = openShelf("local");
  #audio = null;

  constructor() {
    this.#show(this.#shelf.get(SOUND) !== "off");
    this.#button.addEventListener("click", () => {
      const on = !this.#on;
      // What is usual leaves no trace.
      if (on) this.#shelf.remove(SOUND);
      else this.#shelf.set(SOUND, "off");
      this.#show(on);
      if (on) this.ring();
    });
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.#wake(), { once: true });
  }

  ring() {
    if (!this.#on || this.#audio?.state !== "running") return;
    const at = this.#audio.currentTime;
    const source = new OscillatorNode(this.#audio, { frequency: 660 });
    const volume = new GainNode(this.#audio, { gain: 0.1 });
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
    source.connect(volume).connect(this.#audio.destination);
    source.start(at);
    source.stop(at + 0.25);
  }

  get #on() {
    return this.#button.ariaPressed === "true";
  }

  #show(on) {
    this.#button.ariaPressed = String(on);
  }

  #wake() {
    try {
      this.#audio = new AudioContext();
    } catch {
      // A device without sound shows the message all the same.
    }
  }
}

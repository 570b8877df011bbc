// A soft chime while a chat waits, made on the spot: again and again until it is accepted or gone. Off until somebody switches it on,
// and silent until the first keystroke or click in this page, as browsers demand.

const soundKey = "parlor:sound";
const ringsEvery = 8_000;

export class Chime {
  #audio = null;
  #ringing = 0;

  constructor(button) {
    this.button = button;
    this.on = false;
    try {
      this.on = localStorage.getItem(soundKey) === "on";
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show();
    button.addEventListener("click", () => this.#toggle());
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => this.#wake(), { once: true });
  }

  // Somebody waits for this operator, or nobody does any more.
  wanted(on) {
    if (on === (this.#ringing !== 0)) return;
    clearInterval(this.#ringing);
    this.#ringing = on ? setInterval(() => this.ring(), ringsEvery) : 0;
    if (on) this.ring();
  }

  ring() {
    if (!this.on || this.#audio?.state !== "running") return;
    const start = this.#audio.currentTime;
    this.#tone(587.33, start, 0.18);
    this.#tone(880, start + 0.14, 0.32);
  }

  #tone(frequency, start, length) {
    const source = this.#audio.createOscillator();
    const volume = this.#audio.createGain();
    source.type = "sine";
    source.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
    source.connect(volume).connect(this.#audio.destination);
    source.start(start);
    source.stop(start + length);
  }

  async #toggle() {
    this.on = !this.on;
    try {
      localStorage.setItem(soundKey, this.on ? "on" : "off");
    } catch {
      // As above.
    }
    this.#show();
    await this.#wake();
    this.ring();
  }

  async #wake() {
    if (!this.on) return;
    try {
      this.#audio ??= new AudioContext();
      await this.#audio.resume();
    } catch {
      // A machine without sound shows the waiting chat all the same.
    }
  }

  #show() {
    this.button.setAttribute("aria-pressed", String(this.on));
  }
}

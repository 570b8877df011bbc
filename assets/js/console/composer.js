// Where a reply or a note is written: grows with it, keeps it as a draft, sends it with Enter and says when it is too long.
// A reply and a note have a text each, so what was meant for colleagues is never in the box when a reply is sent.
import { ComposerMode } from "./modes.js";

const messageChars = 4_000;
const warnFrom = 3_600;
const typingStopsAfter = 5_000;

export class Composer {
  #stopTimer = 0;
  #warned = "";

  // how: { name, draft(mode), keep(mode, text), send(mode, text), typing(on), warning() }
  constructor(form, how) {
    this.form = form;
    this.how = how;
    this.box = form.querySelector("textarea");
    this.note = form.querySelector(".composer-note");
    this.button = form.querySelector("button[type=submit]");
    this.mode = new ComposerMode(form, how.name, (mode) => this.#turned(mode));
    this.#take(how.draft(this.mode.now));

    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => {
      const plainEnter = event.key === "Enter" && !event.shiftKey && !event.altKey;
      // While a word is being composed (Japanese, Chinese, …) Enter belongs to the input method; what a list of suggestions took is its own.
      if (!plainEnter || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("blur", () => this.#stopTyping());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
      this.box.focus();
    });
  }

  get hidden() {
    return this.form.hidden;
  }

  // What may be written in the present state: { reply, note }. Neither: there is nothing to write in.
  allow(what) {
    const hidden = !what.reply && !what.note;
    if (hidden && !this.form.hidden) this.#stopTyping();
    this.form.hidden = hidden;
    this.mode.allow(what);
    if (!hidden) this.#grow();
  }

  focus() {
    this.box.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  // A message that was not sent comes back before what is being written now.
  prepend(mode, text) {
    const kept = mode === this.mode.now ? this.box.value : this.how.draft(mode);
    const whole = kept ? `${text}\n${kept}` : text;
    this.how.keep(mode, whole);
    if (mode === this.mode.now) this.#take(whole);
    else this.mode.turn(mode);
  }

  // The text was changed, by its writer or by a canned response.
  changed() {
    this.#warned = "";
    this.how.keep(this.mode.now, this.box.value);
    this.#grow();
    this.#count();
    this.#tellTyping();
  }

  leave() {
    this.#stopTyping();
  }

  #turned(mode) {
    this.#stopTyping();
    this.#warned = "";
    this.#take(this.how.draft(mode));
  }

  #take(text) {
    this.box.value = text;
    this.#grow();
    this.#count();
  }

  #submit() {
    const text = this.box.value.trim();
    if (!text || this.#length() > messageChars) return;
    const mode = this.mode.now;
    const warning = mode === "reply" ? this.how.warning() : "";
    if (warning && warning !== this.#warned) {
      // Asked once: who sends again means it.
      this.#warned = warning;
      this.note.textContent = `${warning} Send again to send yours all the same.`;
      this.note.classList.add("composer-warning");
      return;
    }
    this.#stopTyping();
    this.#warned = "";
    this.how.keep(mode, "");
    this.#take("");
    this.how.send(mode, text);
  }

  #length() {
    return [...this.box.value.trim()].length;
  }

  #count() {
    this.note.classList.remove("composer-warning");
    const length = this.#length();
    const over = length - messageChars;
    this.button.disabled = length === 0 || over > 0;
    this.box.setAttribute("aria-invalid", String(over > 0));
    if (over > 0) this.note.textContent = `${over} characters too long. At most ${messageChars} fit in one message.`;
    else this.note.textContent = length >= warnFrom ? `${messageChars - length} characters left` : "";
  }

  #grow() {
    this.box.style.height = "auto";
    // Hidden it has no height; it grows when it is shown.
    if (this.box.scrollHeight > 0) this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  // As often as a key is pressed: the live channel tells the other side only now and then. Of a note the visitor learns nothing.
  #tellTyping() {
    clearTimeout(this.#stopTimer);
    if (!this.box.value.trim() || this.mode.now === "note") return this.#stopTyping();
    this.#stopTimer = setTimeout(() => this.#stopTyping(), typingStopsAfter);
    return this.how.typing(true);
  }

  #stopTyping() {
    clearTimeout(this.#stopTimer);
    this.how.typing(false);
  }
}

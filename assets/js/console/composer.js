// Where a reply is written: grows with it, keeps it as a draft, sends it with Enter and says when it is too long.

const messageChars = 4_000;
const warnFrom = 3_600;
const typingStopsAfter = 5_000;

export class Composer {
  #stopTimer = 0;

  // how: { draft, keep(text), send(text), typing(on) }
  constructor(form, how) {
    this.form = form;
    this.how = how;
    this.box = form.querySelector("textarea");
    this.note = form.querySelector(".composer-note");
    this.button = form.querySelector("button[type=submit]");
    this.box.value = how.draft;
    this.#grow();
    this.#count();

    this.box.addEventListener("input", () => {
      how.keep(this.box.value);
      this.#grow();
      this.#count();
      this.#tellTyping();
    });
    this.box.addEventListener("keydown", (event) => {
      const plainEnter = event.key === "Enter" && !event.shiftKey && !event.altKey;
      // While a word is being composed (Japanese, Chinese, …) Enter belongs to the input method.
      if (!plainEnter || event.isComposing) return;
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

  set hidden(hidden) {
    if (hidden && !this.form.hidden) this.#stopTyping();
    this.form.hidden = hidden;
    if (!hidden) this.#grow();
  }

  focus() {
    this.box.focus();
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  // A message that was not sent comes back before what is being written now.
  prepend(text) {
    this.box.value = this.box.value ? `${text}\n${this.box.value}` : text;
    this.how.keep(this.box.value);
    this.#grow();
    this.#count();
  }

  leave() {
    this.#stopTyping();
  }

  #submit() {
    const text = this.box.value.trim();
    if (!text || this.#length() > messageChars) return;
    this.#stopTyping();
    this.box.value = "";
    this.how.keep("");
    this.#grow();
    this.#count();
    this.how.send(text);
  }

  #length() {
    return [...this.box.value.trim()].length;
  }

  #count() {
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

  // As often as a key is pressed: the live channel tells the other side only now and then.
  #tellTyping() {
    clearTimeout(this.#stopTimer);
    if (!this.box.value.trim()) return this.#stopTyping();
    this.#stopTimer = setTimeout(() => this.#stopTyping(), typingStopsAfter);
    return this.how.typing(true);
  }

  #stopTyping() {
    clearTimeout(this.#stopTimer);
    this.how.typing(false);
  }
}

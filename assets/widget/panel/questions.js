// The fields of a form: judged when it is sent, each with its error beside it, and kept until then.

import { byId } from "./dom.js";
import { drafts } from "./drafts.js";
import { setText } from "./texts.js";

const WRONG = { email: "error-email", tel: "error-phone", checkbox: "error-consent", "select-one": "error-choice" };

export class Questions {
  #root;
  #key;

  /** @param {HTMLElement | null} root what holds the fields; a site may ask nothing */
  constructor(root, key) {
    this.#root = root;
    this.#key = key;
    this.suggest(JSON.parse(drafts.get(key) || "{}"));
    root?.addEventListener("input", ({ target }) => {
      if (target.hasAttribute("aria-invalid")) this.#judge(target);
      this.#keep();
    });
  }

  /** Fills in what is known where nothing was typed yet. */
  suggest(known) {
    for (const field of this.#fields()) if (known[field.name] && !field.value) field.value = known[field.name];
  }

  /** What was answered, or nothing, and then the first field that is wrong has the focus. */
  read() {
    const wrong = this.#fields().filter((field) => !this.#judge(field));
    wrong[0]?.focus();
    if (wrong.length) return null;
    return { answers: this.#answers(), consent: this.#fields().some((field) => field.checked) };
  }

  /** What the server did not take. @param {Record<string, string>} problems by the name of the field */
  refuse(problems) {
    const wrong = this.#fields().filter((field) => problems[field.name]);
    for (const field of wrong) this.#mark(field, `error-${problems[field.name]}`);
    wrong[0]?.focus();
  }

  set(name, value) {
    for (const field of this.#fields()) if (field.name === name) field.value = value;
    this.#keep();
  }

  #keep() {
    drafts.set(this.#key, JSON.stringify(this.#answers()));
  }

  #fields() {
    return [...(this.#root?.querySelectorAll("[name]") ?? [])];
  }

  #answers() {
    const answers = {};
    for (const { type, name, value } of this.#fields()) if (type !== "checkbox" && value.trim()) answers[name] = value.trim();
    return answers;
  }

  #judge(field) {
    const { valid, valueMissing } = field.validity;
    const isBlank = field.required && !field.value.trim();
    const fault = (valueMissing || isBlank) && !/select|checkbox/.test(field.type) ? "error-empty" : (WRONG[field.type] ?? "error-empty");
    this.#mark(field, valid && !isBlank ? "" : fault);
    return valid && !isBlank;
  }

  #mark(field, fault) {
    const error = byId(field.getAttribute("aria-describedby"));
    if (fault) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    setText(error, fault);
    error.hidden = !fault;
  }
}

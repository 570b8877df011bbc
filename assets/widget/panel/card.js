// A card number does not belong in a chat. Before one is sent, the visitor is asked whether they would rather have a secure form. That is
// advice and no more: the server masks what it finds in any case.

import { byId } from "./dom.js";
import { t } from "./texts.js";

/** Beginnings and lengths of the common networks. The server knows more of them, and asks nobody. */
const ISSUED = /^(?:4\d{15}|5[0-8]\d{14}|2[2-7]\d{14}|35\d{14}|3[47]\d{13}|3[0689]\d{12}|6\d{15})$/;

function checks(digits) {
  let sum = 0;
  for (let at = digits.length, twice = false; at--; twice = !twice) {
    const digit = digits[at] * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Whether groups of digits that stand in a row are together as long as a card's number, and right. */
export function holdsCard(text) {
  // Full-width digits become plain ones, and what has no width goes.
  const rows = text.normalize("NFKC").replace(/\p{Cf}/gu, "").match(/\d(?:[ ._/\n-]{0,3}\d){12,}/g) ?? [];
  return rows.some((row) => {
    const groups = row.split(/\D+/);
    return groups.some((_, first) => {
      for (let digits = "", at = first; at < groups.length && digits.length < 19; ) {
        digits += groups[at++];
        if (ISSUED.test(digits) && checks(digits)) return true;
      }
    });
  });
}

export class Card {
  #box = byId("card");
  #asked = "";

  constructor() {
    if (!this.#box) return;
    const submit = () => byId("form").requestSubmit();
    byId("card-send").addEventListener("click", submit);
    byId("card-form").addEventListener("click", () => {
      byId("text").value = t("card-please");
      submit();
    });
    byId("text").addEventListener("input", () => this.hide());
  }

  hide() {
    if (this.#box) this.#box.hidden = true;
  }

  /** Asks once about each text that holds a card number. */
  stops(text) {
    const stops = this.#box && text !== this.#asked && holdsCard(text);
    this.hide();
    if (!stops) return false;
    this.#asked = text;
    this.#box.hidden = false;
    byId("card-form").focus();
    return true;
  }
}

// A card number does not belong in a chat. Before one is sent, the visitor is asked whether they would rather have a secure form. That is
// advice and no more: the server masks what it finds in any case.
// A script of its own, which the window fetches once so many digits are typed, and whose words it fetches when it has to ask: most visitors
// never need either.

/** @param parts the window's own ways to its elements */
globalThis.parlorCard = ({ byId, piece }) => {
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
  function holdsCard(text) {
    // Full-width digits become plain ones, and what has no width goes.
    const rows = text.normalize("NFKC").replace(/\p{Cf}/gu, "").match(/\d(?:[ ._/\n-]{0,3}\d){12,}/g) ?? [];
    return rows.some((row) => {
      const groups = row.split(/\D+/);
      return groups.some((_, first) => {
        for (let digits = "", at = first; at < groups.length && digits.length < 19; ) {
          digits += groups[at++];
          if (ISSUED.test(digits) && checks(digits)) return true;
        }
        return false;
      });
    });
  }

  const root = document.documentElement;
  const box = piece("div", "bar");
  const what = piece("p");
  const submit = () => byId("form").requestSubmit();
  let words = {};
  let asked = "";

  function button(press) {
    const made = piece("button");
    made.type = "button";
    made.addEventListener("click", press);
    return made;
  }

  const form = button(() => {
    byId("text").value = words["card-please"];
    submit();
  });
  const send = button(submit);
  what.id = "card-what";
  box.id = "card";
  box.setAttribute("role", "group");
  box.setAttribute("aria-labelledby", what.id);
  box.hidden = true;
  box.append(what, form, send);
  byId("form").before(box);
  byId("text").addEventListener("input", () => (box.hidden = true));

  /** Whether this text should not be sent yet. Asks once about each that holds a card number, in the language of the moment. */
  return async (text) => {
    box.hidden = true;
    if (text === asked || !holdsCard(text)) return false;
    const answer = await fetch(`/widget/${root.dataset.site}/texts?lang=${root.lang}`);
    words = (await answer.json()).texts;
    what.textContent = words["card-ask"];
    form.textContent = words["card-form"];
    send.textContent = words["card-send"];
    asked = text;
    box.hidden = false;
    form.focus();
    return true;
  };
};

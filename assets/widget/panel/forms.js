// A form that the visitor is asked for opens on a page of its own. It is asked for with the visitor's token in a form and not in an
// address, so that nothing that opens it stands in a history or a log.
// A script of its own, since most appliances have no forms: the window hands it what it needs.

/** @param parts the window's own: how things are drawn, and who the visitor is; what it gives back hears the events */
globalThis.parlorForms = ({ bubbles, piece, setText, site, visit }) => {
  /** The buttons, by what was asked. */
  const open = new Map();

  bubbles.form_asked = ({ conversation, form }) => {
    const card = piece("form", "bubble");
    Object.assign(card, { method: "post", action: "/form", target: "_blank", rel: "noopener" });
    const title = piece("p");
    const words = piece("bdi", "", form.name);
    title.append(words);
    const button = piece("button");
    setText(button, "form-open");
    open.set(form.request, button);
    card.append(title, button);
    const say = (key, value = "") => {
      const field = piece("input");
      Object.assign(field, { type: "hidden", name: key, value });
      card.append(field);
      return field;
    };
    const told = { site, conversation, request: form.request };
    for (const key in told) say(key, told[key]);
    const [visitor, lang] = [say("visitor"), say("lang")];
    card.addEventListener("submit", () => {
      visitor.value = visit.credentials.Authorization.slice("Bearer ".length);
      lang.value = document.documentElement.lang;
    });
    return card;
  };

  return ({ kind, form }) => {
    // What was sent cannot be sent again.
    const button = kind === "form_sent" && open.get(form.request);
    if (!button) return;
    button.disabled = true;
    setText(button, "sent");
  };
};

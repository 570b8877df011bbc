// What an operator can do with a chat, once for buttons, keys and the palette.

export class Acts {
  // desk: { live, panes, offers, closing, handOver }
  constructor(desk) {
    this.desk = desk;
    this.known = {
      accept: (pane, button) => {
        // Not `disabled`: that would throw the focus out of the chat.
        if (button) button.ariaDisabled = "true";
        pane.tell("");
        this.accept(pane.id);
      },
      decline: (pane) => this.decline(pane.id),
      close: (pane) => desk.closing.ask(pane),
      transfer: (pane) => desk.handOver.ask(pane, "transfer"),
      invite: (pane) => desk.handOver.ask(pane, "invite"),
      // A supervisor, or a colleague who was invited, writes along, or stops doing so.
      join: (pane) => this.#command("join", pane.id),
      depart: (pane) => this.#command("depart", pane.id),
      takeover: (pane) => desk.live.command({ t: "transfer", conversation: pane.id, to: desk.me }),
    };
  }

  run(act, pane, button) {
    this.known[act]?.(pane, button);
  }

  accept(conversation) {
    this.#command("accept", conversation);
  }

  decline(conversation) {
    this.#command("decline", conversation);
    this.desk.offers.over(conversation);
  }

  #command(t, conversation) {
    this.desk.live.command({ t, conversation });
  }
}

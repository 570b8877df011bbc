// A desktop notification while nobody looks at this page. It says that something waits and never what or whose: other people see
// screens too, and the system keeps what it shows. Permission is asked for only by a press of the button.

const alertsShelf = "parlor:alerts";

export class Alerts {
  constructor(button) {
    this.button = button;
    this.on = false;
    if (!("Notification" in window)) {
      button.hidden = true;
      return;
    }
    try {
      this.on = localStorage.getItem(alertsShelf) === "on" && Notification.permission === "granted";
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    this.#show();
    button.addEventListener("click", () => this.#toggle());
  }

  tell(words) {
    if (!this.on || document.visibilityState === "visible") return;
    // One at a time: the newest takes the place of the one before.
    const notification = new Notification("Parlor", { body: words, tag: "parlor", silent: true });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  }

  async #toggle() {
    const wanted = !this.on;
    this.on = wanted && (await Notification.requestPermission()) === "granted";
    try {
      localStorage.setItem(alertsShelf, this.on ? "on" : "off");
    } catch {
      // As above.
    }
    this.#show();
    if (wanted && !this.on) this.button.title = "Your browser does not allow notifications for this address. Allow them in its settings, then press again.";
  }

  #show() {
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.title = "Tells you on this desktop that a chat is waiting, without any name or text";
  }
}

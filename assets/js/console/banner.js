// The line to the server in words: nothing while it stands, and what happens next while it does not.

const patience = 1_500;

const stopped = {
  session: ["Your session has ended. What you were writing stays in this tab.", "sign-in"],
  signed_out: ["You have signed out.", "sign-in"],
  revoked: ["Your access has ended. Ask your administrator if this is a surprise.", "sign-in"],
  superseded: ["Parlor is open in too many windows. Close some, then connect again.", "reload"],
};

export class Banner {
  #timer = 0;
  #wasOnline = false;

  constructor(element) {
    this.element = element;
    this.words = element.querySelector(".banner-words");
    this.signIn = element.querySelector("[data-banner=sign-in]");
    this.reload = element.querySelector("[data-banner=reload]");
    this.reload.addEventListener("click", () => location.reload());
    this.signIn.href = `/login?next=${encodeURIComponent(location.pathname)}`;
  }

  line({ state, reason }) {
    if (state === "online" || state === "stopped") {
      clearTimeout(this.#timer);
      this.#timer = 0;
    }
    if (state === "online") {
      this.#wasOnline = true;
      this.element.hidden = true;
    } else if (state === "stopped") {
      const [words, way] = stopped[reason] ?? ["The connection has ended.", "reload"];
      this.#show(words, "banner-danger", way);
    } else if (this.element.hidden) {
      // A line that is back at once is nobody's concern; one that keeps failing is, however often it tries.
      this.#timer ||= setTimeout(() => this.#show(this.#waiting(), "banner-warning", ""), patience);
    }
  }

  #waiting() {
    if (!navigator.onLine) return "This computer is offline. What you send waits here and goes out when it is back.";
    if (!this.#wasOnline) return "Connecting to the server.";
    return "No connection to the server. What you send waits here and goes out when it is back; trying again by itself.";
  }

  #show(words, kind, way) {
    this.words.textContent = words;
    this.element.classList.remove("banner-warning", "banner-danger");
    this.element.classList.add(kind);
    this.signIn.hidden = way !== "sign-in";
    this.reload.hidden = way !== "reload";
    this.element.hidden = false;
    this.#timer = 0;
  }
}

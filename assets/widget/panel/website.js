// Between the website around the panel and the server: what the page says of its visitor goes to the server with every new line, and
// what happens in the chat is told to the page, without a word of it.

export class Website {
  #live;
  #page = {};
  #frames = {};
  #since = Infinity;
  #over = new Set();

  constructor(live, host) {
    this.#live = live;
    host.also((message) => this.#hear(message));
    live.on("welcome", (frame) => {
      // Whatever is older than this window is no news.
      this.#since = Math.min(this.#since, Date.parse(frame.now));
      for (const said of Object.values(this.#frames)) live.say(said);
    });
    live.on("event", (event) => {
      const name = event.kind === "closed" ? "ended" : event.kind;
      if (!["started", "message", "ended", "rated"].includes(name) || Date.parse(event.at) < this.#since) return;
      if (name === "ended" && this.#over.size === this.#over.add(event.conversation).size) return;
      const detail = { message: { from: event.from }, rated: { stars: event.stars } }[name];
      host.say({ t: "event", name, detail });
    });
  }

  #hear(message) {
    const text = (value) => `${value ?? ""}`;
    const texts = (given, names) => Object.fromEntries(names.map((name) => [name, text(given?.[name])]));
    if (message.t === "page" || message.t === "visit") {
      Object.assign(this.#page, message);
      const { page, window, visit, invited } = this.#page;
      this.#say({ t: "visit", page: text(page?.address), ...texts(page, ["title", "referrer"]), ...texts({ window, visit }, ["window", "visit"]) });
      if (message.invited) dispatchEvent(new CustomEvent("invited", { detail: visit }));
    }
    if (message.t === "identify") this.#say({ t: "identify", ...texts(message.who, ["id", "name", "email", "hash"]) });
    else if (message.t === "set") {
      const attributes = Object.entries(message.set ?? {}).map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : text(value)]);
      this.#say({ t: "set", attributes: Object.fromEntries(attributes) });
    }
  }

  #say(frame) {
    this.#frames[frame.t] = frame;
    this.#live.say(frame);
  }
}

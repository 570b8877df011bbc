// Files: picked, dropped, pasted or taken with the camera; with how far they have come, a way to stop and a way to try again. What has
// arrived is fetched with the visitor's token, never by an address that others could use.
// A script of its own, since most sites allow no files: the window hands it what it needs.

/** @param parts the window's own: the conversation, the visitor, the log, and how texts get into the page */
globalThis.parlorFiles = (parts) => {
  const { bubbles, byId, failure, log, piece, refusal, setLabel, setText, t, talk, visit } = parts;
  const LARGEST_FILE = 20 * 1024 * 1024;
  /** Pictures up to here are fetched unasked: a bad line has other worries. */
  const LARGEST_SHOWN = 2 * 1024 * 1024;
  const FILES_AT_ONCE = 2;

  class Files {
    #rows = byId("uploads");
    /** Everything that has not arrived, by its id. */
    #entries = new Map();
    #waiting = [];
    #running = new Set();
    #dropped = new Set();
    #shown = [];
    #asked = false;
    #always = "files" in document.documentElement.dataset;

    constructor() {
      bubbles.file = (event) => this.#bubble(event);
      for (const [button, input] of [["attach", "picker"], ["camera", "lens"]]) {
        byId(button).addEventListener("click", () => byId(input).click());
        byId(input).addEventListener("change", () => {
          this.#take(byId(input).files);
          byId(input).value = "";
        });
      }
      const over = (event, on) => {
        if (!this.#mayNow || !event.dataTransfer?.types.includes("Files")) return false;
        event.preventDefault();
        document.documentElement.classList.toggle("dropping", on);
        return true;
      };
      document.addEventListener("dragover", (event) => over(event, true));
      document.addEventListener("dragleave", (event) => event.relatedTarget || over(event, false));
      document.addEventListener("drop", (event) => over(event, false) && this.#take(event.dataTransfer.files));
      byId("text").addEventListener("paste", (event) => {
        const { files } = event.clipboardData;
        if (!this.#mayNow || !files.length) return;
        event.preventDefault();
        this.#take(files);
      });
    }

    get #mayNow() {
      return !byId("attach").hidden;
    }

    hear(event) {
      if (event.kind === "file_requested") this.#asked = true;
      else if (event.kind === "file" && event.from === "visitor") this.#asked = false;
    }

    draw() {
      const { id, stage } = talk;
      const may = Boolean(id) && ["waiting", "active"].includes(stage) && (this.#always || this.#asked);
      byId("attach").hidden = byId("camera").hidden = !may;
      if (["closed", "gone"].includes(stage)) for (const bubble of this.#shown.splice(0)) fileGone(bubble);
    }

    clear() {
      for (const entry of [...this.#running]) entry.request.abort();
      for (const { url } of this.#shown.splice(0)) if (url) URL.revokeObjectURL(url);
      this.#waiting = [];
      this.#entries.clear();
      this.#running.clear();
      this.#dropped.clear();
      this.#asked = false;
      this.#rows.replaceChildren();
    }

    /** The line has dropped. What moves all the same has another way. */
    pause() {
      for (const entry of this.#running) entry.still = true;
    }

    /** The line is back: what broke off or stood still goes on by itself. With the same id it is the same file, also when all of it
     * had arrived. */
    resume() {
      const stuck = [...this.#dropped, ...[...this.#running].filter((entry) => entry.still)];
      this.#dropped.clear();
      for (const entry of stuck) {
        const { request } = entry;
        this.#queue(entry);
        request.abort();
      }
    }

    #take(files) {
      for (const file of files) this.#queue({ id: crypto.randomUUID(), conversation: talk.id, file });
      byId("text").focus();
    }

    #queue(entry) {
      entry.row?.remove();
      this.#entries.set(entry.id, entry);
      this.#running.delete(entry);
      const row = (entry.row = piece("div", "run visitor"));
      const bubble = piece("div", "bubble file");
      const name = piece("span", "", entry.file.name);
      name.dir = "auto";
      const bar = (entry.bar = piece("progress"));
      bar.max = 1;
      const told = { name: entry.file.name };
      setLabel(bar, "file-sending", { ...told, percent: () => Math.round(bar.value * 100) });
      const stop = piece("button", "stop");
      stop.type = "button";
      setLabel(stop, "file-cancel", told);
      stop.append(byId("end").firstElementChild.cloneNode(true));
      stop.addEventListener("click", () => this.#stop(entry));
      bubble.append(name, stop, bar);
      row.append(bubble);
      this.#rows.append(row);
      log.toEnd();
      if (entry.file.size > LARGEST_FILE) return this.#fail(entry, { code: "file_too_large" });
      if (!entry.file.size) return this.#fail(entry, { code: "file_empty" });
      this.#waiting.push(entry);
      this.#next();
    }

    #next() {
      while (this.#running.size < FILES_AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
    }

    #send(entry) {
      const request = (entry.request = new XMLHttpRequest());
      this.#running.add(entry);
      request.open("POST", "/live/files");
      const headers = {
        ...visit.credentials,
        "Content-Type": "application/octet-stream",
        "X-Parlor-Conversation": entry.conversation,
        "X-Parlor-Id": entry.id,
        "X-Parlor-Name": encodeURIComponent(entry.file.name.slice(-200).toWellFormed?.() ?? "file"),
      };
      for (const name in headers) request.setRequestHeader(name, headers[name]);
      request.responseType = "json";
      entry.still = false;
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        entry.still = false;
        entry.bar.value = loaded / total;
      });
      request.addEventListener("loadend", () => {
        // Begun anew meanwhile, or stopped.
        if (entry.request !== request || !entry.row.isConnected) {
          if (entry.request === request) this.#running.delete(entry);
          return this.#next();
        }
        this.#running.delete(entry);
        if (request.status === 0) {
          this.#dropped.add(entry);
          this.#fail(entry, { code: "unanswered" });
        } else if (request.status >= 400) {
          this.#fail(entry, { n: Number(request.getResponseHeader("Retry-After")), ...request.response });
        }
        this.#next();
      });
      request.send(entry.file);
    }

    #stop(entry) {
      this.#entries.delete(entry.id);
      entry.row.remove();
      this.#waiting = this.#waiting.filter((other) => other !== entry);
      entry.request?.abort();
      byId("text").focus();
    }

    #fail(entry, why) {
      const bubble = entry.row.firstElementChild;
      bubble.classList.add("failed");
      for (const part of bubble.querySelectorAll("progress, button")) part.remove();
      const told = { name: entry.file.name, mb: 20, n: 20 };
      const own = { file_too_large: "file-too-big", file_too_many: "file-too-many", file_empty: "file-empty" }[why.code];
      const other = { file_no_room: "unavailable", file_incomplete: "unanswered" }[why.code];
      const line = failure(own ? t(own, told) : refusal(other ? { code: other } : why), () => {
        this.#dropped.delete(entry);
        this.#queue(entry);
      });
      const drop = piece("button");
      drop.type = "button";
      setText(drop, "discard");
      drop.addEventListener("click", () => {
        this.#dropped.delete(entry);
        this.#stop(entry);
      });
      line.append(" ", drop);
      entry.row.append(line);
      setText(byId("alert"), "file-failed", told);
      log.toEnd();
    }

    /** A file that has arrived, from either side. */
    #bubble({ id, conversation, file }) {
      this.#arrived(id);
      const bubble = piece("div", "bubble file");
      const shown = { bubble, path: `/live/files/${conversation}/${file.id}`, file };
      if (["closed", "gone"].includes(talk.stage)) {
        fileGone(shown);
        return bubble;
      }
      this.#shown.push(shown);
      const get = piece("button");
      get.type = "button";
      const name = piece("span", "", file.name);
      name.dir = "auto";
      get.append(name);
      setLabel(get, "file-download", { name: file.name });
      get.addEventListener("click", () => this.#save(shown));
      const size = piece("small", "", fileSize(file.bytes));
      bubble.append(get, size);
      if (file.width && file.bytes <= LARGEST_SHOWN) this.#show(shown);
      return bubble;
    }

    /** By the line, perhaps before the answer to the request, perhaps after it. */
    #arrived(id) {
      const entry = this.#entries.get(id);
      this.#entries.delete(id);
      entry?.row.remove();
      this.#dropped.delete(entry);
    }

    async #fetch(shown) {
      if (shown.url) return shown.url;
      const answer = await fetch(shown.path, { headers: visit.credentials, cache: "no-store" });
      if (answer.status === 404) fileGone(shown);
      if (!answer.ok) throw new Error(`file: ${answer.status}`);
      return (shown.url ??= URL.createObjectURL(await answer.blob()));
    }

    async #show(shown) {
      const { file, bubble } = shown;
      const picture = piece("img");
      picture.alt = t("file-picture", { name: file.name });
      // Room for it from the start, so that nothing jumps when it comes.
      picture.width = file.width;
      picture.height = file.height;
      bubble.prepend(picture);
      try {
        picture.src = await this.#fetch(shown);
      } catch {
        picture.remove();
      }
    }

    async #save(shown) {
      try {
        const way = piece("a");
        way.href = await this.#fetch(shown);
        way.download = shown.file.name;
        way.click();
      } catch {
        setText(byId("alert"), shown.bubble.classList.contains("gone") ? "file-gone" : "refused-unanswered");
      }
    }
  }

  function fileGone({ bubble, url }) {
    if (url) URL.revokeObjectURL(url);
    bubble.className = "bubble file gone";
    bubble.replaceChildren();
    setText(bubble, "file-gone");
  }

  /** As people count: in kilobytes or megabytes of a thousand each. */
  function fileSize(count) {
    const [number, unit] = count < 1e6 ? [Math.max(1, Math.round(count / 1e3)), "kilobyte"] : [count / 1e6, "megabyte"];
    return new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn", style: "unit", unit, maximumFractionDigits: 1 }).format(number);
  }

  return new Files();
};

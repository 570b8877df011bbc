// Files in one conversation: picked, dropped or pasted; with how far they have come, a way to stop and a way to try again. And asking
// the visitor for one.

const largestFile = 20 * 1024 * 1024;
const filesAtOnce = 2;

export class Files {
  #waiting = [];
  #running = new Set();
  // What the line took with it.
  #broken = new Set();

  // pane: the Conversation; its composer has the buttons only where the site and the role allow files.
  constructor(pane) {
    this.pane = pane;
    const { article } = pane;
    const pick = article.querySelector(".composer-attach");
    this.input = article.querySelector(".composer-file");
    if (!pick) return;
    pick.addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => {
      this.#take(this.input.files);
      this.input.value = "";
    });
    article.querySelector(".composer-ask").addEventListener("click", () => {
      pane.desk.live.command({ t: "request_file", conversation: pane.id });
      pane.focus();
    });
    const over = (event, on) => {
      if (!this.#may() || !event.dataTransfer?.types.includes("Files")) return false;
      event.preventDefault();
      article.classList.toggle("dropping", on);
      return true;
    };
    article.addEventListener("dragover", (event) => over(event, true));
    article.addEventListener("dragleave", (event) => article.contains(event.relatedTarget) || over(event, false));
    article.addEventListener("drop", (event) => over(event, false) && this.#take(event.dataTransfer.files));
    article.querySelector(".composer textarea").addEventListener("paste", (event) => {
      const { files } = event.clipboardData;
      if (!this.#may() || !files.length) return;
      event.preventDefault();
      this.#take(files);
    });
  }

  // Files go when the chat closes.
  show(state) {
    if (state !== "closed") return;
    for (const bubble of this.pane.article.querySelectorAll(".bubble.file")) {
      const gone = document.createElement("span");
      gone.className = "file-gone";
      gone.textContent = "This file has been deleted.";
      if (!bubble.querySelector(".file-gone")) bubble.replaceChildren(gone);
    }
  }

  // The line has dropped. What moves all the same has another way.
  pause() {
    for (const entry of this.#running) entry.still = true;
  }

  // The line is back: what broke off or stood still goes on by itself. With the same id it is the same file, also when all had arrived.
  resume() {
    const stuck = [...this.#broken, ...[...this.#running].filter((entry) => entry.still)];
    this.#broken.clear();
    for (const entry of stuck) {
      const { request } = entry;
      this.#again(entry);
      request.abort();
    }
  }

  // A note is for colleagues, and a file never is.
  #may() {
    const { composer } = this.pane;
    return !composer.hidden && composer.mode.now === "reply";
  }

  #take(files) {
    for (const file of files) this.#queue({ id: crypto.randomUUID(), file });
    this.pane.focus();
  }

  #queue(entry) {
    const item = (entry.item = document.createElement("li"));
    item.className = "event event-operator";
    item.dataset.clientId = entry.id;
    const bubble = document.createElement("div");
    bubble.className = "bubble file";
    const name = document.createElement("bdi");
    name.textContent = entry.file.name;
    const bar = (entry.bar = document.createElement("progress"));
    bar.max = 1;
    bar.setAttribute("aria-label", `Sending ${entry.file.name}`);
    bubble.append(name, bar, fileButton("Cancel", () => this.#stop(entry)));
    item.append(bubble);
    this.pane.log.keepPlace(() => this.pane.list.append(item), false);
    if (entry.file.size > largestFile) return this.#fail(entry, "This file is too large: at most 20 MB fit.");
    this.#waiting.push(entry);
    this.#next();
  }

  #next() {
    while (this.#running.size < filesAtOnce && this.#waiting.length) this.#send(this.#waiting.shift());
  }

  #send(entry) {
    const request = (entry.request = new XMLHttpRequest());
    this.#running.add(entry);
    request.open("POST", "/live/files");
    const headers = {
      Accept: "application/json",
      "Content-Type": "application/octet-stream",
      "X-Parlor-Csrf": document.querySelector("meta[name=csrf]").content,
      "X-Parlor-Conversation": this.pane.id,
      "X-Parlor-Id": entry.id,
      "X-Parlor-Name": encodeURIComponent(entry.file.name.slice(-200).toWellFormed()),
    };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.responseType = "json";
    entry.still = false;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      entry.still = false;
      entry.bar.value = loaded / total;
    });
    request.addEventListener("loadend", () => {
      // Begun anew meanwhile, or stopped.
      if (entry.request !== request || !entry.item.isConnected) {
        if (entry.request === request) this.#running.delete(entry);
        return this.#next();
      }
      this.#running.delete(entry);
      if (request.status === 0) {
        this.#broken.add(entry);
        this.#fail(entry, "The line broke off.");
      } else if (request.status >= 400) this.#fail(entry, request.response?.message ?? "The server did not take it.");
      this.#next();
    });
    request.send(entry.file);
  }

  #again(entry) {
    this.#running.delete(entry);
    this.#broken.delete(entry);
    entry.item.remove();
    this.#queue(entry);
  }

  #stop(entry) {
    this.#broken.delete(entry);
    entry.item.remove();
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    entry.request?.abort();
    this.pane.focus();
  }

  #fail(entry, why) {
    const { item } = entry;
    item.dataset.status = "failed";
    entry.bar.remove();
    item.querySelector(".link")?.remove();
    const line = document.createElement("p");
    line.className = "status";
    line.setAttribute("role", "alert");
    line.append(`Not sent. ${why} `, fileButton("Try again", () => this.#again(entry)), " ", fileButton("Discard", () => this.#stop(entry)));
    this.pane.log.keepPlace(() => item.append(line), false);
  }
}

function fileButton(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

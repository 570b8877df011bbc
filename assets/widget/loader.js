// The chat's button on a customer's page: <script async src="https://HOST/widget.js" data-site="sit_…"></script>
// Optional: data-accent="#0b5fb8", data-position="left", data-label="Chat with us", data-lang="de".
//
// Nothing is loaded before somebody opens the chat, unless this tab had it in use before. It draws into a closed shadow root with
// the DOM and CSSOM only, so it needs no more of the page's policy than `script-src` and `frame-src` of HOST, and passes
// Trusted Types. The chat itself lives in a frame at HOST, where this page's scripts cannot read it; the two talk over a
// channel that is handed to HOST alone and carries no text of the chat.
//
// window.Parlor(command, …):
//   "open", "close", "toggle"
//   "on" / "off", event, listener    events: "open", "close", "unread" (with the number)
//   "identify", {name, email}        fills in what the chat asks for before the first message; the visitor sees and may change it
//   "locale", "de"                   how times are written
//   "shutdown"                       takes the chat off the page; if it was opened here, this browser also forgets the visitor
// "set" (data about the visitor) is not taken yet and says so in the browser's log.
(() => {
  const script = document.currentScript;
  const site = script?.dataset.site;
  const early = window.Parlor?.q ?? [];
  if (!site || window.Parlor?.on) return;
  const { accent = "#0b5fb8", position, label = "Chat with us", lang } = script.dataset;
  const host = new URL(script.src).origin;
  const flag = `parlor:${site}`;
  const listeners = {};
  // What the frame has to know, also when it is made later.
  const told = { locale: lang };
  let open = false;
  let focus = false;
  let root, button, badge, frame, port, mark, silence;

  // "open" or "kept" (in use, but put away); only ever set after the visitor has opened the chat.
  const remember = (value) => {
    try {
      value ? sessionStorage.setItem(flag, value) : sessionStorage.removeItem(flag);
    } catch {
      // A page without storage forgets it with the next page.
    }
  };
  const remembered = () => {
    try {
      return sessionStorage.getItem(flag);
    } catch {
      return null;
    }
  };

  const tell = (event, detail) => {
    for (const listener of [...(listeners[event] ?? [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  };
  const say = (message) => port?.postMessage(message);
  const node = (name, parts, ...children) => {
    const made = document.createElement(name);
    for (const part in parts) made.setAttribute(part, parts[part]);
    made.append(...children);
    return made;
  };
  const drawing = (...paths) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) {
      const path = document.createElementNS(svg.namespaceURI, "path");
      path.setAttribute("d", d);
      svg.append(path);
    }
    return svg;
  };

  const css = `:host{all:initial!important}
button,iframe{position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;border:0}
:host(.left) :is(button,iframe){inset-inline:20px auto}
button{display:flex;align-items:center;justify-content:center;width:56px;height:56px;padding:0;border-radius:28px;background:var(--accent);color:#fff;cursor:pointer;box-shadow:0 4px 16px #0004}
button:hover{filter:brightness(1.1)}
button:focus-visible{outline:3px solid #fff;outline-offset:-6px;box-shadow:0 0 0 3px #000}
svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
svg+svg,.open svg{display:none}
.open svg+svg{display:block}
span{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:22px;height:22px;box-sizing:border-box;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font:600 13px/22px system-ui,sans-serif;text-align:center}
[hidden]{display:none!important}
iframe{inset-block-end:88px;width:380px;height:min(600px,100dvh - 108px);border-radius:12px;box-shadow:0 0 0 1px #8885,0 8px 40px #0005;background:Canvas}
@media (max-width:479px){iframe,:host(.left) iframe{inset:0;width:100%;height:100dvh;border-radius:0}.open{display:none}}
@media (prefers-reduced-motion:no-preference){iframe{transition:opacity .15s,translate .15s}iframe.away{opacity:0;translate:0 8px}}
@media print{button,iframe{display:none}}`;

  const draw = () => {
    mark = document.createElement("parlor-chat");
    mark.className = position === "left" ? "left" : "";
    mark.style.setProperty("--accent", accent);
    root = mark.attachShadow({ mode: "closed" });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      // Safari before 16.4; there the page's policy has to allow inline styles.
      root.append(node("style", {}, css));
    }
    badge = node("span", { hidden: "", "aria-hidden": "true" });
    button = node("button", { type: "button", "aria-expanded": "false" });
    button.append(drawing("M8 20l-4 1 1-4a8.5 8 0 1 1 3 3zM9 10h7M9 14h4"), drawing("M6 6l12 12M18 6L6 18"), badge);
    root.append(button);
    button.onclick = () => (open ? hide() : show());
    root.addEventListener("keydown", (event) => event.key === "Escape" && open && hide());
    count(0);
    document.body.append(mark);
  };

  const count = (unread) => {
    badge.textContent = unread > 99 ? "99+" : unread;
    badge.hidden = !unread || open;
    button.setAttribute("aria-label", unread && !open ? `${label} (${unread} unread)` : label);
  };

  const load = () => {
    if (frame) return;
    frame = node("iframe", { src: `${host}/widget/${encodeURIComponent(site)}`, title: label, class: "away", hidden: "" });
    frame.onload = () => {
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = ({ data }) => hear(data);
      // The named origin makes sure that nobody else gets the channel, should the frame have gone elsewhere.
      frame.contentWindow.postMessage({ parlor: "hello", ...told, open, focus }, host, [channel.port2]);
      silence = setTimeout(giveUp, 3000);
    };
    root.append(frame);
  };

  // The panel answers at once; what stands there instead is the browser's own error page.
  const giveUp = () => {
    console.error(`Parlor: no chat at ${host}. Either it cannot be reached, or this website is not in the settings of ${site}.`);
    hide();
    frame.remove();
    frame = port = undefined;
  };

  const hear = (data) => {
    clearTimeout(silence);
    if (data.t === "hide") hide();
    else if (data.t === "unread") {
      count(data.count);
      tell("unread", data.count);
    } else if (data.t === "kept") remember(open ? "open" : data.on && "kept");
  };

  const show = (quietly) => {
    if (!root || open) return;
    open = true;
    load();
    frame.hidden = false;
    requestAnimationFrame(() => frame.classList.toggle("away", !open));
    button.className = "open";
    button.setAttribute("aria-expanded", "true");
    remember("open");
    count(0);
    focus = !quietly;
    if (focus) frame.focus();
    say({ t: "open", focus });
    tell("open");
  };

  const hide = () => {
    if (!open) return;
    open = false;
    const inside = root.activeElement === frame;
    frame.hidden = true;
    frame.className = "away";
    button.className = "";
    button.setAttribute("aria-expanded", "false");
    remember();
    say({ t: "close" });
    if (inside) button.focus();
    tell("close");
  };

  const commands = {
    open: () => show(),
    close: hide,
    toggle: () => (open ? hide() : show()),
    on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
    off: (event, listener) => listeners[event]?.delete(listener),
    identify: (who) => say({ t: "identify", who: (told.who = { name: `${who?.name ?? ""}`, email: `${who?.email ?? ""}` }) }),
    locale: (locale) => say({ t: "locale", locale: (told.locale = `${locale}`) }),
    shutdown() {
      say({ t: "shutdown" });
      hide();
      if (port) port.onmessage = null;
      remember();
      // The frame gets a moment to forget the visitor before it goes.
      const gone = mark;
      button.remove();
      setTimeout(() => gone.remove(), 500);
      root = frame = port = undefined;
      clearTimeout(silence);
      // The page may load the script again; until then commands come to nothing.
      Parlor.on = false;
    },
  };
  const Parlor = (command, ...details) => {
    if (!Parlor.on) return;
    if (!commands[command]) return console.warn(`Parlor: "${command}" is not a command yet.`);
    if (root || command === "on" || command === "off") commands[command](...details);
    else early.push([command, ...details]);
  };
  Parlor.on = true;
  window.Parlor = Parlor;

  const begin = () => {
    draw();
    const before = remembered();
    if (before === "open") show(true);
    else if (before) load();
    for (const [command, ...details] of early.splice(0)) Parlor(command, ...details);
  };
  document.body ? begin() : addEventListener("DOMContentLoaded", begin);
})();

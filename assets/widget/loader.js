// A chat's button on a customer's page: <script async src="https://HOST/widget.js" data-site="sit_…"></script>
//
// Attributes, all optional: data-window="win_…" (one of the site's further windows; each has a line of its own, and several may stand
// on one page), data-accent="#0b5fb8", data-scheme="light" or "dark", data-position="left", data-offset="20 20" (pixels from the side
// and from below), data-label="Chat with us" (its name), data-text="Ask us" or data-image="/owl.png" (in place of the icon),
// data-launcher="none" (no button), data-lang="de" (else the page's own), data-visits (the site has live visitors on: see visits.js).
// Any element of the page is a button as well: <button data-parlor-open> or data-parlor-open="win_…".
//
// Nothing is loaded before somebody opens the chat, unless this tab had it in use before or the site watches its visitors. It draws
// into a closed shadow root with the DOM and CSSOM only, so it needs no more of the page's policy than `script-src` and `frame-src`
// of HOST, and passes Trusted Types. The chat itself lives in a frame at HOST, where this page's scripts cannot read it; the two talk
// over a channel that is handed to HOST alone and carries no text of the chat.
//
// window.Parlor(command, …), from the first moment with  window.Parlor ??= (...all) => (window.Parlor.q ??= []).push(all)
//   "open", "close", "toggle", {window}?
//   "identify", {id, name, email, hash}   who the visitor is: proven by the hash, or else just filled into the form
//   "set", {plan: "gold"}            what the website knows; shown to the operators
//   "locale", "de"                   the language
//   "on" / "off", event, listener    "ready", "open", "close", "unread" (how many), "started", "message" ({from}), "ended", "rated"
//                                    ({stars}); each gets as its second argument which chat it was: {site, window}
//   "shutdown"                       takes all chats off the page; those that were in use also forget the visitor
(() => {
  const script = document.currentScript;
  const { site, window: win = "", accent = "#0b5fb8", position, offset = "", label = "Chat with us", text, image, launcher, scheme = "", lang = document.documentElement.lang, visits } = script?.dataset ?? {};
  if (!site) return;
  const host = new URL(script.src).origin;
  const flag = `parlor:${site}${win}`;
  let open, focus, root, button, badge, frame, say, mark, opener;

  // What all chats of a page share; the first one makes it.
  const share = () => {
    const waiting = window.Parlor?.q ?? [];
    const listeners = {};
    const commands = {
      on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
      off: (event, listener) => listeners[event]?.delete(listener),
      identify: (who) => tell("who", { ...who }),
      set: (more) => tell("set", { ...Parlor.told.set, ...more }),
      locale: (locale) => tell("locale", `${locale}`),
      shutdown() {
        for (const chat of Parlor.chats.splice(0)) chat.shutdown();
        Parlor.told = {};
      },
    };
    const tell = (what, value) => {
      Parlor.told[what] = value;
      for (const chat of Parlor.chats) chat.tell({ t: "told", ...Parlor.told });
    };
    const Parlor = (command, ...details) => {
      if (commands[command]) return void commands[command](...details);
      const wanted = details[0]?.window;
      const chat = Parlor.chats.find((it) => !wanted || it.window === wanted);
      if (chat?.[command]) chat[command]();
      // It may be meant for a chat whose line comes later.
      else waiting.push([command, ...details]);
    };
    Parlor.chats = [];
    Parlor.told = {};
    Parlor.add = (chat) => {
      Parlor.chats.push(chat);
      for (const all of waiting.splice(0)) Parlor(...all);
    };
    Parlor.say = (event, detail, chat) => {
      for (const listener of [...(listeners[event] ?? [])]) {
        try {
          listener(detail, chat);
        } catch (error) {
          console.error(error);
        }
      }
    };
    document.addEventListener("click", (event) => {
      const place = event.target.closest?.("[data-parlor-open]");
      if (!place) return;
      event.preventDefault();
      Parlor("open", { window: place.dataset.parlorOpen });
    });
    return (window.Parlor = Parlor);
  };
  const Parlor = window.Parlor?.add ? window.Parlor : share();
  const event = (name, detail) => Parlor.say(name, detail, { site, window: win });

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

  const node = (name, parts, ...children) => {
    const made = document.createElement(name);
    for (const part in parts) made.setAttribute(part, parts[part]);
    made.append(...children);
    return made;
  };
  const drawing = (d) => {
    const make = (name, parts) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const part in parts) made.setAttribute(part, parts[part]);
      return made;
    };
    const svg = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
    svg.append(make("path", { d }));
    return svg;
  };

  const css = `:host{all:initial!important;position:fixed!important;z-index:2147483000!important}
button,iframe{position:fixed;inset-block-end:var(--y);inset-inline-end:var(--x);border:0}
:host(.left) :is(button,iframe){inset-inline:var(--x) auto}
button{display:flex;align-items:center;justify-content:center;gap:8px;min-width:56px;height:56px;padding:0;border-radius:28px;background:var(--accent);color:#fff;font:600 16px/1.2 system-ui,sans-serif;cursor:pointer;box-shadow:0 4px 16px #0004}
button:has(b){padding:0 20px}
button:hover{filter:brightness(1.1)}
button:focus-visible{outline:3px solid #fff;outline-offset:-6px;box-shadow:0 0 0 3px #000}
img{width:56px;height:56px;border-radius:28px;object-fit:cover}
svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.shut,.open>*{display:none}
.open .shut{display:block}
i{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:22px;height:22px;box-sizing:border-box;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font:600 13px/22px system-ui,sans-serif;text-align:center}
[hidden]{display:none!important}
iframe{inset-block-end:calc(var(--y) + 68px);width:380px;height:min(600px,100dvh - var(--y) - 88px);border-radius:12px;box-shadow:0 0 0 1px #8885,0 8px 40px #0005;background:Canvas}
.bubble{width:min(300px,100% - 40px);height:0}
@media (max-width:479px){.chat,:host(.left) .chat{inset:0;width:100%;height:100dvh;border-radius:0}.open{display:none}}
@media (prefers-reduced-motion:no-preference){iframe{transition:opacity .15s,translate .15s}.away{opacity:0;translate:0 8px}}
@media print{button,iframe{display:none}}`;

  const draw = () => {
    mark = node("parlor-chat", { class: position === "left" ? "left" : "" });
    const [x, y] = offset.split(" ");
    for (const [name, value] of [["--accent", accent], ["--x", `${+x || 20}px`], ["--y", `${+y || 20}px`]]) mark.style.setProperty(name, value);
    root = mark.attachShadow({ mode: "closed" });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      // Safari before 16.4; there the page's policy has to allow inline styles.
      root.append(node("style", {}, css));
    }
    const shut = drawing("M6 6l12 12M18 6L6 18");
    shut.classList.add("shut");
    badge = node("i", { "aria-hidden": "true" });
    const face = text ? node("b", {}, text) : image ? node("img", { src: image, alt: "" }) : drawing("M8 20l-4 1 1-4a8.5 8 0 1 1 3 3zM9 10h7M9 14h4");
    button = node("button", { type: "button", "aria-expanded": "false" }, face, shut, badge);
    button.hidden = launcher === "none";
    button.onclick = () => chat.toggle();
    root.append(button);
    root.addEventListener("keydown", ({ key }) => key === "Escape" && chat.close());
    count(0);
    document.body.append(mark);
  };

  const count = (unread) => {
    badge.textContent = unread > 99 ? "99+" : unread;
    badge.hidden = !unread || open;
    const name = text ?? label;
    button.setAttribute("aria-label", unread && !open ? `${name} (${unread})` : name);
  };

  // A frame at HOST and a channel to it. The named origin makes sure that nobody else gets the channel, should the frame have gone
  // elsewhere; where nothing answers at once, the browser's own error page stands there.
  const talk = (path, kind, hear) => {
    const made = node("iframe", { src: `${host}/widget/${site}${path}`, title: label, class: kind, hidden: "" });
    let port;
    made.onload = () => {
      const channel = new MessageChannel();
      port = channel.port1;
      const silence = setTimeout(() => {
        console.error(`Parlor: no chat at ${host}. Either it cannot be reached, or this website is not in the settings of ${site}.`);
        made.remove();
        hear({ t: "lost" });
      }, 3000);
      port.onmessage = ({ data }) => {
        clearTimeout(silence);
        hear(data);
      };
      made.contentWindow.postMessage({ parlor: "hello", ...Parlor.told, locale: locale(), window: win, page: page(), open, focus }, host, [channel.port2]);
    };
    root.append(made);
    return [made, (message) => port?.postMessage(message)];
  };
  // What follows `?` and `#` may be nobody's business but the website's.
  const locale = () => Parlor.told.locale ?? lang;
  const page = () => ({ address: location.origin + location.pathname, title: document.title, referrer: document.referrer.split(/[?#]/)[0] });

  const load = () => {
    if (frame) return;
    [frame, say] = talk(`?${new URLSearchParams({ window: win, lang: locale(), scheme })}`, "chat away", (data) => {
      if (data.t === "hide") chat.close();
      else if (data.t === "lost") {
        chat.close();
        frame = say = undefined;
      } else if (data.t === "unread") {
        count(data.count);
        event("unread", data.count);
      } else if (data.t === "kept") remember(open ? "open" : data.on && "kept");
      else if (data.t === "event") event(data.name, data.detail);
    });
  };

  const show = (quietly) => {
    if (!root || open) return;
    for (const other of Parlor.chats) other.close();
    opener = root.activeElement ?? document.activeElement;
    open = true;
    focus = !quietly;
    load();
    frame.hidden = false;
    requestAnimationFrame(() => frame?.classList.toggle("away", !open));
    button.className = "open";
    button.setAttribute("aria-expanded", "true");
    remember("open");
    count(0);
    if (focus) frame.focus();
    say({ t: "open", focus, page: page() });
    event("open");
  };

  const chat = {
    site,
    window: win,
    lang,
    open: () => show(),
    close() {
      if (!open) return;
      open = false;
      const inside = root.activeElement === frame;
      frame.hidden = true;
      frame.classList.add("away");
      button.className = "";
      button.setAttribute("aria-expanded", "false");
      remember();
      say({ t: "close" });
      if (inside) (opener?.isConnected ? opener : button).focus();
      event("close");
    },
    toggle: () => (open ? chat.close() : show()),
    tell: (message) => say?.(message),
    talk,
    shutdown() {
      chat.tell({ t: "shutdown" });
      chat.close();
      remember();
      // The frame gets a moment to forget the visitor before it goes.
      button.remove();
      setTimeout(() => mark.remove(), 500);
      root = undefined;
    },
  };

  const begin = () => {
    draw();
    const before = remembered();
    if (before === "open") show(true);
    else if (before) load();
    Parlor.add(chat);
    event("ready");
    if (visits !== undefined) import(`${host}/visits.js`).then(() => Parlor.watch(chat), console.error);
  };
  document.body ? begin() : addEventListener("DOMContentLoaded", begin);
})();

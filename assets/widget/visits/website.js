// What a page tells of its visitor, on sites that watch them: a frame of the appliance, hidden but for its invitation, hears which page
// it is, how far it was scrolled and when the pointer leaves it. The loader brings this in where its line says data-visits.

const watched = new Set();

// The loader calls it for each chat, with what it shares: site, lang, open(), tell(), talk().
window.Parlor.watch = (chat) => {
  const { Parlor } = window;
  // Several windows of a site on one page have one visitor.
  if (watched.has(chat.site)) return;
  watched.add(chat.site);
  let frame, say;
  const page = () => ({ address: location.origin + location.pathname, title: document.title, referrer: document.referrer.split(/[?#]/)[0] });
  const hear = (data) => {
    if (data.t === "size") {
      frame.style.height = `min(${data.height}px, 60dvh)`;
      frame.style.visibility = data.height ? "" : "hidden";
    } else if (data.t === "visit" || data.t === "accept") {
      Parlor.told.visit = data.visit;
      Parlor.told.invited = data.t === "accept";
      chat.tell({ t: "told", ...Parlor.told });
      if (Parlor.told.invited) chat.open();
    }
  };
  [frame, say] = chat.talk(`/visit?${new URLSearchParams({ lang: Parlor.told.locale ?? chat.lang })}`, "bubble", hear);
  // Not `hidden`: it has to be laid out to know how tall its words are.
  frame.hidden = false;
  frame.style.visibility = "hidden";
  const far = () => Math.round((100 * (scrollY + innerHeight)) / document.documentElement.scrollHeight);
  let furthest = 0;
  addEventListener(
    "scroll",
    () => {
      const percent = far();
      if (percent < furthest + 5) return;
      say({ t: "scrolled", percent: (furthest = percent) });
    },
    { passive: true },
  );
  document.documentElement.addEventListener("mouseleave", ({ clientY }) => clientY <= 0 && say({ t: "leaving" }));
  const turn = () => {
    furthest = 0;
    say({ t: "told", page: page() });
  };
  if (window.navigation) navigation.addEventListener("navigatesuccess", turn);
  else for (const kind of ["popstate", "hashchange"]) addEventListener(kind, turn);
  Parlor("on", "open", () => say({ t: "opened" }));
};

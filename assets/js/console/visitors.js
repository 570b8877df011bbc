// The list of who browses: asked for again every few seconds, as long as somebody looks at it.
import { elementFrom } from "../html.js";
import { dressTimes } from "./times.js";

const AGAIN_AFTER_MS = 4_000;

const visits = document.getElementById("visits");

async function renewVisits() {
  if (document.visibilityState !== "visible") return;
  const csrf = document.querySelector("meta[name=csrf]").content;
  try {
    const answer = await fetch(visits.dataset.from, { headers: { "X-Parlor-Csrf": csrf, Accept: "text/html" }, cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return;
    const html = await answer.text();
    // Somebody may stand on a link with the keyboard.
    const at = visits.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    visits.replaceChildren(elementFrom(html));
    dressTimes(visits);
    if (at) visits.querySelector(`a[href="${CSS.escape(at)}"]`)?.focus();
  } catch {
    // The line is down for a moment; the next time it may be there.
  }
}

if (visits) {
  setInterval(renewVisits, AGAIN_AFTER_MS);
  document.addEventListener("visibilitychange", renewVisits);
}

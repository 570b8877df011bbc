// How old each row is, in figures, in words and at its edge: who waits grows older by the second; a chat of mine that is silent is idle.
import { ageText, secondsSince, secondsSinceText } from "./times.js";

const oldAfter = 60;
const lateAfter = 180;
const idleAfter = 120;

export function showAges(groups, offers) {
  for (const name of ["waiting", "offered"]) for (const row of groups[name].querySelectorAll(".queue-row")) showWaiting(row, offers);
  const oldest = groups.waiting.querySelector(".queue-oldest");
  const first = groups.waiting.querySelector(".queue-row:not([hidden]) time");
  oldest.hidden = !first;
  if (first) put(oldest, `oldest ${ageText(secondsSince(first))}`);
  // Of the others' chats nobody tells this page when something is said.
  for (const row of groups.mine.querySelectorAll(".queue-row")) showIdle(row);
}

function showWaiting(row, offers) {
  const time = row.querySelector("time");
  const seconds = secondsSince(time);
  put(time, ageText(seconds));
  row.classList.toggle("queue-row-old", seconds >= oldAfter);
  row.classList.toggle("queue-row-late", seconds >= lateAfter);
  put(row.querySelector(".queue-long"), seconds >= lateAfter ? "very long" : seconds >= oldAfter ? "long" : "");
  put(row.querySelector(".queue-left"), offers.words(row.dataset.conversation));
}

function showIdle(row) {
  const idle = secondsSinceText(row.dataset.active);
  const minutes = Math.floor(idle / 60);
  const words = minutes >= 60 ? `idle ${Math.floor(minutes / 60)} h` : `idle ${minutes} min`;
  put(row.querySelector(".queue-idle"), idle >= idleAfter && row.dataset.state === "active" ? words : "");
}

// Nothing is drawn anew that says what it said before.
function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Times in the reader's own zone: short where they stand, whole when the pointer rests on them. Those that wait grow older.

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const wholeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

// How far this machine's clock is behind the server's: ages are counted by the server's clock.
let clockOffset = 0;

export function setServerNow(text) {
  const there = Date.parse(text);
  if (Number.isFinite(there)) clockOffset = there - Date.now();
}

export function serverNow() {
  return Date.now() + clockOffset;
}

export function dressTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-whole])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const today = at.toDateString() === new Date(serverNow()).toDateString();
    time.textContent = (today ? clockFormat : dayFormat).format(at);
    time.title = wholeFormat.format(at);
  }
}

export function shortClock(date) {
  return clockFormat.format(date);
}

// "0:41", "12:05", "1:02:03".
export function ageText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const minutes = hours > 0 ? `${hours}:${String(parts[0]).padStart(2, "0")}` : String(parts[0]);
  return `${minutes}:${String(parts[1]).padStart(2, "0")}`;
}

export function secondsSince(time) {
  return secondsSinceText(time.dateTime);
}

export function secondsSinceText(text) {
  return (serverNow() - Date.parse(text)) / 1000;
}

// Times come as UTC and are shown in the reader's own zone: near ones relative, with the exact time on hover.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) {
    const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(at);
    time.textContent = ("exact" in time.dataset ? null : relativeTime(at)) ?? exact;
    time.title = exact;
  }
}

function relativeTime(at) {
  const seconds = Math.round((at.getTime() - Date.now()) / 1000);
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) {
    return words.format(seconds, "second");
  }
  if (size < 3600) {
    return words.format(Math.round(seconds / 60), "minute");
  }
  return size < 86_400 ? words.format(Math.round(seconds / 3600), "hour") : null;
}

// The real widget stands beside its settings and follows them while they are typed. The frame goes to each next address in place of
// the one before, so that the way back leads to the page before this one.
const PREVIEW_AFTER_MS = 250;

for (const frame of document.querySelectorAll("iframe[data-preview]")) {
  const names = ["accent", "scheme", "position", "launcher", "launcher_text", "launcher_image"];
  const form = document.querySelector("form[data-changes]");
  let shown = new URL(frame.src).search;
  let timer = 0;
  const follow = () => {
    const typed = new FormData(form);
    const query = `?${new URLSearchParams(names.map((name) => [name, typed.get(name) ?? ""]))}`;
    if (query !== shown) {
      shown = query;
      frame.contentWindow.location.replace(frame.dataset.preview + query);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(follow, PREVIEW_AFTER_MS);
  });
}

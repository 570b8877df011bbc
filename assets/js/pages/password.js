// Shows what is being typed, if asked, and says how far along a new passphrase is: in words, since length is all that counts.
for (const box of document.querySelectorAll(".password")) {
  const field = box.querySelector("input");
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "password-toggle";
  toggle.setAttribute("aria-controls", field.id);
  const say = (visible) => {
    field.type = visible ? "text" : "password";
    toggle.textContent = visible ? "Hide" : "Show";
    toggle.setAttribute("aria-label", visible ? "Hide password" : "Show password");
  };
  say(false);
  toggle.addEventListener("click", () => say(field.type === "password"));
  // A visible password would be offered for completion next time.
  field.form?.addEventListener("submit", () => say(false));
  box.append(toggle);
}

for (const meter of document.querySelectorAll("[data-meter]")) {
  const field = document.getElementById(meter.dataset.meter);
  const least = Number(meter.dataset.least);
  const bar = document.createElement("progress");
  const words = document.createElement("span");
  bar.max = least;
  bar.setAttribute("aria-label", "Length of the password");
  meter.append(bar, words);
  const measure = () => {
    const length = [...field.value].length;
    bar.value = Math.min(length, least);
    meter.hidden = length === 0;
    words.textContent = passwordLengthInWords(length, least);
  };
  field.addEventListener("input", measure);
  measure();
}

function passwordLengthInWords(length, least) {
  const missing = least - length;
  if (missing > 0) {
    return missing === 1 ? "One more character" : `${missing} more characters`;
  }
  return length >= least + 8 ? "Long, which is what makes it strong" : "Long enough";
}

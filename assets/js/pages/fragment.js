// A secret in a link stands behind the #, where no server or log sees it. It moves into its field, and out of the address bar
// and the history, before anybody looks over a shoulder.
for (const field of document.querySelectorAll("input[data-from-fragment]")) {
  const secret = decodeFragment(location.hash.slice(1));
  if (secret !== "") {
    field.value = secret;
    const shown = document.getElementById(field.dataset.fromFragment);
    const whole = field.closest(".field");
    if (shown !== null && whole !== null) {
      shown.hidden = false;
      whole.hidden = true;
    }
    history.replaceState(null, "", location.pathname + location.search);
  }
}

function decodeFragment(text) {
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text;
  }
}

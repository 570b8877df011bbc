// The colour can be typed or picked; both fields say the same.
for (const picker of document.querySelectorAll("input[type=color][data-for]")) {
  const field = document.getElementById(picker.dataset.for);
  picker.hidden = false;
  picker.value = field.value;
  picker.addEventListener("input", () => {
    field.value = picker.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(field.value)) {
      picker.value = field.value;
    }
  });
}

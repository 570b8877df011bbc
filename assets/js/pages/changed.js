// Marks fields that differ from what is saved, and asks before such a page is left.
for (const form of document.querySelectorAll("form[data-changes]")) {
  const note = form.querySelector(".save-note");
  const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const before = new Map(fields.map((field) => [field, valueOfField(field)]));
  let sending = false;

  const look = () => {
    const changed = fields.filter((field) => before.get(field) !== valueOfField(field));
    for (const block of form.querySelectorAll(".field, .check, .group")) {
      const mark = block.querySelector(":scope > .changed-mark, :scope > label > .changed-mark, :scope > legend > .changed-mark");
      const isChanged = changed.some((field) => field.closest(".field, .check, .group") === block);
      if (isChanged && mark === null) {
        const label = block.querySelector(":scope > label, :scope > legend");
        const added = document.createElement("span");
        added.className = "changed-mark";
        added.textContent = " · changed";
        label?.append(added);
      } else if (!isChanged) {
        mark?.remove();
      }
    }
    if (note !== null) {
      note.textContent = changed.length === 0 ? "" : "Not saved yet";
    }
    return changed.length > 0;
  };

  form.addEventListener("input", look);
  form.addEventListener("change", look);
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("beforeunload", (event) => {
    if (!sending && look()) {
      event.preventDefault();
    }
  });
}

function valueOfField(field) {
  return field.type === "checkbox" || field.type === "radio" ? String(field.checked) : field.value;
}

// Marks fields that differ from what is saved, and asks before such a page is left. A form that says `data-unsaved` came back from
// the server with changes in it.
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
    const isChanged = changed.length > 0 || "unsaved" in form.dataset;
    if (note !== null) {
      note.textContent = isChanged ? "Not saved yet" : "";
    }
    return isChanged;
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

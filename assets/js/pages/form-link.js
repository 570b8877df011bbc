// Whoever follows a link to a form wants to see it: what stood behind the # is sent as soon as it stands in its field.
for (const field of document.querySelectorAll("input[data-sends]")) {
  if (field.value !== "") field.form.requestSubmit();
}

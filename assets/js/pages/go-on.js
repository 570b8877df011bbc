// What was interrupted for a proof goes on by itself.
for (const form of document.querySelectorAll("form[data-go-on]")) {
  form.requestSubmit();
}

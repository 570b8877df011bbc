// Copies what stands in the element a button names, and says so where the button's words were.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const words = button.querySelector("[data-words]");
  const before = words.textContent;
  let timer = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      words.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      words.textContent = "Selected: press Ctrl+C";
    }
    clearTimeout(timer);
    timer = setTimeout(() => { words.textContent = before; }, 4000);
  });
}

// Only where a site watches its visitors: whoever comes by an invitation reads its words in place of the site's own.

addEventListener("invited", async ({ detail: visit }) => {
  const { site } = document.documentElement.dataset;
  const answer = await fetch(`/widget/${site}/invitation`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ visit }), cache: "no-store" });
  if (!answer.ok) return;
  const { text, name } = await answer.json();
  const [sender, bubble] = document.querySelector("#log > .run").children;
  // The texts are written again when the language changes, and these words have none.
  delete bubble.dataset.t;
  bubble.textContent = text;
  if (name) sender.textContent = name;
});

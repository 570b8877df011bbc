// The page of one canned response: buttons that insert a variable, and a preview with samples in their place.

function dress(form) {
  const text = form.querySelector("#text");
  const buttons = [...form.querySelectorAll("[data-insert]")];
  const preview = form.querySelector("#preview");
  const show = () => {
    preview.replaceChildren(...nodes(text.value, buttons));
    preview.parentElement.hidden = text.value.trim() === "";
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
      text.focus();
      show();
    });
  }
  text.addEventListener("input", show);
  form.querySelector(".canned-variables").hidden = false;
  show();
}

function nodes(text, buttons) {
  const samples = new Map(buttons.map((button) => [button.dataset.insert, button.dataset.sample]));
  return text.split(/(\{[a-z.]+\})/u).map((piece) => {
    if (!samples.has(piece)) return document.createTextNode(piece);
    const mark = document.createElement("mark");
    mark.className = "canned-variable";
    mark.textContent = samples.get(piece);
    return mark;
  });
}

const form = document.querySelector(".canned-form");
if (form) dress(form);

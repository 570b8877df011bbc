// The only place that turns text into HTML. What comes here was rendered by the appliance's own templates, which escape
// whatever people wrote; the browser lets no other script do this (Trusted Types, policy "parlor").

const fragmentPolicy = globalThis.trustedTypes?.createPolicy("parlor", { createHTML: (html) => html });

function contentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = fragmentPolicy ? fragmentPolicy.createHTML(html) : html;
  return template.content;
}

// The first element of a fragment that the appliance rendered, or null.
export function elementFrom(html) {
  return contentOf(html).firstElementChild;
}

// What matches the selector in a fragment, or null.
export function elementWithin(html, selector) {
  return contentOf(html).querySelector(selector);
}

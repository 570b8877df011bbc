// The two ways to an element: the one in the page by its id, and a new one.

export const byId = (id) => document.getElementById(id);

/** An element with a class and text: the only way in which anything that people wrote gets onto the page. */
export function piece(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

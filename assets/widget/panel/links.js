// Addresses in messages become links, and only such as lead to a website or a mailbox. src/domain/links.rs says the same for
// the staff's side.

import { piece } from "./dom.js";

const ADDRESS = /\b(?:https?:\/\/|mailto:)[^\s<>"`\\^{|}]+/gi;
// What ends the sentence is not part of the address, and a bracket is only when it was opened in it.
const TAIL = /[.,;:!?'"»”’…*_]$/;

/** Puts text into an element, with its links. */
export function link(node, text) {
  let from = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const shown = trimmed(found);
    const target = safe(shown);
    if (!target) continue;
    const a = piece("a", "", shown);
    Object.assign(a, { href: target, target: "_blank", rel: "noopener noreferrer nofollow" });
    node.append(text.slice(from, index), a);
    from = index + shown.length;
  }
  node.append(text.slice(from));
  return node;
}

function trimmed(address) {
  for (;;) {
    const open = address.split("(").length;
    if (TAIL.test(address) || (address.endsWith(")") && address.split(")").length > open)) address = address.slice(0, -1);
    else return address;
  }
}

function safe(address) {
  try {
    const { protocol, href, host, pathname } = new URL(address);
    return /^https?:$/.test(protocol) ? host && href : protocol === "mailto:" && pathname.includes("@") && href;
  } catch {
    return null;
  }
}

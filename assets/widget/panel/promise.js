// When what the visitor writes is deleted: a message that is left may be kept for another time than a chat.

import { byId } from "./dom.js";

/** Says what holds for messages rather than for chats, where that is something else. */
export function promise(isMessage) {
  const left = byId("promise-left");
  if (!left) return;
  left.hidden = !isMessage;
  byId("promise").hidden = isMessage;
}

// Whether the server has room: a notice while it has little, drawn by the server.
import { elementFrom } from "../html.js";

export class Disk {
  constructor(element) {
    this.element = element;
  }

  // True when there was a notice and there is none any more.
  show({ room, free_mib, html }) {
    const shown = this.element.firstElementChild;
    if (html && shown?.dataset.room === room) shown.querySelector(".room-free").textContent = free_mib;
    else this.element.replaceChildren(...(html ? [elementFrom(html)] : []));
    return Boolean(shown) && !html;
  }
}

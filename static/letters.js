// How hashtags are written when they are copied: in small letters, or with capitals that screen readers tell words by.

import { recall, remember } from "./memory.js";

export class Letters extends EventTarget {
  constructor(select) {
    super();
    this.select = select;
    select.value = recall("localStorage", "letters") === "capitals" ? "capitals" : "lower";
    select.addEventListener("change", () => {
      remember("localStorage", "letters", select.value);
      this.dispatchEvent(new Event("change"));
    });
  }

  write(pick) {
    return `#${this.select.value === "capitals" ? pick.capitals : pick.display.toLowerCase()}`;
  }
}

// @ts-check
/** Remembers in this browser which ambassador somebody is, where the browser lets it. */

import { isForm } from "../published.js";

const KEY = "ambassador.chosen";

/** @returns {string | undefined} */
export function chosen() {
  try {
    const id = localStorage.getItem(KEY);
    return isForm("identifier", id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} id */
export function choose(id) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Without storage the choice is only not remembered.
  }
}

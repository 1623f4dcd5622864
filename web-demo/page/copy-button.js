// @ts-check
/** A button that copies a text, and says so. */

import { announce, element } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {string} label
 * @param {() => string} text
 * @returns {HTMLElement}
 */
export function copyButton(label, text) {
  const word = element("span", null, label);
  const button = element("button", { class: "button-quiet", type: "button" }, icon("copy"), word);
  let restore = 0;
  button.addEventListener("click", async () => {
    clearTimeout(restore);
    try {
      await navigator.clipboard.writeText(text());
      word.textContent = "Copied";
      announce("Copied.");
    } catch {
      word.textContent = "Select the text and copy it";
      announce("The browser does not allow copying. Select the text and copy it.");
    }
    restore = window.setTimeout(() => (word.textContent = label), 2500);
  });
  return button;
}

// @ts-check
/** The two lines that put the calculator on any web page. */

import { announce, element, replace } from "../dom.js";
import { icon } from "../icons.js";

/** Returns the lines with a button that copies them. */
export function embedding() {
  const base = new URL(".", document.baseURI).href;
  const lines = `<script type="module" src="${base}element/reward-calculator.js"></script>\n<reward-calculator terms="${base}published/terms/1.toml" price="1250/21000"></reward-calculator>`;
  const word = element("span", null, "Copy the lines");
  const copy = async () => {
    const copied = await navigator.clipboard.writeText(lines).then(() => true, () => false);
    replace(word, copied ? "Copied" : "Select and copy them");
    announce(word.textContent ?? "");
  };
  return element("details", { class: "embedding no-print" },
    element("summary", null, "Put a calculator on your own page"),
    element("div", { class: "embedding-inside" },
      element("p", { class: "soft" }, "Two lines, no account, no tracking. ", element("a", { href: "embed/index.html" }, "See it on a page that is not ours"), "."),
      element("pre", { tabindex: "0", "aria-label": "Lines to copy" }, element("code", null, lines)),
      element("button", { class: "button-quiet", type: "button", onclick: copy }, icon("copy"), word)));
}

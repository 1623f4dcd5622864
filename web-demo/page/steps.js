// @ts-check
/** Shows an explanation: each rule that made a number, in order. */

import { element } from "./dom.js";
import { figure as figureText, sentence as sentenceText, shown } from "./format.js";

/** @typedef {import("./wasm/ambassador.js").Step} Step */

/**
 * Returns the steps as an ordered list.
 *
 * @param {Step[]} steps
 * @returns {HTMLElement}
 */
export function stepsView(steps) {
  return element("ol", { class: "steps" }, ...steps.map(({ rule, title, sentence, figure }) =>
    element("li", null,
      element("span", { class: "badge" }, shown(rule)),
      element("div", { class: "steps-words" },
        element("strong", null, shown(title)),
        element("p", null, sentenceText(sentence))),
      figure === "" ? null : element("span", { class: "steps-figure" }, figureText(figure)))));
}

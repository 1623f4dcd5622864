// @ts-check
/** Plans to start from, the link that restores the plan, and printing. */

import { announce, element, replace } from "../dom.js";
import { icon } from "../icons.js";
import { PRESETS, draftOf } from "./presets.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */

const SHOWN = 2500;

/**
 * Returns the buttons above the plan.
 *
 * @param {Store} store
 * @param {() => string} link returns the link to the plan as it stands
 * @returns {{ node: HTMLElement, update: (state: State) => void }}
 */
export function toolbar(store, link) {
  const word = element("span", null, "Copy link");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let shownFor;
  const share = element("button", {
    class: "button-quiet", type: "button",
    onclick: async () => {
      const copied = await copy(link());
      word.textContent = copied ? "Link copied" : "Copy it from the address bar";
      announce(word.textContent);
      clearTimeout(shownFor);
      shownFor = setTimeout(() => replace(word, "Copy link"), SHOWN);
    },
  }, icon("link"), word);
  const print = element("button", { class: "button-quiet", type: "button", onclick: () => window.print() }, icon("print"), "Print");
  const presets = PRESETS.map((preset) => element("button", {
    class: "preset", type: "button", title: preset.about,
    onclick: () => {
      store.restructure(({ price: { month, closes } }) => draftOf(preset, { month, closes }));
      announce(`${preset.name}: ${preset.about}.`);
    },
  }, preset.name));
  return {
    node: element("div", { class: "toolbar no-print" },
      element("div", { class: "presets", role: "group", "aria-label": "Plans to start from" }, element("span", { class: "presets-label", "aria-hidden": "true" }, "Start from"), ...presets),
      element("div", { class: "row" }, share, print)),
    update({ faults }) {
      share.disabled = faults.length > 0;
      share.title = faults.length > 0 ? "A link restores a plan that can be computed: mend the field first." : "";
    },
  };
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// @ts-check
/** How the sum was made, rule by rule: caps, budget, minimum, price and conversion. */

import { element, replace } from "../dom.js";
import { stepsView } from "../steps.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */

/** An explanation costs as much as a quote; it waits for a pause. */
const PAUSE = 160;

/**
 * Returns the explanation of the sum, computed while it is open.
 *
 * @param {Store} store
 * @returns {{ node: HTMLElement, update: (state: State) => void }}
 */
export function traceView(store) {
  const inside = element("div", { class: "trace-inside" });
  /** @type {import("./store.js").Result | undefined} */
  let told;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const tell = () => {
    const { result } = store.state;
    if (!node.open || result === undefined || result === told) return;
    told = result;
    replace(inside, stepsView(store.rules.explainTotal(result.plan)));
  };
  const node = element("details", { class: "trace", open: true, ontoggle: tell },
    element("summary", null, element("h2", null, "How the sum is made")), inside);
  return {
    node,
    update({ faults }) {
      inside.classList.toggle("sum-stale", faults.length > 0);
      clearTimeout(pause);
      if (told === undefined) tell();
      else pause = setTimeout(tell, PAUSE);
    },
  };
}

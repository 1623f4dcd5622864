// @ts-check
/** The month as one bar, stacked by what it is paid for, with a legend that says the amounts. */

import { element, replace } from "../dom.js";
import { usd } from "../format.js";
import { largest } from "./positions.js";

/** @typedef {import("../wasm/ambassador.js").Quote} Quote */

/**
 * Returns a bar of what a month pays and leaves to later months.
 *
 * @param {import("./positions.js").Proportions} rules
 * @returns {{ node: HTMLElement, update: (quote: Quote) => void }}
 */
export function monthBar(rules) {
  const bar = element("div", { class: "month-bar", "aria-hidden": "true" });
  const legend = element("dl", { class: "month-legend" });
  return {
    node: element("div", { class: "month" }, bar, legend),
    update(quote) {
      const parts = partsOf(quote);
      const amounts = parts.map((part) => part.amount);
      // Lengths beside each other need no sum: each is told as a share of the longest.
      const shares = rules.proportions(amounts, largest(rules, amounts));
      replace(bar, ...parts.map(({ kind }, place) => (shares[place] === 0 ? null : element("span", { class: `month-part kind-${kind}`, style: { "flex-grow": String(shares[place]) } }))));
      replace(legend, ...parts.map(({ kind, name, amount }) => element("div", { class: amount === "0" ? "month-none" : null },
        element("dt", null, element("span", { class: `swatch kind-${kind}`, "aria-hidden": "true" }), name),
        element("dd", { class: "money" }, usd(amount)))));
    },
  };
}

/** @param {Quote} quote */
function partsOf({ totals, deferredUsd }) {
  return [
    { kind: "base", name: "Base rewards", amount: totals.baseUsd },
    { kind: "tier", name: "Volume tiers", amount: totals.tierUsd },
    { kind: "use_case", name: "Use cases", amount: totals.useCaseUsd },
    { kind: "innovative", name: "New use cases", amount: totals.innovativeUsd },
    ...(deferredUsd === "0" ? [] : [{ kind: "later", name: "Waits for later months", amount: deferredUsd }]),
  ];
}

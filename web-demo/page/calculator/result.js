// @ts-check
/** What the plan pays: the sum in dollars and exact tokens, the month as a bar, and what keeps it from being computed. */

import { announce, element, replace } from "../dom.js";
import { failureWords } from "../failure.js";
import { tokens, usd } from "../format.js";
import { icon } from "../icons.js";
import { monthBar } from "./bar.js";
import { placeOf } from "./faults.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */

/** A screen reader hears the sum when typing rests. */
const REST = 700;
const LONG = 18;

/**
 * Returns the result of the plan.
 *
 * @param {Store} store
 * @returns {{ node: HTMLElement, update: (state: State) => void }}
 */
export function resultView(store) {
  const dollars = element("span", { class: "sum-dollars" });
  const amount = element("span", { class: "sum-tokens" });
  const rate = element("p", { class: "sum-rate" });
  const bar = monthBar(store.rules);
  const trouble = element("div", { class: "sum-trouble" });
  const good = element("div", { class: "sum-good" },
    element("p", { class: "sum" }, element("span", { class: "sum-label" }, "This month pays"), dollars, amount),
    rate, bar.node);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;
  let said = "";
  const say = (/** @type {string} */ text) => {
    if (said === "") said = text;
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (text !== said) announce(text);
      said = text;
    }, REST);
  };
  return {
    node: element("section", { class: "result", "aria-label": "Result" }, trouble, good),
    update({ result, faults }) {
      good.classList.toggle("sum-stale", faults.length > 0);
      good.hidden = result === undefined;
      replace(trouble, ...(faults.length === 0 ? [] : [faultNote(faults, result !== undefined)]));
      if (faults.length > 0) return say(`Not computed. ${placeOf(faults[0].field)}. ${failureWords(faults[0]).message}`);
      if (result === undefined) return;
      const { quote } = result;
      dollars.textContent = usd(quote.totalUsd);
      amount.textContent = tokens(quote.tokens, quote.symbol);
      amount.classList.toggle("sum-long", amount.textContent.length > LONG);
      rate.textContent = rateText(quote);
      bar.update(quote);
      say(`This month pays ${usd(quote.totalUsd)}, ${tokens(quote.tokens, quote.symbol)}.`);
    },
  };
}

/** @param {import("../wasm/ambassador.js").Quote} quote */
function rateText({ price, symbol }) {
  return `at ${usd(price.usd)} for ${tokens(price.tokens, symbol)}`;
}

/** @param {import("./plan.js").Fault[]} faults @param {boolean} older */
function faultNote(faults, older) {
  const [fault] = faults;
  const { code, message, help } = failureWords(fault);
  const place = placeOf(fault.field);
  return element("div", { class: "note note-bad" },
    element("p", null, icon("warning"), " ", element("strong", null, place === "" ? "Not computed" : place), `: ${message} ${help}`),
    faults.length > 1 ? element("p", null, `${faults.length - 1} more ${faults.length === 2 ? "field needs" : "fields need"} mending.`) : null,
    older ? element("p", null, "What is greyed is the last result that could be computed.") : null,
    element("p", { class: "note-code" }, code));
}

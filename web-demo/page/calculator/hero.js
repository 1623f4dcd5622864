// @ts-check
/** The step curve with its caption, its creators and the same as a table. */

import { element, replace } from "../dom.js";
import { usd } from "../format.js";
import { adoptChartStyle } from "./chart-style.js";
import { curveChart } from "./curve.js";
import { section } from "./plan.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("../wasm/calculator.js").CurveStep} CurveStep */
/** @typedef {import("../wasm/calculator.js").PlannedCreator} PlannedCreator */

const MOST_OTHERS = 4;
const MOST_LISTED = 50;

/**
 * Returns the curve of the chosen creator.
 *
 * @param {Store} store
 * @param {(place: number) => void} choose
 * @returns {{ node: HTMLElement, update: (state: State) => void, remove: () => void }}
 */
export function heroView(store, choose) {
  adoptChartStyle(document);
  const chart = curveChart(store.rules, choose);
  const about = element("p", { class: "hero-about" });
  const asTable = element("div", { class: "hero-table" });
  const details = element("details", { class: "hero-details no-print", ontoggle: () => update(store.state) }, element("summary", null, "The curve as a table"), asTable);
  const node = element("figure", { class: "hero" },
    element("figcaption", null, element("h2", null, "Reward over volume"), about),
    chart.node, details);
  const update = (/** @type {State} */ { result, chosen, faults }) => {
    node.classList.toggle("sum-stale", faults.length > 0);
    node.hidden = result === undefined || result.plan.creators.length === 0;
    if (result === undefined || node.hidden || faults.length > 0) return;
    const { plan, quote } = result;
    const place = Math.min(chosen, plan.creators.length - 1);
    const own = store.rules.curve(plan.terms, plan.creators[place]);
    const points = plan.creators.map((creator, index) => point(store, creator, quote.creators[index], index));
    about.textContent = aboutText(plan.creators[place], place, quote.creators[place], own);
    chart.update({
      steps: own, others: otherCurves(store, plan, place), thresholds: thresholds(plan.terms), points, chosen: place,
      title: `Reward of one creator over the volume of the first month, ${plan.creators.length} ${plan.creators.length === 1 ? "creator" : "creators"} on it. The same stands in the table below.`,
    });
    if (details.open) replace(asTable, tableOf(own, points));
  };
  return { node, update, remove: chart.remove };
}

/** What a creator earns before the caps of the month, as the curve shows it. @param {Store} store @param {PlannedCreator} creator @param {import("../wasm/calculator.js").CreatorQuote} quote @param {number} place */
function point({ rules }, creator, { creditUsd, deferredUsd }, place) {
  const reward = deferredUsd === "0" ? creditUsd : rules.addUsd([creditUsd, deferredUsd]);
  return { place, volume: creator.volumeUsd, reward, about: `Creator ${place + 1}: ${usd(creator.volumeUsd)} of volume earn ${usd(reward)}.` };
}

/** The volumes of the tiers as the file writes them: the rules have read them before. @param {import("../wasm/calculator.js").TermsTable} terms @returns {string[]} */
function thresholds(terms) {
  const tiers = section(terms, "reward").tier;
  return Array.isArray(tiers) ? tiers.map((tier) => String(tier.volume_usd)) : [];
}

/** @param {Store} store @param {import("./plan.js").Plan} plan @param {number} chosen @returns {CurveStep[][]} */
function otherCurves({ rules }, { creators, terms }, chosen) {
  const key = (/** @type {PlannedCreator} */ { supporters, useCases, innovative }) => `${supporters} ${useCases} ${innovative}`;
  const different = new Map(creators.map((creator) => [key(creator), creator]));
  different.delete(key(creators[chosen]));
  const drawn = new Set();
  const curves = [];
  // Many creators have many curves, of which the eye can tell a few.
  for (const creator of [...different.values()].slice(0, 40)) {
    const steps = rules.curve(terms, creator);
    const text = JSON.stringify(steps);
    if (drawn.has(text) || drawn.size === MOST_OTHERS) continue;
    drawn.add(text);
    curves.push(steps);
  }
  return curves;
}

/** @param {PlannedCreator} creator @param {number} place @param {import("../wasm/calculator.js").CreatorQuote} quote @param {CurveStep[]} steps */
function aboutText({ supporters, useCases }, place, quote, steps) {
  const people = `${supporters} ${supporters === 1 ? "supporter" : "supporters"}`;
  const cases = `${useCases} ${useCases === 1 ? "use case" : "use cases"}`;
  const base = quote.lines.find((line) => line.kind === "base");
  const flat = steps.length === 1 && steps[0].rewardUsd === "0" && base !== undefined ? ` ${base.sentence}` : "";
  return `Creator ${place + 1}, with ${people} and ${cases}.${flat}`;
}

/** @param {CurveStep[]} steps @param {import("./curve.js").Point[]} points */
function tableOf(steps, points) {
  return [
    element("table", { class: "table" },
      element("caption", null, "The chosen creator's curve"),
      element("thead", null, element("tr", null, element("th", { scope: "col" }, "From this volume on"), element("th", { scope: "col", class: "money" }, "Reward"))),
      element("tbody", null, ...steps.map((step) => element("tr", null, element("th", { scope: "row" }, usd(step.volumeUsd)), element("td", { class: "money", "data-label": "Reward" }, usd(step.rewardUsd)))))),
    element("table", { class: "table" },
      element("caption", null, points.length > MOST_LISTED ? `The first ${MOST_LISTED} creators` : "The creators"),
      element("thead", null, element("tr", null, element("th", { scope: "col" }, "Creator"), element("th", { scope: "col", class: "money" }, "Volume"), element("th", { scope: "col", class: "money" }, "Reward"))),
      element("tbody", null, ...points.slice(0, MOST_LISTED).map((point) => element("tr", null, element("th", { scope: "row" }, `Creator ${point.place + 1}`), element("td", { class: "money", "data-label": "Volume" }, usd(point.volume)), element("td", { class: "money", "data-label": "Reward" }, usd(point.reward)))))),
  ];
}

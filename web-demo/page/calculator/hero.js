// @ts-check
/** The step curve with its caption, its creators and the same as a table. */

import { element, replace } from "../dom.js";
import { sentence, usd } from "../format.js";
import { adoptChartStyle } from "./chart-style.js";
import { curveChart } from "./curve.js";
import { section } from "./plan.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./store.js").State} State */
/** @typedef {import("../wasm/ambassador.js").CurveStep} CurveStep */
/** @typedef {import("../wasm/ambassador.js").PlannedCreator} PlannedCreator */

const MOST_OTHERS = 4;
const MOST_LISTED = 50;
const MOST_COMPARED = 12;
/** With more creators than this the curve waits for a pause, so that the numbers follow the keys at once. */
const MANY = 200;
const PAUSE = 60;

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
  const details = element("details", { class: "hero-details no-print", ontoggle: () => draw(store.state) }, element("summary", null, "The curve as a table"), asTable);
  const flat = element("p", { class: "curve-flat" });
  const node = element("figure", { class: "hero" },
    element("figcaption", null, element("h2", null, "Reward over volume"), about),
    element("div", { class: "hero-stage" }, chart.node, flat), details);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  const update = (/** @type {State} */ state) => {
    clearTimeout(pause);
    if (state.draft.rows.length > MANY) pause = setTimeout(() => draw(store.state), PAUSE);
    else draw(state);
  };
  const draw = (/** @type {State} */ { result, chosen, faults }) => {
    node.classList.toggle("sum-stale", faults.length > 0);
    node.hidden = result === undefined || result.plan.creators.length === 0;
    if (result === undefined || node.hidden || faults.length > 0) return;
    const { plan, quote } = result;
    const place = Math.min(chosen, plan.creators.length - 1);
    const own = store.rules.curve(plan.terms, plan.creators[place]);
    const points = pointsOf(store, plan, quote);
    about.textContent = aboutText(plan.creators[place], place);
    flat.textContent = whyFlat(quote.creators[place], own);
    chart.update({
      steps: own, others: otherCurves(store, plan, place), thresholds: thresholds(plan.terms), points, chosen: place,
      title: `Reward of one creator over the volume of the first month, ${plan.creators.length} ${plan.creators.length === 1 ? "creator" : "creators"} on it. The same stands in the table below.`,
    });
    if (details.open) replace(asTable, tableOf(own, points));
  };
  const remove = () => {
    clearTimeout(pause);
    chart.remove();
  };
  return { node, update, remove };
}

/** What the creators earn before the caps of the month, as the curve shows it. @param {Store} store @param {import("./plan.js").Plan} plan @param {import("../wasm/ambassador.js").Quote} quote */
function pointsOf({ rules }, plan, quote) {
  /** @type {Map<string, string>} */
  const sums = new Map();
  const earned = (/** @type {string} */ paid, /** @type {string} */ later) => {
    const key = `${paid} ${later}`;
    const sum = sums.get(key) ?? (later === "0" ? paid : rules.addUsd([paid, later]));
    sums.set(key, sum);
    return sum;
  };
  return plan.creators.map(({ volumeUsd }, place) => {
    const { creditUsd, deferredUsd } = quote.creators[place];
    const reward = earned(creditUsd, deferredUsd);
    return { place, volume: volumeUsd, reward, about: `Creator ${place + 1}: ${usd(volumeUsd)} of volume earn ${usd(reward)}.` };
  });
}

/** The volumes of the tiers as the file writes them: the rules have read them before. @param {import("../wasm/ambassador.js").TermsTable} terms @returns {string[]} */
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
  for (const creator of [...different.values()].slice(0, MOST_COMPARED)) {
    const steps = rules.curve(terms, creator);
    const text = JSON.stringify(steps);
    if (drawn.has(text) || drawn.size === MOST_OTHERS) continue;
    drawn.add(text);
    curves.push(steps);
  }
  return curves;
}

/** @param {PlannedCreator} creator @param {number} place */
function aboutText({ supporters, useCases }, place) {
  const people = `${supporters} ${supporters === 1 ? "supporter" : "supporters"}`;
  const cases = `${useCases} ${useCases === 1 ? "use case" : "use cases"}`;
  return `Creator ${place + 1}, with ${people} and ${cases}`;
}

/** Why no volume earns anything. @param {import("../wasm/ambassador.js").CreatorQuote} quote @param {CurveStep[]} steps */
function whyFlat({ lines }, steps) {
  if (steps.some((step) => step.rewardUsd !== "0")) return "";
  return `No volume earns anything here: ${sentence(lines.find((line) => line.kind === "base")?.sentence ?? "")}`;
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

// @ts-check
/** Says to a creator what their ambassador earns, as the terms have it; what the terms do not say plainly is left out. */

import { element } from "../dom.js";
import { shown, usd } from "../format.js";
import { isForm } from "../published.js";

const MOST_TIERS = 20;
const MOST_USE_CASES = 40;

/**
 * @param {unknown} terms a terms file, as it was parsed
 * @returns {HTMLElement[]}
 */
export function welcomeTerms(terms) {
  const reward = at(terms, "reward");
  const gate = at(terms, "gate");
  const rows = [baseRow(reward, gate), ...tierRows(reward), useCaseRow(reward), innovativeRow(reward)].filter((row) => row !== undefined);
  const names = at(reward, "known_use_cases");
  const useCases = Array.isArray(names) ? names.filter((name) => isForm("identifier", name)).slice(0, MOST_USE_CASES) : [];
  const parts = [];
  if (useCases.length > 0) {
    parts.push(element("section", { class: "section", "aria-labelledby": "uses-title" },
      element("h2", { id: "uses-title" }, "What a coin can be used for"),
      element("p", { class: "soft" }, "These are known and ready to use. A new one is welcome: the network looks at it and decides."),
      element("ul", { class: "chips" }, ...useCases.map((name) => element("li", null, shown(name).replaceAll("_", " "))))));
  }
  if (rows.length > 0) {
    parts.push(element("section", { class: "section", "aria-labelledby": "earns-title" },
      element("h2", { id: "earns-title" }, "What your ambassador earns by it"),
      element("p", { class: "soft" }, "So that you know why they ask. You pay nothing of it."),
      element("table", { class: "table earns-table" },
        element("caption", { class: "visually-hidden" }, "What an ambassador earns by one creator"),
        element("thead", null, element("tr", null, ...[["For", ""], ["When", ""], ["Once", "money"]].map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
        element("tbody", null, ...rows.map(([what, when, amount]) => element("tr", null,
          element("th", { scope: "row", "data-label": "For" }, what),
          element("td", { class: "soft", "data-label": "When" }, element("span", null, when)),
          element("td", { class: "money", "data-label": "Once" }, usd(amount)))))),
      element("p", null, element("a", { class: "button-quiet", href: "#/" }, "Try it in the calculator"))));
  }
  return parts;
}

/** @typedef {[what: string, when: string, amount: string]} Row */

/** @param {unknown} reward @param {unknown} gate @returns {Row | undefined} */
function baseRow(reward, gate) {
  const amount = at(reward, "base_usd");
  const [supporters, useCases, instead] = ["min_supporters", "min_use_cases", "or_use_cases"].map((name) => at(gate, name));
  if (!isForm("money", amount)) return undefined;
  if (!isCount(supporters) || !isCount(useCases) || !isCount(instead)) return ["A creator who launches", "once the launch qualifies", amount];
  return ["A creator who launches", `with ${useCases} ${useCases === 1 ? "use case" : "use cases"} and ${supporters} supporters, or ${instead} use cases`, amount];
}

/** @param {unknown} reward @returns {Row[]} */
function tierRows(reward) {
  const tiers = at(reward, "tier");
  if (!Array.isArray(tiers)) return [];
  return tiers.slice(0, MOST_TIERS).flatMap((tier) => {
    const [volume, amount] = [at(tier, "volume_usd"), at(tier, "bonus_usd")];
    if (!isForm("money", volume) || !isForm("money", amount)) return [];
    return [/** @type {Row} */ (["Volume in the first weeks", `from ${usd(volume)} on; the highest counts`, amount])];
  });
}

/** @param {unknown} reward @returns {Row | undefined} */
function useCaseRow(reward) {
  const [need, amount] = [at(at(reward, "use_case"), "need"), at(at(reward, "use_case"), "bonus_usd")];
  return isCount(need) && isForm("money", amount) ? ["Uses of the coin", `when ${need} known use cases are live`, amount] : undefined;
}

/** @param {unknown} reward @returns {Row | undefined} */
function innovativeRow(reward) {
  const [most, amount] = [at(at(reward, "innovative"), "max"), at(at(reward, "innovative"), "bonus_usd")];
  return isCount(most) && isForm("money", amount) ? ["A new use case", `when it is approved, at most ${most}`, amount] : undefined;
}

/** @param {unknown} table @param {string} name @returns {unknown} */
function at(table, name) {
  return typeof table === "object" && table !== null && Object.hasOwn(table, name) ? Reflect.get(table, name) : undefined;
}

/** @param {unknown} value @returns {value is number} */
function isCount(value) {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

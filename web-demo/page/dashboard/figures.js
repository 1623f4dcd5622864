// @ts-check
/** Says the figures that decided a line as people would; the figures themselves come from the statement. */

import { date, month, shown, usd } from "../format.js";
import { volume } from "./pieces.js";

/** @type {Readonly<Record<string, (value: Node | string) => (Node | string)[]>>} */
const WORDS = Object.freeze({
  gate_met_at: (value) => ["qualified on ", value],
  supporters: (value) => [value, value === "1" ? " supporter" : " supporters"],
  use_cases: (value) => [value, value === "1" ? " use case" : " use cases"],
  counted: (value) => [value, " count"],
  threshold: (value) => ["tier of ", value],
  volume: (value) => [value, " moved"],
  need: (value) => [value, " needed"],
  approved: (value) => [value, " approved"],
  most: (value) => ["at most ", value, " paid"],
  adjustments: (value) => [value],
});
const MONEY = ["counted", "threshold", "volume"];

/**
 * Returns the figures of a line in words; one that this page does not know is shown with its name.
 *
 * @param {[name: string, value: string][]} figures
 * @returns {(string | Node)[]}
 */
export function figureWords(figures) {
  return figures.flatMap(([name, value], position) => {
    const text = figureValue(name, value);
    const words = Object.hasOwn(WORDS, name) ? WORDS[name](text) : [`${shown(name).replaceAll("_", " ")} `, text];
    return position === 0 ? words : [", ", ...words];
  });
}

/** @param {string} name @param {string} value */
function figureValue(name, value) {
  if (name === "adjustments") return shown(adjustmentText(value));
  if (MONEY.includes(name) && /^-?\d+(\.\d+)?$/.test(value)) return volume(value);
  return /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(value) ? date(value) : shown(value);
}

/** Writes month and dollars of each adjustment as people do: `2020-12 12.5 (…)` becomes `December 2020 $12.50 (…)`. @param {string} value */
function adjustmentText(value) {
  return value.replace(/(^|; )(\d{4}-\d\d) (-?\d+(?:\.\d+)?) \(/g, (_, before, name, amount) => `${before}${month(name)} ${usd(amount)} (`);
}

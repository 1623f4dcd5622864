// @ts-check
/** Plans to start from. */

import { AS_ADOPTED, MOST_ROWS } from "./plan.js";

/** @typedef {import("./plan.js").Draft} Draft */
/** @typedef {import("./plan.js").Row} Row */
/** @typedef {{ name: string, about: string, rows: () => Row[] }} Preset */

/** The proposal's price: so many dollars bought so many tokens. */
const PROPOSED = Object.freeze({ usd: "1250", tokens: "21000" });

/** @type {readonly Preset[]} */
export const PRESETS = Object.freeze([
  {
    name: "Founding proposal",
    about: "Five creators, of whom three reach a tier",
    rows: () => [row("1800", 32, 1), row("3400", 41, 2), row("6200", 64, 1), row("12500", 118, 2), row("28000", 240, 2)],
  },
  {
    name: "Five without a tier",
    about: "Five creators who qualify, none with a tier",
    rows: () => [row("640", 21, 1), row("1200", 26, 1), row("2100", 34, 2), row("3300", 45, 1), row("4800", 52, 2)],
  },
  {
    name: "First month",
    about: "Two creators, of whom one is not there yet",
    rows: () => [row("900", 12, 2), row("5600", 48, 3, 1)],
  },
  {
    name: "Too many at once",
    about: "Twelve creators, more than are paid in one month",
    rows: () => Array.from({ length: 12 }, (_, place) => row(String(700 + 1150 * place), 24 + 7 * place, 1 + (place % 4))),
  },
  {
    name: "A thousand",
    about: "As many as fit into a plan",
    rows: () => Array.from({ length: MOST_ROWS }, (_, place) => row(String(150 + ((place * 7919) % 31000)), 15 + (place % 60), 1 + (place % 3))),
  },
]);

/**
 * Returns a plan of a preset's creators at the proposal's price.
 *
 * @param {Preset} preset
 * @param {Pick<Draft["price"], "month" | "closes">} closes the daily closes that are kept beside
 * @returns {Draft}
 */
export function draftOf(preset, closes) {
  return { rows: preset.rows(), price: { kind: "ratio", ...PROPOSED, ...closes }, changes: { ...AS_ADOPTED } };
}

/** Returns a creator to begin with. @returns {Row} */
export function freshRow() {
  return row("1000", 25, 1);
}

/** @param {string} volume @param {number} supporters @param {number} useCases @param {number} [innovative] @returns {Row} */
function row(volume, supporters, useCases, innovative = 0) {
  return { volume, supporters: String(supporters), useCases: String(useCases), innovative: String(innovative) };
}

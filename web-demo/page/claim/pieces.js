// @ts-check
/** What several views of the claim page show alike: amounts, addresses, months, states, facts. */

import { element } from "../dom.js";
import { month, shown, tokens } from "../format.js";
import { icon } from "../icons.js";

/** @typedef {import("./state.js").Item} Item */
/** @typedef {typeof import("../wasm/ambassador.js")} Wasm */

/** The unit of an amount whose token is unknown. */
export const BASE_UNITS = "base units";

/** An amount with its symbol; without a statement the decimals are unknown and base units are shown. @param {Item[]} items @param {Wasm} wasm */
export function amountOf(items, wasm) {
  const token = items.find((item) => item.worth !== undefined)?.worth?.token;
  const amount = wasm.addBaseUnits(items.map((item) => item.claim.amount));
  return token === undefined ? tokens(amount, BASE_UNITS) : tokens(wasm.toTokens(amount, token.decimals), token.symbol);
}

/** An exact amount whose decimals step back, so that its size is seen at a glance. @param {string} text as `tokens` writes it */
export function exact(text) {
  const [, digits, decimals, unit] = /^([^.\s]*)(\.\d+)?(.*)$/s.exec(text) ?? [];
  return element("span", { class: text.endsWith(BASE_UNITS) ? "claim-exact claim-base" : "claim-exact" }, digits,
    decimals === undefined ? null : element("span", { class: "claim-decimals" }, decimals),
    element("span", { class: "claim-unit" }, unit));
}

/** An address in full; where it must break, it breaks in its middle. @param {string} text */
export function whole(text) {
  const middle = Math.ceil(text.length / 2);
  return element("code", { class: "claim-address" }, text.slice(0, middle), element("wbr"), text.slice(middle));
}

/** The months of a claim in words. @param {{ from: string, to: string }} claim */
export function monthsOf({ from, to }) {
  return from === to ? month(from) : `${month(from)} – ${month(to)}`;
}

/** Icon, word and date. @param {import("../icons.js").IconName} name @param {string} word @param {string} tone @param {(Node | string)[]} when */
export function state(name, word, tone, when) {
  return element("span", { class: `state state-${tone}` }, icon(name), element("span", null, element("strong", null, word), when.length > 0 ? " " : "", ...when));
}

/**
 * A failure in words: what happened, what to do.
 *
 * @param {import("./words.js").Problem} problem
 * @param {string} [beside] after the title
 * @param {(Node | string)[]} [more] after the help
 */
export function noteView({ tone, title, sentence, help }, beside = "", more = []) {
  return element("div", { class: `note note-${tone}` },
    element("p", null, icon(tone === "calm" ? "info" : "warning"), " ", element("strong", null, title), beside),
    element("p", null, shown(sentence), " ", shown(help), ...more));
}

/** One line of a list of facts. @param {string} term @param {...(Node | string)} description */
export function fact(term, ...description) {
  return element("div", null, element("dt", null, term), element("dd", null, ...description));
}

/** A whole number in groups of three. @param {string} digits */
export function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Something goes on, and the person waits; the focus rests here when its button is gone. @param {string} sentence */
export function waiting(sentence) {
  return element("p", { class: "claim-waiting", id: "claim-now", tabindex: "-1" }, element("span", { class: "claim-spinner", "aria-hidden": "true" }), sentence);
}

// @ts-check
/** Shows amounts, times and names: digits are grouped as text, nothing is computed or rounded. */

import { element } from "./dom.js";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAY = 86_400_000;
const SHORT_DECIMALS = 4;

/**
 * Returns dollars as `$1,250.00`: at least two decimals, and all that are there.
 *
 * @param {string} text
 * @returns {string}
 */
export function usd(text) {
  const parts = split(text);
  if (parts === undefined) return shown(text);
  const decimals = parts.decimals.replace(/0+$/, "").padEnd(2, "0");
  return `${parts.sign}$${group(parts.whole)}.${decimals}`;
}

/**
 * Returns tokens as `21,000 RLY`, with every significant decimal.
 *
 * @param {string} text
 * @param {string} [symbol]
 * @returns {string}
 */
export function tokens(text, symbol = "") {
  const parts = split(text);
  const unit = symbol === "" ? "" : `\u00a0${shown(symbol)}`;
  if (parts === undefined) return shown(text) + unit;
  const decimals = parts.decimals.replace(/0+$/, "");
  return `${parts.sign}${group(parts.whole)}${decimals === "" ? "" : `.${decimals}`}${unit}`;
}

/**
 * Returns tokens cut after a few decimals, marked with `…`, the exact text in a title.
 *
 * @param {string} text
 * @param {string} [symbol]
 * @returns {HTMLElement}
 */
export function tokensShort(text, symbol = "") {
  const exact = tokens(text, symbol);
  const parts = split(text);
  const decimals = parts?.decimals.replace(/0+$/, "") ?? "";
  if (parts === undefined || decimals.length <= SHORT_DECIMALS) return element("span", null, exact);
  const unit = symbol === "" ? "" : `\u00a0${shown(symbol)}`;
  const cut = `${parts.sign}${group(parts.whole)}.${decimals.slice(0, SHORT_DECIMALS)}…${unit}`;
  return element("span", { title: exact }, element("span", { "aria-hidden": "true" }, cut), element("span", { class: "visually-hidden" }, exact));
}

/**
 * Returns a day or an instant as a `<time>` that reads `5 Dec 2020` (UTC).
 *
 * @param {string} text RFC 3339, or only its date
 * @returns {Node}
 */
export function date(text) {
  const instant = parseInstant(text);
  if (instant === undefined) return document.createTextNode(shown(text));
  return element("time", { datetime: text, title: text }, dayText(instant));
}

/**
 * Returns an instant as a `<time>` that reads `5 Dec 2020, 18:00 UTC`.
 *
 * @param {string} text RFC 3339
 * @returns {Node}
 */
export function dateTime(text) {
  const instant = parseInstant(text);
  if (instant === undefined) return document.createTextNode(shown(text));
  const hours = String(instant.getUTCHours()).padStart(2, "0");
  const minutes = String(instant.getUTCMinutes()).padStart(2, "0");
  return element("time", { datetime: text, title: text }, `${dayText(instant)}, ${hours}:${minutes}\u00a0UTC`);
}

/**
 * Returns a month as `December 2020`.
 *
 * @param {string} text `2020-12`
 * @returns {string}
 */
export function month(text) {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  return match === null ? shown(text) : `${MONTHS[Number(match[2]) - 1]}\u00a0${match[1]}`;
}

/**
 * Returns how far off a day is: `today`, `tomorrow`, `in 12 days`, `12 days ago`.
 *
 * @param {string} text RFC 3339
 * @param {number} [now] milliseconds since 1970
 * @returns {string}
 */
export function daysUntil(text, now = Date.now()) {
  const instant = parseInstant(text);
  if (instant === undefined) return "";
  const days = Math.floor(instant.getTime() / DAY) - Math.floor(now / DAY);
  if (days === 0) return "today";
  if (days === 1) return "tomorrow";
  if (days === -1) return "yesterday";
  return days > 0 ? `in ${days} days` : `${-days} days ago`;
}

/**
 * Returns a sentence of the rules with the digits of its amounts grouped.
 *
 * @param {string} text
 * @returns {string}
 */
export function sentence(text) {
  return shown(text).replace(/(?<=\$)\d{4,}/g, group);
}

/**
 * Returns a figure of the rules, such as `2125 / 12500`, with grouped digits; what is no number stays as it is.
 *
 * @param {string} text
 * @returns {string}
 */
export function figure(text) {
  return /^[\d. /]+$/.test(text) ? text.replace(/(?<![\d.])\d{4,}/g, group) : shown(text);
}

/**
 * Returns an address cut to `0x67cF…2dDf4b`, the whole of it in a title and for screen readers.
 *
 * @param {string} text
 * @returns {HTMLElement}
 */
export function address(text) {
  if (!/^0x[0-9a-fA-F]{40,64}$/.test(text)) return element("code", { class: "address" }, shown(text));
  return element("code", { class: "address", title: text },
    element("span", { "aria-hidden": "true" }, `${text.slice(0, 6)}…${text.slice(-5)}`),
    element("span", { class: "visually-hidden" }, text));
}

/**
 * Returns a foreign text with everything invisible or text-turning in it written out, as `\u{202e}`.
 *
 * @param {string} text
 * @returns {string}
 */
export function shown(text) {
  return String(text).replace(/[\p{C}\p{Zl}\p{Zp}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0]/gu, (sign) => `\\u{${/** @type {number} */ (sign.codePointAt(0)).toString(16)}}`);
}

/** @param {string} text */
function split(text) {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  return match === null ? undefined : { sign: match[1] === "" ? "" : "\u2212", whole: match[2], decimals: match[3] ?? "" };
}

/** @param {string} digits */
function group(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param {string} text */
function parseInstant(text) {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return undefined;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** @param {Date} instant */
function dayText(instant) {
  return `${instant.getUTCDate()}\u00a0${MONTHS[instant.getUTCMonth()].slice(0, 3)}\u00a0${instant.getUTCFullYear()}`;
}

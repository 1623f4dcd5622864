// @ts-check
/**
 * Writes a plan into a link, and reads it back exactly.
 *
 * A link comes from anybody: its size is bounded before it is read, and every part must have its form.
 */

import { AS_ADOPTED, MOST_ROWS } from "./plan.js";

/** @typedef {import("./plan.js").Draft} Draft */
/** @typedef {import("./plan.js").Row} Row */
/** @typedef {import("./plan.js").Close} Close */
/** @typedef {import("./plan.js").Changes} Changes */
/** @typedef {{ version: number | undefined, hash: string | undefined }} TermsNamed which terms the plan was made with */
/** @typedef {Pick<Draft["price"], "kind" | "usd" | "tokens"> | Pick<Draft["price"], "kind" | "month" | "closes"> | {}} LinkedPrice */
/** @typedef {TermsNamed & { rows: Row[], price: LinkedPrice, changes: Changes }} Linked */

const MOST_TEXT = 100_000;
const MOST_CLOSES = 62;
const HASH_DIGITS = 16;
const COUNT = /^(0|[1-9]\d{0,6})$/;
const AMOUNT = /^\d{1,20}(\.\d{1,18})?$/;

/** Why a link cannot be read. */
export class LinkError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = "LinkError";
    this.code = code;
    this.help = "Ask for the link again, or start from one of the plans here.";
  }
}

/**
 * Returns the query that restores a plan.
 *
 * @param {Draft} draft one that the rules accept
 * @param {TermsNamed} terms
 * @returns {string}
 */
export function writeLink({ rows, price, changes }, { version, hash }) {
  const query = new URLSearchParams();
  if (version !== undefined) query.set("t", String(version));
  if (hash !== undefined) query.set("h", hash.slice(2, 2 + HASH_DIGITS));
  query.set("c", writeRows(rows));
  if (price.kind === "ratio") query.set("p", `${price.usd}_${price.tokens}`);
  else query.set("d", [price.month.replace("-", ""), ...price.closes.map(({ date, usd, tokens }) => `${date.replaceAll("-", "")}_${usd}_${tokens}`)].join("-"));
  const named = /** @type {const} */ ([["y", changes.policy], ["m", changes.maximum], ["b", changes.budget], ["n", changes.minimum]]);
  for (const [name, change] of named) if (change !== undefined) query.set(name, change);
  return query.toString();
}

/**
 * Returns the plan of a query, or undefined where it holds none.
 *
 * @param {URLSearchParams} query
 * @returns {Linked | undefined}
 * @throws {LinkError}
 */
export function readLink(query) {
  const text = single(query, "c");
  if (text === undefined) return undefined;
  if (query.toString().length > MOST_TEXT) throw new LinkError("LINK_TOO_LONG", "The link is longer than any plan.");
  return {
    version: countOf(single(query, "t"), "version of the terms"),
    hash: formed(single(query, "h"), /^[0-9a-f]{16}$/, "hash of the terms"),
    rows: readRows(text),
    price: readPrice(single(query, "p"), single(query, "d")),
    changes: {
      ...AS_ADOPTED,
      policy: /** @type {Changes["policy"]} */ (formed(single(query, "y"), /^(close|mean)$/, "price policy")),
      maximum: formed(single(query, "m"), COUNT, "number of base rewards"),
      budget: formed(single(query, "b"), AMOUNT, "budget"),
      minimum: formed(single(query, "n"), AMOUNT, "smallest payout"),
    },
  };
}

/**
 * Returns whether a link was made with terms of another hash.
 *
 * @param {string | undefined} named of the link
 * @param {string | undefined} hash of the terms that are used
 */
export function isOtherTerms(named, hash) {
  return named !== undefined && hash !== undefined && hash.slice(2, 2 + HASH_DIGITS) !== named;
}

/** Equal creators in a row are written once: `3*1000_25_1`. @param {Row[]} rows */
function writeRows(rows) {
  /** @type {{ text: string, times: number }[]} */
  const runs = [];
  for (const { volume, supporters, useCases, innovative } of rows) {
    const parts = [volume, ...[supporters, useCases, innovative].map((count) => String(Number(count)))];
    if (parts[3] === "0") parts.pop();
    const text = parts.join("_");
    const last = runs.at(-1);
    if (last?.text === text) last.times += 1;
    else runs.push({ text, times: 1 });
  }
  return runs.map(({ text, times }) => (times === 1 ? text : `${times}*${text}`)).join("-");
}

/** @param {string} text @returns {Row[]} */
function readRows(text) {
  /** @type {Row[]} */
  const rows = [];
  if (text === "") return rows;
  for (const run of text.split("-")) {
    const [, times = "1", body] = /^(?:(\d{1,4})\*)?(.*)$/s.exec(run) ?? [];
    const [volume, supporters, useCases, innovative = "0", ...rest] = body.split("_");
    const whole = [times, supporters, useCases, innovative].every((count) => COUNT.test(count));
    if (!AMOUNT.test(volume) || !whole || rest.length > 0) throw new LinkError("LINK_CREATOR", `Creator ${rows.length + 1} of the link cannot be read.`);
    if (rows.length + Number(times) > MOST_ROWS) throw new LinkError("LINK_TOO_MANY", `The link plans more than ${MOST_ROWS} creators.`);
    for (let copy = 0; copy < Number(times); copy += 1) rows.push({ volume, supporters, useCases, innovative });
  }
  return rows;
}

/** @param {string | undefined} ratio @param {string | undefined} daily @returns {LinkedPrice} */
function readPrice(ratio, daily) {
  if (ratio !== undefined) {
    const [usd, tokens, ...rest] = ratio.split("_");
    if (!AMOUNT.test(usd) || !AMOUNT.test(tokens ?? "") || rest.length > 0) throw new LinkError("LINK_PRICE", "The price of the link cannot be read.");
    return { kind: "ratio", usd, tokens };
  }
  if (daily === undefined) return {};
  const [month, ...closes] = daily.split("-");
  if (!/^\d{6}$/.test(month) || closes.length > MOST_CLOSES) throw new LinkError("LINK_CLOSES", "The daily closes of the link cannot be read.");
  return { kind: "closes", month: `${month.slice(0, 4)}-${month.slice(4)}`, closes: closes.map(readClose) };
}

/** @param {string} text @returns {Close} */
function readClose(text) {
  const match = /^(\d{4})(\d{2})(\d{2})_([\d.]+)_([\d.]+)$/.exec(text);
  if (match === null || !AMOUNT.test(match[4]) || !AMOUNT.test(match[5])) throw new LinkError("LINK_CLOSES", "A daily close of the link cannot be read.");
  return { date: `${match[1]}-${match[2]}-${match[3]}`, usd: match[4], tokens: match[5] };
}

/** @param {URLSearchParams} query @param {string} name */
function single(query, name) {
  const all = query.getAll(name);
  if (all.length > 1) throw new LinkError("LINK_TWICE", "The link says one thing twice.");
  return all[0];
}

/** @param {string | undefined} text @param {RegExp} form @param {string} what */
function formed(text, form, what) {
  if (text !== undefined && !form.test(text)) throw new LinkError("LINK_UNREADABLE", `The ${what} of the link cannot be read.`);
  return text;
}

/** @param {string | undefined} text @param {string} what */
function countOf(text, what) {
  return text === undefined ? undefined : Number(formed(text, COUNT, what));
}

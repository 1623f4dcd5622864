// @ts-check
/** What a person plans, as typed, and how it becomes the plan that the rules read. */

/** @typedef {import("../wasm/ambassador.js").Plan} Plan */
/** @typedef {import("../wasm/ambassador.js").TermsTable} TermsTable */
/** @typedef {{ volume: string, supporters: string, useCases: string, innovative: string }} Row one creator, as typed */
/** @typedef {keyof Row} Column */
/** @typedef {{ date: string, usd: string, tokens: string }} Close */
/** @typedef {{ kind: "ratio" | "closes", usd: string, tokens: string, month: string, closes: Close[] }} PriceDraft both ways are kept, so that one can go back */
/** @typedef {{ policy: "close" | "mean" | undefined, maximum: string | undefined, budget: string | undefined, minimum: string | undefined }} Changes what differs from the adopted terms; undefined: as adopted */
/** @typedef {{ rows: Row[], price: PriceDraft, changes: Changes }} Draft */
/** @typedef {{ field: string, code: string, message: string, help: string }} Fault `field` names the input, such as `rows.3.volume`; empty: none in particular */

export const MOST_ROWS = 1000;
/** The columns of a creator, in order. @type {readonly Column[]} */
export const COLUMNS = Object.freeze(/** @type {Column[]} */ (["volume", "supporters", "useCases", "innovative"]));
export const AS_ADOPTED = Object.freeze(/** @type {Changes} */ ({ policy: undefined, maximum: undefined, budget: undefined, minimum: undefined }));

const COUNT = /^\d{1,7}$/;

/**
 * Returns the plan, or every field that holds no whole number; amounts are judged by the rules themselves.
 *
 * @param {Draft} draft
 * @param {TermsTable} terms as adopted
 * @returns {{ plan: Plan, faults: [] } | { plan: undefined, faults: Fault[] }}
 */
export function toPlan(draft, terms) {
  /** @type {Fault[]} */
  const faults = [];
  const count = (/** @type {string} */ field, /** @type {string} */ text) => {
    if (COUNT.test(text)) return Number(text);
    faults.push(notWhole(field, text));
    return 0;
  };
  const creators = draft.rows.map((row, place) => ({
    volumeUsd: row.volume,
    supporters: count(`rows.${place}.supporters`, row.supporters),
    useCases: count(`rows.${place}.useCases`, row.useCases),
    innovative: count(`rows.${place}.innovative`, row.innovative),
  }));
  const changed = toTerms(draft.changes, terms, count);
  const { kind, usd, tokens, month, closes } = draft.price;
  const price = kind === "ratio" ? { kind, usd, tokens } : { kind, month, closes };
  return faults.length === 0 ? { plan: { terms: changed, price, creators }, faults: [] } : { plan: undefined, faults };
}

/**
 * Returns whether anything differs from the adopted terms.
 *
 * @param {Changes} changes
 */
export function isChanged(changes) {
  return Object.values(changes).some((change) => change !== undefined);
}

/**
 * Returns a table of the file, or an empty one where it has none.
 *
 * @param {TermsTable} terms
 * @param {string} name
 * @returns {Record<string, unknown>}
 */
export function section(terms, name) {
  const table = terms[name];
  return typeof table === "object" && table !== null ? /** @type {Record<string, unknown>} */ (table) : {};
}

/** @param {Changes} changes @param {TermsTable} terms @param {(field: string, text: string) => number} count @returns {TermsTable} */
function toTerms(changes, terms, count) {
  if (!isChanged(changes)) return terms;
  const caps = { ...section(terms, "caps") };
  if (changes.maximum !== undefined) {
    const maximum = count("caps.maximum", changes.maximum);
    caps.max_per_month = maximum;
    // It is only shown, but terms must not expect more than they pay.
    if (typeof caps.expected_per_month === "number") caps.expected_per_month = Math.min(caps.expected_per_month, maximum);
  }
  if (changes.budget !== undefined) caps.budget_usd_per_month = changes.budget;
  if (changes.minimum !== undefined) caps.min_payout_usd = changes.minimum;
  return { ...terms, caps, price: policyTable(changes.policy, section(terms, "price")) };
}

/** The figures that the other policy needs: terms hold those of their own policy only. @param {Changes["policy"]} policy @param {Record<string, unknown>} adopted */
function policyTable(policy, adopted) {
  if (policy === undefined || policy === adopted.policy) return adopted;
  if (policy === "mean") return { policy, days: 7, quorum: 5, max_age_hours: 48, deviation_bps: 2000 };
  return { policy, max_age_hours: adopted.max_age_hours };
}

/** @param {string} field @param {string} text @returns {Fault} */
function notWhole(field, text) {
  const message = text === "" ? "a number is missing" : `\`${text.slice(0, 40)}\` is no whole number`;
  return { field, code: "NUMBER_NOT_WHOLE", message, help: "write digits only, such as `25`" };
}

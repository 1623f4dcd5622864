// @ts-check
/** Finds the input that a failure of the rules is about. */

/** @typedef {import("./plan.js").Fault} Fault */

const COLUMN = /** @type {Record<string, string>} */ ({ volumeUsd: "volume", supporters: "supporters", useCases: "useCases", innovative: "innovative" });
const CAP = /** @type {Record<string, string>} */ ({ max_per_month: "maximum", budget_usd_per_month: "budget", min_payout_usd: "minimum" });
const WORDS = /** @type {Record<string, string>} */ ({
  volume: "volume", supporters: "supporters", useCases: "use cases", innovative: "new use cases",
  maximum: "Base rewards a month", budget: "Budget a month", minimum: "Smallest payout",
});

/**
 * Returns what was thrown as a fault of an input.
 *
 * @param {unknown} error
 * @returns {Fault}
 */
export function faultOf(error) {
  const { code, message, help, path } = /** @type {any} */ (error ?? {});
  const text = typeof message === "string" ? message : "it cannot be computed";
  return {
    field: fieldOf(typeof path === "string" ? path : "", text),
    code: typeof code === "string" ? code : "UNEXPECTED",
    message: text,
    help: typeof help === "string" ? help : "",
  };
}

/**
 * Returns where a fault is, in words.
 *
 * @param {string} field
 * @returns {string}
 */
export function placeOf(field) {
  const [room, place, name = ""] = field.split(".");
  if (room === "rows") return `Creator ${Number(place) + 1}${name === "" ? "" : `, ${WORDS[name] ?? name}`}`;
  if (room === "caps") return WORDS[place] ?? "Caps";
  if (room === "closes") return `Daily close ${Number(place) + 1}`;
  return room === "price" ? "Price" : "";
}

/** @param {string} path @param {string} message */
function fieldOf(path, message) {
  const creator = /^creators\[(\d+)\]\.(\w+)/.exec(path);
  if (creator !== null) return `rows.${creator[1]}.${COLUMN[creator[2]] ?? creator[2]}`;
  const close = /^price\.closes\[(\d+)\]\.(\w+)/.exec(path);
  if (close !== null) return `closes.${close[1]}.${close[2]}`;
  const cap = /(?:^|\.)caps\.(\w+)/.exec(path);
  if (cap !== null) return `caps.${CAP[cap[1]] ?? cap[1]}`;
  if (/^price(\.|$)/.test(path)) return path;
  const counted = /^creator (\d+) has \d+ (known|new) use cases/.exec(message);
  if (counted !== null) return `rows.${Number(counted[1]) - 1}.${counted[2] === "known" ? "useCases" : "innovative"}`;
  return "";
}

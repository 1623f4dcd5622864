// @ts-check
/** The four sums of an ambassador, each with what it means and what to do next. */

import { element } from "../dom.js";
import { month, shown, tokensShort, usd } from "../format.js";
import { remedy, standingOf, stateOf } from "./states.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("../wasm/ambassador.js").Sums} Sums */

/** @typedef {"asking" | "answered" | "silent"} Asked whether a chain said what was redeemed */

/**
 * @param {Account} account
 * @param {Sums} sums
 * @param {Asked} chain
 * @param {(amount: string, decimals: number) => string} toTokens
 * @returns {HTMLElement}
 */
export function sumTiles(account, sums, chain, toTokens) {
  const token = account.months.findLast((month) => month.file !== undefined)?.file?.statement.token;
  const tokens = (/** @type {string} */ amount) => (token === undefined || amount === "0" ? null : tokensShort(toTokens(amount, token.decimals), token.symbol));
  const asked = chain === "answered";
  const open = asked ? { usd: sums.claimableUsd, amount: sums.claimable } : { usd: sums.unknownUsd, amount: sums.unknown };
  const link = element("a", { class: "button", href: `#/claim?ambassador=${encodeURIComponent(account.id)}` }, asked ? "Claim" : "Check and claim");
  const claimable = tile("Claimable", usd(open.usd), tokens(open.amount), claimWords(open.amount, chain), open.amount === "0" ? null : link);
  const redeemed = asked
    ? tile("Redeemed", usd(sums.redeemedUsd), tokens(sums.redeemed), sums.redeemed === "0" ? "Nothing was paid out on the chain yet." : "Paid out to your account.")
    : tile("Redeemed", "—", null, chain === "asking" ? "Asking the chain …" : "Only the chain knows: open this page with a wallet on the programme's network.");
  const expired = asked && sums.expired !== "0" ? note(`${usd(sums.expiredUsd)} of signed claims were not redeemed in time. Ask the treasury: it may settle the amount with a later month.`) : null;
  const unclear = asked && sums.unknown !== "0" ? note(`${usd(sums.unknownUsd)} of signed claims cannot be judged on this chain. The claim page says why.`) : null;
  return element("section", { "aria-label": "Sums" },
    element("dl", { class: "sums" },
      tile("Upcoming", usd(sums.upcomingUsd), null, sums.upcomingUsd === "0" ? "Nothing is on its way. Invite a creator." : "On its way, if things stay as they are. Nothing to do but wait."),
      tile("Locked", usd(sums.lockedUsd), null, sums.lockedUsd === "0" ? "Nothing that you earned is held back." : lockedWords(account)),
      claimable,
      redeemed),
    [...stopped(account)].map(note),
    expired,
    unclear);
}

/** Why earned money is held back, and what can be done about it. @param {Account} account */
function lockedWords(account) {
  const newest = account.months.at(-1);
  const pending = newest?.file?.statement.pending.filter((line) => line.outlook === "locked" && line.amountUsd !== "0") ?? [];
  const codes = [...new Set(pending.map((line) => line.code))];
  const reasons = codes.map((code) => shown(stateOf(code).word).toLowerCase());
  if (newest?.entry.status === "draft") reasons.unshift("not signed while the month is a draft");
  for (const { entry, file, signed, fits } of account.months) {
    if (entry.status !== "final" || fits || file === undefined || file.statement.amount === "0") continue;
    reasons.push(signed === undefined ? `${month(entry.month)} is not signed` : `the claim of ${month(entry.month)} does not fit its statement`);
  }
  const remedies = [...new Set(codes.flatMap((code) => remedy(code) ?? []))];
  return [`Earned, and held back: ${reasons.length === 0 ? "the reason stands at the referral" : reasons.join(", ")}.`, ...remedies].join(" ");
}

/** What keeps claims from being redeemed just now, in the chain's words. @param {Account} account */
function stopped({ months }) {
  return new Set(months.flatMap(({ verdict }) => (verdict?.state === "refused" && standingOf(verdict) === "claimable" ? [shown(verdict.sentence)] : [])));
}

/** @param {string} amount @param {Asked} chain */
function claimWords(amount, chain) {
  if (amount === "0") return chain === "answered" ? "No signed claim waits for you." : "No month is signed for you yet.";
  if (chain === "answered") return "Signed by the treasury, and not redeemed yet.";
  return "Signed by the treasury. What of it was redeemed already, only the chain knows.";
}

/**
 * @param {string} label
 * @param {string} figure
 * @param {Node | null} tokens
 * @param {string} words
 * @param {HTMLElement | null} [next] what to do about it
 */
function tile(label, figure, tokens, words, next = null) {
  return element("div", { class: "figure" },
    element("dt", null, label),
    element("dd", null, figure),
    element("dd", { class: "figure-note sum-tokens" }, tokens ?? "\u00a0"),
    element("dd", { class: "figure-note" }, words),
    next === null ? null : element("dd", { class: "figure-note sum-next" }, next));
}

/** @param {string} text */
function note(text) {
  return element("p", { class: "note note-warn sums-note" }, text);
}

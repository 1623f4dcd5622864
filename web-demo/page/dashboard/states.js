// @ts-check
/**
 * What a reason code looks like: icon, word, tone, and how far such a referral has come.
 *
 * The sentence, the number and the date are never here: they come from the statement.
 */

/** @typedef {"invited" | "accepted" | "approved" | "launched" | "qualified" | "paid"} Stage */
/** @typedef {"good" | "warn" | "bad" | "calm"} Tone */
/** @typedef {{ icon: import("../icons.js").IconName, word: string, tone: Tone, stage: Stage | undefined }} State */

/** The stages of a referral, in order. @type {readonly Stage[]} */
export const STAGES = Object.freeze(["invited", "accepted", "approved", "launched", "qualified", "paid"]);

/** @type {Readonly<Record<string, State>>} */
const STATES = Object.freeze({
  NOT_ACCEPTED: state("mail", "Invited", "calm", "invited"),
  INVITE_EXPIRED: state("clock", "Invite expired", "bad", "invited"),
  OTHER_AMBASSADOR_FIRST: state("people", "Another was first", "bad", "invited"),
  SELF_REFERRAL: state("person", "Own referral", "bad", "invited"),
  NOT_APPROVED: state("hourglass", "Not approved", "warn", "accepted"),
  LAUNCH_EXPIRED: state("clock", "Launch expired", "bad", "approved"),
  NOT_LAUNCHED: state("rocket", "Not launched yet", "calm", "approved"),
  GATE_USE_CASES: state("puzzle", "Use cases missing", "warn", "launched"),
  GATE_SUPPORTERS: state("people", "Supporters missing", "warn", "launched"),
  BELOW_TIER: state("chart", "Below the first tier", "calm", "launched"),
  IN_WINDOW: state("calendar", "Window open", "calm", "launched"),
  IN_GRACE: state("calendar", "Waiting for late events", "calm", "launched"),
  IN_HOLD: state("hourglass", "In hold", "calm", "qualified"),
  HELD: state("pause", "Held for review", "warn", "qualified"),
  CAP_QUEUED: state("queue", "Queued", "warn", "qualified"),
  BUDGET_DEFERRED: state("queue", "Budget spent", "warn", "qualified"),
  BELOW_MINIMUM: state("coins", "Below the minimum", "calm", "qualified"),
  PRICE_UNAVAILABLE: state("chart", "No price", "warn", "qualified"),
  ADDRESS_UNCONFIRMED: state("wallet", "Address unconfirmed", "warn", "qualified"),
  CLAIM_EXPIRED: state("clock", "Claim expired", "bad", "paid"),
});

/** An acceptance that was the first. */
export const ACCEPTED = state("check", "Accepted", "good", "accepted");

/** A line that a statement credits. */
export const PAID = state("check", "Paid", "good", "paid");

/** A line that a draft would credit. */
export const DRAFTED = state("hourglass", "In the draft", "calm", "qualified");

/** A line that is earned, and of which this month credits nothing. */
export const EARNED = state("check", "Earned", "good", "qualified");

/**
 * Returns the state of a reason code; one that this page does not know is shown as it is.
 *
 * @param {string} code
 * @returns {State}
 */
export function stateOf(code) {
  return Object.hasOwn(STATES, code) ? STATES[code] : { icon: "info", word: code, tone: "calm", stage: undefined };
}

/**
 * Returns what somebody can do about money that is earned and held back for a reason; nothing where they can only wait.
 *
 * @param {string} code
 * @returns {string | undefined}
 */
export function remedy(code) {
  const words = /** @type {Record<string, string>} */ ({
    HELD: "The treasury reviews it; ask it if that takes long.",
    CAP_QUEUED: "A later month credits it by itself.",
    BUDGET_DEFERRED: "A later month credits it by itself.",
    BELOW_MINIMUM: "It is credited once the sum is large enough.",
    PRICE_UNAVAILABLE: "It is credited once there is a price.",
    ADDRESS_UNCONFIRMED: "Tell the treasury that the address is yours.",
  });
  return Object.hasOwn(words, code) ? words[code] : undefined;
}

/** What a line is paid for, in words. @param {string} kind */
export function kindWord(kind) {
  const words = /** @type {Record<string, string>} */ ({
    base: "Base", use_case: "Use cases", innovative: "New use case", tier: "Volume tier", adjustment: "Adjustment",
  });
  return Object.hasOwn(words, kind) ? words[kind] : kind;
}

/**
 * Returns where a month's claim stands for the four sums, as the chain's verdict says.
 *
 * What only stops the money for now is claimable; what leaves open whether it was paid is unknown.
 *
 * @param {import("../wasm/ambassador.js").Verdict | undefined} verdict
 * @returns {"claimable" | "redeemed" | "expired" | "unknown"}
 */
export function standingOf(verdict) {
  if (verdict === undefined) return "unknown";
  if (verdict.state === "redeemable") return "claimable";
  if (verdict.state === "redeemed") return "redeemed";
  if (verdict.code === "CLAIM_EXPIRED") return "expired";
  return ["PAUSED", "DAILY_CAP", "NO_FUNDS", "ABOVE_MAX_CLAIM"].includes(verdict.code) ? "claimable" : "unknown";
}

/**
 * @param {import("../icons.js").IconName} icon
 * @param {string} word
 * @param {Tone} tone
 * @param {Stage} stage
 * @returns {State}
 */
function state(icon, word, tone, stage) {
  return Object.freeze({ icon, word, tone, stage });
}

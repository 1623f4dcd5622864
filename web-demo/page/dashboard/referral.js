// @ts-check
/** Joins each referral of a month with what the month's statement says of it. */

import { DRAFTED, EARNED, PAID, STAGES, stateOf } from "./states.js";

/** @typedef {import("../wasm/ambassador.js").ReferralView} ReferralView */
/** @typedef {import("../wasm/ambassador.js").Statement} Statement */
/** @typedef {Statement["lines"][number]} CreditedLine */
/** @typedef {Statement["pending"][number]} PendingLine */
/** @typedef {import("./states.js").State} State */
/** @typedef {import("./states.js").Stage} Stage */
/** @typedef {{ kind: string, credited: CreditedLine | undefined, pending: PendingLine | undefined, state: State }} Line */
/**
 * @typedef {object} Referral
 * @property {string} creator
 * @property {ReferralView | undefined} view
 * @property {Line[]} lines
 * @property {Line | undefined} headline the line that says most about where the referral stands
 * @property {Line[]} open the other lines that can still become more
 * @property {Stage} stage
 * @property {"open" | "done" | "closed"} outlook whether something is still to come, all was paid, or nothing will be
 * @property {string[]} paid what was credited so far, to be added
 */

const ORDER = ["base", "use_case", "innovative", "tier"];

/**
 * Returns the referrals of an ambassador, those with something still to come first.
 *
 * @param {ReferralView[]} views the ambassador's own
 * @param {Statement | undefined} statement
 * @param {"draft" | "final"} status of the statement's month
 * @returns {Referral[]}
 */
export function joinReferrals(views, statement, status) {
  /** @type {Map<string, ReferralView | undefined>} */
  const creators = new Map(views.map((view) => [view.creator, view]));
  for (const line of [...(statement?.lines ?? []), ...(statement?.pending ?? [])]) {
    if (line.creator !== undefined && !creators.has(line.creator)) creators.set(line.creator, undefined);
  }
  const rank = { open: 0, done: 1, closed: 2 };
  return [...creators]
    .map(([creator, view]) => joinReferral(creator, view, statement, status))
    .sort((a, b) => rank[a.outlook] - rank[b.outlook] || (a.creator < b.creator ? -1 : 1));
}

/**
 * Returns how many referrals have come at least so far, stage by stage.
 *
 * @param {Referral[]} referrals
 * @returns {{ stage: Stage, count: number }[]}
 */
export function funnel(referrals) {
  return STAGES.map((stage, position) => ({
    stage,
    count: referrals.filter((referral) => STAGES.indexOf(referral.stage) >= position).length,
  }));
}

/**
 * Returns the lines that concern a creator, or the programme's adjustments where there is none.
 *
 * @param {Statement} statement
 * @param {string | undefined} creator
 * @param {"draft" | "final"} status of the statement's month
 * @returns {Line[]}
 */
export function linesOf(statement, creator, status) {
  /** @type {Map<string, { credited: CreditedLine | undefined, pending: PendingLine | undefined }>} */
  const kinds = new Map();
  const at = (/** @type {string} */ kind) => {
    const found = kinds.get(kind) ?? { credited: undefined, pending: undefined };
    kinds.set(kind, found);
    return found;
  };
  for (const line of statement.lines) if (line.creator === creator) at(line.kind).credited = line;
  for (const line of statement.pending) if (line.creator === creator) at(line.kind).pending = line;
  const place = (/** @type {string} */ kind) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : -1);
  return [...kinds]
    .sort(([a], [b]) => place(a) - place(b))
    .map(([kind, { credited, pending }]) => ({ kind, credited, pending, state: lineState(credited, pending, status) }));
}

/**
 * @param {string} creator
 * @param {ReferralView | undefined} view
 * @param {Statement | undefined} statement
 * @param {"draft" | "final"} status
 * @returns {Referral}
 */
function joinReferral(creator, view, statement, status) {
  const lines = statement === undefined ? [] : linesOf(statement, creator, status);
  const base = lines.find((line) => line.kind === "base");
  const open = lines.filter((line) => line.pending !== undefined && line.pending.outlook !== "lost");
  // The base decides; once it is paid, the money that is still to come is the news.
  const coming = open.find((line) => line.pending?.amountUsd !== "0");
  const headline = base?.pending !== undefined ? base : (coming ?? base ?? lines[0]);
  const credits = lines.flatMap(({ credited }) =>
    credited === undefined ? [] : status === "draft" ? [credited.creditedBeforeUsd] : [credited.creditedBeforeUsd, credited.creditUsd],
  );
  const paid = lines.some(({ credited }) => credited !== undefined && isPaid(credited));
  return {
    creator,
    view,
    lines,
    headline,
    open: open.filter((line) => line !== headline),
    stage: base?.state.stage ?? stageOfDates(view),
    outlook: open.length > 0 || lines.length === 0 ? "open" : paid ? "done" : "closed",
    paid: credits,
  };
}

/**
 * @param {CreditedLine | undefined} credited
 * @param {PendingLine | undefined} pending
 * @param {"draft" | "final"} status
 * @returns {State}
 */
function lineState(credited, pending, status) {
  if (pending !== undefined) return stateOf(pending.code);
  if (status === "draft" && credited !== undefined && credited.creditUsd !== "0") return DRAFTED;
  return credited !== undefined && isPaid(credited) ? PAID : EARNED;
}

/** @param {CreditedLine} line */
function isPaid({ entitledUsd, creditUsd, creditedBeforeUsd }) {
  return entitledUsd !== "0" && (creditUsd !== "0" || creditedBeforeUsd !== "0");
}

/** How far the dates alone say that a referral came. @param {ReferralView | undefined} view @returns {Stage} */
function stageOfDates(view) {
  if (view?.launchedAt !== undefined) return "launched";
  if (view?.approvedAt !== undefined) return "approved";
  return view?.acceptedAt === undefined ? "invited" : "accepted";
}

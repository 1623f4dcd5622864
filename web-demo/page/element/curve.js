// @ts-check
/** The reward over volume out of quotes alone: what a creator would earn at each threshold, without the caps of a month. */

import { section } from "../calculator/plan.js";

/** @typedef {import("../wasm/calculator.js").Plan} Plan */
/** @typedef {import("../wasm/calculator.js").PlannedCreator} PlannedCreator */
/** @typedef {import("../wasm/calculator.js").TermsTable} TermsTable */
/** @typedef {Pick<typeof import("../wasm/calculator.js"), "quote">} Rules */
/** @typedef {{ volumeUsd: string, rewardUsd: string }} CurveStep */

const MOST_PLANNED = 10_000;
const MOST_BUDGET = "1000000000";

/**
 * Returns the thresholds of the tiers, as the terms write them.
 *
 * @param {TermsTable} terms
 * @returns {string[]}
 */
export function thresholds(terms) {
  const tiers = section(terms, "reward").tier;
  return Array.isArray(tiers) ? tiers.map((tier) => String(tier.volume_usd)) : [];
}

/**
 * Returns what the creators of a plan earn without the caps, and the steps of one of them.
 *
 * @param {Rules} rules
 * @param {Plan} plan
 * @param {PlannedCreator} chosen
 * @returns {{ rewards: string[], steps: CurveStep[] }}
 */
export function uncapped(rules, plan, chosen) {
  const volumes = thresholds(plan.terms);
  const probes = [least(chosen), ...volumes].map((volumeUsd) => ({ ...chosen, volumeUsd }));
  const { creators } = rules.quote({ ...plan, terms: withoutCaps(plan.terms), creators: [...plan.creators, ...probes] });
  const rewards = creators.map((creator) => creator.creditUsd);
  const own = rewards.splice(plan.creators.length);
  const steps = own.map((rewardUsd, place) => ({ volumeUsd: place === 0 ? "0" : volumes[place - 1], rewardUsd }));
  return { rewards, steps: steps.filter((step, place) => place === 0 || step.rewardUsd !== steps[place - 1].rewardUsd) };
}

/** A supporter is whoever brought anything: the least that so many can bring. @param {PlannedCreator} creator */
function least({ supporters }) {
  return `0.${String(supporters).padStart(18, "0")}`;
}

/** @param {TermsTable} terms @returns {TermsTable} */
function withoutCaps(terms) {
  return { ...terms, caps: { ...section(terms, "caps"), max_per_month: MOST_PLANNED, budget_usd_per_month: MOST_BUDGET, min_payout_usd: "0" } };
}

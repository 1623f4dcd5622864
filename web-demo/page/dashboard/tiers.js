// @ts-check
/** Draws a coin's volume against the tiers: what was moved, and what of it counts. */

import { element } from "../dom.js";
import { usd } from "../format.js";
import { icon } from "../icons.js";
import { volume } from "./pieces.js";

/** @typedef {import("../wasm/ambassador.js").ReferralView} ReferralView */
/** @typedef {ReferralView["tiers"][number]} Tier */
/** @typedef {(parts: string[], whole: string) => number[]} Proportions */

/**
 * Returns one bar on the scale of the highest tier: moved, counted, and a tick for each tier.
 *
 * @param {ReferralView} view
 * @param {Proportions} proportions
 * @returns {HTMLElement}
 */
export function tierTrack(view, proportions) {
  const highest = view.tiers.at(-1);
  if (highest === undefined) return element("div", { class: "track-figure" }, volume(view.volumeUsd), " moved");
  const next = view.tiers.find((tier) => !tier.reached) ?? highest;
  const [moved, counted] = proportions([view.volumeUsd, next.countedUsd], highest.volumeUsd);
  const ticks = proportions(view.tiers.map((tier) => tier.volumeUsd), highest.volumeUsd);
  const track = element(
    "div",
    { class: "track", "aria-hidden": "true" },
    placed("track-moved", "width", moved),
    placed("track-counted", "width", counted),
    ...ticks.map((tick, position) => placed(view.tiers[position].reached ? "track-tick track-tick-reached" : "track-tick", "left", tick)),
  );
  const words = next.reached
    ? ["Highest tier reached with ", volume(next.countedUsd)]
    : [volume(next.countedUsd), ` of ${usd(next.volumeUsd)} ${next === view.tiers[0] ? "count" : "count towards the next tier"}`];
  return element("div", { class: "track-figure" }, track, element("p", { class: "track-words" }, ...words));
}

/**
 * Returns every tier with what counts towards it, and why that may be less than what was moved.
 *
 * @param {ReferralView} view
 * @param {Proportions} proportions
 * @param {string | undefined} cap the most that one supporter counts for, in per cent of a tier
 * @returns {HTMLElement}
 */
export function tierTable(view, proportions, cap) {
  const rows = view.tiers.map((tier) => {
    const [filled] = proportions([tier.countedUsd], tier.volumeUsd);
    const mark = tier.reached ? [icon("check"), " Reached"] : [icon("minus"), " Not reached"];
    return element(
      "tr",
      { class: tier.reached ? "tier tier-reached" : "tier" },
      element("th", { scope: "row", "data-label": "Tier" }, usd(tier.volumeUsd)),
      element("td", { class: "tier-bar", "data-label": "" }, bar(filled)),
      element("td", { class: "money", "data-label": "Counts" }, volume(tier.countedUsd)),
      element("td", { "data-label": "State" }, element("span", { class: "tier-state" }, ...mark)),
      element("td", { class: "money", "data-label": "Bonus" }, usd(tier.bonusUsd)),
    );
  });
  const heads = ["Tier", "", "Counts", "State", "Bonus"].map((text) =>
    text === "" ? element("td", null) : element("th", { scope: "col", class: text === "Counts" || text === "Bonus" ? "money" : "" }, text),
  );
  const table = element(
    "table",
    { class: "table tier-table" },
    element("caption", { class: "visually-hidden" }, "Volume against the tiers"),
    element("thead", null, element("tr", null, ...heads)),
    element("tbody", null, ...rows),
  );
  const parts = [
    element("p", { class: "tier-volume" }, volume(view.volumeUsd), ` moved by ${supporters(view.supporters)} in the window.`),
    table,
  ];
  if (cap !== undefined && view.tiers.some((tier) => tier.countedUsd !== view.volumeUsd)) {
    const words = `Towards a tier each supporter counts for at most ${cap} of it, so that no few of them reach it alone. Hence less counts than was moved.`;
    parts.push(element("p", { class: "soft" }, words));
  }
  return element("div", { class: "tiers" }, ...parts);
}

/** A bar that is filled so far, in basis points. @param {number} basisPoints @returns {HTMLElement} */
export function bar(basisPoints) {
  return element("div", { class: "bar", "aria-hidden": "true" }, placed("bar-fill", "width", basisPoints));
}

/** The largest part of a tier that one supporter counts for, as the terms say it. @param {unknown} terms @returns {string | undefined} */
export function supporterCap(terms) {
  const volumeTerms = typeof terms === "object" && terms !== null ? Reflect.get(terms, "volume") : undefined;
  const points = typeof volumeTerms === "object" && volumeTerms !== null ? Reflect.get(volumeTerms, "supporter_cap_bps") : undefined;
  return typeof points === "number" && Number.isSafeInteger(points) && points > 0 && points <= 10_000 ? `${points / 100} %` : undefined;
}

/** @param {number} count */
function supporters(count) {
  return count === 1 ? "1 supporter" : `${count} supporters`;
}

/**
 * @param {string} className
 * @param {"width" | "left"} side
 * @param {number} basisPoints
 * @returns {HTMLElement}
 */
function placed(className, side, basisPoints) {
  const part = element("span", { class: className });
  part.style.setProperty(side, `${basisPoints / 100}%`);
  return part;
}

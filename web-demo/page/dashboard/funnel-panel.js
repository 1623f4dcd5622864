// @ts-check
/** Shows how many referrals came how far, from the invite to the payment. */

import { element } from "../dom.js";
import { funnel } from "./referral.js";

/**
 * @param {import("./referral.js").Referral[]} referrals
 * @returns {HTMLElement}
 */
export function funnelPanel(referrals) {
  const closed = referrals.filter((referral) => referral.outlook === "closed").length;
  const ended = closed === 1 ? "1 of them ended without a payment" : `${closed} of them ended without a payment`;
  return element("section", { class: "section", "aria-labelledby": "funnel-title" },
    element("div", { class: "section-head" },
      element("h2", { id: "funnel-title" }, "From invite to payment"),
      closed === 0 ? null : element("p", { class: "soft" }, `${ended}; the reasons stand below.`)),
    element("ol", { class: "funnel" }, ...funnel(referrals).map(({ stage, count }) => {
      const share = referrals.length === 0 ? 0 : (100 * count) / referrals.length;
      return element("li", { class: "funnel-stage" },
        element("span", { class: "funnel-count" }, String(count)),
        element("span", { class: "funnel-word" }, stage),
        element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "funnel-fill", style: { width: `${share}%` } })));
    })));
}

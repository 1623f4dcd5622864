// @ts-check
/** The calculator: what a month of referrals earns, in dollars and exact tokens, and why. */

import { element, replace } from "./dom.js";

export const title = "Calculator";

/** @type {import("./app.js").View["show"]} */
export async function show(main) {
  replace(main, element("div", { class: "view" }, element("h1", null, "What would you earn?")));
}

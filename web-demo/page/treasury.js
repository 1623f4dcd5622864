// @ts-check
/** The treasury's view: budget used month by month; of one month the decisions, signed against redeemed, and who waits for what. */

import { nothingPublished } from "./dashboard/list-view.js";
import { monthDetail } from "./dashboard/treasury-month.js";
import { bar } from "./dashboard/tiers.js";
import { stateMark, warningNotes } from "./dashboard/pieces.js";
import { recomputePanel } from "./dashboard/recompute-panel.js";
import { element, replace } from "./dom.js";
import { engine } from "./engine.js";
import { failureNote } from "./failure.js";
import { month, shown, tokensShort, usd } from "./format.js";
import { each } from "./chain.js";
import { loadIndex, loadMonth } from "./published.js";

/** @typedef {import("./published.js").IndexMonth} IndexMonth */
/** @typedef {import("./published.js").Month} Month */
/** @typedef {{ entry: IndexMonth, month: Month | undefined, failure: unknown }} Loaded */

export const title = "Treasury";

/**
 * @param {HTMLElement} main
 * @param {import("./app.js").Route} route
 * @param {import("./app.js").Context} context
 */
export async function show(main, { query }, { signal, setTitle }) {
  const index = await loadIndex();
  const heading = element("h1", null, "Treasury");
  const newest = index.months.at(-1);
  if (newest === undefined) {
    replace(main, element("div", { class: "view" }, heading, nothingPublished()));
    return;
  }
  const wanted = query.get("month");
  const chosen = index.months.find((entry) => entry.month === wanted) ?? newest;
  const wasm = await engine();
  const loaded = await each(index.months, async (entry) => {
    return loadMonth(entry.month).then(
      (one) => ({ entry, month: one, failure: undefined }),
      (/** @type {unknown} */ failure) => ({ entry, month: undefined, failure }),
    );
  });
  const row = loaded.find(({ entry }) => entry === chosen);
  const detail = element("div", { class: "view" });
  if (wanted !== null) setTitle(`Treasury, ${month(chosen.month)}`);
  replace(main, element("div", { class: "view treasury" },
    element("header", null,
      heading,
      element("p", { class: "lead" }, `What ${shown(index.programme)} paid, what it owes, and what waits for a decision.`)),
    element("div", { class: "notes" },
      loaded.map(({ failure }) => (failure === undefined ? null : failureNote(failure))),
      warningNotes(loaded.flatMap((one) => one.month?.warnings ?? []))),
    monthsTable(loaded, chosen, wasm),
    row?.month === undefined ? null : detail,
    recomputePanel(index.months, newest.month, signal)));
  if (row?.month !== undefined) void monthDetail(detail, row.month, signal);
}

/**
 * @param {Loaded[]} loaded
 * @param {IndexMonth} chosen
 * @param {import("./engine.js").Engine} wasm
 */
function monthsTable(loaded, chosen, wasm) {
  const heads = [["Month", ""], ["State", ""], ["Budget used", ""], ["Price", "money"], ["Pays", "money"]];
  return element("section", { class: "section", "aria-labelledby": "months-title" },
    element("h2", { id: "months-title" }, "Months"),
    element("table", { class: "table treasury-months" },
      element("caption", { class: "visually-hidden" }, "Months, newest first"),
      element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
      element("tbody", null, ...[...loaded].reverse().map((one) => monthRow(one, chosen, wasm)))));
}

/**
 * @param {Loaded} one
 * @param {IndexMonth} chosen
 * @param {import("./engine.js").Engine} wasm
 */
function monthRow({ entry, month: one }, chosen, { proportions, toTokens }) {
  const isChosen = entry === chosen;
  const link = element("a", { href: `#/treasury?month=${encodeURIComponent(entry.month)}`, "aria-current": isChosen ? "true" : null }, month(entry.month));
  const first = element("th", { scope: "row", "data-label": "Month" }, link);
  if (one === undefined) return element("tr", null, first, element("td", { colspan: 4 }, "not readable"));
  const { summary } = one;
  const [used] = proportions([summary.totalUsd], summary.budgetUsd);
  const mark = entry.status === "draft"
    ? stateMark({ icon: "hourglass", word: "Draft, signing opens", tone: "warn", stage: undefined }, summary.signingOpens)
    : stateMark({ icon: "check", word: "Final, claims until", tone: "good", stage: undefined }, summary.claimsDeadline);
  return element("tr", { class: isChosen ? "chosen" : "" },
    first,
    element("td", { "data-label": "State" }, mark),
    element("td", { "data-label": "Budget used" }, element("span", { class: "budget" }, bar(used), element("span", { class: "budget-words" }, `of ${usd(summary.budgetUsd)}`))),
    element("td", { class: "money", "data-label": "Price" }, element("span", { class: "two-sums" },
      element("span", null, usd(summary.price.usd)),
      element("span", { class: "soft" }, "for ", tokensShort(summary.price.tokens, summary.token.symbol)))),
    element("td", { class: "money", "data-label": "Pays" }, element("span", { class: "two-sums" },
      element("span", null, usd(summary.totalUsd)),
      element("span", { class: "soft" }, tokensShort(toTokens(summary.amount, summary.token.decimals), summary.token.symbol)))));
}

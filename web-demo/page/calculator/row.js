// @ts-check
/** One creator of the plan: what is expected, what it earns, why, and what is missing to the next tier. */

import { stateOf } from "../dashboard/states.js";
import { element, replace } from "../dom.js";
import { sentence, shown, usd } from "../format.js";
import { icon } from "../icons.js";
import { stepsView } from "../steps.js";
import { bareField } from "./input.js";
import { COLUMNS } from "./plan.js";

/** @typedef {import("./plan.js").Row} Row */
/** @typedef {import("./plan.js").Column} Column */
/** @typedef {import("./plan.js").Fault} Fault */
/** @typedef {import("../wasm/ambassador.js").CreatorQuote} CreatorQuote */
/** @typedef {import("../wasm/ambassador.js").Step} Step */
/**
 * @typedef {object} RowActions
 * @property {(place: number, column: Column, value: string) => void} type
 * @property {(place: number) => void} duplicate
 * @property {(place: number) => void} remove
 * @property {(place: number) => void} toggle opens or closes the explanation
 * @property {(place: number) => void} choose
 * @property {(event: KeyboardEvent, place: number, column: Column) => void} move
 * @property {(event: ClipboardEvent, place: number, column: Column) => void} paste
 */
/** @typedef {{ nodes: HTMLTableRowElement[], focus: (column: Column) => void, show: (row: Row, quote: CreatorQuote | undefined, faults: Map<string, Fault>, chosen: boolean, steps: Step[] | undefined, open: boolean) => void }} RowView */

export const HEADINGS = Object.freeze({ volume: "First-month volume, $", supporters: "Supporters", useCases: "Use cases", innovative: "New use cases" });

/**
 * Returns the table rows of a creator: what is expected, what is wrong with it, and the explanation.
 *
 * @param {number} place
 * @param {RowActions} actions
 * @returns {RowView}
 */
export function rowView(place, actions) {
  const name = `creator ${place + 1}`;
  const fields = COLUMNS.map((column) => bareField(`${HEADINGS[column]}, ${name}`, (value) => actions.type(place, column, value), {
    inputmode: column === "volume" ? "decimal" : "numeric",
    onkeydown: (/** @type {KeyboardEvent} */ event) => actions.move(event, place, column),
    onpaste: (/** @type {ClipboardEvent} */ event) => actions.paste(event, place, column),
  }));
  const reward = element("td", { class: "money plan-reward", "data-label": "Reward" });
  const why = element("td", { class: "plan-why", "data-label": "Why" });
  const opener = element("button", { class: "button-quiet button-icon plan-open", type: "button", "aria-expanded": "false", "aria-label": `Explain ${name}`, title: "Explain", onclick: () => actions.toggle(place) }, icon("chevron"));
  const main = element("tr", { class: "plan-row", onfocusin: () => actions.choose(place) },
    element("th", { scope: "row", class: "plan-number" }, element("span", null, element("span", { class: "plan-word" }, "Creator "), String(place + 1))),
    ...COLUMNS.map((column, index) => element("td", { "data-label": HEADINGS[column], class: `plan-${column}` }, fields[index].node)),
    reward, why,
    element("td", { class: "plan-actions" }, element("div", null,
      opener,
      element("button", { class: "button-quiet button-icon", type: "button", "aria-label": `Duplicate ${name}`, title: "Duplicate", onclick: () => actions.duplicate(place) }, icon("copy")),
      element("button", { class: "button-quiet button-icon", type: "button", "aria-label": `Remove ${name}`, title: "Remove", onclick: () => actions.remove(place) }, icon("cross")))));
  const wrong = element("tr", { class: "plan-fault", hidden: true }, element("td", { colspan: 8 }, ...fields.map((field) => field.error)));
  const inside = element("div", { class: "plan-explained" });
  const more = element("tr", { class: "plan-more", hidden: true }, element("td", { colspan: 8 }, inside));
  let shownQuote = "";
  return {
    nodes: [main, wrong, more],
    focus: (column) => fields[COLUMNS.indexOf(column)].input.focus(),
    show(row, quote, faults, chosen, steps, open) {
      COLUMNS.forEach((column, index) => fields[index].show(row[column], faults.get(`rows.${place}.${column}`)));
      wrong.hidden = COLUMNS.every((column) => !faults.has(`rows.${place}.${column}`));
      main.classList.toggle("plan-chosen", chosen);
      const text = JSON.stringify(quote ?? null);
      if (text !== shownQuote) {
        shownQuote = text;
        reward.textContent = quote === undefined ? "–" : usd(quote.creditUsd);
        replace(why, ...(quote === undefined ? [] : whyView(quote)));
      }
      opener.setAttribute("aria-expanded", String(open));
      more.hidden = !open;
      if (open) {
        replace(inside,
          element("div", null, element("h3", null, "What is paid"), quote === undefined ? null : linesView(quote)),
          element("div", null, element("h3", null, "Every rule, in order"), steps === undefined ? element("div", { class: "skeleton plan-steps" }) : stepsView(steps)));
      }
    },
  };
}

/** @param {CreatorQuote} quote */
function whyView(quote) {
  const base = quote.lines.find((line) => line.kind === "base");
  const waits = quote.lines.find((line) => line.entitledUsd !== line.creditUsd);
  const unpaid = waits ?? (base?.creditUsd === "0" ? base : undefined);
  const { icon: name, word, tone } = unpaid?.code === undefined
    ? { icon: /** @type {const} */ ("check"), word: paidFor(quote), tone: "good" }
    : stateOf(unpaid.code);
  return [
    element("span", { class: `state state-${tone}` }, icon(name), element("span", null, shown(word), unpaid === undefined || unpaid.figure === "" ? null : element("span", { class: "soft" }, ` ${figureText(unpaid)}`))),
    element("span", { class: "plan-next" }, nextText(quote)),
  ];
}

/** Counts as they are; amounts are in the sentence. @param {import("../wasm/ambassador.js").QuotedLine} line */
function figureText({ code, figure }) {
  return code === "GATE_SUPPORTERS" || code === "GATE_USE_CASES" ? shown(figure) : "";
}

/** @param {CreatorQuote} quote */
function paidFor({ lines, tier }) {
  const words = { base: "base", tier: `tier ${tier}`, use_case: "use cases", innovative: "new use case" };
  const paid = lines.filter((line) => line.creditUsd !== "0").map((line) => words[line.kind]);
  const text = paid.join(" + ");
  return text === "" ? "Nothing is paid" : text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {CreatorQuote} quote */
function nextText({ nextTier, tier }) {
  if (nextTier === undefined) return tier > 0 ? "The highest tier is reached." : "";
  const { missingSupporters: people, missingUsd, volumeUsd, bonusUsd } = nextTier;
  if (people > 0) return `${people} more ${people === 1 ? "supporter" : "supporters"} needed: with so few, no volume reaches ${whole(volumeUsd)}.`;
  return `${cents(missingUsd)} more reach the ${whole(bonusUsd)} tier.`;
}

/** @param {string} amount */
function whole(amount) {
  return usd(amount).replace(/\.00$/, "");
}

/** An amount whose digits beyond the cents are cut, and said to be cut; the explanation has them all. @param {string} amount */
function cents(amount) {
  const [dollars, decimals = ""] = amount.split(".");
  return decimals.length > 2 ? `${usd(`${dollars}.${decimals.slice(0, 2)}`)}…` : whole(amount);
}

const KINDS = { base: "Base reward", tier: "Volume tier", use_case: "Use cases", innovative: "New use cases" };

/** @param {CreatorQuote} quote */
function linesView({ lines }) {
  return element("ul", { class: "plan-lines" }, ...lines.map((line) => {
    const { icon: name, tone } = line.code === undefined ? { icon: /** @type {const} */ ("check"), tone: "good" } : stateOf(line.code);
    return element("li", null,
      element("span", { class: `state state-${tone}` }, icon(name), element("strong", null, KINDS[line.kind])),
      element("span", { class: "money" }, usd(line.creditUsd)),
      element("p", { class: "soft" }, sentence(line.sentence), line.entitledUsd === line.creditUsd ? "" : ` ${usd(line.entitledUsd)} is earned.`));
  }));
}

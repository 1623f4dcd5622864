// @ts-check
/** The tables of a statement: what the month credits, what it does not and why, and the closes of the price. */

import { element } from "../dom.js";
import { date, shown, tokens, usd } from "../format.js";
import { figureWords } from "./figures.js";
import { sentenceText, stateMark } from "./pieces.js";
import { kindWord, stateOf } from "./states.js";

/** @typedef {import("../published.js").Statement} Statement */
/** @typedef {Statement["lines"][number]} CreditedLine */
/** @typedef {Statement["pending"][number]} PendingLine */

/** @type {[PendingLine["outlook"], string, string][]} */
const OUTLOOKS = [
  ["locked", "Earned, and held back", "It stays owed, and is credited as soon as its reason is gone."],
  ["upcoming", "Still to come", "It can still change until its next date."],
  ["lost", "Not paid", "Nothing changes these any more, unless the records are corrected."],
];

/**
 * Returns the lines that the month credits, and under them those that it leaves as they were.
 *
 * @param {Statement} statement
 * @returns {HTMLElement}
 */
export function creditedTable(statement) {
  const now = statement.lines.filter((line) => line.creditUsd !== "0");
  const before = statement.lines.filter((line) => line.creditUsd === "0");
  const heads = [["Referral", ""], ["For", ""], ["Decided by", ""], ["Earned", "money"], ["Credited before", "money"], ["This month", "money"]];
  const body = statement.lines.length === 0
    ? element("p", { class: "soft" }, "Nothing is earned for good yet. What is on its way stands below.")
    : element("table", { class: "table ledger" },
      element("caption", { class: "visually-hidden" }, "Lines that are earned"),
      head(heads),
      element("tbody", null, ...now.map(creditedRow)),
      before.length === 0 ? null : element("tbody", { class: "ledger-before" },
        element("tr", { class: "ledger-part" }, element("th", { scope: "rowgroup", colspan: 6 }, "No credit this month")),
        ...before.map(creditedRow)),
      element("tfoot", null, element("tr", null,
        element("th", { scope: "row", colspan: 5 }, "This month"),
        element("td", { class: "money", "data-label": "Sum" }, usd(statement.totalUsd)))));
  return element("section", { class: "section", "aria-labelledby": "credited-title" },
    element("h2", { id: "credited-title" }, "What is earned"), body);
}

/**
 * Returns everything that is not paid, by whether it can still be.
 *
 * @param {Statement} statement
 * @returns {HTMLElement | null}
 */
export function pendingTables(statement) {
  if (statement.pending.length === 0) return null;
  const parts = OUTLOOKS.flatMap(([outlook, title, words]) => {
    const lines = statement.pending.filter((line) => line.outlook === outlook);
    return lines.length === 0 ? [] : [pendingPart(title, words, lines)];
  });
  return element("section", { class: "section", "aria-labelledby": "pending-title" },
    element("h2", { id: "pending-title" }, "What is not paid, and why"), ...parts);
}

/**
 * Returns the daily closes that the price was made of.
 *
 * @param {Statement} statement
 * @returns {HTMLElement | null}
 */
export function samplesTable({ price, token }) {
  if (price.samples.length === 0) return null;
  const symbol = shown(token.symbol);
  return element("details", { class: "samples", open: price.samples.length <= 10 },
    element("summary", null, price.samples.length === 1 ? "The close" : `The ${price.samples.length} daily closes`),
    element("table", { class: "mini-table" },
      element("caption", { class: "visually-hidden" }, "Daily closes"),
      head([["Day", ""], [symbol, "money"], ["Dollars", "money"]]),
      element("tbody", null, ...price.samples.map((sample) => element("tr", null,
        element("th", { scope: "row" }, date(sample.date)),
        element("td", { class: "money" }, tokens(sample.tokens)),
        element("td", { class: "money" }, usd(sample.usd))))),
      element("tfoot", null, element("tr", null,
        element("th", { scope: "row" }, "Price"),
        element("td", { class: "money" }, tokens(price.tokens)),
        element("td", { class: "money" }, usd(price.usd))))));
}

/** @param {CreditedLine} line */
function creditedRow(line) {
  return element("tr", null,
    element("th", { scope: "row", "data-label": "Referral" }, line.creator === undefined ? "Programme" : shown(line.creator)),
    element("td", { "data-label": "For" }, kindWord(line.kind)),
    element("td", { class: "ledger-why", "data-label": "Decided by" }, element("span", null, figureWords(line.figures))),
    element("td", { class: "money", "data-label": "Earned" }, usd(line.entitledUsd)),
    element("td", { class: line.creditedBeforeUsd === "0" ? "money soft nothing" : "money soft", "data-label": "Credited before" }, usd(line.creditedBeforeUsd)),
    element("td", { class: "money ledger-credit", "data-label": "This month" }, usd(line.creditUsd)));
}

/** @param {string} title @param {string} words @param {PendingLine[]} lines */
function pendingPart(title, words, lines) {
  return element("div", { class: "pending-part" },
    element("h3", null, title),
    element("p", { class: "soft" }, words),
    element("table", { class: "table ledger" },
      element("caption", { class: "visually-hidden" }, title),
      head([["Referral", ""], ["For", ""], ["State", ""], ["Why", ""], ["Next", ""], ["Amount", "money"]]),
      element("tbody", null, ...lines.map((line) => element("tr", null,
        element("th", { scope: "row", "data-label": "Referral" }, line.creator === undefined ? "Programme" : shown(line.creator)),
        element("td", { "data-label": "For" }, kindWord(line.kind)),
        element("td", { "data-label": "State" }, stateMark(stateOf(line.code))),
        element("td", { class: "ledger-why", "data-label": "Why" }, element("span", null, sentenceText(line.sentence))),
        element("td", { class: line.next === undefined ? "nothing" : "", "data-label": "Next" }, line.next === undefined ? "—" : date(line.next)),
        element("td", { class: "money", "data-label": "Amount" }, usd(line.amountUsd)))))));
}

/** @param {string[][]} columns label and class @returns {HTMLElement} */
function head(columns) {
  return element("thead", null, element("tr", null, ...columns.map(([text, name]) => element("th", { scope: "col", class: name }, text))));
}

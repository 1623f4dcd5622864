// @ts-check
/** The list of ambassadors: choose one, or let a wallet find oneself. */

import { announce, element, replace } from "../dom.js";
import { failureNote } from "../failure.js";
import { address, month, shown, usd } from "../format.js";
import { icon } from "../icons.js";
import { loadIndex, loadMonth, loadRecords } from "../published.js";
import { connect, onWallets, wallets } from "../wallet.js";
import { engine } from "../engine.js";
import { accountHref, stateMark, warningNotes } from "./pieces.js";
import { chosen } from "./remembered.js";

/** @typedef {{ id: string, name: string, payee: string | undefined, account: string | undefined, months: number, totalUsd: string, pendingUsd: string }} Row */

const FILTER_FROM = 9;
const MOST_SHOWN = 200;
const PATIENCE = 400;

/**
 * @param {HTMLElement} main
 * @param {import("../app.js").Context} context
 */
export async function showList(main, { signal }) {
  const heading = element("h1", null, "Ambassadors");
  const index = await loadIndex();
  const newest = index.months.at(-1);
  if (newest === undefined) {
    replace(main, element("div", { class: "view" }, heading, nothingPublished()));
    return;
  }
  const finder = element("div", { class: "finder" });
  const [{ summary, warnings }, payees] = await Promise.all([loadMonth(newest.month), payeesOf(newest.month), soon(wallets())]);
  const rows = summary.ambassadors.map((row) => ({
    ...row,
    payee: payees.get(row.id),
    months: index.months.filter((entry) => entry.ambassadors.includes(row.id)).length,
  }));
  const lead = `${shown(index.programme)} in ${month(newest.month)}. Choose a name to see every referral, and every cent that is paid or not.`;
  const known = rows.find((row) => row.id === chosen());
  replace(main, element("div", { class: "view" },
    element("header", null, heading, element("p", { class: "lead" }, lead)),
    warningNotes(warnings),
    known === undefined ? null : greeting(known),
    finder,
    chooser(rows, newest)));
  await offerWallets(finder, rows, signal);
}

/** What is said where a programme has published nothing. @returns {HTMLElement} */
export function nothingPublished() {
  return element(
    "div",
    { class: "empty" },
    element("h2", null, "Nothing is published yet"),
    element("p", null, "The programme's first month appears here once the treasury has closed it. Until then the calculator shows what a referral would earn."),
    element("p", null, element("a", { class: "button", href: "#/" }, "Open the calculator")),
  );
}

/**
 * The payees' names stand in the records; without them the accounts are shown alone.
 *
 * @param {string} name a month
 * @returns {Promise<Map<string, string>>}
 */
async function payeesOf(name) {
  try {
    const [{ readMonth }, records] = await Promise.all([engine(), loadRecords(name)]);
    return new Map(readMonth(records.bytes, records.terms).ambassadors.map((row) => [row.id, row.payee]));
  } catch {
    return new Map();
  }
}

/** Waits for what mostly comes at once, so that the page does not jump, but not for long. @param {Promise<unknown>} promise */
function soon(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** @param {Row} row @returns {HTMLElement} */
function greeting(row) {
  return element(
    "p",
    { class: "greeting" },
    element("a", { class: "button", href: accountHref(row.id) }, `Continue with ${shown(row.name)}`),
  );
}

/**
 * @param {Row[]} rows
 * @param {import("../published.js").IndexMonth} newest
 * @returns {HTMLElement[]}
 */
function chooser(rows, newest) {
  const body = element("tbody", null);
  const rest = element("p", { class: "soft" });
  const draw = (/** @type {Row[]} */ found) => {
    replace(body, found.slice(0, MOST_SHOWN).map(listRow));
    const left = found.length - body.childElementCount;
    rest.textContent = found.length === 0 ? "Nobody is called so." : left > 0 ? `And ${left} more: write a part of the name or the address.` : "";
  };
  draw(rows);
  const heads = [["Ambassador", ""], ["Paid to", ""], ["Months", "money"], ["Not paid yet", "money"], [newest.status === "draft" ? "This draft" : "This month", "money"]];
  const caption = `Ambassadors in ${month(newest.month)}`;
  const table = element(
    "table",
    { class: "table ambassador-table" },
    element("caption", { class: "visually-hidden" }, caption),
    element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
    body,
  );
  const status = newest.status === "draft" ? [element("p", null, stateMark({ icon: "hourglass", word: "Draft: figures may still change", tone: "warn", stage: undefined }))] : [];
  if (rows.length < FILTER_FROM) return [...status, table];
  const input = /** @type {HTMLInputElement} */ (element("input", { class: "input", id: "list-filter", type: "search", autocomplete: "off" }));
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    const found = rows.filter((row) => [row.id, row.name, row.payee ?? "", row.account ?? ""].some((text) => text.toLowerCase().includes(wanted)));
    draw(found);
    announce(found.length === 1 ? "1 ambassador" : `${found.length} ambassadors`);
  });
  return [
    ...status,
    element("div", { class: "list" },
      element("div", { class: "field list-filter" }, element("label", { for: "list-filter" }, "Find by name or address"), input),
      table,
      rest),
  ];
}

/** @param {Row} row @returns {HTMLElement} */
function listRow(row) {
  const payee = row.payee !== undefined && !row.payee.startsWith("0x") ? [element("span", { class: "payee" }, shown(row.payee)), " "] : [];
  const account = row.account === undefined ? element("span", { class: "soft" }, "no confirmed address") : element("span", { class: "soft" }, address(row.account));
  return element(
    "tr",
    null,
    element("th", { scope: "row", "data-label": "Ambassador" }, element("a", { href: accountHref(row.id) }, shown(row.name))),
    element("td", { "data-label": "Paid to" }, element("span", { class: "paid-to" }, ...payee, account)),
    element("td", { class: "money", "data-label": "Months" }, String(row.months)),
    element("td", { class: "money soft", "data-label": "Not paid yet" }, usd(row.pendingUsd)),
    element("td", { class: "money", "data-label": "This month" }, usd(row.totalUsd)),
  );
}

/**
 * Offers each wallet of this browser to find its account in the list.
 *
 * @param {HTMLElement} finder
 * @param {Row[]} rows
 * @param {AbortSignal} signal
 */
async function offerWallets(finder, rows, signal) {
  const answer = element("div", { class: "finder-answer", role: "status" });
  const draw = async () => {
    const found = await wallets();
    if (found.length === 0) return;
    const buttons = found.map((wallet) => {
      const button = element("button", { class: "button-quiet", type: "button" }, icon("wallet"), shown(wallet.name));
      button.addEventListener("click", async () => {
        replace(answer, "Waiting for the wallet …");
        try {
          const accounts = (await connect(wallet)).map((account) => account.toLowerCase());
          const mine = rows.find((row) => row.account !== undefined && accounts.includes(row.account.toLowerCase()));
          if (mine !== undefined) location.hash = accountHref(mine.id);
          else replace(answer, "No ambassador is paid to this account. Choose another account in the wallet, or a name below.");
        } catch (error) {
          replace(answer, failureNote(error));
        }
      });
      return button;
    });
    replace(finder, element("p", { class: "finder-words" }, "Find yourself by the account of a wallet:"), element("div", { class: "row" }, ...buttons), answer);
  };
  await soon(draw());
  signal.addEventListener("abort", onWallets(draw));
}

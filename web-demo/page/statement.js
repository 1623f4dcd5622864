// @ts-check
/** A month's statement as a ledger page: what is paid, what is not and why, the conversion, the hashes, and a recomputation. */

import { askChain, loadAccountMonth } from "./dashboard/account.js";
import { draftNote } from "./dashboard/account-view.js";
import { fileLinks, monthMark } from "./dashboard/months-panel.js";
import { accountHref, facts, hashText, trail, warningNotes } from "./dashboard/pieces.js";
import { recomputePanel } from "./dashboard/recompute-panel.js";
import { creditedTable, pendingTables, samplesTable } from "./dashboard/statement-tables.js";
import { element, replace } from "./dom.js";
import { engine } from "./engine.js";
import { failureNote } from "./failure.js";
import { address, date, month, shown, tokens, usd } from "./format.js";
import { icon } from "./icons.js";
import { PublishedError, downloadUrl, loadIndex } from "./published.js";
import { stepsView } from "./steps.js";

/** @typedef {import("./dashboard/account.js").AccountMonth} AccountMonth */
/** @typedef {import("./published.js").Statement} Statement */

/**
 * @param {HTMLElement} main
 * @param {string} id an ambassador
 * @param {string} name a month
 * @param {import("./app.js").Context} context
 */
export async function showStatement(main, id, name, { signal, setTitle }) {
  const index = await loadIndex();
  const entries = index.months.filter((candidate) => candidate.ambassadors.includes(id));
  const position = entries.findIndex((candidate) => candidate.month === name);
  if (position === -1) {
    throw new PublishedError("NOT_PUBLISHED", "index.json", "There is no statement of such an ambassador and month.", "Choose one from the list of ambassadors.");
  }
  const one = await loadAccountMonth(entries[position], id);
  if (one.file === undefined) throw one.failures[0];
  const { bytes, statement } = one.file;
  const { explainStatement } = await engine();
  setTitle(`${shown(statement.ambassador.name)}, ${month(name)}`);
  const mark = element("span", null, monthMark(one));
  replace(main, element("div", { class: "view statement" },
    trail([["Ambassadors", "#/ambassadors"], [shown(statement.ambassador.name), accountHref(id)]]),
    heading(statement, mark, one),
    element("div", { class: "notes" },
      one.entry.status === "draft" ? draftNote(name, one.summary) : null,
      one.failures.map((failure) => failureNote(failure)),
      warningNotes(one.warnings)),
    creditedTable(statement),
    pendingTables(statement),
    element("section", { class: "section", "aria-labelledby": "steps-title" },
      element("h2", { id: "steps-title" }, "How the sum was made"),
      stepsView(explainStatement(bytes)),
      samplesTable(statement)),
    hashes(one, statement),
    recomputePanel(index.months, name, signal),
    pages(id, entries[position - 1]?.month, entries[position + 1]?.month)));
  askChain([one]).then(() => {
    if (!signal.aborted) replace(mark, monthMark(one));
  });
}

/**
 * @param {Statement} statement
 * @param {HTMLElement} mark
 * @param {AccountMonth} one
 */
function heading(statement, mark, one) {
  const { ambassador, token } = statement;
  const claim = !one.fits ? null : element("a", { class: "button", href: `#/claim?ambassador=${encodeURIComponent(ambassador.id)}` }, "Claim");
  return element("header", { class: "statement-head" },
    element("div", null,
      element("p", { class: "soft" }, `${shown(statement.programme)} · Statement`),
      element("h1", null, `${shown(ambassador.name)}, ${month(statement.month)}`),
      element("p", { class: "statement-payee" },
        ambassador.payee.startsWith("0x") ? null : [shown(ambassador.payee), " · "],
        ambassador.account === undefined ? element("span", { class: "soft" }, "no confirmed address") : address(ambassador.account)),
      element("p", { class: "soft" }, `Ambassador ${shown(ambassador.index)} · as of `, date(statement.asOf))),
    element("div", { class: "statement-sum" },
      element("p", { class: "soft" }, one.entry.status === "draft" ? "Would pay" : "Pays"),
      element("p", { class: "statement-usd" }, usd(statement.totalUsd)),
      element("p", { class: "statement-tokens" }, tokens(statement.tokens, token.symbol)),
      element("p", null, mark)),
    element("div", { class: "row statement-actions no-print" },
      claim,
      element("button", { class: "button-quiet", type: "button", onclick: () => print() }, icon("print"), "Print"),
      fileLinks(ambassador.id, one)));
}

/** @param {AccountMonth} one @param {Statement} statement */
function hashes({ entry, signed }, statement) {
  /** @type {[string, Node | string][]} */
  const rows = [
    ["This statement", hashText(statement.hash)],
    ["Terms", element("span", null, hashText(statement.terms), " ", element("a", { class: "no-print", href: downloadUrl("terms", String(entry.termsVersion)) }, "Read them"))],
    ["Records", hashText(entry.records)],
    ["Prices", hashText(statement.price.file)],
  ];
  if (signed !== undefined) {
    rows.push(["Signed digest", hashText(signed.claim.digest)], ["Signed by", hashText(signed.claim.signer)]);
    rows.push(["Valid until", date(signed.claim.deadline)], ["Claim contract", element("span", null, hashText(signed.claim.payouts), ` on chain ${shown(signed.claim.chainId)}`)]);
  }
  return element("section", { class: "section", "aria-labelledby": "hashes-title" },
    element("h2", { id: "hashes-title" }, "Hashes"),
    element("p", { class: "soft" }, signed === undefined
      ? "Each is the keccak-256 of a file's bytes: a changed byte is another hash."
      : "Each is the keccak-256 of a file's bytes. The signature covers this statement's hash, and so the reasons with the sum."),
    facts(rows));
}

/** @param {string} id @param {string | undefined} before @param {string | undefined} after */
function pages(id, before, after) {
  if (before === undefined && after === undefined) return null;
  return element("nav", { class: "pages no-print", "aria-label": "Other months" },
    before === undefined ? element("span") : element("a", { href: accountHref(id, before) }, icon("back"), month(before)),
    after === undefined ? null : element("a", { href: accountHref(id, after) }, month(after), icon("arrow")));
}

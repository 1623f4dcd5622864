// @ts-check
/** Lists an ambassador's months, newest first, each with its statement and its files. */

import { element } from "../dom.js";
import { month, tokensShort, usd } from "../format.js";
import { downloadUrl } from "../published.js";
import { accountHref, download, stateMark } from "./pieces.js";
import { standingOf } from "./states.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./account.js").AccountMonth} AccountMonth */
/** @typedef {import("./states.js").State} State */

/**
 * @param {Account} account
 * @returns {HTMLElement}
 */
export function monthsPanel(account) {
  const heads = [["Statement", ""], ["State", ""], ["Download", ""], ["Credited", "money"]];
  return element("section", { class: "section", "aria-labelledby": "months-title" },
    element("h2", { id: "months-title" }, "Months"),
    element("table", { class: "table months-table" },
      element("caption", { class: "visually-hidden" }, "Months, newest first"),
      element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
      element("tbody", null, ...[...account.months].reverse().map((one) => monthRow(account.id, one)))));
}

/**
 * Returns where a month stands: draft, nothing to pay, signed, redeemed.
 *
 * @param {AccountMonth} one
 * @returns {HTMLElement}
 */
export function monthMark({ entry, summary, file, signed, fits, verdict }) {
  if (entry.status === "draft") return stateMark(plain("hourglass", "Draft, signing opens", "warn"), summary?.signingOpens);
  if (signed === undefined) return stateMark(plain("minus", file?.statement.amount === "0" ? "Nothing to pay" : "Not signed", "calm"));
  if (!fits) return stateMark(plain("warning", "Claim does not fit", "bad"));
  const until = signed.claim.deadline;
  const standing = standingOf(verdict);
  if (standing === "redeemed") return stateMark(plain("check", "Redeemed", "good"));
  if (standing === "expired") return stateMark(plain("clock", "Claim expired", "bad"), until);
  if (standing === "claimable") return stateMark(plain("sign", "Claimable until", "good"), until);
  return stateMark(plain("sign", "Signed, valid until", "calm"), until);
}

/** @param {string} id @param {AccountMonth} one */
function monthRow(id, one) {
  const { entry, file } = one;
  const statement = file?.statement;
  const sum = statement === undefined ? "not readable" : element("span", { class: "two-sums" },
    element("span", null, usd(statement.totalUsd)),
    element("span", { class: "soft" }, tokensShort(statement.tokens, statement.token.symbol)));
  return element("tr", null,
    element("th", { scope: "row", "data-label": "Statement" }, element("a", { href: accountHref(id, entry.month) }, month(entry.month))),
    element("td", { "data-label": "State" }, monthMark(one)),
    element("td", { "data-label": "Download" }, fileLinks(id, one)),
    element("td", { class: "money", "data-label": "Credited" }, sum));
}

/**
 * Returns the links that save a month's files as they were published.
 *
 * @param {string} id
 * @param {AccountMonth} one
 * @returns {HTMLElement}
 */
export function fileLinks(id, { entry, signed }) {
  const name = entry.month;
  return element("span", { class: "downloads" },
    download(downloadUrl("statements", name, id), `${id}-${name}-statement.json`, "Statement", name),
    signed === undefined ? null : download(downloadUrl("claims", name, id), `${id}-${name}-claim.json`, "Claim", name),
    download(downloadUrl("records", name), `${name}-records.json`, "Records", name));
}

/**
 * @param {State["icon"]} icon
 * @param {string} word
 * @param {State["tone"]} tone
 * @returns {State}
 */
function plain(icon, word, tone) {
  return { icon, word, tone, stage: undefined };
}

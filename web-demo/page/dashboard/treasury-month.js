// @ts-check
/** One month for the treasury: decisions, signed against redeemed, each ambassador, and what waits for which reason. */

import { each } from "../chain.js";
import { element, renew, replace } from "../dom.js";
import { engine } from "../engine.js";
import { failureNote } from "../failure.js";
import { address, date, month, shown, tokensShort, usd } from "../format.js";
import { loadRecords } from "../published.js";
import { askChain, loadAccountMonth } from "./account.js";
import { monthMark } from "./months-panel.js";
import { accountHref, facts, hashText, sentenceText, stateMark, warningNotes } from "./pieces.js";
import { standingOf, stateOf } from "./states.js";

/** @typedef {import("../published.js").Month} Month */
/** @typedef {import("./account.js").AccountMonth} AccountMonth */
/** @typedef {import("../engine.js").Engine} Engine */
/** @typedef {import("../wasm/ambassador.js").MonthView["decisions"][number]} Decision */

/** @type {Readonly<Record<string, import("./states.js").State>>} */
const DECISIONS = Object.freeze({
  use_case: { icon: "puzzle", word: "Use case", tone: "calm", stage: undefined },
  approval: { icon: "person", word: "Approval", tone: "calm", stage: undefined },
  held_referral: { icon: "pause", word: "Held referral", tone: "warn", stage: undefined },
  held_ambassador: { icon: "pause", word: "Held ambassador", tone: "warn", stage: undefined },
  address: { icon: "wallet", word: "Address", tone: "warn", stage: undefined },
});

/**
 * Fills a place with a month, as its files arrive.
 *
 * @param {HTMLElement} place
 * @param {Month} one
 * @param {AbortSignal} signal
 */
export async function monthDetail(place, { entry, summary }, signal) {
  const wasm = await engine();
  const decisions = element("div", { class: "place" }, waiting());
  const claims = element("div", { class: "place" }, waiting());
  const people = element("div", { class: "place" }, waiting());
  const reasons = element("div", { class: "place" }, waiting());
  replace(place,
    section("decisions-title", `Decisions in ${month(entry.month)}`, decisions),
    section("claims-title", "Signed against redeemed", claims),
    section("people-title", `Ambassadors in ${month(entry.month)}`, people),
    section("reasons-title", "Who waits for what", reasons),
    section("origin-title", "Where it comes from", facts([
      ["Records", hashText(entry.records)],
      ["Terms", hashText(summary.terms)],
      ["Prices", hashText(summary.price.file)],
      ["Claim contract", element("span", null, address(summary.payouts), ` on chain ${shown(summary.token.chainId)}`)],
    ])));
  void decide(decisions, entry.month);
  const months = await each(entry.ambassadors, (id) => loadAccountMonth(entry, id));
  if (signal.aborted) return;
  const draw = (/** @type {boolean} */ asked) => {
    if (signal.aborted) return;
    renew(claims, claimsTable(months, summary, asked, wasm), problems(months));
    renew(people, peopleTable(months, summary));
  };
  draw(false);
  replace(reasons, reasonsTable(months, wasm));
  draw(await askChain(months));
}

/** @param {HTMLElement} place @param {string} name a month */
async function decide(place, name) {
  try {
    const [{ readMonth }, records] = await Promise.all([engine(), loadRecords(name)]);
    const { decisions, ambassadors } = readMonth(records.bytes, records.terms);
    const people = new Set(ambassadors.map((row) => row.id));
    replace(place, warningNotes(records.warnings), decisionsList(decisions, people));
  } catch (error) {
    replace(place, failureNote(error));
  }
}

/** @param {Decision[]} decisions @param {Set<string>} people ids of ambassadors */
function decisionsList(decisions, people) {
  if (decisions.length === 0) return element("p", { class: "soft" }, "Nothing waits for a decision.");
  return element("ul", { class: "decisions" }, ...decisions.map(({ kind, subject, sentence, since }) => element("li", null,
    stateMark(Object.hasOwn(DECISIONS, kind) ? DECISIONS[kind] : stateOf(kind)),
    element("strong", null, people.has(subject) ? element("a", { href: accountHref(subject) }, shown(subject)) : shown(subject)),
    element("span", { class: "decision-words" }, sentenceText(sentence)),
    since === undefined ? null : element("span", { class: "soft" }, "since ", date(since)))));
}

/**
 * @param {AccountMonth[]} months
 * @param {import("../published.js").Summary} summary
 * @param {boolean} asked whether a chain answered
 * @param {Engine} wasm
 */
function claimsTable(months, summary, asked, { addBaseUnits, addUsd, toTokens }) {
  const signed = months.filter((one) => one.fits);
  const misfits = months.filter((one) => one.signed !== undefined && !one.fits);
  if (signed.length + misfits.length === 0) {
    const words = summary.status === "draft" ? "Nothing is signed before the challenge days are over." : "No claim of this month is published.";
    return element("p", { class: "soft" }, words);
  }
  const line = (/** @type {string} */ label, /** @type {AccountMonth[]} */ part) => {
    const amount = addBaseUnits(part.map((one) => one.signed?.claim.amount ?? "0"));
    const dollars = addUsd(part.map((one) => one.file?.statement.totalUsd ?? "0"));
    return element("tr", null,
      element("th", { scope: "row", "data-label": "" }, label),
      element("td", { class: "money", "data-label": "Claims" }, String(part.length)),
      element("td", { class: "money", "data-label": "Dollars" }, usd(dollars)),
      element("td", { class: "money", "data-label": "Tokens" }, tokensShort(toTokens(amount, summary.token.decimals), summary.token.symbol)));
  };
  const standing = (/** @type {string} */ wanted) => signed.filter((one) => standingOf(one.verdict) === wanted);
  const heads = [["", ""], ["Claims", "money"], ["Dollars", "money"], ["Tokens", "money"]];
  return [
    element("table", { class: "table claims-table" },
      element("caption", { class: "visually-hidden" }, "Signed against redeemed"),
      element("thead", null, element("tr", null, ...heads.map(([text, name]) => text === "" ? element("td", null) : element("th", { scope: "col", class: name }, text)))),
      element("tbody", null,
        line("Signed", signed),
        optional(line, "Not fitting its statement", misfits),
        asked ? [line("Redeemed", standing("redeemed")), line("Not redeemed yet", standing("claimable")), optional(line, "Expired", standing("expired")), optional(line, "Not judged", standing("unknown"))] : null)),
    asked ? null : element("p", { class: "soft" }, "What of it was redeemed, only the chain knows: open this page with a wallet on the programme's network to see it."),
  ];
}

/** @param {(label: string, part: AccountMonth[]) => HTMLElement} line @param {string} label @param {AccountMonth[]} part */
function optional(line, label, part) {
  return part.length === 0 ? null : line(label, part);
}

/** @param {AccountMonth[]} months */
function problems(months) {
  return [...months.flatMap((one) => one.failures).map((failure) => failureNote(failure)), ...warningNotes(months.flatMap((one) => one.warnings))];
}

/** @param {AccountMonth[]} months @param {import("../published.js").Summary} summary */
function peopleTable(months, summary) {
  const heads = [["Ambassador", ""], ["State", ""], ["Not paid", "money"], ["Pays", "money"]];
  const rows = summary.ambassadors.map((row) => {
    const one = months.find((candidate) => candidate.file?.statement.ambassador.id === row.id);
    return element("tr", null,
      element("th", { scope: "row", "data-label": "Ambassador" }, element("a", { href: accountHref(row.id, summary.month) }, shown(row.name))),
      element("td", { "data-label": "State" }, one === undefined ? "not readable" : monthMark(one)),
      element("td", { class: "money soft", "data-label": "Not paid" }, usd(row.pendingUsd)),
      element("td", { class: "money", "data-label": "Pays" }, usd(row.totalUsd)));
  });
  return element("table", { class: "table" },
    element("caption", { class: "visually-hidden" }, "Ambassadors"),
    element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
    element("tbody", null, ...rows));
}

/** @param {AccountMonth[]} months @param {Engine} wasm */
function reasonsTable(months, { addUsd }) {
  /** @type {Map<string, { code: string, outlook: string, amounts: string[], names: Set<string> }>} */
  const groups = new Map();
  for (const { file } of months) {
    for (const line of file?.statement.pending ?? []) {
      if (line.amountUsd === "0") continue;
      const key = `${line.outlook} ${line.code}`;
      const group = groups.get(key) ?? { code: line.code, outlook: line.outlook, amounts: [], names: new Set() };
      group.amounts.push(line.amountUsd);
      group.names.add(file?.statement.ambassador.name ?? "");
      groups.set(key, group);
    }
  }
  if (groups.size === 0) return element("p", { class: "soft" }, "Nothing waits.");
  const order = ["locked", "upcoming", "lost"];
  const words = /** @type {Record<string, string>} */ ({ locked: "Earned, held back", upcoming: "Still to come", lost: "Not paid" });
  const sorted = [...groups.values()].sort((a, b) => order.indexOf(a.outlook) - order.indexOf(b.outlook) || b.amounts.length - a.amounts.length);
  const heads = [["Reason", ""], ["Outlook", ""], ["Whose", ""], ["Lines", "money"], ["Dollars", "money"]];
  return element("table", { class: "table" },
    element("caption", { class: "visually-hidden" }, "What is not paid, by reason"),
    element("thead", null, element("tr", null, ...heads.map(([text, name]) => element("th", { scope: "col", class: name }, text)))),
    element("tbody", null, ...sorted.map(({ code, outlook, amounts, names }) => element("tr", null,
      element("th", { scope: "row", "data-label": "Reason" }, stateMark(stateOf(code))),
      element("td", { class: "soft", "data-label": "Outlook" }, words[outlook] ?? shown(outlook)),
      element("td", { class: "soft", "data-label": "Whose" }, element("span", null, whose([...names]))),
      element("td", { class: "money", "data-label": "Lines" }, String(amounts.length)),
      element("td", { class: "money", "data-label": "Dollars" }, usd(addUsd(amounts)))))));
}

/** @param {string[]} names */
function whose(names) {
  const first = names.slice(0, 3).map(shown).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

/** @param {string} id @param {string} title @param {...import("../dom.js").Child} children */
function section(id, title, ...children) {
  return element("section", { class: "section", "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

function waiting() {
  return element("div", { class: "skeleton skeleton-part", "aria-hidden": "true" });
}

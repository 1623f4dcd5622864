// @ts-check
/** An ambassador's account: the four sums, the funnel, an invite to send, every referral, and the months. */

import { element, renew, replace } from "../dom.js";
import { engine } from "../engine.js";
import { failureNote } from "../failure.js";
import { address, date, month, shown } from "../format.js";
import { icon } from "../icons.js";
import { loadTerms } from "../published.js";
import { askChain, loadAccount, sumUp } from "./account.js";
import { funnelPanel } from "./funnel-panel.js";
import { invitePanel } from "./invite.js";
import { monthsPanel } from "./months-panel.js";
import { stateMark, trail, warningNotes } from "./pieces.js";
import { joinReferrals, linesOf } from "./referral.js";
import { adjustmentsPanel, referralsPanel } from "./referrals-panel.js";
import { choose } from "./remembered.js";
import { sumTiles } from "./sum-tiles.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./account.js").AccountMonth} AccountMonth */

/**
 * @param {HTMLElement} main
 * @param {string} id
 * @param {import("../app.js").Context} context
 */
export async function showAccount(main, id, { signal, setTitle }) {
  const account = await loadAccount(id);
  const newest = account.months[account.months.length - 1];
  const [wasm, terms] = await Promise.all([engine(), loadTerms(newest.entry.termsVersion).catch(() => undefined)]);
  const statement = newest.file?.statement;
  const person = account.view?.ambassadors.find((row) => row.id === id);
  const row = newest.summary?.ambassadors.find((candidate) => candidate.id === id);
  const name = statement?.ambassador.name ?? person?.name ?? row?.name ?? id;
  const views = account.view?.referrals.filter((view) => view.ambassador === id) ?? [];
  const referrals = joinReferrals(views, statement, newest.entry.status);
  const tools = { proportions: (/** @type {string[]} */ parts, /** @type {string} */ whole) => [...wasm.proportions(parts, whole)], addUsd: wasm.addUsd, terms: terms?.table };
  choose(id);
  setTitle(shown(name));

  const paidTo = statement?.ambassador.account ?? row?.account;
  const invite = invitePanel({ id, name, programme: account.programme, account: paidTo }, signal);
  const sums = element("div", null);
  const months = element("div", null);
  const draw = async (/** @type {import("./sum-tiles.js").Asked} */ chain) => {
    const summed = await sumUp(account.months);
    if (signal.aborted) return;
    renew(sums, sumTiles(account, summed, chain, wasm.toTokens));
    renew(months, monthsPanel(account));
  };
  await draw("asking");
  replace(main, element("div", { class: "view account" },
    trail([["Ambassadors", "#/ambassadors"]]),
    heading(account, name, newest, person, invite),
    notes(account, newest),
    sums,
    funnelPanel(referrals),
    referralsPanel(referrals, tools),
    statement === undefined ? null : adjustmentsPanel(linesOf(statement, undefined, newest.entry.status)),
    invite,
    months));
  askChain(account.months).then((answered) => draw(answered ? "answered" : "silent"));
}

/**
 * @param {Account} account
 * @param {string} name
 * @param {AccountMonth} newest
 * @param {{ payee: string, status: string } | undefined} person
 * @param {HTMLElement} invite
 */
function heading(account, name, newest, person, invite) {
  const statement = newest.file?.statement;
  const payee = statement?.ambassador.payee ?? person?.payee;
  const paidTo = statement?.ambassador.account;
  return element("header", { class: "account-head" },
    element("h1", null, shown(name)),
    element("p", { class: "lead" },
      payee === undefined || payee.startsWith("0x") ? null : [shown(payee), " · "],
      paidTo === undefined ? "no confirmed address" : address(paidTo)),
    element("p", { class: "soft" },
      `${shown(account.programme)} · ${month(newest.entry.month)}`,
      statement === undefined ? null : [" · as of ", date(statement.asOf)]),
    element("p", { class: "account-invite" }, element("button", { class: "button-quiet", type: "button", onclick: () => goTo(invite) }, icon("mail"), "Invite a creator")),
    person?.status === "held" ? element("p", null, stateMark({ icon: "pause", word: "Held for review", tone: "warn", stage: undefined })) : null);
}

/** Goes to a section as a link would; the address names views alone. @param {HTMLElement} section */
function goTo(section) {
  const title = section.querySelector("h2");
  title?.setAttribute("tabindex", "-1");
  title?.focus({ preventScroll: true });
  section.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/**
 * @param {Account} account
 * @param {AccountMonth} newest
 */
function notes(account, newest) {
  const left = account.months.filter((one) => one.file === undefined).map((one) => month(one.entry.month));
  return element("div", { class: "notes" },
    newest.entry.status === "draft" ? draftNote(newest.entry.month, newest.summary) : null,
    [...account.failures, ...account.months.flatMap((one) => one.failures)].map((failure) => failureNote(failure)),
    left.length === 0 ? null : element("p", { class: "note note-warn" }, `The sums below leave out ${left.join(", ")}.`),
    warningNotes([...account.warnings, ...account.months.flatMap((one) => one.warnings)]));
}

/**
 * Returns what a draft is, and when its signing opens.
 *
 * @param {string} name a month
 * @param {import("../published.js").Summary | undefined} summary
 * @returns {HTMLElement}
 */
export function draftNote(name, summary) {
  return element("div", { class: "note" },
    element("p", null, element("strong", null, `${month(name)} is a draft.`)),
    element("p", null,
      "These are the challenge days: look it through, and tell the programme what is missing or wrong. ",
      summary === undefined ? null : ["Signing opens on ", date(summary.signingOpens), "; until then nothing of it can be claimed."]));
}

// @ts-check
/** The claims that were found: what will be received and by whom, and for each claim its state with every check. */

import { element } from "../dom.js";
import { address, date, dateTime, shown, tokens, usd } from "../format.js";
import { icon } from "../icons.js";
import { flowView } from "./flow.js";
import { amountOf, exact, monthsOf, noteView, state, whole } from "./pieces.js";
import { apart, groups, isBusy, isJudged, redeemable, verdictOf } from "./state.js";
import { byHandView } from "./ways.js";
import { checkName, instant, network, nextDay, problemFrom, standing } from "./words.js";

/** @typedef {import("./state.js").Model} Model */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./state.js").Judgement} Judgement */
/** @typedef {Extract<import("./state.js").Place, { kind: "desk" }>} Desk */
/** @typedef {import("./state.js").Act} Act */
/** @typedef {typeof import("../wasm/ambassador.js")} Wasm */

/**
 * @param {Model} model
 * @param {Desk} desk
 * @param {Act} act
 * @param {Wasm} wasm
 * @returns {Node[]}
 */
export function deskView(model, desk, act, wasm) {
  const all = [...groups(desk.found.items)];
  return [
    ...all.map(([group, items]) => groupView(model, desk, group, items, all.length > 1, act, wasm)),
    ...(desk.found.unreadable.length > 0 ? [unreadableView(desk.found.unreadable)] : []),
  ];
}

/**
 * @param {Model} model
 * @param {Desk} desk
 * @param {string} group
 * @param {Item[]} items
 * @param {boolean} several
 * @param {Act} act
 * @param {Wasm} wasm
 */
function groupView(model, desk, group, items, several, act, wasm) {
  const { judgement } = desk;
  const ready = redeemable(judgement, items);
  const { chainId, payouts } = items[0].claim;
  const { flow } = model;
  const covered = (flow.kind === "following" || flow.kind === "ended") && flow.sent.payouts === payouts;
  return element("section", { class: "claim-group", "aria-label": several ? `Claims of contract ${payouts}` : "Claims" },
    several ? element("p", { class: "claim-contract" }, "Contract ", address(payouts), ` on ${network(chainId)}`) : null,
    covered ? null : summaryView(model, desk, group, items, ready, act, wasm),
    element("table", { class: "table claim-table" },
      element("caption", { class: "visually-hidden" }, "Claims, newest month first"),
      element("thead", null, element("tr", null,
        element("th", { scope: "col" }, "Month"),
        element("th", { scope: "col" }, "Status"),
        element("th", { scope: "col", class: "money" }, "Amount"),
        element("th", { scope: "col", class: "money" }, "Dollars"))),
      ...items.map((item) => rowView(model, judgement, item, ready.length > 1, act, wasm))),
    byHandView(items, judgement, wasm));
}

/**
 * @param {Model} model
 * @param {Desk} desk
 * @param {string} group
 * @param {Item[]} items
 * @param {Item[]} ready
 * @param {Act} act
 * @param {Wasm} wasm
 */
function summaryView(model, { judgement }, group, items, ready, act, wasm) {
  const asked = isJudged(judgement, items);
  const counted = asked ? ready : apart(items);
  const nothing = asked && ready.length === 0;
  const worths = counted.flatMap(({ worth }) => worth ?? []);
  const dollars = worths.length < counted.length ? null : usd(wasm.addUsd(worths.map((worth) => worth.usd)));
  const count = counted.length === 1 ? monthsOf(counted[0].claim) : `${counted.length} claims`;
  return element("div", { class: "panel claim-summary" },
    nothing
      ? element("div", { class: "claim-sum" },
          element("p", { class: "claim-nothing" }, "Nothing to redeem now"),
          ...reasons(judgement, items))
      : element("div", { class: "claim-sum" },
          element("p", { class: "claim-label" }, asked ? "You will receive" : "Signed, not yet checked with the chain"),
          element("p", { class: "claim-amount" }, exact(amountOf(counted, wasm))),
          element("p", { class: "claim-under" }, dollars === null ? count : [dollars, " · ", count]),
          ...receivers(counted, wasm),
          ...(asked && counted.length < items.length ? reasons(judgement, items) : [])),
    element("div", { class: "claim-act" }, ...flowView(model, judgement, group, items, ready, act)));
}

/** Who is paid, in full: the address is what the person must compare. @param {Item[]} items @param {Wasm} wasm */
function receivers(items, wasm) {
  /** @type {Map<string, Item[]>} */
  const accounts = new Map();
  for (const item of items) accounts.set(item.claim.account, [...(accounts.get(item.claim.account) ?? []), item]);
  return [
    element("dl", { class: "claim-receivers" }, ...[...accounts].map(([account, own]) => element("div", null,
      element("dt", null, accounts.size > 1 ? [exact(amountOf(own, wasm)), " to"] : "To"),
      element("dd", null, whole(account))))),
    element("p", { class: "claim-soft" }, "Anybody may send it: the money always goes to ", accounts.size > 1 ? "these accounts." : "this account."),
  ];
}

/** Why claims cannot be redeemed now, each reason once. @param {Judgement} judgement @param {Item[]} items */
function reasons(judgement, items) {
  /** @type {Map<string, { verdict: import("./state.js").Verdict, count: number }>} */
  const codes = new Map();
  for (const item of items) {
    const verdict = verdictOf(judgement, item);
    if (verdict === undefined || verdict.state === "redeemable") continue;
    codes.set(verdict.code, { verdict, count: (codes.get(verdict.code)?.count ?? 0) + 1 });
  }
  // Months that were paid need no reason as long as there is something else to see.
  if ((codes.get("ALREADY_SETTLED")?.count ?? items.length) < items.length) codes.delete("ALREADY_SETTLED");
  return [...codes.values()].map(({ verdict, count }) => {
    const problem = problemFrom(verdict);
    const again = verdict.code === "DAILY_CAP" && judgement.kind === "given" ? [" The limit starts anew at ", dateTime(nextDay(judgement.timestamp)), "."] : [];
    return noteView(problem, count > 1 ? ` (${count} claims)` : "", again);
  });
}

/**
 * One claim: a row, and below it everything that was checked.
 *
 * @param {Model} model
 * @param {Judgement} judgement
 * @param {Item} item
 * @param {boolean} single whether it can be redeemed on its own, too
 * @param {Act} act
 * @param {Wasm} wasm
 */
function rowView(model, judgement, item, single, act, wasm) {
  const verdict = verdictOf(judgement, item);
  const { worth, link, claim } = item;
  const ready = verdict?.state === "redeemable";
  return element("tbody", { class: "claim-item" },
    element("tr", null,
      element("th", { scope: "row" }, monthsOf(claim)),
      element("td", { "data-label": "Status" }, statusView(judgement, item)),
      element("td", { class: "money", "data-label": "Amount" }, exact(amountOf([item], wasm))),
      element("td", { class: "money", "data-label": "Dollars" }, worth === undefined ? "unknown" : usd(worth.usd))),
    element("tr", { class: "claim-more" },
      element("td", { colspan: "4" }, element("div", { class: "claim-more-inner" },
        checksView(judgement, item, verdict, wasm),
        element("span", { class: "claim-more-links" }, link === undefined ? null : element("a", { href: `#/ambassadors/${encodeURIComponent(link.id)}/${encodeURIComponent(link.month)}` }, "Statement"),
        ready && single && !isBusy(model.flow) ? element("button", { class: "claim-link", type: "button", id: `redeem-${item.key}`, "data-claims": item.key, onclick: () => act.redeem([item.key]) }, "Redeem only this") : null)))));
}

/** @param {Judgement} judgement @param {Item} item */
function statusView(judgement, item) {
  const verdict = verdictOf(judgement, item);
  const deadline = ["until ", date(item.claim.deadline)];
  if (verdict === undefined) {
    const word = judgement.kind === "asking" ? "Checking" : "Signed";
    return state("hourglass", word, "calm", deadline);
  }
  const { word, icon: name, tone } = standing(verdict.code, verdict.state);
  if (verdict.code === "READY") return state(name, word, tone, deadline);
  if (verdict.code === "CLAIM_EXPIRED") return state(name, word, tone, [date(item.claim.deadline)]);
  const settlement = judgement.kind === "given" ? judgement.settlements.get(item.key) : undefined;
  if (verdict.state === "redeemed") {
    return state(name, word, tone, settlement?.timestamp === undefined ? [] : [date(instant(settlement.timestamp))]);
  }
  if (verdict.code === "DAILY_CAP" && judgement.kind === "given") return state(name, word, tone, ["until ", date(nextDay(judgement.timestamp))]);
  return state(name, word, tone, judgement.kind === "given" ? ["as of ", date(instant(judgement.timestamp))] : []);
}

/** @param {Judgement} judgement @param {Item} item @param {import("./state.js").Verdict | undefined} verdict @param {Wasm} wasm */
function checksView(judgement, item, verdict, wasm) {
  const checks = [...signature(item), ...(verdict?.checks ?? [statement(item, wasm)])];
  const failed = checks.filter((check) => !check.passed).length;
  const settlement = judgement.kind === "given" ? judgement.settlements.get(item.key) : undefined;
  const passed = checks.length - failed;
  // No fault, but what the claim was for, or what another claim is for.
  const settled = verdict?.state === "redeemed" || verdict?.code === "OTHER_CLAIM_FIRST";
  const head = failed === 0
    ? `${passed} ${passed === 1 ? "check" : "checks"} passed`
    : settled ? `${passed} of ${checks.length} checks passed` : `${failed} of ${checks.length} checks failed`;
  return element("details", { class: "claim-checks", id: `checks-${item.key}` },
    element("summary", null, verdict === undefined ? `${head}, the chain not asked yet` : head),
    element("ul", null, ...checks.map((check) => element("li", { class: check.passed ? "claim-passed" : settled ? "claim-settled" : "claim-failed" },
      icon(check.passed ? "check" : settled ? "info" : "cross"),
      element("span", { class: "visually-hidden" }, check.passed ? "Passed: " : settled ? "Settled: " : "Failed: "),
      element("span", { class: "claim-check" }, checkName(check.name)),
      element("span", { class: "claim-figure" }, figure(check, item, wasm))))),
    verdict === undefined || verdict.state === "redeemable" ? null : element("p", null, problemFrom(verdict).sentence, " ", problemFrom(verdict).help),
    settlement === undefined ? null : element("p", { class: "claim-wide" }, "Paid by transaction ", whole(settlement.hash)));
}

/** Recovered from the claim by `readClaim`, which refuses whatever does not fit; a contract's is for the chain to check. @param {Item} item */
function signature({ claim }) {
  return claim.signedBy === "contract" ? [] : [{ name: "signature", passed: true, figure: `digest ${claim.digest}` }];
}

/** The one check beside it that needs no chain. @param {Item} item @param {Wasm} wasm */
function statement({ claim, statementBytes }, wasm) {
  const hash = statementBytes === undefined ? undefined : wasm.fileHash(statementBytes);
  return { name: "statement", passed: hash === claim.statement, figure: hash ?? "none" };
}

/** What a check found; base units as tokens, times as times. @param {{ name: string, figure: string }} check @param {Item} item @param {Wasm} wasm */
function figure({ name, figure: found }, { worth: known }, wasm) {
  if (name === "deadline") return dateTime(found);
  if ((name === "funds" || name === "largest claim") && known !== undefined && /^\d+$/.test(found)) {
    return exact(tokens(wasm.toTokens(found, known.token.decimals), known.token.symbol));
  }
  return shown(found);
}

/** @param {import("./state.js").Unreadable[]} files */
function unreadableView(files) {
  return element("section", { class: "claim-unreadable", "aria-labelledby": "unreadable" },
    element("h2", { id: "unreadable" }, files.length === 1 ? "One file is no good claim" : `${files.length} files are no good claims`),
    element("ul", null, ...files.map((file) => {
      const { sentence, help } = problemFrom(file);
      return element("li", { class: "note note-bad" },
        element("p", null, icon("cross"), " ", element("strong", null, shown(file.name))),
        element("p", null, shown(sentence), " ", shown(help)));
    })));
}

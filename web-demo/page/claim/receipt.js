// @ts-check
/** What became of a transaction: on its way, paid with its receipt, refused, or lost; works without the claim files. */

import { element } from "../dom.js";
import { dateTime, shown, tokens } from "../format.js";
import { icon } from "../icons.js";
import { problemView, stepsView } from "./flow.js";
import { exact, fact, grouped, monthsOf, waiting, whole } from "./pieces.js";
import { instant, lost, network, problemFrom } from "./words.js";

/** @typedef {import("./state.js").Act} Act */
/** @typedef {import("./transaction.js").Sent} Sent */
/** @typedef {import("./transaction.js").Paid} Paid */
/** @typedef {import("./transaction.js").Progress} Progress */
/** @typedef {Extract<import("./transaction.js").Outcome, { kind: "paid" }>} Receipt */
/** @typedef {typeof import("../wasm/ambassador.js")} Wasm */

const SLOW = 60;

/**
 * @param {Extract<import("./state.js").Flow, { kind: "following" | "ended" }>} flow
 * @param {Act} act
 * @param {Wasm} wasm
 * @returns {Node}
 */
export function sentView(flow, act, wasm) {
  const { sent } = flow;
  if (flow.kind === "following") return followingView(sent, flow.progress, act);
  const { outcome } = flow;
  if (outcome.kind === "paid") return receiptView(sent, outcome, act, wasm);
  const problem = outcome.kind === "reverted" ? problemFrom(outcome, "The contract refused") : lost(outcome.kind);
  return element("section", { class: "panel claim-sent", "aria-label": "Transaction" },
    problemView(problem),
    outcome.kind === "reverted" ? element("p", { class: "claim-soft" }, "The transaction was refused in its block: its gas is spent, nothing else moved.") : null,
    facts(sent),
    element("p", { class: "claim-buttons" },
      outcome.kind === "unseen" || outcome.kind === "overdue" ? element("button", { class: "button", type: "button", id: "claim-wait", onclick: act.wait }, "Keep waiting") : null,
      element("button", { class: "button-quiet", type: "button", id: "claim-done", onclick: act.dismiss }, "Back to the claims")));
}

/** @param {Sent} sent @param {Progress} progress @param {Act} act */
function followingView(sent, progress, act) {
  const where = progress.trouble
    ? "The network node does not answer just now; the page keeps asking."
    : progress.seen
      ? "The network has it; waiting for a block."
      : "Sent; waiting for the network to see it.";
  return element("section", { class: "panel claim-sent", "aria-labelledby": "claim-sent" },
    element("h2", { id: "claim-sent" }, "On its way"),
    stepsView(2),
    waiting(where),
    progress.seconds >= SLOW
      ? element("p", { class: "claim-soft" }, `${Math.floor(progress.seconds / 60)} min so far. A low gas price makes it slow; the wallet can speed it up. You may close this page: the contract pays without it.`)
      : element("p", { class: "claim-soft" }, "Usually less than half a minute. A reload does not lose it."),
    facts(sent),
    progress.seconds >= SLOW ? element("button", { class: "button-quiet", type: "button", id: "claim-stop", onclick: act.dismiss }, "Stop waiting") : null);
}

/** @param {Sent} sent @param {Receipt} receipt @param {Act} act @param {Wasm} wasm */
function receiptView(sent, receipt, act, wasm) {
  const { payments } = receipt;
  const amount = (/** @type {Paid[]} */ list) => exact(tokens(wasm.toTokens(wasm.addBaseUnits(list.map((one) => one.amount)), sent.decimals), sent.symbol));
  const missing = sent.claims.length - payments.length;
  if (payments.length === 0) {
    const problem = problemFrom({ code: "ALREADY_SETTLED", sentence: "the transaction went through and paid nothing: its claims were settled or expired before it", help: "the claims below show what the chain knows now" });
    return element("section", { class: "panel claim-sent", "aria-label": "Transaction" }, problemView(problem), facts(sent),
      element("button", { class: "button-quiet", type: "button", id: "claim-done", onclick: act.dismiss }, "Back to the claims"));
  }
  const accounts = [...new Set(payments.map((one) => one.account))];
  return element("section", { class: "panel claim-sent claim-receipt", "aria-labelledby": "claim-now" },
    element("h2", { id: "claim-now", tabindex: "-1", class: "state state-good" }, icon("check"), element("span", null, "Paid")),
    element("p", { class: "claim-amount" }, amount(payments)),
    element("dl", { class: "claim-facts" },
      ...accounts.map((account) => fact("To", whole(account))),
      receipt.timestamp === undefined ? null : fact("When", dateTime(instant(receipt.timestamp))),
      fact("Block", element("span", { class: "claim-number" }, grouped(receipt.block)), ` on ${network(sent.chainId)}`),
      fact("Transaction", whole(receipt.hash)),
      fact("Gas used", element("span", { class: "claim-number" }, grouped(receipt.gas)))),
    payments.length > 1 || accounts.length > 1
      ? element("table", { class: "table" },
          element("caption", { class: "visually-hidden" }, "Paid months"),
          element("thead", null, element("tr", null, element("th", { scope: "col" }, "Month"), element("th", { scope: "col", class: "money" }, "Received"))),
          element("tbody", null, ...payments.map((one) => element("tr", null,
            element("th", { scope: "row" }, monthsOf(one)),
            element("td", { class: "money" }, amount([one]))))))
      : element("p", { class: "claim-soft" }, "For ", monthsOf(payments[0]), "."),
    missing > 0
      ? element("div", { class: "note note-warn" }, element("p", null, icon("warning"), " ", missing === 1 ? "One claim was" : `${missing} claims were`, " skipped by the contract, because it was settled or expired meanwhile. The list below shows which."))
      : null,
    element("p", null, `The tokens are in the account now. If its wallet does not show ${shown(sent.symbol)}, add the token to the wallet's list. This receipt can be printed; the chain keeps it for good.`),
    element("p", { class: "claim-buttons" }, element("button", { class: "button", type: "button", id: "claim-done", onclick: act.dismiss }, "Done"),
      element("button", { class: "button-quiet", type: "button", id: "claim-print", onclick: () => print() }, "Print")));
}

/** @param {Sent} sent */
function facts(sent) {
  return element("dl", { class: "claim-facts" },
    fact("Transaction", whole(sent.hash)),
    fact("Sent by", whole(sent.sender)),
    fact("To contract", whole(sent.payouts)));
}

// @ts-check
/** The way from the button to the wallet: what can be done now, what is being asked, and what stopped it. */

import { element } from "../dom.js";
import { address, shown, tokensShort } from "../format.js";
import { icon } from "../icons.js";
import { groupOf, isBusy } from "./state.js";
import { network } from "./words.js";

/** @typedef {import("./state.js").Model} Model */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./state.js").Judgement} Judgement */
/** @typedef {import("./state.js").Seat} Seat */
/** @typedef {import("./state.js").Act} Act */
/** @typedef {import("./words.js").Problem} Problem */

const STEPS = ["Check", "Approve", "Confirm", "Paid"];

/**
 * What can be done with a group of claims.
 *
 * @param {Model} model
 * @param {Judgement} judgement
 * @param {string} group
 * @param {Item[]} items
 * @param {Item[]} ready
 * @param {Act} act
 * @returns {(Node | null)[]}
 */
export function flowView({ flow, seat }, judgement, group, items, ready, act) {
  const { chainId } = items[0].claim;
  const concerns = "keys" in flow && items.some((item) => flow.keys.includes(item.key));
  if (concerns && flow.kind === "preparing") return [stepsView(0), waiting(flow.sentence)];
  if (concerns && flow.kind === "asking") {
    return [stepsView(1), waiting(`Approve the transaction in ${flow.wallet}.`), flow.fee === undefined ? null : feeView(flow.fee)];
  }
  return [
    concerns && flow.kind === "stopped" ? problemView(flow.problem, stepOf(flow.problem, flow.keys, chainId, act)) : null,
    judgement.kind === "unasked" && judgement.problem !== undefined && flow.kind !== "stopped"
      ? problemView(judgement.problem, { word: "Check again", action: act.look })
      : null,
    ...offer(seat, judgement, group, items, ready, isBusy(flow), concerns && flow.kind === "stopped", act),
  ];
}

/** How far a transaction has come. @param {number} now position of the present step @param {boolean} [done] */
export function stepsView(now, done = false) {
  return element("ol", { class: "claim-steps", "aria-label": "Progress" }, ...STEPS.map((word, at) => {
    const stage = at < now || done ? "done" : at === now ? "now" : "later";
    return element("li", { class: `claim-step claim-step-${stage}`, "aria-current": stage === "now" && "step" },
      element("span", { class: "claim-dot" }, stage === "done" ? icon("check") : String(at + 1)), word);
  }));
}

/**
 * A failure in words, with what can be done about it.
 *
 * @param {Problem} problem
 * @param {{ word: string, action: () => void } | undefined} step
 */
export function problemView(problem, step) {
  return element("div", { class: `note note-${problem.tone} claim-problem`, role: "status" },
    element("p", null, icon(problem.tone === "calm" ? "info" : "warning"), " ", element("strong", null, problem.title)),
    element("p", null, shown(problem.sentence), " ", shown(problem.help)),
    step === undefined ? null : element("button", { class: "button-quiet", type: "button", id: "claim-step", onclick: step.action }, step.word));
}

/** @param {import("./transaction.js").Fee} fee */
export function feeView(fee) {
  return element("p", { class: "claim-soft" }, "Gas: about ", tokensShort(fee.ether, "ETH"), `, ${fee.gas.replace(/\B(?=(\d{3})+$)/g, ",")} units`);
}

/**
 * The button, and which wallet it uses.
 *
 * @param {Seat} seat
 * @param {Judgement} judgement
 * @param {string} group
 * @param {Item[]} items
 * @param {Item[]} ready
 * @param {boolean} busy
 * @param {boolean} stopped
 * @param {Act} act
 * @returns {(Node | null)[]}
 */
function offer(seat, judgement, group, items, ready, busy, stopped, act) {
  if (seat.kind === "searching") return [element("p", { class: "claim-soft" }, "Looking for a wallet…")];
  if (seat.kind === "none") return [walletless()];
  const again = element("button", { class: "button-quiet", type: "button", id: "claim-look", disabled: busy, onclick: act.look }, "Check again");
  const { chainId } = items[0].claim;
  const elsewhere = seat.chainId !== undefined && seat.chainId !== chainId;
  const wanted = judgement.kind === "given" && !elsewhere ? ready : items;
  if (wanted.length === 0) return [seatView(seat, chainId, act), again];
  const keys = wanted.map((item) => item.key);
  const word = wanted.length === 1 ? "Redeem" : `Redeem all ${wanted.length}`;
  const idle = busy || judgement.kind === "asking";
  const fee = judgement.kind === "given" ? judgement.fees.get(group) : undefined;
  if (seat.kind === "ready" && seat.wallets.length > 1) {
    return [
      element("p", { class: "claim-label" }, `${word} with`),
      element("ul", { class: "claim-wallets" }, ...seat.wallets.map((wallet) => element("li", null,
        element("button", { class: "button-quiet claim-wallet", type: "button", disabled: idle, onclick: () => act.redeem(keys, wallet) },
          ...walletName(wallet))))),
    ];
  }
  return [
    element("button", { class: "button claim-redeem", type: "button", id: `redeem-all-${group}`, disabled: idle, onclick: () => act.redeem(keys) },
      elsewhere ? `Switch network and ${word.toLowerCase()}` : stopped ? `${word} again` : word),
    fee === undefined ? null : feeView(fee),
    seatView(seat, chainId, act),
  ];
}

/** @param {Extract<Seat, { kind: "ready" | "connected" }>} seat @param {string} chainId @param {Act} act */
function seatView(seat, chainId, act) {
  const right = seat.chainId === undefined || seat.chainId === chainId;
  return element("div", { class: "claim-seat" },
    element("p", null, "Sent with ", ...walletName(seat.wallet),
      ...(seat.kind === "connected" ? [" by ", address(seat.account)] : [])),
    right ? null : element("p", { class: "state state-warn" }, icon("warning"), element("span", null, `It is on ${network(/** @type {string} */ (seat.chainId))}; the claims are on ${network(chainId)}.`)),
    seat.kind === "connected"
      ? element("button", { class: "claim-link", type: "button", id: "claim-account", onclick: act.changeAccount }, "Use another account")
      : null);
}

/** @param {import("../wallet.js").Wallet} wallet @returns {Node[]} */
export function walletName(wallet) {
  return [element("span", { class: "claim-wallet-name" },
    wallet.icon === undefined ? icon("wallet") : element("img", { src: wallet.icon, alt: "", width: 20, height: 20 }),
    element("span", null, shown(wallet.name)))];
}

function walletless() {
  return element("div", { class: "note note-warn" },
    element("p", null, icon("wallet"), " ", element("strong", null, "No wallet in this browser")),
    element("p", null, "Redeeming needs a wallet with a little ether for gas. Install one that is an extension of this browser, or open this page in your wallet's own browser, and reload. "),
    element("p", null, "Or send the claim by hand, as below; anybody may do it for you."));
}

/** @param {string} sentence */
function waiting(sentence) {
  return element("p", { class: "claim-waiting", role: "status" }, element("span", { class: "claim-spinner", "aria-hidden": "true" }), shown(sentence));
}

/** @param {Problem} problem @param {string[]} keys @param {string} chainId @param {Act} act */
function stepOf(problem, keys, chainId, act) {
  switch (problem.step) {
    case "switch":
      return { word: "Switch network", action: () => act.switchChain(chainId) };
    case "look":
      return { word: "Check again", action: act.look };
    default:
      return undefined; // The button below tries again.
  }
}

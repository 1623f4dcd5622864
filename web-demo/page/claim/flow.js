// @ts-check
/** The way from the button to the wallet: what can be done now, what is being asked, and what stopped it. */

import { element } from "../dom.js";
import { address, shown } from "../format.js";
import { icon } from "../icons.js";
import { grouped, noteView, waiting } from "./pieces.js";
import { isBusy, isJudged } from "./state.js";
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
  const concerns = "keys" in flow && items.some((item) => flow.keys.includes(item.key));
  if (concerns && flow.kind === "preparing") return [stepsView(0), waiting(shown(flow.sentence)), flow.opens ? unopened() : null];
  if (concerns && flow.kind === "asking") {
    return [stepsView(1), waiting(`Approve the transaction in ${shown(flow.wallet)}.`), flow.fee === undefined ? null : feeView(flow.fee),
      unopened()];
  }
  const stopped = concerns && flow.kind === "stopped" ? flow.problem : undefined;
  const unread = judgement.kind === "given" ? judgement.problems.get(group) : undefined;
  const problem = stopped ?? unread;
  // What cannot be read can only be read again.
  const mayTry = problem === undefined || (problem === stopped && problem.step === "retry");
  return [
    problem === undefined ? null : problemView(problem),
    ...offer(seat, judgement, group, items, ready, isBusy(flow), mayTry, act),
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
 * The failure that stopped the flow; the focus rests on it.
 *
 * @param {Problem} problem
 */
export function problemView(problem) {
  const note = noteView(problem);
  note.id = "claim-now";
  note.tabIndex = -1;
  return note;
}

/** @param {import("./transaction.js").Fee} fee */
function feeView({ ether, gas }) {
  const [short] = /^(?:0(?:\.0*[1-9]\d?)?|[1-9]\d*(?:\.\d{1,4})?)/.exec(ether) ?? [ether];
  const amount = element("span", { title: `${ether} ETH`, class: "claim-exact" }, short === ether ? short : `${short}…`, " ETH");
  return element("p", { class: "claim-soft" }, "Network fee: about ", amount, ` · ${grouped(gas)}\u00a0gas`);
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
 * @param {boolean} mayTry
 * @param {Act} act
 * @returns {(Node | null)[]}
 */
function offer(seat, judgement, group, items, ready, busy, mayTry, act) {
  if (seat.kind === "searching") return [element("p", { class: "claim-soft" }, "Looking for a wallet…")];
  if (seat.kind === "none") return [walletless()];
  const again = element("button", { class: "button-quiet", type: "button", id: "claim-look", disabled: busy, onclick: act.look }, "Check again");
  const { chainId } = items[0].claim;
  const elsewhere = seat.chainId !== undefined && seat.chainId !== chainId;
  const wanted = isJudged(judgement, items) && !elsewhere ? ready : items;
  if (wanted.length === 0 || !mayTry) return [again, seatView(seat, items[0], act)];
  const keys = wanted.map((item) => item.key);
  const word = wanted.length === 1 ? "Redeem" : `Redeem all ${wanted.length}`;
  const idle = busy || judgement.kind === "asking";
  const fee = judgement.kind === "given" ? judgement.fees.get(group) : undefined;
  if (seat.kind === "ready" && seat.wallets.length > 1) {
    return [
      element("p", { class: "claim-label" }, `${word} with`),
      element("ul", { class: "claim-wallets" }, ...seat.wallets.map((wallet) => element("li", null,
        element("button", { class: "button-quiet claim-wallet", type: "button", "data-claims": keys.join(" "), "data-wallet": wallet.id, disabled: idle, onclick: () => act.redeem(keys, wallet) },
          ...walletName(wallet))))),
    ];
  }
  return [
    element("button", { class: "button claim-redeem", type: "button", id: `redeem-all-${group}`, "data-claims": keys.join(" "), disabled: idle, onclick: () => act.redeem(keys) },
      elsewhere ? `Switch network and ${word.toLowerCase()}` : word),
    fee === undefined ? null : feeView(fee),
    seatView(seat, items[0], act),
  ];
}

/** @param {Extract<Seat, { kind: "ready" | "connected" }>} seat @param {Item} item @param {Act} act */
function seatView(seat, { claim: { chainId, account } }, act) {
  const other = seat.kind === "connected" && seat.account.toLowerCase() !== account.toLowerCase();
  const right = seat.chainId === undefined || seat.chainId === chainId;
  return element("div", { class: "claim-seat" },
    element("p", null, "Sent with ", ...walletName(seat.wallet),
      ...(seat.kind === "connected" ? [" by ", address(seat.account)] : [])),
    right ? null : element("p", { class: "state state-warn" }, icon("warning"), element("span", null, `It is on ${network(/** @type {string} */ (seat.chainId))}; the claims are on ${network(chainId)}.`)),
    other ? element("p", { class: "claim-soft" }, "It only sends and pays the network fee: the money goes to the claim's account all the same.") : null,
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

function unopened() {
  return element("p", { class: "claim-soft" }, "If nothing opened, look for the wallet's icon in the browser's bar.");
}

function walletless() {
  return element("div", { class: "note note-warn" },
    element("p", null, icon("wallet"), " ", element("strong", null, "No wallet in this browser")),
    element("p", null, "Redeeming needs a wallet with a little ether for gas. Install one that is an extension of this browser, or open this page in your wallet's own browser, and reload. "),
    element("p", null, "Or send the claim by hand, as below; anybody may do it for you."));
}

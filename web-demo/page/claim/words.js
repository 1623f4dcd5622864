// @ts-check
/**
 * What went wrong, in words: a title, what happened, what to do. The sentences of verdicts and reverts come from WASM;
 * here they only get a title, and where a button can help, the button.
 */

import { shown } from "../format.js";
import { PublishedError } from "../published.js";
import { WalletError } from "./answers.js";

/** @typedef {"retry" | "look"} Step whether the same can be tried again, or the chain must first say something else */
/** @typedef {{ code: string, title: string, sentence: string, help: string, step: Step, tone: "bad" | "warn" | "calm" }} Problem */
/** @typedef {{ word: string, icon: import("../icons.js").IconName, tone: "good" | "warn" | "bad" | "calm" }} Standing */

/** @type {Record<string, [title: string, step: Step, tone: Problem["tone"]]>} */
const PROBLEMS = {
  REJECTED: ["Nothing was sent", "retry", "calm"],
  TIMED_OUT: ["No answer from the wallet", "retry", "warn"],
  UNAUTHORIZED: ["The account is not connected", "retry", "warn"],
  UNSUPPORTED: ["This wallet cannot do that", "look", "warn"],
  DISCONNECTED: ["The wallet is not connected to its network", "retry", "warn"],
  UNKNOWN_NETWORK: ["The wallet does not know the network", "retry", "warn"],
  ALREADY_ASKED: ["The wallet waits for you", "retry", "warn"],
  NO_ETHER: ["Too little ether for gas", "retry", "warn"],
  NODE_FAILED: ["The network node failed", "look", "warn"],
  BAD_ANSWER: ["The wallet's answer makes no sense", "look", "bad"],
  WRONG_CHAIN: ["The wallet is on another network", "retry", "warn"],
  CHAIN_CHANGED: ["The network changed meanwhile", "retry", "warn"],
  PAUSED: ["Payments are paused", "look", "warn"],
  CLAIM_EXPIRED: ["The deadline has passed", "look", "bad"],
  ALREADY_SETTLED: ["Already settled", "look", "calm"],
  OTHER_CLAIM_FIRST: ["Part of another claim", "look", "calm"],
  SIGNATURE_NOT_OF_CONTRACT: ["The contract's signer did not sign it", "look", "bad"],
  DAILY_CAP: ["Today's limit is reached", "look", "warn"],
  NO_FUNDS: ["The contract is not funded yet", "look", "warn"],
  ABOVE_MAX_CLAIM: ["More than one claim may be", "look", "bad"],
  SIGNER_DIFFERS: ["Not signed by the contract's signer", "look", "bad"],
  STATEMENT_DIFFERS: ["The statement was changed", "look", "bad"],
  STATEMENT_MISSING: ["The statement is missing", "look", "warn"],
  NOT_PUBLISHED: ["Not published here", "look", "calm"],
  CHAIN_ANSWER: ["The answers are not a claim contract's", "look", "bad"],
  NO_CONTRACT: ["There is no claim contract", "look", "bad"],
};

/** @type {Record<string, Standing>} */
const STANDINGS = {
  READY: { word: "Ready", icon: "check", tone: "good" },
  ALREADY_SETTLED: { word: "Redeemed", icon: "check", tone: "calm" },
  CLAIM_EXPIRED: { word: "Expired", icon: "clock", tone: "bad" },
  PAUSED: { word: "Paused", icon: "pause", tone: "warn" },
  WRONG_CHAIN: { word: "Other network", icon: "warning", tone: "warn" },
  SIGNER_DIFFERS: { word: "Wrong signer", icon: "cross", tone: "bad" },
  SIGNATURE_NOT_OF_CONTRACT: { word: "Not signed", icon: "cross", tone: "bad" },
  OTHER_CLAIM_FIRST: { word: "In another claim", icon: "info", tone: "calm" },
  STATEMENT_DIFFERS: { word: "Statement changed", icon: "cross", tone: "bad" },
  STATEMENT_MISSING: { word: "Statement missing", icon: "warning", tone: "warn" },
  ABOVE_MAX_CLAIM: { word: "Too large", icon: "cross", tone: "bad" },
  DAILY_CAP: { word: "Daily limit reached", icon: "hourglass", tone: "warn" },
  NO_FUNDS: { word: "Not funded yet", icon: "hourglass", tone: "warn" },
  NO_CONTRACT: { word: "No contract", icon: "cross", tone: "bad" },
};

/** @type {Record<string, string>} */
const CHECKS = {
  signature: "Signature", chain: "Network", settled: "Paid before", "other claims": "Other claims", statement: "Statement's hash", signer: "Signer",
  deadline: "Deadline", paused: "Paused", "largest claim": "Largest claim", "daily cap": "Daily limit", funds: "Contract's funds",
};

/** @type {Record<string, string>} */
const NETWORKS = { 1: "Ethereum", 11155111: "Sepolia", 17000: "Holesky", 560048: "Hoodi", 31337: "the local test network" };

/**
 * A failure as it is shown.
 *
 * @param {unknown} error
 * @param {typeof import("../wasm/ambassador.js")} wasm
 * @returns {Problem}
 */
export function problemOf(error, wasm) {
  if (error instanceof WalletError) {
    if (error.data !== undefined) return problemFrom(wasm.explainRevert(error.data), "The contract refused");
    return problemFrom({ code: error.code, sentence: error.message, help: error.help }, "The wallet failed");
  }
  if (error instanceof PublishedError) {
    return problemFrom({ code: error.code, sentence: error.message, help: error.help }, "This cannot be read");
  }
  const { code = "UNEXPECTED", message = "something unexpected happened", help = "Reload the page and try again." } = /** @type {any} */ (error ?? {});
  return problemFrom({ code: String(code), sentence: String(message), help: String(help) }, "That did not work");
}

/**
 * What WASM said, with a title and a next step.
 *
 * @param {{ code: string, sentence: string, help: string }} said
 * @param {string} [otherwise] title of a code that this page does not know
 * @returns {Problem}
 */
export function problemFrom({ code, sentence, help }, otherwise = "This cannot be redeemed") {
  const [title, step, tone] = Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : /** @type {const} */ ([otherwise, "retry", "bad"]);
  return { code, title, sentence: full(sentence), help: full(help), step, tone };
}

/** Why no receipt of these claims came. @param {"replaced" | "dropped" | "unseen" | "overdue" | "other"} kind @returns {Problem} */
export function lost(kind) {
  const said = {
    other: ["The transaction paid something else", "The wallet named a transaction that pays other claims than those that were sent, or tells of another amount.", "Do not trust what the wallet shows of it. The claims below show what the chain says."],
    replaced: ["Another transaction took its place", "The sending account used the same number for another transaction, as “speed up” and “cancel” do.", "If you sped it up, the claims show as redeemed below; if you cancelled it, redeem again."],
    dropped: ["The network dropped the transaction", "It was known and then forgotten before any block took it; nothing was paid by it and it cost no gas.", "Redeem again, with the gas price that your wallet proposes."],
    unseen: ["The network has not seen the transaction", "The wallet named a transaction that its network does not know.", "A wallet with several signers may still wait for them. Look into the wallet; the claims below show as redeemed once it was sent."],
    overdue: ["Still waiting after a quarter of an hour", "The transaction is known, but no block has taken it yet; its gas price may be too low.", "Speed it up in your wallet, or come back later: the claims below show what the chain knows."],
  }[kind];
  return { code: kind.toUpperCase(), title: said[0], sentence: said[1], help: said[2], step: "look", tone: "warn" };
}

/** How a verdict's code looks: icon and word. @param {string} code @param {string} state @returns {Standing} */
export function standing(code, state) {
  if (Object.hasOwn(STANDINGS, code)) return STANDINGS[code];
  return state === "redeemable" ? STANDINGS.READY : { word: "Refused", icon: "cross", tone: "bad" };
}

/** What a check is called. @param {string} name */
export function checkName(name) {
  return Object.hasOwn(CHECKS, name) ? CHECKS[name] : shown(name);
}

/** A chain's name for people. @param {string} chainId */
export function network(chainId) {
  return Object.hasOwn(NETWORKS, chainId) ? NETWORKS[chainId] : `the network with chain id ${chainId}`;
}

/** Midnight UTC after a block's time, when the day's limit starts anew. @param {string} timestamp unix seconds */
export function nextDay(timestamp) {
  const day = new Date(Number(timestamp) * 1000);
  day.setUTCHours(24, 0, 0, 0);
  return day.toISOString().replace(".000Z", "Z");
}

/** A block's time as RFC 3339. @param {string} timestamp unix seconds */
export function instant(timestamp) {
  const date = new Date(Number(timestamp) * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(".000Z", "Z");
}

/** A whole sentence: first letter large, full stop at the end. @param {string} text */
function full(text) {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const large = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(large) ? large : `${large}.`;
}

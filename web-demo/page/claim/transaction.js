// @ts-check
/** One transaction from its trial to its receipt: tried for free first, sent, followed, and remembered over a reload. */

import { blockAt, readLogs } from "../chain.js";
import { engine } from "../engine.js";
import { ask, chainId, request } from "../wallet.js";
import { hash, hexBytes, nonsense, quantity, WalletError } from "./answers.js";

/** @typedef {import("../wallet.js").Wallet} Wallet */
/** @typedef {import("../chain.js").Call} Call */
/** @typedef {{ account: string, index: string, from: string, to: string, amount: string, statement: string }} Paid */
/** @typedef {{ gas: string, ether: string }} Fee plain number of gas, exact ether text */
/**
 * What is remembered of a sent transaction: enough to show it without the claim files.
 *
 * @typedef {object} Sent
 * @property {string} hash
 * @property {string} wallet rdns of the wallet that sent it
 * @property {string} sender
 * @property {string} chainId
 * @property {string} payouts
 * @property {string} symbol
 * @property {number} decimals
 * @property {Paid[]} claims what it carries, as the contract will report it
 * @property {number} at when it was sent, milliseconds
 */
/** @typedef {{ seen: boolean, seconds: number, trouble: boolean }} Progress */
/**
 * @typedef {{ kind: "paid", block: string, hash: string, gas: string, timestamp: string | undefined, payments: Paid[] }
 *   | { kind: "reverted", hash: string, code: string, sentence: string, help: string }
 *   | { kind: "replaced" } | { kind: "other" } | { kind: "dropped" } | { kind: "unseen" } | { kind: "overdue" }} Outcome
 */

const KEY = "ambassador.sent";
const PAID = /** @type {const} */ (["account", "index", "from", "to", "amount", "statement"]);
const MOST_CLAIMS = 1000;
const FIRST_LOOK = 800;
const SLOWEST_LOOK = 8000;
const UNSEEN = 90_000;
const OVERDUE = 900_000;
const LOOKS_BEFORE_GONE = 3;

/**
 * Tries the call without sending it, and says what its gas would cost.
 *
 * @param {Wallet} wallet
 * @param {string} sender
 * @param {Call} call
 * @returns {Promise<Fee | undefined>} undefined where the node makes no estimate
 */
export async function tryCall(wallet, sender, call) {
  const question = { from: sender, to: call.to, data: call.data };
  await request(wallet, "eth_call", [question, "latest"]).then(hexBytes);
  let gas, price, ether;
  try {
    [gas, price, ether] = (await Promise.all([
      request(wallet, "eth_estimateGas", [question]),
      request(wallet, "eth_gasPrice"),
      request(wallet, "eth_getBalance", [sender, "latest"]),
    ])).map(quantity);
  } catch (error) {
    if (error instanceof WalletError && (error.code === "NO_ETHER" || error.code === "REVERTED")) throw error;
    return undefined;
  }
  if (ether < gas * price) {
    throw new WalletError("NO_ETHER", "the sending account has too little ether for gas", "Send it a little ether, or let another account send: the money goes to the claim's account all the same.");
  }
  const { toTokens } = await engine();
  return { gas: gas.toString(), ether: toTokens((gas * price).toString(), 18) };
}

/**
 * Sends the call, which opens the wallet.
 *
 * @param {Wallet} wallet
 * @param {string} sender
 * @param {Call} call
 * @param {string} chain the chain it is meant for, decimal text
 * @returns {Promise<string>} the transaction's hash
 */
export async function send(wallet, sender, call, chain) {
  if ((await chainId(wallet)) !== chain) throw new WalletError("CHAIN_CHANGED", "the wallet changed its network meanwhile", "Try again.");
  return hash(await ask(wallet, "eth_sendTransaction", [{ from: sender, to: call.to, data: call.data }]));
}

/**
 * Looks for the receipt, less and less often, until there is one or none can be hoped for.
 *
 * @param {Wallet} wallet
 * @param {Sent} sent
 * @param {(progress: Progress) => void} report
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome>}
 */
export async function follow(wallet, sent, report, signal) {
  const begin = Date.now();
  let [pause, missed] = [FIRST_LOOK, 0];
  /** @type {{ from: unknown, nonce: bigint } | undefined} */
  let seen;
  for (;;) {
    const elapsed = Date.now() - begin;
    try {
      const receipt = await request(wallet, "eth_getTransactionReceipt", [sent.hash]);
      if (receipt !== null && receipt !== undefined) return await outcome(wallet, sent, receipt);
      const transaction = /** @type {any} */ (await request(wallet, "eth_getTransactionByHash", [sent.hash]));
      if (typeof transaction === "object" && transaction !== null) {
        [seen, missed] = [{ from: transaction.from, nonce: quantity(transaction.nonce) }, 0];
      } else {
        missed += 1;
      }
      report({ seen: seen !== undefined, seconds: Math.floor(elapsed / 1000), trouble: false });
      if (seen !== undefined && missed >= LOOKS_BEFORE_GONE) {
        const used = quantity(await request(wallet, "eth_getTransactionCount", [seen.from, "latest"]));
        return { kind: used > seen.nonce ? "replaced" : "dropped" };
      }
      if (seen === undefined && elapsed > UNSEEN) return { kind: "unseen" };
    } catch {
      // A node that fails now may answer at the next look.
      report({ seen: seen !== undefined, seconds: Math.floor(elapsed / 1000), trouble: true });
    }
    if (elapsed > OVERDUE) return { kind: "overdue" };
    await sleep(pause, signal);
    pause = Math.min(pause * 1.4, SLOWEST_LOOK);
  }
}

/** Keeps what was sent for this tab, so that a reload finds it again. @param {Sent} sent */
export function remember(sent) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(sent));
  } catch {
    // Without storage it is followed only while the page stays open.
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

/** @returns {Sent | undefined} */
export function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const texts = ["wallet", "sender", "chainId", "payouts", "symbol"];
    if (kept === null || !texts.every((name) => typeof kept[name] === "string")) return undefined;
    if (![kept.decimals, kept.at].every(Number.isSafeInteger)) return undefined;
    if (!Array.isArray(kept.claims) || kept.claims.length > MOST_CLAIMS) return undefined;
    if (!kept.claims.every((/** @type {any} */ claim) => PAID.every((name) => typeof claim?.[name] === "string"))) return undefined;
    return { ...kept, hash: hash(kept.hash) };
  } catch {
    return undefined;
  }
}

/**
 * @param {Wallet} wallet
 * @param {Sent} sent
 * @param {unknown} value
 * @returns {Promise<Outcome>}
 */
async function outcome(wallet, sent, value) {
  if (typeof value !== "object") throw nonsense("a receipt");
  const { status, blockNumber, transactionHash, gasUsed, logs } = /** @type {any} */ (value);
  if (hash(transactionHash) !== sent.hash) throw nonsense("the receipt that was asked for");
  const block = quantity(blockNumber);
  const { readReceipt, explainRevert } = await engine();
  const success = quantity(status);
  if (success > 1n) throw nonsense("a receipt");
  if (success === 0n) {
    const reason = await revertReason(wallet, sent, `0x${block.toString(16)}`);
    return { kind: "reverted", hash: sent.hash, ...explainRevert(reason) };
  }
  const reported = readReceipt(readLogs(logs).map(({ log }) => log), sent.payouts);
  const at = await blockAt(wallet, `0x${block.toString(16)}`).catch(() => undefined);
  const paid = sent.claims.filter((claim) => reported.some((one) => PAID.every((name) => one[name] === claim[name])));
  if (paid.length === 0 && reported.length > 0) return { kind: "other" };
  return { kind: "paid", block: block.toString(), hash: sent.hash, gas: quantity(gasUsed).toString(), timestamp: at?.timestamp, payments: paid };
}

/** Runs a refused transaction again where it was refused, to hear why. @param {Wallet} wallet @param {Sent} sent @param {string} block */
async function revertReason(wallet, sent, block) {
  try {
    const { from, to, input } = /** @type {any} */ (await request(wallet, "eth_getTransactionByHash", [sent.hash]));
    await request(wallet, "eth_call", [{ from, to, data: hexBytes(input) }, block]);
  } catch (error) {
    if (error instanceof WalletError && error.data !== undefined) return error.data;
  }
  return "0x";
}

/** @param {number} milliseconds @param {AbortSignal} signal @returns {Promise<void>} */
function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

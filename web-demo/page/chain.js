// @ts-check
/** What a chain says through a wallet: one block's facts, and what they make of claims. Nobody has to connect an account for it. */

import { hash, hexBytes, nonsense, quantity, WalletError } from "./claim/answers.js";
import { engine } from "./engine.js";
import { chainId, request, wallets } from "./wallet.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {import("./wasm/ambassador.js").Chain} Chain */
/** @typedef {import("./wasm/ambassador.js").Claim} Claim */
/** @typedef {import("./wasm/ambassador.js").ClaimFile} ClaimFile */
/** @typedef {import("./wasm/ambassador.js").Verdict} Verdict */
/** @typedef {{ number: string, timestamp: string }} Block hex number, decimal unix seconds */
/** @typedef {{ to: string, data: string }} Call */
/** @typedef {{ hash: string, timestamp: string | undefined }} Settlement the transaction that paid a claim */

const AT_ONCE = 8;
const BEHIND = 600;
/** A read answers one word, or a few: digits. */
const MOST_READ = 4096;
/** The data of all logs together: digits. */
const MOST_LOGS = 2 * 1024 * 1024;

/**
 * Judges claims of one contract by the first wallet that is on their chain; undefined where no wallet can be asked.
 * Failures to read count as not asked: a list of months is shown without a chain, too.
 *
 * @param {ClaimFile[]} files
 * @returns {Promise<Verdict[] | undefined>}
 */
export async function claimStates(files) {
  if (files.length === 0) return [];
  const { readClaim } = await engine();
  const claim = readClaim(files[0].claim);
  try {
    for (const wallet of await wallets()) {
      if ((await chainId(wallet).catch(() => undefined)) === claim.chainId) {
        return (await judged(wallet, files)).verdicts;
      }
    }
  } catch {
    // The wallet or its node failed: the same as nobody to ask.
  }
  return undefined;
}

/**
 * Judges claims of one contract through this wallet; throws `WRONG_CHAIN` where it is on another chain than they.
 *
 * @param {Wallet} wallet
 * @param {ClaimFile[]} files
 * @returns {Promise<{ verdicts: Verdict[], block: Block }>}
 */
export async function judged(wallet, files) {
  const { judge, readClaim } = await engine();
  const { chainId: wanted } = readClaim(files[0].claim);
  if ((await chainId(wallet)) !== wanted) {
    throw new WalletError("WRONG_CHAIN", "the claims are for another network than the wallet's", `Choose the network with chain id ${wanted} in the wallet.`);
  }
  const { chain, block } = await readChain(wallet, files.map((file) => file.claim));
  return { verdicts: judge(files, chain), block };
}

/**
 * The facts that claims are judged by, all of one block.
 *
 * @param {Wallet} wallet
 * @param {Uint8Array[]} claims
 * @returns {Promise<{ chain: Chain, block: Block }>}
 */
export async function readChain(wallet, claims) {
  const { contractReads, tokenRead } = await engine();
  const [number, block] = await Promise.all([chainId(wallet), blockAt(wallet, "latest")]);
  const reads = contractReads(claims, await callAt(wallet, tokenRead(claims), block.number));
  const answers = await each(reads, (read) => callAt(wallet, read, block.number));
  // A wallet that changed its chain while it was asked gave answers of two chains.
  if ((await chainId(wallet)) !== number) throw new WalletError("CHAIN_CHANGED", "the wallet changed its network while it was asked", "Try again.");
  return { chain: { chainId: number, timestamp: block.timestamp, answers }, block };
}

/** A block's number and time. @param {Wallet} wallet @param {string} number hex, or `latest` @returns {Promise<Block>} */
export async function blockAt(wallet, number) {
  return readBlock(await request(wallet, "eth_getBlockByNumber", [number, false]));
}

/**
 * The transaction that redeemed each claim, where the node still knows: many answer for recent blocks only, and then
 * there is simply nothing to show.
 *
 * @param {Wallet} wallet
 * @param {Claim} claim
 * @returns {Promise<Settlement | undefined>}
 */
export async function settlement(wallet, claim) {
  const { paymentTopics, readReceipt } = await engine();
  const { event, index } = paymentTopics(claim.index);
  const filter = { address: claim.payouts, topics: [event, null, index], fromBlock: "0x0", toBlock: "latest" };
  try {
    for (const { log, origin } of readLogs(await request(wallet, "eth_getLogs", [filter]))) {
      const paid = readReceipt([log], claim.payouts).find((one) => one.index === claim.index && one.from <= claim.to && claim.from <= one.to);
      if (paid === undefined) continue;
      const { transactionHash, blockNumber } = origin;
      const block = await blockAt(wallet, `0x${quantity(blockNumber).toString(16)}`).catch(() => undefined);
      return { hash: hash(transactionHash), timestamp: block?.timestamp };
    }
  } catch {
    // What cannot be found is not shown.
  }
  return undefined;
}

/**
 * Logs of a receipt or a search, each with where it came from.
 *
 * @param {unknown} value
 * @returns {{ log: { address: string, topics: string[], data: string }, origin: any }[]}
 */
export function readLogs(value) {
  if (!Array.isArray(value) || value.length > 10_000) throw nonsense("a list of logs");
  let left = MOST_LOGS;
  return value.map((origin) => {
    if (typeof origin !== "object" || origin === null || !Array.isArray(origin.topics) || origin.topics.length > 4) throw nonsense("a log");
    const log = { address: hexBytes(origin.address), topics: origin.topics.map(hash), data: hexBytes(origin.data, left) };
    left -= log.data.length;
    return { log, origin };
  });
}

/** @param {unknown} value @returns {Block} */
function readBlock(value) {
  if (typeof value !== "object" || value === null) throw nonsense("a block");
  const { number, timestamp } = /** @type {Record<string, unknown>} */ (value);
  return { number: `0x${quantity(number).toString(16)}`, timestamp: quantity(timestamp).toString() };
}

/**
 * One read at one block. A contract that refuses a read, or is none, answers nothing. A node behind a balancer may not
 * know the newest block yet and is asked once more.
 *
 * @param {Wallet} wallet
 * @param {Call} read
 * @param {string} block
 * @returns {Promise<string>}
 */
async function callAt(wallet, read, block, again = true) {
  try {
    return hexBytes(await request(wallet, "eth_call", [{ to: read.to, data: read.data }, block]), MOST_READ);
  } catch (error) {
    if (!(error instanceof WalletError)) throw error;
    if (error.code === "REVERTED") return "0x";
    if (error.code !== "NODE_FAILED" || !again) throw error;
    await new Promise((resolve) => setTimeout(resolve, BEHIND));
    return callAt(wallet, read, block, false);
  }
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} action
 * @returns {Promise<R[]>} in the order of the items
 */
export async function each(items, action) {
  /** @type {R[]} */
  const results = new Array(items.length);
  let at = 0;
  const worker = async () => {
    while (at < items.length) {
      const mine = at++;
      results[mine] = await action(items[mine]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

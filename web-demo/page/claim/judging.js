// @ts-check
/** Asks the chain about the claims on the desk, and what redeeming them would cost. */

import { each, judged, settlement } from "../chain.js";
import { chainId, wallets } from "../wallet.js";
import { contractOf, groupOf, groups, redeemable } from "./state.js";
import { tryCall } from "./transaction.js";
import { problemOf } from "./words.js";

/** @typedef {import("../claim.js").Page} Page */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("./state.js").Judgement} Judgement */
/** @typedef {import("./state.js").Verdict} Verdict */
/** @typedef {import("../wallet.js").Wallet} Wallet */

const MOST_SEARCHES = 24;

/**
 * Judges what is on the desk anew. Without a wallet nothing is asked, and the page says so.
 *
 * @param {Page} page
 * @returns {Promise<void>}
 */
export async function judgeDesk(page) {
  const { place, seat } = page.model();
  if (place.kind !== "desk" || place.found.items.length === 0) return;
  if (seat.kind !== "ready" && seat.kind !== "connected") return;
  const { found } = place;
  if (place.judgement.kind !== "given") page.tell({ kind: "judgement", of: found, judgement: { kind: "asking" } });
  /** @type {Map<string, Verdict>} */
  const verdicts = new Map();
  /** @type {Map<string, import("./words.js").Problem>} */
  const problems = new Map();
  let timestamp = "0";
  for (const items of groups(found.items, contractOf).values()) {
    try {
      const wallet = await readerFor(page, items[0].claim.chainId, seat.wallet);
      const { verdicts: given, block } = await judged(wallet, filesOf(items));
      items.forEach((item, at) => verdicts.set(item.key, given[at]));
      timestamp = block.timestamp;
    } catch (error) {
      const problem = problemOf(error, page.wasm);
      // That the wallet is on another network is said beside its name.
      if (problem.code !== "WRONG_CHAIN") items.forEach((item) => problems.set(groupOf(item), problem));
    }
  }
  page.tell({ kind: "judgement", of: found, judgement: { kind: "given", verdicts, problems, timestamp, settlements: new Map(), fees: new Map() } });
  await Promise.all([findSettlements(page), estimate(page)]);
}

/** Claim and statement as WASM judges them. @param {Item[]} items */
export function filesOf(items) {
  return items.map((item) => ({ claim: item.bytes, statement: item.statementBytes }));
}

/** The wallet in use, unless only another one is on the claims' chain. @param {Page} page @param {string} chain @param {Wallet} wallet */
async function readerFor({ model }, chain, wallet) {
  if (model().seat.kind === "connected" || (await chainId(wallet).catch(() => undefined)) === chain) return wallet;
  for (const other of await wallets()) {
    if ((await chainId(other).catch(() => undefined)) === chain) return other;
  }
  return wallet;
}

/** When and by what redeemed claims were paid, as far as the node tells. @param {Page} page */
async function findSettlements(page) {
  const { place, seat } = page.model();
  if (place.kind !== "desk" || place.judgement.kind !== "given" || (seat.kind !== "ready" && seat.kind !== "connected")) return;
  const { verdicts } = place.judgement;
  const redeemed = place.found.items.filter((item) => verdicts.get(item.key)?.state === "redeemed").slice(0, MOST_SEARCHES);
  if (redeemed.length === 0) return;
  /** @type {Map<string, import("../chain.js").Settlement>} */
  const settlements = new Map();
  await each(redeemed, async (item) => {
    const paid = await settlement(seat.wallet, item.claim);
    if (paid !== undefined) settlements.set(item.key, paid);
  });
  page.tell({ kind: "settlements", of: place.found, settlements });
}

/** What the gas would cost, before anybody clicks; a failure shows when it matters. @param {Page} page */
async function estimate(page) {
  const { place, seat } = page.model();
  if (place.kind !== "desk" || place.judgement.kind !== "given" || seat.kind !== "connected") return;
  for (const items of groups(redeemable(place.judgement, place.found.items)).values()) {
    if (items[0].claim.chainId !== seat.chainId) continue;
    const call = page.wasm.redeemCall(items.map((item) => item.bytes));
    const fee = await tryCall(seat.wallet, seat.account, call).catch(() => undefined);
    if (fee !== undefined) page.tell({ kind: "fee", of: place.found, group: groupOf(items[0]), fee });
  }
}

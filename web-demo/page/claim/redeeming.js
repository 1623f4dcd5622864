// @ts-check
/** Redeeming: connect, right network, fresh facts, a trial, the wallet's approval, the receipt; any step may stop it. */

import { judged } from "../chain.js";
import { chainId, connect, switchChain, wallets } from "../wallet.js";
import { filesOf, judgeDesk } from "./judging.js";
import { seatIn } from "./seat.js";
import { groupOf, isBusy } from "./state.js";
import { follow, forget, recall, remember, send, tryCall } from "./transaction.js";
import { network, problemFrom, problemOf } from "./words.js";

/** @typedef {import("../claim.js").Page} Page */
/** @typedef {import("./state.js").Item} Item */
/** @typedef {import("../wallet.js").Wallet} Wallet */

/**
 * Redeems claims of one contract in one transaction.
 *
 * @param {Page} page
 * @param {string[]} keys
 * @param {Wallet} [chosen]
 * @returns {Promise<void>}
 */
export async function redeem(page, keys, chosen) {
  const { place, seat, flow } = page.model();
  if (place.kind !== "desk" || isBusy(flow) || (seat.kind !== "ready" && seat.kind !== "connected")) return;
  const items = place.found.items.filter((item) => keys.includes(item.key));
  if (items.length === 0 || items.some((item) => groupOf(item) !== groupOf(items[0]))) return;
  const wallet = chosen ?? seat.wallet;
  /** @param {string} sentence @param {boolean} [opens] whether the wallet opens for it */
  const prepare = (sentence, opens = false) => page.tell({ kind: "flow", flow: { kind: "preparing", keys, sentence, opens } });
  try {
    let account = seat.kind === "connected" && seat.wallet === wallet ? seat.account : undefined;
    if (account === undefined) {
      prepare(`Connect an account in ${wallet.name}.`, true);
      [account] = await connect(wallet);
    }
    const chain = items[0].claim.chainId;
    prepare("Checking with the chain…");
    if ((await chainId(wallet)) !== chain) {
      prepare(`Switch to ${network(chain)} in ${wallet.name}.`, true);
      await switchChain(wallet, chain);
    }
    page.tell({ kind: "seat", seat: await seatIn(wallet, seat.wallets, account) });
    prepare("Checking with the chain…");
    const { verdicts } = await judged(wallet, filesOf(items));
    const good = items.filter((_, at) => verdicts[at].state === "redeemable");
    if (good.length === 0) {
      page.tell({ kind: "flow", flow: { kind: "stopped", problem: problemFrom(verdicts[0]), keys } });
      return void judgeDesk(page);
    }
    const call = page.wasm.redeemCall(good.map((item) => item.bytes));
    prepare("Trying it without sending…");
    const fee = await tryCall(wallet, account, call);
    page.tell({ kind: "flow", flow: { kind: "asking", keys, wallet: wallet.name, fee } });
    const hash = await send(wallet, account, call, chain);
    const token = good.find((item) => item.worth !== undefined)?.worth?.token;
    const sent = {
      hash, wallet: wallet.rdns, sender: account, chainId: chain, payouts: items[0].claim.payouts,
      symbol: token?.symbol ?? "base units", decimals: token?.decimals ?? 0, claims: good.map((item) => item.claim), at: Date.now(),
    };
    remember(sent);
    await followTo(page, wallet, sent);
  } catch (error) {
    if (page.signal.aborted) return;
    page.tell({ kind: "flow", flow: { kind: "stopped", problem: problemOf(error, page.wasm), keys } });
    await judgeDesk(page); // The network may have been switched, or the claims settled meanwhile.
  }
}

/** Takes up a transaction that was on its way when the page was left. @param {Page} page */
export function resume(page) {
  const sent = recall();
  if (sent === undefined) return;
  void (async () => {
    const all = await wallets();
    const wallet = all.find((one) => one.rdns === sent.wallet) ?? all[0];
    if (wallet !== undefined && !page.signal.aborted) await followTo(page, wallet, sent);
  })().catch(() => undefined); // The page was left again.
}

/** @param {Page} page @param {Wallet} wallet @param {import("./transaction.js").Sent} sent */
async function followTo(page, wallet, sent) {
  page.tell({ kind: "flow", flow: { kind: "following", sent, progress: { seen: false, seconds: 0, trouble: false } } });
  const outcome = await follow(wallet, sent, (progress) => page.tell({ kind: "progress", hash: sent.hash, progress }), page.signal);
  if (outcome.kind !== "overdue" && outcome.kind !== "unseen") forget();
  page.tell({ kind: "flow", flow: { kind: "ended", sent, outcome } });
  await judgeDesk(page);
}

// @ts-check
/** Who sits in front: the wallet in use, its network and its account, as they change. */

import { accounts, chainId, isChosen, onChange, onWallets, wallets } from "../wallet.js";

/** @typedef {import("../wallet.js").Wallet} Wallet */
/** @typedef {import("./state.js").Seat} Seat */

/**
 * Takes a seat and keeps it true while the page is open; nobody is asked anything.
 *
 * @param {import("../claim.js").Page} page
 * @param {(account: string | undefined) => void} changed
 */
export async function watchSeat(page, changed) {
  /** @type {() => void} */
  let leave = () => undefined;
  /** @type {Wallet | undefined} */
  let watched;
  const sit = async () => {
    const seat = await seatNow(page.model().seat);
    if (page.signal.aborted) return;
    page.tell({ kind: "seat", seat });
    if (seat.kind !== "ready" && seat.kind !== "connected") return;
    if (watched !== seat.wallet) {
      leave();
      watched = seat.wallet;
      leave = onChange(seat.wallet, () => void sit());
    }
    changed(seat.kind === "connected" ? seat.account : undefined);
  };
  const unwatch = onWallets(() => void sit());
  page.signal.addEventListener("abort", () => {
    leave();
    unwatch();
  });
  await sit();
}

/**
 * The seat at a wallet whose account is known.
 *
 * @param {Wallet} wallet
 * @param {Wallet[]} all
 * @param {string} account
 * @returns {Promise<Seat>}
 */
export async function seatIn(wallet, all, account) {
  return { kind: "connected", wallets: all, wallet, chainId: await chainId(wallet), account };
}

/** The wallet in use before, one that is connected already, or the first. @param {Seat} before @returns {Promise<Seat>} */
async function seatNow(before) {
  const all = await wallets();
  if (all.length === 0) return { kind: "none" };
  const present = before.kind === "connected" || before.kind === "ready" ? before.wallet : undefined;
  const order = [...all].sort((a, b) => rank(a, present) - rank(b, present));
  for (const wallet of order) {
    const [account] = await accounts(wallet).catch(() => []);
    if (account !== undefined) return seatIn(wallet, all, account).catch(() => ({ kind: "ready", wallets: all, wallet, chainId: undefined }));
  }
  const wallet = order[0];
  return { kind: "ready", wallets: all, wallet, chainId: await chainId(wallet).catch(() => undefined) };
}

/** @param {Wallet} wallet @param {Wallet | undefined} present */
function rank(wallet, present) {
  return wallet === present ? 0 : isChosen(wallet) ? 1 : 2;
}

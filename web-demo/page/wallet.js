// @ts-check
/**
 * The wallets of this browser: found (EIP-6963), asked (EIP-1193), and every answer checked before it is believed.
 *
 * This is the one room that touches `window.ethereum`. A wallet is a stranger: it may answer nonsense, too much,
 * or never.
 */

import { addresses, plain, quantity, understood, WalletError } from "./claim/answers.js";

/**
 * @typedef {{
 *   request(question: {method: string, params?: unknown}): Promise<unknown>,
 *   on?: (name: string, listener: (...rest: unknown[]) => void) => unknown,
 *   removeListener?: (name: string, listener: (...rest: unknown[]) => void) => unknown,
 * }} Provider
 * @typedef {{ id: string, name: string, rdns: string, icon: string | undefined, provider: Provider }} Wallet
 */

const READING = 15_000;
const ASKING = 600_000;
const ARRIVAL = 200;
const MOST_WALLETS = 20;
const MOST_ICON = 64 * 1024;
const CHOSEN = "ambassador.wallet";

/** @type {Map<string, Wallet>} */
const found = new Map();
/** @type {Set<() => void>} */
const watchers = new Set();
/** @type {Promise<void> | undefined} */
let search;

/**
 * The wallets that announced themselves, the one chosen before first.
 *
 * @returns {Promise<Wallet[]>}
 */
export async function wallets() {
  search ??= look();
  await search;
  const chosen = remembered();
  return [...found.values()].sort((a, b) => rank(a, chosen) - rank(b, chosen));
}

/**
 * Calls `watcher` whenever one more wallet arrives; gives a function that stops it.
 *
 * @param {() => void} watcher
 */
export function onWallets(watcher) {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Whether this wallet was used before in this browser. @param {Wallet} wallet */
export function isChosen(wallet) {
  return wallet.rdns === remembered();
}

/**
 * Asks for accounts, which opens the wallet; the first is the one that sends.
 *
 * @param {Wallet} wallet
 * @returns {Promise<string[]>}
 */
export async function connect(wallet) {
  const list = addresses(await request(wallet, "eth_requestAccounts", [], ASKING));
  if (list.length === 0) {
    throw new WalletError("UNAUTHORIZED", "the wallet shares no account with this page", "Unlock it, choose an account, and try again.");
  }
  try {
    localStorage.setItem(CHOSEN, wallet.rdns);
  } catch {
    // Without storage the wallet is only not remembered.
  }
  return list;
}

/** Lets the person choose another account. @param {Wallet} wallet @returns {Promise<string[]>} */
export async function changeAccount(wallet) {
  await request(wallet, "wallet_requestPermissions", [{ eth_accounts: {} }], ASKING);
  return accounts(wallet);
}

/** The accounts that the wallet already shares; asks nobody. @param {Wallet} wallet @returns {Promise<string[]>} */
export async function accounts(wallet) {
  return addresses(await request(wallet, "eth_accounts"));
}

/** The number of the wallet's present chain as decimal text. @param {Wallet} wallet @returns {Promise<string>} */
export async function chainId(wallet) {
  return quantity(await request(wallet, "eth_chainId")).toString();
}

/**
 * Asks the wallet to go to another chain.
 *
 * @param {Wallet} wallet
 * @param {string} chain decimal text
 */
export async function switchChain(wallet, chain) {
  try {
    await request(wallet, "wallet_switchEthereumChain", [{ chainId: `0x${BigInt(chain).toString(16)}` }], ASKING);
  } catch (error) {
    if (error instanceof WalletError && error.code === "UNSUPPORTED") {
      throw new WalletError("UNSUPPORTED", "this wallet cannot be asked to switch", `Choose the network with chain id ${chain} in the wallet itself.`);
    }
    throw error;
  }
  if ((await chainId(wallet)) !== chain) {
    throw new WalletError("WRONG_CHAIN", "the wallet is still on another network", `Choose the network with chain id ${chain} in the wallet itself.`);
  }
}

/**
 * Asks a wallet one question and waits a bounded time; what comes back is still to be checked.
 *
 * @param {Wallet} wallet
 * @param {string} method
 * @param {unknown[]} [params]
 * @param {number} [milliseconds]
 * @returns {Promise<unknown>}
 */
export function request(wallet, method, params = [], milliseconds = READING) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new WalletError("TIMED_OUT", "the wallet did not answer in time", "Open the wallet, see whether it waits for you, and try again."));
    }, milliseconds);
    Promise.resolve()
      .then(() => wallet.provider.request({ method, params }))
      .then(plain, (reason) => Promise.reject(understood(reason)))
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Asks something that a person must approve, and waits for the person. @type {typeof request} */
export function ask(wallet, method, params = []) {
  return request(wallet, method, params, ASKING);
}

/**
 * Calls `listener` when accounts, chain or connection of the wallet change; gives a function that stops it.
 *
 * @param {Wallet} wallet
 * @param {(what: "accountsChanged" | "chainChanged" | "disconnect") => void} listener
 */
export function onChange(wallet, listener) {
  const names = /** @type {const} */ (["accountsChanged", "chainChanged", "disconnect"]);
  const listeners = names.map((name) => /** @type {const} */ ([name, () => listener(name)]));
  for (const [name, each] of listeners) attempt(() => wallet.provider.on?.(name, each));
  return () => {
    for (const [name, each] of listeners) attempt(() => wallet.provider.removeListener?.(name, each));
  };
}

/** Listens for announcements, asks for them, and gives them a moment to arrive. */
async function look() {
  addEventListener("eip6963:announceProvider", (event) => {
    attempt(() => admit(/** @type {CustomEvent} */ (event).detail));
  });
  dispatchEvent(new Event("eip6963:requestProvider"));
  if (found.size === 0) await new Promise((resolve) => setTimeout(resolve, ARRIVAL));
  attempt(() => {
    const injected = /** @type {{ethereum?: unknown}} */ (window).ethereum;
    if (found.size === 0 && isProvider(injected)) {
      add({ id: "injected", name: "Browser wallet", rdns: "injected", icon: undefined, provider: injected });
    }
  });
}

/** @param {unknown} detail */
function admit(detail) {
  const { info, provider } = /** @type {any} */ (detail);
  if (found.size >= MOST_WALLETS || !isProvider(provider)) return;
  const { uuid, name, rdns, icon } = info;
  if (![uuid, name, rdns].every((text) => typeof text === "string" && text.length > 0 && text.length <= 200)) return;
  add({ id: uuid, name: name.slice(0, 40), rdns, icon: isImage(icon) ? icon : undefined, provider });
}

/** @param {Wallet} wallet */
function add(wallet) {
  if (found.has(wallet.id)) return;
  found.set(wallet.id, wallet);
  for (const watcher of watchers) watcher();
}

/** @param {unknown} value @returns {value is Provider} */
function isProvider(value) {
  return typeof value === "object" && value !== null && typeof (/** @type {any} */ (value).request) === "function";
}

/** @param {unknown} icon */
function isImage(icon) {
  return typeof icon === "string" && icon.length <= MOST_ICON && /^data:image\/(svg\+xml|png|webp|jpeg|gif)[;,]/.test(icon);
}

/** @param {Wallet} wallet @param {string | null} chosen */
function rank(wallet, chosen) {
  return wallet.rdns === chosen ? 0 : 1;
}

function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

/** A stranger's code must not stop this page. @param {() => void} action */
function attempt(action) {
  try {
    action();
  } catch {
    // What a wallet throws here changes nothing for the person.
  }
}

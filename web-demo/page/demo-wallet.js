// @ts-check
/** The wallet of the demonstration: the local chain's own accounts behind EIP-1193, announced like any other (EIP-6963). */

import { element } from "./dom.js";
import { address, shown } from "./format.js";

/** @typedef {{ name: string, address: string }} Account */

const RPC = "demo/rpc";
const ACCOUNTS = "demo/accounts.json";
const CHOSEN = "ambassador.demo-account";
const PATIENCE = 20_000;
const READS = new Set([
  "eth_blockNumber", "eth_call", "eth_chainId", "eth_estimateGas", "eth_feeHistory", "eth_gasPrice", "eth_getBalance",
  "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getCode", "eth_getLogs", "eth_getTransactionByHash",
  "eth_getTransactionCount", "eth_getTransactionReceipt", "net_version",
]);
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0d5c63"/>'
  + '<path d="M8 12h16v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2zM8 12l11-4v4" fill="none" stroke="#fff" stroke-width="2" stroke-linejoin="round"/>'
  + '<circle cx="19.5" cy="18" r="1.75" fill="#fff"/></svg>',
)}`;

/** An error as EIP-1193 wants it. */
class ProviderError extends Error {
  /** @param {number} code @param {string} message @param {unknown} [data] */
  constructor(code, message, data) {
    super(message);
    this.name = "ProviderError";
    this.code = code;
    this.data = data;
  }
}

/** @type {Map<string, Set<(...rest: unknown[]) => void>>} */
const listeners = new Map();
/** @type {Promise<Account[]> | undefined} */
let loading;
/** @type {Account | undefined} */
let chosen;
let asking = false;
let questions = 0;

const provider = Object.freeze({
  /** @param {{ method: string, params?: any }} question */
  async request({ method, params = [] }) {
    switch (method) {
      case "eth_accounts":
      case "eth_requestAccounts":
        return [(await present()).address];
      case "wallet_requestPermissions":
        await alone(chooseAccount);
        return [{ parentCapability: "eth_accounts" }];
      case "wallet_switchEthereumChain":
        if (params[0]?.chainId === (await rpc("eth_chainId", []))) return null;
        throw new ProviderError(4902, "unrecognized chain: the demonstration has one network only");
      case "eth_sendTransaction":
        return alone(() => sendTransaction(params[0]));
      case "eth_signTypedData_v4":
        return alone(() => signTypedData(params[0], params[1]));
      default:
        if (READS.has(method)) return rpc(method, params);
        throw new ProviderError(4200, "the demo wallet does not do this");
    }
  },
  /** @param {string} name @param {(...rest: unknown[]) => void} listener */
  on(name, listener) {
    listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
  },
  /** @param {string} name @param {(...rest: unknown[]) => void} listener */
  removeListener(name, listener) {
    listeners.get(name)?.delete(listener);
  },
});

function announce() {
  const info = Object.freeze({ uuid: crypto.randomUUID(), name: "Demo wallet", icon: ICON, rdns: "ambassador.demo" });
  const detail = Object.freeze({ info, provider });
  const event = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  addEventListener("eip6963:requestProvider", event);
  event();
}

/** @param {string} method @param {unknown[]} params */
async function rpc(method, params) {
  questions += 1;
  const answer = await fetch(RPC, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: questions, method, params }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok) throw new ProviderError(4900, "the demonstration's chain does not answer");
  const { result, error } = await answer.json();
  if (error !== undefined && error !== null) throw new ProviderError(error.code, error.message, error.data);
  return result;
}

/** @returns {Promise<Account[]>} */
function accounts() {
  loading ??= (async () => {
    const answer = await fetch(ACCOUNTS, { signal: AbortSignal.timeout(PATIENCE) });
    const list = answer.ok ? await answer.json() : [];
    if (!Array.isArray(list) || list.length === 0) throw new ProviderError(4900, "the demonstration has no accounts");
    return list;
  })();
  loading.catch(() => (loading = undefined));
  return loading;
}

/** The account in use: the one chosen in this tab, or the first. */
async function present() {
  const list = await accounts();
  chosen ??= list.find((account) => account.address === sessionStorage.getItem(CHOSEN)) ?? list[0];
  return chosen;
}

/** One question at a time, as wallets do. @template T @param {() => Promise<T>} action @returns {Promise<T>} */
async function alone(action) {
  if (asking) throw new ProviderError(-32002, "the demo wallet is already asking");
  asking = true;
  try {
    return await action();
  } finally {
    asking = false;
  }
}

async function chooseAccount() {
  const list = await accounts();
  const now = await present();
  const answer = await dialog("Choose an account", [
    element("fieldset", { class: "demo-accounts" },
      element("legend", { class: "visually-hidden" }, "Account"),
      ...list.map((account, at) => element("label", { class: "demo-account" },
        element("input", { type: "radio", name: "account", value: at, checked: account.address === now.address }),
        element("span", null, element("strong", null, shown(account.name)), element("br"), address(account.address))))),
  ], "Use account", "Cancel");
  const account = list[Number(answer.get("account"))] ?? now;
  if (account.address === now.address) return;
  chosen = account;
  sessionStorage.setItem(CHOSEN, account.address);
  for (const listener of listeners.get("accountsChanged") ?? []) listener([account.address]);
}

/** @param {unknown} wanted @returns {Promise<Account>} */
async function own(wanted) {
  const found = (await accounts()).find((account) => account.address.toLowerCase() === String(wanted).toLowerCase());
  if (found === undefined) throw new ProviderError(4100, "the demo wallet does not have this account");
  return found;
}

/** A fact of a dialog. @param {string} term @param {...(Node | string)} description */
function row(term, ...description) {
  return element("div", null, element("dt", null, term), element("dd", null, ...description));
}

/** Shows every field of what would be signed, in its order (EIP-712). @param {unknown} account @param {unknown} text */
async function signTypedData(account, text) {
  const signer = await own(account);
  const { domain, primaryType, message, types } = parsed(text);
  const fields = /** @type {{ name: string }[]} */ (types[primaryType]);
  await dialog("Sign this message?", [
    element("p", null, "Signing costs nothing and sends nothing."),
    element("dl", { class: "demo-facts" },
      row("From", shown(signer.name), " ", address(signer.address)),
      row("For", shown(`${domain.name}, version ${domain.version}, chain ${domain.chainId}`), " ", address(String(domain.verifyingContract))),
      row("Message", shown(primaryType)),
      ...fields.map(({ name }) => row(shown(name), element("code", { class: "demo-value" }, shown(String(message[name]))))))],
  "Sign", "Reject");
  return rpc("eth_signTypedData_v4", [signer.address, text]);
}

/** @param {unknown} text @returns {any} */
function parsed(text) {
  try {
    const { domain, primaryType, message, types } = JSON.parse(String(text));
    if (Array.isArray(types[primaryType]) && typeof domain === "object" && typeof message === "object") return { domain, primaryType, message, types };
  } catch {
    // It is said below.
  }
  throw new ProviderError(-32602, "this is no typed data (EIP-712)");
}

/** @param {any} transaction */
async function sendTransaction(transaction) {
  const sender = await own(transaction?.from);
  const data = String(transaction.data ?? "0x");
  await dialog("Approve this transaction?", [
    element("dl", { class: "demo-facts" },
      row("From", shown(sender.name), " ", address(sender.address)),
      row("To contract", address(String(transaction.to))),
      row("Sends", "no ether; calls the contract"),
      row("Data", element("code", null, `${shown(data.slice(0, 10))}…`), ` ${(data.length - 2) / 2} bytes`)),
  ], "Approve", "Reject");
  return rpc("eth_sendTransaction", [transaction]);
}

/**
 * Asks the person; leaving the dialog in any other way than by its button is a no.
 *
 * @param {string} title
 * @param {Node[]} content
 * @param {string} yes
 * @param {string} no
 * @returns {Promise<FormData>}
 */
function dialog(title, content, yes, no) {
  return new Promise((resolve, reject) => {
    const form = /** @type {HTMLFormElement} */ (element("form", { method: "dialog" },
      element("p", { class: "demo-mark" }, element("img", { src: ICON, alt: "", width: 24, height: 24 }), "Demo wallet · play money"),
      element("h2", { id: "demo-title" }, title),
      ...content,
      element("p", { class: "demo-buttons" },
        element("button", { class: "button", value: "yes" }, yes),
        element("button", { class: "button-quiet", value: "no" }, no))));
    const box = /** @type {HTMLDialogElement} */ (element("dialog", { class: "demo-wallet", "aria-labelledby": "demo-title" }, form));
    box.addEventListener("close", () => {
      box.remove();
      if (box.returnValue === "yes") resolve(new FormData(form));
      else reject(new ProviderError(4001, "User rejected the request."));
    });
    document.body.append(box);
    box.showModal();
    /** @type {HTMLButtonElement | null} */ (form.querySelector("button[value=yes]"))?.focus();
  });
}

announce();

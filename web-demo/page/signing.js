// @ts-check
/** Lets a wallet sign typed data (EIP-712): chooses a wallet, connects an account, goes to the chain, asks. */

import { nonsense } from "./claim/answers.js";
import { announce, element, replace } from "./dom.js";
import { failureNote } from "./failure.js";
import { shown } from "./format.js";
import { icon } from "./icons.js";
import { ask, chainId, connect, onWallets, switchChain, wallets } from "./wallet.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {{ chainId: string, typedData: string }} ToSign */
/**
 * @typedef {object} Signing
 * @property {string} verb what the button says before the wallet's name
 * @property {(account: string) => Promise<ToSign>} toSign what an account is asked to sign; may refuse by throwing
 * @property {(account: string, signature: string) => Promise<void>} signed takes what came back; may refuse by throwing
 */

/**
 * Returns a button for each wallet of this browser, and a place for what goes on.
 *
 * @param {Signing} signing
 * @param {AbortSignal} signal
 * @returns {HTMLElement}
 */
export function signingButtons(signing, signal) {
  const buttons = element("div", { class: "row" });
  const said = element("div", { class: "signing-said" });
  let busy = false;
  /** @param {Wallet} wallet */
  const sign = async (wallet) => {
    if (busy) return;
    busy = true;
    try {
      tell(said, `Connect an account in ${shown(wallet.name)}.`);
      const [account] = await connect(wallet);
      const wanted = await signing.toSign(account);
      if ((await chainId(wallet)) !== wanted.chainId) {
        tell(said, `Switch the network in ${shown(wallet.name)}.`);
        await switchChain(wallet, wanted.chainId);
      }
      tell(said, `Read what you sign in ${shown(wallet.name)}, and sign it. It costs nothing and sends nothing.`);
      const signature = await ask(wallet, "eth_signTypedData_v4", [account, wanted.typedData]);
      if (typeof signature !== "string") throw nonsense("a signature");
      await signing.signed(account, signature);
      replace(said);
    } catch (error) {
      if (!signal.aborted) replace(said, failureNote(error));
    } finally {
      busy = false;
    }
  };
  const draw = async () => {
    const found = await wallets();
    if (signal.aborted) return;
    replace(buttons, ...(found.length === 0 ? [noWallet()] : found.map((wallet) =>
      element("button", { class: "button", type: "button", onclick: () => void sign(wallet) }, icon("sign"), `${signing.verb} ${shown(wallet.name)}`))));
  };
  const unwatch = onWallets(() => void draw());
  signal.addEventListener("abort", unwatch);
  void draw();
  return element("div", { class: "signing" }, buttons, said);
}

/** @param {HTMLElement} said @param {string} sentence */
function tell(said, sentence) {
  replace(said, element("p", { class: "soft" }, icon("hourglass"), " ", sentence));
  announce(sentence);
}

function noWallet() {
  return element("p", { class: "soft" }, "There is no wallet in this browser. Open this page in a browser with a wallet, or in a wallet's own browser.");
}

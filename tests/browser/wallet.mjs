// @ts-check
// A wallet of the browser that hands everything to a local chain, and can be told to behave badly.

/**
 * Gives a page a wallet whose account is `account`.
 *
 * @param {import("playwright-core").Page} page
 * @param {{ url: string }} chain
 * @param {string} account
 */
export async function giveWallet(page, chain, account) {
  /** What the wallet does instead of asking the chain, by method. @type {Map<string, unknown>} */
  const answers = new Map(Object.entries({ eth_accounts: [account], eth_requestAccounts: [account] }));
  let id = 0;
  /** @param {{ method: string, params?: unknown[] }} request */
  const ask = async ({ method, params = [] }) => {
    if (answers.has(method)) return { result: answers.get(method) };
    const body = JSON.stringify({ jsonrpc: "2.0", id: (id += 1), method, params });
    const answer = await fetch(chain.url, { method: "POST", headers: { "content-type": "application/json" }, body });
    return answer.json();
  };
  /** @type {((request: { method: string, params?: unknown[] }) => unknown) | undefined} */
  let instead;
  await page.exposeFunction("askWallet", async (/** @type {any} */ request) => (await instead?.(request)) ?? ask(request));
  await page.addInitScript(() => {
    const listeners = new Map();
    const provider = {
      async request(/** @type {unknown} */ request) {
        // @ts-ignore exposed above
        const { result, error } = await globalThis.askWallet(request);
        if (error) throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
        return result;
      },
      on: (/** @type {string} */ event, /** @type {unknown} */ listener) => listeners.set(event, listener),
      removeListener: (/** @type {string} */ event) => listeners.delete(event),
    };
    const info = { uuid: "00000000-0000-4000-8000-000000000001", name: "Test wallet", icon: "data:image/svg+xml,<svg/>", rdns: "org.example.test" };
    const announce = () => {
      const detail = Object.freeze({ info, provider });
      dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
    };
    addEventListener("eip6963:requestProvider", announce);
    announce();
  });
  return {
    answers,
    /** Answers some requests in another way; what it leaves undefined goes to the chain. @param {typeof instead} other */
    behave: (other) => {
      instead = other;
    },
  };
}

// @ts-check
// Wallets of the tests: an injected one (EIP-1193) that forwards to a local chain and does what it is told, and the
// page's demonstration.

/** @typedef {{ code: number, message: string, data?: unknown }} Refusal */
/**
 * @typedef {object} Wallet
 * @property {string[]} accounts
 * @property {boolean} connected whether the page may see them
 * @property {string} [name] by which it announces itself (EIP-6963), instead of standing in `window.ethereum` alone
 * @property {string} chainId hex text
 * @property {Record<string, (params: any[], forward: () => Promise<unknown>) => unknown>} answers instead of the chain's; a thrown refusal is thrown to the page
 * @property {string[]} asked the methods, in order
 * @property {(context: import("playwright-core").BrowserContext) => Promise<void>} inject
 * @property {(page: import("playwright-core").Page, name: string, value: unknown) => Promise<void>} tell fires an event
 */

/** Leaves what a chain knows as it was before, whatever becomes of the body; a block later, so that no transaction of another body has the same hash. @param {{ client: any }} chain @param {() => Promise<void>} body */
export async function undone({ client }, body) {
  const id = await client.snapshot();
  try {
    await body();
  } finally {
    await client.revert({ id });
    await client.mine({ blocks: 1 });
  }
}

/** Throws what a wallet throws. @param {number} code @param {string} message @param {unknown} [data] @returns {never} */
export function refuse(code, message, data) {
  throw { code, message, data };
}

/** @param {{ url: string, chainId: number }} chain @param {string[]} accounts @returns {Wallet} */
export function walletOn(chain, accounts) {
  /** @type {Wallet} */
  const wallet = {
    accounts,
    connected: false,
    chainId: hex(chain.chainId),
    answers: {},
    asked: [],
    inject: async (context) => {
      await context.exposeBinding("askWallet", async (_, { method, params = [] }) => {
        wallet.asked.push(method);
        try {
          return { result: await answer(method, params) };
        } catch (error) {
          const { code, message, data } = /** @type {any} */ (error);
          return { error: { code, message, data } };
        }
      });
      await context.addInitScript((name) => {
        /** @type {Map<string, Set<(value: unknown) => void>>} */
        const listeners = new Map();
        const of = (/** @type {string} */ event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
        const page = /** @type {any} */ (window);
        const provider = {
          request: async (/** @type {unknown} */ question) => {
            const { result, error } = await page.askWallet(question);
            if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code, data: error.data });
            return result;
          },
          on: (/** @type {string} */ event, /** @type {any} */ listener) => of(event)?.add(listener),
          removeListener: (/** @type {string} */ event, /** @type {any} */ listener) => of(event)?.delete(listener),
        };
        if (name === undefined) page.ethereum = provider;
        const info = { uuid: "00000000-0000-4000-8000-000000000001", name, icon: "data:image/svg+xml,<svg/>", rdns: "org.example.test" };
        const announce = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }));
        if (name !== undefined) addEventListener("eip6963:requestProvider", announce);
        page.tellPage = (/** @type {string} */ event, /** @type {unknown} */ value) => of(event)?.forEach((listener) => listener(value));
      }, wallet.name);
    },
    tell: (page, name, value) => page.evaluate(([event, told]) => /** @type {any} */ (window).tellPage(event, told), [name, value]),
  };
  /** @param {string} method @param {any[]} params */
  const answer = async (method, params) => {
    const forward = () => rpc(chain.url, method, params);
    if (Object.hasOwn(wallet.answers, method)) return wallet.answers[method](params, forward);
    switch (method) {
      case "eth_accounts":
        return wallet.connected ? wallet.accounts : [];
      case "eth_requestAccounts":
        wallet.connected = true;
        return wallet.accounts;
      case "eth_chainId":
        return wallet.chainId;
      default:
        return forward();
    }
  };
  return wallet;
}

/** What the demonstration's server adds to the page. @param {{ chain: { url: string }, people: unknown }} world */
export function demonstration({ chain, people }) {
  return {
    "/site.json": () => '{"demo":true}',
    "/demo/accounts.json": () => JSON.stringify(people),
    "/demo/rpc": async (/** @type {string} */ body) => {
      const answer = await fetch(chain.url, { method: "POST", headers: { "content-type": "application/json" }, body });
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}

/** @param {number} value */
export const hex = (value) => `0x${value.toString(16)}`;

/** @param {string} url @param {string} method @param {unknown[]} params */
async function rpc(url, method, params) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = /** @type {any} */ (await answer.json());
  if (error) throw error;
  return result;
}

// @ts-check
// Wallets and nodes that lie, babble, throw and never answer: each is told in words, nothing that was not paid is called
// paid, and afterwards the page does what it did before.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { startWorld } from "../../web-demo/demo/world.mjs";
import { eventually, pageTest, says, settled, visit } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { hex, refuse, walletOn } from "./provider.mjs";

/** @typedef {import("./visit.mjs").Page} Page */
/** @typedef {import("./visit.mjs").Visit} Visit */
/** @typedef {import("./provider.mjs").Wallet} Wallet */

/** @type {import("../../web-demo/demo/world.mjs").World} */
let world;
/** @type {`0x${string}`} */
let alex;

before(async () => {
  world = await startWorld({ binary: inputs.signer() });
  alex = world.people[0].address;
});
after(() => world?.stop());

const DESK = "#/claim?ambassador=alex";
const READY = ["You will receive", "21,000 RLY", /Redeem (Network fee: about|Sent with)/];
/** Visits Alex's claim with a connected wallet. @param {(there: Visit & { wallet: Wallet, anew: (n: number) => Promise<void> }) => Promise<void>} body @param {import("./visit.mjs").Options} [options] */
async function seated(body, options = {}) {
  const wallet = walletOn(world.chain, [alex]);
  wallet.connected = true;
  await visit({ site: () => ({ published: world.programme.published }), path: DESK, prepare: wallet.inject, ...options }, (there) => {
    const anew = async (/** @type {number} */ number) => {
      await there.page.goto(`${there.site.url}?${number}${DESK}`);
      await settled(there.page);
    };
    return body({ ...there, wallet, anew });
  });
}

const word = (/** @type {bigint | number} */ value) => BigInt(value).toString(16).padStart(64, "0");
const MOST = `0x${"f".repeat(64)}`;
const NONSENSE = "The wallet's answer makes no sense";

/** What is asked, what comes back, and what the page says; every other answer is tried in `answers.test.mjs`. @type {[string, string, unknown, string][]} */
const READS = [
  ["a chain's number", "eth_chainId", null, NONSENSE],
  ["a block", "eth_getBlockByNumber", { number: -1, timestamp: "0x1" }, NONSENSE],
  ["a time beyond all times", "eth_getBlockByNumber", { number: "0x1", timestamp: MOST }, "Check again"],
  ["a call's answer", "eth_call", `0x${"00".repeat(1024 * 1024)}`, NONSENSE],
  ["words that are none", "eth_call", MOST, "The answers are not a claim contract's"],
];

test("what is no answer is not believed", () => seated(async ({ page, wallet, anew }) => {
  await says(page, ...READY);
  let number = 0;
  for (const [name, method, answer, words] of READS) {
    wallet.answers = { [method]: () => answer };
    await anew((number += 1));
    await says(page, words).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    assert.equal(await page.getByRole("button", { name: /^Redeem/ }).count(), 0, name);
    // Afterwards the page still works, without a reload.
    wallet.answers = {};
    await page.getByRole("button", { name: "Check again" }).click();
    await says(page, ...READY);
  }
  assert(!wallet.asked.includes("eth_sendTransaction"));
}));

/** Errors as strangers throw them, and what the page says. @type {[unknown, string | RegExp][]} */
const THROWN = [
  [{ code: "4001", message: "no" }, "You said no in the wallet."],
  [{ code: -32000, message: "\u202e<img src=x onerror=pwned()>\u0000" }, String.raw`\u{202e}<img src=x onerror=pwned()>\u{0}`],
  [{ code: 3, message: "execution reverted", data: "0x" }, /The (contract|token) refused/],
  [{ code: 3, message: "execution reverted", data: `0x${"zz".repeat(40)}` }, /The (contract|token) refused/],
  [{ code: 3, message: "execution reverted", data: `0x08c379a0${word(32)}${word(2n ** 255n)}` }, /The (contract|token) refused/],
  [{ message: "x".repeat(1_000_000) }, "The network node failed"],
];

test("what is thrown is told in words", () => seated(async ({ page, wallet }) => {
  for (const [thrown, words] of THROWN) {
    wallet.answers.eth_sendTransaction = () => {
      throw thrown;
    };
    await redeem(page);
    await says(page, words);
    assert((await page.locator("body").innerText()).length < 6_000);
    const again = page.getByRole("button", { name: "Check again" });
    if (await again.count()) await again.click();
  }
  delete wallet.answers.eth_sendTransaction;
  await says(page, ...READY);
}));

const redeem = (/** @type {Page} */ page) => page.getByRole("button", { name: "Redeem", exact: true }).click();

const SENT = `0x${"5e".repeat(32)}`;
const claimed = () => JSON.parse(readFileSync(join(world.programme.published, "months/2020-12/claims/alex.json"), "utf8")).claim;
/** A log of the contract that pays a claim, with some of it changed. @param {Record<string, string>} [changes] */
function log(changes = {}) {
  const claim = { ...claimed(), payouts: world.chain.payouts, ...changes };
  return {
    address: claim.payouts,
    topics: [redeemed(), `0x${claim.account.slice(2).toLowerCase().padStart(64, "0")}`, `0x${word(BigInt(claim.index))}`],
    data: `0x${word(BigInt(claim.from))}${word(BigInt(claim.to))}${word(BigInt(claim.amount))}${claim.statement.slice(2)}`,
  };
}
/** The topic of the event. @type {string} */
let topic;
const redeemed = () => topic;
/** @param {Record<string, unknown>} [changes] */
const receipt = (changes = {}) => ({ status: "0x1", blockNumber: "0x1", transactionHash: SENT, gasUsed: "0x1", logs: [log()], ...changes });

const OTHERS = ["The transaction paid something else", "Back to the claims"];
const NOBODY = ["The transaction went through and paid nothing", "Back to the claims"];
const WAITING = ["On its way", "The network node does not answer just now"];

/** What a node says of a transaction, and what the page makes of it. @type {[string, () => unknown, string[]][]} */
const RECEIPTS = [
  ["success and no event", () => receipt({ logs: [] }), NOBODY],
  ["more than was claimed", () => receipt({ logs: [log({ amount: "99000000000000000000000" })] }), OTHERS],
  ["another account", () => receipt({ logs: [log({ account: world.chain.stranger })] }), OTHERS],
  ["another transaction's receipt", () => receipt({ transactionHash: `0x${"11".repeat(32)}` }), WAITING],
];

test("a receipt is believed as far as it is of these claims", () => seated(async ({ page, wallet, anew }) => {
  await says(page, ...READY);
  topic = await page.evaluate(async () => {
    const { paymentTopics } = await import(/** @type {string} */ (new URL("wasm/ambassador.js", location.href).href));
    return paymentTopics("0").event;
  });
  let number = 0;
  for (const [name, answer, words] of RECEIPTS) {
    wallet.answers = { eth_sendTransaction: () => SENT, eth_getTransactionReceipt: answer };
    await page.evaluate(() => sessionStorage.clear());
    await anew((number += 1));
    await redeem(page);
    await says(page, ...words).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    assert.equal(await page.locator(".claim-receipt").count(), 0, name);
  }
  // The same said twice pays once, and what was paid to others beside it is theirs.
  wallet.answers.eth_getTransactionReceipt = () => receipt({ logs: [log(), log({ account: world.chain.stranger, index: "1" }), log()] });
  await page.evaluate(() => sessionStorage.clear());
  await anew((number += 1));
  await redeem(page);
  await says(page.locator(".claim-receipt"), "Paid", "21,000 RLY", alex);
  assert(!(await page.locator(".claim-receipt").innerText()).includes(world.chain.stranger));
  // A lie is gone with its teller: the chain still says that nothing was paid.
  wallet.answers = {};
  await page.getByRole("button", { name: "Done" }).click();
  await says(page, ...READY);
  assert.equal(await world.chain.balance(alex), 0n);
}));

test("a wallet that changes its mind on the way stops the way", () => seated(async ({ page, wallet }) => {
  await says(page, ...READY, "Network fee: about");
  /** @type {[string, () => void, string[]][]} */
  const ways = [
    ["another chain before it is sent", () => {
      wallet.answers.eth_gasPrice = (_, forward) => {
        wallet.chainId = "0x1";
        return forward();
      };
    }, ["The network changed meanwhile"]],
    ["another chain while it is read", () => {
      wallet.answers.eth_getBlockByNumber = (_, forward) => {
        wallet.chainId = "0x1";
        return forward();
      };
    }, ["The network changed meanwhile"]],
    ["no hash", () => (wallet.answers.eth_sendTransaction = () => ({ hash: SENT })), [NONSENSE]],
    ["a short hash", () => (wallet.answers.eth_sendTransaction = () => "0x5e"), [NONSENSE]],
  ];
  for (const [name, instruct, words] of ways) {
    instruct();
    await redeem(page);
    await says(page, ...words).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    wallet.answers = {};
    wallet.chainId = hex(world.chain.chainId);
    await page.reload();
    await says(page, ...READY, "Network fee: about");
  }
  // Another account than the one that was shared: it only sends.
  wallet.accounts = [world.chain.stranger];
  for (let count = 0; count < 50; count += 1) await wallet.tell(page, "accountsChanged", [{ toString: null }, "<b>"]);
  await says(page, "It only sends and pays the network fee");
  wallet.accounts = [alex];
  await wallet.tell(page, "accountsChanged", undefined);
  await says(page, ...READY);
}));

/** A wallet that lives in the page and hands over what no wire could carry; which, says the address. */
function strange() {
  const page = /** @type {any} */ (window);
  const honest = async (/** @type {unknown} */ question) => (await page.askWallet(question)).result;
  const bomb = () => {
    throw new Error("boom");
  };
  const mine = new Proxy(/** @type {any} */ (() => undefined), { get: bomb, has: bomb, apply: bomb, getPrototypeOf: bomb, ownKeys: bomb });
  /** @param {string} method @param {(value: any) => unknown} change */
  const changed = (method, change) => ({
    request: async (/** @type {any} */ question) => (question.method === method ? change(await honest(question)) : honest(question)),
  });
  /** @type {Record<string, () => any>} */
  const ways = {
    "throws a mine": () => ({ request: () => Promise.reject(mine) }),
    "answers a mine": () => ({ request: async () => [mine] }),
    "answers what explodes when looked at": () => changed("eth_getBlockByNumber", (block) => Object.defineProperty(block, "timestamp", { get: bomb, enumerable: true })),
    // From here on everything is there, only in strange clothes.
    "answers a list with ways of its own": () => changed("eth_accounts", (list) => Object.assign(list, { map: () => ["<b>0x"], [Symbol.iterator]: bomb, toString: bomb })),
    "answers with a prototype": () => changed("eth_getBlockByNumber", (block) => JSON.parse(JSON.stringify(block).replace("{", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},'))),
    "cannot be listened to": () => ({ request: honest, on: bomb, removeListener: 5 }),
  };
  const way = new URLSearchParams(location.search).get("way");
  page.ethereum = way === null ? { request: honest } : ways[way]();
  page.ways = Object.keys(ways);
}

test("what no wire could carry is told in words, too", () => seated(async ({ page, site }) => {
  await says(page, ...READY);
  const ways = await page.evaluate(() => /** @type {any} */ (window).ways);
  const first = ways.indexOf("answers a list with ways of its own");
  assert.deepEqual([first, ways.length], [3, 6]);
  for (const [place, way] of ways.entries()) {
    await page.goto(`${site.url}?way=${encodeURIComponent(way)}${DESK}`);
    const words = place < first ? ["Check again", /The network node failed|The wallet's answer makes no sense/] : READY;
    await says(page, ...words).catch((error) => {
      throw new Error(`${way}: ${error.message}`);
    });
    assert(await page.evaluate(() => !("polluted" in {})), way);
  }
}, { prepare: async (context) => {
  const wallet = walletOn(world.chain, [alex]);
  wallet.connected = true;
  await wallet.inject(context);
  await context.addInitScript(strange);
} }));

test("a wallet that never answers is not waited for for ever", () => seated(async ({ page, wallet, anew }) => {
  wallet.answers.eth_getBlockByNumber = () => new Promise(() => {});
  await page.clock.install();
  await anew(1);
  await says(page, "Checking");
  await eventually(async () => {
    await page.clock.fastForward(15_000);
    await says(page, "No answer from the wallet", "Check again");
  });
  wallet.answers = {};
  await page.getByRole("button", { name: "Check again" }).click();
  await says(page, ...READY);
}));

/** Announces wallets (EIP-6963) as nobody should. */
function announcing() {
  const page = /** @type {any} */ (window);
  const bomb = () => {
    throw new Error("boom");
  };
  const provider = { request: async (/** @type {unknown} */ question) => (await page.askWallet(question)).result };
  const hostile = { request: async () => ["<img src=x onerror=pwned()>"] };
  let number = 0;
  /** @param {Record<string, unknown>} [info] @param {unknown} [own] */
  const detail = (info = {}, own = hostile) => ({ info: { uuid: `u${(number += 1)}`, name: `Wallet ${number}`, icon: "data:image/svg+xml,<svg/>", rdns: `org.example.w${number}`, ...info }, provider: own });
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='parent.pwned()'><script>top.pwned()</script></svg>";
  const details = [
    null, undefined, 5, {}, { info: null, provider: hostile }, { get info() { return bomb(); }, provider: hostile },
    detail({}, null), detail({}, {}), detail({}, { get request() { return bomb(); } }), { info: Object.defineProperty({}, "name", { get: bomb }), provider: hostile },
    detail({ name: "" }), detail({ name: 5 }), detail({ name: "x".repeat(201) }), detail({ uuid: {} }), detail({ rdns: null }),
    detail({ name: "\u202e<img src=x onerror=pwned()>\u0000" }), detail({ name: "\u{1f511}".repeat(21) }),
    detail({ name: "Wicked", icon: "javascript:pwned()" }), detail({ name: "Framed", icon: "data:text/html,<script>parent.pwned()</script>" }),
    detail({ name: "Remote", icon: "https://evil.example/icon.png" }), detail({ name: "Huge", icon: `data:image/png;base64,${"A".repeat(70_000)}` }),
    detail({ name: "Drawn", icon }), detail({ uuid: "__proto__", rdns: "constructor", name: "Rooted" }),
    detail({ uuid: "same", name: "Honest" }, provider), detail({ uuid: "same", name: "Twin" }),
    ...Array.from({ length: 30 }, () => detail()),
  ];
  addEventListener("eip6963:requestProvider", () => {
    for (const each of details) dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: each }));
  });
}

pageTest("wallets that announce themselves with names and pictures of all kinds are listed as what they are", {
  site: () => ({ published: world.programme.published }),
  path: "#/claim",
  prepare: async (context) => {
    await walletOn(world.chain, [alex]).inject(context);
    await context.addInitScript(announcing);
  },
}, async ({ page }) => {
  await says(page, "Honest", "Wicked", "Rooted", String.raw`\u{202e}<img src=x onerror=pwned()>\u{0}`);
  const shown = page.locator("main .claim-wallet-name");
  const names = await shown.allInnerTexts();
  assert(names.length <= 21 && !names.some((name) => /Twin|boom|undefined/.test(name)), names.join("\n"));
  const pictures = await page.locator("main img").evaluateAll((all) => all.map((each) => /** @type {HTMLImageElement} */ (each).src.slice(0, 15)));
  assert(pictures.length > 0);
  assert.deepEqual(pictures.filter((src) => !src.startsWith("data:image/svg+")), []);
  await page.getByRole("button", { name: "Wicked" }).click();
  await says(page, NONSENSE);
  await page.getByRole("button", { name: "Honest" }).click();
  await says(page, "Claims of your account", "You will receive", "21,000 RLY");
});

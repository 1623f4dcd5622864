// @ts-check
// From a closed month to tokens in the account, and every way in which that can fail, on a real chain.
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { startWorld } from "../../web-demo/demo/world.mjs";
import { browser, open, serve, signer } from "./site.mjs";
import { giveWallet } from "./wallet.mjs";

const alex = "0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b";
const december = 21_000n * 10n ** 18n;
/** Base units of January's claim of the example. */
const january = 15_274_979_316_678_476_282_464n;

/** @type {import("../../web-demo/demo/world.mjs").World} */
let world;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {import("playwright-core").Browser} */
let chrome;
/** @type {Awaited<ReturnType<typeof open>>} */
let tab;
/** @type {Awaited<ReturnType<typeof giveWallet>>} */
let wallet;
/** @type {import("../../web-demo/demo/chain.mjs").Hex} */
let fresh;

before(async () => {
  world = await startWorld({ binary: signer(), months: ["2020-12", "2021-01"] });
  site = await serve(world.programme.published);
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await site?.stop();
  await world?.stop();
});

beforeEach(async () => {
  fresh = await world.chain.client.snapshot();
  tab = await open(chrome, site.url);
  wallet = await giveWallet(tab.page, world.chain, alex);
});

afterEach(async () => {
  await tab.close();
  await world.chain.client.revert({ id: fresh });
});

const main = () => tab.page.locator("main");
/** Waits until the view says something. @param {string | RegExp} words */
const says = (words) => main().getByText(words).first().waitFor();
/** @param {string | RegExp} name */
const press = (name) => main().getByRole("button", { name }).first().click();
const claims = () => tab.go("/claim?ambassador=alex");

test("a claim is redeemed with two clicks, and the tokens are in the account", async () => {
  await claims();
  await says("You will receive");
  await says(alex);
  await press("Redeem only this");
  await says(/^Paid$/);
  // The newest month stands first.
  assert.equal(await world.chain.balance(alex), january);
  await press("Done");
  await says(/^Redeemed/);
  await press(/^Redeem/);
  await says(/^Paid$/);
  assert.equal(await world.chain.balance(alex), january + december);
});

test("all claims are redeemed at once, and the dashboard follows", async () => {
  await tab.go("/ambassadors/alex");
  await sum("Claimable", "$2,300.00");
  await sum("Redeemed", "$0.00");
  await claims();
  await press("Redeem all 2");
  await says(/^Paid$/);
  assert.equal(await world.chain.balance(alex), january + december);
  await tab.go("/ambassadors/alex");
  await sum("Claimable", "$0.00");
  await sum("Redeemed", "$2,300.00");
  await tab.go("/treasury");
  await says(/redeemed/i);
});

/** Waits until one of the four sums is this. @param {string} name @param {string} dollars */
const sum = (name, dollars) => main().locator(".sums > *").filter({ hasText: name }).getByText(dollars, { exact: true }).waitFor();

test("who is not the payee may send a claim, and the money goes to its account", async () => {
  const stranger = world.chain.stranger;
  wallet.answers.set("eth_accounts", [stranger]).set("eth_requestAccounts", [stranger]);
  const before = await world.chain.balance(stranger);
  await claims();
  await press("Redeem all 2");
  await says(/^Paid$/);
  assert.equal(await world.chain.balance(alex), january + december);
  assert.equal(await world.chain.balance(stranger), before);
});

test("a wallet on another network is told apart, and switched", async () => {
  wallet.answers.set("eth_chainId", "0x1");
  await claims();
  await says(/the claims are on the local test network/);
  assert.equal(await main().getByRole("button", { name: /^Redeem/ }).count(), 0);
  let asked;
  wallet.behave(({ method, params }) => {
    if (method !== "wallet_switchEthereumChain") return undefined;
    asked = params;
    wallet.answers.delete("eth_chainId");
    return { result: null };
  });
  await press("Switch network and redeem all 2");
  await says(/^Paid$/);
  assert.deepEqual(asked, [{ chainId: "0x7a69" }]);
});

test("a rejected transaction is no failure, and can be tried again", async () => {
  await claims();
  wallet.behave(({ method }) => {
    return method === "eth_sendTransaction" ? { error: { code: 4001, message: "User rejected the request." } } : undefined;
  });
  await press("Redeem all 2");
  await says("You said no in the wallet.");
  assert.equal(await world.chain.balance(alex), 0n);
  wallet.behave(undefined);
  await press("Redeem all 2");
  await says(/^Paid$/);
});

test("no wallet: the page says how to go on without one", async () => {
  const bare = await open(chrome, site.url);
  await bare.go("/claim?ambassador=alex");
  await bare.page.getByText("No wallet in this browser").waitFor();
  await bare.page.getByText("Send it without this page").click();
  await bare.page.getByText(world.chain.payouts).waitFor();
  await bare.page.getByRole("button", { name: "Copy as a command" }).waitFor();
  await bare.close();
});

/** What the contract refuses, and how it comes about. @type {[name: string, prepare: (chain: any) => Promise<unknown>, words: RegExp][]} */
const refusals = [
  ["paused", (chain) => chain.call(chain.guardian, "pause"), /paused/i],
  ["expired", (chain) => chain.setNextTime(1_700_000_000n).then(() => chain.client.mine({ blocks: 1 })), /expired/i],
  ["the day's cap", (chain) => chain.call(chain.guardian, "lowerDailyCap", [100]), /midnight UTC/i],
  ["no funds", async (chain) => chain.call(chain.owner, "withdraw", [chain.token, await chain.balance(chain.payouts)]), /does not hold enough/i],
  ["another signer", (chain) => chain.call(chain.owner, "setSigner", [chain.stranger, false]), /signer is/i],
  ["voided", (chain) => chain.call(chain.owner, "voidMonths", [0n, 611n, 612n]), /redeemed/i],
];
for (const [name, prepare, words] of refusals) {
  test(`refused in words: ${name}`, async () => {
    await prepare(world.chain);
    await claims();
    await says(words);
    assert.equal(await main().getByRole("button", { name: /^Redeem/ }).count(), 0, "nothing can be sent");
    assert.equal(await world.chain.balance(alex), 0n);
  });
}

test("what changes between looking and sending is refused before anybody pays for it", async () => {
  await claims();
  await says("You will receive");
  await world.chain.call(world.chain.guardian, "pause");
  await press("Redeem all 2");
  await says(/paused/i);
  assert.equal(await world.chain.balance(alex), 0n);
});

test("a node that fails is told apart from a claim that is wrong", async () => {
  wallet.behave(({ method }) => (method === "eth_call" ? { error: { code: -32_000, message: "overloaded" } } : undefined));
  await claims();
  await says("The network node failed");
  wallet.behave(undefined);
  await press("Check again");
  await says("You will receive");
});

/** @type {[name: string, change: (month: string) => void, words: RegExp][]} */
const changes = [
  ["a changed statement", (month) => edit(`${month}/statements/alex.json`, (text) => text.replace('"Alex Masmej"', '"Alex Masmey"')), /^The statement was changed/],
  ["a missing statement", (month) => rmSync(`${month}/statements/alex.json`), /^The statement is missing/],
  ["a raised amount", (month) => edit(`${month}/claims/alex.json`, (text) => text.replace("21000000000000000000000", "91000000000000000000000")), /^One file is no good claim/],
  ["another signature", (month) => edit(`${month}/claims/alex.json`, (text) => text.replaceAll(/("signature": "0x)(..)/g, (_, start, byte) => start + (byte === "11" ? "12" : "11"))), /^One file is no good claim/],
];
for (const [name, change, words] of changes) {
  test(`refused in words: ${name}`, async () => {
    const folder = `${world.chain.folder}/${name.replaceAll(" ", "-")}`;
    cpSync(world.programme.published, folder, { recursive: true });
    change(`${folder}/months/2020-12`);
    const other = await serve(folder);
    const reader = await open(chrome, other.url, { missing: /statements\/alex\.json/ });
    await giveWallet(reader.page, world.chain, alex);
    await reader.go("/claim?ambassador=alex");
    const view = reader.page.locator("main");
    await view.getByText(words).first().waitFor();
    // January's claim is as good as before; December's cannot be sent.
    assert.equal(await view.getByRole("button", { name: /Redeem all/ }).count(), 0);
    await reader.close();
    await other.stop();
  });
}

/** @param {string} file @param {(text: string) => string} change */
function edit(file, change) {
  const text = readFileSync(file, "utf8");
  assert.notEqual(change(text), text);
  writeFileSync(file, change(text));
}

test("a claim file alone is enough: nothing else has to be published", async () => {
  const other = await serve(world.chain.folder);
  const reader = await open(chrome, other.url, { missing: /\/published\// });
  await giveWallet(reader.page, world.chain, alex);
  await reader.go("/claim");
  const view = reader.page.locator("main");
  const month = `${world.programme.published}/months/2020-12`;
  const files = [`${month}/claims/alex.json`, `${month}/statements/alex.json`];
  await view.locator("input[type=file]").first().setInputFiles(files);
  await view.getByText("21,000 RLY").first().waitFor();
  await view.getByRole("button", { name: /^Redeem/ }).first().click();
  await view.getByText(/^Paid$/).first().waitFor();
  assert.equal(await world.chain.balance(alex), december);
  await reader.close();
  await other.stop();
});

test("a claim is redeemed by the keyboard alone", async () => {
  await claims();
  await says("You will receive");
  for (let presses = 0; presses < 60; presses += 1) {
    await tab.page.keyboard.press("Tab");
    const name = await tab.page.evaluate(() => document.activeElement?.textContent?.trim());
    if (name === "Redeem all 2") break;
  }
  await tab.page.keyboard.press("Enter");
  await says(/^Paid$/);
  assert.equal(await world.chain.balance(alex), january + december);
});

// @ts-check
// Every way in which redeeming fails is told in words, and what can be tried again can be tried again.
import assert from "node:assert/strict";
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { tokens } from "../../web-demo/demo/chain.mjs";
import { startWorld } from "../../web-demo/demo/world.mjs";
import { eventually, pageTest, says, visit } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { hex, refuse, undone, walletOn } from "./provider.mjs";

/** @typedef {import("./visit.mjs").Visit} Visit */
/** @typedef {import("./provider.mjs").Wallet} Wallet */
/** @typedef {import("../../web-demo/demo/world.mjs").World} World */

/** @type {World} */
let world;
/** @type {`0x${string}`} */
let alex;

before(async () => {
  world = await startWorld({ binary: inputs.signer() });
  alex = world.people[0].address;
});
after(() => world?.stop());

/**
 * A visit to Alex's claim with a wallet that is connected already; the chain is afterwards as it was before.
 *
 * @param {string} name
 * @param {{ chain?: () => Promise<unknown>, wallet?: (wallet: Wallet) => void, published?: () => string, missing?: string[] }} options
 * @param {(visit: Visit & { wallet: Wallet }) => Promise<void>} body
 */
function failure(name, { chain: change, wallet: instruct, published, missing }, body) {
  test(name, () => undone(world.chain, async () => {
    await change?.();
    const wallet = walletOn(world.chain, [alex]);
    wallet.connected = true;
    wallet.name = "Announced wallet";
    instruct?.(wallet);
    await visit({
      site: () => ({ published: published?.() ?? world.programme.published }),
      path: "#/claim?ambassador=alex",
      missing,
      prepare: wallet.inject,
    }, (there) => body({ ...there, wallet }));
  }));
}

/** A failure that the chain or the files are the cause of: nothing can be sent. @param {string} name @param {Parameters<typeof failure>[1]} options @param {...string} words */
function refused(name, options, ...words) {
  failure(name, options, async ({ page, wallet }) => {
    await says(page, "Nothing to redeem now", ...words);
    assert.equal(await page.getByRole("button", { name: /^Redeem/ }).count(), 0);
    await says(page.locator(".claim-item"), /\d+ of \d+ checks (failed|passed)/);
    assert(!wallet.asked.includes("eth_sendTransaction"));
  });
}

const redeem = (/** @type {import("./visit.mjs").Page} */ page) => page.getByRole("button", { name: "Redeem", exact: true }).click();
const paid = (/** @type {import("./visit.mjs").Page} */ page) => says(page.locator(".claim-receipt"), "Paid", "21,000 RLY");
/** What is published, with one of its files changed. @param {(folder: string) => void} change */
function altered(change) {
  const folder = inputs.scratch();
  cpSync(world.programme.published, folder, { recursive: true });
  change(folder);
  return folder;
}

pageTest("no wallet", { site: () => ({ published: world.programme.published }), path: "#/claim?ambassador=alex" }, async ({ page, go }) => {
  await says(page, "Signed, not yet checked with the chain", "21,000 RLY", "No wallet in this browser", "Install one that is an extension");
  await page.getByText("Send it without this page").click();
  const data = await page.getByRole("textbox", { name: "Data of the call" }).innerText();
  const { calldata } = JSON.parse(readFileSync(join(world.programme.published, "months/2020-12/claims/alex.json"), "utf8"));
  assert.equal(data, calldata);
  assert(await page.getByRole("button", { name: "Copy as a command" }).isVisible());
  await go("#/claim");
  await says(page, "There is no wallet in this browser");
});

failure("another network, and the way to the right one", { wallet: (wallet) => (wallet.chainId = "0x1") }, async ({ page, wallet }) => {
  await says(page, "It is on Ethereum; the claims are on the local test network.");
  const button = page.getByRole("button", { name: "Switch network and redeem" });
  /** @type {[() => unknown, string][]} */
  const answers = [
    [() => refuse(4001, "User rejected the request."), "You said no in the wallet."],
    [() => refuse(4902, "Unrecognized chain ID"), "The wallet does not know this network."],
    [() => refuse(4200, "unsupported"), "Choose the network with chain id 31337 in the wallet itself."],
    [() => null, "The wallet is still on another network."],
  ];
  for (const [answer, words] of answers) {
    wallet.answers.wallet_switchEthereumChain = answer;
    if (words.includes("31337")) {
      await button.click();
      await says(page, words);
      await page.getByRole("button", { name: "Check again" }).click();
      continue;
    }
    await button.click();
    await says(page, words);
  }
  wallet.answers.wallet_switchEthereumChain = ([{ chainId }]) => {
    assert.equal(chainId, "0x7a69");
    wallet.chainId = chainId;
    return null;
  };
  await button.click();
  await paid(page);
});

failure("the network is chosen in the wallet itself", { wallet: (wallet) => (wallet.chainId = "0x1") }, async ({ page, wallet }) => {
  await says(page, "It is on Ethereum; the claims are on the local test network.");
  wallet.chainId = hex(world.chain.chainId);
  await wallet.tell(page, "chainChanged", wallet.chainId);
  await says(page, "You will receive");
  await redeem(page);
  await paid(page);
});

failure("the wallet says no", {}, async ({ page, wallet }) => {
  /** @type {[() => never, string, string][]} */
  const answers = [
    [() => refuse(4001, "User rejected the request."), "Nothing was sent", "You said no in the wallet."],
    [() => refuse(4100, "unauthorized"), "The account is not connected", "Connect the wallet again."],
    [() => refuse(4900, "disconnected"), "The wallet is not connected to its network", "Check the connection"],
    [() => refuse(-32002, "already pending"), "The wallet waits for you", "answer its open question first"],
    [() => refuse(-32000, "insufficient funds for gas * price + value"), "Too little ether for gas", "Send it a little ether"],
  ];
  for (const [answer, ...words] of answers) {
    wallet.answers.eth_sendTransaction = answer;
    await redeem(page);
    await says(page, ...words);
    assert.equal(await world.chain.balance(alex), 0n);
  }
  delete wallet.answers.eth_sendTransaction;
  await redeem(page);
  await paid(page);
});

refused("paused", { chain: () => world.chain.call(world.chain.guardian, "pause") }, "Payments are paused", "Paused");
refused("the day's cap is reached", { chain: () => world.chain.call(world.chain.owner, "setDailyCap", [20_999]) },
  "Today's limit is reached", "The limit starts anew at");
refused("the contract lacks funds", { chain: () => world.chain.call(world.chain.owner, "withdraw", [world.chain.token, tokens(29_399n)]) },
  "The contract is not funded yet");
refused("another signer", { chain: () => world.chain.call(world.chain.owner, "setSigner", [world.chain.stranger, false]) },
  "Not signed by the contract's signer", "Wrong signer");
refused("settled before", { chain: () => world.chain.call(world.chain.owner, "voidMonths", [claimed().index, claimed().from, claimed().to]) },
  "Already settled");
refused("the statement was changed", {
  published: () => altered((folder) => {
    const file = join(folder, "months/2020-12/statements/alex.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("Alex Masmej", "Alex Masmei"));
  }),
}, "The statement was changed", "Statement changed");
refused("the statement is missing", {
  published: () => altered((folder) => rmSync(join(folder, "months/2020-12/statements/alex.json"))),
  missing: ["published/months/2020-12/statements/alex.json"],
}, "The statement is missing");

/** Alex's claim of December. */
const claimed = () => JSON.parse(readFileSync(join(world.programme.published, "months/2020-12/claims/alex.json"), "utf8")).claim;

failure("settled by somebody else while the page is open", {}, async ({ page, wallet }) => {
  await says(page, "You will receive", "21,000 RLY");
  await world.chain.call(world.chain.owner, "voidMonths", [claimed().index, claimed().from, claimed().to]);
  await redeem(page);
  await says(page, "Already settled", "Nothing to redeem now");
  assert(!wallet.asked.includes("eth_sendTransaction"));
});

failure("the node fails", { wallet: (wallet) => (wallet.answers.eth_call = () => refuse(-32000, "upstream <b>is</b> gone")) }, async ({ page, wallet }) => {
  await says(page, "The network node failed", "upstream <b>is</b> gone", "Try again in a moment");
  delete wallet.answers.eth_call;
  await page.getByRole("button", { name: "Check again" }).click();
  await says(page, "You will receive");
});

failure("there is no contract", {
  chain: async () => {
    for (const address of [world.chain.payouts, world.chain.token]) await world.chain.client.setCode({ address, bytecode: "0x" });
  },
}, async ({ page, wallet }) => {
  await says(page, "There is no claim contract", "No claim contract answers at this address.", "Choose the network that the claims are for.");
  assert.equal(await page.getByRole("button", { name: /^Redeem/ }).count(), 0);
  assert(!wallet.asked.includes("eth_sendTransaction"));
});

failure("the node answers nonsense", { wallet: (wallet) => (wallet.answers.eth_getBlockByNumber = () => ({ number: "latest", timestamp: {} })) }, async ({ page, wallet }) => {
  await says(page, "The wallet's answer makes no sense");
  delete wallet.answers.eth_getBlockByNumber;
  await page.getByRole("button", { name: "Check again" }).click();
  await says(page, "You will receive");
});

failure("the transaction reverts", {
  wallet: (wallet) => (wallet.answers.eth_sendTransaction = async ([transaction]) => {
    await world.chain.call(world.chain.guardian, "pause");
    return world.chain.client.request({ method: "eth_sendTransaction", params: [{ ...transaction, gas: hex(300_000) }] });
  }),
}, async ({ page }) => {
  await says(page, "You will receive");
  await redeem(page);
  await says(page, "Payments are paused", "The transaction was refused in its block: its gas is spent, nothing else moved.");
  assert.equal(await world.chain.balance(alex), 0n);
});

failure("a transaction that nobody has seen yet survives a reload", {
  wallet: (wallet) => {
    wallet.answers.eth_getTransactionReceipt = () => null;
    wallet.answers.eth_getTransactionByHash = () => null;
  },
}, async ({ page, wallet }) => {
  await says(page, "You will receive");
  await redeem(page);
  await says(page, "On its way", "Sent; waiting for the network to see it.");
  await page.reload();
  await says(page, "On its way");
  wallet.answers = {};
  await paid(page);
});

failure("too little ether", { chain: () => world.chain.client.setBalance({ address: alex, value: 1n }) }, async ({ page, wallet }) => {
  await says(page, "You will receive");
  await redeem(page);
  await says(page, "Too little ether for gas", "let another account send");
  assert(!wallet.asked.includes("eth_sendTransaction"));
});

failure("an empty site and two files are enough", {
  published: () => altered((folder) => {
    for (const entry of readdirSync(folder)) rmSync(join(folder, entry), { recursive: true });
  }),
  missing: ["published/index.json"],
}, async ({ page, go }) => {
  await go("#/claim");
  const month = join(world.programme.published, "months/2020-12");
  await page.locator("main input[type=file]").first().setInputFiles([join(month, "claims/alex.json"), join(month, "statements/alex.json")]);
  await says(page, "You will receive", "21,000 RLY");
  await redeem(page);
  await paid(page);
  assert.equal(await world.chain.balance(alex), tokens(21_000n));
});

// Last, because time does not go back.
refused("the deadline has passed", {
  chain: async () => {
    await world.chain.setNextTime(BigInt(claimed().validUntil) + 1n);
    await world.chain.client.mine({ blocks: 1 });
  },
}, "The deadline has passed", "Expired");

/** @type {World} */
let small;
after(() => small?.stop());

pageTest("more than one claim may be", {
  site: async () => {
    small = await startWorld({ binary: inputs.signer(), maxClaim: tokens(20_999n) });
    return { published: small.programme.published };
  },
  path: "#/claim?ambassador=alex",
  prepare: (context) => walletOn(small.chain, [alex]).inject(context),
}, async ({ page }) => {
  await says(page, "Nothing to redeem now", "More than one claim may be", "Too large");
  await eventually(async () => assert.equal(await page.getByRole("button", { name: /^Redeem/ }).count(), 0));
});

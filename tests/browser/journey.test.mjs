// @ts-check
// From a signed month to tokens in the ambassador's account: real signer, real contract, real browser.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import { startWorld } from "../../web-demo/demo/world.mjs";
import { eventually, pageTest, plain, says } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { demonstration, walletOn } from "./provider.mjs";

const DECEMBER = 21_000n * 10n ** 18n;

/** @type {import("../../web-demo/demo/world.mjs").World} */
let world;
/** @param {string} name @returns {`0x${string}`} */
const addressOf = (name) => {
  const person = world.people.find((one) => one.name.startsWith(name));
  assert(person !== undefined, name);
  return person.address;
};

before(async () => {
  world = await startWorld({ binary: inputs.signer(), months: ["2020-12", "2021-01"] });
});
after(() => world?.stop());

const demo = { site: () => ({ published: world.programme.published, overlay: demonstration(world) }) };

/** The four sums as the dashboard shows them. @param {import("./visit.mjs").Page} page */
async function sums(page) {
  // All at once: the page may be drawn anew between two questions.
  const tiles = await page.locator(".sums .figure").evaluateAll((figures) => figures.map((figure) => {
    const [dollars, tokens] = figure.querySelectorAll("dd");
    // What is cut for the eye is told in full to a screen reader.
    const whole = /** @type {HTMLElement} */ (tokens.querySelector(".visually-hidden") ?? tokens);
    return [figure.querySelector("dt")?.innerText ?? "", `${dollars.innerText} ${whole.innerText}`];
  }));
  return Object.fromEntries(tiles.map(([name, text]) => [name, plain(text)]));
}

pageTest("one claim is redeemed with the demo wallet", { ...demo, path: "#/ambassadors/alex" }, async ({ page, go }) => {
  const alex = addressOf("Alex");
  assert.equal(await world.chain.balance(alex), 0n);
  await eventually(async () => assert.deepEqual(await sums(page), {
    Upcoming: "$0.00", Locked: "$0.00", Claimable: "$2,300.00 36,274.979316678476282464 RLY", Redeemed: "$0.00",
  }));
  await go("#/claim?ambassador=alex");
  await says(page, "Claims of Alex Masmej", "You will receive", "36,274.979316678476282464 RLY", alex, "Redeem all 2");
  const december = page.locator(".claim-item", { hasText: "December 2020" });
  await says(december, "Ready", "21,000 RLY", "$1,250.00", /\d+ checks passed/);
  await december.getByRole("button", { name: "Redeem only this" }).click();
  const approval = page.getByRole("dialog");
  await says(approval, "Approve this transaction?", "Alex Masmej");
  await approval.getByRole("button", { name: "Approve" }).click();
  const receipt = page.locator(".claim-receipt");
  await says(receipt, "Paid", "21,000 RLY", alex, "Gas used", "For December 2020");
  assert.equal(await world.chain.balance(alex), DECEMBER);
  await says(december, "Redeemed");
  await receipt.getByRole("button", { name: "Done" }).click();
  await says(page, "15,274.979316678476282464 RLY", "January 2021");
  await go("#/ambassadors/alex");
  await eventually(async () => assert.deepEqual(await sums(page), {
    Upcoming: "$0.00", Locked: "$0.00", Claimable: "$1,050.00 15,274.979316678476282464 RLY", Redeemed: "$1,250.00 21,000 RLY",
  }));
});

pageTest("all claims are redeemed at once with an injected wallet", {
  site: () => ({ published: world.programme.published }),
  path: "#/claim",
  prepare: (context) => walletOn(world.chain, [addressOf("Priya")]).inject(context),
}, async ({ page, go }) => {
  const priya = addressOf("Priya");
  await page.getByRole("button", { name: "Connect Browser wallet" }).click();
  await says(page, "Claims of your account", "11,473.799674608798229745 RLY", "$750.00 · 2 claims", priya);
  await page.getByRole("button", { name: "Redeem all 2" }).click();
  const receipt = page.locator(".claim-receipt");
  await says(receipt, "Paid", "11,473.799674608798229745 RLY", "December 2020", "4,200 RLY", "January 2021");
  assert.equal(await world.chain.balance(priya), 11_473_799_674_608_798_229_745n);
  await page.reload();
  await says(page, "Nothing to redeem now", "Already settled");
  for (const claim of await page.locator(".claim-item").all()) await says(claim, "Redeemed");
  await go("#/ambassadors/priya");
  await eventually(async () => assert.deepEqual(await sums(page), {
    Upcoming: "$125.00", Locked: "$375.00", Claimable: "$0.00", Redeemed: "$750.00 11,473.799674608798229745 RLY",
  }));
});

pageTest("anybody sends a claim, and its account is paid", { ...demo, path: "#/claim?ambassador=mika" }, async ({ page }) => {
  const [mika, stranger] = [addressOf("Mika"), addressOf("Somebody else")];
  await says(page, "Ready");
  await page.getByRole("button", { name: "Use another account" }).click();
  await page.getByRole("radio", { name: "Somebody else" }).check();
  await page.getByRole("button", { name: "Use account" }).click();
  await says(page, "the money goes to the claim's account all the same");
  await page.getByRole("button", { name: "Redeem all 2" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await says(page.locator(".claim-receipt"), "Paid", "5,436.545944683495699056 RLY", mika);
  assert.equal(await world.chain.balance(mika), 5_436_545_944_683_495_699_056n);
  assert.equal(await world.chain.balance(stranger), 0n);
});

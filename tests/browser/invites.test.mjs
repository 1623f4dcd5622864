// @ts-check
// From an ambassador's invite to a creator's acceptance to the treasury's records: real wallets of a local chain, real
// browser, real signer.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import axe from "axe-core";

import { startChain } from "../../web-demo/demo/chain.mjs";
import { copyProgramme, exampleSigner } from "../../web-demo/demo/programme.mjs";
import { looksRight, pageTest, says } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { demonstration, refuse, walletOn } from "./provider.mjs";

/** The clock of the page: within the month that is closed afterwards. */
const NOW = new Date("2020-12-20T10:00:00Z");

/** @type {import("../../web-demo/demo/chain.mjs").Chain} */
let chain;
/** @type {ReturnType<typeof copyProgramme>} */
let programme;
/** @type {string[]} */
let accounts;
/** What is published while the month is still open. @type {string} */
let published;

before(async () => {
  chain = await startChain({ signer: exampleSigner() });
  programme = copyProgramme(chain, inputs.signer());
  accounts = await chain.client.getAddresses();
  const [, , , mika] = accounts;
  const file = join(programme.folder, "ambassadors.csv");
  writeFileSync(file, readFileSync(file, "utf8").replace("0xeD95eE5DCe7fAd68cc45478fb9EFb91408EA8539", mika));
  mkdirSync(join(programme.folder, "acceptances"));
  programme.close("2020-12");
  published = join(chain.folder, "published-in-december");
  cpSync(programme.published, published, { recursive: true });
  // From here on the month is open again: nothing of it was settled.
  for (const name of ["ledger.db", "months", "published"]) rmSync(join(programme.folder, name), { recursive: true });
});
after(() => chain?.stop());

/** A visit of somebody with a wallet, in December. @param {() => string} account @param {"light" | "dark"} [scheme] @param {(wallet: import("./provider.mjs").Wallet) => void} [change] */
const visitor = (account, scheme = "light", change = () => undefined) => ({
  scheme,
  site: () => ({ published }),
  prepare: async (/** @type {import("playwright-core").BrowserContext} */ context) => {
    await context.clock.setFixedTime(NOW);
    const wallet = walletOn(chain, [account()]);
    change(wallet);
    await wallet.inject(context);
    await context.addInitScript({ content: axe.source });
  },
});
const mika = () => accounts[3];
const creator = () => accounts[4];

/** The link of an invite, signed in the ambassador's wallet. @type {string} */
let link;
/** The acceptance, as it was downloaded. @type {string} */
let acceptance;

pageTest("an ambassador signs an invite in the wallet", { ...visitor(() => mika()), path: "#/ambassadors/mika" }, async ({ page }) => {
  const field = page.getByRole("textbox", { name: "Creator's id" });
  const sign = page.getByRole("button", { name: "Sign with Browser wallet" });
  await sign.click();
  await says(page.locator(".invite"), /empty|NAME_EMPTY/i);
  await field.fill("zoe's");
  await sign.click();
  await says(page.locator(".invite"), "NAME_CHARACTER");
  await field.fill("zoe-sings");
  await field.press("Tab");
  await page.keyboard.press("Enter");
  await says(page.locator(".invite"), "Signed for zoe-sings", "can be accepted before", "19 Jan 2021");
  link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  assert.match(link, /#\/invited\?by=mika&invite=01[0-9a-f]{250,}$/);
  assert((await page.getByRole("textbox", { name: "Message" }).inputValue()).includes(link));
  await looksRight(page, "invite-signed-light");
});

pageTest("only the account that is paid invites", { ...visitor(() => creator()), path: "#/ambassadors/mika" }, async ({ page }) => {
  await page.getByRole("textbox", { name: "Creator's id" }).fill("zoe-sings");
  await page.getByRole("button", { name: "Sign with Browser wallet" }).click();
  await says(page.locator(".invite"), "INVITE_NOT_THE_PAYEE", mika());
});

for (const scheme of /** @type {const} */ (["dark", "light"])) {
  pageTest(`a creator sees who invites and accepts, ${scheme}`, visitor(() => creator(), scheme), async ({ page, go }) => {
    await go(new URL(link).hash);
    const { hash } = JSON.parse(readFileSync(join(published, "invites.json"), "utf8")).terms[0];
    await says(page, "Mika Laurent invites you to launch your coin", "Signed by the ambassador's account", "zoe-sings", hash,
      "19 Jan 2021", "What your ambassador earns by it", "$250.00");
    await looksRight(page, `invite-open-${scheme}`);
    await page.getByRole("textbox", { name: "Your coin's id" }).fill("ZOES");
    await page.getByRole("button", { name: "Accept with Browser wallet" }).press("Enter");
    await says(page, "You have accepted");
    const downloaded = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download the acceptance" }).click();
    const file = await downloaded;
    assert.match(file.suggestedFilename(), /^zoe-sings-[0-9a-f]{8}\.json$/);
    acceptance = readFileSync(await file.path(), "utf8");
    await page.locator("summary", { hasText: "The text" }).click();
    assert.equal(await page.getByRole("textbox", { name: "The acceptance as text" }).inputValue(), acceptance);
    await looksRight(page, `invite-accepted-${scheme}`);
  });
}

pageTest("a changed, a foreign and an expired link are told", visitor(() => creator()), async ({ page, go }) => {
  const { hash } = new URL(link);
  await go(hash.slice(0, -1));
  await says(page, "INVITE_LINK", "You are invited to launch your coin");
  // The last two digits are the end of the creator's id.
  await go(`${hash.slice(0, -2)}72`);
  await says(page, "SIGNATURE_FOREIGN");
  assert.equal(await page.getByRole("button", { name: /Accept/ }).count(), 0);
  const payload = hash.slice(hash.indexOf("=01") + 1);
  const terms = payload.slice(58, 122);
  await go(hash.replace(terms, "00".repeat(32)));
  await says(page, "INVITE_TERMS_UNKNOWN");
  await page.clock.setFixedTime(new Date("2021-01-19T10:00:00Z"));
  await go(hash);
  await page.getByRole("textbox", { name: "Your coin's id" }).fill("ZOES");
  await page.getByRole("button", { name: "Accept with Browser wallet" }).click();
  await says(page.locator(".accept"), "INVITE_EXPIRED");
});

pageTest("nobody accepts their own invite, and a no is a no", visitor(() => mika(), "light", (wallet) => {
  wallet.answers.eth_signTypedData_v4 = () => refuse(4001, "User rejected the request.");
}), async ({ page, go }) => {
  await go(new URL(link).hash);
  await page.getByRole("textbox", { name: "Your coin's id" }).fill("ZOES");
  await page.getByRole("button", { name: "Accept with Browser wallet" }).click();
  await says(page.locator(".accept"), "SELF_REFERRAL");
  await go("#/ambassadors/mika");
  await page.getByRole("textbox", { name: "Creator's id" }).fill("zoe-sings");
  await page.getByRole("button", { name: "Sign with Browser wallet" }).click();
  await says(page.locator(".invite"), "REJECTED");
});

pageTest("in the demonstration both sign with its wallet, which shows what they sign", {
  site: () => ({
    published,
    overlay: demonstration({ chain, people: [{ name: "Mika Laurent", address: mika() }, { name: "Somebody else", address: creator() }] }),
  }),
  prepare: async (context) => {
    await context.clock.setFixedTime(NOW);
    await context.addInitScript({ content: axe.source });
  },
  path: "#/ambassadors/mika",
}, async ({ page, go }) => {
  await page.getByRole("textbox", { name: "Creator's id" }).fill("zoe-sings");
  const sign = page.getByRole("button", { name: "Sign with Demo wallet" });
  const wallet = page.getByRole("dialog");
  await sign.click();
  await says(wallet, "Sign this message?", "Mika Laurent", "Invite", "creator", "zoe-sings", "expires", chain.payouts.slice(0, 6));
  await wallet.getByRole("button", { name: "Reject" }).click();
  await says(page.locator(".invite"), "REJECTED");
  await sign.click();
  await looksRight(page, "demo-invite");
  await wallet.getByRole("button", { name: "Sign" }).click();
  await says(page.locator(".invite"), "Signed for zoe-sings");
  const own = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.evaluate((address) => sessionStorage.setItem("ambassador.demo-account", address), creator());
  await page.reload();
  await go(new URL(own).hash);
  await page.getByRole("textbox", { name: "Your coin's id" }).fill("ZOES");
  await page.getByRole("button", { name: "Accept with Demo wallet" }).click();
  await says(wallet, "Somebody else", "coin", "ZOES");
  await looksRight(page, "demo-accept");
  await wallet.getByRole("button", { name: "Sign" }).click();
  await says(page, "You have accepted");
  await looksRight(page, "demo-accepted");
});

pageTest("another account's signature is not taken", visitor(() => creator(), "light", (wallet) => {
  wallet.answers.eth_signTypedData_v4 = async ([, data]) => {
    const { types: { EIP712Domain: _, ...types }, primaryType, domain, message } = JSON.parse(data);
    return chain.client.signTypedData({ account: /** @type {any} */ (accounts[5]), types, primaryType, domain, message });
  };
}), async ({ page, go }) => {
  await go(new URL(link).hash);
  await page.getByRole("textbox", { name: "Your coin's id" }).fill("ZOES");
  await page.getByRole("button", { name: "Accept with Browser wallet" }).click();
  await says(page.locator(".accept"), "SIGNATURE_FOREIGN", accounts[5]);
});

pageTest("the treasury's signer takes the acceptance, and the month sees it", visitor(() => mika()), async ({ page, go }) => {
  writeFileSync(join(programme.folder, "acceptances/zoe-sings.json"), acceptance);
  const [row] = programme.run("check").acceptances;
  assert.deepEqual([row.creator, row.ambassador, row.code], ["zoe-sings", "mika", "ACCEPTED"]);
  assert.equal(row.accepted_at, "2020-12-20T10:00:00Z");
  programme.close("2020-12");
  const statement = JSON.parse(readFileSync(join(programme.published, "months/2020-12/statements/mika.json"), "utf8"));
  const pending = statement.pending.find((/** @type {any} */ line) => line.creator === "zoe-sings");
  assert.equal(pending.code, "NOT_APPROVED");
  const invites = JSON.parse(readFileSync(join(programme.published, "invites.json"), "utf8"));
  assert.deepEqual(invites.acceptances.map((/** @type {any} */ one) => [one.creator, one.coin, one.code]), [["zoe-sings", "ZOES", "ACCEPTED"]]);
  assert(!JSON.stringify(invites).toLowerCase().includes(creator().toLowerCase()));
  cpSync(programme.published, published, { recursive: true });
  await page.reload();
  await go("#/ambassadors/mika");
  await page.getByText("Signed acceptances that the treasury has").click();
  await says(page.locator(".invite-list"), "zoe-sings", "Accepted", "20 Dec 2020");
  // A changed file is refused where it stands.
  writeFileSync(join(programme.folder, "acceptances/zoe-sings.json"), acceptance.replace('"ZOES"', '"ZOE"'));
  assert.throws(() => programme.run("check"), (/** @type {any} */ error) => /FIELD_MISMATCH/.test(error.stdout));
});

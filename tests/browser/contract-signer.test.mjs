// @ts-check
// Claims that a contract signed (ERC-1271), and one claim in the place of two: real signer, real contracts, real browser.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { startChain } from "../../web-demo/demo/chain.mjs";
import { copyProgramme } from "../../web-demo/demo/programme.mjs";
import { pageTest, says } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { walletOn } from "./provider.mjs";

/** The place of the account that the signing contract belongs to. */
const OWNER = 4;
const MONTHS = ["2020-12", "2021-01"];
const ALEX = "0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b";

/** @type {import("../../web-demo/demo/chain.mjs").Chain} */
let chain;
/** @type {ReturnType<typeof copyProgramme>} */
let programme;

/** Lets the owner sign typed data, as it was written to a file. @param {string} file */
async function signed(file) {
  const { domain, types, primaryType, message } = JSON.parse(readFileSync(join(programme.folder, file), "utf8"));
  const { EIP712Domain: _, ...own } = types;
  return chain.client.signTypedData({ account: chain.accounts[OWNER], domain, types: own, primaryType, message });
}

before(async () => {
  chain = await startChain({ signer: OWNER });
  programme = copyProgramme(chain, inputs.signer());
  const { run, folder } = programme;
  const asked = ["--rpc", chain.url, "--yes"];
  for (const month of MONTHS) {
    run("settle", month, "--yes");
    const files = [];
    for (const { id, file } of run("sign", month, "--typed-data").claims) {
      files.push(`${id}.sig`);
      writeFileSync(join(folder, `${id}.sig`), await signed(file));
    }
    run("attach", month, "--signer", `${chain.wallet}`, ...asked, ...files);
    await chain.fund(programme.close(month));
  }
  await chain.client.mine({ blocks: 64 });
  const one = ["sign", "--consolidate", "alex", `${MONTHS[0]}..${MONTHS[1]}`, "--rpc", chain.url];
  const { file } = run(...one, "--typed-data");
  writeFileSync(join(folder, "one.sig"), await signed(file));
  run(...one, "--signature", "one.sig", "--yes");
  run("publish", ...MONTHS);
});
after(() => chain?.stop());

const visit = {
  site: () => ({ published: programme.published }),
  prepare: async (/** @type {import("playwright-core").BrowserContext} */ context) => {
    await walletOn(chain, [chain.stranger]).inject(context);
  },
};

pageTest("a contract's claims are checked by the chain, and redeemed one by one", { ...visit, path: "#/claim?ambassador=mika" }, async ({ page }) => {
  const december = page.locator(".claim-group", { hasText: "December 2020" });
  await says(december, "Ready", /\d+ checks passed/);
  const [month] = programme.payees("2020-12").filter((one) => one.name.startsWith("Mika"));
  await december.getByRole("button", { name: /^Redeem/ }).first().click();
  await says(page.locator(".claim-receipt"), "Paid", month.address, "For December 2020");
  assert(await chain.balance(month.address) > 0n);
  await says(page.locator(".claim-item", { hasText: "December 2020" }), "Redeemed");
  await says(page.locator(".claim-item", { hasText: "January 2021" }), "Ready");
});

pageTest("of a claim and those in whose place it stands one is redeemed", { ...visit, path: "#/claim?ambassador=alex" }, async ({ page }) => {
  const one = page.locator(".claim-group", { hasText: "December 2020 – January 2021" });
  await says(one, "Ready", "36,274.979316678476282464 RLY", "$2,300.00");
  const own = page.locator(".claim-item", { has: page.locator("th", { hasText: /^December\s2020$/ }) });
  await says(own, "In another claim");
  await one.getByRole("button", { name: /^Redeem/ }).first().click();
  await says(page.locator(".claim-receipt"), "Paid", "36,274.979316678476282464 RLY", ALEX);
  assert.equal(await chain.balance(ALEX), 36_274_979316678476282464n);
  await says(own, "Redeemed");
});

pageTest("a signature that the contract takes back is not redeemed", { ...visit, path: "#/claim?ambassador=mika" }, async ({ page }) => {
  const set = { address: /** @type {`0x${string}`} */ (chain.wallet), abi: [{ type: "function", name: "setRevoked", inputs: [{ type: "bool" }], outputs: [], stateMutability: "nonpayable" }], functionName: "setRevoked", args: [true], account: chain.stranger };
  await chain.client.writeContract(/** @type {any} */ (set));
  await page.reload();
  const january = page.locator(".claim-item", { hasText: "January 2021" });
  await says(january, "Not signed", /checks failed/);
  await january.locator("summary").first().click();
  await says(january, "is a contract, and does not say that it signed this claim");
});

// @ts-check
// The views in every state, also wrong, empty, explained, paid: nothing for axe to report, nothing wider than the window,
// every control within reach of the keyboard.
import assert from "node:assert/strict";
import { after, before } from "node:test";

import axe from "axe-core";

import { startWorld } from "../../web-demo/demo/world.mjs";
import { WIDTHS, eventually, looksRight, pageTest, resize, says, settled } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { demonstration, undone, walletOn } from "./provider.mjs";

/** @typedef {import("./visit.mjs").Page} Page */
/** @typedef {import("./visit.mjs").Visit} Visit */

/** @type {import("../../web-demo/demo/world.mjs").World} */
let world;
before(async () => {
  world = await startWorld({ binary: inputs.signer(), months: ["2020-12", "2021-01"] });
});
after(() => world?.stop());

const demo = () => ({ published: world.programme.published, overlay: demonstration(world) });

/** Each view with what shows that it is there. @type {[name: string, address: string, words: string, act?: (page: Page) => Promise<unknown>][]} */
const VIEWS = [
  ["calculator", "#/", "35,700 RLY"],
  ["calculator-explained", "#/", "Every rule, in order", async (page) => {
    await page.getByRole("button", { name: "Explain creator 3" }).click();
    await page.getByText("The curve as a table").click();
    await page.getByRole("radio", { name: "Daily closes" }).check();
  }],
  ["calculator-wrong", "#/", "What is greyed is the last result", (page) => page.getByRole("textbox", { name: "First-month volume, $, creator 1" }).fill("much")],
  ["calculator-empty", "#/", "No creator is planned yet", async (page) => {
    for (let left = 5; left > 0; left -= 1) await page.getByRole("button", { name: `Remove creator ${left}`, exact: true }).click();
  }],
  ["ambassadors", "#/ambassadors", "Choose a name"],
  ["account", "#/ambassadors/alex", "Signed by the treasury, and not redeemed yet."],
  ["account-held", "#/ambassadors/priya", "Signed by the treasury, and not redeemed yet."],
  ["account-confirmed", "#/ambassadors/sofia", "Sofia Lindqvist"],
  ["statement", "#/ambassadors/alex/2020-12", "How the sum was made"],
  ["statement-recomputed", "#/ambassadors/mika/2021-01", "12 of 12 statements are the same to the byte.", (page) => page.getByRole("button", { name: "Recompute" }).click()],
  ["treasury", "#/treasury", "Not redeemed yet"],
  ["invited", "#/invited?by=alex", "Alex Masmej invites you"],
  ["invited-by-nobody", "#/invited?by=nobody", "no ambassador of this programme is called so"],
  ["claim-desk", "#/claim?ambassador=alex", "Network fee: about", (page) => page.locator("summary", { hasText: "checks passed" }).first().click()],
  ["nowhere", "#/nowhere", "There is no such place on this page."],
  ["element", "embed/", "This month pays"],
  ["element-wrong", "embed/", "Creator 1, volume", (page) => page.getByRole("textbox", { name: "Volume, $, creator 1" }).fill("much")],
];
/** The same where there is no wallet. @type {typeof VIEWS} */
const WALLETLESS = [
  ["claim", "#/claim", "With your wallet"],
  ["claim-walletless", "#/claim?ambassador=alex", "Send it without this page", (page) => page.getByText("Send it without this page").click()],
  ["account-walletless", "#/ambassadors/alex", "Only the chain knows"],
];

for (const scheme of /** @type {const} */ (["dark", "light"])) {
  const options = { width: WIDTHS[0], scheme, prepare: (/** @type {any} */ context) => context.addInitScript({ content: axe.source }) };

  for (const [where, views, site] of /** @type {const} */ ([["", VIEWS, demo], [" without a wallet", WALLETLESS, undefined]])) {
    pageTest(`every view${where}, ${scheme}`, { ...options, site }, async ({ page, site: { url } }) => {
      for (const view of views) {
        await resize(page, WIDTHS[0]);
        await open(page, url, view);
        await looksRight(page, `${view[0]}-${scheme}`);
        // Where the keyboard goes does not depend on the colours.
        if (scheme === "light") await isReached(page, view[0]);
      }
    });
  }

  pageTest(`a claim on its way, ${scheme}`, { ...options, site: demo, path: "#/claim?ambassador=tunde" }, ({ page }) => undone(world.chain, async () => {
    await page.getByRole("button", { name: "Redeem", exact: true }).click();
    await says(page.getByRole("dialog"), "Approve this transaction?");
    await looksRight(page, `claim-approve-${scheme}`);
    await page.getByRole("button", { name: "Reject" }).click();
    await says(page, "Nothing was sent");
    await looksRight(page, `claim-rejected-${scheme}`);
    await page.getByRole("button", { name: "Redeem", exact: true }).click();
    await page.getByRole("button", { name: "Approve" }).click();
    await says(page.locator(".claim-receipt"), "Paid");
    await says(page, "Redeemed");
    await looksRight(page, `claim-receipt-${scheme}`);
    await page.getByRole("button", { name: "Done" }).click();
    await says(page, "Nothing to redeem now");
    await looksRight(page, `claim-redeemed-${scheme}`);
  }));
}

/** Each view as a visitor meets it, not as the one before left it. @param {Page} page @param {string} url @param {typeof VIEWS[number]} view */
async function open(page, url, [name, address, words, act]) {
  await page.goto(address.startsWith("#") ? `${url}?${name}${address}` : `${url}${address}?${name}`);
  await settled(page);
  await act?.(page);
  await says(address.startsWith("embed") ? page.locator("reward-calculator .board") : page, words);
}

/** The keyboard reaches every control, and one sees where it is. @param {Page} page @param {string} name */
async function isReached(page, name) {
  const { wanted, reached, unseen } = await tabbed(page);
  assert.deepEqual(wanted.filter(({ mark }) => !reached.has(mark)).map(({ html }) => html), [], `${name}: out of reach`);
  assert.deepEqual(unseen, [], `${name}: focus is not seen`);
}

/** Presses Tab through a view; again where something is missed that was drawn anew on the way. @param {Page} page @returns {Promise<{ wanted: ReturnType<typeof marked>, reached: Set<number>, unseen: string[] }>} */
async function tabbed(page, attempts = 3) {
  await page.evaluate(() => {
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    getSelection()?.removeAllRanges();
  });
  const wanted = await page.evaluate(marked);
  /** @type {Set<number>} */
  const reached = new Set();
  const unseen = [];
  for (let step = 0; step < wanted.length + 20 && reached.size < wanted.length; step += 1) {
    await page.keyboard.press("Tab");
    const { mark, seen, html } = await page.evaluate(focused);
    if (mark === undefined) continue;
    reached.add(mark);
    if (!seen) unseen.push(html);
  }
  const redrawn = () => page.evaluate(() => /** @type {any} */ (window).marked.some((/** @type {Element} */ each) => !each.isConnected));
  if (reached.size < wanted.length && attempts > 1 && (await redrawn())) return tabbed(page, attempts - 1);
  return { wanted, reached, unseen };
}

/** Marks every control that can be used and returns what it marked; of radio buttons that belong together, the chosen one. */
function marked() {
  const selector = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  /** @param {Document | ShadowRoot} root @returns {Element[]} */
  const all = (root) => [...root.querySelectorAll("*")].flatMap((each) => [...(each.matches(selector) ? [each] : []), ...(each.shadowRoot ? all(each.shadowRoot) : [])]);
  const usable = all(document).filter((each) => {
    if (each.matches(":disabled, [type=radio]:not(:checked), [tabindex='-1']")) return false;
    return each.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  });
  /** @type {any} */ (window).marked = usable;
  return usable.map((each, mark) => {
    /** @type {any} */ (each).mark = mark;
    return { mark, html: each.outerHTML.slice(0, 160) };
  });
}

/** What has the focus, and whether it looks different with it: itself, what is in it, its label, or what stands beside it. */
function focused() {
  let element = /** @type {HTMLElement | null} */ (document.activeElement);
  while (element?.shadowRoot?.activeElement) element = /** @type {HTMLElement} */ (element.shadowRoot.activeElement);
  if (element === null || element === document.body) return { mark: undefined, seen: true, html: "" };
  const labels = [.../** @type {any} */ (element).labels ?? []];
  const around = [element, ...element.querySelectorAll("*"), ...labels, ...(element.nextElementSibling ? [element.nextElementSibling] : [])];
  const look = () => JSON.stringify(around.map((each) => {
    const { outlineStyle, outlineWidth, stroke, strokeWidth, fillOpacity, boxShadow, top } = getComputedStyle(each);
    return [outlineStyle === "none" ? "" : outlineWidth, stroke, strokeWidth, fillOpacity, boxShadow, top];
  }));
  const before = look();
  element.blur();
  const after = look();
  element.focus();
  return { mark: /** @type {number | undefined} */ (/** @type {any} */ (element).mark), seen: before !== after, html: element.outerHTML.slice(0, 160) };
}

pageTest("a claim is redeemed with the keyboard alone", { site: demo }, async ({ page }) => {
  const wen = world.people.find(({ name }) => name.startsWith("Wen"));
  assert(wen !== undefined);
  /** Presses Tab until it is there. @param {string} words */
  const reach = async (words) => {
    for (let step = 0; step < 80; step += 1) {
      await page.keyboard.press("Tab");
      if ((await page.evaluate(() => document.activeElement?.textContent ?? "")).trim() === words) return;
    }
    assert.fail(`the keyboard does not reach ${words}`);
  };
  const arrives = () => eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.localName), "h1"));
  await reach("Ambassadors");
  await page.keyboard.press("Enter");
  await says(page, "Choose a name");
  await arrives();
  await reach("Wen Zhao");
  await page.keyboard.press("Enter");
  await says(page, "Signed by the treasury, and not redeemed yet.", "$32.50");
  await arrives();
  await reach("Claim");
  await page.keyboard.press("Enter");
  await says(page, "Claims of Wen Zhao", "Ready");
  await arrives();
  await reach("Redeem");
  await page.keyboard.press("Enter");
  await says(page.getByRole("dialog"), "Approve this transaction?");
  await page.keyboard.press("Escape");
  await says(page, "Nothing was sent");
  await reach("Redeem");
  await page.keyboard.press("Enter");
  await says(page.getByRole("dialog"), "Approve this transaction?");
  await page.keyboard.press("Enter");
  await says(page.locator(".claim-receipt"), "Paid", "472.796978849571884933 RLY");
  assert.equal(await world.chain.balance(wen.address), 472_796_978_849_571_884_933n);
  await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement?.id), "claim-now"));
  await reach("Done");
  await page.keyboard.press("Enter");
  await says(page, "Nothing to redeem now");
});

/** @type {() => void} */
let answer = () => {};
pageTest("an answer of the chain leaves the focus where it is", {
  site: () => ({ published: world.programme.published }),
  path: "#/ambassadors/tunde",
  unanswered: true,
  prepare: async (context) => {
    const wallet = walletOn(world.chain, []);
    const asked = new Promise((resolve) => (answer = () => resolve(wallet.chainId)));
    wallet.answers.eth_chainId = () => asked;
    await wallet.inject(context);
  },
}, async ({ page }) => {
  await page.getByRole("link", { name: "Check and claim" }).focus();
  answer();
  await says(page, "Signed by the treasury, and not redeemed yet.");
  await says(page.locator(":focus"), "Claim");
});

pageTest("the first Tab skips to the content", {}, async ({ page }) => {
  await page.keyboard.press("Tab");
  await says(page.locator(":focus"), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
});

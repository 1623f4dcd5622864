// @ts-check
// The calculator: exact numbers, editing, bad input, links, many creators, paper.
import assert from "node:assert/strict";

import { eventually, pageTest, plain, says } from "./visit.mjs";

/** @typedef {import("./visit.mjs").Page} Page */

const sum = (/** @type {Page} */ page) => page.locator(".result");
const field = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("textbox", { name, exact: true });
const rows = (/** @type {Page} */ page) => page.locator(".plan-row");
const plan = (/** @type {Page} */ page) => rows(page).evaluateAll((all) => all.map((row) => [...row.querySelectorAll("input")].map((input) => input.value)));
const pays = (/** @type {Page} */ page, /** @type {string[]} */ ...words) => says(sum(page), "This month pays", ...words);

pageTest("the presets pay what the proposal says", {}, async ({ page }) => {
  await pays(page, "$2,125.00", "35,700 RLY", "at $1,250.00 for 21,000 RLY");
  /** @type {[string, ...string[]][]} */
  const presets = [
    ["Five without a tier", "$1,250.00", "21,000 RLY"],
    ["Founding proposal", "$2,125.00", "35,700 RLY", "Base rewards $1,250.00", "Volume tiers $875.00"],
    ["Too many at once", "Waits for later months"],
  ];
  for (const [name, ...words] of presets) {
    await page.getByRole("button", { name, exact: true }).click();
    await pays(page, ...words);
  }
});

pageTest("creators are edited, added, duplicated and removed, and it can be undone", {}, async ({ page }) => {
  await field(page, "First-month volume, $, creator 1").fill("5000");
  await pays(page, "$2,250.00", "37,800 RLY");
  await page.getByRole("button", { name: "Duplicate creator 5" }).click();
  await pays(page, "$3,000.00", "50,400 RLY");
  await page.getByRole("button", { name: "Remove creator 6" }).click();
  await pays(page, "$2,250.00");
  await page.getByRole("button", { name: "Add a creator" }).click();
  await field(page, "First-month volume, $, creator 6").fill("1");
  await field(page, "Supporters, creator 6").fill("20");
  await pays(page, "$2,500.00", "42,000 RLY");
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(async () => assert.equal(await rows(page).count(), 5));
  for (let left = 5; left > 0; left -= 1) await page.getByRole("button", { name: `Remove creator ${left}`, exact: true }).click();
  await says(page, "No creator is planned yet", "$0.00");
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually(async () => assert.equal(await rows(page).count(), 1));
});

pageTest("every number has its reason", {}, async ({ page }) => {
  await page.getByRole("button", { name: "First month", exact: true }).click();
  await page.getByRole("button", { name: "Explain creator 1" }).click();
  await says(page.locator(".plan-explained").first(), "What is paid", "Every rule, in order", "12 of 20 supporters", "R3", "R4");
  await says(page, "How the sum is made", "R8", "R9", "keccak-256 0x");
  await page.getByRole("button", { name: "Founding proposal" }).click();
  await page.getByText("The curve as a table").click();
  await says(page.locator(".hero-table"), "From this volume on", "$5,000.00");
});

pageTest("bad input is explained and keeps the last good result", {}, async ({ page }) => {
  const volume = field(page, "First-month volume, $, creator 2");
  for (const text of ["-1", "1e3", "1,000", "０", "1.0000000000000000001", "9".repeat(64), "five", "0x10", " ", "NaN", "1_000", "\u202e1"]) {
    await volume.fill(text);
    await says(sum(page), "Creator 2, volume", "What is greyed is the last result that could be computed.", "$2,125.00", "35,700 RLY");
    assert.equal(await volume.getAttribute("aria-invalid"), "true", text);
    const described = await volume.getAttribute("aria-describedby");
    assert((await page.locator(`#${described}`).innerText()).length > 10, text);
    assert(await page.getByRole("button", { name: "Copy link" }).isDisabled(), text);
  }
  await field(page, "Supporters, creator 1").fill("2.5");
  await says(sum(page), "Creator 1, supporters", "is no whole number");
  await field(page, "Supporters, creator 1").fill("32");
  await volume.fill("3400");
  await pays(page, "$2,125.00");
  // The last good result said so as well: what is new is that nothing is wrong.
  await volume.and(page.locator(":not([aria-invalid])")).waitFor();
  assert.equal(await volume.getAttribute("aria-invalid"), null);
  await field(page, "Dollars").fill("0");
  await says(sum(page), "Price");
  await field(page, "Dollars").fill("1250");
  await pays(page, "35,700 RLY");
});

pageTest("caps and price policy are what-ifs, and said to be", {}, async ({ page }) => {
  await field(page, "Base rewards").fill("3");
  await pays(page, "Waits for later months");
  await says(page, "These are not the adopted terms.", "Base rewards a month: 3 instead of 10");
  await page.getByRole("button", { name: "As adopted" }).click();
  await pays(page, "$2,125.00");
  await page.getByRole("radio", { name: "Daily closes" }).check();
  await pays(page, "$2,125.00");
  await page.getByRole("combobox", { name: "Price policy" }).selectOption("close");
  await says(page, "Price policy: close instead of mean");
});

pageTest("a link restores everything exactly", {}, async ({ page, context, site }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.url });
  await field(page, "First-month volume, $, creator 1").fill("4999.999999");
  await page.getByRole("button", { name: "Duplicate creator 1", exact: true }).click();
  await field(page, "New use cases, creator 3").fill("1");
  await field(page, "Dollars").fill("1250.123456");
  await field(page, "buy tokens").fill("21000.000000000000000001");
  await field(page, "Budget").fill("2000.01");
  await field(page, "Smallest payout").fill("1");
  await says(sum(page), "at $1,250.123456 for 21,000.000000000000000001 RLY");
  const [before, text] = [await plan(page), plain(await sum(page).innerText())];
  await page.getByRole("button", { name: "Copy link" }).click();
  await says(page, "Link copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert(link.startsWith(`${site.url}#/?`), link);
  const other = await context.newPage();
  await other.goto(link);
  await says(sum(other), "This month pays");
  await eventually(async () => assert.deepEqual(await plan(other), before));
  await eventually(async () => assert.equal(plain(await sum(other).innerText()), text));
  for (const [name, value] of [["Dollars", "1250.123456"], ["buy tokens", "21000.000000000000000001"], ["Budget", "2000.01"], ["Smallest payout", "1"]]) {
    assert.equal(await field(other, name).inputValue(), value);
  }
  // The address follows, too.
  await eventually(async () => assert.equal(page.url(), link));
});

pageTest("a hostile link is refused in words", {}, async ({ page, go }) => {
  /** @type {[string, string][]} */
  const links = [
    ["c=1000_25_1&c=2", "The link says one thing twice."],
    ["c=<script>pwned()</script>", "Creator 1 of the link cannot be read."],
    ["c=1e9_25_1", "Creator 1 of the link cannot be read."],
    ["c=1000_25_1-1000_-5_1", "Creator 2 of the link cannot be read."],
    ["c=9999*1000_25_1", "The link plans more than 1000 creators."],
    ["c=600*1_2_1-600*1_2_1", "The link plans more than 1000 creators."],
    [`c=${"1_2_1-".repeat(20_000)}`, "The link is longer than any plan."],
    ["c=1000_25_1&p=1250", "The price of the link cannot be read."],
    ["c=1000_25_1&p=0/0", "The price of the link cannot be read."],
    ["c=1000_25_1&d=202012-20201231_x_1", "A daily close of the link cannot be read."],
    ["c=1000_25_1&t=..%2F..%2Fsecret", "The version of the terms of the link cannot be read."],
    ["c=1000_25_1&m=1e9", "The number of base rewards of the link cannot be read."],
    ["c=1000_25_1&y=__proto__", "The price policy of the link cannot be read."],
  ];
  for (const [query, words] of links) {
    await go(`#/?${query}`);
    await says(page, words, "Ask for the link again", "This month pays");
    assert.equal(await page.locator("main script, main img").count(), 0);
  }
  await go("#/?c=1000_25_1&h=0123456789abcdef");
  await says(page, "This link was made with other terms than those published here");
});

pageTest("a thousand creators", {}, async ({ page }) => {
  await page.getByRole("button", { name: "A thousand" }).click();
  // Ten base rewards a month, and no more than the programme's budget.
  await says(page, "1,000 creators", "1–50 of 1000", "10 / 10", "$12,500.00");
  /** @param {string} name @param {string} value */
  const changes = async (name, value) => {
    const before = await sum(page).innerText();
    await field(page, name).fill(value);
    await eventually(async () => assert.notEqual(await sum(page).innerText(), before));
  };
  await changes("Base rewards", "1000");
  await changes("Budget", "99999999");
  await changes("First-month volume, $, creator 7", "0");
  await says(rows(page).nth(6), "$0.00");
  await page.getByRole("button", { name: "Next" }).click();
  await says(page, "51–100 of 1000");
  assert(await page.getByRole("button", { name: "Add a creator" }).isDisabled());
});

pageTest("on paper there are all creators and no buttons", {}, async ({ page }) => {
  await page.getByRole("button", { name: "A thousand" }).click();
  await says(page, "1–50 of 1000");
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await eventually(async () => assert.equal(await rows(page).count(), 1000));
  assert.equal(await page.locator("button:visible").count(), 0);
  assert(await sum(page).isVisible());
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await rows(page).count(), 50);
});

pageTest("the element works on another page", { path: "embed/" }, async ({ page }) => {
  const element = page.locator("reward-calculator");
  await says(element.locator(".board"), "This month pays", "RLY", "Rally Ambassadors, terms version 1");
  await page.evaluate(() => {
    const told = /** @type {any} */ (window);
    told.quotes = [];
    told.faults = [];
    addEventListener("reward-quote", (event) => told.quotes.push(/** @type {CustomEvent} */ (event).detail));
    addEventListener("reward-fault", (event) => told.faults.push(/** @type {CustomEvent} */ (event).detail));
  });
  const volume = element.getByRole("textbox", { name: "Volume, $, creator 1", exact: true });
  await volume.fill("28000");
  await element.getByRole("textbox", { name: "Supporters, creator 1", exact: true }).fill("240");
  const newest = () => page.evaluate(() => /** @type {any} */ (window).quotes.at(-1));
  await eventually(async () => assert.equal((await newest()).creators[0].creditUsd, "750"));
  const quote = await newest();
  assert.equal(quote.creators.length, 3);
  await says(element.locator(".board"), `$${Number(quote.totalUsd).toLocaleString("en", { minimumFractionDigits: 2 })}`);
  await volume.fill("a lot");
  await eventually(async () => assert.equal(await page.evaluate(() => typeof /** @type {any} */ (window).faults.at(-1)?.code), "string"));
  await says(element.locator(".trouble"), "Creator 1, volume");
  await page.evaluate(() => document.querySelector("reward-calculator")?.setAttribute("price", "<script>"));
  await says(element.locator(".board"), "The attribute “price” is no price.", "ATTRIBUTE_PRICE");
  await page.evaluate(() => document.querySelector("reward-calculator")?.setAttribute("price", "1250/21000"));
  await says(element.locator(".board"), "This month pays");
  const href = await element.getByRole("link", { name: "Open in full" }).getAttribute("href");
  assert.match(href ?? "", /#\/\?c=/);
});

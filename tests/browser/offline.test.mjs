// @ts-check
// Once loaded, the page works without its server; and what is kept is one whole build, never a mixture.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { eventually, pageTest, says, settled } from "./visit.mjs";
import * as inputs from "./inputs.mjs";
import { startSite } from "./host.mjs";

/** @typedef {import("./visit.mjs").Page} Page */

/** The names of the builds that are kept whole. @param {Page} page */
const kept = (page) => page.evaluate(async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("page-"));
  const whole = await Promise.all(names.map(async (name) => (await (await caches.open(name)).match("files.json")) !== undefined));
  return names.filter((_, at) => whole[at]);
});

const controlled = (/** @type {Page} */ page) => eventually(async () => {
  assert(await page.evaluate(() => navigator.serviceWorker.controller !== null));
  assert.equal((await kept(page)).length, 1);
});

pageTest("every view without a server, after the first load", { worker: true, unreachable: true }, async ({ page, site, go }) => {
  await controlled(page);
  /** @type {[string, string][]} */
  const views = [
    ["#/ambassadors", "Choose a name"], ["#/ambassadors/alex", "Invite a creator"], ["#/ambassadors/alex/2020-12", "How the sum was made"],
    ["#/treasury", "Tunde Okafor"], ["#/claim?ambassador=alex", "Claims of Alex Masmej"], ["#/invited?by=alex", "Alex Masmej invites you"],
  ];
  for (const [hash, words] of views) {
    await go(hash);
    await says(page, words);
  }
  await page.waitForLoadState("networkidle");
  await site.stop();
  for (const [hash, words] of [["#/", "35,700 RLY"], ...views]) {
    await page.goto(`${site.url}${hash}`);
    await page.reload();
    await settled(page);
    await says(page, words);
  }
  await page.goto(`${site.url}embed/`);
  await says(page.locator("reward-calculator .board"), "This month pays");
  // What was never looked at is not there, and that is said.
  await page.goto(`${site.url}#/ambassadors/mika/2020-12`);
  await page.reload();
  await settled(page);
  await says(page, "could not be fetched", "You may be offline");
});

/** @type {Record<string, import("./host.mjs").Answer>} */
const overlay = {};
const listing = () => JSON.parse(readFileSync(join(inputs.dist(), "files.json"), "utf8"));

pageTest("a newer build is taken whole, or not at all", {
  worker: true,
  site: () => ({ published: inputs.published(), overlay }),
}, async ({ page, site, context }) => {
  await controlled(page);
  const [first] = await kept(page);
  const changed = readFileSync(join(inputs.dist(), "calculator.js"), "utf8").replace("What does a month pay?", "What will a month pay?");
  // The list names what is not served yet: half a build is no build.
  overlay["/files.json"] = () => JSON.stringify({ ...listing(), "calculator.js": createHash("sha256").update(changed).digest("hex") });
  let asked = false;
  overlay["/calculator.js"] = () => {
    asked = true;
    return readFileSync(join(inputs.dist(), "calculator.js"));
  };
  await page.reload();
  await says(page, "What does a month pay?");
  await eventually(async () => assert(asked));
  assert.deepEqual(await kept(page), [first]);
  overlay["/calculator.js"] = () => changed;
  await page.reload();
  await eventually(async () => assert.notDeepEqual(await kept(page), [first]));
  const other = await context.newPage();
  await other.goto(site.url);
  await says(other, "What will a month pay?");
});

/** What the project's own server sends with everything. */
const HEADERS = Object.freeze({
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    + "font-src 'none'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    + "require-trusted-types-for 'script'; trusted-types offline",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()",
  "Cache-Control": "no-cache",
});

test("the project's own server sends its headers with everything, and files of its folders only", async () => {
  const site = await startSite({ published: inputs.published() });
  try {
    for (const path of ["", "app.js", "wasm/ambassador_bg.wasm", "published/index.json", "nothing", "published/%2e%2e%2fnothing"]) {
      const { headers, status } = await fetch(new URL(path, site.url));
      for (const [name, value] of Object.entries(HEADERS)) assert.equal(headers.get(name), value, `${path}: ${name}`);
      assert.equal(status, /nothing/.test(path) ? 404 : 200, path);
    }
  } finally {
    await site.stop();
  }
});

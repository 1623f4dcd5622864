// @ts-check
// One browser for a file of tests, and pages that fail their test by any complaint, stray request or policy violation.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import * as inputs from "./inputs.mjs";
import { startSite } from "./host.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Locator} Locator */
/**
 * @typedef {object} Visit
 * @property {Page} page
 * @property {import("./host.mjs").Site} site
 * @property {import("playwright-core").BrowserContext} context
 * @property {(hash: string) => Promise<void>} go to a view, by its hash
 */
/**
 * @typedef {object} Options
 * @property {() => import("./host.mjs").SiteOptions | Promise<import("./host.mjs").SiteOptions>} [site] what is published of the example, unless it says otherwise
 * @property {string} [path] where the visit begins
 * @property {number} [width]
 * @property {"light" | "dark"} [scheme]
 * @property {boolean} [worker] whether the page may keep itself for later
 * @property {boolean} [unreachable] whether the server is stopped on the way
 * @property {boolean} [unanswered] whether the chain answers only when the test says so
 * @property {string[]} [missing] files of the published folder whose absence the browser reports: these, and no others
 * @property {RegExp[]} [refused] what the browser complains of where something is refused that a test tries: each of these, and nothing else
 * @property {(context: import("playwright-core").BrowserContext) => Promise<void>} [prepare]
 */

/** How long a machine may take that has other work; who finds what it looks for never waits. */
const PATIENCE = 60_000;

/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const alone = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const quiet = ["--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];
  browser = await chromium.launch({ executablePath: inputs.chromium(), args: [...alone, ...quiet] });
});
after(() => browser?.close());

/**
 * A test of the page.
 *
 * @param {string} name
 * @param {Options} options
 * @param {(visit: Visit) => Promise<void>} body
 */
export function pageTest(name, options, body) {
  test(name, () => visit(options, body));
}

/** @param {Options} options @param {(visit: Visit) => Promise<void>} body */
export async function visit({ site: options = () => ({ published: inputs.published() }), path = "", width = 1280, scheme = "light", worker = false, missing = [], refused = [], unreachable = false, unanswered = false, prepare }, body) {
  const site = await startSite(await options());
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, reducedMotion: "reduce", locale: "en-US" });
  /** @type {Set<string>} */
  const complaints = new Set();
  try {
    context.setDefaultTimeout(PATIENCE);
    await context.exposeBinding("complain", (_, text) => void complaints.add(String(text)));
    await context.addInitScript((allowed) => {
      addEventListener("securitypolicyviolation", (event) => {
        /** @type {any} */ (window).complain(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
      // What is hostile would run this.
      /** @type {any} */ (window).pwned = () => /** @type {any} */ (window).complain("a foreign script ran");
      if (!allowed) Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
    }, worker);
    context.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(site.url) && !/^(data|blob):/.test(url)) complaints.add(`request: ${url}`);
    });
    context.on("weberror", (error) => complaints.add(`error: ${error.error().stack}`));
    context.on("serviceworker", (worker) => {
      // Whoever breaks its policy is told to its own global; what is said to its console is a complaint.
      void worker.evaluate(() => {
        addEventListener("securitypolicyviolation", (event) => console.error(`worker: policy: ${event.violatedDirective} ${event.blockedURI}`));
        addEventListener("unhandledrejection", (event) => console.error(`worker: ${event.reason}`));
        addEventListener("error", (event) => console.error(`worker: ${event.message}`));
      }).catch(() => undefined); // It was replaced meanwhile.
    });
    context.on("dialog", (dialog) => {
      complaints.add(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (unreachable && /net::ERR_(CONNECTION_REFUSED|FAILED)|^worker: TypeError: Failed to fetch$/.test(message.text())) return;
      const absent = /404/.test(message.text()) ? message.location().url.replace(site.url, "") : undefined;
      complaints.add(absent === undefined ? `console: ${message.text()}` : `missing: ${absent}`);
    });
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(site.url + path);
    /** @param {string} hash */
    const go = async (hash) => {
      // The page hears of it later than whoever set it.
      await page.evaluate(async (to) => {
        const before = location.href;
        location.hash = to;
        if (location.href !== before) await new Promise((heard) => addEventListener("hashchange", heard, { once: true }));
      }, hash);
      await settled(page, unanswered);
    };
    await settled(page, unanswered);
    await body({ page, site, context, go });
    // What a page complains of arrives before its next answer.
    await Promise.all(context.pages().map((each) => each.evaluate(() => undefined)));
    await Promise.all(context.serviceWorkers().map((each) => each.evaluate(() => undefined)));
    const unmet = refused.filter((pattern) => ![...complaints].some((complaint) => pattern.test(complaint)));
    assert.deepEqual(unmet, [], "nothing was refused");
    const unwanted = [...complaints].filter((complaint) => !refused.some((pattern) => pattern.test(complaint)));
    assert.deepEqual(unwanted.sort(), missing.map((file) => `missing: ${file}`).sort());
  } catch (error) {
    if (complaints.size > 0) console.error("complaints:", [...complaints]);
    throw error;
  } finally {
    await context.close();
    await site.stop();
  }
}

/** Waits until a view is there and, unless the chain is not to answer yet, nothing of it is still to come that would move what is pressed. @param {Page} page @param {boolean} [unanswered] */
export async function settled(page, unanswered = false) {
  await page.locator("h1").waitFor({ state: "attached" });
  const waiting = page.locator("[aria-busy=true], .skeleton:visible");
  const awaited = unanswered ? waiting : waiting.or(page.getByText("Asking the chain …"));
  await eventually(async () => assert.equal(await awaited.count(), 0));
}

/**
 * Asks again until it holds.
 *
 * @template T
 * @param {() => Promise<T>} check
 * @returns {Promise<T>}
 */
export async function eventually(check, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 40));
    }
  }
}

/** The text is, or will soon be, there. @param {Page | Locator} where @param {...(string | RegExp)} wanted */
export async function says(where, ...wanted) {
  const place = "url" in where ? where.locator("body") : where;
  await eventually(async () => {
    const text = plain(await place.innerText());
    for (const part of wanted) {
      if (typeof part === "string" ? !text.includes(part) : !part.test(text)) assert.fail(`no ${part} in:\n${text.slice(0, 4000)}`);
    }
  });
}

/** A text with its spaces all alike. @param {string} text */
export const plain = (text) => text.replace(/[\s\u00a0]+/g, " ").trim();

/** The narrowest window and a wide one, in pixels. */
export const WIDTHS = [360, 1440];

/** Makes the window so wide, and waits until it was drawn. @param {Page} page @param {number} width */
export async function resize(page, width) {
  await page.setViewportSize({ width, height: 900 });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
}

/** Nothing is wider than the window; for some frames after a change of its width the old rules may still hold. @param {Page} page @param {string} name */
async function fits(page, name) {
  await eventually(async () => {
    const { wide, within } = await page.evaluate(() => {
      const root = document.documentElement;
      const wider = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1);
      return { wide: root.scrollWidth - root.clientWidth, within: wider.slice(0, 3).map((each) => each.outerHTML.slice(0, 200)) };
    });
    assert(wide <= 0, `${name} is ${wide} px too wide: ${within.join("\n")}`);
  }, 10_000);
}

/** What is on the screen, at every width, the last one the widest. @param {Page} page @param {string} view */
export async function looksRight(page, view) {
  const folder = inputs.screenshots();
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  await settled(page);
  for (const width of WIDTHS) {
    const name = `${view}-${width}`;
    await resize(page, width);
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    await fits(page, name);
    const violations = await page.evaluate(async () => {
      const { violations: found } = await /** @type {any} */ (window).axe.run(document, { resultTypes: ["violations"] });
      return found.map((/** @type {any} */ { id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
    });
    assert.deepEqual(violations, [], name);
    assert.equal(await page.locator("h1:visible").count(), 1, `${name} has not one heading`);
  }
}

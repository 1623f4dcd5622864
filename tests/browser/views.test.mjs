// @ts-check
// Every view: the calculator's numbers, accessible, at every width, without a network, and beside a hostile folder.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { execFileSync } from "node:child_process";

import axe from "axe-core";

import { browser, open, root, serve, settled, signer } from "./site.mjs";

/** @type {string} */
let folder;
/** @type {string} */
let published;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
/** @type {import("playwright-core").Browser} */
let chrome;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ambassador-views-"));
  const results = /\/(months|published|ledger\.db[^/]*)$/;
  cpSync(`${root}examples/rally`, join(folder, "rally"), { recursive: true, filter: (path) => !results.test(path) });
  for (const month of ["2020-12", "2021-01"]) execFileSync(signer(), ["close", month, "--yes", "-C", join(folder, "rally")], { stdio: "pipe" });
  published = join(folder, "rally/published");
  site = await serve(published);
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await site?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const views = {
  calculator: "/",
  ambassadors: "/ambassadors",
  alex: "/ambassadors/alex",
  mika: "/ambassadors/mika",
  tunde: "/ambassadors/tunde",
  sofia: "/ambassadors/sofia",
  statement: "/ambassadors/alex/2021-01",
  treasury: "/treasury",
  claim: "/claim?ambassador=alex",
  invited: "/invited?by=alex",
};

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of [360, 1440]) {
    test(`every view is accessible and fits: ${width} px, ${scheme}`, async () => {
      const tab = await open(chrome, site.url, { width, scheme });
      for (const [name, view] of Object.entries(views)) {
        await tab.go(view);
        const shots = process.env.AMBASSADOR_SCREENSHOTS;
        if (shots) await tab.page.screenshot({ path: join(shots, `${name}-${width}-${scheme}.png`), fullPage: true });
        assert.ok(await tab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
        await tab.page.evaluate(axe.source);
        const found = await tab.page.evaluate(async () => {
          // @ts-ignore what the script above defines
          const { violations } = await globalThis.axe.run(document);
          return violations.map((/** @type {any} */ one) => `${one.id}: ${one.nodes[0].html}`);
        });
        assert.deepEqual(found, [], name);
        assert.equal(await tab.page.evaluate(() => document.querySelectorAll("h1").length), 1, `${name} has one heading`);
      }
      await tab.close();
    });
  }
}

test("every control is reached with the keyboard, and shows that it is", async () => {
  const tab = await open(chrome, site.url, { context: { reducedMotion: "reduce" } });
  for (const [name, view] of Object.entries(views)) {
    await tab.go(view);
    const expected = await tab.page.evaluate(() => {
      const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
      const all = [...document.querySelectorAll(controls)].filter((one) => {
        // One of a group of radio buttons, and whatever a closed part hides, is not a stop of its own.
        const radio = one instanceof HTMLInputElement && one.type === "radio" && !one.checked;
        return !radio && !(/** @type {any} */ (one).disabled) && one.getAttribute("tabindex") !== "-1" && one.checkVisibility({ checkVisibilityCSS: true });
      });
      all.forEach((one, place) => one.setAttribute("data-stop", `${place}`));
      return all.length;
    });
    const reached = new Set();
    for (let presses = 0; presses < expected + 20; presses += 1) {
      await tab.page.keyboard.press("Tab");
      const look = () => tab.page.evaluate(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return undefined;
        const outlined = (/** @type {Element} */ part) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
          return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
        };
        // A point of a picture has a thicker line; a hidden field for files shows it on the place to drop them.
        const marks = one instanceof SVGElement ? [...one.querySelectorAll("circle, rect")] : [];
        const thick = marks.some((mark) => getComputedStyle(mark).strokeWidth === "3px");
        const beside = one instanceof HTMLInputElement && one.type === "file" && one.nextElementSibling;
        const shown = outlined(one) || thick || (beside && outlined(beside));
        return { place: one.getAttribute("data-stop"), shown, html: one.outerHTML.slice(0, 120) };
      });
      let stop = await look();
      // A ring that comes gently is given its time.
      for (let waits = 0; stop && !stop.shown && waits < 10; waits += 1) {
        await tab.page.waitForTimeout(100);
        stop = await look();
      }
      if (!stop) continue;
      if (stop.place) reached.add(stop.place);
      assert.ok(stop.shown, `${name}: no focus ring on ${stop.html}`);
    }
    const missed = await tab.page.evaluate((/** @type {string[]} */ got) => {
      const all = [...document.querySelectorAll("[data-stop]")].filter((one) => !got.includes(one.getAttribute("data-stop") ?? ""));
      return all.map((one) => one.outerHTML.slice(0, 120));
    }, [.../** @type {Set<string>} */ (reached)]);
    assert.deepEqual(missed, [], `${name}: not reached`);
  }
  await tab.close();
});

test("the presets pay what the founding proposal says, and a link restores them", async () => {
  const tab = await open(chrome, site.url);
  await tab.go("/");
  const main = tab.page.locator("main");
  await main.getByText("Five without a tier").first().click();
  await main.getByText("$1,250.00 = 21,000 RLY").waitFor();
  await main.getByText("Founding proposal").first().click();
  await main.getByText("$2,125.00 = 35,700 RLY").waitFor();

  // Creator 1 reaches the first tier.
  await main.locator("table input").first().fill("5000");
  await main.getByText("$2,250.00").filter({ visible: true }).first().waitFor();
  // The link restores the creators with their numbers.
  await tab.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await main.getByRole("button", { name: "Copy link" }).click();
  const link = await tab.page.evaluate(() => navigator.clipboard.readText());
  const other = await open(chrome, site.url);
  await other.page.goto(link);
  await other.page.getByRole("heading", { name: "5 creators" }).waitFor();
  await other.page.locator("main").getByText("$2,250.00").filter({ visible: true }).first().waitFor();
  assert.equal(await other.page.locator("main table input").first().inputValue(), "5000");
  await other.close();
  await tab.close();
});

test("a thousand creators are quoted", async () => {
  const tab = await open(chrome, site.url);
  await tab.go("/");
  const main = tab.page.locator("main");
  await main.getByText("A thousand", { exact: true }).first().click();
  await main.getByRole("heading", { name: "1,000 creators" }).waitFor();
  // Ten base rewards a month, and no more than the programme's budget.
  await main.getByText("10 / 10").first().waitFor();
  await main.getByText("$12,500.00").first().waitFor();
  await tab.close();
});

test("a hostile link is refused in words", async () => {
  for (const query of ["?c=<script>alert(1)</script>", "?c=99999999999999999999999_1_1", "?c=1_1_1-".repeat(3_000), "?p=0/0", "?c=%E2%80%AE"]) {
    const tab = await open(chrome, site.url);
    await tab.go(`/${query}`);
    await tab.page.locator("main").getByText("35,700 RLY").or(tab.page.locator("main").getByText(/link/i)).first().waitFor();
    assert.equal(await tab.page.locator("main script, main img").count(), 0);
    await tab.close();
  }
});

test("another page embeds the calculator with two lines", async () => {
  const tab = await open(chrome, site.url);
  await tab.page.addInitScript(() => {
    // @ts-ignore read back below
    addEventListener("reward-quote", (event) => (globalThis.quoted = event.detail));
  });
  await tab.page.goto(`${site.url}embed/index.html`);
  await tab.page.waitForFunction(() => "quoted" in globalThis);
  const quote = await tab.page.evaluate(() => /** @type {any} */ (globalThis).quoted);
  assert.equal(quote.creators.length, 3);
  assert.match(quote.amount, /^\d+$/);
  await tab.page.getByText(/RLY/).first().waitFor();
  await tab.page.evaluate(axe.source);
  // @ts-ignore what the script above defines
  const found = await tab.page.evaluate(async () => (await globalThis.axe.run(document)).violations.map((one) => one.id));
  assert.deepEqual(found, []);
  await tab.close();
});

test("the page works without a network once it was loaded", async () => {
  const tab = await open(chrome, site.url);
  await tab.go("/");
  await tab.page.evaluate(() => navigator.serviceWorker.ready);
  for (const view of [views.alex, views.treasury, views.claim]) await tab.go(view);
  await tab.context.setOffline(true);
  for (const view of ["/", views.alex]) {
    await tab.page.reload();
    await tab.go(view);
  }
  await tab.page.locator("main").getByText("Alex Masmej").first().waitFor();
  await tab.context.close();
  assert.deepEqual(tab.faults.filter((fault) => !/ERR_INTERNET_DISCONNECTED|Failed to (load|fetch)/.test(fault)), []);
});

test("every statement is recomputed in the browser", async () => {
  const tab = await open(chrome, site.url);
  await tab.go(views.statement);
  await tab.page.getByRole("button", { name: /Recompute/ }).click();
  await tab.page.getByText("12 of 12 statements are the same to the byte").waitFor();
  await tab.close();
});

const evil = "<img src=x onerror=alert(1)>\u202e\u0007\u0000";
/** @type {[name: string, change: (folder: string) => void][]} */
const hostile = [
  ["markup in the index", (at) => rewrite(`${at}/index.json`, (index) => Object.assign(index, { programme: evil }))],
  ["an id that climbs", (at) => rewrite(`${at}/index.json`, (index) => (index.months[0].ambassadors[0] = "../../../etc/passwd"))],
  ["a prototype", (at) => writeFileSync(`${at}/index.json`, '{"__proto__": {"months": []}, "schema": "ambassador-index/1"}')],
  ["numbers where text belongs", (at) => rewrite(`${at}/months/2021-01/summary.json`, (summary) => Object.assign(summary, { total_usd: 1e309 }))],
  ["huge numbers", (at) => rewrite(`${at}/months/2021-01/summary.json`, (summary) => Object.assign(summary, { total_usd: "9".repeat(500) }))],
  ["markup in a statement", (at) => rewrite(`${at}/months/2021-01/statements/alex.json`, (statement) => Object.assign(statement.ambassador, { name: evil, payee: evil }))],
  ["no statements", (at) => rmSync(`${at}/months/2021-01/statements`, { recursive: true })],
  ["no records", (at) => rmSync(`${at}/months/2021-01/records.json`)],
  ["other records", (at) => rewrite(`${at}/months/2021-01/records.json`, (records) => (records.ambassadors[0].name = evil))],
  ["other terms", (at) => writeFileSync(`${at}/terms/1.toml`, "schema = 'x'\n[reward]\nbase_usd = '1'\n")],
  ["no index", (at) => rmSync(`${at}/index.json`)],
  ["a huge index", (at) => writeFileSync(`${at}/index.json`, " ".repeat(6_000_000))],
  ["not JSON at all", (at) => writeFileSync(`${at}/index.json`, "<!doctype html><script>alert(1)</script>")],
];
for (const [name, change] of hostile) {
  test(`a hostile folder harms nothing: ${name}`, async () => {
    const at = join(folder, `hostile-${hostile.findIndex(([other]) => other === name)}`);
    cpSync(published, at, { recursive: true });
    change(at);
    const other = await serve(at);
    const tab = await open(chrome, other.url, { missing: /\/published\// });
    tab.page.on("dialog", (dialog) => tab.faults.push(`dialog: ${dialog.message()}`));
    for (const view of [views.calculator, views.ambassadors, views.alex, views.statement, views.treasury, views.claim]) {
      await tab.page.goto(`${other.url}#${view}`);
      await settled(tab.page);
      assert.equal(await tab.page.locator("main img, main script").count(), 0, view);
      const text = await tab.page.locator("body").innerText();
      assert.doesNotMatch(text, /[\u0000\u0007\u202e]|undefined|NaN|\[object/, view);
    }
    await tab.close();
    await other.stop();
  });
}

/** @param {string} file @param {(value: any) => unknown} change */
function rewrite(file, change) {
  const value = JSON.parse(readFileSync(file, "utf8"));
  change(value);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

// @ts-check
// The statement as a page of its own: it shows everything, runs nothing, asks for nothing, and fits on paper.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { copyExample } from "../../web-demo/demo/programme.mjs";
import * as inputs from "./inputs.mjs";

const EVIL = `<img src=x onerror=pwned()></title></style><script>pwned()</script>'"&amp;`;
const CELL = `"${EVIL.replaceAll('"', '""')}"`;

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let folder;

before(async () => {
  const alone = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath: inputs.chromium(), args: [...alone, "--disable-background-networking", "--disable-component-update"] });
  folder = join(inputs.scratch(), "rally");
  copyExample(folder);
  const edit = (/** @type {string} */ file, /** @type {string} */ from, /** @type {string} */ to) => {
    const text = readFileSync(join(folder, file), "utf8");
    assert(text.includes(from), `${file} has no ${from}`);
    writeFileSync(join(folder, file), text.replace(from, () => to));
  };
  edit("ambassadors.csv", "Alex Masmej", CELL);
  edit("terms/1.toml", 'name = "Rally Ambassadors"', `name = ${JSON.stringify(EVIL)}`);
  edit("terms/1.toml", 'proposal = ""', 'proposal = "https://vote.example/?a=<b>&c=\'x\'"');
  for (const month of ["2020-12", "2021-01"]) execFileSync(inputs.signer(), ["settle", month, "--yes", "-C", folder], { stdio: "pipe" });
});
after(() => browser?.close());

/**
 * Writes a statement's page and opens it.
 *
 * @param {string} month
 * @param {{ width?: number, scheme?: "light" | "dark" }} how
 * @param {(page: import("playwright-core").Page, file: string) => Promise<void>} body
 */
async function open(month, { width = 900, scheme = "light" }, body) {
  const html = execFileSync(inputs.signer(), ["export", "statement", month, "alex", "-C", folder], { encoding: "utf8", stdio: "pipe" });
  const file = join(folder, `${month}.html`);
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, locale: "en-US" });
  /** @type {string[]} */
  const complaints = [];
  context.on("request", (request) => void (request.url() === pathToFileURL(file).href || complaints.push(request.url())));
  context.on("console", (message) => void complaints.push(message.text()));
  context.on("weberror", (error) => void complaints.push(String(error.error())));
  try {
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await body(page, file);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

test("every line, reason, price and hash is there, and foreign text is text", () =>
  open("2020-12", {}, async (page) => {
    const text = (await page.locator("body").innerText()).replace(/\s+/g, " ");
    const statement = JSON.parse(readFileSync(join(folder, "months/2020-12/statements/alex.json"), "utf8"));
    for (const part of ["Statement of December 2020", EVIL, "$1,250.00", "21,000.00 RLY", "https://vote.example/?a=<b>&c='x'", statement.terms, statement.price.file]) {
      assert(text.includes(part), `no ${part} in ${text}`);
    }
    for (const line of statement.lines) assert(text.includes(line.creator), line.creator);
    for (const line of statement.pending) for (const part of [line.code, line.sentence]) assert(text.includes(part), `no ${part}`);
    for (const sample of statement.price.samples) assert(text.includes(sample.date), sample.date);
    assert.equal(await page.title(), `${EVIL}: statement of December 2020`);
    assert.equal(await page.locator("script, img, iframe, object, embed, base, link, form, a, svg, [style], [onerror], [onload]").count(), 0);
    // The style is applied although the policy lets no other one in.
    const applied = await page.evaluate(() => {
      const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content");
      return { align: getComputedStyle(document.querySelector(".money") ?? document.body).textAlign, policy };
    });
    assert.equal(applied.align, "right");
    assert.match(String(applied.policy), /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'$/);
  }));

test("nothing is wider than a narrow screen, or than paper", async () => {
  for (const month of ["2020-12", "2021-01"]) {
    await open(month, { width: 360, scheme: "dark" }, async (page) => {
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, month);
    });
    await open(month, {}, async (page) => {
      for (const format of ["A4", "Letter"]) {
        const paper = await page.pdf({ format, preferCSSPageSize: false, printBackground: true });
        const pages = paper.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
        assert(pages >= 1 && pages <= 4, `${month} takes ${pages} pages of ${format}`);
        const pictures = inputs.screenshots();
        if (pictures) writeFileSync(join(pictures, `statement-${month}-${format}.pdf`), paper);
      }
      await page.emulateMedia({ media: "print" });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      assert(!wide, month);
      await page.emulateMedia({ media: "screen" });
      const pictures = inputs.screenshots();
      if (pictures) await page.screenshot({ path: join(pictures, `statement-${month}.png`), fullPage: true });
    });
  }
});

test("a style that is not the page's own is not let in", () =>
  open("2020-12", {}, async (page, file) => {
    const other = join(folder, "changed.html");
    copyFileSync(file, other);
    writeFileSync(other, readFileSync(file, "utf8").replace("font-weight: 600; }", "font-weight: 700; }"));
    const context = await browser.newContext();
    const changed = await context.newPage();
    await changed.goto(pathToFileURL(other).href);
    const weight = (/** @type {import("playwright-core").Page} */ of) => of.locator(".programme").evaluate((programme) => getComputedStyle(programme).fontWeight);
    const found = [await weight(page), await weight(changed)];
    await context.close();
    assert.deepEqual(found, ["600", "400"]);
  }));

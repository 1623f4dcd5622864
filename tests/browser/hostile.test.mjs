// @ts-check
// What a programme publishes is foreign: nothing in it runs, hides or misleads, and what is wrong with it is said.
import assert from "node:assert/strict";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { eventually, pageTest, plain, says, settled } from "./visit.mjs";
import * as inputs from "./inputs.mjs";

const VIEWS = ["", "#/ambassadors", "#/ambassadors/alex", "#/ambassadors/alex/2020-12", "#/treasury", "#/treasury?month=2020-12", "#/claim", "#/claim?ambassador=alex", "#/invited?by=alex"];
const EVIL = "<img src=x onerror=pwned()>\u202e\u0007\u2066\u200b\u2028</title><script>pwned()</script>";
const SHOWN = String.raw`<img src=x onerror=pwned()>\u{202e}\u{7}\u{2066}\u{200b}\u{2028}</title><script>pwned()</script>`;
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;

/** A copy of what is published, every file passed through a change. @param {(text: string, file: string) => string} change */
function copied(change) {
  const copy = inputs.scratch();
  cpSync(inputs.published(), copy, { recursive: true });
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile()) writeFileSync(file, change(readFileSync(file, "utf8"), file));
  }
  return copy;
}

/** JSON text of a string, without its quotes. @param {string} text */
const escaped = (text) => JSON.stringify(text).slice(1, -1);

/** Replaces texts that stand for people, coins and links. @param {string} text @param {string} file */
function poisoned(text, file) {
  if (file.endsWith(".toml")) return text.replace('name = "Rally Ambassadors"', `name = ${JSON.stringify(EVIL)}`).replace('proposal = ""', 'proposal = "javascript:pwned()"');
  if (!file.endsWith(".json")) return text;
  return text.replaceAll("Alex Masmej", escaped(EVIL)).replaceAll("Rally Ambassadors", escaped(EVIL)).replaceAll('"RLY"', '"<b>R"');
}

pageTest("markup, scripts and invisible signs in every text are shown as what they are", {
  site: () => ({ published: copied(poisoned) }),
}, async ({ page, go }) => {
  for (const view of VIEWS) {
    await go(view === "" ? "#/" : view);
    const text = await page.locator("main").innerText();
    assert(!INVISIBLE.test(text), `${view} has an invisible sign`);
    assert.equal(await page.locator("main :is(img, script, iframe, object, embed, base, meta, link, style, b)").count(), 0, view);
    assert.equal(await page.locator("[href^='javascript:' i], [src^='javascript:' i]").count(), 0, view);
    assert(!INVISIBLE.test(await page.title()), view);
    if (view !== "") assert(plain(text).includes(SHOWN), `${view} does not show the text:\n${text.slice(0, 1500)}`);
  }
  const leaked = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((each) => each.getAttributeNames().filter((name) => name.startsWith("on"))));
  assert.deepEqual(leaked, []);
});

const published = (/** @type {string} */ file) => readFileSync(join(inputs.published(), file), "utf8");
/** A file with a change in its JSON. @param {string} file @param {(document: any) => void} change */
const edited = (file, change) => () => {
  const document = JSON.parse(published(file));
  change(document);
  return `${JSON.stringify(document, null, 2)}\n`;
};
/** @param {string} file @param {string} from @param {string} to */
const replaced = (file, from, to) => () => {
  const text = published(file);
  assert(text.includes(from), `${file} has no ${from}`);
  return text.replace(from, to);
};
const big = (/** @type {number} */ mebibytes) => () => Buffer.alloc(mebibytes * 1024 * 1024 + 1, "[");

const INDEX = "index.json";
const SUMMARY = "months/2021-01/summary.json";
const RECORDS = "months/2021-01/records.json";
const STATEMENT = "months/2021-01/statements/alex.json";
const CLAIM = "months/2021-01/claims/alex.json";
const TERMS = "terms/1.toml";
const [LIST, ALEX, PAPER, TREASURY, DESK] = ["#/ambassadors", "#/ambassadors/alex", "#/ambassadors/alex/2021-01", "#/treasury", "#/claim?ambassador=alex"];

/** Pieces without an end; says what was taken of them. @param {{ taken: number, closed: boolean }} [count] */
async function* endless(count = { taken: 0, closed: false }) {
  const piece = Buffer.alloc(256 * 1024, " ");
  try {
    for (;;) {
      count.taken += piece.length;
      yield piece;
    }
  } finally {
    count.closed = true;
  }
}
/** A beginning, and then the line goes dead. @param {string} file */
async function* cut(file) {
  yield Buffer.from(published(file).slice(0, 100));
  throw new Error("cut");
}
/** A field that stands twice, the second time with another value. @param {string} file @param {string} field @param {string} value */
const twice = (file, field, value) => replaced(file, `"${field}": `, `"${field}": ${value}, "${field}": `);

/** What is wrong, in which file, where one sees it, and in which words. @type {[string, string, () => ReturnType<import("./host.mjs").Answer>, string, ...(string | RegExp)[]][]} */
const CASES = [
  ["an endless index", INDEX, () => ({ body: endless() }), LIST, "The file index.json is larger than 4 MiB."],
  ["a page in place of an index", INDEX, () => ({ headers: { "content-type": "text/html" }, body: "<!doctype html><script>pwned()</script>" }), LIST, "is not JSON"],
  ["an index that says that it is a page", INDEX, () => ({ headers: { "content-type": "text/html" }, body: published(INDEX) }), LIST, "Choose a name"],
  ["a host that fails", INDEX, () => ({ status: 500, body: published(INDEX) }), LIST, "The site answers 500 for the file index.json."],
  ["a way to elsewhere", INDEX, () => ({ status: 302, headers: { location: "https://evil.example/index.json" } }), LIST, "could not be fetched"],
  ["a way to another file", INDEX, () => ({ status: 307, headers: { location: "/published/months/2020-12/summary.json" } }), LIST, "could not be fetched"],
  ["a line that goes dead", INDEX, () => ({ body: cut(INDEX) }), LIST, "could not be fetched"],
  ["lists in lists without an end", INDEX, () => `${"[".repeat(300_000)}${"]".repeat(300_000)}`, LIST, "is no object"],
  ["months that stand there twice", INDEX, twice(INDEX, "months", "[]"), LIST, "says a thing twice"],
  ["a month's records that stand there twice", INDEX, twice(INDEX, "records", `"0x${"1".repeat(64)}"`), LIST, "says a thing twice"],
  ["a budget that stands there twice", SUMMARY, twice(SUMMARY, "budget_usd", '"1"'), TREASURY, "says a thing twice"],
  ["a field twice, once in other signs", SUMMARY, replaced(SUMMARY, '"budget_usd": ', String.raw`"budget_\u0075sd": "1", "budget_usd": `), TREASURY, "says a thing twice"],
  ["an index that knows nobody", INDEX, edited(INDEX, (index) => (index.months[1].ambassadors = ["nobody"])), TREASURY, "Summary and index do not list the same ambassadors."],
  ["an index that calls a draft final", SUMMARY, edited(SUMMARY, (summary) => (summary.status = "draft")), TREASURY, "Summary and index disagree on whether the month is final."],
  ["another month's claim", CLAIM, () => published("months/2020-12/claims/alex.json"), ALEX, "The claim signs another statement than the one published here."],
  ["another month's records", RECORDS, () => published("months/2020-12/records.json"), ALEX, "The records have another hash than the index says."],
  ["another month's statement", STATEMENT, () => published("months/2020-12/statements/alex.json"), PAPER, "is the statement of another month or ambassador"],
  ["terms that nest without an end", TERMS, () => `x = ${"[".repeat(200_000)}`, "", "cannot be read as TOML"],
  ["no index", INDEX, () => undefined, LIST, "The file index.json is not published here.", "MISSING_FILE"],
  ["an empty index", INDEX, () => "", LIST, "The file index.json is not JSON.", "NOT_READABLE"],
  ["a deep index", INDEX, () => "[".repeat(200_000), LIST, "is not JSON"],
  ["a huge index", INDEX, big(4), LIST, "The file index.json is larger than 4 MiB.", "TOO_LARGE"],
  ["bytes that are no text", INDEX, () => Buffer.from([0xff, 0xfe, 0x00]), LIST, "is not JSON"],
  ["an index that is a list", INDEX, () => "[]", LIST, "is no object"],
  ["an index of another schema", INDEX, edited(INDEX, (index) => (index.schema = "ambassador-index/2")), LIST, "schema is not ambassador-index/1"],
  ["a field too many", INDEX, edited(INDEX, (index) => (index.more = 1)), LIST, "has fields that do not belong there"],
  ["a prototype", INDEX, () => published(INDEX).replace("{", '{"__proto__": {"polluted": true},'), LIST, "has fields that do not belong there"],
  ["a prototype for a field", INDEX, () => published(INDEX).replace('"months"', '"__proto__"'), LIST, "has no field months"],
  ["ids that climb", INDEX, edited(INDEX, (index) => (index.months[1].ambassadors[0] = "../../secret")), LIST, "is no identifier"],
  ["ids that stand twice", INDEX, edited(INDEX, (index) => index.months[1].ambassadors.push("alex")), LIST, "stands there twice"],
  ["months out of order", INDEX, edited(INDEX, (index) => index.months.reverse()), LIST, "months out of order"],
  ["a version that is no number", INDEX, edited(INDEX, (index) => (index.months[1].terms_version = "1/../../x")), LIST, "is no count"],
  ["no summary", SUMMARY, () => undefined, LIST, "summary.json is not published here"],
  ["money as a number", SUMMARY, edited(SUMMARY, (summary) => (summary.total_usd = 1e300)), TREASURY, "total_usd is no money"],
  ["money in exponents", SUMMARY, edited(SUMMARY, (summary) => (summary.budget_usd = "1e9")), TREASURY, "budget_usd is no money"],
  ["too much money", SUMMARY, edited(SUMMARY, (summary) => (summary.total_usd = "9".repeat(60))), TREASURY, "total_usd is no money"],
  ["decimals beyond reason", SUMMARY, edited(SUMMARY, (summary) => (summary.token.decimals = 1e9)), TREASURY, "decimals is no count"],
  ["a name without end", SUMMARY, edited(SUMMARY, (summary) => (summary.ambassadors[0].name = "x".repeat(100_000))), LIST, "is empty or too long"],
  ["a name that is an object", SUMMARY, edited(SUMMARY, (summary) => (summary.ambassadors[0].name = { toString: "x" })), LIST, "is no text"],
  ["a summary of another month", SUMMARY, () => published("months/2020-12/summary.json"), TREASURY, "The summary is of another month."],
  ["another statement than the summary's", SUMMARY, edited(SUMMARY, (summary) => (summary.ambassadors[0].statement = `0x${"1".repeat(64)}`)), ALEX, "The summary names another statement than the one published here."],
  ["no records", RECORDS, () => undefined, ALEX, "records.json is not published here"],
  ["records of nothing", RECORDS, () => "null", ALEX, "holds no list of terms"],
  ["changed records", RECORDS, replaced(RECORDS, "Alex Masmej", "Alex Masmei"), ALEX, "The records have another hash than the index says."],
  ["records with a wrong type", RECORDS, edited(RECORDS, (records) => (records.terms = [{ version: 1, text: 5 }])), ALEX, "has no text"],
  ["no statement", STATEMENT, () => undefined, PAPER, "alex.json is not published here"],
  ["a huge statement", STATEMENT, big(8), PAPER, "is larger than 8 MiB"],
  ["a statement and more", STATEMENT, () => `${published(STATEMENT)}{}`, PAPER, /cannot be read|trailing|NOT_READABLE/],
  ["a statement that says a thing twice", STATEMENT, replaced(STATEMENT, '"schema"', '"schema": "ambassador-statement/1",\n  "schema"'), PAPER, "NOT_READABLE"],
  ["a statement in another form", STATEMENT, () => JSON.stringify(JSON.parse(published(STATEMENT))), PAPER, "NOT_READABLE"],
  ["somebody else's statement", STATEMENT, () => published("months/2021-01/statements/mika.json"), PAPER, "is the statement of another month or ambassador"],
  ["a statement that was changed", STATEMENT, replaced(STATEMENT, "Alex Masmej", "Alex Masmei"), PAPER, "The claim signs another statement than the one published here."],
  ["a changed amount in a claim", CLAIM, replaced(CLAIM, '"amount": "1', '"amount": "9'), DESK, "One file is no good claim"],
  ["a claim with another signature", CLAIM, edited(CLAIM, (claim) => (claim.signature = `0x${"1".repeat(128)}1b`)), DESK, "One file is no good claim"],
  ["a claim that is a number", CLAIM, () => "1", DESK, "One file is no good claim"],
  ["a huge claim", CLAIM, big(1), DESK, "is larger than 64 KiB"],
  ["somebody else's claim", CLAIM, () => published("months/2021-01/claims/mika.json"), ALEX, "The claim signs another statement than the one published here."],
  ["no terms", TERMS, () => undefined, PAPER, "The terms that this statement follows are not published here."],
  ["terms that are no TOML", TERMS, () => "= <script>", "", "cannot be read as TOML"],
  ["huge terms", TERMS, big(1), "", "larger than 256 KiB"],
  ["other terms", TERMS, replaced(TERMS, 'base_usd = "250"', 'base_usd = "251"'), PAPER, "The statement follows other terms than those published here."],
  ["terms of wrong types", TERMS, () => "token = 5\nreward = [[1]]\ncaps = 'x'\nversion = true\n", "", /Not computed/],
  ["terms with a field too many", TERMS, replaced(TERMS, "base_usd", 'more = "1"\nbase_usd'), "", "The field “more” is unknown"],
  ["terms with a prototype", TERMS, () => `${published(TERMS)}\n[__proto__]\npolluted = 1\n`, "", /Not computed|35,700 RLY/],
];

/** What is answered instead of the folder's files. @type {Record<string, import("./host.mjs").Answer>} */
const overlay = {};

pageTest("whatever is wrong with a file is said in words", {
  site: () => ({ published: inputs.published(), overlay }),
  missing: [INDEX, SUMMARY, RECORDS, STATEMENT, TERMS, STATEMENT.replace("alex", "nobody"), CLAIM.replace("alex", "nobody")].map((file) => `published/${file}`),
  refused: [/status of 500/, /net::ERR_FAILED/, /net::ERR_(EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|FAILED)/],
}, async ({ page, site }) => {
  for (const [number, [name, file, bytes, view, ...words]] of CASES.entries()) {
    overlay[`/published/${file}`] = bytes;
    await page.goto(`${site.url}?${number}${view}`);
    await settled(page);
    await says(page, ...words).catch((error) => {
      throw new Error(`${name}: ${error.message}`);
    });
    assert(await page.evaluate(() => !("polluted" in {})), name);
    delete overlay[`/published/${file}`];
  }
});

/** What was taken of the endless file. */
const count = { taken: 0, closed: false };

pageTest("what has no end is neither read nor kept to its end by the worker", {
  worker: true,
  site: () => ({ published: inputs.published(), overlay: { "/published/months/2020-12/summary.json": () => ({ body: endless(count) }) } }),
}, async ({ page, go }) => {
  await eventually(async () => assert(await page.evaluate(() => navigator.serviceWorker.controller !== null)));
  await go("#/treasury?month=2020-12");
  await says(page, "summary.json is larger than 16 MiB");
  await eventually(async () => assert(count.closed));
  assert(count.taken < 100 * 1024 * 1024, `${count.taken} bytes were taken`);
  const kept = () => page.evaluate(async () => (await (await caches.open("published")).keys()).map(({ url }) => new URL(url).pathname));
  await eventually(async () => assert((await kept()).includes("/published/months/2021-01/summary.json")));
  assert(!(await kept()).includes("/published/months/2020-12/summary.json"));
});

pageTest("an address of nonsense is answered in words", {}, async ({ page, go }) => {
  /** @type {[string, ...string[]][]} */
  const cases = [
    ["#/nowhere", "There is no such place on this page."],
    ["#/__proto__", "There is no such place on this page."],
    ["#/constructor", "There is no such place on this page."],
    ["#/ambassadors/nobody", "Nothing is published of an ambassador of this name."],
    ["#/ambassadors/..%2f..%2fsecret", "Nothing is published of an ambassador of this name."],
    ["#/ambassadors/%E0%A4%A", "Nothing is published"],
    ["#/ambassadors/alex/2020-13", "There is no statement of such an ambassador and month."],
    ["#/ambassadors/alex/__proto__", "There is no statement of such an ambassador and month."],
    ["#/treasury?month=__proto__", "Treasury"],
    [`#/invited?by=${encodeURIComponent(EVIL)}`, String.raw`The link names “<img src=x onerror=pwned()>\u{202e}\u{7}\u{2066}`],
    ["#/claim?ambassador=nobody", "No closed month of this ambassador is published here."],
    ["#/claim?ambassador=alex&month=1999-01", "No closed month of this ambassador is published here."],
  ];
  for (const [hash, ...words] of cases) {
    await go(hash);
    await says(page, ...words);
  }
});

// @ts-check
// Naughty strings of others as names of ambassadors: the page shows each as what it is, and none does anything.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { eventually, plain, visit } from "./visit.mjs";
import * as inputs from "./inputs.mjs";

const VECTORS = join(process.env.AMBASSADOR_VECTORS ?? join(inputs.root, "../shared/vectors"), "text/blns.json");

/** Publishes a month in which ambassadors are called so; those whom the signer refuses are left out. @param {string[]} names */
function published(names) {
  const programme = join(inputs.scratch(), "programme");
  cpSync(join(inputs.root, "tests/cases/base"), programme, { recursive: true });
  chmodSync(join(programme, "key.json"), 0o600);
  names.forEach((name, place) => {
    const [index, quoted] = [place + 2, `"${name.replaceAll('"', '""')}"`];
    const account = (0x1000 + index).toString(16).padStart(40, "0");
    appendFileSync(join(programme, "ambassadors.csv"), `${index},n${index},${quoted},0x${account},2020-11-03T09:20:00Z,active\n`);
    appendFileSync(join(programme, "adjustments.csv"), `n${index},2020-12,30,${quoted},${quoted}\n`);
  });
  execFileSync(inputs.signer(), ["close", "2020-12", "--yes", "-C", programme], { stdio: "pipe" });
  return join(programme, "published");
}

/** The strings that may be names: one line of up to 256 bytes without characters that hide, move or turn text. */
function names() {
  const hidden = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
  const fits = (/** @type {string} */ text) => text !== "" && text.trim() === text && !hidden.test(text) && Buffer.byteLength(text) <= 256;
  return [...new Set(/** @type {string[]} */ (JSON.parse(readFileSync(VECTORS, "utf8"))).filter(fits))];
}

/** A name as the page tells it: characters that no font is bound to have are spelled. @param {string} name */
const told = (name) => plain(name.replace(/[\p{Co}\p{Cn}]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`));

test("every naughty name is shown as what it is", async (context) => {
  if (!existsSync(VECTORS)) return context.skip(`NOT RUN: there are no vectors at ${VECTORS}`);
  const all = names();
  assert(all.length > 400, `${all.length} names`);
  await visit({ site: () => ({ published: published(all) }), path: "#/ambassadors" }, async ({ page, go }) => {
    // The list shows the first ones; the others are found by their ids.
    let text = "";
    for (const prefix of ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"]) {
      await page.locator("#list-filter").fill(prefix);
      text += `${plain(await page.locator("main tbody").innerText())} `;
    }
    assert.deepEqual(all.filter((name) => !text.includes(told(name))), []);
    assert.equal(await page.locator("main :is(img, script, iframe, object, embed, base, meta, link, style, b)").count(), 0);
    assert.equal(await page.locator("[href^='javascript:' i], [src^='javascript:' i]").count(), 0);
    // One's own page, with the reason that one is paid for, of those that look most like markup.
    const worst = all.map((name, place) => ({ name, id: `n${place + 2}` })).filter(({ name }) => /[<>]/.test(name));
    for (const { name, id } of worst.filter((_, place) => place % 80 === 0)) {
      await go(`#/ambassadors/${id}/2020-12`);
      await eventually(async () => assert(plain(await page.locator("main").innerText()).includes(told(name)), name));
      assert.equal(await page.locator("main :is(img, script, iframe, object, embed)").count(), 0);
    }
  });
});

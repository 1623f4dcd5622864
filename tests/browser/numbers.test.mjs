// @ts-check
// The modules in Node.js and in the browser: the same numbers as everywhere, and nothing that input could break.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { browser, open, root, serve } from "./site.mjs";

import * as full from "../../web-demo/dist/wasm/ambassador.js";
import * as small from "../../web-demo/dist/wasm/calculator.js";
import { parse } from "../../web-demo/node_modules/smol-toml/dist/index.js";

const dist = `${root}web-demo/dist`;
const { memory } = full.initSync({ module: readFileSync(`${dist}/wasm/ambassador_bg.wasm`) });
const smallMemory = small.initSync({ module: readFileSync(`${dist}/wasm/calculator_bg.wasm`) }).memory;
const terms = parse(readFileSync(`${root}examples/rally/terms/1.toml`, "utf8"));
const { signer, vectors, redeemManyOfTheFirst16 } = JSON.parse(readFileSync(`${root}tests/vectors/claims.json`, "utf8"));
/** The vectors as claim files. @type {any[]} */
const claims = vectors.map((/** @type {any} */ { domain, claim, digest, signature, calldata }) => ({
  schema: "ambassador-claim/1",
  domain: { name: "AmbassadorPayouts", version: "1", ...domain },
  claim,
  digest,
  signer,
  signature,
  calldata: calldata.redeem,
}));
/** @param {unknown} value */
const bytes = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value, null, 2));

const creator = (/** @type {string} */ volumeUsd, supporters = 40) => ({ volumeUsd, supporters, useCases: 1, innovative: 0 });
/** @param {string[]} volumes */
const plan = (volumes) => ({ terms, price: { kind: "ratio", usd: "1250", tokens: "21000" }, creators: volumes.map((volume) => creator(volume)) });

test("the founding figures, in both modules", () => {
  for (const module of [small, full]) {
    assert.deepEqual(pick(module.quote(plan(["100", "100", "100", "100", "100"]))), ["1250", "21000000000000000000000", "21000"]);
    assert.deepEqual(pick(module.quote(plan(["5000", "10000", "25000", "4999.999999", "1"]))), ["2125", "35700000000000000000000", "35700"]);
  }
});

/** @param {{ totalUsd: string, amount: string, tokens: string }} quote */
const pick = ({ totalUsd, amount, tokens }) => [totalUsd, amount, tokens];

test("the claims of the vector file, in Node.js", () => {
  assert.ok(claims.length >= 16);
  for (const document of claims) {
    const claim = full.readClaim(bytes(document));
    assert.equal(claim.digest, document.digest);
    assert.equal(claim.signer, signer);
    assert.equal(full.digest(bytes(document)), document.digest);
    assert.equal(full.redeemCall([bytes(document)]).data, document.calldata);
  }
  assert.equal(full.redeemCall(claims.slice(0, 16).map(bytes)).data, redeemManyOfTheFirst16);
});

test("the claims of the vector file, in the browser", async () => {
  const site = await serve(`${root}tests`);
  const chrome = await browser();
  const tab = await open(chrome, site.url, { missing: /published\/index\.json/ });
  await tab.page.goto(site.url);
  const found = await tab.page.evaluate(async (/** @type {any[]} */ documents) => {
    const module = await import(new URL("wasm/ambassador.js", document.baseURI).href);
    await module.default();
    return documents.map((one) => {
      const file = new TextEncoder().encode(JSON.stringify(one));
      const { digest, signer } = module.readClaim(file);
      return { digest, signer, calldata: module.redeemCall([file]).data };
    });
  }, claims);
  assert.deepEqual(found, claims.map(({ digest, calldata }) => ({ digest, signer, calldata })));
  await tab.close();
  await chrome.close();
  await site.stop();
});

test("a claim of which anything was changed is refused", () => {
  const [document] = claims;
  /** @type {[change: (claim: any) => void, code: string][]} */
  const changes = [
    [(claim) => (claim.claim.amount = "1"), "FIELD_MISMATCH"],
    [(claim) => (claim.claim.amount = 1), "JSON"],
    [(claim) => (claim.extra = "1"), "JSON"],
    [(claim) => (claim.domain.chainId += 1), "FIELD_MISMATCH"],
    [(claim) => (claim.signer = claim.claim.account), "SIGNATURE_FOREIGN"],
    [(claim) => (claim.signature = claim.signature.replace(/..$/, "1d")), "SIGNATURE_V"],
  ];
  for (const [change, code] of changes) {
    const changed = structuredClone(document);
    change(changed);
    assert.throws(() => full.readClaim(bytes(changed)), (/** @type {any} */ error) => {
      assert.equal(error.code, code, error.message);
      return error instanceof Error && error.name === "AmbassadorError" && error.help.length > 0;
    });
  }
});

test("20,000 malformed inputs are refused, leak nothing, and leave the modules right", () => {
  // The same inputs on every machine: a small generator of our own with a fixed seed.
  let seed = 611;
  const random = (/** @type {number} */ below) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const good = readFileSync(`${root}tests/vectors/claims.json`);
  /** @type {unknown[]} */
  const odd = [null, undefined, 0, -1, 1.5, NaN, Infinity, 10n, "", "1e5", "\u202e", "0x", {}, [], [[]], () => 0, Symbol.iterator, new Date(0), new Uint8Array(3), { a: { b: {} } }, "9".repeat(400), { length: 1e9 }];
  const any = () => odd[random(odd.length)];
  const damaged = () => {
    const start = random(good.length);
    const piece = new Uint8Array(good.subarray(start, start + random(2_000)));
    if (piece.length > 0) piece[random(piece.length)] = random(256);
    return piece;
  };
  /** @type {(() => unknown)[]} */
  const calls = [
    () => full.readClaim(damaged()),
    () => full.readStatement(damaged()),
    () => full.readMonth(damaged(), /** @type {any} */ ([any()])),
    () => full.digest(damaged()),
    () => full.explainStatement(damaged()),
    () => full.quote(/** @type {any} */ ({ ...plan(["1"]), [["terms", "price", "creators"][random(3)]]: any() })),
    () => full.quote(/** @type {any} */ ({ ...plan([]), creators: [{ ...creator("1"), [["volumeUsd", "supporters", "useCases", "more"][random(4)]]: [null, -1, "x", 1e9, {}][random(5)] }] })),
    () => small.quote(/** @type {any} */ ({ ...plan(["1"]), [["terms", "price", "creators"][random(3)]]: any() })),
    () => full.curve(/** @type {any} */ (any()), /** @type {any} */ (any())),
    () => full.explainRevert(`0x${"g".repeat(1 + random(9))}`),
    () => full.judge(/** @type {any} */ ([any()]), /** @type {any} */ (any())),
    () => full.contractReads([damaged()], "0x"),
    () => full.redeemCall([damaged()]),
    () => full.toTokens("1_000", 18),
    () => full.addUsd(/** @type {any} */ ([any(), "+1"])),
  ];
  const refuse = (/** @type {() => unknown} */ call) => {
    try {
      call();
    } catch (error) {
      const { name, code, message } = /** @type {any} */ (error);
      // What JavaScript itself cannot hand over, such as a number where bytes belong, never reaches the module.
      assert.ok(error instanceof Error, String(error));
      assert.ok((name === "AmbassadorError" && typeof code === "string") || error instanceof TypeError, `${name}: ${message}`);
      return;
    }
    // An empty list of creators, and nothing else here, is good input.
    accepted += 1;
  };
  let accepted = 0;
  for (let round = 0; round < 2_000; round += 1) refuse(calls[round % calls.length]);
  const before = [memory.buffer.byteLength, smallMemory.buffer.byteLength];
  for (let round = 0; round < 20_000; round += 1) refuse(calls[round % calls.length]);
  assert.deepEqual([memory.buffer.byteLength, smallMemory.buffer.byteLength], before, "memory grew");
  assert.ok(accepted < 1_500, `${accepted} malformed inputs were taken`);
  assert.deepEqual(pick(full.quote(plan(["100"]))), ["250", "4200000000000000000000", "4200"]);
  assert.deepEqual(pick(small.quote(plan(["100"]))), ["250", "4200000000000000000000", "4200"]);
});

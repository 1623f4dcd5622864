// @ts-check
// Fails unless a module that was made smaller does what it did before.
//   node check.mjs GLUE PLAIN SHRUNK
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

import { parse } from "smol-toml";

/** @typedef {Record<string, (...values: unknown[]) => unknown>} Functions */

const root = new URL("../../", import.meta.url);
/** @param {string} path */
const bytes = (path) => new Uint8Array(readFileSync(fileURLToPath(new URL(path, root))));

const terms = parse(new TextDecoder().decode(bytes("examples/rally/terms/1.toml")));
const month = "tests/cases/golden/close/case.out/months/2020-12";
const [claim, statement] = ["claims", "statements"].map((kind) => bytes(`${month}/${kind}/alex.json`));
const changed = claim.with(claim.lastIndexOf(0x61), 0x62);
const creators = ["0", "4999.999999", "5000", "25000"].map((volumeUsd, useCases) => {
  return { volumeUsd, supporters: 58, useCases, innovative: useCases % 2 };
});
const plan = { terms, price: { kind: "ratio", usd: "1250", tokens: "21000" }, creators };

const ambassador = `0x${"11".repeat(20)}`;
const wish = { payee: ambassador, account: ambassador, creator: "zoe", now: "2020-12-01T10:00:00Z" };

/** Good input and bad: strings, bytes, lists, objects go in; values and errors come out. @type {[string, ...unknown[]][]} */
const calls = [
  ["addUsd", ["0.10", "249.90", "-0.000001"]],
  ["addUsd", ["1e5"]],
  ["proportions", ["1", "2.5"], "10"],
  ["quote", plan],
  ["quote", { ...plan, creators: [{ ...creators[0], volumeUsd: "-1" }] }],
  ["quote", {}],
  ["explain", plan, 3],
  ["explainTotal", plan],
  ["curve", terms, creators[3]],
  ["fileHash", bytes("examples/rally/terms/1.toml")],
  ["readStatement", statement],
  ["readStatement", claim],
  ["explainStatement", statement],
  ["readClaim", claim],
  ["readClaim", changed],
  ["digest", claim],
  ["tokenRead", [claim]],
  ["contractReads", [claim], `0x${"00".repeat(12)}${"22".repeat(20)}`],
  ["paymentTopics", "7"],
  ["judge", [{ claim, statement }], { chainId: "1", timestamp: "1610236800", answers: [] }],
  ["judge", [{ claim, statement }], { chainId: "1", timestamp: "1610236800", answers: Array(9).fill(`0x${"00".repeat(32)}`) }],
  ["redeemCall", [claim, claim]],
  ["toTokens", "21000000000000000000001", 18],
  ["inviteToSign", [{ bytes: bytes("examples/rally/terms/1.toml"), table: terms }], wish],
  ["inviteToSign", [], wish],
  ["inviteLink", [{ bytes: bytes("examples/rally/terms/1.toml"), table: terms }], wish, `0x${"11".repeat(64)}1b`],
  ["readInvite", [{ bytes: bytes("examples/rally/terms/1.toml"), table: terms }], "01"],
  ["explainRevert", `0xf5f3b230${"00".repeat(32)}`],
];

/** @param {string} glue @param {string} wasm @returns {Promise<Functions>} */
async function load(glue, wasm) {
  // Each query is a module of its own, with a state of its own.
  const module = await import(`${pathToFileURL(glue)}?${encodeURIComponent(wasm)}`);
  module.initSync({ module: readFileSync(wasm) });
  return module;
}

/** @param {Functions} module @param {[string, ...unknown[]]} call */
function outcome(module, [name, ...values]) {
  try {
    return { value: module[name](...values) };
  } catch (error) {
    // A trap leaves the module unusable, so it must never pass for an answer.
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return { error, .../** @type {object} */ (error) };
  }
}

const [glue, ...files] = process.argv.slice(2);
const [plain, shrunk] = await Promise.all(files.map((wasm) => load(glue, wasm)));
const known = calls.filter(([name]) => name in plain);
assert.ok(known.length > 0, "the module has none of the functions that this check calls");
for (const call of known) assert.deepEqual(outcome(shrunk, call), outcome(plain, call), `${call[0]} answers differently`);

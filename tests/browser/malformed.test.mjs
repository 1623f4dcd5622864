// @ts-check
// Twenty thousand malformed inputs: each is refused with a code, none costs memory or leaves the module unable to answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import * as full from "../../web-demo/dist/wasm/ambassador.js";
import * as small from "../../web-demo/dist/wasm/calculator.js";
import { parse } from "../../web-demo/node_modules/smol-toml/dist/index.js";
import * as inputs from "./inputs.mjs";

const INPUTS = 20_000;
const WARM = 2_000;

const TEXTS = ["", " 1", "-1", "+1", "1e3", "1,000", "1.", ".5", "0x10", "NaN", "１", "1_000", "\u202e1", "9".repeat(80), `0.${"1".repeat(40)}`];
const STRANGE = [null, undefined, true, 5, -1, 1.5, NaN, Infinity, 2 ** 53, 10n, {}, [], [[]], Symbol("x"), () => 1, new Uint8Array(3)];

/** What makes malformed calls. @param {(below: number) => number} roll @param {any} table */
function calls(roll, table) {
  const wasm = /** @type {any} */ (full);
  const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(inputs.published(), "months/2020-12", name)));
  const [claim, statement, records] = [read("claims/alex.json"), read("statements/alex.json"), read("records.json")];
  /** @template T @param {T[]} list */
  const one = (list) => list[roll(list.length)];
  const strange = () => one(STRANGE);
  /** A beginning of a file, noise, or a file with a sign in it that no document has. @param {Uint8Array} bytes */
  const broken = (bytes) => {
    // The last byte is a line's end, which may be missing.
    const at = roll(bytes.length - 1);
    const kind = roll(3);
    if (kind === 0) return bytes.slice(0, at);
    if (kind === 1) return Uint8Array.from({ length: roll(2000) }, () => roll(256));
    const copy = bytes.slice();
    copy[at] = 0x01 + roll(8);
    return copy;
  };
  const changed = () => {
    const copy = claim.slice();
    const at = roll(copy.length);
    copy[at] ^= 1 << roll(8);
    return copy;
  };
  const plan = () => ({
    terms: structuredClone(table),
    price: { kind: "ratio", usd: "1250", tokens: "21000" },
    creators: [{ volumeUsd: "1000", supporters: 25, useCases: 1, innovative: 0 }],
  });
  const badPlan = () => {
    /** @type {any} */
    const bad = plan();
    switch (roll(8)) {
      case 0: bad.creators[0].volumeUsd = one([...TEXTS, ...STRANGE.filter((value) => value !== 5)]); break;
      case 1: bad.creators[0][one(["supporters", "useCases", "innovative"])] = one(STRANGE.filter((value) => value !== 5)); break;
      case 2: bad.price[one(["usd", "tokens"])] = one([...TEXTS, ...STRANGE.filter((value) => typeof value !== "number")]); break;
      case 3: bad.terms[one(["reward", "gate", "caps", "token"])] = strange(); break;
      case 4: bad.terms.reward.base_usd = one([...TEXTS.slice(0, 14), null, {}]); break;
      case 5: bad.terms.caps.more = 1; break;
      case 6: bad.creators = one([null, 5, {}, [null], [5], [[]]]); break;
      default: delete bad[one(["terms", "price", "creators"])];
    }
    return bad;
  };
  const chain = () => ({ chainId: one(["1", "x", ""]), timestamp: one(TEXTS), answers: one([[], ["0x"], [5], null, ["0xzz"]]) });
  const payouts = "0xb9a0B39D56F982d0519A42CC3E8125fa7Fb98d0d";
  const log = () => ({ address: payouts, topics: one([["0x00"], ["y"], [null], 5, null]), data: one(["0x1", "0xzz", 7, null]) });
  /** @type {(() => unknown)[]} */
  const all = [
    () => wasm.readClaim(changed()),
    () => wasm.readClaim(broken(claim)),
    () => wasm.digest(broken(claim)),
    () => wasm.redeemCall([claim, broken(claim)]),
    () => wasm.redeemCall(one([[], [new Uint8Array()], [statement]])),
    () => wasm.readStatement(broken(statement)),
    () => wasm.explainStatement(broken(statement)),
    () => wasm.readMonth(broken(records), [table]),
    () => wasm.readMonth(records, one([[5], [null], [{}]])),
    () => wasm.recompute([{ records: broken(records), terms: [table], statements: [] }]),
    () => wasm.recompute(one([[5], [null], [{}], [{ records, terms: [table] }]])),
    () => wasm.sums([{ statement: broken(statement), status: "final", claim: "none" }]),
    () => wasm.judge([{ claim: broken(claim), statement }], chain()),
    () => wasm.judge([{ claim, statement }], chain()),
    () => wasm.tokenRead([broken(claim)]),
    () => wasm.contractReads([claim], one(["", "0x", "0x00", "x".repeat(66), `0x${"f".repeat(64)}`, `0x${"0".repeat(40)}`])),
    () => wasm.contractReads([broken(claim)], `0x${"0".repeat(24)}${"1".repeat(40)}`),
    () => wasm.paymentTopics(one(TEXTS)),
    () => wasm.readReceipt([log()], payouts),
    () => wasm.explainRevert(one(["0", "0x1", "0xzz", "x", "\u202e"])),
    () => wasm.quote(badPlan()),
    () => /** @type {any} */ (small).quote(badPlan()),
    () => wasm.explain(badPlan(), 0),
    () => wasm.explainTotal(badPlan()),
    () => wasm.explain(plan(), 1 + roll(1000)),
    () => wasm.curve(table, { volumeUsd: one(TEXTS), supporters: 1, useCases: 1, innovative: 0 }),
    () => wasm.addUsd(["1", one(TEXTS.filter((text) => text !== "-1"))]),
    () => wasm.addBaseUnits(["1", one(TEXTS)]),
    () => wasm.proportions([one(TEXTS.filter((text) => text !== "-1"))], "1"),
    () => wasm.toTokens(one(TEXTS), 18),
    () => wasm.toTokens("1", 40 + roll(200)),
  ];
  return all;
}

test("malformed inputs", () => {
  const memories = [
    full.initSync({ module: readFileSync(join(inputs.dist(), "wasm/ambassador_bg.wasm")) }).memory,
    small.initSync({ module: readFileSync(join(inputs.dist(), "wasm/calculator_bg.wasm")) }).memory,
  ];
  const size = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  const table = parse(readFileSync(join(inputs.published(), "terms/1.toml"), "utf8"));
  const all = calls(inputs.dice(611), table);
  const right = () => {
    const claim = new Uint8Array(readFileSync(join(inputs.published(), "months/2020-12/claims/alex.json")));
    const creators = ["1800", "3400", "6200", "12500", "28000"].map((volumeUsd) => ({ volumeUsd, supporters: 240, useCases: 1, innovative: 0 }));
    /** @type {import("../../web-demo/dist/wasm/ambassador.js").Plan} */
    const plan = { terms: table, price: { kind: "ratio", usd: "1250", tokens: "21000" }, creators };
    assert.deepEqual(small.quote(plan), full.quote(plan));
    return [full.quote(plan).tokens, full.readClaim(claim).amount];
  };
  assert.deepEqual(right(), ["35700", "21000000000000000000000"]);
  let grown = 0;
  let warm = 0;
  for (let count = 0; count < INPUTS; count += 1) {
    const call = all[count % all.length];
    /** @type {unknown} */
    let thrown;
    let result;
    try {
      result = call();
    } catch (error) {
      thrown = error;
    }
    if (thrown === undefined) assert.fail(`input ${count} passes: ${call}: ${JSON.stringify(result)?.slice(0, 300)}`);
    const { name, code, message } = /** @type {any} */ (thrown);
    assert(thrown instanceof Error && name === "AmbassadorError" && /^[A-Z][A-Z_0-9]+$/.test(code) && message !== "", `input ${count}: ${call} throws ${String(thrown)} ${code}`);
    if (count === WARM) warm = size();
    if (count > WARM) grown = Math.max(grown, size() - warm);
  }
  assert.equal(grown, 0, "bytes of memory that were taken and not given back");
  assert.deepEqual(right(), ["35700", "21000000000000000000000"]);
});

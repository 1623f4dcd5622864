// @ts-check
// The border to JavaScript, over the built modules: node fuzz/border.mjs [SECONDS] [SEED]
// Right values are changed at random places. Whatever crosses, the answer is an error with a code, or one that adds up
// and is the same from both modules; the modules go on answering and take no more memory than before.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { dice, dist, root } from "../tests/browser/inputs.mjs";
import * as full from "../web-demo/dist/wasm/ambassador.js";
import * as small from "../web-demo/dist/wasm/calculator.js";
import { parse } from "../web-demo/node_modules/smol-toml/dist/index.js";

const seconds = Number(process.argv[2] ?? 60);
const seed = Number(process.argv[3] ?? 611);
const WARM = 20_000;
const roll = dice(seed);
/** @template T @param {T[]} list */
const one = (list) => list[roll(list.length)];

const memories = [
  full.initSync({ module: readFileSync(join(dist(), "wasm/ambassador_bg.wasm")) }).memory,
  small.initSync({ module: readFileSync(join(dist(), "wasm/calculator_bg.wasm")) }).memory,
];
const size = () => memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
const golden = join(root, "tests/cases/golden/close/case.out/months/2020-12");
const file = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(golden, name)));
const files = ["alex", "mika"].map((id) => ({ claim: file(`claims/${id}.json`), statement: file(`statements/${id}.json`) }));
const terms = /** @type {any} */ (parse(readFileSync(join(root, "examples/rally/terms/1.toml"), "utf8")));

const TEXTS = ["", "0", "1", "250", "0.000001", "0.000000000000000001", "1000000000000", "340282366920938463463374607431768211455", "18446744073709551616",
  " 1", "-1", "+1", "1e3", "1,000", "1.", ".5", "0x10", "NaN", "１", "1_000", "\u202e1", "\ud800", "\0", "9".repeat(80), "closes", "ratio", "mean", "__proto__"];
const cycle = () => {
  /** @type {any} */
  const list = [];
  list.push(list);
  return list;
};
const thrower = () => new Proxy({}, { get() { throw new Error("a trap"); }, ownKeys() { throw new Error("a trap"); } });
/** @type {(() => unknown)[]} */
const STRANGE = [() => null, () => undefined, () => true, () => roll(100), () => -1, () => 1.5, () => NaN, () => 2 ** 53, () => 2 ** 32, () => 10n, () => ({}), () => [], () => [[]],
  () => Symbol("x"), () => () => 1, () => new Uint8Array(3), cycle, thrower, () => ({ toJSON: () => "1" }), () => ({ toJSON() { throw new Error("a trap"); } }),
  () => JSON.parse('{"__proto__": 1}'), () => Array(1000).fill({}), () => new Date(0), () => new String("1"), () => [].concat(Array(40).fill("["))];
const strange = () => (roll(3) === 0 ? one(STRANGE)() : one(TEXTS));

const isTable = (/** @type {any} */ value) => Array.isArray(value) || (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
/** Every place of a value. @param {any} value @returns {[any, string][]} */
const places = (value) => (isTable(value) ? Object.keys(value).flatMap((key) => [/** @type {[any, string]} */ ([value, key]), ...places(value[key])]) : []);

const isStrange = (/** @type {unknown} */ value) => {
  try {
    return JSON.stringify(value) === undefined;
  } catch {
    return true;
  }
};

/** Changes a value at some places. @param {any} value */
function changed(value) {
  for (let count = roll(3); count > 0; count -= 1) {
    const place = one(places(value));
    if (place === undefined) return value;
    const [table, key] = place;
    const kind = roll(6);
    if (kind === 0 && !Array.isArray(table)) delete table[key];
    else if (kind === 1 && !Array.isArray(table)) table[one(["more", "kind", "days", key])] = strange();
    else if (kind === 2 && typeof table[key] === "number") table[key] = one([0, 1, roll(100), 2 ** 32 - 1, 2 ** 32]);
    else if (kind === 3 && Array.isArray(table)) table.push(table[roll(table.length)] ?? null);
    else table[key] = strange();
    // Of a value that has no end, or will not be looked at, one change is enough.
    if (isStrange(value)) return value;
  }
  return value;
}

/** Changes bytes. @param {Uint8Array} bytes */
function damaged(bytes) {
  const copy = bytes.slice();
  const kind = roll(4);
  const at = roll(copy.length);
  if (kind === 0) copy[at] ^= 1 << roll(8);
  else if (kind === 1) return copy.slice(0, at);
  else if (kind === 2) return Uint8Array.of(...copy.slice(0, at), ...copy.slice(roll(copy.length)).slice(0, 200), ...copy.slice(at));
  return copy;
}

const creator = () => ({ volumeUsd: one(["0", "1800", "4999.999999", "5000", "28000", "1000000000000"]), supporters: roll(300), useCases: roll(13), innovative: roll(3) });
const plan = () => ({
  terms: structuredClone(terms),
  price: one([
    { kind: "ratio", usd: "1250", tokens: "21000" },
    { kind: "closes", month: "2020-12", closes: Array.from({ length: 31 }, (_, day) => ({ date: `2020-12-${String(day + 1).padStart(2, "0")}`, usd: "0.06", tokens: "1" })) },
  ]),
  creators: Array.from({ length: roll(14) }, creator),
});

/** What is left of a value that crosses: objects that stand for texts are texts. @param {any} value */
const crossed = (value) => JSON.parse(JSON.stringify(value));
/** Reads an amount of dollars as millionths. @param {string} text */
const micros = (text) => {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(6, "0"));
};
/** Reads a part of a price as 10^-18ths. @param {string} text */
const attos = (text) => {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(18, "0"));
};
/** Counts the months from 1970-01 on. @param {string} text */
const monthNumber = (text) => String((Number(text.slice(0, 4)) - 1970) * 12 + Number(text.slice(5)) - 1);
const sum = (/** @type {bigint[]} */ list) => list.reduce((sum, one) => sum + one, 0n);

/** Checks that a quote adds up. @param {any} plan @param {any} quote */
function addsUp(plan, quote) {
  const total = micros(quote.totalUsd);
  const lines = quote.creators.flatMap((/** @type {any} */ one) => one.lines);
  assert.equal(quote.creators.length, plan.creators.length);
  assert.equal(sum(Object.values(quote.totals).map((text) => micros(String(text)))), total);
  assert.equal(sum(lines.map((/** @type {any} */ line) => micros(line.creditUsd))), total);
  const entitled = sum(lines.map((/** @type {any} */ line) => micros(line.entitledUsd)));
  assert.equal(entitled - total, micros(quote.deferredUsd));
  assert(total <= micros(plan.terms.caps.budget_usd_per_month), "a month pays its budget at most");
  const units = (total * 10n ** BigInt(plan.terms.token.decimals) * attos(quote.price.tokens)) / (attos(quote.price.usd) * 1_000_000n);
  assert.equal(BigInt(quote.amount), units);
  for (const one of quote.creators) {
    assert.equal(sum(one.lines.map((/** @type {any} */ line) => micros(line.creditUsd))), micros(one.creditUsd));
    for (const line of one.lines) assert.equal(line.code === undefined, micros(line.entitledUsd) === micros(line.creditUsd) && micros(line.creditUsd) > 0n, JSON.stringify(line));
  }
}

/** Calls and returns the answer, or nothing where there was an error of ours. @param {() => any} call */
function answer(call) {
  try {
    return call();
  } catch (thrown) {
    const { name, code, message, help } = /** @type {any} */ (thrown);
    const ours = thrown instanceof Error && name === "AmbassadorError" && /^[A-Z][A-Z_0-9]+$/.test(code) && message !== "" && help !== "";
    // What a value's own code throws while it is written is not ours.
    assert(ours, `${call} throws ${String(thrown)} ${code}`);
    return undefined;
  }
}

const wasm = /** @type {any} */ (full);
/** What a chain may answer: a one, whatever was asked. */
const answers = wasm.contractReads(files.map((one) => one.claim), `0x${"0".repeat(24)}${terms.token.address.slice(2)}`).map(() => `0x${"0".repeat(63)}1`);
/** @type {[string, () => boolean][]} */
const calls = [
  ["quote", () => {
    const asked = changed(plan());
    const quote = answer(() => wasm.quote(asked));
    if (asked?.price?.kind !== "closes") assert.deepEqual(answer(() => /** @type {any} */ (small).quote(asked)), quote);
    if (quote !== undefined) addsUp(crossed(asked), quote);
    return quote !== undefined;
  }],
  ["explain", () => {
    const [asked, place] = [changed(plan()), one([0, 1, strange()])];
    return answer(() => wasm.explain(asked, place)) !== undefined;
  }],
  ["curve", () => {
    const [asked, of] = [changed(structuredClone(terms)), changed(creator())];
    const points = answer(() => wasm.curve(asked, of));
    // More volume never pays less.
    for (const [place, point] of (points ?? []).entries()) {
      const before = points[place - 1] ?? point;
      assert(attos(before.volumeUsd) <= attos(point.volumeUsd) && micros(before.rewardUsd) <= micros(point.rewardUsd), JSON.stringify(points));
    }
    return points !== undefined;
  }],
  ["readClaim", () => {
    const bytes = damaged(one(files).claim);
    const claim = answer(() => wasm.readClaim(bytes));
    if (claim === undefined) return false;
    const document = JSON.parse(new TextDecoder().decode(bytes));
    for (const name of ["index", "amount", "statement"]) assert.equal(claim[name], document.claim[name]);
    for (const name of ["from", "to"]) assert.equal(monthNumber(claim[name]), document.claim[name]);
    assert.equal(claim.digest, document.digest);
    return true;
  }],
  ["readStatement", () => {
    const bytes = damaged(one(files).statement);
    const statement = answer(() => wasm.readStatement(bytes));
    if (statement === undefined) return false;
    const document = JSON.parse(new TextDecoder().decode(bytes));
    assert.deepEqual([statement.totalUsd, statement.amount, statement.lines.length], [document.total_usd, document.amount, document.lines.length]);
    assert.equal(statement.hash, wasm.fileHash(bytes));
    return true;
  }],
  ["judge", () => {
    const presented = changed(files.map((one) => ({ ...one })));
    const chain = changed({ chainId: "1", timestamp: "1610000000", answers: [...answers] });
    const verdicts = answer(() => wasm.judge(presented, chain));
    if (verdicts !== undefined) assert.equal(verdicts.length, presented.length);
    return verdicts !== undefined;
  }],
  ["addUsd", () => {
    const list = changed(["250", "0.000001", one(TEXTS)]);
    const added = answer(() => wasm.addUsd(list));
    if (added !== undefined) assert.equal(micros(added), sum(crossed(list).map(micros)));
    return added !== undefined;
  }],
  ["readReceipt", () => {
    const payouts = "0xb9a0B39D56F982d0519A42CC3E8125fa7Fb98d0d";
    const logs = changed([{ address: payouts, topics: [], data: "0x" }]);
    return answer(() => wasm.readReceipt(logs, payouts)) !== undefined;
  }],
];

/** @type {Map<string, [number, number]>} */
const counts = new Map(calls.map(([name]) => [name, [0, 0]]));
const end = Date.now() + seconds * 1000;
let warm = 0;
let count = 0;
for (; Date.now() < end; count += 1) {
  const [name, call] = calls[count % calls.length];
  const state = roll(2 ** 30);
  const counted = /** @type {[number, number]} */ (counts.get(name));
  try {
    counted[call() ? 0 : 1] += 1;
  } catch (error) {
    console.error(`input ${count} of seed ${seed} (${name}, ${state}) does not hold`);
    throw error;
  }
  if (count === WARM) warm = size();
}
if (count > WARM) assert.equal(size(), warm, "bytes of memory that were taken and not given back");
for (const [name, [answered, refused]] of counts) console.log(`${name.padEnd(14)} ${answered} answered, ${refused} refused`);
console.log(`${count} inputs in ${seconds} s, ${size()} bytes of memory`);

// @ts-check
// What wallets and nodes answer and throw, looked at by the page's own code without a browser: only what can be an answer
// is believed, and only a receipt of the claims that were sent is a payment of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

import { judged, readLogs } from "../../web-demo/dist/chain.js";
import { addresses, hash, hexBytes, plain, quantity, understood } from "../../web-demo/dist/claim/answers.js";
import { follow } from "../../web-demo/dist/claim/transaction.js";
import { request } from "../../web-demo/dist/wallet.js";
import * as full from "../../web-demo/dist/wasm/ambassador.js";
import * as inputs from "./inputs.mjs";

/** @typedef {import("../../web-demo/dist/wallet.js").Wallet} Wallet */

before(() => {
  full.initSync({ module: readFileSync(join(inputs.dist(), "wasm/ambassador_bg.wasm")) });
});

const bomb = () => {
  throw new Error("boom");
};
const mine = new Proxy(() => undefined, { get: bomb, has: bomb, apply: bomb, getPrototypeOf: bomb, ownKeys: bomb });
const address = `0x${"ab".repeat(20)}`;
const word = (/** @type {bigint | number | string} */ value) => BigInt(value).toString(16).padStart(64, "0");
/** What is no answer to anything. */
const NOTHING = [null, undefined, true, [], {}, "", "0x", "0xzz", "zz", " 0x1", "0x1 ", -1, 1.5, NaN, Infinity, 2 ** 53, 1n, Symbol("x"), bomb, { toString: () => "0x1" }, ["0x1"], "0x１", mine];

/** @param {() => unknown} look @param {string} name */
const refused = (look, name) => assert.throws(look, ({ name: kind, code }) => kind === "WalletError" && code === "BAD_ANSWER", name);

test("only what can be an answer is one", () => {
  /** @type {[string, (value: any) => unknown, unknown[], unknown[]][]} */
  const shapes = [
    ["a number", quantity, ["0x0", "0xFf", `0x${"f".repeat(64)}`, 0, 2 ** 53 - 1], [...NOTHING, "10", `0x${"1".repeat(65)}`]],
    ["bytes", hexBytes, ["0x", "0xab", `0x${"00".repeat(1000)}`], [...NOTHING.filter((each) => each !== "0x"), "0x1", `0x${"00".repeat(1024 * 1024)}`]],
    ["a hash", hash, [`0x${"1".repeat(64)}`], [...NOTHING, `0x${"1".repeat(63)}`, `0x${"1".repeat(65)}`]],
    ["accounts", addresses, [[], [address], Array(1000).fill(address)], [...NOTHING.filter((each) => !Array.isArray(each)), ["0x1"], [null], [[address]], Array(1001).fill(address), { length: 1, 0: address }]],
    ["logs", readLogs, [[], [{ address, topics: [], data: "0x" }]], [
      ...NOTHING.filter((each) => !Array.isArray(each)), [null], [{}], [{ address, topics: {}, data: "0x" }], [{ address, topics: Array(5).fill(`0x${"1".repeat(64)}`), data: "0x" }],
      [{ address, topics: ["0x1"], data: "0x" }], [{ address, topics: [], data: "0x1" }], Array(10_001).fill({ address, topics: [], data: "0x" }),
      Array(3).fill({ address, topics: [], data: `0x${"00".repeat(500_000)}` }),
    ]],
  ];
  for (const [name, read, good, bad] of shapes) {
    for (const value of good) read(value);
    for (const value of bad) refused(() => read(value), `${name}: ${typeof value} ${typeof value === "string" ? value.slice(0, 50) : ""}`);
  }
});

test("an answer is data, whatever clothes it wears", () => {
  const circle = /** @type {any} */ ([]);
  circle.push(circle);
  const nested = (/** @type {number} */ depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth));
  for (const value of [circle, 1n, [1n], { get number() { return bomb(); } }, { toJSON: bomb }, [mine, new Proxy({}, { ownKeys: bomb })], new Proxy([], { get: bomb }), nested(100_000)]) refused(() => plain(value), "acts");
  assert.deepEqual(plain(nested(100)), nested(100));
  let looks = 0;
  const double = { get number() { return (looks += 1); } };
  const once = /** @type {any} */ (plain(double));
  assert.deepEqual([once.number, once.number, looks], [1, 1, 1]);
  const list = Object.assign(["a"], { map: () => ["b"], [Symbol.iterator]: bomb });
  const same = /** @type {any} */ (plain(list));
  assert.deepEqual(same.map((/** @type {string} */ each) => each), ["a"]);
  assert(!("polluted" in /** @type {any} */ (plain(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')))) && !("polluted" in {}));
  assert.deepEqual([plain(undefined), plain(null), plain(() => 1), plain(Symbol("x"))], [undefined, null, undefined, undefined]);
});

test("whatever is thrown is one of the known kinds", () => {
  const nested = (/** @type {number} */ depth) => /** @type {any} */ (depth === 0 ? `0x${"ab".repeat(8)}` : { data: nested(depth - 1) });
  const circle = /** @type {any} */ ({});
  circle.data = circle.error = circle;
  /** @type {[unknown, string, string?][]} */
  const thrown = [
    [undefined, "NODE_FAILED"], [null, "NODE_FAILED"], ["gone", "NODE_FAILED"], [Symbol("x"), "NODE_FAILED"], [5, "NODE_FAILED"], [mine, "NODE_FAILED"], [circle, "NODE_FAILED"],
    [new Proxy({}, { get: bomb }), "BAD_ANSWER"], [{ get message() { return bomb(); } }, "BAD_ANSWER"], [{ get code() { return bomb(); } }, "BAD_ANSWER"], [{ get data() { return bomb(); } }, "BAD_ANSWER"],
    [{ code: 4001 }, "REJECTED"], [{ code: "4001" }, "REJECTED"], [{ code: "ACTION_REJECTED" }, "REJECTED"], [{ code: "4001x" }, "NODE_FAILED"], [{ code: { valueOf: () => 4001 } }, "NODE_FAILED"],
    [{ code: 4100 }, "UNAUTHORIZED"], [{ code: 4200 }, "UNSUPPORTED"], [{ code: -32601 }, "UNSUPPORTED"], [{ code: 4900 }, "DISCONNECTED"], [{ code: 4902 }, "UNKNOWN_NETWORK"], [{ code: -32002 }, "ALREADY_ASKED"],
    [{ message: "insufficient funds" }, "NO_ETHER"], [{ message: "execution reverted" }, "REVERTED", "0x"], [{ message: ["execution reverted"] }, "NODE_FAILED"],
    [nested(4), "REVERTED", `0x${"ab".repeat(8)}`], [nested(9), "NODE_FAILED"], [{ data: `0x${"ab".repeat(10_001)}` }, "NODE_FAILED"], [{ data: "0xabc" }, "NODE_FAILED"],
  ];
  for (const [reason, code, data] of thrown) {
    const error = understood(reason);
    assert.deepEqual([error.name, error.code, error.data], ["WalletError", code, data]);
    assert(error.message.length < 400 && error.help !== "");
  }
  assert(understood({ message: "x".repeat(1_000_000) }).message.length < 400);
});

/** A wallet that answers like this. @param {(question: { method: string, params: any[] }) => unknown} answer @returns {Wallet} */
const wallet = (answer) => ({ id: "w", name: "w", rdns: "w", icon: undefined, provider: { request: /** @type {any} */ (answer) } });

test("a wallet that throws, explodes or answers twice ends in an answer or in a known failure", async () => {
  /** @type {[any, string][]} */
  const ways = [
    [bomb, "NODE_FAILED"], [() => Promise.reject(), "NODE_FAILED"], [() => Promise.reject(new Proxy({}, { get: bomb })), "BAD_ANSWER"],
    [() => ({ get then() { return bomb(); } }), "NODE_FAILED"], [() => ({ then: bomb }), "NODE_FAILED"], [async () => [mine, { get x() { return bomb(); } }], "BAD_ANSWER"], [async () => 1n, "BAD_ANSWER"],
    [() => ({ then: (/** @type {any} */ yes) => (yes("0x1"), yes("0x2"), bomb()) }), "0x1"], [() => "0x1", "0x1"],
  ];
  for (const [way, expected] of ways) {
    const outcome = await request(wallet(way), "eth_chainId").catch(({ name, code }) => (name === "WalletError" ? code : name));
    assert.equal(outcome, expected);
  }
  const gone = /** @type {any} */ ({ id: "w", name: "w", rdns: "w", provider: { get request() { return bomb(); } } });
  await assert.rejects(request(gone, "eth_chainId"), { code: "NODE_FAILED" });
  await assert.rejects(request(wallet(() => new Promise(() => {})), "eth_chainId", [], 5), { code: "TIMED_OUT" });
});

const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(join(inputs.root, "tests/cases/golden/close/case.out/published/months/2020-12", name)));

test("a chain that changes, babbles or lies about its words is not believed", async () => {
  const files = [{ claim: read("claims/alex.json"), statement: read("statements/alex.json") }];
  const { chainId } = full.readClaim(files[0].claim);
  const right = `0x${BigInt(chainId).toString(16)}`;
  let asked = 0;
  /** @type {Record<string, (question: any) => unknown>} */
  const honest = { eth_chainId: () => right, eth_getBlockByNumber: () => ({ number: "0x1", timestamp: "0x5ffa0000" }), eth_call: () => `0x${word(address)}` };
  /** @type {[Record<string, (question: any) => unknown>, string][]} */
  const ways = [
    [{ eth_chainId: () => "0x1234" }, "WRONG_CHAIN"], [{ eth_chainId: () => ((asked += 1) > 2 ? "0x1234" : right) }, "CHAIN_CHANGED"],
    [{ eth_getBlockByNumber: () => ({ number: "0x1" }) }, "BAD_ANSWER"], [{ eth_getBlockByNumber: () => [] }, "BAD_ANSWER"], [{ eth_getBlockByNumber: () => ({ number: -1, timestamp: "0x1" }) }, "BAD_ANSWER"],
    [{ eth_call: () => `0x${"00".repeat(4096)}` }, "BAD_ANSWER"], [{ eth_call: () => "0x1" }, "BAD_ANSWER"], [{ eth_call: () => "0x12" }, "CHAIN_ANSWER"], [{ eth_call: () => `0x${"f".repeat(64)}` }, "CHAIN_ANSWER"],
    [{ eth_call: () => `0x${word(0)}${word(0)}` }, "CHAIN_ANSWER"], [{ eth_getBlockByNumber: () => ({ number: "0x1", timestamp: `0x${"f".repeat(64)}` }) }, "NUMBER_TOO_LARGE"],
  ];
  for (const [lies, code] of ways) {
    const way = wallet(({ method, params }) => ({ ...honest, ...lies })[method](params));
    const outcome = await judged(way, files).then(() => "believed", (error) => error.code);
    assert.equal(outcome, code, `${Object.keys(lies)} ${Object.values(lies)}`);
  }
});

const SENT = `0x${"5e".repeat(32)}`;

test("only a receipt of these claims is a payment of them", async () => {
  const { account, index, from, to, amount, statement, payouts, chainId } = full.readClaim(read("claims/alex.json"));
  const other = full.readClaim(read("claims/mika.json"));
  const claim = { account, index, from, to, amount, statement };
  const { event } = full.paymentTopics(index);
  /** The number of a month on the chain. @param {string} month */
  const number = (month) => (Number(month.slice(0, 4)) - 1970) * 12 + Number(month.slice(5)) - 1;
  /** A log of the contract that pays a claim, with some of it changed. @param {Record<string, any>} [changes] */
  const log = (changes = {}) => {
    const one = { ...claim, payouts, ...changes };
    return {
      address: one.payouts,
      topics: [event, `0x${word(one.account)}`, `0x${word(one.index)}`],
      data: `0x${word(number(one.from))}${word(number(one.to))}${word(one.amount)}${one.statement.slice(2)}`,
    };
  };
  const receipt = (/** @type {Record<string, unknown>} */ changes) => ({ status: "0x1", blockNumber: "0x1", transactionHash: SENT, gasUsed: "0x1", logs: [log()], ...changes });
  const logs = (/** @type {unknown[]} */ ...all) => receipt({ logs: all });
  /** What is made of it: an outcome and what it pays, or that the page keeps asking. @type {[string, unknown, string][]} */
  const rows = [
    ["the payment", logs(log()), "paid 1"], ["the same twice", logs(log(), log()), "paid 1"], ["others beside it", logs(log({ ...other }), log(), log({ account: other.account })), "paid 1"],
    ["no event", logs(), "paid 0"], ["another contract", logs(log({ payouts: `0x${"11".repeat(20)}` })), "paid 0"], ["another event", logs({ ...log(), topics: [`0x${"11".repeat(32)}`] }), "paid 0"],
    ["an event of other topics", logs({ ...log(), topics: [event] }), "paid 0"], ["an event of too few data", logs({ ...log(), data: `0x${word(1)}` }), "paid 0"],
    ["more", logs(log({ amount: BigInt(amount) + 1n })), "other"], ["less", logs(log({ amount: "1" })), "other"], ["another account", logs(log({ account: other.account })), "other"],
    ["another ambassador", logs(log({ index: other.index })), "other"], ["another month", logs(log({ from: "2021-01", to: "2021-01" })), "other"], ["more months", logs(log({ to: "2021-01" })), "other"],
    ["another reason", logs(log({ statement: other.statement })), "other"], ["somebody else's payment", logs(log({ ...other })), "other"],
    ["another transaction", receipt({ transactionHash: `0x${"11".repeat(32)}` }), "trouble"], ["a text", "0x1", "trouble"], ["no status", receipt({ status: undefined }), "trouble"], ["a status that is none", receipt({ status: "0x2" }), "trouble"],
    ["no list", receipt({ logs: { length: 1 } }), "trouble"], ["a block that is none", receipt({ blockNumber: "latest" }), "trouble"], ["a gas that is none", receipt({ gasUsed: {} }), "trouble"], ["refused", receipt({ status: "0x0" }), "reverted"],
  ];
  const sent = { hash: SENT, wallet: "w", sender: account, chainId, payouts, symbol: "RLY", decimals: 18, claims: [claim], at: 0 };
  for (const [name, answer, expected] of rows) {
    const stop = new AbortController();
    const way = wallet(({ method }) => (method === "eth_getTransactionReceipt" ? answer : null));
    const outcome = await follow(way, sent, ({ trouble }) => stop.abort(trouble ? "trouble" : "asked"), stop.signal).catch((reason) => ({ kind: String(reason) }));
    const payments = /** @type {any} */ (outcome).payments;
    assert.equal(payments === undefined ? outcome.kind : `${outcome.kind} ${payments.length}`, expected, name);
  }
});

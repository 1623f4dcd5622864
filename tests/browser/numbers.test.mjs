// @ts-check
// The modules in Node.js and in the browser: the same numbers as everywhere, and values of their types only.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import * as full from "../../web-demo/dist/wasm/ambassador.js";
import * as small from "../../web-demo/dist/wasm/calculator.js";
import { parse } from "../../web-demo/node_modules/smol-toml/dist/index.js";
import * as inputs from "./inputs.mjs";
import { pageTest } from "./visit.mjs";

const { root } = inputs;
const dist = inputs.dist();
full.initSync({ module: readFileSync(`${dist}/wasm/ambassador_bg.wasm`) });
small.initSync({ module: readFileSync(`${dist}/wasm/calculator_bg.wasm`) });
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

pageTest("the claims of the vector file, in the browser", {}, async ({ page }) => {
  const found = await page.evaluate(async (/** @type {any[]} */ documents) => {
    const module = await import(new URL("wasm/ambassador.js", document.baseURI).href);
    await module.default();
    return documents.map((one) => {
      const file = new TextEncoder().encode(JSON.stringify(one));
      const { digest, signer } = module.readClaim(file);
      return { digest, signer, calldata: module.redeemCall([file]).data };
    });
  }, claims);
  assert.deepEqual(found, claims.map(({ digest, calldata }) => ({ digest, signer, calldata })));
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

test("a random month quoted is the signer's statement, to the last base unit", () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const creators = randomCreators(seed);
    const statement = settled(inputs.scratch(), creators);
    const { usd, tokens } = statement.price;
    const quoted = full.quote({ terms, price: { kind: "ratio", usd, tokens }, creators });
    assert.deepEqual([quoted.totalUsd, quoted.amount], [statement.total_usd, statement.amount]);
    assert.deepEqual(small.quote({ terms, price: { kind: "ratio", usd, tokens }, creators }), quoted);
    const credits = statement.lines.map((/** @type {any} */ line) => `${line.creator} ${line.kind} ${line.entitled} ${line.credit}`);
    const lines = quoted.creators.flatMap(({ lines }, place) => {
      const earned = lines.filter(({ entitledUsd }) => entitledUsd !== "0");
      return earned.map((line) => `c${10 + place} ${line.kind} ${line.entitledUsd} ${line.creditUsd}`);
    });
    assert.deepEqual(lines.sort(), credits.sort());
  }
});

/** Fourteen creators: more than a month credits, some around each border. @param {number} seed */
function randomCreators(seed) {
  const random = inputs.dice(seed);
  const volumes = ["5000", "4999.999999999999999999", "10000", "25000", "24999.999999", "0.000000000000000123"];
  return Array.from({ length: 14 }, (_, place) => ({
    volumeUsd: place < volumes.length ? volumes[place] : `${random(40_000)}.${1 + random(1e9)}`,
    supporters: 1 + random(45),
    useCases: random(5),
    innovative: random(3),
  }));
}

/** What the real signer states of these creators. @param {string} folder @param {ReturnType<typeof randomCreators>} creators */
function settled(folder, creators) {
  cpSync(`${root}examples/rally/terms`, join(folder, "terms"), { recursive: true });
  for (const key of ["key.json", "key.password"]) cpSync(`${root}examples/rally/${key}`, join(folder, key));
  /** @param {string} name @param {string} header @param {string[]} rows */
  const table = (name, header, rows) => writeFileSync(join(folder, name), `${[header, ...rows].join("\n")}\n`);
  const time = "2020-11-05T00:00:00Z";
  const known = /** @type {any} */ (terms).reward.known_use_cases;
  const id = (/** @type {number} */ place) => `c${10 + place}`;
  table("ambassadors.csv", "index,id,name,payee,joined_at,status", ["0,alex,Alex,0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b,2020-11-01T00:00:00Z,active"]);
  table(
    "referrals.csv",
    "creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status",
    creators.map((_, place) => `${id(place)},COIN${place},alex,${[time, time, time, time].join(",")},active`),
  );
  const adopted = creators.flatMap(({ useCases, innovative }, place) => [
    ...known.slice(0, useCases).map((/** @type {string} */ name) => `${id(place)},${name},2020-11-06T00:00:00Z,,approved`),
    ...Array.from({ length: innovative }, (_, number) => `${id(place)},new:idea-${number},2020-11-06T00:00:00Z,,approved`),
  ]);
  table("adoptions.csv", "creator,use_case,live_at,evidence,decision", adopted);
  table("parties.csv", "actor,relation", []);
  table("adjustments.csv", "ambassador,month,usd,reason,approver", []);
  table("resolutions.csv", "name,address,block,resolved_at", []);
  const days = [25, 26, 27, 28, 29, 30, 31].map((day) => `2020-12-${day},${1200 + day}.5,21000`);
  table("prices.csv", "date,usd,tokens", days);
  cpSync(`${root}examples/rally/activity`, join(folder, "activity"), { recursive: true, filter: (path) => path.endsWith("activity") });
  const events = creators.flatMap(({ volumeUsd, supporters }, place) =>
    shares(volumeUsd, supporters).map((share, supporter) => `e${place}-${supporter},2020-11-07T00:00:00Z,COIN${place},buy,fan${supporter},${share},`),
  );
  table("activity/events.csv", "event_id,occurred_at,coin,kind,actor,amount_usd,reverses", events);
  execFileSync(inputs.signer(), ["close", "2020-12", "--yes", "-C", folder], { stdio: "pipe" });
  return JSON.parse(readFileSync(join(folder, "months/2020-12/statements/alex.json"), "utf8"));
}

/** A volume in equal parts of which the first has the rest, those above zero. @param {string} volume @param {number} supporters */
function shares(volume, supporters) {
  const [whole, fraction = ""] = volume.split(".");
  const attos = BigInt(whole + fraction.padEnd(18, "0"));
  const each = attos / BigInt(supporters);
  const first = attos - each * BigInt(supporters - 1);
  const parts = [first, ...Array.from({ length: supporters - 1 }, () => each)].filter((part) => part > 0n);
  return parts.map((part) => `${part / 10n ** 18n}.${String(part % 10n ** 18n).padStart(18, "0")}`);
}

test("the calculator's module is at most 40 KB", () => {
  const { length } = gzipSync(readFileSync(`${dist}/wasm/calculator_bg.wasm`), { level: 9 });
  assert.ok(length <= 40 * 1024, `${length} bytes`);
});

/** What everything that is refused is. @param {unknown} error */
function refused(error) {
  assert.ok(error instanceof Error, String(error));
  const { name, code, help, message } = /** @type {any} */ (error);
  assert.equal(name, "AmbassadorError", `${name}: ${message}`);
  assert.ok(code.length > 0 && help.length > 0, message);
}

/** Values of no type that any function takes: each in the place of each argument. @type {unknown[]} */
const foreign = [
  null, undefined, true, NaN, -1, 1.5, 10n, "", "\u202e", {}, [{}], () => 0, Symbol.iterator, new ArrayBuffer(8),
  { length: 1e9 }, { toJSON: () => { throw new Error("no"); } },
  new Proxy({}, { get: () => { throw new Error("no"); }, getPrototypeOf: () => { throw new Error("no"); } }),
];

test("a value of a wrong type is refused in every place of every function", () => {
  const claim = bytes(claims[0]);
  const chain = { chainId: "1", timestamp: "1610236800", answers: [] };
  const versions = [{ bytes: bytes(terms), table: terms }];
  const [account, now] = [`0x${"11".repeat(20)}`, "2020-12-01T10:00:00Z"];
  const invite = { payee: account, account, creator: "zoe", now };
  const acceptance = { coin: "ZOE", account, now };
  /** @type {Record<string, unknown[]>} */
  const calls = {
    quote: [plan(["1"])], explain: [plan(["1"]), 0], explainTotal: [plan(["1"])], curve: [terms, creator("1")],
    proportions: [["1"], "2"], addUsd: [["1"]], addBaseUnits: [["1"]], toTokens: ["1", 18], fileHash: [claim],
    readStatement: [claim], explainStatement: [claim], sums: [[{ statement: claim, claim: "none" }]], readClaim: [claim],
    digest: [claim], tokenRead: [[claim]], contractReads: [[claim], `0x${"11".repeat(32)}`], judge: [[{ claim, statement: undefined }], chain],
    redeemCall: [[claim]], explainRevert: ["0x"], readReceipt: [[], claims[0].signer], paymentTopics: ["0"], termsTexts: [claim],
    inviteToSign: [versions, invite], inviteLink: [versions, invite, "0x"], readInvite: [versions, "01"],
    acceptanceToSign: [versions, "01", acceptance], acceptanceFile: [versions, "01", acceptance, "0x"],
    readMonth: [claim, [terms]], recompute: [[{ records: claim, terms: [terms], statements: [] }]],
  };
  const functions = Object.entries(full).filter(([name, value]) => typeof value === "function" && !["initSync", "default"].includes(name));
  assert.deepEqual(Object.keys(calls).sort(), functions.map(([name]) => name).sort(), "every function is tried");
  for (const [name, values] of Object.entries(calls)) {
    for (let place = 0; place < values.length; place += 1) {
      for (const value of foreign) {
        const call = () => /** @type {any} */ (full)[name](...values.with(place, value));
        assert.throws(call, (error) => refused(error) === undefined, `${name}, argument ${place}`);
      }
    }
  }
  for (const value of foreign) {
    assert.throws(() => small.quote(/** @type {any} */ (value)), (error) => refused(error) === undefined);
    const price = { kind: value, usd: "1", tokens: "1" };
    for (const module of [small, full]) assert.throws(() => module.quote(/** @type {any} */ ({ ...plan([]), price })), (error) => refused(error) === undefined);
    assert.throws(() => full.sums(/** @type {any} */ ([{ statement: claim, claim: value }])), (error) => refused(error) === undefined);
  }
  assert.deepEqual(pick(full.quote(plan(["100"]))), ["250", "4200000000000000000000", "4200"]);
});

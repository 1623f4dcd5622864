// @ts-check
// Nobody is measured before all say the same.
import { deepEqual, equal } from "node:assert/strict";
import { claims, plans } from "./cases.mjs";

/** @param {{ name: string, quote: Function }[]} calculators */
export function expectSameQuotes(calculators) {
  for (const { name, quote } of calculators) {
    equal(quote(plans.five).tokens, "21000", `${name}: five creators without a tier`);
    equal(quote(plans.tiers).tokens, "35700", `${name}: the founding example`);
  }
  const [first, ...others] = calculators;
  for (const [plan, asked] of Object.entries(plans)) {
    const expected = sums(first.quote(asked));
    for (const { name, quote } of others) deepEqual(sums(quote(asked)), expected, `${name} and ${first.name}: ${plan}`);
  }
}

/** @param {{ name: string, digest: Function, readClaim: Function }[]} readers */
export async function expectSameClaims(readers) {
  for (const { name, digest, readClaim } of readers) {
    for (const { document, bytes } of claims) {
      equal(digest(bytes), document.digest, `${name}: digest`);
      const claim = await readClaim(bytes);
      equal(claim.digest, document.digest, `${name}: digest of the claim`);
      equal(claim.signer, document.signer, `${name}: signer`);
      equal(claim.amount, document.claim.amount, `${name}: amount`);
    }
    // A check that lets everything pass would be quick.
    for (const forged of forgeries(claims[0].document)) {
      const bytes = new TextEncoder().encode(JSON.stringify(forged));
      const refused = await Promise.resolve().then(() => readClaim(bytes)).then(() => false, () => true);
      equal(refused, true, `${name}: refuses a forged claim`);
    }
  }
}

const sums = (/** @type {any} */ { creators, totalUsd, amount, tokens }) => ({
  creators: creators.map((/** @type {any} */ { creditUsd }) => creditUsd),
  totalUsd,
  amount,
  tokens,
});

/** @param {any} document */
function* forgeries(document) {
  yield { ...document, claim: { ...document.claim, amount: "1" } };
  yield { ...document, digest: `0x${"11".repeat(32)}` };
  yield { ...document, signer: document.claim.account };
  yield { ...document, calldata: document.calldata.replace(/.$/, (/** @type {string} */ last) => (last === "0" ? "1" : "0")) };
}

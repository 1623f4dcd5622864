// @ts-check
// What everybody is asked: plans from the founding example's terms, and claims from the test vectors.
import { readFileSync } from "node:fs";
import { parse } from "smol-toml";

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const terms = parse(read("examples/rally/terms/1.toml"));
/** The same terms without a bound of the month: the peers' calculators know no queue and no budget. */
const unbounded = {
  ...terms,
  caps: { .../** @type {any} */ (terms.caps), max_per_month: 1_000_000, budget_usd_per_month: "1000000000" },
};
const founding = { kind: "ratio", usd: "1250", tokens: "21000" };

const creator = (
  /** @type {string} */ volumeUsd,
  /** @type {number} */ supporters,
  /** @type {number} */ useCases,
  innovative = 0,
) => ({ volumeUsd, supporters, useCases, innovative });

/** Five creators who qualify, none with a tier: 21,000 RLY. */
const five = [
  creator("640", 21, 1), creator("1200", 26, 1), creator("2100", 34, 2), creator("3300", 45, 1), creator("4800", 52, 2),
];
/** Five creators, of whom three reach a tier: 35,700 RLY. */
const tiers = [
  creator("1800", 32, 1), creator("3400", 41, 2), creator("6200", 64, 1), creator("12500", 118, 2), creator("28000", 240, 2),
];
const thousand = Array.from({ length: 1000 }, (_, place) =>
  creator(String(150 + ((place * 7919) % 31000)), 15 + (place % 60), 1 + (place % 3)),
);
/** Every edge that the rules have: no supporters, fewer than the cap needs, use cases instead, fractions, new use cases. */
const edges = ["0", "0.000000000000000007", "4999.999999999999999999", "5000", "7000.123456789", "25000"].flatMap((volume) =>
  [0, 1, 3, 4, 19, 20, 37].flatMap((supporters) =>
    [0, 1, 3, 5].flatMap((useCases) => [0, 2].map((innovative) => creator(volume, supporters, useCases, innovative))),
  ),
);

export const plans = {
  five: { terms, price: founding, creators: five },
  tiers: { terms, price: founding, creators: tiers },
  thousand: { terms: unbounded, price: founding, creators: thousand },
  edges: { terms: unbounded, price: { kind: "ratio", usd: "0.0595238095", tokens: "1.7" }, creators: edges },
};

/** Claims as the signer publishes them. */
const { signer, vectors } = JSON.parse(read("tests/vectors/claims.json"));
export const claims = vectors.map((/** @type {any} */ vector) => {
  const { domain, claim, digest, signature, calldata } = vector;
  const names = ["account", "index", "from", "to", "amount", "validUntil", "statement"];
  const document = {
    schema: "ambassador-claim/1",
    domain: { name: "AmbassadorPayouts", version: "1", ...domain },
    claim: Object.fromEntries(names.map((name) => [name, claim[name]])),
    digest,
    signer,
    signature,
    calldata: calldata.redeem,
  };
  return { document, bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`) };
});

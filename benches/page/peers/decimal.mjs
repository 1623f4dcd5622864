// @ts-check
// A calculator as a page would write it with decimal.js: the sums of our quote, without its reasons.
import Decimal from "decimal.js";

// Twenty digits, the default, would round a volume in units of 10^-18 dollars.
const Money = Decimal.clone({ precision: 120, toExpNeg: -120, toExpPos: 120 });
const attos = new Money(10).pow(18);

const least = (/** @type {Decimal} */ left, /** @type {Decimal} */ right) => (left.lt(right) ? left : right);

/** @param {any} plan the same that our `quote` takes, with a price of kind `ratio` */
export function quote({ terms: { token, reward, gate, volume }, price, creators }) {
  const share = new Money(volume.supporter_cap_bps).div(10_000);
  const tiers = reward.tier
    .map((/** @type {any} */ tier) => ({ threshold: new Money(tier.volume_usd), bonus: new Money(tier.bonus_usd) }))
    .reverse();
  const base = new Money(reward.base_usd);
  const useCase = new Money(reward.use_case.bonus_usd);
  const innovative = new Money(reward.innovative.bonus_usd);
  const credits = creators.map((/** @type {any} */ creator) => {
    const brought = new Money(creator.volumeUsd);
    // All supporters bring alike, and the first brings what cannot be shared out alike.
    const each = creator.supporters === 0 ? new Money(0) : brought.times(attos).divToInt(creator.supporters).div(attos);
    const first = creator.supporters === 0 ? each : brought.minus(each.times(creator.supporters - 1));
    const supporters = each.isZero() ? (first.isZero() ? 0 : 1) : creator.supporters;
    const useCases = creator.useCases + creator.innovative;
    const counts = (useCases >= gate.min_use_cases && supporters >= gate.min_supporters) || useCases >= gate.or_use_cases;
    if (!counts) return new Money(0);
    let credit = base.plus(innovative.times(Math.min(creator.innovative, reward.innovative.max)));
    if (creator.useCases >= reward.use_case.need) credit = credit.plus(useCase);
    const reached = supporters > 0 && tiers.find((/** @type {any} */ { threshold }) => {
      const most = threshold.times(share);
      return least(each, most).times(supporters - 1).plus(least(first, most)).gte(threshold);
    });
    return reached ? credit.plus(reached.bonus) : credit;
  });
  const total = credits.reduce((/** @type {Decimal} */ sum, /** @type {Decimal} */ credit) => sum.plus(credit), new Money(0));
  const unit = new Money(10).pow(token.decimals);
  const amount = total.times(unit).times(price.tokens).divToInt(price.usd);
  return {
    creators: credits.map((/** @type {Decimal} */ credit) => ({ creditUsd: credit.toFixed() })),
    totalUsd: total.toFixed(),
    amount: amount.toFixed(),
    tokens: amount.div(unit).toFixed(),
  };
}

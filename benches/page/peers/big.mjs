// @ts-check
// A calculator as a page would write it with big.js: the sums of our quote, without its reasons.
import Big from "big.js";

// Divisions end at the places of one base unit or 10^-18 dollars, and are cut there, never rounded up.
const Money = Big();
Money.DP = 30;
Money.RM = Money.roundDown;

const least = (/** @type {Big} */ left, /** @type {Big} */ right) => (left.lt(right) ? left : right);

/** @param {any} plan the same that our `quote` takes, with a price of kind `ratio` */
export function quote({ terms: { token, reward, gate, volume }, price, creators }) {
  const share = Money(volume.supporter_cap_bps).div(10_000);
  const tiers = reward.tier
    .map((/** @type {any} */ tier) => ({ threshold: Money(tier.volume_usd), bonus: Money(tier.bonus_usd) }))
    .reverse();
  const base = Money(reward.base_usd);
  const useCase = Money(reward.use_case.bonus_usd);
  const innovative = Money(reward.innovative.bonus_usd);
  const credits = creators.map((/** @type {any} */ creator) => {
    const brought = Money(creator.volumeUsd);
    // All supporters bring alike, and the first brings what cannot be shared out alike.
    const each = creator.supporters === 0 ? Money(0) : brought.div(creator.supporters).round(18, Money.roundDown);
    const first = creator.supporters === 0 ? each : brought.minus(each.times(creator.supporters - 1));
    const supporters = each.eq(0) ? (first.eq(0) ? 0 : 1) : creator.supporters;
    const useCases = creator.useCases + creator.innovative;
    const counts = (useCases >= gate.min_use_cases && supporters >= gate.min_supporters) || useCases >= gate.or_use_cases;
    if (!counts) return Money(0);
    let credit = base.plus(innovative.times(Math.min(creator.innovative, reward.innovative.max)));
    if (creator.useCases >= reward.use_case.need) credit = credit.plus(useCase);
    const reached = supporters > 0 && tiers.find((/** @type {any} */ { threshold }) => {
      const most = threshold.times(share);
      return least(each, most).times(supporters - 1).plus(least(first, most)).gte(threshold);
    });
    return reached ? credit.plus(reached.bonus) : credit;
  });
  const total = credits.reduce((/** @type {Big} */ sum, /** @type {Big} */ credit) => sum.plus(credit), Money(0));
  const unit = Money(10).pow(token.decimals);
  const amount = total.times(unit).times(price.tokens).div(price.usd).round(0, Money.roundDown);
  return {
    creators: credits.map((/** @type {Big} */ credit) => ({ creditUsd: credit.toFixed() })),
    totalUsd: total.toFixed(),
    amount: amount.toFixed(),
    tokens: amount.div(unit).toFixed(),
  };
}

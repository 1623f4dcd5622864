// @ts-check
/**
 * Shares of amounts for the places on the element's charts, exact in whole numbers.
 *
 * The small build of the rules only quotes. A place on a chart is no money: nothing here is ever shown as an amount.
 */

const PLACES = 18;
const WHOLE = 10_000n;

/**
 * Returns how much of a whole its parts are, in basis points from 0 to 10,000.
 *
 * @param {string[]} parts decimal text without sign
 * @param {string} whole
 * @returns {number[]}
 */
export function proportions(parts, whole) {
  const all = integer(whole);
  return parts.map((part) => {
    const share = all === 0n ? 0n : (integer(part) * WHOLE) / all;
    return Number(share > WHOLE ? WHOLE : share);
  });
}

/** The amount in units of its last possible decimal. @param {string} text */
function integer(text) {
  const [whole, decimals = ""] = text.split(".");
  return BigInt(whole + decimals.slice(0, PLACES).padEnd(PLACES, "0"));
}

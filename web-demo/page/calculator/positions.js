// @ts-check
/** Turns exact amounts into places on a chart, with the exact proportions of the rules. */

/** @typedef {{ proportions: (parts: string[], whole: string) => ArrayLike<number> }} Proportions how much of a whole its parts are, in basis points from 0 to 10,000 */

const WHOLE = 10_000;

/**
 * Returns the largest of some amounts.
 *
 * @param {Proportions} rules
 * @param {string[]} amounts at least one
 * @returns {string}
 */
export function largest({ proportions }, amounts) {
  let candidates = [...new Set(amounts)];
  let best = candidates[0];
  while (candidates.length > 0) {
    best = candidates[candidates.length >> 1];
    const shares = proportions(candidates, best);
    candidates = candidates.filter((amount, place) => shares[place] === WHOLE && amount !== best);
  }
  return best;
}

/**
 * Returns the places of volumes from 0 to 1: in proportion up to a knee, and beyond it ever closer to the end.
 *
 * So one very large volume does not press all others together.
 *
 * @param {Proportions} rules
 * @param {string[]} volumes
 * @param {string} knee the volume where the proportion ends
 * @param {number} room the place of the knee
 * @returns {Map<string, number>}
 */
export function volumePlaces({ proportions }, volumes, knee, room) {
  const different = [...new Set(volumes)];
  const inside = proportions(different, knee);
  return new Map(different.map((volume, place) => {
    if (inside[place] < WHOLE) return [volume, (inside[place] / WHOLE) * room];
    const rest = proportions([knee], volume)[0] / WHOLE;
    return [volume, room + (1 - room) * (1 - rest)];
  }));
}

/**
 * Returns the shares of amounts in a whole, from 0 to 1.
 *
 * @param {Proportions} rules
 * @param {string[]} amounts
 * @param {string} whole
 * @returns {Map<string, number>}
 */
export function shares({ proportions }, amounts, whole) {
  const different = [...new Set(amounts)];
  const parts = proportions(different, whole);
  return new Map(different.map((amount, place) => [amount, parts[place] / WHOLE]));
}

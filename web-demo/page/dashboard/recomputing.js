// @ts-check
/** Loads everything that months were computed from and lets WASM compute them again. */

import { each } from "../chain.js";
import { engine } from "../engine.js";
import { loadRecords, loadStatement } from "../published.js";

/** @typedef {import("../published.js").IndexMonth} IndexMonth */
/** @typedef {import("../published.js").Warning} Warning */
/** @typedef {import("../wasm/ambassador.js").RecomputedMonth} RecomputedMonth */

/**
 * Computes months again, first to last, and compares every statement with the published one, byte for byte.
 *
 * @param {IndexMonth[]} entries all months from the first one on
 * @param {(done: number, all: number) => void} progress files read so far
 * @param {AbortSignal} signal
 * @returns {Promise<{ months: RecomputedMonth[], warnings: Warning[] }>}
 */
export async function recomputeMonths(entries, progress, signal) {
  const { recompute } = await engine();
  const all = entries.reduce((count, entry) => count + 1 + entry.ambassadors.length, 0);
  let done = 0;
  const step = () => progress((done += 1), all);
  /** @type {Warning[]} */
  const warnings = [];
  const published = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    const { bytes, terms, warnings: found } = await loadRecords(entry.month);
    warnings.push(...found);
    step();
    const statements = await each(entry.ambassadors, async (id) => {
      signal.throwIfAborted();
      const file = await loadStatement(entry.month, id);
      step();
      return { id, bytes: file.bytes };
    });
    published.push({ records: bytes, terms, statements });
  }
  // The computation holds the page for a moment: what was said before it is drawn first.
  await new Promise((resolve) => setTimeout(resolve, 30));
  return { months: recompute(published), warnings };
}

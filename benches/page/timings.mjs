// @ts-check
// Medians of interleaved rounds.
import { performance } from "node:perf_hooks";

const ROUNDS = 31;
const BATCH_MS = 15;

/** @typedef {{ name: string, run: () => unknown }} Contestant */

/**
 * Returns the median time of one run of each, in milliseconds.
 *
 * @param {Contestant[]} contestants
 * @returns {Promise<Map<string, number>>}
 */
export async function timesOf(contestants) {
  /** @type {(Contestant & { count: number, times: number[] })[]} */
  const batches = [];
  // Warm first: a page that asks twice asks a compiled program.
  for (const { name, run } of contestants) batches.push({ name, run, count: await countFor(run), times: [] });
  // In each round everybody has a turn, in another order, so that a busy moment of the machine strikes all alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const batch of turned(batches, round)) batch.times.push((await timeOf(batch.run, batch.count)) / batch.count);
  }
  return new Map(batches.map(({ name, times }) => [name, median(times)]));
}

/**
 * Returns the median time until each program is loaded, and until it has also answered once, in milliseconds.
 *
 * @param {{ program: import("./programs.mjs").Program, first: (loaded: any) => unknown }[]} contestants
 * @returns {Promise<Map<string, { load: number, answer: number }>>}
 */
export async function loadsOf(contestants) {
  const loads = contestants.map((contestant) => ({ ...contestant, ...noTimes() }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { program, first, load, answer } of turned(loads, round)) {
      const start = program.prepare(round);
      const began = performance.now();
      const loaded = await start();
      load.push(performance.now() - began);
      await first(loaded);
      answer.push(performance.now() - began);
    }
  }
  return new Map(loads.map(({ program, load, answer }) => [program.name, { load: median(load), answer: median(answer) }]));
}

/** @returns {{ load: number[], answer: number[] }} */
const noTimes = () => ({ load: [], answer: [] });

/** Returns how many runs fill a batch. @param {() => unknown} run */
async function countFor(run) {
  for (let count = 1, warm = 0; ; count *= 2) {
    const time = await timeOf(run, count);
    warm += time;
    if (time >= BATCH_MS && warm >= 20 * BATCH_MS) return Math.max(1, Math.round((count * BATCH_MS) / time));
    if (time >= BATCH_MS) count /= 2;
  }
}

/** @param {() => unknown} run @param {number} count */
async function timeOf(run, count) {
  const began = performance.now();
  for (let turn = 0; turn < count; turn += 1) {
    const answer = run();
    if (answer instanceof Promise) await answer;
  }
  return performance.now() - began;
}

/** @template T @param {T[]} list @param {number} by @returns {T[]} */
const turned = (list, by) => list.map((_, place) => list[(place + by) % list.length]);

/** @param {number[]} times */
const median = (times) => [...times].sort((left, right) => left - right)[Math.floor(times.length / 2)];

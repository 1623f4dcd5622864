// @ts-check
/** Holds the plan of the view and what the rules say of it; an edit is computed once a frame. */

import { faultOf } from "./faults.js";
import { toPlan } from "./plan.js";

/** @typedef {import("./plan.js").Draft} Draft */
/** @typedef {import("./plan.js").Fault} Fault */
/** @typedef {import("./plan.js").Plan} Plan */
/** @typedef {import("./terms.js").Terms} Terms */
/** @typedef {import("../wasm/ambassador.js").Quote} Quote */
/** @typedef {typeof import("../wasm/ambassador.js")} Rules */
/**
 * @typedef {object} Result the last good one; what is older than the draft is `stale`
 * @property {Plan} plan
 * @property {Quote} quote
 */
/**
 * @typedef {object} State
 * @property {Draft} draft
 * @property {Terms} terms
 * @property {Result | undefined} result
 * @property {Fault[]} faults why the draft has no result
 * @property {number} chosen the place of the creator whose curve is shown
 * @property {boolean} restructured whether creators came, went or were exchanged
 */
/** @typedef {(state: State) => void} Listener */

const MOST_UNDONE = 20;

export class Store {
  /** @type {Listener[]} */
  #listeners = [];
  /** @type {Draft[]} */
  #past = [];
  #frame = 0;

  /** @param {Rules} rules @param {Terms} terms @param {Draft} draft */
  constructor(rules, terms, draft) {
    this.rules = rules;
    /** @type {State} */
    this.state = { draft, terms, result: undefined, faults: [], chosen: 0, restructured: true };
  }

  /** Calls a listener after every change. @param {Listener} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** Changes values of the draft. @param {(draft: Draft) => void} change */
  edit(change) {
    change(this.state.draft);
    this.#schedule();
  }

  /** Changes which creators there are, or all of the plan; it can be taken back. @param {(draft: Draft) => Draft | void} change */
  restructure(change) {
    this.#past = [...this.#past.slice(1 - MOST_UNDONE), structuredClone(this.state.draft)];
    this.state.draft = change(this.state.draft) ?? this.state.draft;
    this.#exchanged();
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  undo() {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.state.draft = before;
    this.#exchanged();
  }

  /** Shows another creator's curve. @param {number} place */
  choose(place) {
    if (place === this.state.chosen) return;
    this.state.chosen = place;
    this.#tell();
  }

  /** Computes at once. */
  compute() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { draft, terms } = this.state;
    const read = toPlan(draft, terms.table);
    this.state.faults = read.faults;
    if (read.plan !== undefined) {
      try {
        this.state.result = { plan: read.plan, quote: this.rules.quote(read.plan) };
      } catch (error) {
        this.state.faults = [faultOf(error)];
      }
    }
    this.#tell();
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#listeners = [];
  }

  #exchanged() {
    this.state.restructured = true;
    this.state.chosen = Math.max(0, Math.min(this.state.chosen, this.state.draft.rows.length - 1));
    this.#schedule();
  }

  #schedule() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.compute());
  }

  #tell() {
    for (const listener of this.#listeners) listener(this.state);
    this.state.restructured = false;
  }
}

// @ts-check
/**
 * What the claim page knows, as three unions: the place (which claims), the seat (which wallet), the flow (what is
 * being sent). `next` is the only way from one model to another, and every view is a function of the model.
 */

/** @typedef {import("../wallet.js").Wallet} Wallet */
/** @typedef {import("../chain.js").Settlement} Settlement */
/** @typedef {import("../wasm/ambassador.js").Claim} Claim */
/** @typedef {import("../wasm/ambassador.js").Verdict} Verdict */
/** @typedef {import("./transaction.js").Sent} Sent */
/** @typedef {import("./transaction.js").Fee} Fee */
/** @typedef {import("./transaction.js").Progress} Progress */
/** @typedef {import("./transaction.js").Outcome} Outcome */
/** @typedef {import("./words.js").Problem} Problem */

/** @typedef {{ usd: string, token: { symbol: string, decimals: number }, name: string }} Worth what a claim is over, by the statements that explain it */
/**
 * One claim with what belongs to it. `link` is set where its statement is published here.
 *
 * @typedef {object} Item
 * @property {string} key the claim's digest
 * @property {Uint8Array} bytes
 * @property {Claim} claim
 * @property {Uint8Array | undefined} statementBytes the statement, or what explains a claim in the place of others
 * @property {Worth | undefined} worth
 * @property {{ month: string, id: string } | undefined} link
 */
/** @typedef {{ name: string, code: string, sentence: string, help: string }} Unreadable a file that is no good claim */
/** @typedef {{ heading: string, items: Item[], unreadable: Unreadable[] }} Found */

/**
 * What the chain says; a group of claims that could not be asked about has a problem in place of verdicts.
 *
 * @typedef {{ kind: "unasked" }
 *   | { kind: "asking" }
 *   | { kind: "given", verdicts: Map<string, Verdict>, problems: Map<string, Problem>, timestamp: string, settlements: Map<string, Settlement>, fees: Map<string, Fee> }} Judgement
 */
/**
 * @typedef {{ kind: "start" }
 *   | { kind: "looking", sentence: string }
 *   | { kind: "nothing", sentence: string, help: string }
 *   | { kind: "failed", problem: Problem }
 *   | { kind: "desk", found: Found, judgement: Judgement }} Place
 */
/**
 * @typedef {{ kind: "searching" }
 *   | { kind: "none" }
 *   | { kind: "ready", wallets: Wallet[], wallet: Wallet, chainId: string | undefined }
 *   | { kind: "connected", wallets: Wallet[], wallet: Wallet, chainId: string | undefined, account: string }} Seat
 */
/**
 * @typedef {{ kind: "idle" }
 *   | { kind: "preparing", keys: string[], sentence: string, opens: boolean }
 *   | { kind: "asking", keys: string[], wallet: string, fee: Fee | undefined }
 *   | { kind: "following", sent: Sent, progress: Progress }
 *   | { kind: "stopped", problem: Problem, keys: string[] }
 *   | { kind: "ended", sent: Sent, outcome: Outcome }} Flow
 */
/** @typedef {{ place: Place, seat: Seat, flow: Flow }} Model */

/**
 * What a person can do here; the views get it from the room that does it.
 *
 * @typedef {object} Act
 * @property {(keys: string[], wallet?: Wallet) => void} redeem
 * @property {(wallet?: Wallet) => void} connect connects and finds the claims of the account
 * @property {() => void} changeAccount
 * @property {() => void} look asks the chain again
 * @property {() => void} reopen reads the claims again
 * @property {() => void} wait goes on following what was sent
 * @property {() => void} dismiss
 * @property {(files: Iterable<File>) => void} open
 */

/**
 * @typedef {{ kind: "place", place: Place }
 *   | { kind: "seat", seat: Seat }
 *   | { kind: "judgement", of: Found, judgement: Judgement }
 *   | { kind: "settlements", of: Found, settlements: Map<string, Settlement> }
 *   | { kind: "fee", of: Found, group: string, fee: Fee }
 *   | { kind: "flow", flow: Flow }
 *   | { kind: "progress", hash: string, progress: Progress }} Event
 */

/** @type {Model} */
export const INITIAL = Object.freeze({ place: { kind: "start" }, seat: { kind: "searching" }, flow: { kind: "idle" } });

/**
 * The model after an event. An answer that comes too late for what it was asked about changes nothing.
 *
 * @param {Model} model
 * @param {Event} event
 * @returns {Model}
 */
export function next(model, event) {
  switch (event.kind) {
    case "place":
      return { ...model, place: event.place };
    case "seat":
      return { ...model, seat: event.seat };
    case "judgement":
      return onDesk(model, event.of, () => event.judgement);
    case "settlements":
      return onDesk(model, event.of, (judgement) => judgement.kind === "given" ? { ...judgement, settlements: event.settlements } : judgement);
    case "fee":
      return onDesk(model, event.of, (judgement) => judgement.kind === "given"
        ? { ...judgement, fees: new Map(judgement.fees).set(event.group, event.fee) }
        : judgement);
    case "flow":
      return mayFollow(model.flow, event.flow) ? { ...model, flow: event.flow } : model;
    case "progress":
      return model.flow.kind === "following" && model.flow.sent.hash === event.hash
        ? { ...model, flow: { ...model.flow, progress: event.progress } }
        : model;
  }
}

/** Whether something is being prepared, asked or followed, so that nothing else may be started. @param {Flow} flow */
export function isBusy(flow) {
  return flow.kind === "preparing" || flow.kind === "asking" || flow.kind === "following";
}

/** Claims that one transaction can carry: one chain, one contract, and alone where a contract signed it. @param {Item} item */
export function groupOf(item) {
  return item.claim.signedBy === "contract" ? `${contractOf(item)} ${item.key}` : contractOf(item);
}

/** The contract that pays a claim; what it says of one claim may depend on the others. @param {Item} item */
export function contractOf({ claim }) {
  return `${claim.chainId} ${claim.payouts}`;
}

/** @param {Item[]} items @param {(item: Item) => string} [by] @returns {Map<string, Item[]>} */
export function groups(items, by = groupOf) {
  /** @type {Map<string, Item[]>} */
  const all = new Map();
  for (const item of items) all.set(by(item), [...(all.get(by(item)) ?? []), item]);
  return all;
}

/** Without those of whose months an earlier one is: of them the chain pays one. @param {Item[]} items */
export function apart(items) {
  return items.filter((item, at) => !items.slice(0, at).some((other) => contractOf(other) === contractOf(item)
    && other.claim.index === item.claim.index && other.claim.from <= item.claim.to && item.claim.from <= other.claim.to));
}

/** @param {Judgement} judgement @param {Item} item @returns {Verdict | undefined} */
export function verdictOf(judgement, item) {
  return judgement.kind === "given" ? judgement.verdicts.get(item.key) : undefined;
}

/** Whether the chain was asked about these. @param {Judgement} judgement @param {Item[]} items */
export function isJudged(judgement, items) {
  return items.some((item) => verdictOf(judgement, item) !== undefined);
}

/** Those that the chain would pay now. @param {Judgement} judgement @param {Item[]} items */
export function redeemable(judgement, items) {
  return items.filter((item) => verdictOf(judgement, item)?.state === "redeemable");
}

/** A transaction is followed or ended only after it was asked for, or after a reload. @param {Flow} flow @param {Flow} wanted */
function mayFollow(flow, wanted) {
  if (wanted.kind === "asking") return flow.kind === "preparing";
  if (wanted.kind === "preparing") return !isBusy(flow) || flow.kind === "preparing";
  if (wanted.kind === "ended") return flow.kind === "following";
  return true;
}

/**
 * @param {Model} model
 * @param {Found} found
 * @param {(judgement: Judgement) => Judgement} change
 * @returns {Model}
 */
function onDesk(model, found, change) {
  const { place } = model;
  if (place.kind !== "desk" || place.found !== found) return model;
  return { ...model, place: { ...place, judgement: change(place.judgement) } };
}

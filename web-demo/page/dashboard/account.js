// @ts-check
/**
 * All that is published of one ambassador, oldest month first, and what the chain says of the claims.
 *
 * A month that cannot be read does not hide the others: it is kept with its failure.
 */

import { claimStates, each } from "../chain.js";
import { engine } from "../engine.js";
import { PublishedError, loadClaim, loadIndex, loadMonth, loadRecords, loadStatement } from "../published.js";
import { standingOf } from "./states.js";

/** @typedef {import("../published.js").IndexMonth} IndexMonth */
/** @typedef {import("../published.js").StatementFile} StatementFile */
/** @typedef {import("../published.js").Warning} Warning */
/** @typedef {import("../wasm/ambassador.js").Claim} Claim */
/** @typedef {import("../wasm/ambassador.js").Verdict} Verdict */
/** @typedef {import("../wasm/ambassador.js").MonthView} MonthView */
/** @typedef {import("../wasm/ambassador.js").Sums} Sums */
/**
 * @typedef {object} AccountMonth
 * @property {IndexMonth} entry
 * @property {import("../published.js").Summary | undefined} summary
 * @property {StatementFile | undefined} file
 * @property {{ bytes: Uint8Array, claim: Claim } | undefined} signed
 * @property {boolean} fits whether the claim is of the statement that is published beside it
 * @property {Verdict | undefined} verdict what the chain says, once it was asked
 * @property {Warning[]} warnings
 * @property {Error[]} failures
 */
/** @typedef {{ id: string, programme: string, months: AccountMonth[], view: MonthView | undefined, warnings: Warning[], failures: Error[] }} Account */

/**
 * Returns an ambassador's account.
 *
 * @param {string} id
 * @returns {Promise<Account>}
 * @throws {PublishedError} `NOT_PUBLISHED`: nothing is published of such an ambassador
 */
export async function loadAccount(id) {
  const index = await loadIndex();
  const entries = index.months.filter((entry) => entry.ambassadors.includes(id));
  const newest = entries.at(-1);
  if (newest === undefined) {
    const help = "Look the name up in the list of ambassadors.";
    throw new PublishedError("NOT_PUBLISHED", "index.json", "Nothing is published of an ambassador of this name.", help);
  }
  const months = await each(entries, (entry) => loadAccountMonth(entry, id));
  /** @type {Account} */
  const account = { id, programme: index.programme, months, view: undefined, warnings: [], failures: [] };
  try {
    const [{ readMonth }, records] = await Promise.all([engine(), loadRecords(newest.month)]);
    account.warnings.push(...records.warnings);
    account.view = readMonth(records.bytes, records.terms);
  } catch (error) {
    account.failures.push(failure(error));
  }
  return account;
}

/**
 * Asks the chain what became of the claims, where a wallet is there to ask; says whether it answered.
 *
 * @param {Pick<AccountMonth, "file" | "signed" | "fits" | "verdict">[]} months
 * @returns {Promise<boolean>}
 */
export async function askChain(months) {
  let answered = false;
  for (const group of byContract(months)) {
    const files = group.map(({ file, signed }) => ({ claim: signed.bytes, statement: file?.bytes }));
    const verdicts = await claimStates(files).catch(() => undefined);
    if (verdicts === undefined) continue;
    answered = true;
    group.forEach(({ month }, position) => (month.verdict = verdicts[position]));
  }
  return answered;
}

/**
 * Returns the four sums; months without a readable statement are left out.
 *
 * @param {AccountMonth[]} months
 * @returns {Promise<Sums>}
 */
export async function sumUp(months) {
  const { sums } = await engine();
  return sums(
    months.flatMap((month) => {
      if (month.file === undefined) return [];
      const claim = month.fits ? standingOf(month.verdict) : "none";
      return [{ statement: month.file.bytes, status: month.entry.status, claim }];
    }),
  );
}

/**
 * @param {IndexMonth} entry
 * @param {string} id
 * @returns {Promise<AccountMonth>}
 */
export async function loadAccountMonth(entry, id) {
  /** @type {AccountMonth} */
  const month = { entry, summary: undefined, file: undefined, signed: undefined, fits: false, verdict: undefined, warnings: [], failures: [] };
  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      month.failures.push(failure(error));
    }
  };
  await Promise.all([
    attempt(async () => {
      const { summary, warnings } = await loadMonth(entry.month);
      month.summary = summary;
      month.warnings.push(...warnings);
    }),
    attempt(async () => {
      month.file = await loadStatement(entry.month, id);
      month.warnings.push(...month.file.warnings);
    }),
    attempt(async () => {
      const bytes = await loadClaim(entry.month, id);
      const { readClaim } = await engine();
      if (bytes !== undefined) month.signed = { bytes, claim: readClaim(bytes) };
    }),
  ]);
  const { file, signed } = month;
  month.fits = signed !== undefined && (file === undefined || belongs(signed.claim, file.statement));
  month.warnings.push(...compared(month, id));
  return month;
}

/**
 * Says where the files of a month do not fit each other.
 *
 * @param {AccountMonth} month
 * @param {string} id
 * @returns {Warning[]}
 */
function compared({ entry, summary, file, signed, fits }, id) {
  /** @type {Warning[]} */
  const warnings = [];
  const expect = (/** @type {boolean} */ fits, /** @type {string} */ name, /** @type {string} */ sentence) => {
    if (!fits) warnings.push({ file: `months/${entry.month}/${name}`, sentence });
  };
  const row = summary?.ambassadors.find((candidate) => candidate.id === id);
  if (file !== undefined && row !== undefined) {
    expect(row.statement === file.statement.hash, "summary.json", "The summary names another statement than the one published here.");
  }
  expect(fits || signed === undefined, `claims/${id}.json`, "The claim signs another statement than the one published here.");
  expect(entry.status === "final" || signed === undefined, `claims/${id}.json`, "A claim is published for a month that is still a draft.");
  return warnings;
}

/**
 * @param {Claim} claim
 * @param {import("../published.js").Statement} statement
 */
function belongs(claim, statement) {
  return claim.statement === statement.hash && claim.index === statement.ambassador.index && claim.amount === statement.amount;
}

/** @param {unknown} error @returns {Error} */
function failure(error) {
  return error instanceof Error ? error : new Error(String(error));
}

/**
 * Groups the signed months by their contract: a programme may have moved to another one.
 *
 * @template {Pick<AccountMonth, "file" | "signed" | "fits" | "verdict">} M
 * @param {M[]} months
 */
function byContract(months) {
  /** @type {Map<string, { month: M, file: M["file"], signed: NonNullable<M["signed"]> }[]>} */
  const groups = new Map();
  for (const month of months) {
    const { file, signed, fits } = month;
    if (signed === undefined || !fits) continue;
    const key = `${signed.claim.chainId} ${signed.claim.payouts}`;
    groups.set(key, [...(groups.get(key) ?? []), { month, file, signed }]);
  }
  return groups.values();
}

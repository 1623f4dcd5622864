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
 * @property {Verdict | undefined} verdict what the chain says, once it was asked
 * @property {Warning[]} warnings
 * @property {Error[]} failures
 */
/** @typedef {{ id: string, programme: string, months: AccountMonth[], view: MonthView | undefined, warnings: Warning[] }} Account */

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
  /** @type {Warning[]} */
  const warnings = [];
  const view = await loadView(newest.month, warnings);
  return { id, programme: index.programme, months, view, warnings };
}

/**
 * Asks the chain what became of the claims, where a wallet is there to ask; says whether it answered.
 *
 * @param {Pick<AccountMonth, "file" | "signed" | "verdict">[]} months
 * @returns {Promise<boolean>}
 */
export async function askChain(months) {
  let answered = false;
  for (const group of byContract(months)) {
    const files = group.map(({ file, signed }) => ({ claim: signed.bytes, statement: file?.bytes }));
    const token = group[0].file?.statement.token.address;
    const verdicts = token === undefined ? undefined : await claimStates(files, token).catch(() => undefined);
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
      const claim = month.signed === undefined ? "none" : standingOf(month.verdict);
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
  const month = { entry, summary: undefined, file: undefined, signed: undefined, verdict: undefined, warnings: [], failures: [] };
  const attempt = async (/** @type {() => Promise<void>} */ action) => {
    try {
      await action();
    } catch (error) {
      month.failures.push(error instanceof Error ? error : new Error(String(error)));
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
function compared({ entry, summary, file, signed }, id) {
  /** @type {Warning[]} */
  const warnings = [];
  const expect = (/** @type {boolean} */ fits, /** @type {string} */ name, /** @type {string} */ sentence) => {
    if (!fits) warnings.push({ file: `months/${entry.month}/${name}`, sentence });
  };
  const row = summary?.ambassadors.find((candidate) => candidate.id === id);
  if (file !== undefined && row !== undefined) {
    expect(row.statement === file.statement.hash, "summary.json", "The summary names another statement than the one published here.");
  }
  if (file !== undefined && signed !== undefined) {
    const { statement } = file;
    const { claim } = signed;
    expect(claim.statement === statement.hash, `claims/${id}.json`, "The claim signs another statement than the one published here.");
    expect(claim.index === statement.ambassador.index, `claims/${id}.json`, "The claim is of another ambassador.");
  }
  expect(entry.status === "final" || signed === undefined, `claims/${id}.json`, "A claim is published for a month that is still a draft.");
  return warnings;
}

/**
 * @param {string} month
 * @param {Warning[]} warnings
 * @returns {Promise<MonthView | undefined>}
 */
async function loadView(month, warnings) {
  try {
    const records = await loadRecords(month);
    warnings.push(...records.warnings);
    const { readMonth } = await engine();
    return readMonth(records.bytes, records.terms);
  } catch (error) {
    const sentence = `The referrals of the month cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    warnings.push({ file: `months/${month}/records.json`, sentence });
    return undefined;
  }
}

/**
 * Groups the signed months by their contract: a programme may have moved to another one.
 *
 * @template {Pick<AccountMonth, "file" | "signed" | "verdict">} M
 * @param {M[]} months
 */
function byContract(months) {
  /** @type {Map<string, { month: M, file: M["file"], signed: NonNullable<M["signed"]> }[]>} */
  const groups = new Map();
  for (const month of months) {
    const { file, signed } = month;
    if (signed === undefined) continue;
    const key = `${signed.claim.chainId} ${signed.claim.payouts}`;
    groups.set(key, [...(groups.get(key) ?? []), { month, file, signed }]);
  }
  return groups.values();
}

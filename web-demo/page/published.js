// @ts-check
/**
 * Reads the published folder: index, terms, and the months' summaries, records, statements and claims.
 *
 * Nothing is trusted because it was served: shapes are checked here, documents and hashes in WASM. Every file is read
 * once; hashes that do not fit each other are returned as warnings beside what they concern, for the page to show.
 */

import { PublishedError, fetchFile, fileUrl } from "./dashboard/fetching.js";
import { readJson, unreadable } from "./dashboard/json.js";
import { isForm, readIndex, readInvites, readLedgerHead, readReplacements, readSummary } from "./dashboard/shapes.js";
import { engine } from "./engine.js";
import { parse } from "./vendor/smol-toml/index.js";

export { PublishedError, isForm };

/** @typedef {import("./dashboard/shapes.js").Index} Index */
/** @typedef {import("./dashboard/shapes.js").IndexMonth} IndexMonth */
/** @typedef {import("./dashboard/shapes.js").Invites} Invites */
/** @typedef {import("./dashboard/shapes.js").Listed} Listed */
/** @typedef {import("./dashboard/shapes.js").Summary} Summary */
/** @typedef {import("./wasm/ambassador.js").Statement} Statement */
/** @typedef {import("./wasm/ambassador.js").TermsTable} TermsTable */
/** @typedef {{ file: string, sentence: string }} Warning */
/** @typedef {{ entry: IndexMonth, summary: Summary, warnings: Warning[] }} Month */
/** @typedef {{ bytes: Uint8Array, statement: Statement, warnings: Warning[] }} StatementFile */
/** @typedef {{ bytes: Uint8Array, table: TermsTable, hash: string }} TermsFile */
/** @typedef {{ bytes: Uint8Array, terms: TermsTable[], hash: string, warnings: Warning[] }} RecordsFile */

const MOST_TERMS = 1000;

/** @type {Map<string, Promise<any>>} */
const reading = new Map();

/**
 * Returns the index of what is published.
 *
 * @returns {Promise<Index>}
 */
export function loadIndex() {
  return once("index", async () => readIndex(await fetchFile("index", ["index.json"]), "index.json"));
}

/**
 * Returns a month's summary with its entry in the index.
 *
 * @param {string} month
 * @returns {Promise<Month>}
 */
export function loadMonth(month) {
  return once(`month ${month}`, async () => {
    const entry = await findMonth(month);
    const path = ["months", month, "summary.json"];
    const file = path.join("/");
    const summary = readSummary(await fetchFile("summary", path), file);
    /** @type {Warning[]} */
    const warnings = [];
    const expect = (/** @type {boolean} */ fits, /** @type {string} */ sentence) => {
      if (!fits) warnings.push({ file, sentence });
    };
    expect(summary.month === month, "The summary is of another month.");
    expect(summary.status === entry.status, "Summary and index disagree on whether the month is final.");
    expect(summary.records === entry.records, "The summary names other records than the index.");
    const listed = summary.ambassadors.map((row) => row.id).sort().join(" ");
    expect(listed === [...entry.ambassadors].sort().join(" "), "Summary and index do not list the same ambassadors.");
    return { entry, summary, warnings };
  });
}

/**
 * Returns an ambassador's statement of a month: its bytes, and what WASM reads in them.
 *
 * @param {string} month
 * @param {string} id
 * @returns {Promise<StatementFile>}
 */
export function loadStatement(month, id) {
  return once(`statement ${month} ${id}`, async () => {
    const entry = await findMonth(month);
    const path = monthPath(month, "statements", id);
    const file = path.join("/");
    const bytes = await fetchFile("statement", path);
    const { readStatement } = await engine();
    const statement = await reads(file, () => readStatement(bytes));
    if (statement.month !== month || statement.ambassador.id !== id) {
      throw unreadable(file, " is the statement of another month or ambassador");
    }
    /** @type {Warning[]} */
    const warnings = [];
    const terms = await loadTerms(entry.termsVersion).catch(() => undefined);
    if (terms === undefined) {
      warnings.push({ file, sentence: "The terms that this statement follows are not published here." });
    } else if (terms.hash !== statement.terms) {
      warnings.push({ file, sentence: "The statement follows other terms than those published here." });
    }
    return { bytes, statement, warnings };
  });
}

/**
 * Returns the bytes of an ambassador's claim of a month, or undefined where none is published.
 *
 * @param {string} month
 * @param {string} id
 * @returns {Promise<Uint8Array | undefined>}
 */
export function loadClaim(month, id) {
  return once(`claim ${month} ${id}`, async () => {
    const path = monthPath(month, "claims", id);
    const summary = await loadMonth(month).then((one) => one.summary, () => undefined);
    const row = summary?.ambassadors.find((candidate) => candidate.id === id);
    // A month that pays somebody nothing has no claim of theirs to ask for.
    if (row !== undefined && row.digest === undefined) return undefined;
    return orMissing(fetchFile("claim", path));
  });
}

/**
 * Returns a version of the terms: the file's bytes, what stands in it, and its hash (rule R1).
 *
 * @param {number} version
 * @returns {Promise<TermsFile>}
 */
export function loadTerms(version) {
  return once(`terms ${version}`, async () => {
    const path = ["terms", `${version}.toml`];
    const bytes = await fetchFile("terms", path);
    const { fileHash } = await engine();
    return { bytes, table: readTerms(bytes, path.join("/")), hash: fileHash(bytes) };
  });
}

/**
 * Returns what is published of invites; nothing where the programme takes no signed ones.
 *
 * @returns {Promise<Invites>}
 */
export function loadInvites() {
  return once("invites", async () => {
    const bytes = await orMissing(fetchFile("invites", ["invites.json"]));
    return bytes === undefined ? { versions: [], acceptances: [] } : readInvites(bytes, "invites.json");
  });
}

/**
 * Returns the published claims in the place of others; none where the ledger's published head says that there are none.
 *
 * @returns {Promise<Listed[]>}
 */
export function loadReplacements() {
  return once("replacements", async () => {
    const head = await orMissing(fetchFile("ledger", ["ledger.json"]));
    if (head === undefined || readLedgerHead(head, "ledger.json") === 0) return [];
    const list = await orMissing(fetchFile("replacements", ["replacements.json"]));
    return list === undefined ? [] : readReplacements(list, "replacements.json");
  });
}

/**
 * Returns a claim in the place of others with the document that explains it, as they were published.
 *
 * @param {Listed} listed
 * @returns {Promise<{ claim: Uint8Array, document: Uint8Array }>}
 */
export function loadReplacement({ folder }) {
  return once(`replacement ${folder}`, async () => {
    const path = ["replacements", ...folder.split("/")];
    const [claim, document] = await Promise.all([fetchFile("claim", [...path, "claim.json"]), fetchFile("replacement", [...path, "replacement.json"])]);
    return { claim, document };
  });
}

/**
 * Returns every published version of the terms that an invite may name, oldest first.
 *
 * A programme that takes signed invites lists them, also those that take effect later; else they are the months'.
 *
 * @returns {Promise<TermsFile[]>}
 */
export async function loadInviteTerms() {
  const [index, { versions }] = await Promise.all([loadIndex(), loadInvites()]);
  const known = [...new Set([...index.months.map((month) => month.termsVersion), ...versions])].sort((a, b) => a - b);
  return Promise.all(known.map((version) => loadTerms(version)));
}

/**
 * Returns what a month was computed from, with the terms that stand in it, oldest first.
 *
 * @param {string} month
 * @returns {Promise<RecordsFile>}
 */
export function loadRecords(month) {
  return once(`records ${month}`, async () => {
    const entry = await findMonth(month);
    const path = ["months", month, "records.json"];
    const file = path.join("/");
    const bytes = await fetchFile("records", path);
    const { fileHash } = await engine();
    const hash = fileHash(bytes);
    /** @type {Warning[]} */
    const warnings = [];
    if (hash !== entry.records) warnings.push({ file, sentence: "The records have another hash than the index says." });
    return { bytes, terms: termsInRecords(bytes, file), hash, warnings };
  });
}

/**
 * Returns the address of a published file, to download it as it is.
 *
 * @param {"statements" | "claims" | "records" | "terms"} kind
 * @param {string} name a month, or a version of the terms
 * @param {string} [id] an ambassador, for statements and claims
 * @returns {string}
 */
export function downloadUrl(kind, name, id = "") {
  if (kind === "terms") return fileUrl(["terms", `${name}.toml`]);
  if (kind === "records") return fileUrl(["months", name, "records.json"]);
  return fileUrl(monthPath(name, kind, id));
}

/**
 * @param {Promise<Uint8Array>} fetching
 * @returns {Promise<Uint8Array | undefined>} undefined where there is no such file
 */
async function orMissing(fetching) {
  try {
    return await fetching;
  } catch (error) {
    if (error instanceof PublishedError && error.code === "MISSING_FILE") return undefined;
    throw error;
  }
}

/**
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} read
 * @returns {Promise<T>}
 */
function once(key, read) {
  let pending = reading.get(key);
  if (pending === undefined) {
    pending = read();
    reading.set(key, pending);
    // A failure is not kept: the next look tries again.
    pending.catch(() => reading.delete(key));
  }
  return pending;
}

/**
 * @param {string} month
 * @returns {Promise<IndexMonth>}
 */
async function findMonth(month) {
  const { months } = await loadIndex();
  const entry = months.find((candidate) => candidate.month === month);
  if (entry !== undefined) return entry;
  const help = "Choose one of the months that are listed.";
  throw new PublishedError("NOT_PUBLISHED", "index.json", "This month is not published here.", help);
}

/**
 * @param {string} month
 * @param {"statements" | "claims"} folder
 * @param {string} id
 * @returns {string[]}
 */
function monthPath(month, folder, id) {
  if (!isForm("month", month) || !isForm("identifier", id)) {
    const help = "Choose an ambassador and a month from the lists.";
    throw new PublishedError("NOT_PUBLISHED", "index.json", "There is no such ambassador or month.", help);
  }
  return ["months", month, folder, `${id}.json`];
}

/**
 * @template T
 * @param {string} file
 * @param {() => T} read
 * @returns {Promise<T>}
 */
async function reads(file, read) {
  try {
    return read();
  } catch (error) {
    throw unreadable(file, `: ${error instanceof Error ? error.message : "it cannot be read"}`);
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {TermsTable}
 */
function readTerms(bytes, file) {
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw unreadable(file, " is not TOML");
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {TermsTable[]}
 */
function termsInRecords(bytes, file) {
  const root = readJson(bytes, file);
  const list = typeof root === "object" && root !== null ? Reflect.get(root, "terms") : undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_TERMS) {
    throw unreadable(file, " holds no list of terms");
  }
  return list.map((part) => {
    const text = typeof part === "object" && part !== null ? Reflect.get(part, "text") : undefined;
    if (typeof text !== "string") throw unreadable(file, ": a version of the terms has no text");
    return readTerms(new TextEncoder().encode(text), file);
  });
}

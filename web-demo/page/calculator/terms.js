// @ts-check
/** Finds the terms to compute with, and the daily closes that were published last. */

import { PublishedError, fetchFile } from "../dashboard/fetching.js";
import { engine } from "../engine.js";
import { loadIndex, loadMonth } from "../published.js";
import { parse } from "../vendor/smol-toml/index.js";

/** @typedef {import("./plan.js").Close} Close */
/** @typedef {import("../wasm/ambassador.js").TermsTable} TermsTable */
/**
 * @typedef {object} Terms
 * @property {TermsTable} table
 * @property {string} file its name, for people
 * @property {number | undefined} version undefined: a file that was opened, not a published one
 * @property {Promise<string | undefined>} hash
 */
/** @typedef {{ month: string, closes: Close[] }} Published */

const MOST_BYTES = 256 * 1024;

/**
 * Returns published terms: a version, or the newest month's; undefined where nothing is published.
 *
 * @param {number | undefined} version
 * @returns {Promise<Terms | undefined>}
 */
export async function publishedTerms(version) {
  try {
    const wanted = version ?? (await loadIndex()).months.at(-1)?.termsVersion;
    if (wanted === undefined) return undefined;
    const bytes = await fetchFile("terms", ["terms", `${wanted}.toml`]);
    return read(bytes, `terms/${wanted}.toml`, wanted);
  } catch (error) {
    if (error instanceof PublishedError && error.code === "MISSING_FILE" && version === undefined) return undefined;
    throw error;
  }
}

/**
 * Returns the terms of a file that a person opened.
 *
 * @param {File} file
 * @returns {Promise<Terms>}
 */
export async function openedTerms(file) {
  if (file.size > MOST_BYTES) throw new TermsFileError(file.name, "is larger than any terms");
  return read(new Uint8Array(await file.arrayBuffer()), file.name, undefined);
}

/**
 * Returns the daily closes of the newest published month, or none.
 *
 * @returns {Promise<Published | undefined>}
 */
export async function publishedCloses() {
  try {
    const newest = (await loadIndex()).months.at(-1);
    if (newest === undefined) return undefined;
    const { summary } = await loadMonth(newest.month);
    return { month: newest.month, closes: summary.price.samples.map((sample) => ({ ...sample })) };
  } catch {
    // They are a convenience: without them a price is typed.
    return undefined;
  }
}

/** Why a file is no terms. */
class TermsFileError extends Error {
  /** @param {string} file @param {string} what */
  constructor(file, what) {
    super(`${file} ${what}`);
    this.name = "TermsFileError";
    this.code = "TERMS_NOT_READABLE";
    this.help = "Open the programme's terms.toml.";
  }
}

/** @param {Uint8Array} bytes @param {string} file @param {number | undefined} version @returns {Terms} */
function read(bytes, file, version) {
  const hash = engine().then(({ fileHash }) => fileHash(bytes)).catch(() => undefined);
  try {
    return { table: parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), file, version, hash };
  } catch {
    throw new TermsFileError(file, "cannot be read as TOML");
  }
}

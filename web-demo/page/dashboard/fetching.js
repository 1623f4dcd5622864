// @ts-check
/**
 * Fetches one file of the published folder, within bounds of size and time.
 *
 * The host is not trusted: a file may be missing, endless, slow, or something else than its name says.
 */

const FOLDER = new URL("../published/", import.meta.url);
const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/**
 * The largest size of each kind of file, in bytes, and how long to wait for it, in milliseconds.
 *
 * @type {Readonly<Record<FileKind, { bytes: number, milliseconds: number }>>}
 */
const BOUNDS = Object.freeze({
  index: { bytes: 4 * MEBIBYTE, milliseconds: 20_000 },
  invites: { bytes: 16 * MEBIBYTE, milliseconds: 20_000 },
  ledger: { bytes: 4 * KIBIBYTE, milliseconds: 20_000 },
  replacements: { bytes: 16 * MEBIBYTE, milliseconds: 20_000 },
  replacement: { bytes: 64 * KIBIBYTE, milliseconds: 20_000 },
  terms: { bytes: 256 * KIBIBYTE, milliseconds: 20_000 },
  summary: { bytes: 16 * MEBIBYTE, milliseconds: 30_000 },
  statement: { bytes: 8 * MEBIBYTE, milliseconds: 30_000 },
  claim: { bytes: 64 * KIBIBYTE, milliseconds: 20_000 },
  records: { bytes: 96 * MEBIBYTE, milliseconds: 120_000 },
});

/** @typedef {"index" | "invites" | "ledger" | "replacements" | "replacement" | "terms" | "summary" | "statement" | "claim" | "records"} FileKind */

/**
 * Why a file of the published folder cannot be used.
 *
 * Codes: `MISSING_FILE`, `TOO_LARGE`, `TOO_SLOW`, `UNREACHABLE`, `NOT_READABLE`, `NOT_PUBLISHED`.
 */
export class PublishedError extends Error {
  /**
   * @param {string} code
   * @param {string} file path below `published/`
   * @param {string} sentence what is wrong, for people
   * @param {string} help what to do about it
   */
  constructor(code, file, sentence, help) {
    super(sentence);
    this.name = "PublishedError";
    this.code = code;
    this.file = file;
    this.help = help;
  }
}

/**
 * Returns the address of a file below `published/`.
 *
 * @param {string[]} path the parts of its path, not yet encoded
 * @returns {string}
 */
export function fileUrl(path) {
  return new URL(path.map(encodeURIComponent).join("/"), FOLDER).href;
}

/**
 * Fetches a file.
 *
 * @param {FileKind} kind
 * @param {string[]} path the parts of its path below `published/`
 * @returns {Promise<Uint8Array>}
 * @throws {PublishedError} it is missing, too large, too slow, or the host does not answer
 */
export async function fetchFile(kind, path) {
  const bounds = BOUNDS[kind];
  const name = path.join("/");
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), bounds.milliseconds);
  try {
    const response = await fetch(fileUrl(path), {
      signal: clock.signal,
      cache: "no-cache",
      credentials: "same-origin",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) throw refused(name, response.status);
    return await readBody(response, name, bounds.bytes);
  } catch (error) {
    if (error instanceof PublishedError) throw error;
    if (clock.signal.aborted) {
      const seconds = Math.round(bounds.milliseconds / 1000);
      const sentence = `The file ${name} did not arrive within ${seconds} seconds.`;
      throw new PublishedError("TOO_SLOW", name, sentence, "Check your connection, then try again.");
    }
    const sentence = `The file ${name} could not be fetched.`;
    const help = "You may be offline, or the site may be unreachable. Try again.";
    throw new PublishedError("UNREACHABLE", name, sentence, help);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {string} name
 * @param {number} status
 * @returns {PublishedError}
 */
function refused(name, status) {
  if (status === 404 || status === 410) {
    const help = "Ask the programme to publish it, or look at another month.";
    return new PublishedError("MISSING_FILE", name, `The file ${name} is not published here.`, help);
  }
  const sentence = `The site answers ${status} for the file ${name}.`;
  return new PublishedError("UNREACHABLE", name, sentence, "Try again later.");
}

/**
 * @param {Response} response
 * @param {string} name
 * @param {number} most
 * @returns {Promise<Uint8Array>}
 */
async function readBody(response, name, most) {
  const body = response.body;
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  /** @type {Uint8Array[]} */
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    // The announced length is not believed: what arrives is counted.
    if (length > most) {
      await reader.cancel();
      throw tooLarge(name, most);
    }
    pieces.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.byteLength;
  }
  return bytes;
}

/**
 * @param {string} name
 * @param {number} most
 * @returns {PublishedError}
 */
function tooLarge(name, most) {
  const size = most >= MEBIBYTE ? `${most / MEBIBYTE} MiB` : `${most / KIBIBYTE} KiB`;
  const help = "Such a file is no file of this programme. Ask the programme what happened to it.";
  return new PublishedError("TOO_LARGE", name, `The file ${name} is larger than ${size}.`, help);
}

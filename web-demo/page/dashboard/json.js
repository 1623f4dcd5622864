// @ts-check
/** Reads JSON that nobody vouches for. */

import { PublishedError } from "./fetching.js";

/**
 * Reads JSON text from bytes.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {unknown}
 */
export function readJson(bytes, file) {
  return parsed(text(bytes, file), file);
}

/**
 * Reads a document in which no field stands twice: one reader would see one value of it, and another the other.
 *
 * @param {Uint8Array} bytes
 * @param {string} file
 * @returns {unknown}
 */
export function readDocument(bytes, file) {
  const written = text(bytes, file);
  const value = parsed(written, file);
  if (names(written) !== fields(value)) throw unreadable(file, " says a thing twice");
  return value;
}

/** @param {Uint8Array} bytes @param {string} file */
function text(bytes, file) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable(file, " is not JSON");
  }
}

/** @param {string} written @param {string} file @returns {unknown} */
function parsed(written, file) {
  try {
    return JSON.parse(written);
  } catch {
    throw unreadable(file, " is not JSON");
  }
}

/** How many names of fields stand in a JSON text: strings with a colon behind. @param {string} written */
function names(written) {
  let count = 0;
  for (let at = written.indexOf('"'); at !== -1; at = written.indexOf('"', at + 1)) {
    do at = written.indexOf('"', at + 1);
    while (isEscaped(written, at));
    let next = at + 1;
    while (" \t\r\n".includes(written.charAt(next)) && next < written.length) next += 1;
    if (written.charAt(next) === ":") count += 1;
  }
  return count;
}

/** Whether an odd number of strokes stands before a quote. @param {string} written @param {number} quote */
function isEscaped(written, quote) {
  let first = quote;
  while (written.charAt(first - 1) === "\\") first -= 1;
  return (quote - first) % 2 === 1;
}

/** How many fields a value has, with those of the values in it. @param {unknown} value */
function fields(value) {
  let count = 0;
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null) continue;
    const values = Object.values(one);
    if (!Array.isArray(one)) count += values.length;
    for (const each of values) open.push(each);
  }
  return count;
}

/**
 * Returns the error of a file that is not what it should be.
 *
 * @param {string} file
 * @param {string} what the rest of the sentence, with the space or colon before it
 * @returns {PublishedError}
 */
export function unreadable(file, what) {
  const help = "It may be damaged, or of a newer version than this page. Ask the programme to publish it again.";
  return new PublishedError("NOT_READABLE", file, `The file ${file}${what}.`, help);
}

// @ts-check
// How many bytes a page loads: as they are, with gzip, with brotli.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** @typedef {{ raw: number, gzip: number, brotli: number }} Sizes */

/** @param {string[]} files each is compressed alone, as a server sends it @returns {Sizes} */
export function sizesOf(files) {
  const sum = { raw: 0, gzip: 0, brotli: 0 };
  for (const bytes of files.map((file) => readFileSync(file))) {
    sum.raw += bytes.length;
    sum.gzip += gzipSync(bytes, { level: 9 }).length;
    sum.brotli += brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
  }
  return sum;
}

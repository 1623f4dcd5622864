// @ts-check
/** Reads what the page hands to the element: terms, price, creators. */

import { LinkError, readLink } from "../calculator/link.js";
import { parse } from "../vendor/smol-toml/index.js";

/** @typedef {import("../wasm/calculator.js").TermsTable} TermsTable */
/** @typedef {import("../calculator/plan.js").Row} Row */
/** @typedef {{ usd: string, tokens: string }} Ratio */

const MOST_BYTES = 256 * 1024;
const PATIENCE = 20_000;
const EXAMPLE = "1500_30_1-7500_60_2";

/** Why the element cannot compute. */
export class RewardCalculatorError extends Error {
  /** @param {string} code @param {string} message @param {string} help */
  constructor(code, message, help) {
    super(message);
    this.name = "RewardCalculatorError";
    this.code = code;
    this.help = help;
  }
}

/**
 * Returns the price of the attribute.
 *
 * @param {string | null} text `1250/21000`
 * @returns {Ratio}
 */
export function readPrice(text) {
  const [usd, tokens, ...rest] = (text ?? "").split("/").map((part) => part.trim());
  if (usd && tokens && rest.length === 0) return { usd, tokens };
  throw new RewardCalculatorError("ATTRIBUTE_PRICE", "The attribute `price` is no price.", "Write the dollars and the tokens that they buy, such as 1250/21000.");
}

/**
 * Returns the creators of the attribute, or an example.
 *
 * @param {string | null} text
 * @returns {Row[]}
 */
export function readCreators(text) {
  try {
    return readLink(new URLSearchParams({ c: text ?? EXAMPLE }))?.rows ?? [];
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    throw new RewardCalculatorError("ATTRIBUTE_CREATORS", "The attribute `creators` cannot be read.", "Write them as in a shared link, such as 1500_30_1-7500_60_2.");
  }
}

/**
 * Fetches the terms file, within bounds of size and time.
 *
 * @param {string | null} address
 * @param {string} base
 * @returns {Promise<TermsTable>}
 */
export async function fetchTerms(address, base) {
  if (address === null || address === "") {
    throw new RewardCalculatorError("ATTRIBUTE_TERMS", "The attribute `terms` is missing.", "Write the address of the programme's terms file.");
  }
  const text = await fetchText(new URL(address, base));
  try {
    return parse(text);
  } catch {
    throw new RewardCalculatorError("TERMS_NOT_READABLE", "The terms file cannot be read as TOML.", "Check the address in the attribute `terms`.");
  }
}

/** @param {URL} url */
async function fetchText(url) {
  const help = "Check the address in the attribute `terms`, and whether its host allows other sites to read it.";
  const response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
  if (response === undefined || !response.ok) throw new RewardCalculatorError("TERMS_MISSING", "The terms file could not be fetched.", help);
  const reader = response.body?.getReader();
  const decoder = new TextDecoder("utf-8");
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return text + decoder.decode();
    size += value.byteLength;
    if (size > MOST_BYTES) {
      await reader?.cancel();
      throw new RewardCalculatorError("TERMS_TOO_LARGE", "The terms file is larger than any terms.", help);
    }
    text += decoder.decode(value, { stream: true });
  }
}

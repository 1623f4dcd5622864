// @ts-check
/** What a wallet answers or throws, as one of the known shapes: everything else is refused. */

/** A wallet that refused, failed, or gave an answer that cannot be one. */
export class WalletError extends Error {
  /**
   * @param {string} code stable, e.g. `REJECTED`
   * @param {string} message
   * @param {string} help what to do, one sentence
   * @param {string} [data] what the contract answered when it reverted, hex text
   */
  constructor(code, message, help, data) {
    super(message);
    this.name = "WalletError";
    this.code = code;
    this.help = help;
    this.data = data;
  }
}

const MOST_ANSWER = 2 * 1024 * 1024;

/**
 * An answer as it would be had it come over a wire: text, numbers, lists and fields of its own, and nothing that acts
 * when it is looked at, or is something else at the second look.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
export function plain(value) {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    throw nonsense("data");
  }
}

/** A number as nodes write it, or a refusal. @param {unknown} value @returns {bigint} */
export function quantity(value) {
  if (typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value)) return BigInt(value);
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw nonsense("a number");
}

/** Bytes as nodes write them, or a refusal. @param {unknown} value @param {number} [most] digits @returns {string} */
export function hexBytes(value, most = MOST_ANSWER) {
  if (typeof value === "string" && value.length <= most && /^0x([0-9a-f]{2})*$/i.test(value)) return value.toLowerCase();
  throw nonsense("bytes");
}

/** A hash of 32 bytes, or a refusal. @param {unknown} value @returns {string} */
export function hash(value) {
  if (typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw nonsense("a hash");
}

/** An answer that cannot be one. @param {string} expected */
export function nonsense(expected) {
  return new WalletError("BAD_ANSWER", `the wallet answered something that is not ${expected}`, "Try again; if it stays so, use another wallet or network node.");
}

/** A list of accounts, or a refusal. @param {unknown} value @returns {string[]} */
export function addresses(value) {
  if (!Array.isArray(value) || value.length > 1000) throw nonsense("a list of accounts");
  return value.map((each) => {
    if (typeof each !== "string" || !/^0x[0-9a-f]{40}$/i.test(each)) throw nonsense("an account");
    return each;
  });
}

/** What a wallet threw, as one of the known kinds. @param {unknown} reason */
export function understood(reason) {
  try {
    return recognized(reason);
  } catch {
    return nonsense("an error"); // Even looking at it failed.
  }
}

/** @param {unknown} reason */
function recognized(reason) {
  const thrown = /** @type {any} */ (typeof reason === "object" && reason !== null ? reason : { message: reason });
  const said = typeof thrown.message === "string" ? thrown.message.slice(0, 300) : "no reason given";
  const code = typeof thrown.code === "string" && /^-?\d{1,6}$/.test(thrown.code) ? Number(thrown.code) : thrown.code;
  const data = revertData(thrown, 0);
  if (code === 4001 || code === "ACTION_REJECTED") {
    return new WalletError("REJECTED", "you said no in the wallet", "You can try again at any time.");
  }
  if (data !== undefined) return new WalletError("REVERTED", `the contract refused: ${said}`, "A refusal moves nothing.", data);
  if (code === 4100) return new WalletError("UNAUTHORIZED", "the wallet does not let this page use the account", "Connect the wallet again.");
  if (code === 4200 || code === -32601) return new WalletError("UNSUPPORTED", "the wallet does not know this question", "Use another wallet.");
  if (code === 4900 || code === 4901) return new WalletError("DISCONNECTED", "the wallet has no connection to the network", "Check the connection and the network in the wallet, then try again.");
  if (code === 4902 || /unrecognized chain/i.test(said)) {
    return new WalletError("UNKNOWN_NETWORK", "the wallet does not know this network", "Add the network in the wallet, then try again.");
  }
  if (code === -32002) return new WalletError("ALREADY_ASKED", "the wallet is already asking you something", "Open the wallet and answer its open question first.");
  if (/insufficient funds/i.test(said)) return new WalletError("NO_ETHER", "the sending account has too little ether for gas", "Send it a little ether, or let another account send: the money goes to the claim's account all the same.");
  if (/execution reverted|\brevert/i.test(said)) return new WalletError("REVERTED", `the contract refused: ${said}`, "A refusal moves nothing.", "0x");
  return new WalletError("NODE_FAILED", `the wallet's network node failed: ${said}`, "Try again in a moment; if it stays so, choose another network node in the wallet.");
}

/** Where wallets and nodes hide a revert's bytes. @param {any} thrown @param {number} depth @returns {string | undefined} */
function revertData(thrown, depth) {
  if (typeof thrown === "string") return thrown.length <= 20_000 ? /^(?:Reverted )?(0x(?:[0-9a-f]{2}){4,})$/i.exec(thrown)?.[1]?.toLowerCase() : undefined;
  if (typeof thrown !== "object" || thrown === null || depth > 4) return undefined;
  for (const key of ["data", "originalError", "error", "cause", "result", "output"]) {
    const data = revertData(thrown[key], depth + 1);
    if (data !== undefined) return data;
  }
  return undefined;
}

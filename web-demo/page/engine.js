// @ts-check
/** Loads the rules: each WASM build once, when it is first asked for. */

/** @typedef {typeof import("./wasm/calculator.js")} Calculator */
/** @typedef {typeof import("./wasm/ambassador.js")} Engine */

/** @type {Promise<Calculator> | undefined} */
let small;
/** @type {Promise<Engine> | undefined} */
let full;

/** Returns the build that computes rewards. @returns {Promise<Calculator>} */
export function calculator() {
  small ??= load(() => import("./wasm/calculator.js")).catch((error) => {
    small = undefined;
    throw error;
  });
  return small;
}

/** Returns the build that also reads statements and claims. @returns {Promise<Engine>} */
export function engine() {
  full ??= load(() => import("./wasm/ambassador.js")).catch((error) => {
    full = undefined;
    throw error;
  });
  return full;
}

/** Why the rules could not be loaded. */
export class EngineError extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super("The rules of the programme could not be loaded.", { cause });
    this.name = "EngineError";
    this.code = "RULES_NOT_LOADED";
    this.help = "Check your connection and reload the page. Your browser must allow WebAssembly.";
  }
}

/**
 * @template {{ default: (source?: any) => Promise<unknown> }} M
 * @param {() => Promise<M>} fetchModule
 * @returns {Promise<M>}
 */
async function load(fetchModule) {
  try {
    const module = await fetchModule();
    await module.default();
    return module;
  } catch (error) {
    throw new EngineError(error);
  }
}

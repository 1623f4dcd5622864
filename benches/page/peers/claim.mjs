// @ts-check
// What a page must know of a claim, whichever library it uses.
const word = (/** @type {string} */ name) => ({ name, type: "uint256" });

export const types = {
  Claim: [
    { name: "account", type: "address" },
    ...["index", "from", "to", "amount", "validUntil"].map(word),
    { name: "statement", type: "bytes32" },
  ],
};

/** `redeem` with the compact signature of EIP-2098. */
export const abi = /** @type {const} */ ([
  {
    type: "function",
    name: "redeem",
    stateMutability: "nonpayable",
    inputs: [
      { name: "c", type: "tuple", components: types.Claim },
      { name: "r", type: "bytes32" },
      { name: "vs", type: "bytes32" },
    ],
    outputs: [],
  },
]);

const decoder = new TextDecoder();

/** @param {Uint8Array} bytes a claim's file */
export const parse = (bytes) => JSON.parse(decoder.decode(bytes));

/** @param {string} what @param {string} found @param {string} stated */
export function expectEqual(what, found, stated) {
  if (found !== stated) throw new Error(`the ${what} is ${found}, not ${stated}`);
}

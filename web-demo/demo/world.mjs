// @ts-check
// A local chain, and a programme on it whose months are closed, funded, and wait to be redeemed.
import { startChain } from "./chain.mjs";
import { copyProgramme, exampleSigner, giveKeys } from "./programme.mjs";

/**
 * @typedef {object} WorldOptions
 * @property {string} binary the signer
 * @property {string[]} [months] to close, in order
 * @property {"funded" | "empty"} [contract] whether it gets what the months owe
 * @property {"example's" | "node's"} [payees] the node signs messages of its own accounts only
 */
/** @typedef {Awaited<ReturnType<typeof startWorld>>} World */

/** @param {WorldOptions & Partial<import("./chain.mjs").ChainOptions>} options */
export async function startWorld({ binary, months = ["2020-12"], contract = "funded", payees: whose = "example's", signer = exampleSigner(), ...rest }) {
  const chain = await startChain({ signer, ...rest });
  try {
    const programme = copyProgramme(chain, binary);
    if (whose === "node's") giveKeys(programme.folder, chain.accounts.slice(3, -1));
    /** @type {Map<string, import("./programme.mjs").Account>} */
    const payees = new Map();
    for (const month of months) {
      const total = programme.close(month);
      if (contract === "funded") await chain.fund(total);
      for (const payee of programme.payees(month)) payees.set(payee.address, payee);
    }
    for (const { address } of payees.values()) {
      if (!chain.accounts.includes(address)) await chain.impersonate(address);
    }
    // Anybody may send a claim, so there is somebody to try it.
    const people = [...payees.values(), { name: "Somebody else", address: chain.stranger }];
    return { chain, programme, people, stop: chain.stop };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

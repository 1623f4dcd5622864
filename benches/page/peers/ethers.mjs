// @ts-check
// The claim check as a page would write it with ethers.
import { Interface, Signature, TypedDataEncoder, recoverAddress } from "ethers";
import { abi, expectEqual, parse, types } from "./claim.mjs";

const payouts = new Interface(abi);
const hash = (/** @type {any} */ { domain, claim }) => TypedDataEncoder.hash(domain, types, claim);

/** @param {Uint8Array} bytes */
export const digest = (bytes) => hash(parse(bytes));

/** @param {Uint8Array} bytes */
export function readClaim(bytes) {
  const document = parse(bytes);
  const digest = hash(document);
  expectEqual("digest", digest, document.digest);
  const signature = Signature.from(document.signature);
  const signer = recoverAddress(digest, signature);
  expectEqual("signer", signer, document.signer);
  const calldata = payouts.encodeFunctionData("redeem", [document.claim, signature.r, signature.yParityAndS]);
  expectEqual("calldata", calldata, document.calldata);
  return { ...document.claim, digest, signer };
}

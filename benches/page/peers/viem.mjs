// @ts-check
// The claim check as a page would write it with viem.
import { encodeFunctionData, hashTypedData, parseSignature, recoverAddress, signatureToCompactSignature } from "viem";
import { abi, expectEqual, parse, types } from "./claim.mjs";

const hash = (/** @type {any} */ { domain, claim }) =>
  hashTypedData({ domain, types, primaryType: "Claim", message: claim });

/** @param {Uint8Array} bytes */
export const digest = (bytes) => hash(parse(bytes));

/** @param {Uint8Array} bytes */
export async function readClaim(bytes) {
  const document = parse(bytes);
  const digest = hash(document);
  expectEqual("digest", digest, document.digest);
  const signer = await recoverAddress({ hash: digest, signature: document.signature });
  expectEqual("signer", signer, document.signer);
  const { r, yParityAndS } = signatureToCompactSignature(parseSignature(document.signature));
  const calldata = encodeFunctionData({ abi, functionName: "redeem", args: [document.claim, r, yParityAndS] });
  expectEqual("calldata", calldata, document.calldata);
  return { ...document.claim, digest, signer };
}

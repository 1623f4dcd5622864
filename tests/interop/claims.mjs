// @ts-check
// What viem and ethers make of a claim's file, under the domain that the contract states.
// stdin  { claim: the file's text, domain }
// stdout { viem: { digest, signer, forged }, ethers: the same, calldata: { function, claim: [7 fields] } }
//        forged: whether the signature also passes for another amount
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { Interface, TypedDataEncoder, verifyTypedData } from 'ethers'
import { hashTypedData, recoverTypedDataAddress } from 'viem'

const { claim: file, domain } = JSON.parse(await text(process.stdin))
const { claim, signature, signer, calldata } = JSON.parse(file)
const types = {
  Claim: [
    { name: 'account', type: 'address' },
    { name: 'index', type: 'uint256' },
    { name: 'from', type: 'uint256' },
    { name: 'to', type: 'uint256' },
    { name: 'amount', type: 'uint256' },
    { name: 'validUntil', type: 'uint256' },
    { name: 'statement', type: 'bytes32' },
  ],
}
const more = { ...claim, amount: `${BigInt(claim.amount) + 1n}` }
const typed = (/** @type {any} */ message) => ({ domain, types, primaryType: /** @type {const} */ ('Claim'), message })

const artifact = new URL('../../contracts/AmbassadorPayouts.json', import.meta.url)
const { abi } = JSON.parse(readFileSync(artifact, 'utf8'))
const call = new Interface(abi).parseTransaction({ data: calldata })

process.stdout.write(JSON.stringify({
  viem: {
    digest: hashTypedData(typed(claim)),
    signer: await recoverTypedDataAddress({ ...typed(claim), signature }),
    forged: await recoverTypedDataAddress({ ...typed(more), signature }) === signer,
  },
  ethers: {
    digest: TypedDataEncoder.hash(domain, types, claim),
    signer: verifyTypedData(domain, types, claim, signature),
    forged: verifyTypedData(domain, types, more, signature) === signer,
  },
  calldata: { function: call?.name, claim: [...call?.args[0]].map(String) },
}))

// @ts-check
// What viem and ethers sign.
// stdin  { key, digests }
// stdout { address, viem: [65 bytes], ethers: [65 bytes], compact: [64 bytes, EIP-2098] }
import { text } from 'node:stream/consumers'
import { SigningKey } from 'ethers'
import { privateKeyToAddress, sign } from 'viem/accounts'

const { key, digests } = JSON.parse(await text(process.stdin))
const signatures = digests.map((/** @type {string} */ digest) => new SigningKey(key).sign(digest))

process.stdout.write(JSON.stringify({
  address: privateKeyToAddress(key).toLowerCase(),
  viem: await Promise.all(
    digests.map((/** @type {`0x${string}`} */ hash) => sign({ hash, privateKey: key, to: 'hex' })),
  ),
  ethers: signatures.map((/** @type {import('ethers').Signature} */ one) => one.serialized),
  compact: signatures.map((/** @type {import('ethers').Signature} */ one) => one.compactSerialized),
}))

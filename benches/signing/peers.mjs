// @ts-check
// Signs the claims that each line names by viem or by ethers, as the argument says; the claims are those of `digest` in src/main.rs.
// stdin  "sign FIRST COUNT" or "show FIRST COUNT"
// stdout "done", or the signatures' r and s in hexadecimal, one after the other
import { createInterface } from 'node:readline'
import { SigningKey, concat, keccak256 as ethersKeccak } from 'ethers'
import { keccak256 as viemKeccak } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const KEY = /** @type {const} */ (`0x${'07'.repeat(32)}`)
const DOMAIN = Uint8Array.from([0x19, 0x01, ...Array(32).fill(3)])

/** @param {number} number @returns {Uint8Array} the eight words of a claim's message */
function words(number) {
  const words = new Uint8Array(256)
  new DataView(words.buffer).setBigUint64(0, BigInt(number))
  return words
}

/** @type {Record<string, (number: number) => Promise<string>>} each returns r and s */
const signers = {
  async viem(number) {
    const message = new Uint8Array(66)
    message.set(DOMAIN)
    message.set(viemKeccak(words(number), 'bytes'), 34)
    return (await account.sign({ hash: viemKeccak(message) })).slice(2, 130)
  },
  async ethers(number) {
    const { r, s } = key.sign(ethersKeccak(concat([DOMAIN, ethersKeccak(words(number))])))
    return r.slice(2) + s.slice(2)
  },
}
const account = privateKeyToAccount(KEY)
const key = new SigningKey(KEY)

const sign = signers[process.argv[2] ?? '']
if (!sign) throw new Error('usage: peers.mjs viem|ethers')
for await (const line of createInterface({ input: process.stdin })) {
  const [what, first, count] = line.split(' ')
  const signatures = []
  for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
    signatures.push(await sign(number))
  }
  process.stdout.write(`${what === 'show' ? signatures.join('') : 'done'}\n`)
}

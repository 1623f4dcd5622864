// @ts-check
// What ethers and viem sign when they are given files of `sign --typed-data`.
// stdin  { key, files: [text] }
// stdout { ethers: [65 bytes], viem: [65 bytes] }
import { text } from 'node:stream/consumers'
import { Wallet } from 'ethers'
import { privateKeyToAccount } from 'viem/accounts'

const { key, files } = JSON.parse(await text(process.stdin))
const documents = files.map((/** @type {string} */ file) => JSON.parse(file))
const wallet = new Wallet(key)
const account = privateKeyToAccount(key)

process.stdout.write(JSON.stringify({
  // ethers finds the domain's type by itself, and takes no other.
  ethers: await Promise.all(documents.map((/** @type {any} */ { domain, types: { EIP712Domain, ...types }, message }) =>
    wallet.signTypedData(domain, types, message))),
  viem: await Promise.all(documents.map((/** @type {any} */ document) => account.signTypedData(document))),
}))

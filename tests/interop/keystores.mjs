// @ts-check
// Key files by ethers: makes some and opens others.
// stdin  { make: [{ key, password, scrypt? }], open: [{ json, password }] }, scrypt as { N, r, p }
// stdout { made: [json], opened: [{ address, key }] }
import { text } from 'node:stream/consumers'
import { decryptKeystoreJson, encryptKeystoreJson, toUtf8Bytes, Wallet } from 'ethers'

const { make, open } = JSON.parse(await text(process.stdin))

const made = []
for (const { key, password, scrypt } of make) {
  const account = { address: new Wallet(key).address, privateKey: key }
  made.push(await encryptKeystoreJson(account, toUtf8Bytes(password), { scrypt }))
}

const opened = []
for (const { json, password } of open) {
  const account = await decryptKeystoreJson(json, toUtf8Bytes(password))
  opened.push({ address: account.address.toLowerCase(), key: account.privateKey })
}

process.stdout.write(JSON.stringify({ made, opened }))

// @ts-check
// What viem and ethers make of a contract's creation (EIP-1559), and of the calls in a batch for a Safe.
// stdin  { key, creations: [{ chainId, nonce, priorityFee, fee, gas, data }], batches: [text] }
// stdout { viem: [bytes], ethers: [bytes], created: [address], calls: [[{ to, value, data }]] }
import { text } from 'node:stream/consumers'
import { Interface, Transaction, Wallet, getCreateAddress } from 'ethers'
import { privateKeyToAccount } from 'viem/accounts'

const { key, creations, batches } = JSON.parse(await text(process.stdin))
const [account, wallet] = [privateKeyToAccount(key), new Wallet(key)]

/** @param {any} one */
const byViem = ({ chainId, nonce, priorityFee, fee, gas, data }) =>
  account.signTransaction({
    type: 'eip1559', chainId, nonce, gas: BigInt(gas), data,
    maxPriorityFeePerGas: BigInt(priorityFee), maxFeePerGas: BigInt(fee),
  })

/** @param {any} one */
const byEthers = ({ chainId, nonce, priorityFee, fee, gas, data }) =>
  wallet.signTransaction(Transaction.from({
    type: 2, chainId, nonce, gasLimit: BigInt(gas), data,
    maxPriorityFeePerGas: BigInt(priorityFee), maxFeePerGas: BigInt(fee),
  }))

/** @param {any} call */
function encode({ to, value, data, contractMethod, contractInputsValues }) {
  if (data) return { to, value, data }
  const { name, inputs } = contractMethod
  const types = inputs.map((/** @type {any} */ input) => `${input.type} ${input.name}`)
  const values = inputs.map((/** @type {any} */ input) => contractInputsValues[input.name])
  const contract = new Interface([`function ${name}(${types.join(', ')})`])
  return { to, value, data: contract.encodeFunctionData(name, values) }
}

process.stdout.write(JSON.stringify({
  viem: await Promise.all(creations.map(byViem)),
  ethers: await Promise.all(creations.map(byEthers)),
  created: creations.map((/** @type {any} */ { nonce }) => getCreateAddress({ from: wallet.address, nonce })),
  calls: batches.map((/** @type {string} */ batch) => JSON.parse(batch).transactions.map(encode)),
}))

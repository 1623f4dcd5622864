// @ts-check
// What viem and ethers make of an acceptance's file, and what they sign of typed data.
// stdin  { acceptance: the file's text, key, typedData: [text] }
// stdout { viem: { invite, acceptance, ambassador, account }, ethers: the same, signed: [65 bytes by viem] }
//        digests, and the accounts that the signatures lead to
import { text } from 'node:stream/consumers'
import { TypedDataEncoder, verifyTypedData } from 'ethers'
import { hashTypedData, recoverTypedDataAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

const { acceptance: file, key, typedData } = JSON.parse(await text(process.stdin))
const { invite, acceptance, signature } = JSON.parse(file)
const { domain } = invite
const members = (/** @type {string} */ list) => list.split(',').map((member) => {
  const [type, name] = member.split(' ')
  return { name, type }
})
const Invite = members('address ambassador,string creator,bytes32 terms,uint256 expires')
const Acceptance = members('bytes32 invite,string creator,string coin,address account,uint256 acceptedAt')
const typed = [
  { domain, types: { Invite }, primaryType: 'Invite', message: invite.invite, signature: invite.signature },
  { domain, types: { Acceptance }, primaryType: 'Acceptance', message: acceptance, signature },
]
const [ofInvite, ofAcceptance] = /** @type {any[]} */ (typed)

process.stdout.write(JSON.stringify({
  viem: {
    invite: hashTypedData(ofInvite),
    acceptance: hashTypedData(ofAcceptance),
    ambassador: await recoverTypedDataAddress(ofInvite),
    account: await recoverTypedDataAddress(ofAcceptance),
  },
  ethers: {
    invite: TypedDataEncoder.hash(domain, { Invite }, invite.invite),
    acceptance: TypedDataEncoder.hash(domain, { Acceptance }, acceptance),
    ambassador: verifyTypedData(domain, { Invite }, invite.invite, invite.signature),
    account: verifyTypedData(domain, { Acceptance }, acceptance, signature),
  },
  signed: await Promise.all(typedData.map((/** @type {string} */ data) => privateKeyToAccount(key).signTypedData(JSON.parse(data)))),
}))

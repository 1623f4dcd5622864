//! The contract deployed and funded, and the ways to redeem from it.

use std::fmt::Debug;

use alloy_sol_types::{SolCall, SolConstructor as _, SolError, SolInterface as _, SolStruct as _};
use k256::ecdsa::SigningKey;
use revm::primitives::{Address, B256, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Signed, Token},
    build,
    claims::{NOW, Signature, address_of, domain, key, role, sign, tokens},
    evm::{Chain, Outcome},
};

/// The contract's largest claim, in whole tokens.
pub(super) const MAX_CLAIM: u64 = 40_000;
/// The contract's daily cap, in whole tokens.
pub(super) const CAP: u32 = 100_000;
/// What the contract holds at first, in whole tokens.
pub(super) const FUNDS: u64 = 1_000_000;

/// One deployment. A clone is a snapshot.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) chain: Chain,
    pub(super) token: Address,
    pub(super) payouts: Address,
    pub(super) key: SigningKey,
}

/// Constructor arguments.
#[derive(Clone, Debug)]
pub(super) struct Deployment {
    pub(super) token: Address,
    pub(super) treasury: Address,
    pub(super) owner: Address,
    pub(super) guardian: Address,
    pub(super) signer: Address,
    pub(super) signer_is_contract: bool,
    pub(super) daily_cap: u32,
    pub(super) max_claim: U256,
}

/// The four doors of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Compact,
    Bytes,
    To,
    Many,
}

/// All four.
pub(super) const ENTRIES: [Entry; 4] = [Entry::Compact, Entry::Bytes, Entry::To, Entry::Many];

impl World {
    /// A fresh chain with an ordinary token and a metered contract.
    pub(super) fn new() -> Self {
        Self::with("PlainToken", |_| ())
    }

    /// A fresh chain with the token of this name and changed constructor arguments.
    pub(super) fn with(token: &str, change: impl FnOnce(&mut Deployment)) -> Self {
        let mut chain = Chain::new(1, NOW);
        let supply = (tokens(FUNDS) * U256::from(10)).to_be_bytes::<32>();
        let token = chain.deploy(role("minter"), &build::double(token), &supply).unwrap();
        let mut deployment = Deployment::of(token);
        change(&mut deployment);
        let payouts = deployment.deploy(&mut chain).unwrap();
        let mut world = Self { chain, token, payouts, key: key("signer") };
        let fund = Token::transferCall { to: payouts, amount: tokens(FUNDS) };
        world.chain.send(role("minter"), token, &fund).unwrap();
        world
    }

    /// Sends a call to the contract.
    pub(super) fn call<C: SolCall>(&mut self, from: Address, call: &C) -> Outcome<C::Return> {
        self.chain.send(from, self.payouts, call)
    }

    /// Reads the contract.
    pub(super) fn read<C: SolCall>(&self, call: &C) -> C::Return {
        self.chain.read(self.payouts, call)
    }

    /// Base units of the token that `account` has.
    pub(super) fn balance(&self, account: Address) -> U256 {
        self.chain.read(self.token, &Token::balanceOfCall { account })
    }

    /// Whether the contract counts this month as settled.
    pub(super) fn is_settled(&self, index: u64, month: u64) -> bool {
        self.read(&Payouts::isSettledCall { index: U256::from(index), month: U256::from(month) })
    }

    /// The EIP-712 digest of a claim on this deployment.
    pub(super) fn digest(&self, claim: &Claim) -> B256 {
        claim.eip712_signing_hash(&domain(self.chain.id, self.payouts))
    }

    /// Signs with the programme's key.
    pub(super) fn sign(&self, claim: &Claim) -> Signature {
        sign(&self.key, self.digest(claim))
    }

    /// A claim with its good signature.
    pub(super) fn signed(&self, claim: &Claim) -> Signed {
        let signature = self.sign(claim);
        Signed { claim: claim.clone(), r: signature.r, vs: signature.vs() }
    }

    /// Redeems with a good signature and the compact entry point.
    pub(super) fn redeem(&mut self, claim: &Claim) -> Outcome<()> {
        self.submit(Entry::Compact, claim, &self.sign(claim))
    }

    /// Redeems with a good signature.
    pub(super) fn redeem_by(&mut self, entry: Entry, claim: &Claim) -> Outcome<()> {
        self.submit(entry, claim, &self.sign(claim))
    }

    /// Redeems with this signature. A stranger sends it, except where only the account may: it sends to `elsewhere`.
    pub(super) fn submit(&mut self, entry: Entry, claim: &Claim, signature: &Signature) -> Outcome<()> {
        let (c, r, vs) = (claim.clone(), signature.r, signature.vs());
        let stranger = role("stranger");
        match entry {
            Entry::Compact => self.call(stranger, &Payouts::redeem_0Call { c, r, vs }).map(drop),
            Entry::Bytes => {
                let signature = signature.bytes();
                self.call(stranger, &Payouts::redeem_1Call { c, signature }).map(drop)
            }
            Entry::To => {
                let (account, signature, to) = (c.account, signature.bytes(), role("elsewhere"));
                self.call(account, &Payouts::redeemToCall { c, signature, to }).map(drop)
            }
            Entry::Many => self.submit_many(vec![Signed { claim: c, r, vs }]).map(drop),
        }
    }

    /// Redeems many with good signatures.
    pub(super) fn redeem_many(&mut self, claims: &[Claim]) -> Outcome<U256> {
        self.submit_many(claims.iter().map(|claim| self.signed(claim)).collect())
    }

    /// Redeems many as they are.
    pub(super) fn submit_many(&mut self, s: Vec<Signed>) -> Outcome<U256> {
        self.call(role("stranger"), &Payouts::redeemManyCall { s })
    }
}

impl Deployment {
    /// The fixture's arguments.
    pub(super) fn of(token: Address) -> Self {
        Self {
            token,
            treasury: role("treasury"),
            owner: role("owner"),
            guardian: role("guardian"),
            signer: address_of(&key("signer")),
            signer_is_contract: false,
            daily_cap: CAP,
            max_claim: tokens(MAX_CLAIM),
        }
    }

    /// Deploys the contract under test.
    pub(super) fn deploy(&self, chain: &mut Chain) -> Outcome<Address> {
        let arguments = Payouts::constructorCall {
            token: self.token,
            treasury: self.treasury,
            owner: self.owner,
            guardian: self.guardian,
            signer: self.signer,
            signerIsContract: self.signer_is_contract,
            dailyCap: self.daily_cap,
            maxClaim: self.max_claim,
        };
        chain.deploy(role("deployer"), &build::subject(), &arguments.abi_encode())
    }
}

/// Requires a revert with exactly this error.
#[track_caller]
pub(super) fn assert_reverts<T: Debug>(outcome: &Outcome<T>, error: &impl SolError) {
    assert_reverts_with(outcome, &error.abi_encode());
}

/// Requires a revert with exactly these bytes.
#[track_caller]
pub(super) fn assert_reverts_with<T: Debug>(outcome: &Outcome<T>, error: &[u8]) {
    match &outcome.result {
        Err(got) => assert_eq!(say(got), say(error), "the revert says something else"),
        Ok(value) => panic!("wanted {}, the call returns {value:?}", say(error)),
    }
}

/// A revert's bytes in words.
fn say(data: &[u8]) -> String {
    Payouts::AmbassadorPayoutsErrors::abi_decode(data)
        .map_or_else(|_| format!("0x{}", hex::encode(data)), |error| format!("{error:?}"))
}

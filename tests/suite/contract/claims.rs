//! Claims, keys and signatures, and the names of the people in these tests.

use std::{cell::RefCell, collections::BTreeMap};

use alloy_sol_types::Eip712Domain;
use k256::ecdsa::SigningKey;
use revm::primitives::{Address, B256, Bytes, U256, keccak256, uint};

use super::abi::Claim;

/// 2021-01-10T12:00:00Z.
pub(super) const NOW: u64 = 1_610_280_000;
/// Seconds in a day.
pub(super) const DAY: u64 = 86_400;
/// December 2020, the fourth month of its block of 16.
pub(super) const MONTH: u64 = 611;

/// The order of the curve's group.
pub(super) const GROUP_ORDER: U256 = uint!(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141_U256);

/// An ECDSA signature and which of the two points R it means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    pub(super) r: B256,
    pub(super) s: U256,
    pub(super) odd: bool,
}

impl Signature {
    /// The second word of EIP-2098.
    pub(super) fn vs(&self) -> B256 {
        B256::from(self.s | (U256::from(self.odd) << 255))
    }

    /// The 65 bytes r, s, v.
    pub(super) fn bytes(&self) -> Bytes {
        let s = B256::from(self.s);
        [self.r.as_slice(), s.as_slice(), &[27 + u8::from(self.odd)]].concat().into()
    }
}

/// A claim of 100 tokens for December 2020 that is valid for a day more.
pub(super) fn claim(account: Address, index: u64) -> Claim {
    Claim {
        account,
        index: U256::from(index),
        from: U256::from(MONTH),
        to: U256::from(MONTH),
        amount: tokens(100),
        validUntil: U256::from(NOW + DAY),
        statement: keccak256(index.to_string()),
    }
}

/// The same claim for other months.
pub(super) fn for_months(mut claim: Claim, from: u64, to: u64) -> Claim {
    (claim.from, claim.to) = (U256::from(from), U256::from(to));
    claim
}

/// The same claim over another amount of base units.
pub(super) fn over(mut claim: Claim, amount: U256) -> Claim {
    claim.amount = amount;
    claim
}

/// Base units of so many whole tokens of 18 decimals.
pub(super) fn tokens(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(18))
}

/// The address of a role or a person.
pub(super) fn role(name: &str) -> Address {
    thread_local! {
        static KNOWN: RefCell<BTreeMap<String, Address>> = const { RefCell::new(BTreeMap::new()) };
    }
    KNOWN.with_borrow_mut(|known| *known.entry(name.to_owned()).or_insert_with(|| address_of(&key(name))))
}

/// The key of a role or a person.
pub(super) fn key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&keccak256(name).0.into()).expect("a hash below the group order is a key")
}

/// The account of a key.
pub(super) fn address_of(key: &SigningKey) -> Address {
    let point = key.verifying_key().to_sec1_point(false);
    Address::from_slice(&keccak256(&point.as_bytes()[1..])[12..])
}

/// Signs a digest, with low s.
pub(super) fn sign(key: &SigningKey, digest: B256) -> Signature {
    let (signature, recovery) = key.sign_prehash_recoverable(digest.as_slice());
    let (r, s) = signature.split_bytes();
    Signature { r: B256::from_slice(&r), s: U256::from_be_slice(&s), odd: recovery.is_y_odd() }
}

/// The EIP-712 domain of a deployment.
pub(super) fn domain(chain_id: u64, payouts: Address) -> Eip712Domain {
    let name = Some("AmbassadorPayouts".into());
    Eip712Domain::new(name, Some("1".into()), Some(U256::from(chain_id)), Some(payouts), None)
}

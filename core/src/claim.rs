//! The claim and its EIP-712 encoding.

use alloc::string::{String, ToString};

use crate::{
    address::Address,
    calendar::Month,
    diagnostic::Diagnostic,
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    statement::{SettledMonth, Statement},
    terms::Terms,
    token::TokenAmount,
};

/// The name in the domain of every claim contract.
pub const DOMAIN_NAME: &str = "AmbassadorPayouts";
/// The version in the domain of every claim contract.
pub const DOMAIN_VERSION: &str = "1";
/// The EIP-712 type of the domain.
pub const DOMAIN_TYPE: &str = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
/// The EIP-712 type of a claim.
pub const CLAIM_TYPE: &str =
    "Claim(address account,uint256 index,uint256 from,uint256 to,uint256 amount,uint256 validUntil,bytes32 statement)";
/// The hash of [`CLAIM_TYPE`].
pub const CLAIM_TYPE_HASH: Hash32 = Hash32::from_bytes([
    0x44, 0x7b, 0x7b, 0x35, 0x57, 0xf6, 0xe4, 0xac, 0x47, 0x49, 0xe6, 0x04, 0xd7, 0x0f, 0x01, 0xb0, 0x30, 0x02, 0x45,
    0xf0, 0x91, 0x66, 0x5b, 0x9d, 0x25, 0xe5, 0xf2, 0xf8, 0xec, 0x94, 0x5a, 0xeb,
]);

/// Where a claim can be redeemed (EIP-712 domain).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Domain {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// The claim contract.
    pub verifying_contract: Address,
}

impl Domain {
    /// Returns the domain of the claim contract that the terms name.
    pub const fn of(terms: &Terms) -> Self {
        Self { chain_id: terms.token().chain_id, verifying_contract: terms.token().payouts }
    }

    /// Returns the domain separator.
    pub fn separator(&self) -> Hash32 {
        keccak256(&[
            keccak256(&[DOMAIN_TYPE.as_bytes()]).as_bytes(),
            keccak256(&[DOMAIN_NAME.as_bytes()]).as_bytes(),
            keccak256(&[DOMAIN_VERSION.as_bytes()]).as_bytes(),
            &word_of_u128(self.chain_id.into()),
            &word_of_address(&self.verifying_contract),
        ])
    }
}

/// The months that a claim settles: `from` to `to`, both included, in one block of 16 months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MonthRange {
    // INVARIANT: from ≤ to, and from / 16 = to / 16.
    from: Month,
    to: Month,
}

/// Months that one claim cannot settle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{from}` to `{to}` are no months that one claim could settle")]
pub struct MonthRangeError {
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
}

impl Diagnostic for MonthRangeError {
    fn code(&self) -> &'static str {
        "CLAIM_MONTHS"
    }

    fn help(&self) -> String {
        "the last month follows the first, and both lie in one block of 16 months since 1970-01".to_string()
    }
}

impl MonthRange {
    /// Makes a range of one month.
    pub const fn single(month: Month) -> Self {
        Self { from: month, to: month }
    }

    /// Makes a range.
    ///
    /// # Errors
    ///
    /// The months are out of order or lie in two blocks of the contract's storage.
    pub fn new(from: Month, to: Month) -> Result<Self, MonthRangeError> {
        let block = |month: Month| month.as_number() >> 4;
        if from > to || block(from) != block(to) {
            return Err(MonthRangeError { from, to });
        }
        Ok(Self { from, to })
    }

    /// Returns the first month.
    pub const fn from(self) -> Month {
        self.from
    }

    /// Returns the last month.
    pub const fn to(self) -> Month {
        self.to
    }

    /// Returns every month, in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        core::iter::successors(Some(self.from), |month| Some(month.next())).take_while(move |month| *month <= self.to)
    }
}

/// What an ambassador may redeem once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The account that is paid.
    pub account: Address,
    /// The ambassador.
    pub index: AmbassadorIndex,
    /// The months that are settled.
    pub months: MonthRange,
    /// The amount, above zero.
    pub amount: TokenAmount,
    /// The deadline in unix seconds (`validUntil`).
    pub deadline: u64,
    /// The statement hash, so that the signature covers the reason and not only the sum.
    pub statement: Hash32,
}

impl Claim {
    /// Returns the claim of a statement whose bytes have this hash, or `None` where nothing is paid.
    pub fn of(statement: &Statement, month: &SettledMonth, hash: Hash32) -> Option<Self> {
        Some(Self {
            account: statement.account.filter(|_| !statement.amount.is_zero())?,
            index: statement.ambassador.index,
            months: MonthRange::single(month.month),
            amount: statement.amount,
            deadline: month.terms.claims_deadline(month.month).to_unix_seconds(),
            statement: hash,
        })
    }

    /// Returns the static ABI encoding: seven words.
    pub fn to_words(&self) -> [[u8; 32]; 7] {
        [
            word_of_address(&self.account),
            word_of_u128(self.index.as_u32().into()),
            word_of_u128(self.months.from.as_number().into()),
            word_of_u128(self.months.to.as_number().into()),
            word_of_u128(self.amount.as_base_units()),
            word_of_u128(self.deadline.into()),
            *self.statement.as_bytes(),
        ]
    }

    /// Returns the EIP-712 struct hash.
    pub fn struct_hash(&self) -> Hash32 {
        let words = self.to_words();
        let [account, index, from, to, amount, deadline, statement] = &words;
        keccak256(&[CLAIM_TYPE_HASH.as_bytes(), account, index, from, to, amount, deadline, statement])
    }

    /// Returns the EIP-712 digest that is signed.
    pub fn digest(&self, domain: &Domain) -> Hash32 {
        self.digest_under(&domain.separator())
    }

    /// Returns the EIP-712 digest under a domain separator that many claims share.
    pub fn digest_under(&self, separator: &Hash32) -> Hash32 {
        typed_data_digest(separator, &self.struct_hash())
    }
}

/// Returns the EIP-712 digest of a message, whose struct hash this is, under a domain's separator.
pub(crate) fn typed_data_digest(separator: &Hash32, struct_hash: &Hash32) -> Hash32 {
    keccak256(&[&[0x19, 0x01], separator.as_bytes(), struct_hash.as_bytes()])
}

/// Returns an unsigned integer as a big-endian word.
pub(crate) fn word_of_u128(value: u128) -> [u8; 32] {
    let mut word = [0; 32];
    for (byte, part) in word.iter_mut().skip(16).zip(value.to_be_bytes()) {
        *byte = part;
    }
    word
}

/// Returns an address as a word.
pub(crate) fn word_of_address(address: &Address) -> [u8; 32] {
    let mut word = [0; 32];
    for (byte, part) in word.iter_mut().skip(12).zip(address.as_bytes()) {
        *byte = *part;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_hashes_are_the_known_values() {
        // The domain's is the constant of EIP-712 implementations; the claim's was computed by another Keccak-256.
        for (text, known) in [
            (DOMAIN_TYPE, "0x8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f"),
            (CLAIM_TYPE, "0x447b7b3557f6e4ac4749e604d70f01b0300245f091665b9d25e5f2f8ec945aeb"),
        ] {
            assert_eq!(keccak256(&[text.as_bytes()]).to_string(), known, "{text}");
        }
        assert_eq!(keccak256(&[CLAIM_TYPE.as_bytes()]), CLAIM_TYPE_HASH);
    }

    #[test]
    fn a_range_stays_in_one_block() {
        let month = |number| Month::from_number(number).map(MonthRange::single).map(MonthRange::from);
        let range = |from, to| Some(MonthRange::new(month(from)?, month(to)?).is_ok());
        assert_eq!(range(608, 623), Some(true));
        assert_eq!(range(611, 611), Some(true));
        assert_eq!(range(623, 624), Some(false));
        assert_eq!(range(612, 611), Some(false));
        let months = |from, to| {
            let months = MonthRange::new(month(from)?, month(to)?).ok()?.months();
            Some(months.map(Month::as_number).collect::<alloc::vec::Vec<_>>())
        };
        assert_eq!(months(611, 611), Some([611].into()));
        assert_eq!(months(621, 623), Some([621, 622, 623].into()));
    }
}

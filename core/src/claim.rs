//! The claim, its EIP-712 encoding and its signature's encoding; no curve arithmetic.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

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
        let type_hash = keccak256(&[CLAIM_TYPE.as_bytes()]);
        let words = self.to_words();
        let [account, index, from, to, amount, deadline, statement] = &words;
        keccak256(&[type_hash.as_bytes(), account, index, from, to, amount, deadline, statement])
    }

    /// Returns the EIP-712 digest that is signed.
    pub fn digest(&self, domain: &Domain) -> Hash32 {
        keccak256(&[&[0x19, 0x01], domain.separator().as_bytes(), self.struct_hash().as_bytes()])
    }
}

/// An ECDSA signature over secp256k1 as 65 bytes: r, s at most half of the group's order, v 27 or 28.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    r: [u8; 32],
    s: [u8; 32],
    parity: Parity,
}

/// Which of the two points with the same r the nonce made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parity {
    /// v is 27.
    Even,
    /// v is 28.
    Odd,
}

/// Why bytes are no signature that the contract would take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not `0x` and 130 lower-case hexadecimal digits.
    #[error("`{text}` is not a signature of 65 bytes")]
    Text {
        /// The offending text.
        text: String,
    },
    /// v is neither 27 nor 28.
    #[error("the signature's last byte is `{v}`, neither 27 nor 28")]
    V {
        /// The offending byte.
        v: u8,
    },
    /// r or s is zero.
    #[error("a part of the signature is zero")]
    Zero,
    /// s is above half of the group's order, so that a second signature of the same claim exists.
    #[error("the signature is malleable: its s is high")]
    HighS,
}

impl Diagnostic for SignatureError {
    fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "SIGNATURE_TEXT",
            Self::V { .. } => "SIGNATURE_V",
            Self::Zero => "SIGNATURE_ZERO",
            Self::HighS => "SIGNATURE_HIGH_S",
        }
    }

    fn help(&self) -> String {
        "sign the claim again; the signature is 65 bytes r, low s and v of 27 or 28".to_string()
    }
}

/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
    0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

impl Signature {
    /// Makes a signature from its parts.
    ///
    /// # Errors
    ///
    /// A part is zero, or s is high.
    pub fn new(r: [u8; 32], s: [u8; 32], parity: Parity) -> Result<Self, SignatureError> {
        if r == [0; 32] || s == [0; 32] {
            return Err(SignatureError::Zero);
        }
        if s > HALF_ORDER {
            return Err(SignatureError::HighS);
        }
        Ok(Self { r, s, parity })
    }

    /// Returns r.
    pub const fn r(&self) -> &[u8; 32] {
        &self.r
    }

    /// Returns s.
    pub const fn s(&self) -> &[u8; 32] {
        &self.s
    }

    /// Returns which of the two points was made.
    pub const fn parity(&self) -> Parity {
        self.parity
    }

    /// Returns v: 27 or 28.
    pub const fn v(&self) -> u8 {
        match self.parity {
            Parity::Even => 27,
            Parity::Odd => 28,
        }
    }

    /// Returns s with the parity in its highest bit (EIP-2098 `yParityAndS`).
    pub fn to_vs(&self) -> [u8; 32] {
        let mut vs = self.s;
        if let (Parity::Odd, Some(first)) = (self.parity, vs.first_mut()) {
            *first |= 0x80;
        }
        vs
    }

    /// Returns the 65 bytes r, s, v.
    pub fn to_bytes(&self) -> [u8; 65] {
        let mut bytes = [0; 65];
        let parts = self.r.iter().chain(&self.s).copied().chain([self.v()]);
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || SignatureError::Text { text: text.to_string() };
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error());
        }
        let mut bytes = [0; 65];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| error())?;
        let (r, rest) = bytes.split_first_chunk::<32>().ok_or_else(error)?;
        let (s, v) = rest.split_first_chunk::<32>().ok_or_else(error)?;
        let parity = match v {
            [27] => Parity::Even,
            [28] => Parity::Odd,
            [v] => return Err(SignatureError::V { v: *v }),
            _ => return Err(error()),
        };
        Self::new(*r, *s, parity)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "0x{}", hex::encode(self.to_bytes()))
    }
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
        // The domain's is the constant of EIP-712 implementations; the claim's was computed by a second one.
        let known = "0x8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f";
        assert_eq!(keccak256(&[DOMAIN_TYPE.as_bytes()]).to_string(), known);
    }

    #[test]
    fn a_range_stays_in_one_block() {
        let month = |number| Month::from_number(number).map(MonthRange::single).map(MonthRange::from);
        let range = |from, to| Some(MonthRange::new(month(from)?, month(to)?).is_ok());
        assert_eq!(range(608, 623), Some(true));
        assert_eq!(range(611, 611), Some(true));
        assert_eq!(range(623, 624), Some(false));
        assert_eq!(range(612, 611), Some(false));
    }

    #[test]
    fn only_one_signature_of_a_claim_is_taken() {
        let mut high = HALF_ORDER;
        assert!(Signature::new([1; 32], HALF_ORDER, Parity::Even).is_ok());
        if let Some(last) = high.last_mut() {
            *last = 0xa1;
        }
        assert_eq!(Signature::new([1; 32], high, Parity::Even), Err(SignatureError::HighS));
        assert_eq!(Signature::new([0; 32], [1; 32], Parity::Even), Err(SignatureError::Zero));
        assert_eq!(Signature::new([1; 32], [0; 32], Parity::Odd), Err(SignatureError::Zero));
    }

    #[test]
    fn a_signature_survives_its_text() {
        let signature = Signature::new([0x11; 32], [0x22; 32], Parity::Odd);
        let text = signature.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(text.parse(), signature);
        assert_eq!(signature.map(|signature| signature.to_vs()[0]), Ok(0xa2));
        assert!(text.replace("1c", "1d").parse::<Signature>().is_err());
    }
}

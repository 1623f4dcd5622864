//! The events by which the claim contract says that it settled months: it paid them, or its owner voided them.

use crate::{
    address::Address,
    calendar::Month,
    claim::word_of_u128,
    contract::{address_of_word, number_of_word},
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    token::TokenAmount,
};

/// The event of a payment.
const REDEEMED: &str = "Redeemed(address,uint256,uint256,uint256,uint256,bytes32)";
/// The event of months that were settled without a payment.
const VOIDED: &str = "Voided(uint256,uint256,uint256)";

/// Returns the first topics of the logs by which months are settled.
pub fn settling_topics() -> [Hash32; 2] {
    [REDEEMED, VOIDED].map(|event| keccak256(&[event.as_bytes()]))
}

/// A payment that the contract reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    /// Who was paid.
    pub account: Address,
    /// The ambassador's index.
    pub index: u32,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
    /// How much.
    pub amount: TokenAmount,
    /// The hash of the statement that explains the amount.
    pub statement: Hash32,
}

impl Redeemed {
    /// Returns the topics by which the payments of an ambassador are found: the event's and the index's.
    pub fn topics(index: AmbassadorIndex) -> [Hash32; 2] {
        [keccak256(&[REDEEMED.as_bytes()]), Hash32::from_bytes(word_of_u128(index.as_u32().into()))]
    }

    /// Reads the event from a log, or returns `None` where the log is another one.
    pub fn read(topics: &[[u8; 32]], data: &[u8]) -> Option<Self> {
        let [event, account, index] = topics else { return None };
        if event != keccak256(&[REDEEMED.as_bytes()]).as_bytes() || data.len() != 128 {
            return None;
        }
        let (words, _) = data.as_chunks::<32>();
        let [from, to, amount, statement] = words else { return None };
        Some(Self {
            account: address_of_word(account)?,
            index: u32::try_from(number_of_word(index)).ok()?,
            from: month(from)?,
            to: month(to)?,
            amount: TokenAmount::from_base_units(number_of_word(amount)),
            statement: Hash32::from_bytes(*statement),
        })
    }
}

/// Months that the contract's owner settled without a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voided {
    /// The ambassador's index.
    pub index: u32,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
}

impl Voided {
    /// Reads the event from a log, or returns `None` where the log is another one.
    pub fn read(topics: &[[u8; 32]], data: &[u8]) -> Option<Self> {
        let [event, index] = topics else { return None };
        if event != keccak256(&[VOIDED.as_bytes()]).as_bytes() || data.len() != 64 {
            return None;
        }
        let (words, _) = data.as_chunks::<32>();
        let [from, to] = words else { return None };
        Some(Self { index: u32::try_from(number_of_word(index)).ok()?, from: month(from)?, to: month(to)? })
    }
}

fn month(word: &[u8; 32]) -> Option<Month> {
    Month::from_number(u32::try_from(number_of_word(word)).ok()?)
}

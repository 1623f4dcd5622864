//! The event by which a token says that it moved (ERC-20).

use crate::{
    address::Address,
    calldata::selector,
    claim::word_of_u128,
    contract::{Question, address_of_word, number_of_word},
    hash::{Hash32, keccak256},
    token::{Decimals, TokenAmount},
};

/// The event of a transfer.
const TRANSFER: &str = "Transfer(address,address,uint256)";

/// A transfer that a token reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who sent, or nobody where tokens were made.
    pub from: Option<Address>,
    /// Who received, or nobody where tokens were destroyed.
    pub to: Option<Address>,
    /// How much.
    pub amount: TokenAmount,
}

impl Transfer {
    /// Returns the first topic of its log.
    pub fn topic() -> Hash32 {
        keccak256(&[TRANSFER.as_bytes()])
    }

    /// Reads the event from a log, or returns `None` where the log is none of a token of equal units below 2^128.
    pub fn read(topics: &[[u8; 32]], data: &[u8]) -> Option<Self> {
        let [event, from, to] = topics else { return None };
        let amount = number_of_word(<&[u8; 32]>::try_from(data).ok()?);
        if event != Self::topic().as_bytes() || amount == u128::MAX {
            return None;
        }
        let account = |word: &[u8; 32]| if *word == [0; 32] { Some(None) } else { address_of_word(word).map(Some) };
        Some(Self { from: account(from)?, to: account(to)?, amount: TokenAmount::from_base_units(amount) })
    }
}

/// Returns what asks a token for its decimal places, and the one word that it must answer.
pub fn decimals_question(token: Address, decimals: Decimals) -> (Question, [u8; 32]) {
    (Question { to: token, data: selector(&["decimals()"]) }, word_of_u128(decimals.places().into()))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::claim::word_of_address;

    #[test]
    fn only_transfers_of_tokens_are_read() {
        let topic = *Transfer::topic().as_bytes();
        let known = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
        assert_eq!(Transfer::topic().to_string(), known);
        let account = Address::from_bytes([7; 20]);
        let word = account.as_ref().map(word_of_address).unwrap_or_default();
        let amount = TokenAmount::from_base_units(5);
        let read = |topics: &[[u8; 32]], data: &[u8]| Transfer::read(topics, data);
        assert_eq!(read(&[topic, word, word], &word_of_u128(5)), Some(Transfer { from: account, to: account, amount }));
        assert_eq!(read(&[topic, [0; 32], word], &word_of_u128(5)).map(|made| made.from), Some(None));
        assert_eq!(read(&[topic, word, word, word], &[]), None, "one of a kind");
        assert_eq!(read(&[topic, word, word], &[0; 31]), None);
        assert_eq!(read(&[topic, word, word], &[1; 32]), None, "more than fits");
        assert_eq!(read(&[topic, [1; 32], word], &word_of_u128(5)), None, "no address");
        assert_eq!(read(&[[1; 32], word, word], &word_of_u128(5)), None, "another event");
    }
}

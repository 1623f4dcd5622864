//! What the contracts of the Ethereum Name Service are asked of a name, and how their answers are read.
//!
//! Names come in their normalised form; hashes are those of ENSIP-1, questions those of ERC-137.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    calldata::call,
    diagnostic::Diagnostic,
    hash::{Hash32, keccak256},
    records::EnsName,
};

/// Where a revert with these four bytes begins, the answer lies off the chain (`OffchainLookup` of ERC-3668).
pub const OFFCHAIN_LOOKUP: [u8; 4] = [0x55, 0x6f, 0x18, 0x30];

/// Returns the node of a name (`namehash` of ENSIP-1).
pub fn name_hash(name: &EnsName) -> Hash32 {
    hash_of(name.as_str())
}

/// Returns the nodes of the names above a name, the nearest first, each with its name; the root is left out.
pub fn parents(name: &EnsName) -> Vec<(&str, Hash32)> {
    let mut parents = Vec::new();
    let mut rest = name.as_str();
    while let Some((_, parent)) = rest.split_once('.') {
        parents.push((parent, hash_of(parent)));
        rest = parent;
    }
    parents
}

fn hash_of(name: &str) -> Hash32 {
    name.rsplit('.').fold(Hash32::default(), |node, label| {
        let label = keccak256(&[label.as_bytes()]);
        keccak256(&[node.as_bytes(), label.as_bytes()])
    })
}

/// Returns the question to the registry which resolver a node has.
pub fn resolver_question(node: &Hash32) -> Vec<u8> {
    call("resolver(bytes32)", &[*node.as_bytes()])
}

/// Returns the question to a resolver which account a node names.
pub fn address_question(node: &Hash32) -> Vec<u8> {
    call("addr(bytes32)", &[*node.as_bytes()])
}

/// Reads the answer to either question: one word with an address, or zero for none.
///
/// # Errors
///
/// The answer has another length, or more than an address in its word.
pub fn read_answer(answer: &[u8]) -> Result<Option<Address>, AnswerError> {
    let error = || AnswerError { answer: shown(answer) };
    let word: [u8; 32] = answer.try_into().map_err(|_| error())?;
    let (upper, address) = word.split_first_chunk::<12>().ok_or_else(error)?;
    if *upper != [0; 12] {
        return Err(error());
    }
    address.try_into().map(Address::from_bytes).map_err(|_| error())
}

/// An answer that is no address in a word of 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer `{answer}` is no address in one word of 32 bytes")]
pub struct AnswerError {
    /// The offending answer, of a long one its beginning.
    pub answer: String,
}

impl Diagnostic for AnswerError {
    fn code(&self) -> &'static str {
        "ENS_ANSWER"
    }

    fn help(&self) -> String {
        "let the name's owner set a resolver that answers `addr(bytes32)`".to_string()
    }
}

fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 64;
    let more = if bytes.len() > MOST { "…" } else { "" };
    format!("0x{}{more}", hex::encode(bytes.get(..MOST).unwrap_or(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hash_as_in_the_standard() {
        for (name, hash) in [
            ("foo.eth", "0xde9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f"),
            ("alice.eth", "0x787192fc5378cc32aa956ddfdedbf26b24e8d78e40109add0eea2c1a012c3dec"),
        ] {
            let name = name.parse().map(|name| name_hash(&name).to_string());
            assert_eq!(name.as_deref(), Ok(hash));
        }
        let eth = "0x93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae";
        let parents = "a.foo.eth".parse().map(|name| {
            let all = parents(&name).into_iter().map(|(name, node)| format!("{name} {node}"));
            all.collect::<Vec<_>>()
        });
        let foo = "0xde9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f";
        assert_eq!(parents, Ok(alloc::vec![format!("foo.eth {foo}"), format!("eth {eth}")]));
    }

    #[test]
    fn an_answer_is_one_word_with_an_address() {
        let mut word = [0; 32];
        assert_eq!(read_answer(&word), Ok(None));
        word[31] = 7;
        let mut address = [0; 20];
        address[19] = 7;
        assert_eq!(read_answer(&word), Ok(Address::from_bytes(address)));
        for answer in [&[][..], &word[..31], &[word, word].concat()] {
            assert!(read_answer(answer).is_err(), "{answer:?}");
        }
        word[11] = 1;
        assert!(read_answer(&word).is_err());
    }
}

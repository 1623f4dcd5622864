//! The calldata of every way to redeem a claim.

use alloc::vec::Vec;

use crate::{
    address::Address,
    claim::{Claim, word_of_address, word_of_u128},
    hash::{Hash32, keccak256},
    signature::Signature,
    token::TokenAmount,
};

/// The claim as the contract's ABI names it.
const CLAIM: &str = "(address,uint256,uint256,uint256,uint256,uint256,bytes32)";
/// The question of ERC-1271, by which a contract is asked whether it signed.
const IS_VALID_SIGNATURE: &str = "isValidSignature(bytes32,bytes)";

/// Returns the calldata of `redeem(Claim,bytes32,bytes32)`, the cheapest way for one claim.
pub fn redeem(claim: &Claim, signature: &Signature) -> Vec<u8> {
    let mut data = selector(&["redeem(", CLAIM, ",bytes32,bytes32)"]);
    extend(&mut data, &claim.to_words());
    extend(&mut data, &[*signature.r(), signature.to_vs()]);
    data
}

/// Returns the calldata of `redeem(Claim,bytes)`, which also takes the signature of a contract (ERC-1271).
pub fn redeem_with_bytes(claim: &Claim, signature: &[u8]) -> Vec<u8> {
    let mut data = redeem_with_bytes_selector();
    extend(&mut data, &claim.to_words());
    // The dynamic part begins behind seven words of the claim and its own offset.
    extend(&mut data, &[word_of_u128(0x100)]);
    extend_bytes(&mut data, signature);
    data
}

/// Returns the first four bytes of the calldata of `redeem(Claim,bytes)`.
pub(crate) fn redeem_with_bytes_selector() -> Vec<u8> {
    selector(&["redeem(", CLAIM, ",bytes)"])
}

/// Returns the calldata of `isValidSignature(bytes32,bytes)` (ERC-1271), which asks a contract whether it signed.
pub fn is_valid_signature(digest: &Hash32, signature: &[u8]) -> Vec<u8> {
    let mut data = selector(&[IS_VALID_SIGNATURE]);
    extend(&mut data, &[*digest.as_bytes(), word_of_u128(0x40)]);
    extend_bytes(&mut data, signature);
    data
}

/// Returns the word by which a contract says that it signed (ERC-1271): the function's selector, and zeros.
pub fn is_valid_signature_yes() -> [u8; 32] {
    let mut word = [0; 32];
    for (byte, part) in word.iter_mut().zip(selector(&[IS_VALID_SIGNATURE])) {
        *byte = part;
    }
    word
}

/// Returns the calldata of `redeemTo(Claim,bytes,address)`, which only the claim's account may send.
pub fn redeem_to(claim: &Claim, signature: &[u8], to: &Address) -> Vec<u8> {
    let mut data = selector(&["redeemTo(", CLAIM, ",bytes,address)"]);
    extend(&mut data, &claim.to_words());
    extend(&mut data, &[word_of_u128(0x120), word_of_address(to)]);
    extend_bytes(&mut data, signature);
    data
}

/// Returns the calldata of `redeemMany(Signed[])`.
pub fn redeem_many(claims: &[(Claim, Signature)]) -> Vec<u8> {
    let mut data = selector(&["redeemMany((", CLAIM, ",bytes32,bytes32)[])"]);
    extend(&mut data, &[word_of_u128(0x20), word_of_length(claims.len())]);
    for (claim, signature) in claims {
        extend(&mut data, &claim.to_words());
        extend(&mut data, &[*signature.r(), signature.to_vs()]);
    }
    data
}

/// Returns the calldata of `transfer(address,uint256)` (ERC-20).
pub fn transfer(to: &Address, amount: TokenAmount) -> Vec<u8> {
    call("transfer(address,uint256)", &[word_of_address(to), word_of_u128(amount.as_base_units())])
}

/// Returns a call of a function whose arguments are single words.
pub(crate) fn call(signature: &str, arguments: &[[u8; 32]]) -> Vec<u8> {
    let mut data = selector(&[signature]);
    extend(&mut data, arguments);
    data
}

/// Returns the first four bytes of the hash of a signature, given in parts.
pub(crate) fn selector(signature: &[&str]) -> Vec<u8> {
    let parts: Vec<&[u8]> = signature.iter().map(|part| part.as_bytes()).collect();
    keccak256(&parts).as_bytes().iter().take(4).copied().collect()
}

fn extend(data: &mut Vec<u8>, words: &[[u8; 32]]) {
    data.extend(words.iter().flatten());
}

fn extend_bytes(data: &mut Vec<u8>, bytes: &[u8]) {
    extend(data, &[word_of_length(bytes.len())]);
    data.extend_from_slice(bytes);
    let used = bytes.len().checked_rem(32).unwrap_or_default();
    if used > 0 {
        data.extend(core::iter::repeat_n(0, 32_usize.saturating_sub(used)));
    }
}

fn word_of_length(length: usize) -> [u8; 32] {
    word_of_u128(u128::try_from(length).unwrap_or(u128::MAX))
}

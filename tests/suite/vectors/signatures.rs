//! Published signatures, good and bad, through our recovery and through that of the chain.

use alloy_primitives::keccak256;
use ambassador_core::address::Address;
use ambassador_core::hash::Hash32;
use ambassador_core::signature::Signature;
use ambassador_signer::signing::recover;
use k256::ecdsa::{self, RecoveryId, VerifyingKey};
use sha2::{Digest, Sha256};

use super::{json, text, vectors};
use crate::{contract::recovered_by_the_chain, keys::bytes};

#[test]
fn signatures_in_der_are_taken_or_refused_as_published() {
    wycheproof("ecdsa_secp256k1_sha256_bitcoin_test.json", 463, |encoded| {
        let signature = ecdsa::Signature::from_der(encoded).ok()?;
        Some(signature.to_bytes().into())
    });
}

#[test]
fn signatures_in_two_words_are_taken_or_refused_as_published() {
    wycheproof("ecdsa_secp256k1_sha256_p1363_test.json", 252, |encoded| encoded.try_into().ok());
}

/// Takes a published signature where one of its two recovery bytes leads to the published key.
///
/// Three things differ from plain verification, and only these: a high `s` is refused, and so is the one signature in
/// 2^128 whose nonce's point passes the order, because it has no recovery byte.
/// The contract can be handed no digest, only claims; but it recovers as the chain does, which is asked here.
fn wycheproof(name: &str, count: usize, decode: impl Fn(&[u8]) -> Option<[u8; 64]>) {
    let Some(folder) = vectors("ecdsa") else {
        return;
    };
    let file = json(&folder.join(name));
    let (mut seen, mut taken) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let public = hex::decode(text(&group["publicKey"]["uncompressed"])).expect("hexadecimal");
        let address: [u8; 20] = keccak256(&public[1..])[12..].try_into().expect("20 bytes");
        let address = Address::from_bytes(address).expect("not zero");
        for case in group["tests"].as_array().expect("tests") {
            seen += 1;
            let message = hex::decode(text(&case["msg"])).expect("hexadecimal");
            let digest = Hash32::from_bytes(Sha256::digest(message).into());
            let encoded = hex::decode(text(&case["sig"])).expect("hexadecimal");
            let words = decode(&encoded);
            let recovers = words.is_some_and(|words| {
                [27, 28].into_iter().any(|v| {
                    let mut whole = [v; 65];
                    whole[..64].copy_from_slice(&words);
                    let ours = Signature::from_bytes(whole).is_ok_and(|one| recover(&digest, &one) == Ok(address));
                    let chain = recovered_by_the_chain(digest.as_bytes(), v, &words) == Some(*address.as_bytes());
                    assert_eq!(ours, chain && !high(&words), "{case}");
                    ours
                })
            });
            let expected = case["result"] == "valid"
                && words.is_some_and(|words| !high(&words) && !past_order(&words, &digest, &public));
            assert_eq!(recovers, expected, "{case}");
            taken += usize::from(recovers);
        }
    }
    assert_eq!(seen, count);
    println!("{name}: {taken} of {seen} signatures taken");
    assert!(taken > 50, "{taken}");
}

fn high(words: &[u8; 64]) -> bool {
    const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    words[32..] > bytes::<32>(HALF_ORDER)[..]
}

fn past_order(words: &[u8; 64], digest: &Hash32, public: &[u8]) -> bool {
    let Ok(signature) = ecdsa::Signature::from_slice(words) else {
        return false;
    };
    [false, true].into_iter().any(|odd| {
        VerifyingKey::recover_from_prehash(digest.as_bytes(), &signature, RecoveryId::new(odd, true))
            .is_ok_and(|key| key.to_sec1_point(false).as_bytes() == public)
    })
}

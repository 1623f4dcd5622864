//! The vectors of others: `../shared/vectors`, seen from the project's root, or where `AMBASSADOR_VECTORS` points.

use std::path::{Path, PathBuf};

use alloy_primitives::keccak256;
use ambassador_signer::keystore::KeyFile;
use ambassador_signer::signing::{Signature65, recover};
use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{bytes, key, password};

#[test]
fn key_files_of_others_open() {
    let Some(folder) = vectors("keystore") else {
        return;
    };
    let mut files: Vec<(String, Value, String, String)> = Vec::new();
    let published = json(&folder.join("ethereum-tests-basic_tests.json"));
    for (name, case) in published.as_object().expect("named cases") {
        let part = |field: &str| text(&case[field]);
        files.push((name.clone(), case["json"].clone(), part("password"), part("priv")));
    }
    // Their passwords and keys stand in the tests of the library that they come from, not in the files.
    for (name, password, key) in [
        ("key-pbkdf2.json", "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"),
        ("key-scrypt.json", "grOQ8QDnGHvpYJf", "80d3a6ed7b24dcd652949bc2f3827d2f883b3722e3120b15a93a2e0790f03829"),
    ] {
        files.push((name.into(), json(&folder.join(name)), password.into(), key.into()));
    }
    assert_eq!(files.len(), 7);
    for (name, file, right, expected) in files {
        let file = KeyFile::parse(file.to_string().as_bytes()).expect(&name);
        let opened = file.open(&password(&right)).expect(&name);
        assert_eq!(opened.address(), key(&expected).address(), "{name}");
        let wrong = file.open(&password(&format!("{right} "))).expect_err(&name);
        assert_eq!(wrong.code(), "KEY_WRONG_PASSWORD", "{name}");
    }
}

#[test]
fn nonces_are_those_of_rfc_6979() {
    let Some(folder) = vectors("ecdsa") else {
        return;
    };
    let cases = json(&folder.join("noble-secp256k1-rfc6979.json"));
    let cases = cases.as_array().expect("a list");
    assert_eq!(cases.len(), 10);
    for case in cases {
        let digest: [u8; 32] = Sha256::digest(text(&case["message"])).into();
        let signature = key(&text(&case["d"])).sign(&digest).expect("signs");
        // r is the x-coordinate of the nonce's point, and so that of the public key whose private key is the nonce.
        let nonce = SigningKey::from_slice(&bytes::<32>(&text(&case["k0"]))).expect("a nonce");
        let point = nonce.verifying_key().to_sec1_point(false);
        assert_eq!(signature.r(), point.as_bytes()[1..33], "{case}");
    }
}

#[test]
fn signatures_in_der_are_taken_or_refused_as_published() {
    wycheproof("ecdsa_secp256k1_sha256_bitcoin_test.json", 463, |encoded| {
        let signature = Signature::from_der(encoded).ok()?;
        Some(signature.to_bytes().into())
    });
}

#[test]
fn signatures_in_two_words_are_taken_or_refused_as_published() {
    wycheproof("ecdsa_secp256k1_sha256_p1363_test.json", 252, |encoded| encoded.try_into().ok());
}

/// Takes a published signature where one of its two recovery bytes leads to the published key.
///
/// Three things differ from plain verification, and only these: a high `s` is refused, and so is the one signature in 2^128 whose nonce's point passes the order, because it has no recovery byte.
fn wycheproof(name: &str, count: usize, decode: impl Fn(&[u8]) -> Option<[u8; 64]>) {
    let Some(folder) = vectors("ecdsa") else {
        return;
    };
    let file = json(&folder.join(name));
    let (mut seen, mut taken) = (0, 0);
    for group in file["testGroups"].as_array().expect("groups") {
        let public = hex::decode(text(&group["publicKey"]["uncompressed"])).expect("hexadecimal");
        let address: [u8; 20] = keccak256(&public[1..])[12..].try_into().expect("20 bytes");
        for case in group["tests"].as_array().expect("tests") {
            seen += 1;
            let digest: [u8; 32] = Sha256::digest(hex::decode(text(&case["msg"])).expect("hexadecimal")).into();
            let encoded = hex::decode(text(&case["sig"])).expect("hexadecimal");
            let words = decode(&encoded);
            let recovers = words.is_some_and(|words| {
                [27, 28].into_iter().any(|v| {
                    let mut whole = [v; 65];
                    whole[..64].copy_from_slice(&words);
                    Signature65::from_bytes(whole).and_then(|signature| recover(&digest, &signature)) == Ok(address)
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

fn past_order(words: &[u8; 64], digest: &[u8; 32], public: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(words) else {
        return false;
    };
    [false, true].into_iter().any(|odd| {
        VerifyingKey::recover_from_prehash(digest, &signature, RecoveryId::new(odd, true))
            .is_ok_and(|key| key.to_sec1_point(false).as_bytes() == public)
    })
}

/// The folder of these vectors; `None`, and a word about it, where it is not there.
fn vectors(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = std::env::var_os("AMBASSADOR_VECTORS").map_or(root, PathBuf::from).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("NOT RUN: there are no vectors at {}", folder.display());
    None
}

fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("readable vectors");
    serde_json::from_str(&text).expect("JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

//! Key files that others made, and the nonces of RFC 6979.

use std::fs;

use ambassador_core::diagnostic::Diagnostic;
use ambassador_core::hash::Hash32;
use ambassador_signer::keystore::KeyFile;
use k256::ecdsa::SigningKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{json, text, vectors};
use crate::{
    binary,
    cli::folder::Folder,
    crash::in_parallel,
    keys::{bytes, key, password},
};

/// A key file of somebody else.
struct Made {
    name: String,
    file: Value,
    password: String,
    key: String,
}

fn key_files() -> Option<Vec<Made>> {
    let folder = vectors("keystore")?;
    let published = json(&folder.join("ethereum-tests-basic_tests.json"));
    let mut files: Vec<Made> = Vec::new();
    for (name, case) in published.as_object().expect("named cases") {
        let part = |field: &str| text(&case[field]);
        files.push(Made {
            name: name.clone(),
            file: case["json"].clone(),
            password: part("password"),
            key: part("priv"),
        });
    }
    // Their passwords and keys stand in the tests of the library that they come from, not in the files.
    for (name, password, key) in [
        ("key-pbkdf2.json", "testpassword", "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"),
        ("key-scrypt.json", "grOQ8QDnGHvpYJf", "80d3a6ed7b24dcd652949bc2f3827d2f883b3722e3120b15a93a2e0790f03829"),
    ] {
        files.push(Made {
            name: name.into(),
            file: json(&folder.join(name)),
            password: password.into(),
            key: key.into(),
        });
    }
    assert_eq!(files.len(), 7);
    Some(files)
}

/// `key address` says whose a file is that states no address: it has to open it. Another password does not.
#[test]
fn key_files_of_others_open() {
    let Some(files) = key_files() else { return };
    in_parallel(&files, |Made { name, file, password: right, key: expected }| {
        let wrong =
            KeyFile::parse(file.to_string().as_bytes()).and_then(|file| file.open(&password(&format!("{right} "))));
        assert_eq!(wrong.expect_err(name).code(), "KEY_WRONG_PASSWORD", "{name}");
        let folder = Folder::empty();
        let mut bare = file.clone();
        bare.as_object_mut()
            .expect("a key file is an object")
            .retain(|field, _| !field.eq_ignore_ascii_case("address"));
        fs::write(folder.path().join("key.json"), bare.to_string()).expect("a file can be written");
        fs::write(folder.path().join("given"), format!("{right}\n")).expect("a file can be written");
        let said = binary::run_well(folder.path(), "key address --password-file given");
        assert_eq!(said.stdout.trim_end(), key(expected).address().to_string(), "{name}");
        // What the file states is the key's own, and else it would not open.
        let stated = KeyFile::parse(file.to_string().as_bytes()).expect(name).stated_address();
        assert!(stated.is_none_or(|stated| stated == key(expected).address()), "{name}");
    });
}

/// The signer of one digest, and that of many at once, which has its own multiplication and its own nonces.
#[test]
fn nonces_are_those_of_rfc_6979() {
    let Some(folder) = vectors("ecdsa") else { return };
    let cases = json(&folder.join("noble-secp256k1-rfc6979.json"));
    let cases = cases.as_array().expect("a list");
    assert_eq!(cases.len(), 10);
    for case in cases {
        let digest = Hash32::from_bytes(Sha256::digest(text(&case["message"])).into());
        let key = key(&text(&case["d"]));
        // r is the x-coordinate of the nonce's point, and so that of the public key whose private key is the nonce.
        let nonce = SigningKey::from_slice(&bytes::<32>(&text(&case["k0"]))).expect("a nonce");
        let point = nonce.verifying_key().to_sec1_point(false);
        let alone = key.sign(&digest).expect("signs");
        assert_eq!(alone.r()[..], point.as_bytes()[1..33], "{case}");
        // Among so many that they are signed together, at each end and inside.
        let mut digests: Vec<Hash32> = (0..64).map(|byte| Hash32::from_bytes([byte; 32])).collect();
        for place in [0, 31, 63] {
            digests[place] = digest;
        }
        let together = key.sign_many(&digests).expect("signs");
        assert_eq!([&together[0], &together[31], &together[63]], [&alone; 3], "{case}");
    }
}

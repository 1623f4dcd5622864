//! Key files as data: one good file, and what becomes of it when a part is exchanged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::kdf::{Kdf, Rounds};
use super::*;
use crate::password::Password;
use crate::signing::SecretKey;

/// Made for these tests in the shape that geth writes with its light cost; the key holds nothing.
const GETH: &str = r#"{"address":"681009a9512a92239925374e9b136d7be3b19d72","crypto":{"cipher":"aes-128-ctr","ciphertext":"ad2d8675c44edd1d7b0152237f090ac818306e6821bdc7bccefa57c68a499e11","cipherparams":{"iv":"cda964d7c32bb051cedff26af322af67"},"kdf":"scrypt","kdfparams":{"dklen":32,"n":4096,"p":6,"r":8,"salt":"5b7d182f2e65f59f58504036595a57e373200bb2f9d58d8c5cbd6d28c8ffb585"},"mac":"245eee6950078c877e186ed0adfcfc532b59b98ef6cc986ca14372459f4074a9"},"id":"8f3e2d1c-0b0a-4987-a6b5-c4d3e2f10213","version":3}"#;
const GETH_KEY: &str = "1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c";

fn password(text: &str) -> Password {
    Password::new(text.into()).unwrap()
}

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes(&[byte; 32]).unwrap()
}

fn cheap() -> ScryptCost {
    ScryptCost::new(2, 1, 1).unwrap()
}

fn sealed(kdf: Kdf) -> String {
    KeyFile::seal_with(&key(7), &password("secret"), kdf, [0x10; 16], [0x20; 16]).unwrap().to_json()
}

fn scrypt_file() -> String {
    sealed(Kdf::Scrypt { cost: cheap(), salt: vec![0x30; 32] })
}

fn pbkdf2_file() -> String {
    sealed(Kdf::Pbkdf2 { rounds: Rounds::new(3).unwrap(), salt: vec![0x30; 32] })
}

/// What the file is worth with the right password: the code of the error, or `fine` if it opens to the right key.
fn check(text: &[u8]) -> &'static str {
    let opened = KeyFile::parse(text).and_then(|file| file.open(&password("secret")));
    match opened {
        Ok(opened) if opened.address() == key(7).address() => "fine",
        Ok(_) => "another key",
        Err(error) => error.code(),
    }
}

fn exchanged(file: &str, from: &str, to: &str) -> String {
    assert_eq!(file.matches(from).count(), 1, "{from} in {file}");
    file.replace(from, to)
}

/// Exchanges one part of the scrypt file at a time.
fn check_all(cases: &[(&str, &str, &str)]) {
    let file = scrypt_file();
    for (from, to, expected) in cases {
        assert_eq!(check(exchanged(&file, from, to).as_bytes()), *expected, "{to}");
    }
}

/// The field `address` as the file has it, and with another value.
fn stated() -> String {
    format!(r#""address": "{}""#, hex::encode(key(7).address()))
}

fn state(other: &str) -> String {
    format!(r#""address": {other}"#)
}

#[test]
fn the_habits_of_other_tools_are_taken() {
    let stated = stated();
    let address = hex::encode(key(7).address());
    let upper = address.to_uppercase();
    check_all(&[
        (r#""crypto""#, r#""Crypto""#, "fine"),
        (r#""kdfparams""#, r#""KdfParams""#, "fine"),
        (r#""version": 3"#, r#""x-tool": {"a": [1, 2.5, null, true, "b", -1]}, "version": 3"#, "fine"),
        (r#""mac""#, r#""version": 1, "mac""#, "fine"),
        (&stated, &state(&format!(r#""0x{address}""#)), "fine"),
        (&stated, &state(&format!(r#""{upper}""#)), "fine"),
        (&stated, r#""other": 1"#, "fine"),
        (r#""iv": ""#, r#""iv": "0x"#, "fine"),
        (r#""ciphertext": ""#, r#""ciphertext": "0x"#, "fine"),
        (r#""mac": ""#, r#""mac": "0x"#, "fine"),
        (r#""salt": ""#, r#""salt": "0x"#, "fine"),
        (r#""dklen": 32"#, r#""dklen": 64"#, "fine"),
        (r#""id": "20202020-"#, r#""id": "FFffFFff-"#, "fine"),
        (r#""id""#, r#""other""#, "fine"),
    ]);
}

#[test]
fn what_opens_to_something_else_is_refused() {
    let stated = stated();
    check_all(&[
        (&stated, &state(&format!(r#""{}""#, "1".repeat(40))), "KEY_ADDRESS_MISMATCH"),
        (r#""iv": "10"#, r#""iv": "11"#, "KEY_ADDRESS_MISMATCH"),
        (r#""salt": "30"#, r#""salt": "31"#, "KEY_WRONG_PASSWORD"),
        (r#""n": 2"#, r#""n": 4"#, "KEY_WRONG_PASSWORD"),
        (r#""r": 1"#, r#""r": 2"#, "KEY_WRONG_PASSWORD"),
        (r#""p": 1"#, r#""p": 2"#, "KEY_WRONG_PASSWORD"),
        (r#""salt": "30"#, r#""salt": ""#, "KEY_WRONG_PASSWORD"),
    ]);
}

#[test]
fn other_versions_are_refused() {
    check_all(&[
        (r#""version": 3"#, r#""version": 1"#, "KEY_VERSION"),
        (r#""version": 3"#, r#""version": 3.0"#, "KEY_VERSION"),
        (r#""version": 3"#, r#""version": "3""#, "KEY_VERSION"),
        (r#""version": 3"#, r#""version": null"#, "KEY_VERSION"),
        (r#""version""#, r#""edition""#, "KEY_FIELD_MISSING"),
        (r#""kdf": "scrypt""#, r#""kdf": "argon2id""#, "KEY_UNSUPPORTED_KDF"),
        (r#""kdf": "scrypt""#, r#""kdf": "Scrypt""#, "KEY_UNSUPPORTED_KDF"),
        ("aes-128-ctr", "aes-128-cbc", "KEY_UNSUPPORTED_CIPHER"),
    ]);
}

#[test]
fn a_name_that_stands_twice_is_refused_in_any_depth_and_case() {
    let stated = stated();
    check_all(&[
        (r#""version": 3"#, r#""version": 3, "version": 3"#, "KEY_DUPLICATE_FIELD"),
        (r#""version": 3"#, r#""version": 3, "Version": 3"#, "KEY_DUPLICATE_FIELD"),
        (r#""n": 2"#, r#""n": 2, "n": 2"#, "KEY_DUPLICATE_FIELD"),
        (r#""n": 2"#, r#""n": 2, "N": 2"#, "KEY_DUPLICATE_FIELD"),
        (r#""n": 2"#, r#""n": 2, "\u006e": 2"#, "KEY_DUPLICATE_FIELD"),
        (r#""version": 3"#, r#""version": 3, "x": [{"y": 1, "y": 1}]"#, "KEY_DUPLICATE_FIELD"),
        (&stated, &format!(r#"{stated}, "ADDRESS": 1"#), "KEY_DUPLICATE_FIELD"),
    ]);
}

#[test]
fn wrong_kinds_and_lengths_are_refused() {
    let stated = stated();
    let address = hex::encode(key(7).address());
    check_all(&[
        (&stated, &state("null"), "KEY_FIELD_INVALID"),
        (&stated, &state(r#""""#), "KEY_FIELD_INVALID"),
        (&stated, &state(&format!(r#""{address}00""#)), "KEY_FIELD_INVALID"),
        (&stated, &state(&format!(r#""0X{address}""#)), "KEY_FIELD_INVALID"),
        (r#""iv": "10"#, r#""iv": ""#, "KEY_FIELD_INVALID"),
        (r#""iv": "10"#, r#""iv": "g0"#, "KEY_FIELD_INVALID"),
        (r#""ciphertext": ""#, r#""ciphertext": "00"#, "KEY_FIELD_INVALID"),
        (r#""mac": ""#, r#""mac": " "#, "KEY_FIELD_INVALID"),
        (r#""salt": "30"#, r#""salt": "3"#, "KEY_FIELD_INVALID"),
        (r#""dklen": 32"#, r#""dklen": 31"#, "KEY_FIELD_INVALID"),
        (r#""n": 2"#, r#""n": "2""#, "KEY_FIELD_INVALID"),
        (r#""n": 2"#, r#""n": 2.0"#, "KEY_FIELD_INVALID"),
        (r#""n": 2"#, r#""n": -2"#, "KEY_FIELD_INVALID"),
        (r#""r": 1"#, r#""r": 1e3"#, "KEY_FIELD_INVALID"),
        (r#""id": "20202020-"#, r#""id": "2020202-0"#, "KEY_FIELD_INVALID"),
        (r#""id": "20202020-"#, r#""id": "2020202g-"#, "KEY_FIELD_INVALID"),
        (r#""mac""#, r#""mak""#, "KEY_FIELD_MISSING"),
        (r#""dklen""#, r#""length""#, "KEY_FIELD_MISSING"),
        (r#""cipherparams""#, r#""params""#, "KEY_FIELD_MISSING"),
    ]);
}

#[test]
fn too_dear_or_undefined_costs_are_refused() {
    check_all(&[
        (r#""n": 2"#, r#""n": 18446744073709551615"#, "KEY_ILLEGAL_COST"),
        (r#""n": 2"#, r#""n": 9223372036854775808"#, "KEY_TOO_COSTLY"),
        (r#""n": 2"#, r#""n": 3"#, "KEY_ILLEGAL_COST"),
        (r#""p": 1"#, r#""p": 4294967296"#, "KEY_TOO_COSTLY"),
    ]);
}

#[test]
fn what_is_not_one_object_of_json_is_refused() {
    check_all(&[
        (r#""version": 3"#, r#""version": 3,"#, "KEY_NOT_JSON"),
        (r#""version": 3"#, r#""version": 03"#, "KEY_NOT_JSON"),
        ("3\n}\n", "3\n}\n{}", "KEY_NOT_JSON"),
        ("3\n}\n", "3\n}\0", "KEY_NOT_JSON"),
    ]);
}

#[test]
fn one_part_of_a_pbkdf2_file_exchanged() {
    for (from, to, expected) in [
        (r#""c": 3"#, r#""c": 2"#, "KEY_WRONG_PASSWORD"),
        (r#""c": 3"#, r#""c": 0"#, "KEY_ILLEGAL_COST"),
        (r#""c": 3"#, r#""c": 10000001"#, "KEY_TOO_COSTLY"),
        ("hmac-sha256", "hmac-sha512", "KEY_UNSUPPORTED_KDF"),
        (r#""prf""#, r#""other""#, "KEY_FIELD_MISSING"),
    ] {
        assert_eq!(check(exchanged(&pbkdf2_file(), from, to).as_bytes()), expected, "{to}");
    }
}

#[test]
fn a_part_of_a_file_is_no_file() {
    for file in [scrypt_file(), pbkdf2_file()] {
        assert_eq!(check(file.as_bytes()), "fine");
        let end = file.trim_end().len();
        for (place, _) in file.char_indices().take_while(|(place, _)| *place < end) {
            assert_eq!(check(&file.as_bytes()[..place]), "KEY_NOT_JSON", "{place}");
        }
    }
    for text in ["", "[]", "3", "null", "\u{feff}{}", "a password\n"] {
        assert_eq!(check(text.as_bytes()), "KEY_NOT_JSON", "{text}");
    }
    assert_eq!(check(b"{}"), "KEY_FIELD_MISSING");
    assert_eq!(check("[".repeat(60_000).as_bytes()), "KEY_NOT_JSON");
    assert_eq!(check(b"{\"a\xff\": 1}"), "KEY_NOT_JSON");
}

#[test]
fn the_counter_carries_over_all_of_the_iv() {
    let at = |iv| {
        let kdf = Kdf::Scrypt { cost: cheap(), salt: vec![1] };
        KeyFile::seal_with(&key(7), &password("secret"), kdf, iv, [0; 16]).unwrap()
    };
    // The second block under all ones is encrypted with the counter that the first block has under zero.
    let (ones, zero) = (at([0xff; 16]).ciphertext, at([0; 16]).ciphertext);
    assert_eq!(ones[16..], zero[..16]);
    let mut half = [0; 16];
    half[8..].fill(0xff);
    let mut next = [0; 16];
    next[7] = 1;
    assert_eq!(at(half).ciphertext[16..], at(next).ciphertext[..16]);
}

#[test]
fn opens_a_file_of_geth() {
    let expected = SecretKey::from_bytes(&hex::decode(GETH_KEY).unwrap().try_into().unwrap());
    let file = KeyFile::parse(GETH.as_bytes()).unwrap();
    assert_eq!(file.stated_address(), Some(expected.unwrap().address()));
    let opened = file.open(&password("a test password")).unwrap();
    assert_eq!(file.stated_address(), Some(opened.address()));
    assert_eq!(file.open(&password("a test passwort")).unwrap_err(), KeystoreError::WrongPassword);
    let compact: String = file.to_json().split_whitespace().collect();
    let sorted: serde_json::Value = serde_json::from_str(&compact).unwrap();
    assert_eq!(sorted, serde_json::from_str::<serde_json::Value>(GETH).unwrap());
}

#[test]
fn sealing_the_same_twice_gives_two_files() {
    let seal = || KeyFile::seal(&key(7), &password("secret"), cheap()).unwrap();
    let (one, two) = (seal(), seal());
    assert_ne!(one.ciphertext, two.ciphertext);
    assert_ne!(one.iv, two.iv);
    assert_ne!(one.kdf, two.kdf);
    assert_ne!(one.id, two.id);
    for file in [one, two] {
        let text = file.to_json();
        assert_eq!(text, text.to_lowercase());
        assert_eq!(KeyFile::parse(text.as_bytes()).as_ref(), Ok(&file));
        assert_eq!(check(text.as_bytes()), "fine");
        let id = file.id.unwrap();
        assert_eq!((id[6] >> 4, id[8] >> 6), (4, 2), "a UUID of version 4");
    }
    let nothing = KeyFile::seal(&key(7), &password(""), cheap());
    assert_eq!(nothing, Err(KeystoreError::EmptyPassword));
}

#[test]
fn no_message_shows_what_is_secret() {
    for (file, secret) in [
        (scrypt_file(), "303030"),
        ("hunter2 hunter2".to_owned(), "hunter2"),
        (r#"{"version": 3, "crypto": "hunter2"}"#.to_owned(), "hunter2"),
    ] {
        for text in [file.clone(), file.replace(r#""iv": "10"#, r#""iv": ""#)] {
            let Err(error) = KeyFile::parse(text.as_bytes()) else {
                continue;
            };
            let shown = format!("{error} {error:?} {} {}", error.code(), error.help());
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn written_once_with_mode_0600_and_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let file = KeyFile::seal(&key(7), &password("secret"), cheap()).unwrap();
    create(&path, &file).unwrap();
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let loaded = load(&path).unwrap();
    assert_eq!((loaded.key_file, loaded.warning), (file.clone(), None));

    let before = std::fs::read(&path).unwrap();
    let exists = |path: &Path| Err(KeystoreError::Exists { path: path.into() });
    assert_eq!(create(&path, &file), exists(&path));
    let dangling = folder.path().join("dangling.json");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &dangling).unwrap();
    assert_eq!(create(&dangling, &file), exists(&dangling));
    assert_eq!(create(folder.path(), &file), exists(folder.path()));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let nowhere = folder.path().join("none").join("key.json");
    assert_eq!(create(&nowhere, &file).unwrap_err().code(), "KEY_IO");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_race_for_one_name_has_one_winner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let files: Vec<_> = (1..=8).map(|byte| KeyFile::seal(&key(byte), &password("secret"), cheap()).unwrap()).collect();
    let written: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(|| create(&path, file))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = (0..8).filter(|place| written[*place].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{written:?}");
    assert_eq!(load(&path).unwrap().key_file, files[winners[0]]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn warns_where_others_can_read_and_refuses_what_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    std::fs::write(&path, scrypt_file()).unwrap();
    for (mode, warns) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o620, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let warning = load(&path).unwrap().warning;
        let expected = warns.then(|| KeyWarning::OpenToOthers { path: path.clone(), mode });
        assert_eq!(warning, expected, "{mode:o}");
    }
    let padded = scrypt_file() + &" ".repeat(64 << 10);
    std::fs::write(&path, padded).unwrap();
    assert_eq!(load(&path).unwrap_err().code(), "KEY_TOO_LARGE");
    assert_eq!(load(&folder.path().join("none")).unwrap_err().code(), "KEY_IO");
}

//! Key files and signatures exchanged with ethers, viem and cast.

use std::path::Path;
use std::process::Command;

use alloy_primitives::keccak256;
use ambassador_core::hash::Hash32;
use ambassador_signer::keystore::{KeyFile, ScryptCost, create, load};
use ambassador_signer::signing::SecretKey;
use serde_json::{Value, json};

use super::{key, password};
use crate::interop::{interop, script};

const KEYS: [&str; 3] = [
    "0x0000000000000000000000000000000000000000000000000000000000000001",
    "0x1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c",
    "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140",
];
const PASSWORDS: [&str; 3] = ["a", "two words, and a comma", "pässwörd 密码 🔑"];

#[test]
fn key_files_of_ethers_open() {
    let costs = [(2, 8, 1), (4096, 8, 6), (1024, 1, 8)];
    let orders: Vec<Value> = KEYS
        .iter()
        .zip(PASSWORDS)
        .zip(costs)
        .map(|((key, password), (n, r, p))| {
            json!({ "key": key, "password": password, "scrypt": { "N": n, "r": r, "p": p } })
        })
        .collect();
    let answer = script("keystores.mjs", &json!({ "make": orders, "open": [] }));
    let made = answer["made"].as_array().expect("files");
    assert_eq!(made.len(), 3);
    for ((made, expected), right) in made.iter().zip(KEYS).zip(PASSWORDS) {
        let file = KeyFile::parse(made.as_str().expect("text").as_bytes()).expect("a key file");
        let opened = file.open(&password(right)).expect("opens");
        assert_eq!(opened.address(), key(expected).address());
        assert_eq!(file.stated_address(), Some(opened.address()));
    }
}

#[test]
fn our_key_files_open_in_ethers() {
    let standard = [ScryptCost::STANDARD];
    let costs = [(2, 8, 1), (1024, 1, 8), (64, 3, 5)].map(|(n, r, p)| ScryptCost::new(n, r, p).expect("legal"));
    let ours: Vec<(&str, &str, ScryptCost)> = costs
        .iter()
        .chain(&standard)
        .zip(KEYS.iter().cycle().zip(PASSWORDS.iter().cycle()))
        .map(|(cost, (key, password))| (*key, *password, *cost))
        .collect();
    let open: Vec<Value> = ours
        .iter()
        .map(|(digits, right, cost)| {
            let file = KeyFile::seal(&key(digits), &password(right), *cost).expect("sealed");
            json!({ "json": file.to_json(), "password": right })
        })
        .collect();
    let answer = script("keystores.mjs", &json!({ "make": [], "open": open }));
    let opened = answer["opened"].as_array().expect("accounts");
    assert_eq!(opened.len(), 4);
    for (account, (digits, ..)) in opened.iter().zip(&ours) {
        assert_eq!(account["key"], *digits);
        assert_eq!(account["address"], address(&key(digits)));
    }
}

#[test]
fn key_files_of_cast_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for (place, (digits, right)) in KEYS.iter().zip(PASSWORDS).enumerate() {
        let name = format!("imported-{place}");
        cast(folder.path(), &["import", &name, "--private-key", digits, "--unsafe-password", right, "-k", "."]);
        let file = load(&path(&name)).expect("a key file").key_file;
        let opened = file.open(&password(right)).expect("opens");
        assert_eq!(opened.address(), key(digits).address());
    }
    let said = cast(folder.path(), &["new", ".", "fresh", "--unsafe-password", "secret"]);
    let file = load(&path("fresh")).expect("a key file").key_file;
    let opened = file.open(&password("secret")).expect("opens");
    assert!(said.to_lowercase().contains(&address(&opened)), "{said}");
}

#[test]
fn our_key_files_open_in_cast() {
    let folder = tempfile::tempdir().expect("a folder");
    for (place, (digits, right)) in KEYS.iter().zip(PASSWORDS).enumerate() {
        let name = format!("ours-{place}");
        let cost = ScryptCost::new(1024, 8, 1).expect("legal");
        let file = KeyFile::seal(&key(digits), &password(right), cost).expect("sealed");
        create(&folder.path().join(&name), &file).expect("written");

        let opened = ["decrypt-keystore", &name, "--unsafe-password", right, "-k", "."];
        let said = cast(folder.path(), &opened);
        assert!(said.contains(digits), "{said}");
        let shown = ["address", "--keystore", &name, "--password", right];
        let said = cast(folder.path(), &shown).to_lowercase();
        assert_eq!(said.trim(), address(&key(digits)));
    }
}

#[test]
fn our_signatures_are_theirs_byte_for_byte() {
    // 200 digests as good as random, then zero, one, the order less one, the order, the order and one, and all ones.
    let mut digests: Vec<[u8; 32]> =
        (0_u8..200).map(|seed| keccak256(["digest".as_bytes(), &[seed]].concat()).0).collect();
    let order = super::bytes::<32>(KEYS[2]);
    let near = |less: u8| {
        let mut word = order;
        word[31] += less;
        word
    };
    let mut one = [0; 32];
    one[31] = 1;
    digests.extend([[0; 32], one, near(0), near(1), near(2), [0xff; 32]]);

    for digits in KEYS {
        let key = key(digits);
        let texts: Vec<String> = digests.iter().map(|digest| prefixed(digest)).collect();
        let theirs = script("signatures.mjs", &json!({ "key": digits, "digests": texts }));
        assert_eq!(theirs["address"], address(&key));
        for (place, digest) in digests.iter().enumerate() {
            let ours = key.sign(&Hash32::from_bytes(*digest)).expect("signs");
            assert_eq!(theirs["viem"][place], ours.to_string(), "{}", texts[place]);
            assert_eq!(theirs["ethers"][place], ours.to_string(), "{}", texts[place]);
            let compact = prefixed(&[*ours.r(), ours.to_vs()].concat());
            assert_eq!(theirs["compact"][place], compact, "{}", texts[place]);
        }
    }
}

fn cast(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(interop().join("node_modules/.bin/cast"))
        .arg("wallet")
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .output()
        .expect("cast starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cast wallet {arguments:?}: {complained}");
    said
}

fn address(key: &SecretKey) -> String {
    prefixed(key.address().as_bytes())
}

fn prefixed(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

//! A copy of the example programme whose terms name contracts that live, and the signer's real binary at work in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use alloy_primitives::Address;
use ambassador_core::documents::claim::{ClaimDocument, SignedClaim};
use serde_json::Value;
use tempfile::TempDir;

use super::node::CHAIN_ID;
use crate::binary;

/// A programme's folder.
#[derive(Debug)]
pub(super) struct Programme {
    folder: TempDir,
}

impl Programme {
    /// Copies the example.
    pub(super) fn copy() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rally");
        copy(&example, folder.path());
        // Whoever ran the main job in the example left its results there.
        for left in ["months", "published"] {
            let _ = fs::remove_dir_all(folder.path().join(left));
        }
        let _ = fs::remove_file(folder.path().join("ledger.db"));
        Self { folder }
    }

    /// Writes the deployed contracts into the terms.
    pub(super) fn name_contracts(&self, token: Address, payouts: Address) {
        let file = self.path("terms/1.toml");
        let terms = fs::read_to_string(&file).expect("the example has terms");
        let values = [
            ("chain_id = ", CHAIN_ID.to_string()),
            ("address = ", format!("\"{token}\"")),
            ("payouts = ", format!("\"{payouts}\"")),
        ];
        let line = |line: &str| {
            let value = values.iter().find(|(key, _)| line.starts_with(key));
            value.map_or_else(|| line.to_owned(), |(key, value)| format!("{key}{value}")) + "\n"
        };
        fs::write(file, terms.lines().map(line).collect::<String>()).expect("the terms are written");
    }

    /// A file or folder of the programme.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of the signer that must succeed, and returns its JSON.
    pub(super) fn run(&self, arguments: &[&str]) -> Value {
        let output = self.start(arguments);
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}{complained}");
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// Runs a command of the signer that must succeed, and returns what a person reads.
    pub(super) fn say(&self, arguments: &[&str]) -> String {
        let output = self.start_as(&[], arguments);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {complained}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs a command of the signer inside the programme's folder.
    pub(super) fn start(&self, arguments: &[&str]) -> Output {
        self.start_as(&["--json"], arguments)
    }

    fn start_as(&self, form: &[&str], arguments: &[&str]) -> Output {
        let mut command = Command::new(binary::path());
        command.args(form).args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.output().expect("the signer starts")
    }

    /// The address that signs.
    pub(super) fn signer(&self) -> Address {
        let key: Value = serde_json::from_slice(&self.bytes("key.json")).expect("the key file is JSON");
        key["address"].as_str().expect("it states its address").parse().expect("an address")
    }

    /// The bytes of a file.
    pub(super) fn bytes(&self, name: &str) -> Vec<u8> {
        let file = self.path(name);
        fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// An ambassador's claim of a month.
    pub(super) fn claim(&self, month: &str, id: &str) -> ClaimDocument {
        ClaimDocument::from_bytes(&self.bytes(&format!("months/{month}/claims/{id}.json"))).expect("a claim")
    }

    /// All claims of a month, in the order of their files' names.
    pub(super) fn claims(&self, month: &str) -> Vec<SignedClaim> {
        let folder = fs::read_dir(self.path(&format!("months/{month}/claims"))).expect("the month has claims");
        let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry can be read").path()).collect();
        files.sort();
        let claim = |file: &PathBuf| ClaimDocument::from_bytes(&fs::read(file).expect("a file")).expect("a claim");
        files.iter().map(|file| claim(file).to_signed_claim().expect("it agrees with itself")).collect()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("an entry can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

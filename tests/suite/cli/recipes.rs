//! The recipes of `docs/` that need nothing but the signer, followed word for word.

use std::{env, fs, path::Path, process::Command};

use super::{example::open_example, folder::Folder};
use crate::binary;

/// Runs every command of a document in a programme's folder and returns what they say.
fn follow(folder: &Folder, document: &str) -> String {
    follow_with(folder, document, &[])
}

/// Runs every command of a document that reads these variables.
pub(super) fn follow_with(folder: &Folder, document: &str, variables: &[(&str, &str)]) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let text = fs::read_to_string(docs.join(document)).expect("the recipe is there");
    let blocks = text.split("```sh\n").skip(1);
    let commands: String = blocks.map(|block| block.split("```").next().expect("a block has a first part")).collect();
    let own = binary::path().parent().expect("a binary has a folder").to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([own].into_iter().chain(env::split_paths(&path))).expect("no separator in a name");
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &commands]).current_dir(folder.path()).env("PATH", path);
    shell.envs(variables.iter().copied());
    let run = binary::of(&mut shell);
    assert_eq!(run.status, 0, "{commands}\n{}{}", run.stdout, run.stderr);
    run.stdout
}

#[test]
fn a_vote() {
    let folder = open_example();
    let said = follow(&folder, "votes.md");
    assert!(said.contains("The reward for a qualified referral was $250 and becomes $300"), "{said}");
    assert!(said.contains("No rule changes"), "{said}");
    assert!(said.contains("https://vote.example/rally/2"), "{said}");
    let proposal = fs::read_to_string(folder.path().join("proposal.md")).expect("the recipe writes it");
    assert!(proposal.contains("| 2021-02 |"), "{proposal}");
}

#[test]
fn imports() {
    let folder = open_example();
    let said = follow(&folder, "imports.md");
    assert!(said.contains("exports/transactions.csv: 1 buy, 1 convert_in, 1 withdraw"), "{said}");
}

#[test]
fn exports() {
    let folder = open_example();
    follow(&folder, "exports.md");
    for (file, start) in [
        ("airdrop-2020-12.csv", "token_type,"),
        ("tax-2020-12.csv", "month,index,"),
        ("alex.ics", "BEGIN:VCALENDAR\r\n"),
        ("alex-2020-12.html", "<!doctype html>"),
    ] {
        let path = folder.path().join("exports").join(file);
        let text = fs::read_to_string(path).expect("the recipe writes it");
        assert!(text.starts_with(start), "{file}: {text}");
    }
    let tax = fs::read_to_string(folder.path().join("exports/tax-2020-12.csv")).expect("it was read");
    assert!(tax.contains(",2021-01-20T10:00:00Z,1581.06,"), "{tax}");
}

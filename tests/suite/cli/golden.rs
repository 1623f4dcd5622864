//! Commands whose whole output is known: `case.in/` laid over a folder, `case.out/` what is printed and written.
//!
//! `BLESS=1` writes `case.out/` anew.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::folder::{Folder, Snapshot, Step, assert_same, cases, copy, snapshot};
use crate::binary;

/// A day of the same width, for the day on which the test runs.
const SETTLED_ON: &str = "YYYY-MM-DD";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The folder that is copied first, if any.
    base: Option<String>,
    #[serde(default)]
    steps: Vec<Step>,
    command: String,
    /// The files that are compared are the ones below these folders and files.
    #[serde(default)]
    compare: Vec<String>,
    /// Names of files that random pseudonyms make different every time.
    #[serde(default)]
    except: Vec<String>,
    /// Whether the command changes not one byte of any file.
    #[serde(default)]
    unchanged: bool,
}

#[test]
fn init() {
    check("init");
}

#[test]
fn settle_dry_run() {
    check("settle-dry-run");
}

#[test]
fn settle_next_dry_run() {
    check("settle-next-dry-run");
}

#[test]
fn sign_dry_run() {
    check("sign-dry-run");
}

#[test]
fn fund() {
    check("fund");
}

#[test]
fn close() {
    check("close");
}

#[test]
fn close_again() {
    check("close-again");
}

#[test]
fn status() {
    check("status");
}

#[test]
fn check_json() {
    check("check-json");
}

#[test]
fn terms_hash() {
    check("terms-hash");
}

#[test]
fn terms_diff() {
    check("terms-diff");
}

#[test]
fn terms_diff_same() {
    check("terms-diff-same");
}

#[test]
fn terms_proposal() {
    check("terms-proposal");
}

#[test]
fn terms_proposal_first() {
    check("terms-proposal-first");
}

#[test]
fn export_airdrop() {
    check("export-airdrop");
}

#[test]
fn export_tax() {
    check("export-tax");
}

#[test]
fn export_calendar() {
    check("export-calendar");
}

fn check(name: &str) {
    let home = cases().join("golden").join(name);
    let text = fs::read_to_string(home.join("case.toml")).expect("the case can be read");
    let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let folder = case.base.as_ref().map_or_else(Folder::empty, |base| Folder::copy_of(&cases().join(base)));
    if home.join("case.in").is_dir() {
        copy(&home.join("case.in"), folder.path());
    }
    folder.take(&case.steps);
    let before = folder.snapshot();
    let run = binary::run_well(folder.path(), &case.command);
    if case.unchanged {
        assert_same(&before, &folder.snapshot(), name);
    }
    let mut found: Snapshot = folder.snapshot();
    found.retain(|path, _| {
        let compared = case.compare.iter().any(|part| path.starts_with(part));
        compared && !case.except.iter().any(|name| path.ends_with(name))
    });
    found.insert("stdout.txt".into(), without_day(folder.path(), &run.stdout).into_bytes());
    let expected = home.join("case.out");
    if env::var_os("BLESS").is_some() {
        bless(&expected, &found);
    }
    assert_texts(&snapshot(&expected), &found, name);
}

/// Replaces the day on which months were settled.
fn without_day(root: &Path, text: &str) -> String {
    let status = binary::run_well(root, "status --json");
    let status: Value = serde_json::from_str(&status.stdout).expect("the status is JSON");
    let months = status["months"].as_array().into_iter().flatten();
    let days = months.filter_map(|month| month["settled_at"].as_str()?.split('T').next().map(str::to_owned));
    days.fold(text.to_owned(), |text, day| text.replace(&day, SETTLED_ON))
}

fn bless(folder: &Path, found: &Snapshot) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("the old output can be removed");
    }
    for (path, bytes) in found {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, bytes).expect("a file can be written");
    }
}

/// Compares as texts, which a failure can show.
fn assert_texts(expected: &Snapshot, found: &Snapshot, name: &str) {
    let texts = |files: &Snapshot| -> BTreeMap<_, _> {
        files.iter().map(|(path, bytes)| (path.clone(), String::from_utf8_lossy(bytes).into_owned())).collect()
    };
    let (expected, found) = (texts(expected), texts(found));
    assert!(expected.keys().eq(found.keys()), "{name}: {:?} and {:?}", expected.keys(), found.keys());
    for (path, text) in &expected {
        assert_eq!(Some(text), found.get(path), "{name}: {} differs; `BLESS=1` writes it anew", path.display());
    }
}

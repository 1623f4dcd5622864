//! The example programme closed month by month, and every file of it spoilt in turn.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::Value;

use super::{
    folder::{Folder, assert_same, snapshot},
    random::Random,
};
use crate::binary::{Run, run, run_well};

/// The example with its three months closed, once for all tests.
static CLOSED: LazyLock<Folder> = LazyLock::new(|| {
    let folder = open_example();
    for month in ["2020-12", "2021-01", "2021-02"] {
        run_well(folder.path(), &format!("close {month} --yes"));
    }
    folder
});

/// Copies the example as nobody has closed a month of it yet.
pub(super) fn open_example() -> Folder {
    let folder = Folder::copy_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rally"));
    for made in ["months", "published"] {
        // Whoever tried the example has closed a month of it.
        let _ = fs::remove_dir_all(folder.path().join(made));
    }
    let _ = fs::remove_file(folder.path().join("ledger.db"));
    folder
}

#[test]
fn december_is_21000_tokens_for_alex() {
    let claim = fs::read(CLOSED.path().join("months/2020-12/claims/alex.json")).expect("alex has a claim");
    let claim: Value = serde_json::from_slice(&claim).expect("a claim is JSON");
    assert_eq!(claim["claim"]["amount"], "21000000000000000000000");
    assert_eq!((&claim["claim"]["from"], &claim["claim"]["to"]), (&"611".into(), &"611".into()));
}

#[test]
fn closing_again_changes_not_one_byte() {
    let folder = Folder::copy_of(CLOSED.path());
    let before = folder.snapshot();
    for month in ["2020-12", "2021-01", "2021-02"] {
        let again = run_well(folder.path(), &format!("close {month} --yes"));
        assert!(again.stdout.contains(&format!("{month} was closed before with the same records")), "{}", again.stdout);
        assert_same(&before, &folder.snapshot(), month);
    }
}

#[test]
fn a_programme_that_was_renamed_is_called_by_its_latest_name() {
    let folder = open_example();
    let terms = fs::read_to_string(folder.path().join("terms/1.toml")).expect("the first terms");
    let renamed = terms
        .replacen("\nname = \"Rally Ambassadors\"", "\nname = \"New Ambassadors\"", 1)
        .replacen("\nversion = 1", "\nversion = 2", 1)
        .replacen("\neffective = \"2020-11\"", "\neffective = \"2021-01\"", 1);
    run_well(folder.path(), "close 2020-12 --yes");
    fs::write(folder.path().join("terms/2.toml"), renamed).expect("the second terms");
    // Closing and publishing the older month again leaves the newer name in the index.
    for command in ["close 2021-01 --yes", "close 2020-12 --yes", "publish 2020-12", "verify published"] {
        run_well(folder.path(), command);
    }
    let index = fs::read_to_string(folder.path().join("published/index.json")).expect("an index");
    assert!(index.contains("\"programme\": \"New Ambassadors\""), "{index}");
}

#[test]
fn every_month_and_all_that_is_published_verify() {
    for path in ["months/2020-12", "months/2021-01", "months/2021-02", "published", "published/months/2021-02"] {
        let verified = run_well(CLOSED.path(), &format!("verify {path}"));
        assert!(verified.stdout.contains("statements and"), "{path}: {}", verified.stdout);
    }
    let elsewhere = Folder::copy_of(&CLOSED.path().join("published"));
    run_well(elsewhere.path(), "verify .");
    for (path, _) in snapshot(&CLOSED.path().join("months/2020-12")) {
        let path = Path::new("months/2020-12").join(path);
        if path.parent().is_some_and(|folder| folder.ends_with("claims") || folder.ends_with("statements")) {
            run_well(CLOSED.path(), &format!("verify {}", path.display()));
        }
    }
}

#[test]
fn the_first_records_verify_by_themselves_and_later_ones_with_their_month() {
    let summary = fs::read(CLOSED.path().join("months/2020-12/summary.json")).expect("december has a summary");
    let summary: Value = serde_json::from_slice(&summary).expect("a summary is JSON");
    let hash = summary["records"]["hash"].as_str().expect("it names the records");
    let first = run_well(CLOSED.path(), "verify months/2020-12/records.json");
    assert_eq!(first.stdout, format!("records {hash} of 2020-12\n"));
    let later = run(CLOSED.path(), "verify months/2021-01/records.json");
    assert_eq!(later.status, 1);
    let expected = "error[NOTHING_TO_VERIFY]: months/2021-01/records.json: the records continue an earlier month";
    assert!(later.stderr.starts_with(expected), "{}", later.stderr);
}

#[test]
fn a_changed_digit_is_found() {
    let mut random = Random(0x5261_6c6c_7921);
    let (beside_ledger, alone) = (Folder::copy_of(CLOSED.path()), Folder::empty());
    super::folder::copy(&CLOSED.path().join("months"), &alone.path().join("months"));
    let mut positions = 0;
    for (path, bytes) in snapshot(&CLOSED.path().join("months/2020-12")) {
        let path = Path::new("months/2020-12").join(path);
        let digits: Vec<usize> =
            bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at).collect();
        for _ in 0..4 {
            let at = digits.get(random.below(digits.len())).copied().expect("every file has digits");
            let mut changed = bytes.clone();
            let digit = changed.get_mut(at).expect("it is there");
            *digit = if *digit == b'9' { b'0' } else { digit.saturating_add(1) };
            for folder in [&beside_ledger, &alone] {
                fs::write(folder.path().join(&path), &changed).expect("a file can be written");
                let found = run(folder.path(), "verify months/2020-12 --json");
                let what = format!("byte {at} of {}", path.display());
                assert_names(&found, &path, &what);
                fs::write(folder.path().join(&path), &bytes).expect("a file can be written");
            }
            positions += 1;
        }
    }
    assert!(positions > 40, "{positions}");
    run_well(alone.path(), "verify months/2020-12");
}

/// Checks that a verification failed and that a problem names the file, with a field or a line.
fn assert_names(found: &Run, path: &Path, what: &str) {
    assert_eq!(found.status, 1, "{what}: {}", found.stdout);
    let json: Value = serde_json::from_str(&found.stdout).unwrap_or_else(|error| panic!("{what}: {error}"));
    let named = json["problems"].as_array().into_iter().flatten().any(|problem| {
        let file = problem["file"].as_str().map(PathBuf::from);
        let message = problem["message"].as_str().unwrap_or_default();
        let place = problem["column"].is_string() || problem["line"].is_u64() || message.starts_with('`');
        file.as_deref() == Some(path) && place
    });
    assert!(named, "{what}: {}", found.stdout);
}

#[test]
fn a_file_too_few_or_too_many_is_found() {
    let folder = Folder::copy_of(CLOSED.path());
    let month = Path::new("months/2020-12");
    for (path, bytes) in snapshot(&CLOSED.path().join(month)) {
        let path = month.join(path);
        fs::remove_file(folder.path().join(&path)).expect("it can be removed");
        assert_code(&folder, "FILE_MISSING", &path);
        fs::write(folder.path().join(&path), bytes).expect("a file can be written");
    }
    for path in ["months/2020-12/claims/nobody.json", "months/2020-12/notes.txt"].map(Path::new) {
        fs::write(folder.path().join(path), "{}").expect("a file can be written");
        assert_code(&folder, "FILE_UNEXPECTED", path);
        fs::remove_file(folder.path().join(path)).expect("it can be removed");
    }
}

#[test]
fn a_claim_of_another_month_is_found() {
    let folder = Folder::copy_of(CLOSED.path());
    let path = Path::new("months/2020-12/claims/alex.json");
    fs::copy(folder.path().join("months/2021-01/claims/alex.json"), folder.path().join(path)).expect("it is there");
    let found = run(folder.path(), "verify months/2020-12 --json");
    assert_names(&found, path, "a claim of January");
    let found = run(folder.path(), &format!("verify {}", path.display()));
    assert_eq!(found.status, 1, "the statement beside it is another one");
    assert!(found.stderr.contains("error[STATEMENT_HASH]"), "{}", found.stderr);
}

#[test]
fn a_month_that_was_put_in_another_place_is_found() {
    let folder = Folder::empty();
    super::folder::copy(&CLOSED.path().join("months/2020-12"), &folder.path().join("2021-01"));
    let found = run(folder.path(), "verify 2021-01");
    assert_eq!(found.status, 1);
    assert!(found.stderr.contains("records.json: month: the records are of `2020-12`"), "{}", found.stderr);
    super::folder::copy(&CLOSED.path().join("months/2021-01"), &folder.path().join("2021-01"));
    let found = run(folder.path(), "verify 2021-01");
    assert_eq!(found.status, 1, "the month before is not there");
}

fn assert_code(folder: &Folder, code: &str, path: &Path) {
    let found = run(folder.path(), "verify months/2020-12");
    assert_eq!(found.status, 1, "{}: {}", path.display(), found.stdout);
    let expected = format!("error[{code}]: {}: ", path.display());
    assert!(found.stderr.contains(&expected), "`{expected}` is not in {}", found.stderr);
}

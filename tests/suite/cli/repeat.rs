//! Commands that are repeated: after themselves, after a crash, during the challenge days and after them.

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::Value;

use super::folder::{Folder, assert_same};
use crate::binary::{run, run_well};

const CLOSE: &str = "close 2020-12 --yes";

#[test]
fn every_command_of_a_month_can_be_repeated() {
    let folder = Folder::base();
    for command in ["settle 2020-12 --yes", "sign 2020-12 --yes", "publish 2020-12", CLOSE] {
        run_well(folder.path(), command);
        let before = folder.snapshot();
        run_well(folder.path(), command);
        assert_same(&before, &folder.snapshot(), command);
        // What was done is not asked about again.
        run_well(folder.path(), command.trim_end_matches(" --yes"));
        assert_same(&before, &folder.snapshot(), command);
    }
    let closed = Folder::base();
    run_well(closed.path(), CLOSE);
    let claim = |folder: &Folder| folder.snapshot().get(Path::new("months/2020-12/claims/alex.json")).cloned();
    assert_eq!(claim(&folder), claim(&closed), "one by one or at once, the claim is the same");
}

#[test]
fn the_ledger_writes_lost_files_again() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let before = folder.snapshot();
    for lost in ["months", "published", "months/2020-12/claims", "published/index.json"] {
        let path = folder.path().join(lost);
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.expect("it can be removed");
        run_well(folder.path(), CLOSE);
        assert_same(&before, &folder.snapshot(), lost);
    }
    for command in ["settle 2020-12", "sign 2020-12"] {
        fs::remove_dir_all(folder.path().join("months")).expect("it can be removed");
        run_well(folder.path(), command);
        assert_same(&before, &folder.snapshot(), command);
    }
}

/// An index that cannot be read is none that is not there: the months that it names would be published no more.
#[test]
fn what_is_published_is_not_forgotten() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let index = folder.path().join("published/index.json");
    fs::write(&index, "{").expect("it can be written");
    refuse_all(&folder, "error[JSON]: published/index.json:1: ");
    fs::remove_file(&index).and_then(|()| fs::create_dir(&index)).expect("a folder in its place");
    refuse_all(&folder, "error[DISK]: published/index.json: ");
}

/// Commands that publish are refused, and neither record nor write.
fn refuse_all(folder: &Folder, expected: &str) {
    let before = folder.snapshot();
    for command in ["publish 2020-12", "close 2021-01 --yes", "close 2021-01 --yes --early reason"] {
        let refused = run(folder.path(), command);
        assert_eq!(refused.status, 5, "{command}: {}", refused.stderr);
        assert!(refused.stderr.contains(expected), "{command}: {}", refused.stderr);
        assert_same(&before, &folder.snapshot(), command);
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    for command in ["settle 2020-12 --dry-run", "close 2020-12 --dry-run", "check", "status", "key address"] {
        let folder = Folder::base();
        let before = folder.snapshot();
        run_well(folder.path(), command);
        assert_same(&before, &folder.snapshot(), command);
    }
}

/// A crash in the midst of a commit leaves pages in the ledger that its journal takes back.
#[test]
fn a_half_recorded_step_is_taken_back() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let before = folder.snapshot();
    let crashed = Folder::copy_of(folder.path());
    let connection = Connection::open(folder.path().join("ledger.db")).expect("the ledger opens");
    // With one page of cache the transaction writes to the file before it commits.
    connection
        .execute_batch(
            "PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (bytes);
             INSERT INTO half WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 999)
             SELECT randomblob(500) FROM n;",
        )
        .expect("the ledger takes a transaction");
    for file in ["ledger.db", "ledger.db-journal"] {
        fs::copy(folder.path().join(file), crashed.path().join(file)).expect("the file is there");
    }
    assert_ne!(crashed.snapshot(), before, "the crash left something");
    run_well(crashed.path(), "status");
    assert_same(&before, &crashed.snapshot(), "after the crash");
    run_well(crashed.path(), CLOSE);
    assert_same(&before, &crashed.snapshot(), "after the crash, closed again");
}

/// A crash between making the file and the first commit leaves a ledger of no bytes.
#[test]
fn an_empty_ledger_is_none() {
    let folder = Folder::base();
    fs::write(folder.path().join("ledger.db"), "").expect("a file can be written");
    assert!(run_well(folder.path(), "status").stdout.starts_with("nothing is settled yet"));
    run_well(folder.path(), CLOSE);
    run_well(folder.path(), "verify months/2020-12 published");
}

#[test]
fn during_the_challenge_days_a_draft_is_published_and_nothing_is_settled() {
    let folder = Folder::base();
    let terms = folder.path().join("terms/1.toml");
    let text = fs::read_to_string(&terms).expect("the terms can be read");
    fs::write(&terms, text.replace("challenge_days = 7", "challenge_days = 3650")).expect("a file can be written");

    let draft = run_well(folder.path(), CLOSE);
    assert!(draft.stdout.contains("draft: 2020-12 can be challenged until 2030-12-30T00:00:00Z"), "{}", draft.stdout);
    let before = folder.snapshot();
    assert!(before.contains_key(Path::new("published/months/2020-12/statements/alex.json")));
    let claims = before.keys().filter(|path| path.to_string_lossy().contains("claims"));
    assert_eq!(claims.count(), 0, "a draft has no claims");
    run_well(folder.path(), CLOSE);
    assert_same(&before, &folder.snapshot(), "the draft again");
    run_well(folder.path(), "verify published");
    assert_eq!(months(&folder), Vec::<Value>::new(), "nothing is settled");
    assert_eq!(run(folder.path(), "settle 2020-12 --yes").status, 1);
    assert_eq!(run(folder.path(), "sign 2020-12 --yes").status, 1);
    assert_same(&before, &folder.snapshot(), "refused");

    run_well(folder.path(), "close 2020-12 --yes --early agreed");
    let months = months(&folder);
    assert_eq!(months.len(), 1);
    assert!(months.iter().all(|month| month["early"] == "agreed" && month["signed"] == 2), "{months:?}");
    run_well(folder.path(), "verify months/2020-12 published");
}

fn months(folder: &Folder) -> Vec<Value> {
    let status = run_well(folder.path(), "status --json").stdout;
    let status: Value = serde_json::from_str(&status).expect("the status is JSON");
    status["months"].as_array().cloned().unwrap_or_default()
}

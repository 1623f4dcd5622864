//! Ledgers that are torn, bit-flipped, gone or restored from an older copy.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::{
    Extent, in_parallel,
    ledger::FILE,
    left::Left,
    programme::{CLOSE, SCENARIOS, change_amounts},
};
use crate::{
    binary::{Run, run, run_well},
    cli::{
        folder::{Folder, assert_same},
        random::Random,
    },
};

const COMMANDS: [&str; 4] =
    ["close 2020-12 --yes", "sign 2020-12 --yes --new-signer", "close 2021-01 --yes", "publish 2020-12"];

/// Runs the month's commands in a folder whose ledger is damaged; none may stop without a reason or sign something else.
fn meet_damage(folder: &Path, left: &Left, what: &str) {
    for command in COMMANDS {
        let run = run(folder, command);
        let reasoned = run.status == 0 || (run.stderr.contains("error[") && run.stderr.contains("  help: "));
        assert!(
            matches!(run.status, 0..=5) && reasoned,
            "{what}: `{command}` ended with {}: {}",
            run.status,
            run.stderr
        );
        let mut left = left.clone();
        left.meet_folder(folder);
        assert_eq!(left.contradiction(), None, "{what}: `{command}`");
    }
}

#[test]
fn a_damaged_ledger_signs_nothing_else() {
    let extent = Extent::asked();
    let programme = SCENARIOS[4].prepare();
    let ledger = fs::read(programme.folder.path().join(FILE)).expect("the ledger is there");
    let mut left = Left::default();
    left.meet_folder(programme.folder.path());
    let seed = Extent::seed(2_000);
    let mut random = Random(seed);
    let mut damages: Vec<(String, Vec<u8>)> = Vec::new();
    let (flips, tears) = if extent == Extent::Long { (6_000, 300) } else { (60, 10) };
    for _ in 0..flips {
        let (byte, bit) = (random.below(ledger.len()), random.below(8));
        let mut flipped = ledger.clone();
        flipped[byte] ^= 1 << bit;
        damages.push((format!("bit {bit} of byte {byte} flipped"), flipped));
    }
    for _ in 0..tears {
        let length = random.below(ledger.len());
        damages.push((format!("cut off after {length} bytes"), ledger[..length].to_vec()));
        let start = random.below(ledger.len()) / 512 * 512;
        let mut torn = ledger.clone();
        torn[start..(start + 4096).min(ledger.len())].fill(0);
        damages.push((format!("zeros from byte {start}"), torn));
    }
    in_parallel(&damages, |(what, bytes)| {
        let folder = programme.copy();
        fs::write(folder.path().join(FILE), bytes).expect("a file can be written");
        // With other amounts a month that was forgotten would get another digest.
        change_amounts(folder.path());
        meet_damage(folder.path(), &left, &format!("seed {seed}, {what}"));
    });
    println!("damaged ledgers: {}", damages.len());
}

fn refused(run: &Run, code: &str, command: &str) {
    assert_eq!(run.status, 5, "`{command}`: {}", run.stderr);
    assert!(run.stderr.contains(&format!("error[{code}]: ")), "`{command}`: {}", run.stderr);
    assert!(run.stderr.contains("  help: "), "`{command}`: {}", run.stderr);
}

#[test]
fn an_older_ledger_is_known_before_it_signs() {
    let folder = Folder::base();
    run_well(folder.path(), "settle 2020-12 --yes");
    let ledger = folder.path().join(FILE);
    let settled = fs::read(&ledger).expect("the ledger is there");
    run_well(folder.path(), CLOSE);
    let closed = fs::read(&ledger).expect("the ledger is there");
    for older in [Some(settled), None] {
        match older {
            Some(bytes) => fs::write(&ledger, bytes).expect("a file can be written"),
            None => fs::remove_file(&ledger).expect("the ledger is there"),
        }
        let before = folder.snapshot();
        for command in
            [CLOSE, "settle 2020-12 --yes", "sign 2020-12 --yes", "publish 2020-12", "sign 2020-12 --typed-data"]
        {
            refused(&run(folder.path(), command), "LEDGER_BEHIND", command);
            assert_same(&before, &folder.snapshot(), command);
        }
    }
    fs::write(&ledger, closed).expect("a file can be written");
    run_well(folder.path(), CLOSE);
    run_well(folder.path(), "close 2021-01 --yes");
    run_well(folder.path(), "verify published");
}

#[test]
fn a_ledger_of_another_programme_is_known() {
    let (folder, other) = (Folder::base(), Folder::base());
    run_well(folder.path(), CLOSE);
    change_amounts(other.path());
    run_well(other.path(), CLOSE);
    fs::copy(other.path().join(FILE), folder.path().join(FILE)).expect("a file can be copied");
    refused(&run(folder.path(), CLOSE), "LEDGER_DIFFERS", CLOSE);
}

/// Nothing was published, so only the claims themselves tell that the ledger is an older one.
#[test]
fn a_claim_that_the_ledger_does_not_know_is_seen_before_another_is_signed() {
    let folder = Folder::base();
    run_well(folder.path(), "settle 2020-12 --yes");
    run_well(folder.path(), "sign 2020-12 --yes");
    fs::remove_file(folder.path().join(FILE)).expect("the ledger is there");
    change_amounts(folder.path());
    for command in [CLOSE, "sign 2020-12 --yes"] {
        if command != CLOSE {
            run_well(folder.path(), "settle 2020-12 --yes");
        }
        let before = folder.snapshot();
        let run = run(folder.path(), command);
        refused(&run, "CLAIM_UNKNOWN", command);
        assert!(run.stderr.contains("months/2020-12/claims/mika.json"), "{}", run.stderr);
        assert_same(&before, &folder.snapshot(), command);
    }
}

/// Each row is whole, and stands where another belongs.
#[test]
fn rows_that_changed_places_are_seen() {
    const SIGN: &str = "sign 2020-12 --yes --new-signer";
    let (statements, claims) = ("do not lead to its statements", "ambassador 0 has the signed digest `0x");
    for (columns, table, refusals) in [
        ("hash, bytes", "statements", vec![(SIGN, statements), ("publish 2020-12", statements)]),
        (
            "digest",
            "claims",
            vec![
                (SIGN, claims),
                (CLOSE, claims),
                (
                    "reissue alex 2020-12 --rpc http://127.0.0.1:1 --yes",
                    "another claim of `alex` for `2020-12` was signed",
                ),
            ],
        ),
    ] {
        let folder = Folder::base();
        run_well(folder.path(), "settle 2020-12 --yes");
        run_well(folder.path(), "sign 2020-12 --yes");
        let ledger = Connection::open(folder.path().join(FILE)).expect("the ledger opens");
        let tables =
            if table == "claims" { vec![(table, columns), ("signatures", "bytes")] } else { vec![(table, columns)] };
        for (table, columns) in tables {
            let swap = format!(
                "DROP TRIGGER {table}_never_UPDATE; CREATE TEMP TABLE other_{table} AS SELECT * FROM {table};
                 UPDATE {table} SET ({columns}) = (SELECT {columns} FROM other_{table} AS other
                     WHERE other.ambassador = 1 - {table}.ambassador)"
            );
            // A digest stands there once.
            let make_room = if table == "claims" { "UPDATE claims SET digest = digest || ' '; " } else { "" };
            ledger
                .execute_batch(&swap.replace("UPDATE claims", &format!("{make_room}UPDATE claims")))
                .expect("it is ours");
        }
        drop(ledger);
        let before = folder.snapshot();
        for (command, says) in refusals {
            let run = run(folder.path(), command);
            refused(&run, "LEDGER_DAMAGED", command);
            assert!(run.stderr.contains(says), "{table}, `{command}`: {}", run.stderr);
            assert_same(&before, &folder.snapshot(), command);
        }
    }
}

#[test]
fn a_published_head_that_cannot_be_read_is_refused() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    fs::write(folder.path().join("published/ledger.json"), "{").expect("a file can be written");
    refused(&run(folder.path(), CLOSE), "JSON", CLOSE);
}

/// A pipe that nobody reads is no reason to stop without a word, or with a panic.
#[test]
fn what_cannot_be_printed_is_said_elsewhere() {
    let folder = Folder::base();
    let full = |output: &str| {
        let script = format!("exec \"$0\" close 2020-12 --yes {output}");
        let mut process = std::process::Command::new("sh");
        crate::binary::of(process.args(["-c", &script]).arg(crate::binary::path()).current_dir(folder.path()))
    };
    assert_eq!(full("2>/dev/full").status, 0);
    let unprinted = full(">/dev/full");
    assert_eq!(unprinted.status, 5);
    assert!(unprinted.stderr.contains("error[OUTPUT]: "), "{}", unprinted.stderr);
    assert_eq!(full("--json >/dev/full 2>/dev/full").status, 5);
}

//! What the signer's machine can do to it, and what it leaves there: modes, links, pipes, memory, passwords, hostile
//! contents at every door. Each test is a row of `docs/host.md`.

#![cfg(target_os = "linux")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop; a field of JSON that is missing reads as null"
)]

mod bombs;
mod contents;
mod doors;
mod links;
mod memory;
mod modes;
mod parquet;
mod passwords;
mod terminal;

use std::{path::Path, process::Command};

use crate::binary::{self, Run};

const CLOSE: &str = "close 2020-12 --yes";

/// More than any command here takes; what hangs ends with this status.
const PATIENCE: &str = "30";
const HUNG: i32 = 124;

/// Runs the binary in a folder, for a while at most and with no terminal to ask on.
fn run(folder: &Path, arguments: &str) -> Run {
    run_in(folder, "", arguments)
}

/// Runs the binary as a shell starts it after some words of its own, such as `umask 000;`.
fn run_in(folder: &Path, words: &str, arguments: &str) -> Run {
    let mut process = Command::new("timeout");
    process.args([PATIENCE, "setsid", "--wait", "sh", "-c"]).arg(format!("{words} exec \"$0\" {arguments}"));
    let run = binary::of(process.arg(binary::path()).current_dir(folder));
    assert_ne!(run.status, HUNG, "`{arguments}` hangs");
    run
}

/// Runs the binary and stops unless it succeeds.
fn run_well(folder: &Path, arguments: &str) -> Run {
    let run = run(folder, arguments);
    assert_eq!(run.status, 0, "`{arguments}`: {}", run.stderr);
    run
}

/// Stops where a text could move the cursor or turn what stands around it.
fn assert_plain(text: &str, what: &str) {
    let odd =
        text.chars().find(|character| *character != '\n' && ambassador_core::identifier::is_deceptive(*character));
    assert_eq!(odd, None, "{what}: {text:?}");
}

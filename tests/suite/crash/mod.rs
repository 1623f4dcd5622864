//! Crashes and power cuts: what a command had let out is in the ledger, and the next command goes on.
//!
//! The quick form runs with everything else; `CRASH=long` runs all of it, and `CRASH_SEED` chooses other random cases.

#![cfg(target_os = "linux")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop; a field of JSON that is missing reads as null"
)]

mod awake;
mod damage;
mod disk;
mod kill;
mod ledger;
mod left;
mod power;
mod programme;
mod promises;
mod storm;
mod trace;

use std::{
    env,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Quick,
    Long,
}

impl Extent {
    fn asked() -> Self {
        match env::var("CRASH").as_deref() {
            Ok("long") => Self::Long,
            _ => Self::Quick,
        }
    }

    /// Returns the seed of a test's random choices, which is printed where something is found.
    fn seed(number: usize) -> u64 {
        let given = env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
        given.unwrap_or(611_u64).wrapping_add(u64::try_from(number).expect("it fits"))
    }
}

/// Says that a test does not run where `strace` is missing.
fn strace_is_there() -> bool {
    let there = Command::new("strace").arg("true").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(env::var_os("CI").is_none(), "strace is needed, and may trace; tests/run installs it");
        eprintln!("NOT RUN: strace is missing or may not trace; tests/run installs it");
    }
    there
}

/// Does the same for each item, on all processors.
pub(crate) fn in_parallel<T: Sync>(items: &[T], act: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    act(item);
                }
            });
        }
    });
}

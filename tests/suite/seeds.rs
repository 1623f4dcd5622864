//! The seeds of the fuzz targets, checked as the fuzzer checks them.

#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

#[expect(unreachable_pub, reason = "the targets reach it from their own crate")]
#[path = "../../fuzz/src/checks/mod.rs"]
mod checks;

use std::{fs, path::PathBuf};

use crate::architecture::root;

/// Returns the seeds of a target by their names.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fs::read_dir(root().join("fuzz/seeds").join(target)).expect("a target has seeds");
    let mut files: Vec<_> = folder
        .map(|entry| entry.expect("the folder can be read").path())
        .map(|path| (path.clone(), fs::read(path).expect("a seed can be read")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has seeds");
    files
}

/// Checks every seed of a target; a seed that fails is named by what it prints.
fn check(target: &str) {
    let (_, check) = checks::ALL.into_iter().find(|(name, _)| *name == target).expect("the target is there");
    for (path, bytes) in seeds(target) {
        eprintln!("{}", path.display());
        check(&bytes);
    }
}

macro_rules! replay {
    ($($target:ident),+) => {
        $(
            #[test]
            fn $target() {
                check(stringify!($target));
            }
        )+

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($target)),+];
            assert!(checks::ALL.iter().map(|(name, _)| *name).eq(replayed));
        }
    };
}
replay!(activity, amounts, arguments, border, compressed, documents, imports, keystore, parquet, tables, terms);

#[test]
fn parts_of_events_may_end_anywhere() {
    for (path, bytes) in seeds("activity") {
        eprintln!("{}", path.display());
        checks::activity::check_everywhere(&bytes);
    }
}

//! The tests that documents name are there.

#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::{collections::BTreeSet, fs};

use crate::architecture::{files, root};

/// Returns what the sources below folders declare: functions of Rust, and files by their names.
fn declared(below: &[&str]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in files(below) {
        names.insert(path.file_name().expect("a file has a name").to_string_lossy().into_owned());
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            let functions = text.split("fn ").skip(1);
            names.extend(functions.filter_map(|rest| Some(rest.split_once('(')?.0.trim().to_owned())));
        }
    }
    names
}

/// Returns what a text puts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_named_test_is_there() {
    let names = declared(&["core/src", "signer/src", "wasm/src", "tests/suite", "tests/browser", "tests/cases"]);
    for (document, least) in [("SECURITY.md", 30), ("docs/host.md", 50), ("docs/vectors.md", 20)] {
        let mut count = 0;
        let text = fs::read_to_string(root().join(document)).expect("the document is there");
        // The last cell of each row of a table names its tests, where its head says so.
        let mut is_of_tests = false;
        let rows = text.lines().filter(|line| {
            let is_row = line.starts_with('|');
            is_of_tests = is_row && (is_of_tests || line.ends_with("test |"));
            is_of_tests
        });
        for name in rows.filter_map(|row| row.trim_end_matches('|').rsplit_once('|')).flat_map(|(_, cell)| quoted(cell))
        {
            assert!(names.contains(name), "{document} names `{name}`, which is not there");
            count += 1;
        }
        assert!(count > least, "{document}: names are found: {count}");
    }
}

//! Terms: what is accepted is written and read again and stays the same, and reads the same as a page reads it; what is
//! refused names a line inside the text, which moves along when lines are put in front.

use ambassador_core::{
    documents::{
        terms::TermsDocument,
        tree::{self, Value},
    },
    hash::keccak256,
    terms::Terms,
};
use ambassador_signer::{
    intake::doors::{self, FILE},
    problem::{Exit, Failure, Problem},
};

use super::BYTE_ORDER_MARK;

/// What a code of the terms begins with.
const CODES: [&str; 6] = ["TERMS_", "NUMBER_", "NAME_", "TIME_", "ADDRESS_", "PRICE_"];

/// Checks a terms file.
pub fn check(bytes: &[u8]) {
    let read = doors::terms(bytes);
    let moved = doors::terms(&[b"# one line\n# and one more\n", bytes].concat());
    match (&read, &moved) {
        (Ok((terms, file)), Ok((moved, _))) => {
            assert_eq!(file.text.as_bytes(), bytes);
            assert_eq!((file.hash, terms.hash()), (keccak256(&[bytes]), keccak256(&[bytes])));
            check_accepted(&file.text, terms);
            assert!(terms.hash() != moved.hash() && same(terms, moved));
        }
        (Err(failure), Err(moved)) => {
            check_refused(bytes, failure);
            assert!(bytes.starts_with(BYTE_ORDER_MARK) || is_moved(failure, moved), "{failure}\n{moved}");
        }
        _ => assert!(bytes.starts_with(BYTE_ORDER_MARK), "{read:?} {moved:?}"),
    }
}

/// Says whether terms differ in their hash at most.
fn same(one: &Terms, other: &Terms) -> bool {
    format!("{one:?}").replace(&format!("{:?}", one.hash()), "")
        == format!("{other:?}").replace(&format!("{:?}", other.hash()), "")
}

fn check_accepted(text: &str, terms: &Terms) {
    let document: TermsDocument = toml::from_str(text).expect("what the strict reader reads, the other reads, too");
    let written = toml::to_string(&document).expect("a document can be written");
    let (again, _) = doors::terms(written.as_bytes()).unwrap_or_else(|failure| panic!("{failure}\n{written}"));
    assert!(same(terms, &again), "{terms:?}\n{again:?}");
    assert_eq!(toml::from_str(&written).as_ref(), Ok(&document));
    // A page reads TOML itself and hands it over as a tree.
    let tree = serde_json::to_string(&document).expect("a document can be written");
    let tree = Value::parse(&tree).and_then(|value| tree::read::<TermsDocument>("terms", value));
    assert_eq!(tree.as_ref(), Ok(&document));
    assert_eq!(document.to_terms(terms.hash()).as_ref(), Ok(terms));
}

fn check_refused(bytes: &[u8], failure: &Failure) {
    let lines = u64::try_from(bytes.split(|byte| *byte == b'\n').count()).expect("a file is short");
    assert!(failure.exit == Exit::Records && !failure.problems.is_empty());
    for problem in failure.problems.iter().filter(|problem| problem.code != "MORE") {
        assert!(CODES.iter().any(|code| problem.code.starts_with(code)), "{problem}");
        assert!(problem.line.is_some_and(|line| (1..=lines).contains(&line)), "{problem}");
        assert!(names(bytes, problem), "{problem}");
        assert_eq!(problem.file.as_deref().and_then(|file| file.to_str()), Some(FILE));
        assert!(problem.help.as_ref().is_some_and(|help| !help.is_empty()) && !problem.message.is_empty(), "{problem}");
        assert!(!problem.to_string().contains(['\r', '\u{1b}', '\0', '\u{202e}']), "{problem}");
    }
}

/// Says whether the line of a problem has its field's name, or that of a table around it.
fn names(bytes: &[u8], problem: &Problem) -> bool {
    let line = problem.line.and_then(|line| usize::try_from(line).ok()).unwrap_or_default();
    let line = bytes.split(|byte| *byte == b'\n').nth(line - 1).map(String::from_utf8_lossy).unwrap_or_default();
    let path = problem.column.as_deref().unwrap_or_default();
    // An item of a list may stand in a line of its own, and a name may be written with escapes.
    path.is_empty() || path.ends_with(']') || bytes.contains(&b'\\') || {
        let mut names = path.split('.').map(|name| name.split('[').next().unwrap_or_default());
        names.any(|name| line.contains(name))
    }
}

/// Returns what the problems are, and where.
fn places(failure: &Failure) -> Vec<(Option<u64>, Option<&str>, &str)> {
    failure.problems.iter().map(|one| (one.line, one.column.as_deref(), one.code.as_str())).collect()
}

/// Says whether the problems are the same, two lines further down.
fn is_moved(failure: &Failure, moved: &Failure) -> bool {
    let (mut before, mut after) = (places(failure), places(moved));
    for places in [&mut before, &mut after] {
        places.sort_by_key(|(line, column, code)| (*code, *column, *line));
    }
    before.len() == after.len()
        && before.iter().zip(&after).all(|(before, after)| {
            let (line, column, code) = *before;
            let moved = (line.map(|line| line + 2), column, code);
            // A field of the file itself is missing in its first line, whatever stands there.
            *after == moved || (*before == *after && *before == (Some(1), None, "TERMS_FIELD_MISSING"))
        })
}

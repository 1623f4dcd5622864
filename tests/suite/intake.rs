//! The doors of the intake against vectors that others wrote.
//!
//! The vectors are not part of the project. Where their folder is missing, a test says so and has tested nothing.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use ambassador_core::{address::Address, calendar::Instant, diagnostic::Diagnostic as _, identifier::Label};
use ambassador_signer::{
    intake::{
        columns::Column,
        csv::{Csv, HeaderError},
        jsonl::{EventLine, JsonError},
    },
    names,
    problem::Problem,
};
use serde_json::{Map, Value};

/// Returns the path of a vector, or says that the test does not run.
fn vectors(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("NOT RUN: the vectors `{name}` are not here");
    None
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a vector can be read");
    serde_json::from_str(&text).expect("a vector is JSON")
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder of vectors can be read");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder of vectors can be read").path())
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, fs::read(path).expect("a vector can be read"))
        })
        .collect();
    files.sort();
    files
}

/// Reads a table, or returns the first code with which it is refused.
fn read_csv(bytes: &[u8], columns: &[&str]) -> Result<Vec<Vec<String>>, &'static str> {
    let known: Vec<_> = columns.iter().map(|name| Column::required(name)).collect();
    let mut csv = Csv::open(bytes, &known).map_err(|error| match error {
        HeaderError::Content(errors) => errors.first().map_or("", |error| error.code()),
        HeaderError::Disk(error) => panic!("memory can be read: {error}"),
    })?;
    let mut rows = Vec::new();
    while let Some(row) = csv.read().expect("memory can be read") {
        let row = row.map_err(|error| error.code())?;
        rows.push((0..columns.len()).filter_map(|column| row.cell(column).map(str::to_string)).collect());
    }
    Ok(rows)
}

#[test]
fn csv_spectrum() {
    let Some(folder) = vectors("csv/csv-spectrum") else { return };
    let mut refused = Vec::new();
    for (name, bytes) in files(&folder.join("csvs")) {
        let expected = json(&folder.join("json").join(name.replace(".csv", ".json")));
        let expected: Vec<&Map<String, Value>> =
            expected.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
        let columns: Vec<&str> = expected.first().expect("there is a row").keys().map(String::as_str).collect();
        let expected: Vec<Vec<String>> = expected
            .iter()
            .map(|row| row.values().map(|cell| cell.as_str().expect("a cell is text").to_string()).collect())
            .collect();
        match read_csv(&bytes, &columns) {
            Err(code) => refused.push((name, code)),
            Ok(rows) => assert_eq!(rows, expected, "{name}"),
        }
    }
    // A record is a line with us, so that one lost quote cannot swallow the rows behind it.
    let expected = ["newlines.csv", "newlines_crlf.csv", "quotes_and_newlines.csv"];
    assert_eq!(refused, expected.map(|name| (name.to_string(), "CSV_QUOTE")));
}

#[test]
fn json_test_suite() {
    let Some(folder) = vectors("json/JSONTestSuite") else { return };
    let event = |actor: &[u8]| {
        let head = br#"{"event_id":"e","occurred_at":1,"coin":"c","kind":"k","actor":"#;
        [&head[..], actor, br#","amount_usd":"5"}"#].concat()
    };
    for (name, bytes) in files(&folder.join("test_parsing")) {
        // None of these texts is an event, whatever it is.
        let whole = EventLine::parse(&bytes).map(|event| format!("{event:?}"));
        let embedded = event(&bytes);
        let embedded = EventLine::parse(&embedded).map(|event| event.as_text().actor.to_string());
        let is_syntax = |error: &JsonError| matches!(error.code(), "JSON_SYNTAX" | "JSON_UTF8" | "JSON_BLANK_LINE");
        if name.starts_with("y_") {
            let value: Value = serde_json::from_slice(&bytes).expect("y files are JSON");
            assert!(whole.is_err_and(|error| !is_syntax(&error)), "{name}");
            match value.as_str() {
                Some(text) => assert_eq!(embedded, Ok(text.to_string()), "{name}"),
                None => assert_eq!(embedded.map_err(|error| error.code()), Err("JSON_TYPE"), "{name}"),
            }
        } else {
            assert!(whole.is_err(), "{name}");
            assert!(name.starts_with("i_") || embedded.is_err(), "{name}");
        }
    }
    for (_, bytes) in files(&folder.join("test_transform")) {
        assert!(EventLine::parse(&bytes).is_err());
        // Whatever stands there, it is read or refused, and nothing panics.
        let _ = EventLine::parse(&event(&bytes));
    }
}

#[test]
fn date_times_of_rfc_3339() {
    let Some(path) = vectors("datetime/date-time.json") else { return };
    let mut differences = Vec::new();
    for group in json(&path).as_array().into_iter().flatten() {
        for test in group["tests"].as_array().into_iter().flatten() {
            let Some(text) = test["data"].as_str() else { continue };
            if text.parse::<Instant>().is_ok() != (test["valid"] == true) {
                differences.push(text.to_string());
            }
        }
    }
    // Valid in RFC 3339 and refused here: years before 1970, leap seconds (unix time has none), lower-case letters, and
    // more digits than nanoseconds have.
    let expected = [
        "1963-06-19T08:30:06.283185Z",
        "1963-06-19T08:30:06Z",
        "1937-01-01T12:00:27.87+00:20",
        "1998-12-31T23:59:60Z",
        "1998-12-31T15:59:60.123-08:00",
        "1963-06-19t08:30:06.283185z",
        "1985-04-12T00:59:59.999999999999999Z",
    ];
    assert_eq!(differences, expected);
}

#[test]
fn dates_are_no_instants() {
    let mut taken = Vec::new();
    for name in ["date", "time", "duration"] {
        let Some(path) = vectors(&format!("datetime/{name}.json")) else { return };
        for group in json(&path).as_array().into_iter().flatten() {
            for test in group["tests"].as_array().into_iter().flatten() {
                let Some(text) = test["data"].as_str() else { continue };
                taken.extend(text.parse::<Instant>().is_ok().then(|| text.to_string()));
            }
        }
    }
    assert_eq!(taken, ["2020-11-28T23:55:45Z", "2020-11-28T23:55:45Z"]);
}

#[test]
fn checksums_of_addresses() {
    let Some(path) = vectors("address/eip55.json") else { return };
    for case in json(&path).as_array().into_iter().flatten() {
        let text = case["address"].as_str().expect("a case has an address");
        let canonical = case["ethers_is_canonical"] == true;
        // Others take an address all in capitals as well; here only lower case says that there is no checksum.
        let capitals = !text.trim_start_matches("0x").contains(|digit: char| digit.is_ascii_lowercase());
        let accepted = if capitals { canonical } else { case["strict_eip55_accept_ethers"] == true };
        let parsed = text.parse::<Address>();
        assert_eq!(parsed.is_ok(), accepted, "{text}: {parsed:?}");
        if let Ok(address) = parsed {
            assert_eq!(address.to_string() == text, canonical, "{text}");
            assert!(address.to_string().eq_ignore_ascii_case(text));
        }
    }
}

#[test]
fn names_of_ens() {
    let Some(path) = vectors("ens/ens-normalize-1.11.1-tests.json") else { return };
    let (mut normalised, mut refused, mut payees) = (0, 0, 0);
    // The first entry describes the others.
    for case in json(&path).as_array().into_iter().flatten().skip(1) {
        let name = case["name"].as_str().expect("a case has a name");
        let outcome = names::normalise_text(name);
        if case["error"] == true {
            let error = outcome.expect_err(name);
            let shown = Problem::of(&error).to_string();
            assert!(error.code().starts_with("ENS_") && !shown.contains('\u{200e}'), "{shown}");
            names::read(name).expect_err(name);
            refused += 1;
            continue;
        }
        let expected = case["norm"].as_str().unwrap_or(name);
        assert_eq!(outcome.as_deref(), Ok(expected), "{name}");
        normalised += 1;
        // A payee is a name of several labels, written as ENS knows it.
        let fits = expected.contains('.') && expected.len() <= 255;
        let read = names::read(name).map(|name| name.to_string());
        assert_eq!(read.is_ok(), fits && expected == name, "{name}: {read:?}");
        if fits {
            assert_eq!(names::read(expected).map(|name| name.to_string()).as_deref(), Ok(expected), "{name}");
            payees += 1;
        }
    }
    assert_eq!((normalised, refused), (38_613 - 17_147, 17_147));
    assert!(payees > 5, "{payees}");
}

#[test]
fn naughty_strings() {
    let Some(path) = vectors("text/blns.json") else { return };
    let (mut labels, mut cells) = (0, 0);
    let strings = json(&path);
    for text in strings.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if let Ok(label) = text.parse::<Label>() {
            assert_eq!(label.as_str(), text);
            assert!(!text.chars().any(char::is_control) && !text.contains(['\u{202e}', '\u{200b}', '\u{feff}']));
            labels += 1;
        }
        // Quoted, every text that is one line survives a table; every other one is refused.
        let table = format!("a,b\n\"{}\",\"x\"\n", text.replace('"', "\"\""));
        match read_csv(table.as_bytes(), &["a", "b"]) {
            Ok(rows) => {
                assert_eq!(rows, [[text.to_string(), "x".to_string()]]);
                cells += 1;
            }
            Err(code) => {
                assert!(text.contains(['\n', '\r', '\0']), "{code} {text:?}");
            }
        }
        // Unquoted, it is read as it is or refused: never as something else.
        if let Ok(rows) = read_csv(format!("a,b\n{text},x\n").as_bytes(), &["a", "b"]) {
            let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            let expected = quoted.map_or_else(|| text.to_string(), |text| text.replace("\"\"", "\""));
            assert_eq!(rows, [[expected, "x".to_string()]]);
        }
        let line = serde_json::json!({
            "event_id": text, "occurred_at": 1, "coin": "c", "kind": "k", "actor": text, "amount_usd": "5",
        });
        let line = line.to_string();
        let event = EventLine::parse(line.as_bytes()).expect("it is an event");
        assert_eq!((event.as_text().event_id, event.as_text().actor), (text, text));
    }
    assert!(labels > 400 && cells > 500, "{labels} labels, {cells} cells");
}

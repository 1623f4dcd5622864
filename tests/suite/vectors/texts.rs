//! Naughty strings as names and cells, through tables, statements, reports, exports and the terminal.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use ambassador_core::{
    identifier::{Label, is_deceptive},
    settlement::Credited,
};
use ambassador_signer::{
    intake::jsonl::EventLine,
    month::{WrittenRecords, compute},
    statement_page,
};
use serde_json::Value;

use super::{json, tables::read_csv, vectors};
use crate::{binary, cli::folder::Folder};

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

/// Returns the strings that may be names, each once.
fn names() -> Option<Vec<String>> {
    let strings = json(&vectors("text/blns.json")?);
    let texts = strings.as_array().into_iter().flatten().filter_map(Value::as_str);
    let names: BTreeSet<String> = texts.filter(|text| Label::check(text).is_ok()).map(str::to_owned).collect();
    Some(names.into_iter().collect())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn append(folder: &Folder, file: &str, rows: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("the table can be read");
    fs::write(path, text + rows).expect("a file can be written");
}

/// Returns a page's text between its tags.
fn shown(page: &str) -> String {
    let text = page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>();
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    marks.into_iter().fold(text, |text, (mark, sign)| text.replace(mark, sign))
}

/// A month in which everybody is called so, and is paid for a reason that is written so.
#[test]
fn naughty_names_through_a_month() {
    let Some(names) = names() else { return };
    let folder = Folder::base();
    let (mut ambassadors, mut adjustments) = (String::new(), String::new());
    for (index, name) in (2..).zip(&names) {
        let name = quoted(name);
        let _ = writeln!(ambassadors, "{index},n{index},{name},0x{:040x},2020-11-03T09:20:00Z,active", 0x1000 + index);
        let _ = writeln!(adjustments, "n{index},2020-12,30,{name},{name}");
    }
    append(&folder, "ambassadors.csv", &ambassadors);
    append(&folder, "adjustments.csv", &adjustments);
    let closed = binary::run_well(folder.path(), "close 2020-12 --yes");
    for said in [&closed.stdout, &closed.stderr] {
        assert_eq!(said.chars().find(|one| *one != '\n' && is_deceptive(*one)), None);
    }
    let read = |file: &str| fs::read(folder.path().join("published/months/2020-12").join(file)).expect("it is written");
    // A stranger computes the month from what was published, and has every file byte for byte.
    let records = WrittenRecords::read(&read("records.json")).expect("records");
    let work = compute(records, &Credited::new()).expect("a month");
    assert_eq!(work.statements.len(), names.len() + 2);
    let columns = ["index", "id", "name", "account", "total_usd", "amount", "pending_usd", "statement", "digest"];
    let rows = read_csv(&read("summary.csv"), &columns).expect("it is a table");
    for (((index, name), row), made) in (2..).zip(&names).zip(&rows[2..]).zip(work.statements.values().skip(2)) {
        // In the statement it is what it is, and the claim's hash covers it.
        assert_eq!(read(&format!("statements/n{index}.json")), made.bytes, "{name:?}");
        assert_eq!(made.document.ambassador.name, *name);
        // In a spreadsheet it is a text.
        let cell = &row[2];
        assert!(cell == name || cell.strip_prefix('\'') == Some(name), "{name:?}: {cell:?}");
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']) || is_number(cell), "{cell:?}");
        // In the table of the terminal it stands in one line.
        assert!(closed.stdout.lines().any(|line| line.contains(name.as_str())), "{name:?} is not shown");
        // On a page to read and to print it is a text, too.
        let page = statement_page::page(&work, made).expect("a page");
        assert!(shown(&page).contains(name.as_str()), "{name:?} is not on its page");
        assert!(!page.contains("<script") && !page.contains("<img"), "{name:?} is markup");
    }
    let report = String::from_utf8(read("report.md")).expect("it is text");
    let is_escaped = |at: usize| report[..at].ends_with('\\');
    for mark in ["<", "["] {
        let bare = report.match_indices(mark).find(|(at, _)| !is_escaped(*at));
        assert_eq!(bare.map(|(at, _)| &report[at..(at + 30).min(report.len())]), None, "`{mark}` stands in the report");
    }
    assert!(names.len() > 400, "{} names", names.len());
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

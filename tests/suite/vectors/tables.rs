//! CSV that is odd and well-formed, through each reader of tables.

use std::{fs, path::Path};

use ambassador_core::{diagnostic::Diagnostic as _, identifier::Label};
use ambassador_signer::intake::{
    columns::Column,
    csv::{Csv, HeaderError},
};
use serde_json::{Map, Value};

use super::{files, json, programme::Door, vectors};

/// Reads a table, or returns the first code with which it is refused.
pub(super) fn read_csv(bytes: &[u8], columns: &[&str]) -> Result<Vec<Vec<String>>, &'static str> {
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

/// The rows of a vector as its author reads them, each cell by its column.
fn rows_of(folder: &Path, name: &str) -> Vec<Map<String, Value>> {
    let read = json(&folder.join("json").join(name.replace(".csv", ".json")));
    read.as_array().into_iter().flatten().filter_map(Value::as_object).cloned().collect()
}

#[test]
fn csv_spectrum() {
    let Some(folder) = vectors("csv/csv-spectrum") else { return };
    let mut refused = Vec::new();
    for (name, bytes) in files(&folder.join("csvs")) {
        let expected = rows_of(&folder, &name);
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

/// Splits a line into its cells as they are written, quotes and all.
fn written(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        quoted ^= character == '"';
        match character {
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("there is one").push(other),
        }
    }
    cells
}

/// Every cell of the vectors, as it is written, in a table of ours: an actor of an event, of a party, of an export, and
/// a reason of an adjustment.
#[test]
fn cells_of_csv_spectrum_through_every_table() {
    let Some(folder) = vectors("csv/csv-spectrum") else { return };
    let door = Door::new();
    let (mut taken, mut refused) = (0, 0);
    for (name, bytes) in files(&folder.join("csvs")) {
        let text = String::from_utf8(bytes).expect("the vectors are UTF-8");
        if name.contains("newlines") {
            // A record is a line with us; `csv_spectrum` shows that these are refused.
            continue;
        }
        let mut lines = text.lines();
        let header = written(lines.next().expect("there is a header"));
        for (line, row) in lines.filter(|line| !line.is_empty()).zip(rows_of(&folder, &name)) {
            for (cell, column) in written(line).into_iter().zip(&header) {
                let expected = row[column.trim_matches('"')].as_str().expect("a cell is text");
                let is_label = Label::check(expected).is_ok();
                check_cell(&door, &cell, expected, is_label);
                taken += usize::from(is_label);
                refused += usize::from(!is_label);
            }
        }
    }
    assert!(taken > 30 && refused > 2, "{taken} taken, {refused} refused");
}

fn check_cell(door: &Door, cell: &str, expected: &str, is_label: bool) {
    let header = "event_id,occurred_at,coin,kind,actor,amount_usd\n";
    let events = format!("{header}e,2020-11-21T12:00:00Z,ZOE,buy,{cell},5\n");
    let actors = door.actors("x.csv", events.as_bytes());
    let exports = door.import_events(format!("id,at,who,usd\ne,2020-11-21T12:00:00Z,{cell},5\n").as_bytes());
    let parties = door.check("parties.csv", format!("actor,relation\n{cell},treasury\n").as_bytes());
    let reasons = format!("ambassador,month,usd,reason,approver\nmika,2020-12,12.50,{cell},a\n");
    let adjustments = door.check("adjustments.csv", reasons.as_bytes());
    if !is_label {
        let codes = [actors.err(), exports.err(), parties.err(), adjustments.err()].map(|error| error.expect(cell).0);
        assert!(codes.iter().all(|code| code.starts_with("NAME_") || code == "CELL_EMPTY"), "{cell}: {codes:?}");
        return;
    }
    assert_eq!(actors.as_deref(), Ok(&[expected.to_owned()][..]), "{cell}");
    assert_eq!(parties.expect(cell).records().parties[0].actor.as_str(), expected);
    assert_eq!(adjustments.expect(cell).records().adjustments[0].reason.as_str(), expected);
    // What is imported is a table again, which says the same.
    let exported = exports.expect(cell);
    assert_eq!(door.actors("y.csv", exported.as_bytes()).as_deref(), Ok(&[expected.to_owned()][..]), "{exported}");
}

/// A whole vector in the place of a table is no such table, whatever it is.
#[test]
fn csv_spectrum_is_no_table_of_a_programme() {
    let Some(folder) = vectors("csv/csv-spectrum") else { return };
    let door = Door::new();
    for (name, bytes) in files(&folder.join("csvs")) {
        for table in ["ambassadors", "referrals", "adoptions", "parties", "prices", "adjustments", "resolutions"] {
            let (code, _) = door.check(&format!("{table}.csv"), &bytes).expect_err(&name);
            assert!(code.starts_with("CSV_"), "{name} as {table}: {code}");
        }
        let refused = [
            door.actors("x.csv", &bytes).expect_err(&name).0,
            door.import_events(&bytes).expect_err(&name).0,
            door.import_prices("chart", &bytes).expect_err(&name).0,
        ];
        assert!(refused.iter().all(|code| code.starts_with("CSV_")), "{name}: {refused:?}");
    }
    assert!(fs::read_dir(door.path().join("activity")).expect("it is there").next().is_none());
}

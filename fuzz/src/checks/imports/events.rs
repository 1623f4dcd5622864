//! Exports of transactions.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::keccak256;
use ambassador_core::{calendar::Instant, diagnostic::Diagnostic as _, event::Event};
use ambassador_signer::{
    import::{EventSource, ImportedEvents, Source, import_events},
    problem::Failure,
};

use super::super::{
    activity::{self, COLUMNS, File, Format},
    slow::{self, MOST_SLIPS, Row, Slip},
};
use super::{
    DESK, Desk, SALT, lines_of, shifted, slips_of,
    times::{self, Meaning, Times},
    written_anew,
};

/// A source in the words of this check; its columns are in the order of those of events.
pub(super) struct Described {
    pub(super) name: &'static str,
    columns: [Option<&'static str>; 7],
    dropped: &'static [&'static str],
    constants: [&'static str; 2],
    kinds: Option<&'static [(&'static str, &'static str)]>,
    /// By how many places the dot of an amount is moved.
    places: i64,
    people: Option<&'static str>,
    times: Times,
}

pub(super) const DESCRIBED: [Described; 3] = [
    Described {
        name: "rally",
        columns: [
            None,
            Some("Created Date"),
            Some("coinKind"),
            Some("TxnType"),
            Some("rnbUserId"),
            Some("Amount"),
            None,
        ],
        dropped: &["firstName", "Email", "Coins"],
        constants: ["", ""],
        kinds: Some(&[("Buy", "buy"), ("Convert In", "convert_in"), ("Withdraw", "withdraw")]),
        places: 0,
        people: Some("rally"),
        times: Times::NewYork,
    },
    Described {
        name: "shop",
        columns: [Some("id"), Some("at"), Some("coin"), Some("what"), Some("who"), Some("cents"), Some("undoes")],
        dropped: &["mail"],
        constants: ["", ""],
        kinds: None,
        places: -2,
        people: Some("rally"),
        times: Times::Rfc3339,
    },
    Described {
        name: "chain",
        columns: [Some("hash"), Some("time"), None, None, Some("account"), Some("usd"), None],
        dropped: &[],
        constants: ["ZOE", "buy"],
        kinds: None,
        places: 0,
        people: None,
        times: Times::Milliseconds,
    },
];

impl Described {
    /// Returns all columns by their names.
    fn names(&self) -> Vec<&'static str> {
        let names: BTreeSet<&str> = self.columns.iter().flatten().chain(self.dropped).copied().collect();
        names.into_iter().collect()
    }

    fn column(&self, field: &str) -> &'static str {
        let place = COLUMNS.iter().position(|(name, _)| *name == field);
        place.and_then(|place| self.columns[place]).unwrap_or("event_id")
    }
}

/// Checks exports of one source.
pub(super) fn check(described: &Described, exports: &[&[u8]]) {
    let tables: Vec<File> = DESK.with(|desk| {
        let Some(Source::Events(source)) = desk.sources.get(described.name) else { panic!("the source is there") };
        exports.iter().filter_map(|export| check_export(desk, described, source, export)).collect()
    });
    if !tables.is_empty() {
        activity::check_files(&tables, &[]);
    }
}

fn import(desk: &Desk, described: &Described, source: &EventSource, text: &[u8]) -> Result<ImportedEvents, Failure> {
    import_events(described.name, source, SALT, &desk.put("export.csv", text))
}

/// Checks an export, and returns the table that it becomes.
fn check_export(desk: &Desk, described: &Described, source: &EventSource, text: &[u8]) -> Option<File> {
    let known: Vec<(&str, bool)> = described.names().into_iter().map(|name| (name, true)).collect();
    let (rows, mut slips) = slow::read(text, &known);
    let (mut seen, mut expected, mut unsure) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
    for row in &rows {
        match event(described, row, &mut seen) {
            Ok((cells, time)) => {
                if matches!(time, Meaning::Either(_)) {
                    unsure.insert(row.line);
                }
                expected.push((cells, time));
            }
            Err(Slipped::At(slip)) => slips.push(slip),
            Err(Slipped::Unsure) => _ = unsure.insert(row.line),
        }
    }
    slips.sort_by_key(|slip| slip.line);
    match import(desk, described, source, text) {
        Err(failure) => {
            let mut found = slips_of(&failure, "export.csv", lines_of(text));
            // Of a hundred that are listed some may stand in lines of which nothing is expected.
            if unsure.is_empty() {
                slips.truncate(MOST_SLIPS);
            } else {
                found.retain(|slip| !unsure.contains(&slip.line));
                slips.truncate(found.len());
            }
            assert_eq!(found, slips);
            assert!(!found.is_empty() || !unsure.is_empty());
            None
        }
        Ok(imported) => {
            assert_eq!(slips, []);
            check_table(&imported, &expected);
            check_laws(desk, described, source, &rows, &imported);
            let again = import(desk, described, source, text).expect("it was read before");
            assert_eq!(again.csv, imported.csv);
            Some(File { format: Format::Csv, source: described.name.to_owned(), text: imported.csv })
        }
    }
}

/// Checks that a table has exactly these events.
fn check_table(imported: &ImportedEvents, expected: &[([String; 7], Meaning)]) {
    let (rows, slips) = slow::read(&imported.csv, &COLUMNS);
    assert_eq!(slips, []);
    assert_eq!(rows.len(), expected.len());
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    for (row, (cells, time)) in rows.iter().zip(expected) {
        for ((column, _), cell) in COLUMNS.iter().zip(cells) {
            let found = row.cell(column).expect("the table has every column");
            if *column == "occurred_at" {
                let found: Instant = found.parse().expect("a table of events is good");
                let found = i128::from(found.to_unix_nanos());
                let fits = match time {
                    Meaning::Time(time) => found == *time,
                    Meaning::Either([None, None]) => true,
                    Meaning::Either(times) => times.contains(&Some(found)),
                    Meaning::None => false,
                };
                assert!(fits, "{found} is none of {time:?}");
            } else {
                assert_eq!(found, cell);
            }
        }
        *kinds.entry(cells[3].clone()).or_default() += 1;
    }
    assert_eq!(imported.kinds, kinds);
}

/// Checks what another export of the same rows becomes.
fn check_laws(desk: &Desk, described: &Described, source: &EventSource, rows: &[Row], imported: &ImportedEvents) {
    let names = described.names();
    let cells = |row: &Row| -> Vec<String> {
        names.iter().map(|name| row.cell(name).expect("every column is there").to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    let of = |rows: &[Vec<String>]| {
        let imported = import(desk, described, source, &written_anew(&names, rows));
        imported.unwrap_or_else(|failure| panic!("{failure}")).csv
    };
    assert_eq!(of(&rows), imported.csv, "columns may be turned round");
    // What is dropped is nowhere, not even where it can be guessed.
    let mut blank = rows.clone();
    for row in &mut blank {
        for (name, cell) in names.iter().zip(row.iter_mut()) {
            if described.dropped.contains(name) {
                "x".clone_into(cell);
            }
        }
    }
    let without_ids = |csv: &[u8]| -> Vec<Vec<String>> {
        let own_ids = described.columns[0].is_some();
        let (rows, _) = slow::read(csv, &COLUMNS);
        let columns = COLUMNS.iter().skip(usize::from(!own_ids));
        let cells =
            |row: &Row| columns.clone().map(|(name, _)| row.cell(name).unwrap_or_default().to_owned()).collect();
        rows.iter().map(cells).collect()
    };
    assert_eq!(without_ids(&of(&blank)), without_ids(&imported.csv), "what is dropped is not written");
    // Exports that overlap give each event once.
    let ids = |csv: &[u8]| -> BTreeSet<String> {
        slow::read(csv, &COLUMNS).0.iter().map(|row| row.cell("event_id").unwrap_or_default().to_owned()).collect()
    };
    let (first, second) = (&rows[..rows.len() * 2 / 3], &rows[rows.len() / 3..]);
    let mut both = ids(&of(first));
    both.append(&mut ids(&of(second)));
    let all = ids(&imported.csv);
    assert!(both.is_subset(&all), "a part of an export has no other events");
    // Of equal rows the second is another event, which may lie behind the cut of both.
    if rows.iter().collect::<BTreeSet<_>>().len() == rows.len() {
        assert_eq!(both, all, "each event is there once");
    }
}

/// Why a row is no event.
enum Slipped {
    At(Slip),
    /// Whether its time is one is not said here.
    Unsure,
}

/// Reads a row: the cells of its event and its time.
fn event(
    described: &Described,
    row: &Row,
    seen: &mut BTreeMap<Vec<u8>, u64>,
) -> Result<([String; 7], Meaning), Slipped> {
    let slip = |column: &str, code: &str| {
        Slipped::At(Slip { line: row.line, column: Some(column.to_owned()), code: code.to_owned() })
    };
    let cell = |place: usize| described.columns[place].map(|name| row.cell(name).unwrap_or_default().to_owned());
    let time = times::read(&cell(1).unwrap_or_default(), described.times);
    let occurred_at = match time {
        Meaning::None => return Err(slip(described.column("occurred_at"), "SOURCE_TIME")),
        Meaning::Either(_) => "2020-12-01T00:00:00Z".to_owned(),
        // One that is outside the calendar of events is refused as theirs are.
        Meaning::Time(nanos) => written(nanos),
    };
    let id = described.columns[0].map_or_else(|| made_id(described, row, seen), |_| cell(0).unwrap_or_default());
    let [coin, kind] = described.constants;
    let mut kind = cell(3).unwrap_or_else(|| kind.to_owned());
    if let Some(kinds) = described.kinds {
        let (_, known) = kinds.iter().find(|(name, _)| *name == kind).ok_or_else(|| match time {
            Meaning::Either(_) => Slipped::Unsure,
            _ => slip(described.column("kind"), "SOURCE_KIND"),
        })?;
        (*known).clone_into(&mut kind);
    }
    let amount = cell(5).unwrap_or_default();
    let cells = [
        id,
        occurred_at,
        cell(2).unwrap_or_else(|| coin.to_owned()),
        kind,
        pseudonym(described.people, &cell(4).unwrap_or_default()),
        shifted(&amount, described.places).unwrap_or(amount),
        cell(6).unwrap_or_default(),
    ];
    match Event::parse(&activity::text_of(&cells)) {
        Ok(_) => Ok((cells, time)),
        Err(_) if matches!(time, Meaning::Either(_)) => Err(Slipped::Unsure),
        Err(error) => Err(slip(described.column(error.column), error.code())),
    }
}

/// Writes a time as RFC 3339 does, in UTC.
fn written(nanos: i128) -> String {
    let (days, within) = (nanos.div_euclid(86_400_000_000_000), nanos.rem_euclid(86_400_000_000_000));
    let (year, month, day) = date(days);
    let (seconds, nanos) = (within / 1_000_000_000, within % 1_000_000_000);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{time}.{nanos:09}Z")
}

/// Walks from 1970 to the day, by years and by months.
pub(super) fn date(days: i128) -> (i64, i64, i64) {
    let days = i64::try_from(days).expect("a time is near");
    let mut year = 1970 + days.div_euclid(366);
    while times::days(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && times::days(year, month + 1, 1) <= days {
        month += 1;
    }
    (year, month, days - times::days(year, month, 1) + 1)
}

fn length(text: &str) -> [u8; 8] {
    u64::try_from(text.len()).expect("a line is short").to_be_bytes()
}

fn half(hash: &[u8]) -> String {
    hex::encode(&hash[..16])
}

fn pseudonym(people: Option<&str>, id: &str) -> String {
    match people {
        Some(people) if !id.is_empty() => {
            let hashed = [SALT, b"import actor", &length(people), people.as_bytes(), id.as_bytes()].concat();
            format!("{people}-{}", half(keccak256(hashed).as_slice()))
        }
        _ => id.to_owned(),
    }
}

/// Makes an id of all cells, in the order of the columns' names, and of how many such rows there were before.
fn made_id(described: &Described, row: &Row, seen: &mut BTreeMap<Vec<u8>, u64>) -> String {
    let mut hashed = [SALT, b"import row"].concat();
    for name in described.names() {
        let cell = row.cell(name).unwrap_or_default();
        hashed.extend_from_slice(&length(cell));
        hashed.extend_from_slice(cell.as_bytes());
    }
    let before = seen.entry(hashed.clone()).or_default();
    let id = keccak256([keccak256(&hashed).as_slice(), &before.to_be_bytes()].concat());
    *before += 1;
    half(id.as_slice())
}

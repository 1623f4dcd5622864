//! Files of events, CSV and JSON Lines: read in any parts by any number of threads, they say what a slow reader and the
//! rule R3 in its own words say: the same sums, the same fates, or the same mistakes at the same places. On standard input,
//! piece by piece, one file says the same.
//!
//! A line `=== csv a` begins another file, of the source `a`; what stands before the first such line is a file of no
//! source.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use ambassador_core::{
    calendar::Instant,
    diagnostic::Diagnostic as _,
    event::{Event, EventText},
    hash::keccak256,
    identifier::{CoinId, canonical_actor},
    usd::Volume,
    volume::{Fate, Measured},
};
use ambassador_signer::{
    intake::{activity::Scrutiny, doors::Parts},
    problem::{Failure, Problem},
};

use super::{
    programme::{Folder, KINDS, REFERRED, Referred, as_of},
    slow::{self, Line, MOST_SLIPS, Slip},
};

pub(super) const COLUMNS: [(&str, bool); 7] = [
    ("event_id", true),
    ("occurred_at", true),
    ("coin", true),
    ("kind", true),
    ("actor", true),
    ("amount_usd", true),
    ("reverses", false),
];
const MOST_LINE_BYTES: usize = 64 * 1024;
const SCRUTINIES: [Scrutiny; 2] = [Scrutiny::All, Scrutiny::Referred];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    JsonLines,
}

/// A file of events.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) format: Format,
    pub(super) source: String,
    pub(super) text: Vec<u8>,
}

/// An event as it is written, and where.
#[derive(Clone, Debug)]
struct Written {
    source: String,
    file: String,
    line: u64,
    cells: [String; 7],
}

/// A mistake and the file in which it is.
type Slips = Vec<(String, Slip)>;
/// Who counts for whom, how much and since when; and how many events met which fate.
type Sums = (BTreeMap<(String, String), (u128, Instant)>, BTreeMap<Fate, u64>);

/// What the files say.
struct Said {
    slips: Slips,
    /// The sums, or the codes of what contradicts itself.
    sums: Result<Sums, BTreeSet<&'static str>>,
}

/// Checks files of events.
pub fn check(bytes: &[u8]) {
    let hash = keccak256(&[bytes]);
    let [first, second, third, ..] = *hash.as_bytes();
    let chunk_bytes = if third < 8 { 1 << 20 } else { 1 + usize::from(second % 64) };
    check_parts(bytes, &[(1 + usize::from(first % 3), chunk_bytes)]);
}

/// Checks bytes with the borders of the parts at many places.
pub fn check_everywhere(bytes: &[u8]) {
    let parts: Vec<_> = (1..80).map(|chunk_bytes| (1 + chunk_bytes % 3, chunk_bytes)).collect();
    check_parts(bytes, &parts);
}

fn check_parts(bytes: &[u8], parts: &[(usize, usize)]) {
    check_files(&files(bytes), parts);
}

/// Checks files, whole and in these parts.
pub(super) fn check_files(files: &[File], parts: &[(usize, usize)]) {
    let named: Vec<_> =
        files.iter().enumerate().map(|(number, file)| (name(number, file), file.text.clone())).collect();
    let mut wholes = Vec::new();
    Folder::with(&named, |folder| {
        for scrutiny in SCRUTINIES {
            let whole = folder.measure(Parts { threads: 1, chunk_bytes: 1 << 20, scrutiny });
            compare(&whole, &said(files, scrutiny));
            for (threads, chunk_bytes) in parts.iter().copied() {
                assert_eq!(folder.measure(Parts { threads, chunk_bytes, scrutiny }), whole);
            }
            wholes.push(whole);
        }
    });
    match files {
        [file] if file.source.is_empty() && !is_foreign(&file.text) => check_stream(file, parts, &wholes),
        _ => {}
    }
}

/// Says whether bytes begin as what is not read as lines.
pub(super) fn is_foreign(bytes: &[u8]) -> bool {
    [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"PAR1"].iter().any(|mark| bytes.starts_with(mark))
}

/// Checks that standard input says what a file of the same bytes says, which calls itself by another name only.
fn check_stream(file: &File, parts: &[(usize, usize)], wholes: &[Result<(Measured, u64), Failure>]) {
    let name = name(0, file);
    let named = |failure: Failure| Failure {
        problems: failure
            .problems
            .into_iter()
            .map(|problem| Problem {
                file: problem.file.map(|file| if file.as_os_str() == "-" { PathBuf::from(&name) } else { file }),
                message: problem.message.replace("stands in -:", &format!("stands in {name}:")),
                ..problem
            })
            .collect(),
        ..failure
    };
    Folder::with(&[], |folder| {
        for (scrutiny, whole) in SCRUTINIES.into_iter().zip(wholes) {
            for (threads, chunk_bytes) in [(1, 1 << 20)].iter().chain(parts).copied() {
                let parts = Parts { threads, chunk_bytes, scrutiny };
                assert_eq!(&folder.measure_with(&file.text, parts).map_err(named), whole);
            }
        }
    });
}

/// Returns the files that the bytes hold, of which there are at most four.
fn files(bytes: &[u8]) -> Vec<File> {
    const MARK: &[u8] = b"\n=== ";
    let mut files = Vec::new();
    let mut rest = bytes;
    let (mut format, mut source) = (if bytes.starts_with(b"{") { Format::JsonLines } else { Format::Csv }, "");
    loop {
        let end = rest.windows(MARK.len()).position(|window| window == MARK).filter(|_| files.len() < 3);
        // The line's end belongs to the file before the mark.
        let text = rest[..end.map_or(rest.len(), |end| end + 1)].to_vec();
        files.push(File { format, source: source.to_owned(), text });
        let Some(end) = end else { return files };
        let behind = &rest[end + MARK.len()..];
        let line = behind.split(|byte| *byte == b'\n').next().unwrap_or_default();
        rest = behind.get(line.len() + 1..).unwrap_or_default();
        format = if line.starts_with(b"jsonl") { Format::JsonLines } else { Format::Csv };
        source = match line.last() {
            Some(b'a') => "a",
            Some(b'b') => "b",
            _ => "",
        };
    }
}

/// Returns the file's path; those of a source come in the order of their numbers, behind those of none.
pub(super) fn name(number: usize, file: &File) -> String {
    let extension = match file.format {
        Format::Csv => "csv",
        Format::JsonLines => "jsonl",
    };
    match file.source.as_str() {
        "" => format!("activity/{number}.{extension}"),
        source => format!("activity/{source}/{number}.{extension}"),
    }
}

fn compare(found: &Result<(Measured, u64), Failure>, said: &Said) {
    match found {
        Ok((measured, rows)) => {
            assert_eq!(said.slips, []);
            let sums = measured.supporters.iter().flat_map(|(creator, list)| {
                list.iter().map(move |one| {
                    ((creator.to_string(), one.actor.to_string()), (one.volume.as_attos(), one.first_at))
                })
            });
            assert_eq!(Ok((sums.collect(), measured.fates.clone())), said.sums);
            assert_eq!(*rows, measured.fates.values().sum::<u64>());
        }
        Err(failure) => {
            let listed = failure.problems.iter().filter(|problem| problem.code != "MORE");
            let (between, slips): (Vec<&Problem>, Vec<&Problem>) = listed.partition(|problem| is_between(problem));
            let slips: Slips = slips.into_iter().map(|problem| (file_of(problem), slip(problem))).collect();
            assert_eq!(slips[..], said.slips[..said.slips.len().min(MOST_SLIPS)]);
            let mut codes: BTreeSet<&str> = said.sums.as_ref().err().cloned().unwrap_or_default();
            // What a reversal takes back may stand in a row that could not be read.
            if !slips.is_empty() {
                codes.remove("REVERSAL_UNKNOWN");
            }
            let found: BTreeSet<&str> = between.iter().map(|problem| problem.code.as_str()).collect();
            if codes.contains("EVENT_CONFLICT") || failure.problems.len() > MOST_SLIPS {
                assert!(found.is_subset(&codes) || found.contains("EVENT_CONFLICT"), "{found:?} {codes:?}");
            } else {
                assert_eq!(found, codes);
            }
            for problem in &failure.problems {
                assert!(problem.help.as_ref().is_some_and(|help| !help.is_empty()), "{problem}");
            }
        }
    }
}

/// Says whether a problem is one of events beside each other.
fn is_between(problem: &Problem) -> bool {
    problem.code.starts_with("REVERSAL_") || problem.code == "EVENT_CONFLICT" || problem.code == "VOLUME_OVERFLOW"
}

fn file_of(problem: &Problem) -> String {
    problem.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default()
}

/// Returns a mistake; of those of JSON only the line is compared.
fn slip(problem: &Problem) -> Slip {
    let slip = Slip::of(problem);
    if slip.code.starts_with("JSON_") { Slip { column: None, code: "JSON".to_owned(), ..slip } } else { slip }
}

fn said(files: &[File], scrutiny: Scrutiny) -> Said {
    let mut all: Vec<(String, Vec<Written>, Slips)> = files
        .iter()
        .enumerate()
        .map(|(number, file)| {
            let name = name(number, file);
            let (rows, slips) = written(&name, file, scrutiny);
            (name, rows, slips)
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let slips = all.iter().flat_map(|(.., slips)| slips.clone()).collect();
    let rows: Vec<Written> = all.into_iter().flat_map(|(_, rows, _)| rows).collect();
    Said { slips, sums: judged(&rows) }
}

/// Reads a file line by line.
fn written(name: &str, file: &File, scrutiny: Scrutiny) -> (Vec<Written>, Slips) {
    let mut slips = Vec::new();
    let mut rows: Vec<(u64, [String; 7])> = Vec::new();
    match file.format {
        Format::Csv => {
            let (found, wrong) = slow::read(&file.text, &COLUMNS);
            slips = wrong;
            let cells = |row: &slow::Row| COLUMNS.map(|(column, _)| row.cell(column).unwrap_or_default().to_owned());
            rows.extend(found.iter().map(|row| (row.line, cells(row))));
        }
        Format::JsonLines => {
            for line in slow::lines(&file.text, 0) {
                let wrong = |line, code: &str| Slip { line, column: None, code: code.to_owned() };
                match line {
                    Line::Blank(line) => slips.push(wrong(line, "JSON")),
                    Line::Filled(line, bytes) => match json(bytes) {
                        Some(cells) => rows.push((line, cells)),
                        None => slips.push(wrong(line, "JSON")),
                    },
                }
            }
        }
    }
    let mut good = Vec::new();
    for (line, cells) in rows {
        let text = text_of(&cells);
        let is_other = !REFERRED.iter().any(|referred| referred.coin == text.coin);
        let read = match scrutiny {
            Scrutiny::Referred if is_other && CoinId::check(text.coin).is_ok() => Ok(()),
            // Of a coin that is none, only that is told.
            Scrutiny::Referred if is_other => Event::parse(&EventText { coin: text.coin, ..GOOD }).map(|_| ()),
            _ => Event::parse(&text).map(|_| ()),
        };
        match read {
            Ok(()) => {
                good.push(Written { source: file.source.clone(), file: name.to_owned(), line, cells });
            }
            Err(error) => {
                slips.push(Slip { line, column: Some(error.column.to_owned()), code: error.code().to_owned() });
            }
        }
    }
    slips.sort_by_key(|slip| slip.line);
    (good, slips.into_iter().map(|slip| (name.to_owned(), slip)).collect())
}

const GOOD: EventText<'_> = EventText {
    event_id: "e",
    occurred_at: "2020-12-01T00:00:00Z",
    coin: "C",
    kind: "buy",
    actor: "u",
    amount_usd: "1",
    reverses: "",
};

pub(super) fn text_of(cells: &[String; 7]) -> EventText<'_> {
    let [event_id, occurred_at, coin, kind, actor, amount_usd, reverses] = cells;
    EventText { event_id, occurred_at, coin, kind, actor, amount_usd, reverses }
}

/// Reads a line of JSON: every field once, texts but for a time in whole seconds and for a reversal of nothing.
fn json(line: &[u8]) -> Option<[String; 7]> {
    let text = str::from_utf8(line).ok().filter(|_| line.len() <= MOST_LINE_BYTES)?;
    let super::border::Json::Table(fields) = serde_json::from_str(text).ok()? else { return None };
    if fields.iter().any(|(name, _)| COLUMNS.iter().all(|(column, _)| column != name)) {
        return None;
    }
    let mut cells = COLUMNS.map(|_| String::new());
    for (cell, (column, needed)) in cells.iter_mut().zip(COLUMNS) {
        let mut named = fields.iter().filter(|(name, _)| name == column).map(|(_, value)| value);
        *cell = match (named.next(), named.next()) {
            (Some(super::border::Json::Text(text)), None) => text.clone(),
            (Some(super::border::Json::Number(number)), None) if column == "occurred_at" => {
                number.as_u64()?.to_string()
            }
            (Some(super::border::Json::Null) | None, None) if !needed => String::new(),
            _ => return None,
        };
    }
    Some(cells)
}

/// Judges events that can be read: each rule in its own words, by scanning the list again and again.
fn judged(rows: &[Written]) -> Result<Sums, BTreeSet<&'static str>> {
    let mut codes = BTreeSet::new();
    let mut fates: BTreeMap<Fate, u64> = BTreeMap::new();
    let mut kept: Vec<(&Written, Referred)> = Vec::new();
    for row in rows {
        let Some(referred) = REFERRED.into_iter().find(|referred| referred.coin == row.cells[2]) else {
            *fates.entry(Fate::OtherCoin).or_default() += 1;
            continue;
        };
        let same_id =
            |other: &&(&Written, Referred)| (&other.0.source, &other.0.cells[0]) == (&row.source, &row.cells[0]);
        match kept.iter().find(same_id) {
            None => kept.push((row, referred)),
            Some((other, _)) if facts(other) == facts(row) => *fates.entry(Fate::Duplicate).or_default() += 1,
            Some(_) => _ = codes.insert("EVENT_CONFLICT"),
        }
    }
    let mut taken: BTreeMap<(&str, u64), u128> = BTreeMap::new();
    for (row, _) in kept.iter().filter(|(row, _)| !row.cells[6].is_empty()) {
        let target = kept.iter().find(|(other, _)| other.source == row.source && other.cells[0] == row.cells[6]);
        let Some((target, _)) = target else {
            codes.insert("REVERSAL_UNKNOWN");
            continue;
        };
        let sum = taken.entry((&target.file, target.line)).or_default();
        *sum += attos(row);
        if !target.cells[6].is_empty() {
            codes.insert("REVERSAL_OF_REVERSAL");
        } else if target.cells[2] != row.cells[2] {
            codes.insert("REVERSAL_COIN");
        } else if time(row) < time(target) {
            codes.insert("REVERSAL_TIME");
        } else if *sum > attos(target) {
            codes.insert("REVERSAL_AMOUNT");
        }
    }
    if !codes.is_empty() {
        return Err(codes);
    }
    let mut sums = BTreeMap::new();
    for (row, referred) in &kept {
        let back: u128 = kept
            .iter()
            .filter(|(other, _)| other.source == row.source && other.cells[6] == row.cells[0] && time(other) < as_of())
            .map(|(other, _)| attos(other))
            .sum();
        let border = |text: &str| text.parse::<Instant>().expect("it is a time");
        let actor = canonical_actor(&row.cells[4]).into_owned();
        let fate = if time(row) >= as_of() {
            Fate::AfterMonth
        } else if !row.cells[6].is_empty() {
            Fate::Reversal
        } else if referred.window.is_none_or(|(launch, _)| time(row) < border(launch)) {
            Fate::BeforeLaunch
        } else if referred.window.is_some_and(|(_, end)| time(row) >= border(end)) {
            Fate::AfterWindow
        } else if !KINDS.contains(&row.cells[3].as_str()) {
            Fate::OtherKind
        } else if referred.related.contains(&actor.as_str()) {
            Fate::RelatedParty
        } else if attos(row) == 0 {
            Fate::Nothing
        } else if attos(row) == back {
            Fate::Reversed
        } else {
            let sum = sums.entry((referred.creator.to_owned(), actor)).or_insert((0, time(row)));
            *sum = (sum.0 + attos(row) - back, sum.1.min(time(row)));
            Fate::Counted
        };
        *fates.entry(fate).or_default() += 1;
    }
    Ok((sums, fates))
}

/// Returns what two rows of one event must agree on.
fn facts(row: &Written) -> (Instant, u128, String, [&String; 3]) {
    let [_, _, coin, kind, actor, _, reverses] = &row.cells;
    (time(row), attos(row), canonical_actor(actor).into_owned(), [coin, kind, reverses])
}

fn time(row: &Written) -> Instant {
    row.cells[1].parse().expect("it was read before")
}

/// Shifts the dot of an amount by eighteen places.
fn attos(row: &Written) -> u128 {
    let text = &row.cells[5];
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let units = format!("{whole}{fraction:0<18}").parse().expect("it was read before");
    assert_eq!(text.parse().map(Volume::as_attos), Ok(units));
    units
}

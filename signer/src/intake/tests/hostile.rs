//! Random hostile files, read in tiny parts by several threads, against a slow and obvious reading.

#![expect(clippy::arithmetic_side_effects, reason = "an oracle over small numbers should stop where it is wrong")]

mod columns;
mod lines;

use std::collections::{BTreeMap, HashMap};

use ambassador_core::{
    calendar::Instant,
    event::{Event, EventText},
    identifier::CoinId,
    volume::Fate,
};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::intake::{
    activity::{Reading, Scrutiny},
    lines::MOST_LINE_BYTES,
};

const HEADER: &str = "event_id,reverses,actor,occurred_at,coin,kind,amount_usd";

/// What a file says: lines that are wrong, else sums by actor and fates.
#[derive(Debug, PartialEq)]
enum Said {
    Wrong(Vec<u64>),
    Sums(BTreeMap<String, u128>, BTreeMap<Fate, u64>),
}

/// Splits a line by walking over its characters; nothing where its quotes are not right.
fn cells(line: &str) -> Option<Vec<String>> {
    let (mut cells, mut cell, mut quoted, mut closed, mut fresh) = (Vec::new(), String::new(), false, false, true);
    let mut rest = line.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, quoted) {
            ('"', true) if rest.peek() == Some(&'"') => cell.push(rest.next()?),
            ('"', true) => (quoted, closed) = (false, true),
            ('"', false) if fresh => quoted = true,
            ('"', false) => return None,
            (',', false) => {
                cells.push(std::mem::take(&mut cell));
                (closed, fresh) = (false, true);
                continue;
            }
            (_, false) if closed => return None,
            (other, _) => cell.push(other),
        }
        fresh = false;
    }
    cells.push(cell);
    (!quoted).then_some(cells)
}

/// Reads a whole file of CSV at once.
fn oracle(file: &[u8], scrutiny: Scrutiny) -> Said {
    let row = |line: &[u8]| {
        let text =
            str::from_utf8(line).ok().filter(|text| line.len() <= MOST_LINE_BYTES && !text.contains(['\r', '\0']));
        text.and_then(cells).filter(|cells| cells.len() == 7)
    };
    said_of_lines(file, 1, row, scrutiny)
}

/// Reads the lines of a whole file behind its head at once.
fn said_of_lines(file: &[u8], head: usize, row: impl Fn(&[u8]) -> Option<Vec<String>>, scrutiny: Scrutiny) -> Said {
    let mut lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let ended = file.ends_with(b"\n");
    let count = lines.len();
    let lines: Vec<&[u8]> = lines
        .iter()
        .enumerate()
        .map(|(number, line)| match line.strip_suffix(b"\r") {
            Some(inner) if ended || number + 1 < count => inner,
            _ => line,
        })
        .collect();
    let Some(last) = lines.iter().rposition(|line| !line.is_empty()) else { return judged(Vec::new()) };
    let (mut wrong, mut rows) = (Vec::new(), Vec::new());
    let mut blank_before = false;
    for (number, line) in (1_u64..).zip(lines.get(..=last).unwrap_or_default()).skip(head) {
        let blank = line.is_empty();
        // Of several empty lines, the first is told.
        if blank && !blank_before {
            wrong.push(number);
        }
        blank_before = blank;
        if blank {
            continue;
        }
        match row(line).filter(|cells| is_good(cells, scrutiny)) {
            Some(cells) => rows.push(cells),
            None => wrong.push(number),
        }
    }
    if wrong.is_empty() { judged(rows) } else { Said::Wrong(wrong) }
}

fn is_good(cells: &[String], scrutiny: Scrutiny) -> bool {
    let is_other = cells[4] != "ZOE" && CoinId::check(&cells[4]).is_ok();
    (scrutiny == Scrutiny::Referred && is_other) || Event::parse(&event_text(cells)).is_ok()
}

/// Judges rows that are right: each rule in its own words, with a map of everything.
fn judged(rows: Vec<Vec<String>>) -> Said {
    let mut fates: BTreeMap<Fate, u64> = BTreeMap::new();
    let mut events: HashMap<String, Vec<String>> = HashMap::new();
    for cells in rows {
        if cells[4] != "ZOE" {
            *fates.entry(Fate::OtherCoin).or_default() += 1;
        } else if events.contains_key(&cells[0]) {
            *fates.entry(Fate::Duplicate).or_default() += 1;
        } else {
            events.insert(cells[0].clone(), cells);
        }
    }
    let at = |cells: &[String]| cells[3].parse::<Instant>().expect("a time");
    let time = |text: &str| text.parse::<Instant>().expect("a time");
    let mut sums: BTreeMap<String, u128> = BTreeMap::new();
    for cells in events.values() {
        let back: u128 = events
            .values()
            .filter(|other| other[1] == cells[0] && at(other) < time("2020-12-01T00:00:00Z"))
            .map(|other| attos(&other[6]))
            .sum();
        let fate = if at(cells) >= time("2020-12-01T00:00:00Z") {
            Fate::AfterMonth
        } else if !cells[1].is_empty() {
            Fate::Reversal
        } else if at(cells) < time("2020-11-05T00:00:00Z") {
            Fate::BeforeLaunch
        } else if !["buy", "send_creator"].contains(&cells[5].as_str()) {
            Fate::OtherKind
        } else if attos(&cells[6]) == 0 {
            Fate::Nothing
        } else if attos(&cells[6]) == back {
            Fate::Reversed
        } else {
            *sums.entry(cells[2].clone()).or_default() += attos(&cells[6]).saturating_sub(back);
            Fate::Counted
        };
        *fates.entry(fate).or_default() += 1;
    }
    Said::Sums(sums, fates)
}

/// Shifts the dot of a right amount by eighteen places.
fn attos(text: &str) -> u128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<18}").parse().expect("an amount")
}

fn event_text(cells: &[String]) -> EventText<'_> {
    EventText {
        event_id: &cells[0],
        reverses: &cells[1],
        actor: &cells[2],
        occurred_at: &cells[3],
        coin: &cells[4],
        kind: &cells[5],
        amount_usd: &cells[6],
    }
}

/// Reads the file `name` in parts.
fn said(folder: &TempDir, reading: Reading<'_>) -> Result<(Measured, u64), Failure> {
    let intake = read(folder.path()).expect("the records are good");
    let month: Month = "2020-11".parse().expect("it is a month");
    let rows = Cell::new(0);
    activity::measure_by(reading, folder.path().into(), &intake.programme, month.end(), &|_, count| rows.set(count))
        .map(|measured| (measured, rows.get()))
}

fn summed(measured: &Measured) -> Said {
    let supporters = measured.supporters.values().flatten();
    let sums = supporters.map(|one| (one.actor.to_string(), one.volume.as_attos())).collect();
    Said::Sums(sums, measured.fates.clone())
}

/// The cells of a row whose events may repeat and take each other back without contradiction.
fn good_cells() -> impl Strategy<Value = [String; 7]> {
    let times = ["2020-11-04T23:59:59.999999999Z", "2020-11-06T00:00:00Z", "1606000000", "2020-12-01T00:00:00Z"];
    let actors = ["u1", "u 2", "ü,3", "say \"hi\"", "0xf1f955016ecbcd7321c7266bccfb96c68ea5e49b"];
    let amounts = ["0", "1", "2.5", "7.000000000000000001", "12.30"];
    let fields = (0..40_usize, select(vec!["ZOE", "ZOE", "ZOE", "OTHER"]));
    fields.prop_map(move |(id, coin)| {
        // Everything follows from the id, so that a repeated id is an exact duplicate.
        let (time, actor, amount) = (times[id % 4], actors[id % 5], amounts[id / 2 % 5]);
        let kind = ["buy", "buy", "send_creator", "sell"][id / 4 % 4];
        let is_reversal = id >= 32 && id % 4 != 0;
        let target = id - id / 32 * 31;
        if is_reversal {
            let amount = amounts[target / 2 % 5];
            [
                format!("r{target}"),
                format!("e{target}"),
                "bank".into(),
                "2020-12-31T00:00:00Z".into(),
                "ZOE".into(),
                kind.into(),
                amount.into(),
            ]
        } else {
            [format!("e{id}{coin}"), String::new(), actor.into(), time.into(), coin.into(), kind.into(), amount.into()]
        }
    })
}

/// Such a row, written in any legal way.
fn good_row() -> impl Strategy<Value = String> {
    (good_cells(), any::<[bool; 7]>()).prop_map(|(cells, quotes)| {
        let written = cells.iter().zip(quotes).map(|(cell, quoted)| {
            if quoted || cell.contains([',', '"']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        });
        written.collect::<Vec<_>>().join(",")
    })
}

/// A line that is wrong, or right in a rare way.
fn odd_line() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\n\n".to_vec(),
        b"\n\r\n\n".to_vec(),
        b"\r".to_vec(),
        b",,,,,,".to_vec(),
        b"e1,,u1,1606000000,ZOE,buy".to_vec(),
        b"e1,,u1,1606000000,ZOE,buy,1,".to_vec(),
        b"\"e1,,u1,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,\"u1\"x,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,u\"1,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,u\0,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,u\xff,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,u\r1,1606000000,ZOE,buy,1".to_vec(),
        b"e1,,u1,1606000000,OTHER,buy,x".to_vec(),
        b"e1,,u1,2020-11-31T00:00:00Z,ZOE,buy,1".to_vec(),
        b"x1,,u1,1606000000,OTHER,buy,5".to_vec(),
        [b"e1,,".as_slice(), &vec![b'u'; 70_000], b",1606000000,ZOE,buy,1"].concat(),
        [b"e1,,".as_slice(), &vec![b'u'; MOST_LINE_BYTES - 26], b",1606000000,ZOE,buy,1"].concat(),
    ];
    select(lines)
}

fn file(odd: u32) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![12 => good_row().prop_map(String::into_bytes), odd => odd_line()];
    let end = select(vec!["\n", "\n", "\n", "\r\n"]);
    (vec((line, end), 0..24), any::<bool>(), any::<bool>()).prop_map(|(lines, ended, mark)| {
        let mut bytes = if mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        bytes.extend_from_slice(HEADER.as_bytes());
        bytes.push(b'\n');
        for (line, end) in lines {
            bytes.extend_from_slice(&line);
            bytes.extend_from_slice(end.as_bytes());
        }
        if !ended {
            bytes.pop();
        }
        bytes
    })
}

/// A file of many rows without quotes, so that coins and line ends stand at every place of a block and of a piece.
fn long_file(odd: u32) -> impl Strategy<Value = Vec<u8>> {
    let coins =
        select(vec!["ZOE", "OTHER", "O", "sixteen_letters-", "SixteenLetters00", "of-more-letters-than-sixteen"]);
    let wrong = prop_oneof![odd_line(), Just(b"e1,,u1,1606000000,no coin,buy,1".to_vec())];
    let line = prop_oneof![
        300 => (1..90_usize, coins, "[a-zü]{1,20}").prop_map(Ok),
        odd => wrong.prop_map(Err),
    ];
    vec((line, select(vec!["\n", "\n", "\r\n"])), 0..400).prop_map(|lines| {
        let mut bytes = format!("{HEADER}\n").into_bytes();
        for (number, (line, end)) in lines.into_iter().enumerate() {
            bytes.extend(line.map_or_else(
                |wrong| wrong,
                |(width, coin, actor)| {
                    format!("{number:0width$}e{number},,{actor},1606000000,{coin},buy,1").into_bytes()
                },
            ));
            bytes.extend_from_slice(end.as_bytes());
        }
        bytes
    })
}

fn check_hostile(file: &[u8], threads: usize, chunk_bytes: usize) -> Result<(), TestCaseError> {
    check_hostile_by(Scrutiny::All, file, threads, chunk_bytes)?;
    check_hostile_by(Scrutiny::Referred, file, threads, chunk_bytes)
}

fn check_hostile_by(scrutiny: Scrutiny, file: &[u8], threads: usize, chunk_bytes: usize) -> Result<(), TestCaseError> {
    check_as("activity/e.csv", scrutiny, file, threads, chunk_bytes, oracle(file, scrutiny))
}

/// Checks a file under its name, in parts and compressed, against what an oracle says of it.
fn check_as(
    name: &str,
    scrutiny: Scrutiny,
    file: &[u8],
    threads: usize,
    chunk_bytes: usize,
    expected: Said,
) -> Result<(), TestCaseError> {
    let plain = folder(&[(name, Some(file))]);
    let sequential = said(&plain, Reading::by(1, 1 << 20, scrutiny));
    let split = said(&plain, Reading::by(threads, chunk_bytes, scrutiny));
    prop_assert_eq!(&split, &sequential, "{:?}", String::from_utf8_lossy(file));
    check_said(split, expected, file)?;
    let packed = folder(&[(&format!("{name}.gz"), Some(&gzip(file)))]);
    let places = |said: Result<(Measured, u64), Failure>| {
        said.map_err(|failure| {
            failure.problems.into_iter().map(|problem| (problem.line, problem.column, problem.code)).collect::<Vec<_>>()
        })
    };
    prop_assert_eq!(places(said(&packed, Reading::by(threads, chunk_bytes, scrutiny))), places(sequential));
    Ok(())
}

fn check_said(said: Result<(Measured, u64), Failure>, expected: Said, file: &[u8]) -> Result<(), TestCaseError> {
    match (said, expected) {
        (Ok((measured, rows)), expected) => {
            prop_assert_eq!(rows, measured.fates.values().sum::<u64>());
            prop_assert_eq!(summed(&measured), expected, "{:?}", String::from_utf8_lossy(file));
        }
        // Contradictions between rows are the core's.
        (Err(failure), Said::Sums(..)) => {
            let between = |code: &str| code.starts_with("REVERSAL") || code == "EVENT_CONFLICT";
            let unread = failure.problems.iter().find(|problem| !between(&problem.code));
            prop_assert_eq!(unread, None);
        }
        (Err(failure), Said::Wrong(expected)) => {
            let is_line =
                |problem: &&Problem| !problem.code.starts_with("REVERSAL") && problem.code != "EVENT_CONFLICT";
            let lines: Vec<u64> = failure.problems.iter().filter(is_line).filter_map(|problem| problem.line).collect();
            prop_assert_eq!(lines, expected, "{:?}", String::from_utf8_lossy(file));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_files_are_summed_as_the_oracle_sums_them(file in file(0), threads in 1_usize..=4, chunk in 1_usize..=64) {
        check_hostile(&file, threads, chunk)?;
    }

    #[test]
    fn wrong_lines_are_told_as_the_oracle_tells_them(file in file(2), threads in 1_usize..=4, chunk in 1_usize..=64) {
        check_hostile(&file, threads, chunk)?;
    }
}

proptest! {
    // Few, because they are long.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_files_are_read_as_the_oracle_reads_them(file in long_file(1), threads in 1_usize..=3, chunk in 1_000..100_000_usize) {
        check_hostile(&file, threads, chunk)?;
    }
}

//! Every table of a programme folder, against a slow reader: the same rows at the same lines, the same mistakes at the
//! same places; and a table that is written anew in another legal way says the same.

use std::fmt::Debug;

use ambassador_core::{
    records::{Adjustment, Adoption, Ambassador, AmbassadorIndex, Close, Party, Payee, Referral, Resolution},
    supporters::SupporterRow,
    volume::Supporter,
};
use ambassador_signer::{
    intake::{
        doors::{FILE, Readable, Rows},
        redemptions::Redemption,
    },
    names,
    problem::Problem,
};
use num_bigint::BigUint;

use super::slow::{self, Cells, MOST_SLIPS, Row, Slip};

/// A table as the slow reader reads it.
trait Slow: Readable + PartialEq + Debug + Sized {
    const COLUMNS: &'static [(&'static str, bool)];

    fn read(cells: &mut Cells<'_>) -> Option<Self>;
}

/// Reads the bytes as every table; all but the one that they are meant for refuse them at the header.
pub fn check(bytes: &[u8]) {
    check_table::<Ambassador>(bytes);
    check_table::<Referral>(bytes);
    check_table::<Adoption>(bytes);
    check_table::<Party>(bytes);
    check_table::<Close>(bytes);
    check_table::<Adjustment>(bytes);
    check_table::<Resolution>(bytes);
    check_table::<SupporterRow>(bytes);
    check_table::<Redemption>(bytes);
}

fn check_table<T: Slow>(bytes: &[u8]) {
    let Rows { rows, problems } = T::read_all(bytes);
    let (slow_rows, mut slips) = slow::read(bytes, T::COLUMNS);
    let mut expected = Vec::new();
    for row in &slow_rows {
        let mut cells = Cells { row, slips: Vec::new() };
        if let Some(read) = T::read(&mut cells) {
            assert!(cells.slips.is_empty());
            expected.push((row.line, read));
        }
        slips.append(&mut cells.slips);
    }
    // Slips of cells were found behind those of lines; the order within a line is that of the columns.
    slips.sort_by_key(|slip| slip.line);
    assert_eq!(rows, expected);
    check_problems(bytes, &problems, slips);
    if !rows.is_empty() && problems.is_empty() {
        let again = T::read_all(&written_anew(&slow_rows, T::COLUMNS));
        assert_eq!(again.problems, []);
        assert!(again.rows.iter().map(|(_, row)| row).eq(rows.iter().map(|(_, row)| row)), "{rows:?} {again:?}");
    }
}

/// Checks that the problems are those that the slow reader found, each with a place inside the file and a help.
fn check_problems(bytes: &[u8], problems: &[Problem], mut slips: Vec<Slip>) {
    let lines = u64::try_from(bytes.split(|byte| *byte == b'\n').count()).expect("a file is short");
    for problem in problems.iter().filter(|problem| problem.code != "MORE") {
        assert_eq!(problem.file.as_deref().and_then(|file| file.to_str()), Some(FILE), "{problem}");
        assert!(problem.line.is_some_and(|line| (1..=lines).contains(&line)), "{problem}");
        assert!(problem.help.as_ref().is_some_and(|help| !help.is_empty()), "{problem}");
        assert!(!problem.message.is_empty() && !problem.to_string().contains(['\r', '\u{1b}', '\0']), "{problem}");
    }
    let more = slips.len() > MOST_SLIPS;
    slips.truncate(MOST_SLIPS);
    assert_eq!(problems.last().is_some_and(|last| last.code == "MORE"), more);
    let found: Vec<Slip> = problems.iter().filter(|problem| problem.code != "MORE").map(Slip::of).collect();
    assert_eq!(found, slips);
}

/// Writes rows with their columns turned round, every cell in quotes, and other ends of lines.
fn written_anew(rows: &[Row], columns: &[(&str, bool)]) -> Vec<u8> {
    let there: Vec<&str> =
        columns.iter().map(|(name, _)| *name).filter(|name| rows.iter().any(|row| row.cell(name).is_some())).collect();
    let mut text = String::from("\u{feff}");
    let mut line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    };
    line(there.iter().rev().copied().collect());
    for row in rows {
        line(there.iter().rev().map(|name| row.cell(name).unwrap_or_default()).collect());
    }
    text.into_bytes()
}

/// Reads plain digits without zeros in front, up to `most`.
fn whole(cells: &mut Cells<'_>, column: &str, most: u64) -> Option<u64> {
    let text = cells.filled(column)?;
    let number = BigUint::parse_bytes(text.as_bytes(), 10).filter(|number| number.to_string() == text);
    let number = number.filter(|number| *number <= BigUint::from(most)).and_then(|number| u64::try_from(number).ok());
    if number.is_none() {
        cells.slip(column, "NUMBER_WHOLE");
    }
    number
}

fn index(cells: &mut Cells<'_>) -> Option<AmbassadorIndex> {
    let number = whole(cells, "index", u32::MAX.into())?;
    Some(AmbassadorIndex::new(number.try_into().expect("it was compared with the largest")))
}

impl Slow for Ambassador {
    const COLUMNS: &'static [(&'static str, bool)] =
        &[("index", true), ("id", true), ("name", true), ("payee", true), ("joined_at", true), ("status", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (index, id, name) = (index(cells), cells.value("id"), cells.value("name"));
        let payee = cells.filled("payee").and_then(|text| {
            if text.starts_with("0x") {
                cells.read("payee", text.parse()).map(Payee::Address)
            } else {
                cells.read("payee", names::read(&text)).map(Payee::Name)
            }
        });
        let (joined_at, status) = (cells.value("joined_at"), cells.value("status"));
        Some(Self { index: index?, id: id?, name: name?, payee: payee?, joined_at: joined_at?, status: status? })
    }
}

impl Slow for Referral {
    const COLUMNS: &'static [(&'static str, bool)] = &[
        ("creator", true),
        ("coin", true),
        ("ambassador", true),
        ("invited_at", true),
        ("accepted_at", true),
        ("approved_at", true),
        ("launched_at", true),
        ("status", true),
    ];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (creator, coin, ambassador) = (cells.value("creator"), cells.value("coin"), cells.value("ambassador"));
        let [invited_at, accepted_at, approved_at, launched_at] =
            ["invited_at", "accepted_at", "approved_at", "launched_at"].map(|column| cells.optional(column));
        let status = cells.value("status");
        Some(Self {
            creator: creator?,
            coin: coin?,
            ambassador: ambassador?,
            invited_at: invited_at?,
            accepted_at: accepted_at?,
            approved_at: approved_at?,
            launched_at: launched_at?,
            status: status?,
        })
    }
}

impl Slow for Adoption {
    const COLUMNS: &'static [(&'static str, bool)] =
        &[("creator", true), ("use_case", true), ("live_at", true), ("evidence", true), ("decision", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (creator, use_case, live_at) = (cells.value("creator"), cells.value("use_case"), cells.value("live_at"));
        let (evidence, decision) = (cells.optional("evidence"), cells.value("decision"));
        Some(Self {
            creator: creator?,
            use_case: use_case?,
            live_at: live_at?,
            evidence: evidence?,
            decision: decision?,
        })
    }
}

impl Slow for Party {
    const COLUMNS: &'static [(&'static str, bool)] = &[("actor", true), ("relation", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (actor, relation) = (cells.value("actor"), cells.value("relation"));
        Some(Self { actor: actor?, relation: relation?, since: None })
    }
}

impl Slow for Close {
    const COLUMNS: &'static [(&'static str, bool)] = &[("date", true), ("usd", true), ("tokens", false)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (date, usd) = (cells.value("date"), cells.value("usd"));
        let tokens = match cells.row.cell("tokens") {
            None => "1".parse().ok(),
            Some(_) => cells.value("tokens"),
        };
        Some(Self { date: date?, usd: usd?, tokens: tokens? })
    }
}

impl Slow for Adjustment {
    const COLUMNS: &'static [(&'static str, bool)] =
        &[("ambassador", true), ("month", true), ("usd", true), ("reason", true), ("approver", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (ambassador, month, usd) = (cells.value("ambassador"), cells.value("month"), cells.value("usd"));
        let (reason, approver) = (cells.value("reason"), cells.value("approver"));
        Some(Self { ambassador: ambassador?, month: month?, usd: usd?, reason: reason?, approver: approver? })
    }
}

impl Slow for Resolution {
    const COLUMNS: &'static [(&'static str, bool)] =
        &[("name", true), ("address", true), ("block", true), ("resolved_at", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let name = cells.filled("name").and_then(|text| cells.read("name", names::read(&text)));
        let address = cells.optional("address");
        let (block, resolved_at) = (whole(cells, "block", u64::MAX), cells.value("resolved_at"));
        Some(Self { name: name?, address: address?, block: block?, resolved_at: resolved_at? })
    }
}

impl Slow for SupporterRow {
    const COLUMNS: &'static [(&'static str, bool)] =
        &[("creator", true), ("actor", true), ("counted_usd", true), ("first_at", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (creator, actor) = (cells.value("creator"), cells.value("actor"));
        let (volume, first_at) = (cells.value("counted_usd"), cells.value("first_at"));
        Some(Self { creator: creator?, supporter: Supporter { actor: actor?, volume: volume?, first_at: first_at? } })
    }
}

impl Slow for Redemption {
    const COLUMNS: &'static [(&'static str, bool)] = &[("index", true), ("month", true), ("redeemed_at", true)];

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (index, month, redeemed_at) = (index(cells), cells.value("month"), cells.value("redeemed_at"));
        Some(Self { index: index?, month: month?, redeemed_at: redeemed_at? })
    }
}

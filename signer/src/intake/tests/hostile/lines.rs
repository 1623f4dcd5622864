//! JSON Lines: the reader of usual lines, in parts, against the strict reader of every line.

use super::*;
use crate::intake::{flat::FlatLines, jsonl::EventLine};

/// Reads a line by the strict reader alone, in the order of the cells of CSV.
fn row(line: &[u8]) -> Option<Vec<String>> {
    let event = (line.len() <= MOST_LINE_BYTES).then(|| EventLine::parse(line).ok()).flatten()?;
    let text = event.as_text();
    let cells = [text.event_id, text.reverses, text.actor, text.occurred_at, text.coin, text.kind, text.amount_usd];
    Some(cells.map(str::to_string).to_vec())
}

const NAMES: [&str; 7] = ["event_id", "reverses", "actor", "occurred_at", "coin", "kind", "amount_usd"];

/// A good row, with its fields in any order and written in any legal way.
fn good_line() -> impl Strategy<Value = Vec<u8>> {
    let ways = (0..7_usize, any::<bool>(), 0..6_u8, 0..3_u8, any::<bool>());
    (good_cells(), ways).prop_map(|(cells, (first, spaced, escaped, absent, bare))| {
        let mut fields = Vec::new();
        for (name, cell) in NAMES.iter().zip(&cells) {
            let plain = serde_json::to_string(cell).expect("a text can be written");
            let value = match (*name, absent) {
                ("reverses", 0) if cell.is_empty() => continue,
                ("reverses", 1) if cell.is_empty() => "null".to_string(),
                ("occurred_at", _) if bare && cell.bytes().all(|byte| byte.is_ascii_digit()) => cell.clone(),
                _ if escaped == 0 => plain.replace('u', "\\u0075"),
                _ => plain,
            };
            fields.push(format!("\"{name}\":{}{value}", if spaced { " " } else { "" }));
        }
        let count = fields.len();
        fields.rotate_left(first % count);
        format!("{{{}}}", fields.join(if spaced { ", " } else { "," })).into_bytes()
    })
}

/// A line that is wrong, or right in a rare way: a good one of which something was replaced, doubled or cut off.
fn odd_line() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"",
        b" ",
        b"\"",
        b"\\",
        b"\\\"",
        b",",
        b":",
        b"{",
        b"}",
        b"null",
        b"1",
        b"\n",
        b"\r",
        b"\t",
        b"\0",
        b"\xff",
        "\u{fc}".as_bytes(),
        b"\"coin\":\"ZOE\",",
        b",\"x\":\"y\"",
        b"\"reverses\":null,",
    ];
    let kept: Vec<Vec<u8>> = vec![b"".to_vec(), b"\n\n".to_vec(), b"\r".to_vec(), b"[]".to_vec(), vec![b' '; 70_000]];
    let changed =
        (good_line(), any::<prop::sample::Index>(), select(pieces), 0..4_usize).prop_map(|(line, at, piece, gone)| {
            let at = at.index(line.len());
            [&line[..at], piece, line.get(at + gone..).unwrap_or_default()].concat()
        });
    prop_oneof![6 => changed, 1 => select(kept)]
}

fn file(odd: u32) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![12 => good_line(), odd => odd_line()];
    let end = select(vec!["\n", "\n", "\n", "\r\n"]);
    (vec((line, end), 0..24), any::<bool>()).prop_map(|(lines, ended)| {
        let mut bytes: Vec<u8> =
            lines.into_iter().flat_map(|(line, end)| [&line[..], end.as_bytes()].concat()).collect();
        if !ended {
            bytes.pop();
        }
        bytes
    })
}

fn check(file: &[u8], threads: usize, chunk_bytes: usize) -> Result<(), TestCaseError> {
    for scrutiny in [Scrutiny::All, Scrutiny::Referred] {
        let expected = said_of_lines(file, 0, row, scrutiny);
        check_as("activity/e.jsonl", scrutiny, file, threads, chunk_bytes, expected)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_lines_are_summed_as_the_oracle_sums_them(file in file(0), threads in 1_usize..=4, chunk in 1_usize..=64) {
        check(&file, threads, chunk)?;
    }

    #[test]
    fn wrong_lines_are_told_as_the_strict_reader_tells_them(
        file in file(3), threads in 1_usize..=4, chunk in 1_usize..=64,
    ) {
        check(&file, threads, chunk)?;
    }

    #[test]
    fn what_is_read_as_usual_the_strict_reader_reads_too(lines in vec(prop_oneof![good_line(), odd_line()], 1..12)) {
        let mut flat = FlatLines::default();
        for line in lines {
            let Some(text) = flat.read(&line) else { continue };
            let cells =
                [text.event_id, text.reverses, text.actor, text.occurred_at, text.coin, text.kind, text.amount_usd];
            prop_assert_eq!(row(&line), Some(cells.map(str::to_string).to_vec()), "{}", String::from_utf8_lossy(&line));
        }
    }
}

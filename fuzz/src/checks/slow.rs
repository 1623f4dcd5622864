//! Tables of CSV read in the slow and obvious way, whole and one character after the other.

use std::{collections::BTreeMap, str::FromStr};

use ambassador_core::diagnostic::Diagnostic;
use ambassador_signer::problem::Problem;

/// The longest line that may be read, in bytes.
const MOST_LINE_BYTES: usize = 64 * 1024;
/// The most problems that are listed.
pub(super) const MOST_SLIPS: usize = 100;

/// Something wrong: where, and by which code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slip {
    pub(super) line: u64,
    pub(super) column: Option<String>,
    pub(super) code: String,
}

impl Slip {
    pub(super) fn of(problem: &Problem) -> Self {
        Self { line: problem.line.unwrap_or_default(), column: problem.column.clone(), code: problem.code.clone() }
    }

    fn new(line: u64, column: Option<&str>, code: &str) -> Self {
        Self { line, column: column.map(str::to_owned), code: code.to_owned() }
    }
}

/// A row by the names of its columns.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// Returns a cell, or nothing where the file lacks the column.
    pub(super) fn cell(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }
}

/// A line that is not empty, or the first of empty ones between others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Line<'a> {
    Filled(u64, &'a [u8]),
    Blank(u64),
}

/// Returns the lines of a whole text behind its head, without the empty ones at its end.
pub(super) fn lines(text: &[u8], head: usize) -> Vec<Line<'_>> {
    let (mut lines, mut blanks): (Vec<Line<'_>>, Option<u64>) = (Vec::new(), None);
    for (number, piece) in (1_u64..).zip(text.split_inclusive(|byte| *byte == b'\n')).skip(head) {
        let line = match piece.strip_suffix(b"\n") {
            Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
            None => piece,
        };
        if line.is_empty() {
            blanks = blanks.or(Some(number));
        } else {
            lines.extend(blanks.take().map(Line::Blank));
            lines.push(Line::Filled(number, line));
        }
    }
    lines
}

/// Reads a table; `known` are its columns, each with whether it must be there.
pub(super) fn read(text: &[u8], known: &[(&str, bool)]) -> (Vec<Row>, Vec<Slip>) {
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = if first.len() < text.len() { first.strip_suffix(b"\r").unwrap_or(first) } else { first };
    let names = match header(first, known) {
        Ok(names) => names,
        Err(slips) => return (Vec::new(), slips),
    };
    let (mut rows, mut slips) = (Vec::new(), Vec::new());
    for line in lines(text, 1) {
        let (line, bytes) = match line {
            Line::Blank(line) => {
                slips.push(Slip::new(line, None, "CSV_BLANK_LINE"));
                continue;
            }
            Line::Filled(line, bytes) => (line, bytes),
        };
        match cells(bytes) {
            Ok(cells) if cells.len() == names.len() => {
                rows.push(Row { line, cells: names.iter().cloned().zip(cells).collect() });
            }
            Ok(_) => slips.push(Slip::new(line, None, "CSV_FIELDS")),
            Err((place, code)) => {
                let column = place.and_then(|place| names.get(place)).map(String::as_str);
                slips.push(Slip::new(line, column, code));
            }
        }
    }
    (rows, slips)
}

fn header(line: &[u8], known: &[(&str, bool)]) -> Result<Vec<String>, Vec<Slip>> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.is_empty() {
        return Err(vec![Slip::new(1, None, "CSV_HEADER")]);
    }
    let names = cells(line).map_err(|(_, code)| vec![Slip::new(1, None, code)])?;
    let mut slips = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if !known.iter().any(|(known, _)| known == name) {
            slips.push(Slip::new(1, Some(name), "CSV_COLUMN_UNKNOWN"));
        } else if names[..place].contains(name) {
            slips.push(Slip::new(1, Some(name), "CSV_COLUMN_TWICE"));
        }
    }
    let missing = known.iter().filter(|(name, needed)| *needed && !names.iter().any(|found| found == name));
    slips.extend(missing.map(|(name, _)| Slip::new(1, Some(name), "CSV_COLUMN_MISSING")));
    if slips.is_empty() { Ok(names) } else { Err(slips) }
}

/// Splits a line by walking over its characters; or which cell is wrong, where it is one cell, and by which code.
fn cells(line: &[u8]) -> Result<Vec<String>, (Option<usize>, &'static str)> {
    if line.len() > MOST_LINE_BYTES {
        return Err((None, "CSV_LINE_TOO_LONG"));
    }
    for (byte, code) in [(0, "CSV_NUL"), (b'\r', "CSV_CARRIAGE_RETURN")] {
        if line.contains(&byte) {
            return Err((None, code));
        }
    }
    let line = str::from_utf8(line).map_err(|_| (None, "CSV_UTF8"))?;
    let mut cells: Vec<String> = vec![String::new()];
    let mut state = State::Fresh;
    let mut rest = line.chars().peekable();
    while let Some(character) = rest.next() {
        let place = cells.len() - 1;
        state = match (state, character) {
            (State::Fresh, '"') => State::Quoted,
            (State::Quoted, '"') if rest.peek() == Some(&'"') => {
                rest.next();
                cells[place].push('"');
                State::Quoted
            }
            (State::Quoted, '"') => State::Closed,
            (State::Fresh | State::Bare | State::Closed, ',') => {
                cells.push(String::new());
                State::Fresh
            }
            (State::Closed, _) | (State::Bare, '"') => return Err((Some(place), "CSV_QUOTE")),
            (State::Fresh, other) => {
                cells[place].push(other);
                State::Bare
            }
            (state, other) => {
                cells[place].push(other);
                state
            }
        };
    }
    match state {
        State::Quoted => Err((Some(cells.len() - 1), "CSV_QUOTE")),
        _ => Ok(cells),
    }
}

#[derive(Clone, Copy)]
enum State {
    Fresh,
    Bare,
    Quoted,
    Closed,
}

/// The cells of a row, and what is wrong with those that were read.
pub(super) struct Cells<'a> {
    pub(super) row: &'a Row,
    pub(super) slips: Vec<Slip>,
}

impl Cells<'_> {
    pub(super) fn slip(&mut self, column: &str, code: &str) {
        self.slips.push(Slip::new(self.row.line, Some(column), code));
    }

    pub(super) fn filled(&mut self, column: &str) -> Option<String> {
        let text = self.row.cell(column).unwrap_or_default().to_owned();
        if text.is_empty() {
            self.slip(column, "CELL_EMPTY");
            return None;
        }
        Some(text)
    }

    pub(super) fn read<T, E: Diagnostic>(&mut self, column: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.slip(column, error.code())).ok()
    }

    pub(super) fn value<T: FromStr<Err: Diagnostic>>(&mut self, column: &str) -> Option<T> {
        let text = self.filled(column)?;
        self.read(column, text.parse())
    }

    #[expect(clippy::option_option, reason = "a cell that is wrong is another thing than one that is empty")]
    pub(super) fn optional<T: FromStr<Err: Diagnostic>>(&mut self, column: &str) -> Option<Option<T>> {
        let text = self.row.cell(column).unwrap_or_default().to_owned();
        if text.is_empty() {
            return Some(None);
        }
        self.read(column, text.parse()).map(Some)
    }
}

//! One of the threads that read events: takes parts of files, checks every row and feeds a meter.

use std::{
    fs::File,
    hash::RandomState,
    io,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use ambassador_core::{
    event::{Event, EventText},
    volume::Meter,
};
use memchr::memchr3;

use super::{
    activity::{ActivityFile, COIN, Scrutiny, place},
    chunks::Chunk,
    columnar::Plan,
    csv::{Csv, CsvError, CsvProblem, Header},
    feed::{Feed, Part},
    jsonl::{EventLine, JsonError},
    lines::{Line, Lines, MOST_LINE_BYTES},
    reports::Reports,
    separators::Separators,
};
use crate::problem::Problem;

/// Takes rows in and keeps what is wrong.
pub(super) struct Reader<'f> {
    root: &'f Path,
    files: &'f [ActivityFile],
    /// Missing where rows are only read.
    meter: Option<Meter<RandomState>>,
    scrutiny: Scrutiny,
    reports: Reports,
    /// Of the part that is being read.
    rows: u64,
    ends: Vec<usize>,
}

/// The file that is being read.
#[derive(Clone, Copy)]
struct At<'f> {
    number: usize,
    file: &'f ActivityFile,
}

impl<'f> Reader<'f> {
    pub(super) fn new(
        root: &'f Path,
        files: &'f [ActivityFile],
        meter: Option<Meter<RandomState>>,
        scrutiny: Scrutiny,
    ) -> Self {
        Self { root, files, meter, scrutiny, reports: Reports::default(), rows: 0, ends: Vec::new() }
    }

    /// Reads parts until none is left, and says so after each.
    pub(super) fn read_all(&mut self, feed: &Mutex<Feed<'_>>, rows: &AtomicU64, told: &dyn Fn()) {
        let mut chunk = Chunk::default();
        loop {
            let part = feed.lock().unwrap_or_else(PoisonError::into_inner).next(&mut chunk);
            let Some((number, part)) = part else { return };
            let Some(file) = self.files.get(number) else { return };
            self.rows = 0;
            self.read(At { number, file }, &part, &chunk);
            rows.fetch_add(self.rows, Ordering::Relaxed);
            told();
        }
    }

    /// Takes in what another thread read.
    pub(super) fn merge(&mut self, other: Self) {
        if let (Some(meter), Some(other)) = (&mut self.meter, other.meter) {
            meter.merge(other);
        }
        self.reports.merge(other.reports);
    }

    pub(super) fn into_parts(self) -> (Option<Meter<RandomState>>, Reports) {
        (self.meter, self.reports)
    }

    fn read(&mut self, at: At<'_>, part: &Part, chunk: &Chunk) {
        let read = match part {
            Part::Csv(header) => match plain(&chunk.bytes) {
                Some(text) => {
                    self.read_plain_csv(at, header, chunk, text);
                    Ok(())
                }
                None => self.read_csv(at, header, chunk),
            },
            Part::JsonLines => self.read_json_lines(at, chunk),
            Part::Parquet(plan, group) => self.read_columnar(at, plan, *group),
        };
        if let Err(error) = read {
            self.reports.disk(at.number, &at.file.path, &error);
        }
    }

    /// Reads rows without quotes, in which every comma and line feed separates.
    fn read_plain_csv(&mut self, at: At<'_>, header: &Header, chunk: &Chunk, text: &str) {
        let mut ends = std::mem::take(&mut self.ends);
        ends.clear();
        let (mut start, mut line, mut blank) = (0, chunk.before, chunk.blank);
        let unended = (!text.ends_with('\n')).then_some(text.len());
        for end in Separators::of(text.as_bytes()).chain(unended) {
            ends.push(end);
            if text.as_bytes().get(end) == Some(&b',') {
                continue;
            }
            line = line.saturating_add(1);
            if end == start {
                blank.get_or_insert(line);
            } else {
                if let Some(line) = blank.take() {
                    self.csv_problem(at, &CsvError { line, column: None, problem: CsvProblem::BlankLine });
                }
                let (found, expected) = (ends.len(), header.width());
                if end.saturating_sub(start) > MOST_LINE_BYTES {
                    self.csv_problem(at, &CsvError { line, column: None, problem: CsvProblem::TooLong });
                } else if found == expected {
                    let cell = |position| {
                        let place = header.place(position)?;
                        let begin = place
                            .checked_sub(1)
                            .map_or(Some(start), |before| Some(ends.get(before)?.saturating_add(1)));
                        text.get(begin?..*ends.get(place)?)
                    };
                    self.event(at, line, cell(COIN), || event_text(cell));
                } else {
                    let problem = CsvProblem::Fields { found, expected };
                    self.csv_problem(at, &CsvError { line, column: None, problem });
                }
            }
            start = end.saturating_add(1);
            ends.clear();
        }
        self.ends = ends;
    }

    fn read_csv(&mut self, at: At<'_>, header: &Arc<Header>, chunk: &Chunk) -> io::Result<()> {
        let lines = Lines::behind(&*chunk.bytes, chunk.before);
        let mut csv = Csv::within(lines, Arc::clone(header), chunk.blank);
        while let Some(row) = csv.read()? {
            match row {
                Ok(row) => {
                    let cell = |position| row.cell(position);
                    self.event(at, row.line, cell(COIN), || event_text(cell));
                }
                Err(error) => self.csv_problem(at, &error),
            }
        }
        Ok(())
    }

    fn read_json_lines(&mut self, at: At<'_>, chunk: &Chunk) -> io::Result<()> {
        let mut lines = Lines::behind(&*chunk.bytes, chunk.before);
        let mut blank = chunk.blank;
        while lines.step()? {
            let line = lines.number();
            let Line::Bytes(bytes) = lines.current() else {
                let message = format!("the line is longer than {MOST_LINE_BYTES} bytes");
                let problem = Problem::new("JSON_LINE_TOO_LONG", message).file(&at.file.path).line(line);
                self.reports.push(at.number, line, problem.help("check that each event is one line"));
                continue;
            };
            if bytes.is_empty() {
                blank.get_or_insert(line);
                continue;
            }
            // As in CSV, empty lines at the end of a file are harmless.
            if let Some(line) = blank.take() {
                self.reports.push(at.number, line, Problem::of(&JsonError::Blank).file(&at.file.path).line(line));
            }
            match EventLine::parse(bytes) {
                Ok(event) => {
                    let text = event.as_text();
                    self.event(at, line, Some(text.coin), || text);
                }
                Err(error) => {
                    let problem = Problem::of(&error).file(&at.file.path).line(line);
                    let problem = match error {
                        JsonError::Unknown { name, .. } | JsonError::Missing { name } | JsonError::Twice { name } => {
                            problem.column(name)
                        }
                        _ => problem,
                    };
                    self.reports.push(at.number, line, problem);
                }
            }
        }
        Ok(())
    }

    fn read_columnar(&mut self, at: At<'_>, plan: &Plan, group: usize) -> io::Result<()> {
        let content = File::open(self.root.join(&at.file.path))?;
        let read = plan.read(content, group, |row, text| match text {
            Ok(text) => self.event(at, row, Some(text.coin), || *text),
            Err(error) => self.reports.push(at.number, row, error.to_problem(&at.file.path, Some(row))),
        });
        if let Err(error) = read {
            self.reports.push(at.number, u64::MAX, error.to_problem(&at.file.path, None));
        }
        Ok(())
    }

    fn csv_problem(&mut self, at: At<'_>, error: &CsvError) {
        self.reports.push(at.number, error.line, error.to_problem(&at.file.path));
    }

    fn event<'t>(&mut self, at: At<'_>, line: u64, coin: Option<&str>, text: impl FnOnce() -> EventText<'t>) {
        self.rows = self.rows.saturating_add(1);
        let read = match &mut self.meter {
            Some(meter) => {
                let passed = match self.scrutiny {
                    Scrutiny::Referred => meter.pass_over(coin.unwrap_or_default()),
                    Scrutiny::All => Ok(false),
                };
                match passed {
                    Ok(true) => return,
                    Ok(false) => meter.read(&at.file.source, &text(), place(at.number, line)),
                    Err(error) => Err(error),
                }
            }
            None => Event::parse(&text()).map(|_| ()),
        };
        if let Err(error) = read {
            let problem = Problem::of(&error).file(&at.file.path).line(line).column(error.column);
            self.reports.push(at.number, line, problem);
        }
    }
}

/// Returns the text of lines in which nothing needs a closer look.
fn plain(bytes: &[u8]) -> Option<&str> {
    if memchr3(b'"', b'\r', 0, bytes).is_some() {
        return None;
    }
    str::from_utf8(bytes).ok()
}

/// Names the cells of a row, which `cell` returns by the position of the column.
fn event_text<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> EventText<'a> {
    let cell = |position| cell(position).unwrap_or_default();
    EventText {
        event_id: cell(0),
        occurred_at: cell(1),
        coin: cell(2),
        kind: cell(3),
        actor: cell(4),
        amount_usd: cell(5),
        reverses: cell(6),
    }
}

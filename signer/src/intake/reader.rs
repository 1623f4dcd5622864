//! One of the threads that read events: takes parts of files, checks every row and feeds a meter.

#![expect(clippy::inline_always, reason = "what is asked of every row is compiled for the instructions of its caller")]

mod csv;
mod json_lines;

use std::{
    fs::File,
    io,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use ahash::RandomState;
use ambassador_core::{
    event::{Event, EventError, EventText},
    volume::{Glance, Meter, Watch},
    word::Word,
};

use super::{
    activity::{ActivityFile, Scrutiny, place},
    chunks::Chunk,
    columnar::{ColumnarError, Group, Plan, Row},
    cuts::Cuts,
    feed::{Feed, Part},
    flat::FlatLines,
    numbering::{Counted, Numbering, Numbers},
    reports::Reports,
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
    numbering: Numbering,
    /// Of the part that is being read.
    rows: u64,
    cuts: Cuts,
    held: csv::Held,
    flat: FlatLines,
}

/// Why a row cannot be read.
enum RowError {
    Event(EventError),
    Columnar(ColumnarError),
}

impl From<EventError> for RowError {
    fn from(error: EventError) -> Self {
        Self::Event(error)
    }
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
        Self {
            root,
            files,
            meter,
            scrutiny,
            reports: Reports::default(),
            numbering: Numbering::default(),
            rows: 0,
            cuts: Cuts::default(),
            held: csv::Held::default(),
            flat: FlatLines::default(),
        }
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
        self.numbering.merge(other.numbering);
    }

    pub(super) fn into_parts(self) -> (Option<Meter<RandomState>>, Reports, Numbers) {
        (self.meter, self.reports, self.numbering.finish())
    }

    fn read(&mut self, at: At<'_>, part: &Part, chunk: &Chunk) {
        let read = match part {
            Part::Csv(header) => self.read_csv(at, header, chunk).map(|last| self.count_lines(at, chunk, last)),
            Part::JsonLines => {
                let last = self.read_json_lines(at, chunk);
                self.count_lines(at, chunk, last);
                Ok(())
            }
            Part::Parquet(plan, group) => self.read_columnar(at, plan, *group),
        };
        if let Err(error) = read {
            self.reports.disk(at.number, &at.file.path, &error);
        }
    }

    fn count_lines(&mut self, at: At<'_>, chunk: &Chunk, last: u64) {
        let lines = last.saturating_sub(chunk.before);
        self.numbering.push(Counted { file: at.number, start: chunk.before, lines, end: chunk.end() });
    }

    fn read_columnar(&mut self, at: At<'_>, plan: &Plan, group: usize) -> io::Result<()> {
        let content = File::open(self.root.join(&at.file.path))?;
        if let Err(error) = plan.open(content, group).and_then(|group| self.read_group(at, group)) {
            self.reports.push(at.number, u64::MAX, error.to_problem(&at.file.path, None));
        }
        Ok(())
    }

    fn read_group(&mut self, at: At<'_>, mut group: Group) -> Result<(), ColumnarError> {
        while let Some((number, row)) = group.next_row(|coin| !self.pass_over(coin).is_some_and(Glance::has_passed))? {
            self.row(at, number, row);
        }
        Ok(())
    }

    fn row(&mut self, at: At<'_>, number: u64, row: Row<'_>) {
        let watch = row.word().and_then(|coin| self.watch(&coin));
        if watch.is_none()
            && let Some(coin) = row.coin()
        {
            return self.event(at, number, coin, || row.into_text().map_err(RowError::Columnar));
        }
        match (row.into_text(), watch) {
            (Ok(text), Some(watch)) => self.watched(at, number, watch, &text),
            (Ok(text), None) => self.event(at, number, text.coin, || Ok(text)),
            (Err(error), _) => self.reports.push(at.number, number, error.to_problem(&at.file.path, Some(number))),
        }
    }

    /// Counts a row at first sight where the coin is enough, and says what was seen; nothing where each row is read.
    #[inline(always)]
    fn pass_over(&mut self, coin: &Word<'_>) -> Option<Glance> {
        let meter = self.meter.as_mut().filter(|_| self.scrutiny == Scrutiny::Referred)?;
        let glance = meter.pass_over(coin);
        self.rows = self.rows.wrapping_add(glance.has_passed().into());
        Some(glance)
    }

    /// Returns what is asked of a row of which nothing but the coin was read.
    fn watch(&self, coin: &Word<'_>) -> Option<Watch> {
        self.meter.as_ref().filter(|_| self.scrutiny == Scrutiny::Referred)?.watch(coin)
    }

    /// Returns what is likely to be asked of a row, by what was seen of its coin.
    #[inline(always)]
    fn expect(&self, glance: Option<Glance>) -> Option<Watch> {
        self.meter.as_ref()?.expect(glance?)
    }

    /// Returns what is asked of a row, of which something is expected.
    #[inline(always)]
    fn watch_expected(&self, coin: &Word<'_>, glance: Option<Glance>, expected: Option<Watch>) -> Option<Watch> {
        self.meter.as_ref()?.watch_expected(coin, glance?, expected)
    }

    /// Takes in one row of a coin that is watched.
    fn watched(&mut self, at: At<'_>, line: u64, watch: Watch, text: &EventText<'_>) {
        self.rows = self.rows.saturating_add(1);
        let place = place(at.number, line);
        let taken = self.meter.as_mut().map(|meter| meter.take(watch, &at.file.source, text, place));
        if let Some(Err(error)) = taken {
            self.row_problem(at, line, &error.into());
        }
    }

    /// Takes in one row, of which `text` returns the fields.
    fn event<'t>(&mut self, at: At<'_>, line: u64, coin: &str, text: impl FnOnce() -> Result<EventText<'t>, RowError>) {
        self.rows = self.rows.saturating_add(1);
        let (source, place) = (&at.file.source, place(at.number, line));
        let read = match (&mut self.meter, self.scrutiny) {
            (Some(meter), Scrutiny::Referred) => meter.skim(source, coin, place, text),
            (Some(meter), Scrutiny::All) => text().and_then(|text| Ok(meter.read(source, &text, place)?)),
            (None, _) => text().and_then(|text| Ok(Event::parse(&text).map(|_| ())?)),
        };
        if let Err(error) = read {
            self.row_problem(at, line, &error);
        }
    }

    fn row_problem(&mut self, at: At<'_>, line: u64, error: &RowError) {
        let problem = match error {
            RowError::Event(error) => Problem::of(error).file(&at.file.path).line(line).column(error.column),
            RowError::Columnar(error) => error.to_problem(&at.file.path, Some(line)),
        };
        self.reports.push(at.number, line, problem);
    }
}

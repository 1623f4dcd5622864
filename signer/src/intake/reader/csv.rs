//! Rows of CSV: cut at every comma and line end where nothing is quoted, read strictly where something is.

use std::{io, sync::Arc};

use ambassador_core::{
    event::EventText,
    volume::{Glance, Watch},
    word::Word,
};
use memchr::{memchr, memrchr};

use super::{At, Reader};
use crate::{
    instructions::with_best,
    intake::{
        activity::{COIN, COLUMNS, event_text},
        chunks::Chunk,
        csv::{Csv, CsvError, CsvProblem, Header},
        cuts::Cuts,
        lines::{Lines, MOST_LINE_BYTES},
    },
};

/// So many bytes are still at hand when their rows are read.
const PIECE_BYTES: usize = 16 * 1024;

/// A row in which every comma separates.
#[derive(Clone, Copy)]
struct Row<'a> {
    piece: &'a Plain<'a>,
    start: usize,
    end: usize,
}

/// Some whole lines of which every comma and line feed separates.
struct Plain<'a> {
    // INVARIANT: UTF-8, and cut by `cuts`.
    bytes: &'a [u8],
    cuts: &'a Cuts,
    header: &'a Header,
    places: Places,
}

impl<'a> Row<'a> {
    /// Returns the coin alone.
    #[inline(always)]
    fn coin(self) -> Option<Word<'a>> {
        let place = self.piece.places.of(COIN);
        let mut commas = self.piece.cuts.commas_near(self.start);
        let next = |commas: u64| self.start.wrapping_add(wide(commas.trailing_zeros()));
        let mut start = self.start;
        for _ in 0..place {
            start = next(commas).wrapping_add(1);
            commas &= commas.wrapping_sub(1);
        }
        let end = next(commas);
        if commas != 0 && end < self.end { Word::within(self.piece.bytes, start..end) } else { Some(self.far_coin()) }
    }

    /// Returns the coin that may end far from the row's start.
    #[cold]
    fn far_coin(self) -> Word<'a> {
        self.text().coin.into()
    }

    /// Returns all fields.
    #[inline(always)]
    fn text(self) -> EventText<'a> {
        let Self { piece, start, end } = self;
        let text = piece.bytes.get(start..end).and_then(|row| str::from_utf8(row).ok()).unwrap_or_default();
        let (mut starts, mut ends) = ([0; Places::SLOTS], [0; Places::SLOTS]);
        let mut cell_start = 0;
        let inner = piece.cuts.commas_within(start, end);
        for ((slot, cell_end), comma) in starts.iter_mut().zip(&mut ends).zip(inner.chain(Some(text.len()))) {
            (*slot, *cell_end) = (cell_start, comma);
            cell_start = comma.wrapping_add(1);
        }
        event_text(|position| {
            let place = piece.places.of(position);
            text.get(*starts.get(place)?..*ends.get(place)?)
        })
    }
}

/// Where in a row the known columns stand.
#[derive(Clone, Copy)]
struct Places([usize; COLUMNS.len()]);

impl Places {
    /// So many that a row has room for an empty cell behind all others.
    const SLOTS: usize = COLUMNS.len() + 1;

    fn new(header: &Header) -> Self {
        let mut places = [COLUMNS.len(); COLUMNS.len()];
        for (position, place) in places.iter_mut().enumerate() {
            *place = header.place(position).unwrap_or(COLUMNS.len());
        }
        Self(places)
    }

    /// Returns the place of a column; of one that the file lacks, that of the empty cell.
    #[inline(always)]
    fn of(&self, position: usize) -> usize {
        self.0.get(position).copied().unwrap_or(COLUMNS.len())
    }
}

/// Rows of which the coin was read, in their order; kept to be used again.
#[derive(Debug, Default)]
pub(super) struct Held {
    // INVARIANT: there is a slot for each row of the piece; those behind `count` were written without need.
    rows: Vec<HeldRow>,
    count: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct HeldRow {
    line: u64,
    start: usize,
    end: usize,
    glance: Option<Glance>,
    watch: Option<Watch>,
}

impl Held {
    fn make_room(&mut self, rows: usize) {
        self.rows.resize(rows, HeldRow::default());
    }

    /// Holds a row where it is to be held, without a branch.
    #[inline(always)]
    fn push(&mut self, row: HeldRow, holds: bool) {
        if let Some(slot) = self.rows.get_mut(self.count) {
            *slot = row;
        }
        self.count = self.count.wrapping_add(holds.into());
    }
}

/// What is known of the lines before a piece.
#[derive(Clone, Copy)]
struct Stand {
    /// The mark of the last.
    lines: u64,
    /// That of the first of the empty ones right before the piece.
    blank: Option<u64>,
}

impl Reader<'_> {
    /// Reads a part and returns the mark of its last line.
    pub(super) fn read_csv(&mut self, at: At<'_>, header: &Arc<Header>, chunk: &Chunk) -> io::Result<u64> {
        let mut cuts = std::mem::take(&mut self.cuts);
        let mut stand = Stand { lines: chunk.before, blank: chunk.blank };
        let mut rest = &*chunk.bytes;
        let places = Places::new(header);
        while !rest.is_empty() {
            let (bytes, behind) = rest.split_at(end_of_lines(rest));
            stand = if cuts.cut(bytes) {
                let piece = Plain { bytes, cuts: &cuts, header, places };
                with_best!(_ => self.read_plain_csv(at, &piece, stand))
            } else {
                self.read_quoted_csv(at, header, bytes, stand)?
            };
            rest = behind;
        }
        self.cuts = cuts;
        Ok(stand.lines)
    }

    /// Reads rows without quotes, in which every comma and line feed separates.
    #[inline(always)]
    fn read_plain_csv(&mut self, at: At<'_>, piece: &Plain<'_>, stand: Stand) -> Stand {
        let Plain { bytes, cuts, header, .. } = piece;
        let inner = header.width().saturating_sub(1);
        let Stand { lines: mut line, mut blank } = stand;
        let (mut start, mut before) = (0, 0);
        let mut held = std::mem::take(&mut self.held);
        held.make_room(cuts.line_feeds().len().saturating_add(1));
        let unended = (!bytes.ends_with(b"\n")).then(|| u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        for feed in cuts.line_feeds().iter().copied().chain(unended) {
            line = line.wrapping_add(1);
            let end = wide(feed);
            let stop = if cuts.has_returns() { before_return(bytes, end) } else { end };
            let row = Row { piece, start, end: stop };
            start = end.wrapping_add(1);
            let after = cuts.commas_before(end);
            let commas = after.wrapping_sub(before);
            before = after;
            let length = stop.wrapping_sub(row.start);
            if length == 0 {
                blank.get_or_insert(line);
                continue;
            }
            if blank.is_some() || length > MOST_LINE_BYTES || commas != inner {
                // What is wrong is told in the order of the lines.
                self.take_held(at, piece, &mut held);
                if let Some(line) = blank.take() {
                    self.csv_problem(at, &CsvError { line, column: None, problem: CsvProblem::BlankLine });
                }
                if let Some(problem) = line_problem(length, commas, header) {
                    self.csv_problem(at, &CsvError { line, column: None, problem });
                    continue;
                }
            }
            let coin = row.coin().unwrap_or_else(|| "".into());
            let glance = self.pass_over(&coin);
            let holds = !glance.is_some_and(Glance::has_passed);
            held.push(HeldRow { line, start: row.start, end: row.end, glance, watch: None }, holds);
        }
        self.take_held(at, piece, &mut held);
        self.held = held;
        Stand { lines: line, blank }
    }

    /// Takes in the rows that are held.
    fn take_held(&mut self, at: At<'_>, piece: &Plain<'_>, held: &mut Held) {
        with_best!(_ => self.take_held_inlined(at, piece, held));
    }

    #[inline(always)]
    fn take_held_inlined(&mut self, at: At<'_>, piece: &Plain<'_>, held: &mut Held) {
        let row = |held: &HeldRow| Row { piece, start: held.start, end: held.end };
        let rows = held.rows.get_mut(..held.count).unwrap_or_default();
        // Of all rows it is asked before the first is taken in: the processor then waits for memory once.
        for held in &mut *rows {
            held.watch = self.expect(held.glance);
        }
        for held in rows {
            let text = row(held).text();
            match self.watch_expected(&text.coin.into(), held.glance, held.watch) {
                Some(watch) => self.watched(at, held.line, watch, &text),
                None => self.event(at, held.line, text.coin, || Ok(text)),
            }
        }
        held.count = 0;
    }

    fn read_quoted_csv(&mut self, at: At<'_>, header: &Arc<Header>, bytes: &[u8], stand: Stand) -> io::Result<Stand> {
        let mut csv = Csv::within(Lines::behind(bytes, stand.lines), Arc::clone(header), stand.blank);
        while let Some(row) = csv.read()? {
            match row {
                Ok(row) => {
                    let cell = |position| row.cell(position);
                    self.event(at, row.line, cell(COIN).unwrap_or_default(), || Ok(event_text(cell)));
                }
                Err(error) => self.csv_problem(at, &error),
            }
        }
        Ok(Stand { lines: csv.line(), blank: csv.blank() })
    }

    fn csv_problem(&mut self, at: At<'_>, error: &CsvError) {
        self.reports.push(at.number, error.line, error.to_problem(&at.file.path));
    }
}

/// Returns what is wrong with a line of so many bytes and commas.
#[cold]
fn line_problem(length: usize, commas: usize, header: &Header) -> Option<CsvProblem> {
    if length > MOST_LINE_BYTES {
        return Some(CsvProblem::TooLong);
    }
    let (found, expected) = (commas.saturating_add(1), header.width());
    (found != expected).then_some(CsvProblem::Fields { found, expected })
}

/// Returns where the first lines of a text end: as many as have about the size of a piece, or one that is longer.
fn end_of_lines(text: &[u8]) -> usize {
    let within = text.get(..PIECE_BYTES).map(|piece| memrchr(b'\n', piece).or_else(|| memchr(b'\n', text)));
    within.flatten().map_or(text.len(), |feed| feed.saturating_add(1))
}

/// Returns where a line ends that ends at `end` or with a carriage return before that.
fn before_return(bytes: &[u8], end: usize) -> usize {
    end.checked_sub(1).filter(|at| bytes.get(*at) == Some(&b'\r')).unwrap_or(end)
}

/// Returns a place in a text.
#[inline(always)]
fn wide(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

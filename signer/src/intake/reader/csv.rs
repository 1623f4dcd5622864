//! Rows of CSV: cut at every comma and line end where nothing is quoted, read strictly where something is.

use std::{io, sync::Arc};

use super::{At, Reader};
use crate::intake::{
    activity::{COIN, event_text},
    chunks::Chunk,
    csv::{Csv, CsvError, CsvProblem, Header},
    cuts::Cuts,
    lines::{Lines, MOST_LINE_BYTES},
};

/// A row in which every comma separates.
struct Row<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    commas: &'a [u32],
    header: &'a Header,
}

impl<'a> Row<'a> {
    fn cell(&self, position: usize) -> Option<&'a str> {
        let place = self.header.place(position)?;
        let comma = |place: usize| self.commas.get(place).map(|comma| wide(*comma));
        let start = match place.checked_sub(1) {
            Some(before) => comma(before)?.saturating_add(1),
            None => self.start,
        };
        self.text.get(start..comma(place).unwrap_or(self.end))
    }
}

impl Reader<'_> {
    pub(super) fn read_csv(&mut self, at: At<'_>, header: &Arc<Header>, chunk: &Chunk) -> io::Result<()> {
        let mut cuts = std::mem::take(&mut self.cuts);
        let plain = cuts.cut(&chunk.bytes).then(|| str::from_utf8(&chunk.bytes).ok()).flatten();
        let read = match plain {
            Some(text) => {
                self.read_plain_csv(at, header, chunk, text, &cuts);
                Ok(())
            }
            None => self.read_quoted_csv(at, header, chunk),
        };
        self.cuts = cuts;
        read
    }

    /// Reads rows without quotes, in which every comma and line feed separates.
    fn read_plain_csv(&mut self, at: At<'_>, header: &Header, chunk: &Chunk, text: &str, cuts: &Cuts) {
        let inner = header.width().saturating_sub(1);
        let (mut start, mut line, mut blank, mut commas) = (0, chunk.before, chunk.blank, cuts.commas());
        let unended = (!text.ends_with('\n')).then(|| u32::try_from(text.len()).unwrap_or(u32::MAX));
        for feed in cuts.line_feeds().iter().copied().chain(unended) {
            line = line.saturating_add(1);
            let end = wide(feed);
            let is_return = |at: &usize| text.as_bytes().get(*at) == Some(&b'\r');
            let stop = end.checked_sub(1).filter(is_return).unwrap_or(end);
            if stop == start {
                blank.get_or_insert(line);
                start = end.saturating_add(1);
                continue;
            }
            if let Some(line) = blank.take() {
                self.csv_problem(at, &CsvError { line, column: None, problem: CsvProblem::BlankLine });
            }
            let is_too_long = stop.saturating_sub(start) > MOST_LINE_BYTES;
            let cut = commas.split_at_checked(inner).filter(|(own, rest)| is_cut(feed, own, rest) && !is_too_long);
            if let Some((own, rest)) = cut {
                commas = rest;
                let row = Row { text, start, end: stop, commas: own, header };
                let cell = |position| row.cell(position);
                self.event(at, line, cell(COIN).unwrap_or_default(), || Ok(event_text(cell)));
            } else {
                let own = commas.iter().take_while(|comma| **comma < feed).count();
                commas = commas.get(own..).unwrap_or_default();
                let (found, expected) = (own.saturating_add(1), header.width());
                let problem = if is_too_long { CsvProblem::TooLong } else { CsvProblem::Fields { found, expected } };
                self.csv_problem(at, &CsvError { line, column: None, problem });
            }
            start = end.saturating_add(1);
        }
    }

    fn read_quoted_csv(&mut self, at: At<'_>, header: &Arc<Header>, chunk: &Chunk) -> io::Result<()> {
        let lines = Lines::behind(&*chunk.bytes, chunk.before);
        let mut csv = Csv::within(lines, Arc::clone(header), chunk.blank);
        while let Some(row) = csv.read()? {
            match row {
                Ok(row) => {
                    let cell = |position| row.cell(position);
                    self.event(at, row.line, cell(COIN).unwrap_or_default(), || Ok(event_text(cell)));
                }
                Err(error) => self.csv_problem(at, &error),
            }
        }
        Ok(())
    }

    fn csv_problem(&mut self, at: At<'_>, error: &CsvError) {
        self.reports.push(at.number, error.line, error.to_problem(&at.file.path));
    }
}

/// Returns whether the last of a row's own commas, and no other one, stands before the row's end.
fn is_cut(end: u32, own: &[u32], others: &[u32]) -> bool {
    own.last().is_none_or(|last| *last < end) && others.first().is_none_or(|next| *next > end)
}

/// Returns a place in a text.
fn wide(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

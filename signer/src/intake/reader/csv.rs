//! Rows of CSV: cut at every comma and line end where nothing is quoted, read strictly where something is.

use std::{io, sync::Arc};

use memchr::memchr3;

use super::{At, Reader};
use crate::intake::{
    activity::{COIN, event_text},
    chunks::Chunk,
    csv::{Csv, CsvError, CsvProblem, Header},
    lines::{Lines, MOST_LINE_BYTES},
};

impl Reader<'_> {
    pub(super) fn read_csv(&mut self, at: At<'_>, header: &Arc<Header>, chunk: &Chunk) -> io::Result<()> {
        let Some(text) = plain(&chunk.bytes) else { return self.read_quoted_csv(at, header, chunk) };
        self.read_plain_csv(at, header, chunk, text);
        Ok(())
    }

    /// Reads rows without quotes, in which every comma and line feed separates.
    fn read_plain_csv(&mut self, at: At<'_>, header: &Header, chunk: &Chunk, text: &str) {
        let (mut marks, mut ends) = (std::mem::take(&mut self.marks), std::mem::take(&mut self.ends));
        ends.clear();
        let (mut start, mut line, mut blank) = (0, chunk.before, chunk.blank);
        let unended = (!text.ends_with('\n')).then_some(text.len());
        for end in marks.separators(text.as_bytes()).chain(unended) {
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
                    self.event(at, line, cell(COIN).unwrap_or_default(), || Ok(event_text(cell)));
                } else {
                    let problem = CsvProblem::Fields { found, expected };
                    self.csv_problem(at, &CsvError { line, column: None, problem });
                }
            }
            start = end.saturating_add(1);
            ends.clear();
        }
        (self.marks, self.ends) = (marks, ends);
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

/// Returns the text of lines in which nothing needs a closer look.
fn plain(bytes: &[u8]) -> Option<&str> {
    if memchr3(b'"', b'\r', 0, bytes).is_some() {
        return None;
    }
    str::from_utf8(bytes).ok()
}

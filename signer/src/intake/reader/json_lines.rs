//! Lines of JSON: cut at their quotes where they are usual, read strictly where they are not.

use memchr::memchr;

use super::{At, Reader, RowError};
use crate::{
    intake::{
        chunks::Chunk,
        jsonl::{EventLine, JsonError},
        lines::MOST_LINE_BYTES,
    },
    problem::Problem,
};

impl Reader<'_> {
    /// Reads a part and returns the mark of its last line.
    pub(super) fn read_json_lines(&mut self, at: At<'_>, chunk: &Chunk) -> u64 {
        let mut flat = std::mem::take(&mut self.flat);
        let (mut rest, mut number, mut blank) = (&*chunk.bytes, chunk.before, chunk.blank);
        while !rest.is_empty() {
            let (line, behind) = match memchr(b'\n', rest).and_then(|end| rest.split_at_checked(end)) {
                Some((line, behind)) => (line.strip_suffix(b"\r").unwrap_or(line), behind.get(1..).unwrap_or_default()),
                None => (rest, &[][..]),
            };
            rest = behind;
            number = number.saturating_add(1);
            if line.is_empty() {
                blank.get_or_insert(number);
                continue;
            }
            let is_too_long = line.len() > MOST_LINE_BYTES;
            // As in CSV, empty lines at the end of a file are harmless.
            if let Some(blank) = blank.take() {
                self.json_problem(at, blank, JsonError::Blank);
            }
            if is_too_long {
                let message = format!("the line is longer than {MOST_LINE_BYTES} bytes");
                let problem = Problem::new("JSON_LINE_TOO_LONG", message).file(&at.file.path).line(number);
                self.reports.push(at.number, number, problem.help("check that each event is one line"));
            } else if let Some(text) = flat.read(line) {
                self.event(at, number, text.coin, || Ok(text));
            } else {
                match EventLine::parse(line) {
                    Ok(event) => {
                        let text = event.as_text();
                        self.event(at, number, text.coin, || Ok::<_, RowError>(text));
                    }
                    Err(error) => self.json_problem(at, number, error),
                }
            }
        }
        self.flat = flat;
        number
    }

    fn json_problem(&mut self, at: At<'_>, line: u64, error: JsonError) {
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

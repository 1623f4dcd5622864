//! A strict reader of CSV (RFC 4180) in which a slip of one quote cannot swallow rows.
//!
//! Stricter than the RFC: a record is a line, so there is no line break inside quotes, and every record has the
//! fields of the header. Looser: `LF` ends a line as well as `CRLF`, and a byte order mark may stand in front.

use std::{
    io::{self, BufRead},
    ops::Range,
    path::Path,
    sync::Arc,
};

use ambassador_core::diagnostic::Diagnostic;

use super::{
    columns::{Column, ColumnError, find_columns},
    lines::{Line, Lines, MOST_LINE_BYTES},
};
use crate::problem::Problem;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is wrong with a line, and in which column where that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct CsvError {
    /// The line, from 1.
    pub line: u64,
    /// The column by name.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: CsvProblem,
}

/// What is wrong with a line of CSV.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum CsvProblem {
    #[error("the quote that opens `{}` is not closed in its line", excerpt(.0))]
    QuoteOpen(String),
    #[error("a quote stands inside the unquoted field `{}`", excerpt(.0))]
    QuoteBare(String),
    #[error("`{}` stands behind a closing quote", excerpt(.0))]
    QuoteFollowed(String),
    #[error("the line has {found} fields where the header has {expected}")]
    Fields { found: usize, expected: usize },
    #[error("the line is longer than {MOST_LINE_BYTES} bytes")]
    TooLong,
    #[error("the line is not UTF-8 from byte {0} on")]
    Utf8(usize),
    #[error("the line has a NUL byte")]
    Nul,
    #[error("the line has a carriage return that no line feed follows")]
    CarriageReturn,
    #[error("an empty line stands between the rows")]
    BlankLine,
    #[error("there is no header")]
    Header,
    #[error("{0}")]
    Column(#[from] ColumnError),
}

/// Returns the beginning of a text, printable.
fn excerpt(text: &str) -> String {
    text.chars().take(60).flat_map(char::escape_debug).collect()
}

impl Diagnostic for CsvError {
    fn code(&self) -> &'static str {
        match &self.problem {
            CsvProblem::QuoteOpen(_) | CsvProblem::QuoteBare(_) | CsvProblem::QuoteFollowed(_) => "CSV_QUOTE",
            CsvProblem::Fields { .. } => "CSV_FIELDS",
            CsvProblem::TooLong => "CSV_LINE_TOO_LONG",
            CsvProblem::Utf8(_) => "CSV_UTF8",
            CsvProblem::Nul => "CSV_NUL",
            CsvProblem::CarriageReturn => "CSV_CARRIAGE_RETURN",
            CsvProblem::BlankLine => "CSV_BLANK_LINE",
            CsvProblem::Header => "CSV_HEADER",
            CsvProblem::Column(ColumnError::Unknown { .. }) => "CSV_COLUMN_UNKNOWN",
            CsvProblem::Column(ColumnError::Missing { .. }) => "CSV_COLUMN_MISSING",
            CsvProblem::Column(ColumnError::Twice { .. }) => "CSV_COLUMN_TWICE",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            CsvProblem::QuoteOpen(_) => "close the quote; a field has no line break",
            CsvProblem::QuoteBare(_) => "put the whole field in quotes, and write each quote inside twice",
            CsvProblem::QuoteFollowed(_) => "end the field with its closing quote, and write each quote inside twice",
            CsvProblem::Fields { .. } => "put fields that contain a comma in quotes, and leave no field out",
            CsvProblem::TooLong => "check that lines end in LF or CRLF",
            CsvProblem::Utf8(_) => "save the file as UTF-8",
            CsvProblem::Nul => "save the file as UTF-8, not UTF-16; it may also have been cut off",
            CsvProblem::CarriageReturn => "end lines with LF or CRLF",
            CsvProblem::BlankLine => "remove the empty line",
            CsvProblem::Header => "begin the file with the names of its columns",
            CsvProblem::Column(error) => return error.help(),
        }
        .to_string()
    }
}

impl CsvError {
    pub(crate) fn to_problem(&self, file: &Path) -> Problem {
        Problem { column: self.column.clone(), ..Problem::of(self).file(file).line(self.line) }
    }
}

/// Why a file could not be opened as a table.
#[derive(Debug)]
pub enum HeaderError {
    /// It could not be read.
    Disk(io::Error),
    /// Everything that is wrong with the header.
    Content(Vec<CsvError>),
}

/// The columns of a table, as its first line names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    places: Vec<Option<usize>>,
}

impl Header {
    /// Reads the first line of a table, without its end.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(line: Line<'_>, known: &[Column<'_>]) -> Result<Self, Vec<CsvError>> {
        let fail = |problem| vec![CsvError { line: 1, column: None, problem }];
        let (mut cells, mut unquoted) = (Vec::new(), String::new());
        let text = text_of(line, 1).map_err(fail)?;
        if text.is_empty() {
            return Err(fail(CsvProblem::Header));
        }
        let text = split(text, &mut cells, &mut unquoted).map_err(fail)?;
        let names: Vec<String> =
            cells.iter().map(|cell| text.get(cell.clone()).unwrap_or_default().to_string()).collect();
        let at = |error: ColumnError| CsvError {
            line: 1,
            column: Some(error.name().to_string()),
            problem: CsvProblem::Column(error),
        };
        match find_columns(known, &names) {
            Ok(places) => Ok(Self { names, places }),
            Err(errors) => Err(errors.into_iter().map(at).collect()),
        }
    }

    /// Returns how many fields each row has.
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// Returns where in a row the known column at `position` stands, or `None` where the file lacks it.
    pub fn place(&self, position: usize) -> Option<usize> {
        *self.places.get(position)?
    }
}

/// A table whose header is known to be good.
#[derive(Debug)]
pub struct Csv<R> {
    lines: Lines<R>,
    header: Arc<Header>,
    cells: Vec<Range<usize>>,
    unquoted: String,
    blank: Option<u64>,
    held: bool,
}

/// A row that borrows from the reader.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line, from 1.
    pub line: u64,
    text: &'a str,
    cells: &'a [Range<usize>],
    header: &'a Header,
}

impl<'a> Row<'a> {
    /// Returns the field of the known column at `position`, or `None` where the file lacks that column.
    pub fn cell(&self, position: usize) -> Option<&'a str> {
        self.text.get(self.cells.get(self.header.place(position)?)?.clone())
    }
}

impl<R: BufRead> Csv<R> {
    /// Reads the header, whose columns may stand in any order.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the header is not one of this table.
    pub fn open(input: R, known: &[Column<'_>]) -> Result<Self, HeaderError> {
        let mut lines = Lines::new(input);
        if !lines.step().map_err(HeaderError::Disk)? {
            let error = CsvError { line: 1, column: None, problem: CsvProblem::Header };
            return Err(HeaderError::Content(vec![error]));
        }
        let header = Header::parse(lines.current(), known).map_err(HeaderError::Content)?;
        Ok(Self::within(lines, Arc::new(header), None))
    }

    /// Goes on with a part of a table that begins in front of a row; `blank` is the first of the empty lines before it.
    pub fn within(lines: Lines<R>, header: Arc<Header>, blank: Option<u64>) -> Self {
        Self { lines, header, cells: Vec::new(), unquoted: String::new(), blank, held: false }
    }

    /// Returns how many lines were read.
    pub fn line(&self) -> u64 {
        self.lines.number()
    }

    /// Returns the first of the empty lines behind which no row was read yet.
    pub fn blank(&self) -> Option<u64> {
        self.blank
    }

    /// Returns the next row, or what is wrong with its line; the reader goes on behind it.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub fn read(&mut self) -> io::Result<Option<Result<Row<'_>, CsvError>>> {
        while !self.held {
            if !self.lines.step()? {
                return Ok(None);
            }
            if self.lines.current() == Line::Bytes(b"") {
                self.blank.get_or_insert(self.lines.number());
                continue;
            }
            self.held = true;
            // Empty lines at the end of a file are harmless; between rows one may stand for a row that was lost.
            if let Some(line) = self.blank.take() {
                return Ok(Some(Err(CsvError { line, column: None, problem: CsvProblem::BlankLine })));
            }
        }
        self.held = false;
        let line = self.lines.number();
        self.cells.clear();
        self.unquoted.clear();
        let split =
            text_of(self.lines.current(), line).and_then(|text| split(text, &mut self.cells, &mut self.unquoted));
        let (found, expected) = (self.cells.len(), self.header.width());
        let text = match split {
            Ok(_) if found != expected => {
                let problem = CsvProblem::Fields { found, expected };
                return Ok(Some(Err(CsvError { line, column: None, problem })));
            }
            Ok(text) => text,
            Err(problem) => {
                // The cells before the one that is wrong were split; the header names the column.
                let column = problem.is_of_cell().then(|| self.header.names.get(found).cloned()).flatten();
                return Ok(Some(Err(CsvError { line, column, problem })));
            }
        };
        Ok(Some(Ok(Row { line, text, cells: &self.cells, header: &self.header })))
    }
}

impl CsvProblem {
    fn is_of_cell(&self) -> bool {
        matches!(self, Self::QuoteOpen(_) | Self::QuoteBare(_) | Self::QuoteFollowed(_))
    }
}

/// Returns a line as text without a byte order mark in front of the first.
fn text_of(line: Line<'_>, number: u64) -> Result<&str, CsvProblem> {
    let Line::Bytes(mut bytes) = line else { return Err(CsvProblem::TooLong) };
    if number == 1 {
        bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    }
    if bytes.contains(&0) {
        return Err(CsvProblem::Nul);
    }
    if bytes.contains(&b'\r') {
        return Err(CsvProblem::CarriageReturn);
    }
    str::from_utf8(bytes).map_err(|error| CsvProblem::Utf8(error.valid_up_to().saturating_add(1)))
}

/// Splits a line into cells and returns the text that their ranges refer to.
fn split<'a>(line: &'a str, cells: &mut Vec<Range<usize>>, unquoted: &'a mut String) -> Result<&'a str, CsvProblem> {
    if !line.contains('"') {
        let mut start = 0;
        for (comma, _) in line.match_indices(',') {
            cells.push(start..comma);
            start = comma.saturating_add(1);
        }
        cells.push(start..line.len());
        return Ok(line);
    }
    let mut rest = line;
    loop {
        let start = unquoted.len();
        rest = if let Some(inside) = rest.strip_prefix('"') {
            unquote(inside, unquoted)?
        } else {
            let (field, rest) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            if field.contains('"') {
                return Err(CsvProblem::QuoteBare(field.to_string()));
            }
            unquoted.push_str(field);
            rest
        };
        if !rest.is_empty() && !rest.starts_with(',') {
            let field = rest.split(',').next().unwrap_or_default();
            return Err(CsvProblem::QuoteFollowed(field.to_string()));
        }
        cells.push(start..unquoted.len());
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(unquoted),
        }
    }
}

/// Appends a field up to its closing quote and returns what follows that.
fn unquote<'a>(mut inside: &'a str, unquoted: &mut String) -> Result<&'a str, CsvProblem> {
    let field = inside;
    loop {
        let Some((text, rest)) = inside.split_once('"') else {
            return Err(CsvProblem::QuoteOpen(field.to_string()));
        };
        unquoted.push_str(text);
        match rest.strip_prefix('"') {
            None => return Ok(rest),
            Some(rest) => {
                unquoted.push('"');
                inside = rest;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

    use super::*;

    const KNOWN: &[Column<'_>] = &[Column::required("a"), Column::required("bee"), Column::optional("c")];

    /// Reads a text; each row is its line and cells, each problem its line, column and code.
    fn read(text: &[u8]) -> Vec<String> {
        let error =
            |error: CsvError| format!("{}:{}:{}", error.line, error.column.as_deref().unwrap_or("-"), error.code());
        let mut table = match Csv::open(text, KNOWN) {
            Ok(table) => table,
            Err(HeaderError::Content(errors)) => return errors.into_iter().map(error).collect(),
            Err(HeaderError::Disk(error)) => panic!("memory can be read: {error}"),
        };
        let mut found = Vec::new();
        while let Some(row) = table.read().expect("memory can be read") {
            found.push(row.map_or_else(error, |row| {
                let cells: Vec<_> = (0..3).map(|column| row.cell(column).unwrap_or("·")).collect();
                format!("{}={}", row.line, cells.join("|"))
            }));
        }
        found
    }

    fn check(text: impl AsRef<[u8]>, expected: &[&str]) {
        let text = text.as_ref();
        assert_eq!(read(text), expected, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn good_tables_are_read_exactly() {
        check("a,bee,c\n1,2,3\n", &["2=1|2|3"]);
        check("a,bee,c\r\n1,2,3\r\n4,5,6", &["2=1|2|3", "3=4|5|6"]);
        check("\u{feff}a,bee\n1,2\n", &["2=1|2|·"]);
        check("c,bee,a\n1,2,3\n", &["2=3|2|1"]);
        check("\"a\",\"bee\"\n\"1\",\"2\"\n", &["2=1|2|·"]);
        check("a,bee\n\"x, \"\"y\"\"\",\n", &["2=x, \"y\"||·"]);
        check("a,bee\n\"\"\"\",\"\"\n", &["2=\"||·"]);
        check("a,bee\n,\n", &["2=||·"]);
        check("a,bee\nü,名前\n", &["2=ü|名前|·"]);
        check("a,bee\n 1 , 2\n", &["2= 1 | 2|·"]);
        check("a,bee\n", &[]);
        check("a,bee\n1,2\n\n\r\n", &["2=1|2|·"]);
        check("a,bee\n\"\u{feff}\",2\n", &["2=\u{feff}|2|·"]);
    }

    #[test]
    fn bad_headers_are_refused_with_every_column() {
        check("", &["1:-:CSV_HEADER"]);
        check("\n1,2\n", &["1:-:CSV_HEADER"]);
        check("\u{feff}", &["1:-:CSV_HEADER"]);
        check("a\n", &["1:bee:CSV_COLUMN_MISSING"]);
        check("a,be\n", &["1:be:CSV_COLUMN_UNKNOWN", "1:bee:CSV_COLUMN_MISSING"]);
        check("a,bee,a\n", &["1:a:CSV_COLUMN_TWICE"]);
        check("a,bee,d,d\n", &["1:d:CSV_COLUMN_UNKNOWN", "1:d:CSV_COLUMN_UNKNOWN"]);
        check("a,bee,\n", &["1::CSV_COLUMN_UNKNOWN"]);
        check("a;bee;c\n", &["1:a;bee;c:CSV_COLUMN_UNKNOWN", "1:a:CSV_COLUMN_MISSING", "1:bee:CSV_COLUMN_MISSING"]);
        check("\"a,bee\n", &["1:-:CSV_QUOTE"]);
        check(b"\xff\xfea\0,\0", &["1:-:CSV_NUL"]);
        check(b"a,be\xe9\n", &["1:-:CSV_UTF8"]);
        check("a,bee\r1,2\r", &["1:-:CSV_CARRIAGE_RETURN"]);
        check("a".repeat(MOST_LINE_BYTES + 1), &["1:-:CSV_LINE_TOO_LONG"]);
    }

    #[test]
    fn bad_rows_are_refused_and_the_next_row_is_read() {
        let rows: &[(&[u8], &[&str])] = &[
            (b"\"x,y", &["2:a:CSV_QUOTE"]),
            (b"x,\"y", &["2:bee:CSV_QUOTE"]),
            (b"x,\"y\"\"", &["2:bee:CSV_QUOTE"]),
            (b"x\"y,z", &["2:a:CSV_QUOTE"]),
            (b"x, \"y\"", &["2:bee:CSV_QUOTE"]),
            (b"\"x\"y,z", &["2:a:CSV_QUOTE"]),
            (b"\"x\" ,z", &["2:a:CSV_QUOTE"]),
            (b"x,\"y\"\"\"\"z", &["2:bee:CSV_QUOTE"]),
            (b"\"x\ny\",z", &["2:a:CSV_QUOTE", "3:a:CSV_QUOTE"]),
            (b"\"x\r\ny\",z", &["2:a:CSV_QUOTE", "3:a:CSV_QUOTE"]),
            (b"x", &["2:-:CSV_FIELDS"]),
            (b"x,y,z", &["2:-:CSV_FIELDS"]),
            (b"x;y", &["2:-:CSV_FIELDS"]),
            (b"x,y,", &["2:-:CSV_FIELDS"]),
            (b"x,1,000", &["2:-:CSV_FIELDS"]),
            (b"", &["2:-:CSV_BLANK_LINE"]),
            (b"\n\r\n", &["2:-:CSV_BLANK_LINE"]),
            (b" ", &["2:-:CSV_FIELDS"]),
            (b"x\0,y", &["2:-:CSV_NUL"]),
            (b"x,\xff", &["2:-:CSV_UTF8"]),
            (b"x,\xed\xa0\x80", &["2:-:CSV_UTF8"]),
            (b"x,\xc0\x80", &["2:-:CSV_UTF8"]),
            (b"x\ry,z", &["2:-:CSV_CARRIAGE_RETURN"]),
            (b"x,\"y\rz\"", &["2:-:CSV_CARRIAGE_RETURN"]),
        ];
        for (row, expected) in rows {
            let text = [b"a,bee\n", *row, b"\n8,9\n"].concat();
            let last = text.split(|byte| *byte == b'\n').count() - 1;
            let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            expected.push(format!("{last}=8|9|·"));
            assert_eq!(read(&text), expected, "{}", String::from_utf8_lossy(&text));
        }
        check(
            [b"a,bee\n1,".as_slice(), "x".repeat(MOST_LINE_BYTES).as_bytes(), b"\n8,9"].concat(),
            &["2:-:CSV_LINE_TOO_LONG", "3=8|9|·"],
        );
        check("a,bee\n1,\"2", &["2:bee:CSV_QUOTE"]);
    }
}

//! The files of events as one queue of parts, from which any number of threads can take.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    activity::{ActivityFile, COLUMNS, Format, Input, Reading},
    chunks::{Chunk, Chunks},
    columnar::{self, Plan},
    csv::{CsvError, CsvProblem, Header},
    decompress::{self, Compression},
    reports::Reports,
    stream::{self, Content},
};
use crate::problem::Problem;

/// What a part holds; text is in the chunk that was given for it.
pub(super) enum Part {
    Csv(Arc<Header>),
    JsonLines,
    Parquet(Arc<Plan>, usize),
}

/// Hands out the parts in the order of files and lines.
pub(super) struct Feed<'f> {
    root: &'f Path,
    files: &'f [ActivityFile],
    /// The number of the file that is being read.
    number: usize,
    current: Option<Current>,
    chunk_bytes: usize,
    input: &'f Input<'f>,
    /// How many bytes of the files themselves were read.
    read: Arc<AtomicU64>,
    reports: Reports,
}

/// A file of which there may be more.
enum Current {
    Csv(Arc<Header>, Chunks<Box<dyn Read + Send>>),
    JsonLines(Chunks<Box<dyn Read + Send>>),
    Parquet(Arc<Plan>, usize),
}

impl<'f> Feed<'f> {
    pub(super) fn new(root: &'f Path, files: &'f [ActivityFile], reading: Reading<'f>, read: Arc<AtomicU64>) -> Self {
        let Reading { chunk_bytes, input, .. } = reading;
        Self { root, files, number: 0, current: None, chunk_bytes, input, read, reports: Reports::default() }
    }

    /// Returns the number of a file and its next part, or nothing where all were handed out.
    pub(super) fn next(&mut self, chunk: &mut Chunk) -> Option<(usize, Part)> {
        loop {
            let file = self.files.get(self.number)?;
            match self.part(file, chunk) {
                Ok(Some(part)) => return Some((self.number, part)),
                Ok(None) => {}
                Err(error) => self.report(file, &error),
            }
            self.current = None;
            self.number = self.number.saturating_add(1);
        }
    }

    /// Returns what was wrong with whole files and headers.
    pub(super) fn into_reports(self) -> Reports {
        self.reports
    }

    fn part(&mut self, file: &ActivityFile, chunk: &mut Chunk) -> io::Result<Option<Part>> {
        if self.current.is_none() {
            self.current = self.open(file)?;
        }
        match &mut self.current {
            None => Ok(None),
            Some(Current::Csv(header, chunks)) => {
                let more = chunks.next(chunk);
                count_plain(file.format, chunks.taken(), &self.read);
                Ok(more?.then(|| Part::Csv(Arc::clone(header))))
            }
            Some(Current::JsonLines(chunks)) => {
                let more = chunks.next(chunk);
                count_plain(file.format, chunks.taken(), &self.read);
                Ok(more?.then_some(Part::JsonLines))
            }
            Some(Current::Parquet(plan, next)) => {
                let group = *next;
                *next = next.saturating_add(1);
                if plan.first_row(group).is_some() {
                    return Ok(Some(Part::Parquet(Arc::clone(plan), group)));
                }
                self.read.fetch_add(file.size, Ordering::Relaxed);
                Ok(None)
            }
        }
    }

    /// Opens a file; what is wrong with its header is reported.
    fn open(&mut self, file: &ActivityFile) -> io::Result<Option<Current>> {
        let content = || File::open(self.root.join(&file.path));
        match file.format {
            Format::Parquet => match columnar::open(&content()?, COLUMNS) {
                Ok(plan) => Ok(Some(Current::Parquet(Arc::new(plan), 0))),
                Err(errors) => {
                    for error in errors {
                        self.reports.push(self.number, u64::MAX, error.to_problem(&file.path, None));
                    }
                    Ok(None)
                }
            },
            Format::JsonLines(compression) => {
                let input = decompress::open(content()?, compression, &self.read)?;
                Ok(Some(Current::JsonLines(Chunks::new(input, self.chunk_bytes))))
            }
            Format::Csv(compression) => {
                let input = decompress::open(content()?, compression, &self.read)?;
                self.open_csv(file, input)
            }
            Format::Stream => self.open_stream(file, (self.input)()),
        }
    }

    fn open_csv(&mut self, file: &ActivityFile, input: Box<dyn Read + Send>) -> io::Result<Option<Current>> {
        let mut chunks = Chunks::new(input, self.chunk_bytes);
        let header = chunks.first_line(|line| match line {
            Some(line) => Header::parse(line, COLUMNS),
            None => Err(vec![CsvError { line: 1, column: None, problem: CsvProblem::Header }]),
        })?;
        match header {
            Ok(header) => Ok(Some(Current::Csv(Arc::new(header), chunks))),
            Err(errors) => {
                for error in errors {
                    self.reports.push(self.number, error.line, error.to_problem(&file.path));
                }
                Ok(None)
            }
        }
    }

    /// Opens a stream as what its first bytes say.
    fn open_stream(&mut self, file: &ActivityFile, input: impl Read + Send + 'static) -> io::Result<Option<Current>> {
        let (mut content, mut input) = stream::look_at(input)?;
        if let Content::Compressed(compression) = content {
            (content, input) = stream::look_at(decompress::open(input, compression, &self.read)?)?;
        }
        match content {
            Content::Csv => self.open_csv(file, input),
            Content::JsonLines => Ok(Some(Current::JsonLines(Chunks::new(input, self.chunk_bytes)))),
            Content::Parquet | Content::Compressed(_) => {
                let message = "only CSV and JSON Lines, plain or compressed once, are read from standard input";
                let problem = Problem::new("FILE_FORMAT", message).file(&file.path);
                self.reports.push(self.number, u64::MAX, problem.help("put the file into `activity/`"));
                Ok(None)
            }
        }
    }

    fn report(&mut self, file: &ActivityFile, error: &io::Error) {
        let compression = match file.format {
            Format::Csv(compression) | Format::JsonLines(compression) => compression,
            Format::Parquet => Compression::None,
            // What fails without the operating system is a decoder, whichever it is.
            Format::Stream => Compression::Gzip,
        };
        if decompress::is_of_content(error, compression) {
            let message = format!("the file cannot be decompressed: {error}");
            let problem = Problem::new("COMPRESSION", message).file(&file.path);
            let problem = problem.help("it may have been cut off: copy or export it again");
            self.reports.push(self.number, u64::MAX, problem);
        } else {
            self.reports.disk(self.number, &file.path, error);
        }
    }
}

/// Counts bytes of a file that is not compressed: those that were read are those of the file.
fn count_plain(format: Format, bytes: u64, read: &AtomicU64) {
    if matches!(format, Format::Csv(Compression::None) | Format::JsonLines(Compression::None)) {
        read.fetch_add(bytes, Ordering::Relaxed);
    }
}

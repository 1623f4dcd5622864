//! Everything below `activity/`, streamed through the core's meter.

use std::{
    cell::Cell,
    fs::{self, File},
    hash::RandomState,
    io,
    path::{Path, PathBuf},
    rc::Rc,
};

use ambassador_core::{
    calendar::Instant,
    event::{Event, EventText},
    programme::Programme,
    volume::{EventPlace, Measured, Meter, VolumeError, VolumeProblem},
};

use super::{
    columnar,
    columns::Column,
    csv::{Csv, HeaderError},
    decompress::{self, Compression},
    disk::{list_folder, not_a_file},
    jsonl::{EventLine, JsonError},
    lines::{Line, Lines, MOST_LINE_BYTES},
    problems::Problems,
};
use crate::problem::{Failure, Problem};

const FOLDER: &str = "activity";
const MOST_DEPTH: usize = 8;
const ROWS_PER_PROGRESS: u64 = 8_192;
/// In the order of the fields of `EventText`.
const COLUMNS: &[Column<'static>] = &[
    Column::required("event_id"),
    Column::required("occurred_at"),
    Column::required("coin"),
    Column::required("kind"),
    Column::required("actor"),
    Column::required("amount_usd"),
    Column::optional("reverses"),
];

/// A file of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityFile {
    /// The path, relative to the programme folder.
    pub path: PathBuf,
    /// The first folder below `activity`, or nothing: within a source an event's id is unique (rule R3).
    pub source: String,
    /// The size on disk in bytes.
    pub size: u64,
    format: Format,
}

/// The files of events, in the order of their paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFiles {
    /// The files that are read.
    pub files: Vec<ActivityFile>,
    /// The files and folders that are passed over because their names begin with a dot.
    pub hidden: Vec<PathBuf>,
}

impl ActivityFiles {
    /// Returns the size of all files on disk in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.size))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Csv(Compression),
    JsonLines(Compression),
    Parquet,
}

impl Format {
    fn of(name: &str) -> Option<Self> {
        let (name, compression) = match name.rsplit_once('.')? {
            (name, "gz") => (name, Compression::Gzip),
            (name, "zst") => (name, Compression::Zstandard),
            _ => (name, Compression::None),
        };
        match name.rsplit_once('.')?.1 {
            "csv" => Some(Self::Csv(compression)),
            "jsonl" => Some(Self::JsonLines(compression)),
            "parquet" if compression == Compression::None => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// Lists the files of events of the programme folder `root`.
///
/// # Errors
///
/// Every file whose kind is not known and every folder that cannot be read.
pub fn files(root: &Path) -> Result<ActivityFiles, Failure> {
    let mut problems = Problems::default();
    let found = list(root, &mut problems);
    problems.or(found)
}

/// Measures all referred creators by the events of the programme folder `root`.
///
/// `progress` is told now and then how many bytes and rows were read so far; the bytes are those on disk.
///
/// # Errors
///
/// Every row that cannot be read and every event that contradicts another (up to a hundred, and how many more).
pub fn measure(
    root: &Path,
    programme: &Programme,
    as_of: Instant,
    progress: &dyn Fn(u64, u64),
) -> Result<Measured, Failure> {
    let mut problems = Problems::default();
    let files = list(root, &mut problems).files;
    let bytes = Rc::new(Cell::new(0));
    let meter = Some(Meter::new(programme, as_of, RandomState::new()));
    let mut sink = Sink { meter, problems, rows: 0, bytes, progress };
    for (number, file) in (0_u64..).zip(&files) {
        sink.read(root, file, number);
    }
    progress(sink.bytes.get(), sink.rows);
    let Sink { meter, mut problems, .. } = sink;
    let complete = problems.count() == 0;
    match meter.map_or_else(|| Ok(Measured::default()), Meter::finish) {
        Ok(measured) => problems.or(measured),
        Err(errors) => {
            // What a reversal takes back may stand in a row that could not be read.
            let certain =
                |error: &&VolumeError| complete || !matches!(error.problem, VolumeProblem::ReversesNothing { .. });
            for error in errors.iter().filter(certain) {
                problems.push(volume_problem(error, &files));
            }
            problems.or(Measured::default())
        }
    }
}

/// Returns what is wrong with the rows themselves, whatever the programme is (up to a hundred).
pub fn problems(root: &Path) -> Vec<Problem> {
    let mut problems = Problems::default();
    let files = list(root, &mut problems).files;
    let mut sink = Sink { meter: None, problems, rows: 0, bytes: Rc::default(), progress: &|_, _| () };
    for (number, file) in (0_u64..).zip(&files) {
        sink.read(root, file, number);
    }
    sink.problems.or(()).err().map(|failure| failure.problems).unwrap_or_default()
}

fn list(root: &Path, problems: &mut Problems) -> ActivityFiles {
    let mut found = ActivityFiles::default();
    list_into(root, &PathBuf::from(FOLDER), None, 1, problems, &mut found);
    found
}

fn list_into(
    root: &Path,
    folder: &Path,
    source: Option<&str>,
    depth: usize,
    problems: &mut Problems,
    found: &mut ActivityFiles,
) {
    for name in list_folder(root, folder, problems) {
        let path = folder.join(&name);
        if name.as_encoded_bytes().starts_with(b".") {
            found.hidden.push(path);
            continue;
        }
        let metadata = match fs::metadata(root.join(&path)) {
            Ok(metadata) => metadata,
            Err(error) => {
                problems.disk(path, &error);
                continue;
            }
        };
        let Some(name) = name.to_str() else {
            let problem = Problem::new("FILE_NAME", "the name is not UTF-8").file(path);
            problems.push(problem.help("rename it"));
            continue;
        };
        if metadata.is_dir() {
            if depth < MOST_DEPTH {
                list_into(root, &path, source.or(Some(name)), depth.saturating_add(1), problems, found);
            } else {
                let message = format!("folders lie more than {MOST_DEPTH} deep");
                let problem = Problem::new("FILE_DEPTH", message).file(path);
                problems.push(problem.help("look for a link that leads back, or move the folder up"));
            }
        } else if !metadata.is_file() {
            problems.push(not_a_file(&path, &metadata));
        } else if let Some(format) = Format::of(name) {
            let source = source.unwrap_or_default().to_string();
            found.files.push(ActivityFile { path, source, size: metadata.len(), format });
        } else {
            let problem = Problem::new("FILE_FORMAT", "events are not read from files of this kind").file(path);
            problems.push(problem.help(
                "name it `.csv` or `.jsonl`, plain or with `.gz` or `.zst` behind, or `.parquet`; move other files away",
            ));
        }
    }
}

/// Takes rows in and keeps what is wrong.
struct Sink<'p> {
    /// Missing where rows are only read.
    meter: Option<Meter<RandomState>>,
    problems: Problems,
    rows: u64,
    bytes: Rc<Cell<u64>>,
    progress: &'p dyn Fn(u64, u64),
}

impl Sink<'_> {
    fn read(&mut self, root: &Path, file: &ActivityFile, number: u64) {
        let compression = match file.format {
            Format::Csv(compression) | Format::JsonLines(compression) => compression,
            Format::Parquet => Compression::None,
        };
        let opened = File::open(root.join(&file.path));
        let read = match file.format {
            Format::Parquet => opened.map(|content| self.read_columnar(file, number, content)),
            Format::Csv(_) => opened
                .and_then(|content| decompress::open(content, file.size, compression, &self.bytes))
                .and_then(|input| self.read_csv(file, number, input)),
            Format::JsonLines(_) => opened
                .and_then(|content| decompress::open(content, file.size, compression, &self.bytes))
                .and_then(|input| self.read_json_lines(file, number, input)),
        };
        match read {
            Ok(()) => {}
            Err(error) if decompress::is_of_content(&error, compression) => {
                let message = format!("the file cannot be decompressed: {error}");
                let problem = Problem::new("COMPRESSION", message).file(&file.path);
                self.problems.push(problem.help("it may have been cut off: copy or export it again"));
            }
            Err(error) => self.problems.disk(&file.path, &error),
        }
    }

    fn read_csv(&mut self, file: &ActivityFile, number: u64, input: impl io::BufRead) -> io::Result<()> {
        let mut csv = match Csv::open(input, COLUMNS) {
            Ok(csv) => csv,
            Err(HeaderError::Disk(error)) => return Err(error),
            Err(HeaderError::Content(errors)) => {
                for error in &errors {
                    self.problems.push(error.to_problem(&file.path));
                }
                return Ok(());
            }
        };
        while let Some(row) = csv.read()? {
            match row {
                Ok(row) => {
                    let cell = |position| row.cell(position).unwrap_or_default();
                    let text = EventText {
                        event_id: cell(0),
                        occurred_at: cell(1),
                        coin: cell(2),
                        kind: cell(3),
                        actor: cell(4),
                        amount_usd: cell(5),
                        reverses: cell(6),
                    };
                    self.event(file, number, row.line, &text);
                }
                Err(error) => self.problems.push(error.to_problem(&file.path)),
            }
        }
        Ok(())
    }

    fn read_json_lines(&mut self, file: &ActivityFile, number: u64, input: impl io::BufRead) -> io::Result<()> {
        let mut lines = Lines::new(input);
        let mut blank: Option<u64> = None;
        while lines.step()? {
            let line = lines.number();
            let Line::Bytes(bytes) = lines.current() else {
                let message = format!("the line is longer than {MOST_LINE_BYTES} bytes");
                let problem = Problem::new("JSON_LINE_TOO_LONG", message).file(&file.path).line(line);
                self.problems.push(problem.help("check that each event is one line"));
                continue;
            };
            if bytes.is_empty() {
                blank.get_or_insert(line);
                continue;
            }
            // As in CSV, empty lines at the end of a file are harmless.
            if let Some(line) = blank.take() {
                self.problems.push(Problem::of(&JsonError::Blank).file(&file.path).line(line));
            }
            match EventLine::parse(bytes) {
                Ok(event) => self.event(file, number, line, &event.as_text()),
                Err(error) => {
                    let problem = Problem::of(&error).file(&file.path).line(line);
                    self.problems.push(match error {
                        JsonError::Unknown { name, .. } | JsonError::Missing { name } | JsonError::Twice { name } => {
                            problem.column(name)
                        }
                        _ => problem,
                    });
                }
            }
        }
        Ok(())
    }

    fn read_columnar(&mut self, file: &ActivityFile, number: u64, content: File) {
        let read = columnar::read(content, COLUMNS, |row, text| match text {
            Ok(text) => self.event(file, number, row, text),
            Err(error) => self.columnar_problem(file, Some(row), &error),
        });
        for error in read.err().unwrap_or_default() {
            self.columnar_problem(file, None, &error);
        }
        self.bytes.set(self.bytes.get().saturating_add(file.size));
    }

    fn columnar_problem(&mut self, file: &ActivityFile, row: Option<u64>, error: &columnar::ColumnarError) {
        let problem = Problem::of(error).file(&file.path);
        self.problems.push(Problem { line: row, column: error.column.clone(), ..problem });
    }

    fn event(&mut self, file: &ActivityFile, number: u64, line: u64, text: &EventText<'_>) {
        self.rows = self.rows.saturating_add(1);
        if self.rows.is_multiple_of(ROWS_PER_PROGRESS) {
            (self.progress)(self.bytes.get(), self.rows);
        }
        match Event::parse(text) {
            Ok(event) => {
                if let Some(meter) = &mut self.meter {
                    meter.observe(&file.source, &event, place(number, line));
                }
            }
            Err(error) => {
                let problem = Problem::of(&error).file(&file.path).line(line).column(error.column);
                self.problems.push(problem);
            }
        }
    }
}

/// Bits of a place that hold the line; those above hold the file's number.
const LINE_BITS: u32 = 40;
const LINE_MASK: u64 = (1 << LINE_BITS) - 1;

fn place(number: u64, line: u64) -> EventPlace {
    EventPlace((number << LINE_BITS) | line.min(LINE_MASK))
}

fn found(place: EventPlace, files: &[ActivityFile]) -> Option<(&Path, u64)> {
    let file = files.get(usize::try_from(place.0 >> LINE_BITS).ok()?)?;
    Some((&file.path, place.0 & LINE_MASK))
}

fn volume_problem(error: &VolumeError, files: &[ActivityFile]) -> Problem {
    let mut problem = Problem::of(error);
    if let Some((file, line)) = found(error.place, files) {
        problem = problem.file(file).line(line);
    }
    if let Some((file, line)) = error.other.and_then(|other| found(other, files)) {
        problem.message = format!("{} (the other stands in {}:{line})", problem.message, file.display());
    }
    match error.problem {
        VolumeProblem::Conflict(_) => problem.column("event_id"),
        VolumeProblem::Overflow(_) => problem.column("amount_usd"),
        _ => problem.column("reverses"),
    }
}

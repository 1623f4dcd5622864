//! Everything below `activity/`, streamed through the core's meter.

#![expect(clippy::inline_always, reason = "what is asked of every row is compiled for the instructions of its caller")]

use std::{
    fs,
    io::{self, Read},
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use ahash::RandomState;
use ambassador_core::{
    calendar::Instant,
    event::EventText,
    programme::Programme,
    volume::{EventPlace, Measured, Meter, VolumeError, VolumeProblem},
};

use super::{
    columns::Column,
    decompress::Compression,
    disk::{list_folder, not_a_file},
    feed::Feed,
    numbering::Numbers,
    problems::Problems,
    reader::Reader,
};
use crate::{
    parallel::Threads,
    problem::{Failure, Problem},
};

const FOLDER: &str = "activity";
const MOST_DEPTH: usize = 8;
const MOST_THREADS: usize = 8;
const CHUNK_BYTES: usize = 512 * 1024;
/// Where some of the columns stand.
pub(super) const OCCURRED_AT: usize = 1;
pub(super) const COIN: usize = 2;
pub(super) const REVERSES: usize = 6;
/// In the order of the fields of `EventText`.
pub(super) const COLUMNS: &[Column<'static>] = &[
    Column::required("event_id"),
    Column::required("occurred_at"),
    Column::required("coin"),
    Column::required("kind"),
    Column::required("actor"),
    Column::required("amount_usd"),
    Column::optional("reverses"),
];

/// Names the cells of a row, which `cell` returns by the position of the column.
#[inline(always)]
pub(super) fn event_text<'a>(cell: impl Fn(usize) -> Option<&'a str>) -> EventText<'a> {
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

/// What stands for standard input where a path does.
pub const STANDARD_INPUT: &str = "-";

/// Where the events of a programme are.
#[derive(Clone, Copy, Debug)]
pub struct Events<'r> {
    /// The programme folder.
    pub root: &'r Path,
    /// Where events are besides.
    pub besides: Besides,
}

impl<'r> From<&'r Path> for Events<'r> {
    fn from(root: &'r Path) -> Self {
        Self { root, besides: Besides::Nowhere }
    }
}

/// Where events are besides the files below `activity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Besides {
    /// There are no others.
    #[default]
    Nowhere,
    /// On standard input: CSV or JSON Lines, plain or compressed, as if it were a file in `activity` itself.
    StandardInput,
}

/// A file of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityFile {
    /// The path, relative to the programme folder; [`STANDARD_INPUT`] is none.
    pub path: PathBuf,
    /// The first folder below `activity`, or nothing: within a source an event's id is unique (rule R3).
    pub source: String,
    /// The size on disk in bytes.
    pub size: u64,
    pub(super) format: Format,
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
pub(super) enum Format {
    Csv(Compression),
    JsonLines(Compression),
    Parquet,
    /// Standard input, whose first bytes say what it is.
    Stream,
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

/// Lists the files of events of a programme.
///
/// # Errors
///
/// Every file whose kind is not known and every folder that cannot be read.
pub fn files<'r>(events: impl Into<Events<'r>>) -> Result<ActivityFiles, Failure> {
    let mut problems = Problems::default();
    let found = list(events.into(), &mut problems);
    problems.or(found)
}

/// How much of each row is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrutiny {
    /// Of coins that nobody referred, the coin and the number of fields; of the others, every field.
    Referred,
    /// Every field.
    All,
}

/// Opens standard input, or what stands for it.
pub(super) type Input<'i> = dyn Fn() -> Box<dyn Read + Send> + Sync + 'i;

/// How the files are read; what is measured does not depend on it.
#[derive(Clone, Copy)]
pub(super) struct Reading<'i> {
    pub(super) threads: usize,
    pub(super) chunk_bytes: usize,
    pub(super) scrutiny: Scrutiny,
    pub(super) input: &'i Input<'i>,
}

impl Reading<'_> {
    fn by_all_cores(scrutiny: Scrutiny) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        Self::by(threads, CHUNK_BYTES, scrutiny)
    }

    pub(super) fn by(threads: usize, chunk_bytes: usize, scrutiny: Scrutiny) -> Self {
        Self { threads, chunk_bytes, scrutiny, input: &|| Box::new(io::stdin()) }
    }
}

/// Measures all referred creators by the events of a programme, on all cores.
///
/// `progress` is told now and then how many bytes and rows were read so far; the bytes are those on disk.
/// What standard input holds is read once: whoever asks again finds nothing there.
///
/// # Errors
///
/// Every row that cannot be read, as far as it is looked at, and every event that contradicts another (up to a
/// hundred, and how many more).
pub fn measure<'r>(
    events: impl Into<Events<'r>>,
    programme: &Programme,
    as_of: Instant,
    scrutiny: Scrutiny,
    progress: &dyn Fn(u64, u64),
) -> Result<Measured, Failure> {
    measure_by(Reading::by_all_cores(scrutiny), events.into(), programme, as_of, progress)
}

pub(super) fn measure_by(
    reading: Reading<'_>,
    events: Events<'_>,
    programme: &Programme,
    as_of: Instant,
    progress: &dyn Fn(u64, u64),
) -> Result<Measured, Failure> {
    let mut problems = Problems::default();
    let files = list(events, &mut problems).files;
    let meter = Meter::new(programme, as_of, RandomState::new());
    let (meter, numbers) = read(reading, events.root, &files, Some(&meter), &mut problems, progress);
    let complete = problems.count() == 0;
    let workers = Threads(reading.threads);
    match meter.map_or_else(|| Ok(Measured::default()), |meter| meter.finish_by(&workers)) {
        Ok(measured) => problems.or(measured),
        Err(errors) => {
            // What a reversal takes back may stand in a row that could not be read.
            let certain =
                |error: &&VolumeError| complete || !matches!(error.problem, VolumeProblem::ReversesNothing { .. });
            for error in errors.iter().filter(certain) {
                problems.push(volume_problem(error, &files, &numbers));
            }
            problems.or(Measured::default())
        }
    }
}

/// Returns what is wrong with the rows themselves, whatever the programme is (up to a hundred).
pub fn problems<'r>(events: impl Into<Events<'r>>) -> Vec<Problem> {
    let events = events.into();
    let mut problems = Problems::default();
    let files = list(events, &mut problems).files;
    read(Reading::by_all_cores(Scrutiny::All), events.root, &files, None, &mut problems, &|_, _| ());
    problems.or(()).err().map(|failure| failure.problems).unwrap_or_default()
}

/// Reads all files by several threads, each with a meter of its own, and merges what they took in.
fn read(
    reading: Reading<'_>,
    root: &Path,
    files: &[ActivityFile],
    meter: Option<&Meter<RandomState>>,
    problems: &mut Problems,
    progress: &dyn Fn(u64, u64),
) -> (Option<Meter<RandomState>>, Numbers) {
    let (bytes, rows) = (Arc::new(AtomicU64::new(0)), AtomicU64::new(0));
    let feed = Mutex::new(Feed::new(root, files, reading, Arc::clone(&bytes)));
    let told = || progress(bytes.load(Ordering::Relaxed), rows.load(Ordering::Relaxed));
    let mut reader = Reader::new(root, files, meter.cloned(), reading.scrutiny);
    thread::scope(|scope| {
        let others: Vec<_> = (1..reading.threads)
            .map(|_| {
                let mut reader = Reader::new(root, files, meter.cloned(), reading.scrutiny);
                let (feed, rows) = (&feed, &rows);
                scope.spawn(move || {
                    reader.read_all(feed, rows, &|| ());
                    reader
                })
            })
            .collect();
        reader.read_all(&feed, &rows, &told);
        for other in others {
            match other.join() {
                Ok(other) => reader.merge(other),
                Err(panic) => resume_unwind(panic),
            }
        }
    });
    told();
    let (meter, mut reports, numbers) = reader.into_parts();
    reports.merge(feed.into_inner().unwrap_or_else(PoisonError::into_inner).into_reports());
    reports.into_problems(&numbers, problems);
    (meter, numbers)
}

fn list(events: Events<'_>, problems: &mut Problems) -> ActivityFiles {
    let mut found = ActivityFiles::default();
    list_into(events.root, &PathBuf::from(FOLDER), None, 1, problems, &mut found);
    if events.besides == Besides::StandardInput {
        let path = PathBuf::from(STANDARD_INPUT);
        found.files.push(ActivityFile { path, source: String::new(), size: 0, format: Format::Stream });
    }
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

/// Bits of a place that hold the mark of a line, for texts of up to four terabytes; those above hold the file's number.
const MARK_BITS: u32 = 42;
const MARKS: u64 = (1 << MARK_BITS) - 1;

pub(super) fn place(file: usize, mark: u64) -> EventPlace {
    let file = u64::try_from(file).unwrap_or(u64::MAX);
    EventPlace((file << MARK_BITS) | mark.min(MARKS))
}

/// Returns the file and line of an event.
fn found<'f>(place: EventPlace, files: &'f [ActivityFile], numbers: &Numbers) -> Option<(&'f Path, u64)> {
    let number = usize::try_from(place.0 >> MARK_BITS).ok()?;
    Some((&files.get(number)?.path, numbers.line(number, place.0 & MARKS)))
}

fn volume_problem(error: &VolumeError, files: &[ActivityFile], numbers: &Numbers) -> Problem {
    let mut problem = Problem::of(error);
    if let Some((file, line)) = found(error.place, files, numbers) {
        problem = problem.file(file).line(line);
    }
    if let Some((file, line)) = error.other.and_then(|other| found(other, files, numbers)) {
        problem.message = format!("{} (the other stands in {}:{line})", problem.message, file.display());
    }
    match error.problem {
        VolumeProblem::Conflict(_) => problem.column("event_id"),
        VolumeProblem::Overflow(_) => problem.column("amount_usd"),
        _ => problem.column("reverses"),
    }
}

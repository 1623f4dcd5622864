//! The readers of this room by their bytes: what fuzzing and the replay of its seeds reach, and nobody else.
//!
//! A programme is read as a folder; a file for each of some hundred thousand tables would be most of the work there.

use std::{io::Read, path::Path};

use ambassador_core::{
    calendar::Instant,
    programme::Programme,
    records::{Adjustment, Adoption, Ambassador, Close, Party, Referral, Resolution},
    supporters::SupporterRow,
    terms::Terms,
    volume::Measured,
};

use super::{
    activity::{self, Besides, Events, Reading, Scrutiny},
    problems::Problems,
    redemptions::Redemption,
    tables::{Record, read_table},
    terms::{TermsFile, read_version},
};
use crate::problem::{Exit, Failure, Problem};

/// What the problems of a text name for their file.
pub const FILE: &str = "a.csv";

/// The rows of a table, each with its line, and everything that is wrong with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// The rows that can be read.
    pub rows: Vec<(u64, T)>,
    /// What is wrong with the others (up to a hundred, and how many more).
    pub problems: Vec<Problem>,
}

/// A table of the programme.
pub trait Readable: Sized {
    /// Reads the text of a table.
    fn read_all(bytes: &[u8]) -> Rows<Self>;
}

macro_rules! readable {
    ($($row:ty),+) => {
        $(
            impl Readable for $row {
                fn read_all(bytes: &[u8]) -> Rows<Self> {
                    rows(bytes)
                }
            }
        )+
    };
}
readable!(Ambassador, Referral, Adoption, Party, Close, Adjustment, Resolution, SupporterRow, Redemption);

fn rows<T: Record>(bytes: &[u8]) -> Rows<T> {
    let mut problems = Problems::default();
    let table = read_table(Path::new(FILE), bytes, &mut problems);
    let problems = problems.or(()).err().map(|failure| failure.problems).unwrap_or_default();
    Rows { rows: table.lines.into_iter().zip(table.rows).collect(), problems }
}

/// Reads a version of the terms.
///
/// # Errors
///
/// Everything that is wrong with it.
pub fn terms(bytes: &[u8]) -> Result<(Terms, TermsFile), Failure> {
    let mut problems = Problems::default();
    let read = read_version(Path::new(FILE), None, bytes, &mut problems);
    let nothing = || Failure::new(Exit::Records, Problem::new("NOTHING", "neither terms nor a reason"));
    problems.or(read)?.ok_or_else(nothing)
}

/// Into how many parts the events are cut, and who reads them.
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// How many threads.
    pub threads: usize,
    /// The size of a part in bytes.
    pub chunk_bytes: usize,
    /// How much of each row is looked at.
    pub scrutiny: Scrutiny,
}

impl Parts {
    fn reading(self) -> Reading<'static> {
        Reading::by(self.threads, self.chunk_bytes, self.scrutiny)
    }
}

/// Measures events as [`activity::measure`] does, in parts of any size.
///
/// # Errors
///
/// Those of [`activity::measure`].
pub fn measure(
    root: &Path,
    programme: &Programme,
    as_of: Instant,
    parts: Parts,
    progress: &dyn Fn(u64, u64),
) -> Result<Measured, Failure> {
    activity::measure_by(parts.reading(), Events::from(root), programme, as_of, progress)
}

/// Measures events with those that `input` opens, as if that were standard input.
///
/// # Errors
///
/// Those of [`activity::measure`].
pub fn measure_with(
    input: &(dyn Fn() -> Box<dyn Read + Send> + Sync),
    root: &Path,
    programme: &Programme,
    as_of: Instant,
    parts: Parts,
    progress: &dyn Fn(u64, u64),
) -> Result<Measured, Failure> {
    let reading = Reading { input, ..parts.reading() };
    let events = Events { root, besides: Besides::StandardInput };
    activity::measure_by(reading, events, programme, as_of, progress)
}

//! Events as Parquet: flat columns of text, whole numbers, decimals and UTC timestamps; never floats.

mod bounds;
mod delta;
mod kinds;
mod packed;
mod pages;
mod rows;
mod texts;
mod thrift;
mod values;

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use ambassador_core::diagnostic::Diagnostic;
use parquet::file::{
    metadata::{ParquetMetaData, ParquetMetaDataReader},
    reader::ChunkReader,
};

use self::kinds::{Kind, kind_of};
pub(super) use self::rows::{Group, Row};
use super::columns::{Column, ColumnError, find_columns};
use crate::problem::Problem;

/// What is wrong with a Parquet file, and in which column where that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub(super) struct ColumnarError {
    pub(super) column: Option<String>,
    pub(super) problem: ColumnarProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ColumnarProblem {
    #[error("the file cannot be read as Parquet: {0}")]
    Damaged(String),
    #[error("the file asks for more memory than it is worth: {0}")]
    Swells(String),
    #[error("the column holds lists or groups")]
    Nested,
    #[error("the column holds floating-point numbers")]
    Float,
    #[error("the column holds timestamps that are not adjusted to UTC")]
    Naive,
    #[error("the column holds {0}")]
    Kind(String),
    #[error("a number has more digits than any amount")]
    Decimal,
    #[error("{0}")]
    Column(#[from] ColumnError),
}

impl Diagnostic for ColumnarError {
    fn code(&self) -> &'static str {
        match &self.problem {
            ColumnarProblem::Damaged(_) => "PARQUET_DAMAGED",
            ColumnarProblem::Swells(_) => "PARQUET_SWELLS",
            ColumnarProblem::Nested => "PARQUET_NESTED",
            ColumnarProblem::Float => "PARQUET_FLOAT",
            ColumnarProblem::Naive => "TIME_NAIVE",
            ColumnarProblem::Kind(_) => "PARQUET_TYPE",
            ColumnarProblem::Decimal => "PARQUET_DECIMAL",
            ColumnarProblem::Column(ColumnError::Unknown { .. }) => "PARQUET_COLUMN_UNKNOWN",
            ColumnarProblem::Column(ColumnError::Missing { .. }) => "PARQUET_COLUMN_MISSING",
            ColumnarProblem::Column(ColumnError::Twice { .. }) => "PARQUET_COLUMN_TWICE",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            ColumnarProblem::Damaged(_) => "export the file again, uncompressed or with snappy, gzip or zstd",
            ColumnarProblem::Swells(_) => {
                "export the file again with pages of about a mebibyte and groups of some hundred thousand rows, or as CSV"
            }
            ColumnarProblem::Nested => "export one plain column for each field",
            ColumnarProblem::Float | ColumnarProblem::Decimal => "export amounts as text or as DECIMAL(38, 18)",
            ColumnarProblem::Naive => "export times as text with `Z`, or as timestamps that are adjusted to UTC",
            ColumnarProblem::Kind(_) => {
                "export names and ids as text, times as UTC timestamps or text, amounts as text or DECIMAL"
            }
            ColumnarProblem::Column(error) => return error.help(),
        }
        .to_string()
    }
}

fn damaged(error: &impl ToString) -> ColumnarError {
    ColumnarError { column: None, problem: ColumnarProblem::Damaged(error.to_string()) }
}

impl ColumnarError {
    /// Returns the problem of a file, in a row where that is known.
    pub(super) fn to_problem(&self, file: &Path, row: Option<u64>) -> Problem {
        Problem { line: row, column: self.column.clone(), ..Problem::of(self).file(file) }
    }
}

/// What is known of a file before its rows are read.
#[derive(Debug)]
pub(super) struct Plan {
    metadata: ParquetMetaData,
    /// What the columns of the file mean.
    kinds: Vec<Kind>,
    /// Where in the file the known columns stand.
    places: Vec<Option<usize>>,
    /// The number of the first row of each group, from 1.
    groups: Vec<u64>,
}

impl Plan {
    /// Returns the number of the first row of a group, or nothing where there is no such group.
    pub(super) fn first_row(&self, group: usize) -> Option<u64> {
        self.groups.get(group).copied()
    }

    /// Opens a group of rows.
    ///
    /// The file must have been opened for this alone: its position is moved.
    pub(super) fn open(&self, file: File, group: usize) -> Result<Group, ColumnarError> {
        guarded(|| Group::open(self, file, group))
    }
}

/// Runs the reader of the format, which checks less than it decodes: whatever a damaged file does to it is the file's
/// problem.
fn guarded<T, E: From<ColumnarError>>(read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(damaged(&"its inside is damaged").into()))
}

impl From<ColumnarError> for Vec<ColumnarError> {
    fn from(error: ColumnarError) -> Self {
        vec![error]
    }
}

/// Reads the schema; `known` are the columns in the order of `EventText`.
pub(super) fn open(file: &impl ChunkReader, known: &[Column<'_>]) -> Result<Plan, Vec<ColumnarError>> {
    guarded(|| plan(file, known))
}

fn plan(file: &impl ChunkReader, known: &[Column<'_>]) -> Result<Plan, Vec<ColumnarError>> {
    bounds::check_footer(file)?;
    let metadata = ParquetMetaDataReader::new().parse_and_finish(file).map_err(|error| vec![damaged(&error)])?;
    let (mut header, mut kinds, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for column in metadata.file_metadata().schema_descr().columns() {
        let name = column.path().string();
        match kind_of(column) {
            Ok(kind) => kinds.push(kind),
            Err(problem) => errors.push(ColumnarError { column: Some(name.clone()), problem }),
        }
        header.push(name);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let places = find_columns(known, &header).map_err(|errors| {
        let at = |error: ColumnError| ColumnarError { column: Some(error.name().to_string()), problem: error.into() };
        errors.into_iter().map(at).collect::<Vec<_>>()
    })?;
    bounds::check_pages(file, &metadata, &places)?;
    let mut next = 1_u64;
    let groups = metadata.row_groups().iter().map(|group| {
        let first = next;
        next = next.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        first
    });
    let groups = groups.collect();
    Ok(Plan { metadata, kinds, places, groups })
}

//! Events as Parquet: flat columns of text, whole numbers, decimals and UTC timestamps; never floats.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use ambassador_core::{calendar::Instant, diagnostic::Diagnostic, event::EventText};
use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical},
    file::reader::{FileReader as _, SerializedFileReader},
    record::{Field, reader::RowIter},
    schema::types::ColumnDescriptor,
};

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
    kinds: Vec<Kind>,
    places: Vec<Option<usize>>,
    /// The number of the first row of each group, from 1.
    groups: Vec<u64>,
}

impl Plan {
    /// Returns the number of the first row of a group, or nothing where there is no such group.
    pub(super) fn first_row(&self, group: usize) -> Option<u64> {
        self.groups.get(group).copied()
    }

    /// Reads a group of rows and shows each with its number, from 1.
    pub(super) fn read(
        &self,
        file: File,
        group: usize,
        mut see: impl FnMut(u64, Result<&EventText<'_>, ColumnarError>),
    ) -> Result<(), ColumnarError> {
        guarded(|| self.read_rows(file, group, &mut see))
    }

    fn read_rows(
        &self,
        file: File,
        group: usize,
        see: &mut impl FnMut(u64, Result<&EventText<'_>, ColumnarError>),
    ) -> Result<(), ColumnarError> {
        let reader = SerializedFileReader::new(file).map_err(|error| damaged(&error))?;
        let first = self.first_row(group).unwrap_or(1);
        let group = reader.get_row_group(group).map_err(|error| damaged(&error))?;
        let rows = RowIter::from_row_group(None, group.as_ref()).map_err(|error| damaged(&error))?;
        for (number, row) in (first..).zip(rows) {
            let row = row.map_err(|error| damaged(&error))?;
            let texts: Result<Vec<String>, ColumnarError> = row
                .get_column_iter()
                .zip(&self.kinds)
                .map(|((name, field), kind)| {
                    text_of(field, *kind).map_err(|problem| ColumnarError { column: Some(name.clone()), problem })
                })
                .collect();
            let texts = match texts {
                Ok(texts) => texts,
                Err(error) => {
                    see(number, Err(error));
                    continue;
                }
            };
            let mut cells =
                self.places.iter().map(|place| place.and_then(|place| texts.get(place)).map_or("", String::as_str));
            let mut next = || cells.next().unwrap_or_default();
            let text = EventText {
                event_id: next(),
                occurred_at: next(),
                coin: next(),
                kind: next(),
                actor: next(),
                amount_usd: next(),
                reverses: next(),
            };
            see(number, Ok(&text));
        }
        Ok(())
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
pub(super) fn open(file: File, known: &[Column<'_>]) -> Result<Plan, Vec<ColumnarError>> {
    guarded(|| plan(file, known))
}

fn plan(file: File, known: &[Column<'_>]) -> Result<Plan, Vec<ColumnarError>> {
    let reader = SerializedFileReader::new(file).map_err(|error| vec![damaged(&error)])?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let (mut header, mut kinds, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for column in schema.columns() {
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
    let mut next = 1_u64;
    let groups = reader.metadata().row_groups().iter().map(|group| {
        let first = next;
        next = next.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        first
    });
    Ok(Plan { kinds, places, groups: groups.collect() })
}

/// What the values of a column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    /// Units of so many to the second since 1970.
    Time(i64),
    /// Decimal places.
    Decimal(u32),
}

fn kind_of(column: &ColumnDescriptor) -> Result<Kind, ColumnarProblem> {
    if column.max_rep_level() > 0 || column.path().parts().len() != 1 {
        return Err(ColumnarProblem::Nested);
    }
    let physical = column.physical_type();
    let is_amount = column.name() == "amount_usd";
    let is_time = column.name() == "occurred_at";
    let kind = match (column.logical_type_ref(), column.converted_type()) {
        _ if matches!(physical, Physical::FLOAT | Physical::DOUBLE) => return Err(ColumnarProblem::Float),
        (Some(LogicalType::Float16), _) => return Err(ColumnarProblem::Float),
        (Some(LogicalType::Timestamp(time)), _) => {
            if !time.is_adjusted_to_u_t_c {
                return Err(ColumnarProblem::Naive);
            }
            Kind::Time(match time.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            })
        }
        // Files from before the logical types mean UTC.
        (None, ConvertedType::TIMESTAMP_MILLIS) => Kind::Time(1_000),
        (None, ConvertedType::TIMESTAMP_MICROS) => Kind::Time(1_000_000),
        (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
            Kind::Decimal(u32::try_from(column.type_scale()).map_err(|_| ColumnarProblem::Decimal)?)
        }
        (Some(LogicalType::String), _) | (None, ConvertedType::UTF8) => Kind::Text,
        (Some(LogicalType::Integer(_)) | None, _) if matches!(physical, Physical::INT32 | Physical::INT64) => {
            Kind::Whole
        }
        (Some(logical), _) => return Err(ColumnarProblem::Kind(format!("{logical:?}").to_lowercase())),
        (None, _) => return Err(ColumnarProblem::Kind(format!("{physical} without a meaning").to_lowercase())),
    };
    let fits = match kind {
        Kind::Text => true,
        Kind::Whole => !is_amount,
        Kind::Time(_) => is_time,
        Kind::Decimal(_) => is_amount,
    };
    let what = match kind {
        Kind::Text => "text",
        Kind::Whole => "whole numbers",
        Kind::Time(_) => "timestamps",
        Kind::Decimal(_) => "decimals",
    };
    if fits { Ok(kind) } else { Err(ColumnarProblem::Kind(what.to_string())) }
}

fn text_of(field: &Field, kind: Kind) -> Result<String, ColumnarProblem> {
    let wrong = || ColumnarProblem::Damaged("a value is not of its column's kind".to_string());
    if matches!(field, Field::Null) {
        return Ok(String::new());
    }
    match kind {
        Kind::Text => match field {
            Field::Str(text) => Ok(text.clone()),
            Field::Bytes(bytes) => bytes.as_utf8().map(str::to_string).map_err(|_| wrong()),
            _ => Err(wrong()),
        },
        Kind::Whole => whole(field).map(|number| number.to_string()).ok_or_else(wrong),
        Kind::Time(per_second) => {
            let ticks = whole(field).and_then(|ticks| i64::try_from(ticks).ok());
            ticks.and_then(|ticks| time(ticks, per_second)).ok_or_else(wrong)
        }
        Kind::Decimal(places) => {
            let unscaled = match field {
                Field::Decimal(decimal) => big_endian(decimal.data()).ok_or(ColumnarProblem::Decimal)?,
                Field::Bytes(bytes) => big_endian(bytes.data()).ok_or(ColumnarProblem::Decimal)?,
                other => whole(other).ok_or_else(wrong)?,
            };
            decimal(unscaled, places).ok_or(ColumnarProblem::Decimal)
        }
    }
}

fn whole(field: &Field) -> Option<i128> {
    Some(match field {
        Field::Byte(number) => (*number).into(),
        Field::Short(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) | Field::TimestampMillis(number) | Field::TimestampMicros(number) => (*number).into(),
        Field::UByte(number) => (*number).into(),
        Field::UShort(number) => (*number).into(),
        Field::UInt(number) => (*number).into(),
        Field::ULong(number) => (*number).into(),
        _ => return None,
    })
}

/// Returns an instant as text; one outside the calendar as its seconds, which are refused further on.
fn time(ticks: i64, per_second: i64) -> Option<String> {
    let (seconds, rest) = (ticks.checked_div_euclid(per_second)?, ticks.checked_rem_euclid(per_second)?);
    let Some(instant) = Instant::from_unix_seconds(seconds) else { return Some(seconds.to_string()) };
    let nanos = rest.checked_mul(1_000_000_000_i64.checked_div(per_second)?)?;
    let text = instant.to_string();
    Some(format!("{}.{nanos:09}Z", text.trim_end_matches('Z')))
}

/// Reads a number in two's complement.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let first = bytes.first()?;
    let fill = if *first < 0x80 { 0 } else { 0xff };
    let excess = bytes.len().saturating_sub(16);
    let (above, bytes) = bytes.split_at(excess);
    let negative = bytes.first()? >= &0x80;
    if above.iter().any(|byte| *byte != fill) || (excess > 0 && negative != (fill == 0xff)) {
        return None;
    }
    let mut number = [fill; 16];
    for (slot, byte) in number.iter_mut().rev().zip(bytes.iter().rev()) {
        *slot = *byte;
    }
    Some(i128::from_be_bytes(number))
}

/// Writes a number with its dot, without zeros at the end of the fraction.
fn decimal(unscaled: i128, places: u32) -> Option<String> {
    let sign = if unscaled < 0 { "-" } else { "" };
    let unit = 10_u128.checked_pow(places)?;
    let magnitude = unscaled.unsigned_abs();
    let (whole, fraction) = (magnitude.checked_div(unit)?, magnitude.checked_rem(unit)?);
    if fraction == 0 {
        return Some(format!("{sign}{whole}"));
    }
    let width = usize::try_from(places).ok()?;
    Some(format!("{sign}{whole}.{}", format!("{fraction:0width$}").trim_end_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_and_times_are_exact() {
        for (unscaled, places, expected) in [
            (5, 0, "5"),
            (500, 2, "5"),
            (5_000_000_000_000_000_001, 18, "5.000000000000000001"),
            (1, 18, "0.000000000000000001"),
            (-150, 2, "-1.5"),
            (0, 38, "0"),
        ] {
            assert_eq!(decimal(unscaled, places).as_deref(), Some(expected));
        }
        assert_eq!(decimal(1, 39), None);
        for (ticks, per_second, expected) in [
            (1_606_780_800_000, 1_000, "2020-12-01T00:00:00.000000000Z"),
            (1_606_780_800_000_001, 1_000_000, "2020-12-01T00:00:00.000001000Z"),
            (1_606_780_799_999_999_999, 1_000_000_000, "2020-11-30T23:59:59.999999999Z"),
            (-1, 1_000, "-1"),
            (i64::MAX, 1_000, "9223372036854775"),
        ] {
            assert_eq!(time(ticks, per_second).as_deref(), Some(expected));
        }
    }

    #[test]
    fn twos_complement_of_any_length() {
        let long = |first: u8, rest: &[u8]| [&[first; 4][..], rest].concat();
        for (bytes, expected) in [
            (vec![], None),
            (vec![5], Some(5)),
            (vec![0xff], Some(-1)),
            (vec![0x01, 0x00], Some(256)),
            (i128::MIN.to_be_bytes().to_vec(), Some(i128::MIN)),
            (long(0, &i128::MAX.to_be_bytes()), Some(i128::MAX)),
            (long(0xff, &i128::MIN.to_be_bytes()), Some(i128::MIN)),
            (long(0, &i128::MIN.to_be_bytes()), None),
            (long(1, &[0; 16]), None),
        ] {
            assert_eq!(big_endian(&bytes), expected, "{bytes:?}");
        }
    }
}

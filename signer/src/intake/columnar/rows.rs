//! The rows of a group, read a batch of each column at a time.

use std::{fmt::Write as _, fs::File, sync::Arc};

use ambassador_core::event::EventText;
use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader},
    data_type::{ByteArrayType, DataType, FixedLenByteArrayType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::page_index::RowGroupPageIndex, properties::ReaderProperties, reader::RowGroupReader,
        serialized_reader::SerializedRowGroupReader,
    },
    schema::types::ColumnDescPtr,
};

use super::{
    ColumnarError, ColumnarProblem, Plan,
    bounds::{check_group, swells},
    damaged,
    kinds::{Kind, Sign},
    pages::{Counted, Held, Kept, MOST_HELD_BYTES},
    texts::{big_endian, decimal, time},
};
use crate::intake::activity::{COIN, COLUMNS, event_text};

/// So many rows that calls cost little, and so few that their values stay near.
const BATCH_ROWS: usize = 1024;
const FIELDS: usize = COLUMNS.len();

/// Reads a group of rows and shows each with its number.
pub(super) fn read(
    plan: &Plan,
    file: File,
    group: usize,
    see: &mut impl FnMut(u64, Row<'_>),
) -> Result<(), ColumnarError> {
    let metadata = plan.metadata.row_groups().get(group).ok_or_else(|| damaged(&"a group is missing"))?;
    check_group(&file, metadata, &plan.places)?;
    let properties = Arc::new(ReaderProperties::builder().build());
    let pages = RowGroupPageIndex::new(group, None);
    let reader = SerializedRowGroupReader::new(Arc::new(file), metadata, pages, properties);
    let reader = reader.map_err(|error| damaged(&error))?;
    let held = Held::default();
    let mut columns: [Option<Column>; FIELDS] = [const { None }; FIELDS];
    for (column, place) in columns.iter_mut().zip(&plan.places) {
        let Some((place, kind)) = place.and_then(|place| Some((place, *plan.kinds.get(place)?))) else { continue };
        let of_column = metadata.columns().get(place);
        if of_column.is_none_or(|column| column.num_values() != metadata.num_rows()) {
            return Err(damaged(&"a column has not one value for each row"));
        }
        let descriptor = plan.metadata.file_metadata().schema_descr().column(place);
        let opened = Column::open(&reader, place, kind, descriptor, &held);
        *column = Some(opened.map_err(|error| damaged(&error))?);
    }
    let mut left = usize::try_from(metadata.num_rows()).map_err(|error| damaged(&error))?;
    let mut numbers = plan.first_row(group).unwrap_or(1)..;
    let mut texts: [String; FIELDS] = [const { String::new() }; FIELDS];
    while left > 0 {
        let rows = left.min(BATCH_ROWS);
        columns.iter_mut().flatten().for_each(Column::clear);
        held.keep(columns.iter().flatten().map(|column| column.kept.bytes()));
        for column in columns.iter_mut().flatten() {
            let too_much = || swells(format!("its pages take more than {} MiB at once", MOST_HELD_BYTES >> 20));
            column.read(rows).map_err(|error| if held.is_too_much() { too_much() } else { damaged(&error) })?;
        }
        for (at, number) in (0..rows).zip(&mut numbers) {
            see(number, Row { columns: &columns, at, texts: &mut texts });
        }
        left = left.saturating_sub(rows);
    }
    Ok(())
}

/// A row whose values are read when they are asked for.
pub(in crate::intake) struct Row<'g> {
    columns: &'g [Option<Column>; FIELDS],
    /// In the batch, from 0.
    at: usize,
    /// Room for values that are not text themselves.
    texts: &'g mut [String; FIELDS],
}

impl<'g> Row<'g> {
    /// Returns the coin where it is text, which need not be written first.
    pub(in crate::intake) fn coin(&self) -> Option<&'g str> {
        self.columns.get(COIN)?.as_ref()?.text(self.at).ok()?
    }

    /// Returns all fields.
    pub(in crate::intake) fn into_text(self) -> Result<EventText<'g>, ColumnarError> {
        let mut cells = [""; FIELDS];
        let known = self.columns.iter().zip(COLUMNS).zip(self.texts).zip(&mut cells);
        for (((column, known), text), cell) in known {
            let Some(column) = column else { continue };
            let wrong = |problem| ColumnarError { column: Some(known.name.to_string()), problem };
            *cell = if let Some(text) = column.text(self.at).map_err(wrong)? {
                text
            } else {
                text.clear();
                column.write(self.at, text).map_err(wrong)?;
                text
            };
        }
        Ok(event_text(|position| cells.get(position).copied()))
    }
}

/// A column, and of it the values of a batch of rows.
struct Column {
    kind: Kind,
    values: Values,
    /// For each row, whether it has a value; not kept where all must have one.
    levels: Vec<i16>,
    /// For each row which of the values is its own, where some rows have none.
    places: Option<Vec<Option<usize>>>,
    /// What its pages take behind the batch.
    kept: Kept,
}

enum Values {
    Bytes(Typed<ByteArrayType>),
    Fixed(Typed<FixedLenByteArrayType>),
    Int(Typed<Int32Type>),
    Long(Typed<Int64Type>),
}

/// The values of a batch that there are.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

impl<T: DataType> Typed<T> {
    fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self { reader, values: Vec::new() }
    }

    /// Reads the values of the next rows, and returns for how many rows there were any.
    fn read(&mut self, rows: usize, levels: &mut Vec<i16>) -> Result<usize, ParquetError> {
        self.reader.read_records(rows, Some(levels), None, &mut self.values).map(|(records, ..)| records)
    }
}

fn wrong() -> ColumnarProblem {
    ColumnarProblem::Damaged("a value is not of its column's kind".to_string())
}

impl Column {
    fn open(
        group: &impl RowGroupReader,
        place: usize,
        kind: Kind,
        descriptor: ColumnDescPtr,
        held: &Held,
    ) -> Result<Self, ParquetError> {
        let pages = Counted::new(group.get_column_page_reader(place)?, Arc::clone(&descriptor), held.clone());
        let kept = pages.kept();
        let values = match get_column_reader(descriptor, Box::new(pages)) {
            ColumnReader::ByteArrayColumnReader(reader) => Values::Bytes(Typed::new(reader)),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Values::Fixed(Typed::new(reader)),
            ColumnReader::Int32ColumnReader(reader) => Values::Int(Typed::new(reader)),
            ColumnReader::Int64ColumnReader(reader) => Values::Long(Typed::new(reader)),
            _ => return Err(ParquetError::General(wrong().to_string())),
        };
        Ok(Self { kind, values, levels: Vec::new(), places: None, kept })
    }

    /// Lets the values of a batch go, and with them the pages in which they stand.
    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.values {
            Values::Bytes(typed) => typed.values.clear(),
            Values::Fixed(typed) => typed.values.clear(),
            Values::Int(typed) => typed.values.clear(),
            Values::Long(typed) => typed.values.clear(),
        }
    }

    /// Reads the values of the next rows, once those before were let go.
    fn read(&mut self, rows: usize) -> Result<(), ParquetError> {
        let read = match &mut self.values {
            Values::Bytes(typed) => typed.read(rows, &mut self.levels),
            Values::Fixed(typed) => typed.read(rows, &mut self.levels),
            Values::Int(typed) => typed.read(rows, &mut self.levels),
            Values::Long(typed) => typed.read(rows, &mut self.levels),
        }?;
        if read != rows {
            return Err(ParquetError::EOF("a column ends before its group".to_string()));
        }
        self.places = self.levels.contains(&0).then(|| {
            let mut next = 0..;
            self.levels.iter().map(|level| if *level == 0 { None } else { next.next() }).collect()
        });
        Ok(())
    }

    /// Returns which of the values is a row's own.
    fn place(&self, at: usize) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(at).copied().flatten(),
            None => Some(at),
        }
    }

    /// Returns the value of a row where it is text or missing.
    fn text(&self, at: usize) -> Result<Option<&str>, ColumnarProblem> {
        let Some(place) = self.place(at) else { return Ok(Some("")) };
        match (&self.values, self.kind) {
            (Values::Bytes(typed), Kind::Text) => {
                let bytes = typed.values.get(place).ok_or_else(wrong)?;
                str::from_utf8(bytes.data()).map(Some).map_err(|_| wrong())
            }
            _ => Ok(None),
        }
    }

    /// Writes the value of a row that is not text.
    fn write(&self, at: usize, text: &mut String) -> Result<(), ColumnarProblem> {
        let place = self.place(at).ok_or_else(wrong)?;
        let unsigned = self.kind == Kind::Whole(Sign::Unsigned);
        let number: i128 = match &self.values {
            Values::Bytes(typed) => {
                let bytes = typed.values.get(place).ok_or_else(wrong)?;
                big_endian(bytes.data()).ok_or(ColumnarProblem::Decimal)?
            }
            Values::Fixed(typed) => {
                let bytes = typed.values.get(place).ok_or_else(wrong)?;
                big_endian(bytes.data()).ok_or(ColumnarProblem::Decimal)?
            }
            Values::Int(typed) => {
                let number = *typed.values.get(place).ok_or_else(wrong)?;
                if unsigned { number.cast_unsigned().into() } else { number.into() }
            }
            Values::Long(typed) => {
                let number = *typed.values.get(place).ok_or_else(wrong)?;
                if unsigned { number.cast_unsigned().into() } else { number.into() }
            }
        };
        match self.kind {
            Kind::Text => Err(wrong()),
            Kind::Whole(_) => write!(text, "{number}").map_err(|_| wrong()),
            Kind::Time(per_second) => {
                let ticks = i64::try_from(number).map_err(|_| wrong())?;
                time(ticks, per_second, text).ok_or_else(wrong)
            }
            Kind::Decimal(places) => decimal(number, places, text).ok_or(ColumnarProblem::Decimal),
        }
    }
}

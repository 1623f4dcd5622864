//! The rows of a group: of all the coin is looked at, of those that are wanted every field.

use std::{fmt::Write as _, fs::File, ops::Range, sync::Arc};

use ambassador_core::{event::EventText, word::Word};
use parquet::file::{
    metadata::page_index::RowGroupPageIndex, properties::ReaderProperties, reader::RowGroupReader,
    serialized_reader::SerializedRowGroupReader,
};

use super::{
    ColumnarError, ColumnarProblem, Plan,
    bounds::check_group,
    damaged, guarded,
    kinds::{Kind, Sign},
    pages::Pages,
    texts::{big_endian, decimal, time},
    values::{Shape, Value},
};
use crate::intake::activity::{COIN, COLUMNS, event_text};

const FIELDS: usize = COLUMNS.len();

/// A group of rows, shown one after the other.
pub(in crate::intake) struct Group {
    fields: [Option<Field>; FIELDS],
    /// The rows that come, from 0, and the number of the first one in the file, from 1.
    left: Range<usize>,
    first: u64,
    /// The row before which all fields have the page open in which it stands.
    open_until: usize,
    /// Room for values that are not text themselves.
    texts: [String; FIELDS],
}

/// A column, and what its values mean.
struct Field {
    kind: Kind,
    pages: Pages,
}

impl Group {
    pub(super) fn open(plan: &Plan, file: File, group: usize) -> Result<Self, ColumnarError> {
        let metadata = plan.metadata.row_groups().get(group).ok_or_else(|| damaged(&"a group is missing"))?;
        check_group(&file, metadata, &plan.places)?;
        let properties = Arc::new(ReaderProperties::builder().build());
        let index = RowGroupPageIndex::new(group, None);
        let reader = SerializedRowGroupReader::new(Arc::new(file), metadata, index, properties);
        let reader = reader.map_err(|error| damaged(&error))?;
        let mut fields = [const { None }; FIELDS];
        for (field, place) in fields.iter_mut().zip(&plan.places) {
            let Some((place, kind)) = place.and_then(|place| Some((place, *plan.kinds.get(place)?))) else { continue };
            let column = plan.metadata.file_metadata().schema_descr().column(place);
            let shape = Shape::of(&column).ok_or_else(|| damaged(&wrong()))?;
            let pages = reader.get_column_page_reader(place).map_err(|error| damaged(&error))?;
            *field = Some(Field { kind, pages: Pages::new(pages, shape, column.max_def_level() > 0) });
        }
        let rows = usize::try_from(metadata.num_rows()).map_err(|error| damaged(&error))?;
        let first = plan.first_row(group).unwrap_or(1);
        Ok(Self { fields, left: 0..rows, first, open_until: 0, texts: [const { String::new() }; FIELDS] })
    }

    /// Returns the next row that is wanted, with its number; `is_wanted` chooses by the coin, where that is text.
    pub(in crate::intake) fn next_row(
        &mut self,
        mut is_wanted: impl FnMut(&Word<'_>) -> bool,
    ) -> Result<Option<(u64, Row<'_>)>, ColumnarError> {
        loop {
            if self.left.is_empty() {
                return Ok(None);
            }
            self.seek(self.left.start, COIN..COIN.saturating_add(1))?;
            let Some(Some(coins)) = self.fields.get(COIN) else { return Ok(None) };
            let mut rows = self.left.start..coins.pages.end().min(self.left.end);
            let wanted = rows.find(|row| coins.pages.word(*row).is_none_or(|coin| is_wanted(&coin)));
            self.left.start = rows.start;
            let Some(at) = wanted else { continue };
            if at >= self.open_until {
                self.seek(at, 0..FIELDS)?;
                let ends = self.fields.iter().flatten().map(|field| field.pages.end());
                self.open_until = ends.min().unwrap_or_default();
            }
            let number = self.first.saturating_add(u64::try_from(at).unwrap_or(u64::MAX));
            return Ok(Some((number, Row { fields: &self.fields, at, texts: &mut self.texts })));
        }
    }

    /// Opens the pages of some fields in which a row stands.
    fn seek(&mut self, row: usize, positions: Range<usize>) -> Result<(), ColumnarError> {
        for position in positions {
            let held = |field: &Field| field.pages.held_bytes();
            if let Some(Some(field)) = self.fields.get(position)
                && row >= field.pages.end()
            {
                let all = self.fields.iter().flatten().map(held).fold(0, usize::saturating_add);
                let others = all.saturating_sub(held(field));
                if let Some(Some(field)) = self.fields.get_mut(position) {
                    guarded(|| field.pages.seek(row, others))?;
                }
            }
        }
        Ok(())
    }
}

/// A row whose values are read when they are asked for.
pub(in crate::intake) struct Row<'g> {
    fields: &'g [Option<Field>; FIELDS],
    at: usize,
    texts: &'g mut [String; FIELDS],
}

impl<'g> Row<'g> {
    /// Returns the coin where it is text, to be looked at quickly.
    pub(in crate::intake) fn word(&self) -> Option<Word<'g>> {
        self.fields.get(COIN)?.as_ref()?.pages.word(self.at)
    }

    /// Returns the coin where it is text, which need not be written first.
    pub(in crate::intake) fn coin(&self) -> Option<&'g str> {
        self.fields.get(COIN)?.as_ref()?.text(self.at).ok()?
    }

    /// Returns all fields.
    pub(in crate::intake) fn into_text(self) -> Result<EventText<'g>, ColumnarError> {
        let mut cells = [""; FIELDS];
        let known = self.fields.iter().zip(COLUMNS).zip(self.texts).zip(&mut cells);
        for (((field, known), text), cell) in known {
            let Some(field) = field else { continue };
            let wrong = |problem| ColumnarError { column: Some(known.name.to_string()), problem };
            *cell = if let Some(text) = field.text(self.at).map_err(wrong)? {
                text
            } else {
                text.clear();
                field.write(self.at, text).map_err(wrong)?;
                text
            };
        }
        Ok(event_text(|position| cells.get(position).copied()))
    }
}

fn wrong() -> ColumnarProblem {
    ColumnarProblem::Damaged("a value is not of its column's kind".to_string())
}

impl Field {
    /// Returns the value of a row where it is text or missing.
    fn text(&self, row: usize) -> Result<Option<&str>, ColumnarProblem> {
        match (self.pages.value(row).ok_or_else(wrong)?, self.kind) {
            (Value::Missing, _) => Ok(Some("")),
            (Value::Bytes(bytes), Kind::Text) => str::from_utf8(bytes).map(Some).map_err(|_| wrong()),
            _ => Ok(None),
        }
    }

    /// Writes the value of a row that is not text.
    fn write(&self, row: usize, text: &mut String) -> Result<(), ColumnarProblem> {
        let unsigned = self.kind == Kind::Whole(Sign::Unsigned);
        let number: i128 = match self.pages.value(row).ok_or_else(wrong)? {
            Value::Missing => return Err(wrong()),
            Value::Bytes(bytes) => big_endian(bytes).ok_or(ColumnarProblem::Decimal)?,
            Value::Int(number) if unsigned => number.cast_unsigned().into(),
            Value::Int(number) => number.into(),
            Value::Long(number) if unsigned => number.cast_unsigned().into(),
            Value::Long(number) => number.into(),
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

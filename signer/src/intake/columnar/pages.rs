//! A column of a group, of which one page is open at a time, and found by its rows.

use std::ops::Range;

use ambassador_core::volume::Word;
use parquet::{
    basic::Encoding,
    column::page::{Page, PageReader},
};

use super::{
    ColumnarError,
    bounds::{MOST_HELD_BYTES, held_too_much},
    damaged,
    packed::hybrid,
    values::{Shape, Value, Values},
};

/// What a row takes at most while its page is opened, beside the page: levels, places, and a span, a number or a place
/// in the dictionary.
const ROW_BYTES: u64 = 16;
/// And where its text begins as the one before: two lengths.
const SHARING_ROW_BYTES: u64 = 48;
/// The place of a value that is missing.
const NOWHERE: u32 = u32::MAX;

pub(super) struct Pages {
    reader: Box<dyn PageReader>,
    shape: Shape,
    /// Whether rows may have no value.
    is_optional: bool,
    dictionary: Option<Values>,
    open: Option<Open>,
    /// The rows of the page that is open, or was passed over last, from 0.
    rows: Range<usize>,
}

/// A page that is open.
struct Open {
    /// For each row which of the values is its own, where some rows have none.
    places: Option<Vec<u32>>,
    entries: Entries,
}

enum Entries {
    Own(Values),
    /// Places in the dictionary.
    Named(Vec<u32>),
}

/// Where the value of a row stands.
enum Place<'p> {
    Nowhere,
    In(&'p Values, usize),
}

impl Pages {
    pub(super) fn new(reader: Box<dyn PageReader>, shape: Shape, is_optional: bool) -> Self {
        Self { reader, shape, is_optional, dictionary: None, open: None, rows: 0..0 }
    }

    /// Returns the row behind those of the page that is open.
    pub(super) fn end(&self) -> usize {
        self.rows.end
    }

    /// Returns how many bytes are held.
    pub(super) fn held_bytes(&self) -> usize {
        let dictionary = self.dictionary.as_ref().map_or(0, Values::held_bytes);
        dictionary.saturating_add(self.open.as_ref().map_or(0, Open::held_bytes))
    }

    /// Opens the page of a row, which must not stand before the one that is open; others may hold so much already.
    ///
    /// Pages before it are passed over, and not unpacked.
    pub(super) fn seek(&mut self, row: usize, held: usize) -> Result<(), ColumnarError> {
        while row >= self.rows.end {
            self.open = None;
            let next = self.reader.peek_next_page().map_err(|error| damaged(&error))?;
            let next = next.ok_or_else(|| damaged(&"a column ends before its group"))?;
            let end = self.rows.end.saturating_add(next.num_levels.unwrap_or_default());
            if !next.is_dict && row >= end {
                self.reader.skip_next_page().map_err(|error| damaged(&error))?;
            } else {
                let page = self.reader.get_next_page().map_err(|error| damaged(&error))?;
                let page = page.ok_or_else(|| damaged(&"a column ends before its group"))?;
                if next.is_dict {
                    self.take_dictionary(page, held)?;
                    continue;
                }
                self.open = Some(self.open_page(page, held)?);
            }
            self.rows = self.rows.end..end;
        }
        Ok(())
    }

    fn take_dictionary(&mut self, page: Page, held: usize) -> Result<(), ColumnarError> {
        let room = room(held, &page)?;
        let count = usize::try_from(page.num_values()).map_err(|error| damaged(&error))?;
        let is_right = self.dictionary.is_none() && !matches!(page.encoding(), Encoding::RLE_DICTIONARY);
        if !is_right {
            return Err(damaged(&"a column has another dictionary than one"));
        }
        self.dictionary = Some(Values::read(page, 0, Encoding::PLAIN, self.shape, count, room)?);
        Ok(())
    }

    fn open_page(&self, page: Page, held: usize) -> Result<Open, ColumnarError> {
        let held = held.saturating_add(self.dictionary.as_ref().map_or(0, Values::held_bytes));
        let room = room(held, &page)?;
        let rows = usize::try_from(page.num_values()).map_err(|error| damaged(&error))?;
        let wrong = || damaged(&"the levels of a page are damaged");
        let (levels, start) = self.levels(&page, rows).ok_or_else(wrong)?;
        let places = levels.filter(|levels| levels.contains(&0)).map(|mut levels| {
            let mut next = 0_u32;
            for level in &mut levels {
                let has_value = *level != 0;
                *level = if has_value { next } else { NOWHERE };
                next = next.wrapping_add(has_value.into());
            }
            (levels, next)
        });
        let count = places.as_ref().map_or(Ok(rows), |(_, count)| usize::try_from(*count).map_err(|_| wrong()))?;
        if let Page::DataPageV2 { num_nulls, .. } = &page
            && rows.checked_sub(count) != usize::try_from(*num_nulls).ok()
        {
            return Err(wrong());
        }
        let encoding = page.encoding();
        let entries = if matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY) {
            let runs = page.buffer().get(start..).unwrap_or_default();
            Entries::Named(self.named(runs, count).ok_or_else(|| damaged(&"a page names other values than there are"))?)
        } else {
            Entries::Own(Values::read(page, start, encoding, self.shape, count, room)?)
        };
        Ok(Open { places: places.map(|(places, _)| places), entries })
    }

    /// Returns for each row whether it has a value, where not all must have one, and where the values begin.
    fn levels(&self, page: &Page, rows: usize) -> Option<(Option<Vec<u32>>, usize)> {
        let bytes: &[u8] = page.buffer();
        let (levels, start) = match page {
            Page::DataPage { .. } if !self.is_optional => (None, 0),
            Page::DataPage { def_level_encoding: Encoding::RLE, .. } => {
                let (length, behind) = bytes.split_first_chunk::<4>()?;
                let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                (Some(behind.get(..length)?), length.checked_add(4)?)
            }
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                let before = usize::try_from(*rep_levels_byte_len).ok()?;
                let start = before.checked_add(usize::try_from(*def_levels_byte_len).ok()?)?;
                (self.is_optional.then(|| bytes.get(before..start)).flatten(), start)
            }
            // Whether levels as plain bits begin with the lowest or the highest of a byte, readers do not agree.
            _ => return None,
        };
        let levels = match levels {
            None if self.is_optional => return None,
            None => None,
            Some(levels) => Some(hybrid(levels, 1, rows)?),
        };
        Some((levels, start))
    }

    /// Returns the places in the dictionary, each of which is there.
    fn named(&self, bytes: &[u8], count: usize) -> Option<Vec<u32>> {
        if count == 0 {
            return Some(Vec::new());
        }
        let dictionary = self.dictionary.as_ref()?;
        let (width, runs) = bytes.split_first()?;
        let named = hybrid(runs, (*width).into(), count)?;
        let last = usize::try_from(*named.iter().max()?).ok()?;
        dictionary.get(last).map(|_| named)
    }

    /// Returns the value of a row of the page that is open.
    pub(super) fn value(&self, row: usize) -> Option<Value<'_>> {
        match self.find(row)? {
            Place::Nowhere => Some(Value::Missing),
            Place::In(values, nth) => values.get(nth),
        }
    }

    /// Returns the text of a row of the page that is open, where it has one.
    pub(super) fn word(&self, row: usize) -> Option<Word<'_>> {
        match self.find(row)? {
            Place::Nowhere => None,
            Place::In(values, nth) => values.word(nth),
        }
    }

    fn find(&self, row: usize) -> Option<Place<'_>> {
        let open = self.open.as_ref()?;
        let nth = row.checked_sub(self.rows.start)?;
        let nth = match &open.places {
            None => nth,
            Some(places) => match *places.get(nth)? {
                NOWHERE => return Some(Place::Nowhere),
                place => usize::try_from(place).ok()?,
            },
        };
        Some(match &open.entries {
            Entries::Own(values) => Place::In(values, nth),
            Entries::Named(named) => Place::In(self.dictionary.as_ref()?, usize::try_from(*named.get(nth)?).ok()?),
        })
    }
}

impl Open {
    fn held_bytes(&self) -> usize {
        let entries = match &self.entries {
            Entries::Own(values) => values.held_bytes(),
            Entries::Named(named) => size_of_val(named.as_slice()),
        };
        entries.saturating_add(self.places.as_ref().map_or(0, |places| size_of_val(places.as_slice())))
    }
}

/// Returns how many bytes are left when a page is opened.
fn room(held: usize, page: &Page) -> Result<u64, ColumnarError> {
    let row_bytes = if page.encoding() == Encoding::DELTA_BYTE_ARRAY { SHARING_ROW_BYTES } else { ROW_BYTES };
    let lists = u64::from(page.num_values()).saturating_mul(row_bytes);
    let held = u64::try_from(held.saturating_add(page.buffer().len())).unwrap_or(u64::MAX);
    MOST_HELD_BYTES.checked_sub(held.saturating_add(lists)).ok_or_else(held_too_much)
}

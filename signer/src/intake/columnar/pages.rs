//! A column of a group, of which one page is open at a time, and found by its rows.

use std::ops::Range;

use ambassador_core::word::Word;
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
                let levels = bytes.get(before..start)?;
                (self.is_optional.then_some(levels), start)
            }
            // Whether levels as plain bits begin with the lowest or the highest of a byte, readers do not agree.
            _ => return None,
        };
        match levels {
            None => Some((None, start)),
            Some(levels) => Some((Some(hybrid(levels, 1, rows)?), start)),
        }
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

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use std::collections::VecDeque;

    use parquet::{column::page::PageMetadata, errors::Result};

    use super::*;
    use crate::intake::columnar::ColumnarProblem;

    /// Pages that are given.
    struct Given(VecDeque<Page>);

    impl Iterator for Given {
        type Item = Result<Page>;

        fn next(&mut self) -> Option<Self::Item> {
            self.0.pop_front().map(Ok)
        }
    }

    impl PageReader for Given {
        fn get_next_page(&mut self) -> Result<Option<Page>> {
            Ok(self.0.pop_front())
        }

        fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
            let about = |page: &Page| {
                let is_dict = matches!(page, Page::DictionaryPage { .. });
                let rows = usize::try_from(page.num_values()).ok().filter(|_| !is_dict);
                PageMetadata { num_rows: None, num_levels: rows, is_dict }
            };
            Ok(self.0.front().map(about))
        }

        fn skip_next_page(&mut self) -> Result<()> {
            self.0.pop_front();
            Ok(())
        }
    }

    fn pages(pages: impl IntoIterator<Item = Page>, is_optional: bool) -> Pages {
        Pages::new(Box::new(Given(pages.into_iter().collect())), Shape::Texts, is_optional)
    }

    fn page(num_values: u32, encoding: Encoding, bytes: &[u8]) -> Page {
        let (def_level_encoding, rep_level_encoding) = (Encoding::RLE, Encoding::RLE);
        let buf = bytes.to_vec().into();
        Page::DataPage { buf, num_values, encoding, def_level_encoding, rep_level_encoding, statistics: None }
    }

    fn second(num_values: u32, num_nulls: u32, levels: [u32; 2], bytes: &[u8]) -> Page {
        let [rep_levels_byte_len, def_levels_byte_len] = levels;
        Page::DataPageV2 {
            buf: bytes.to_vec().into(),
            num_values,
            encoding: Encoding::PLAIN,
            num_nulls,
            num_rows: num_values,
            def_levels_byte_len,
            rep_levels_byte_len,
            is_compressed: false,
            statistics: None,
        }
    }

    fn dictionary(num_values: u32, encoding: Encoding, bytes: &[u8]) -> Page {
        Page::DictionaryPage { buf: bytes.to_vec().into(), num_values, encoding, is_sorted: false }
    }

    const A: &[u8] = b"\x01\0\0\0a";
    const AB: &[u8] = b"\x01\0\0\0a\x01\0\0\0b";

    fn text(pages: &Pages, row: usize) -> Option<&str> {
        match pages.value(row).unwrap() {
            Value::Bytes(bytes) => {
                assert_eq!(pages.word(row).unwrap().bytes(), bytes);
                Some(str::from_utf8(bytes).unwrap())
            }
            Value::Missing => None,
            Value::Int(_) | Value::Long(_) => unreachable!("there are texts only"),
        }
    }

    fn refused(mut pages: Pages) -> ColumnarProblem {
        pages.seek(0, 0).unwrap_err().problem
    }

    #[test]
    fn pages_are_found_by_their_rows() {
        let named = page(3, Encoding::RLE_DICTIONARY, &[1, 0b11, 0b001]);
        let all =
            [dictionary(2, Encoding::PLAIN, AB), page(2, Encoding::PLAIN, AB), page(0, Encoding::PLAIN, b""), named];
        let mut found = pages(all.clone(), false);
        found.seek(0, 0).unwrap();
        assert_eq!((text(&found, 0), text(&found, 1), found.end()), (Some("a"), Some("b"), 2));
        assert!(found.value(2).is_none());
        found.seek(2, 0).unwrap();
        assert_eq!([2, 3, 4].map(|row| text(&found, row)), [Some("b"), Some("a"), Some("a")]);
        assert!(found.value(1).is_none() && found.word(1).is_none() && found.value(5).is_none());
        assert!(found.seek(5, 0).is_err());
        // What is passed over is not looked at.
        let mut passed = pages([page(2, Encoding::PLAIN, b"x"), page(1, Encoding::PLAIN, A)], false);
        passed.seek(2, 0).unwrap();
        assert_eq!((text(&passed, 2), passed.end()), (Some("a"), 3));
        assert!(passed.value(1).is_none());
    }

    #[test]
    fn rows_without_values_have_none() {
        // Of three rows the second has one.
        let levels = [&[2, 0, 0, 0, 0b11, 0b010][..], A].concat();
        let behind = [&[0xff, 0b11, 0b010][..], A].concat();
        let nothing = [2, 0, 0, 0, 3 << 1, 0];
        for first in [page(3, Encoding::PLAIN, &levels), second(3, 2, [1, 2], &behind)] {
            let mut found = pages([first, page(3, Encoding::RLE_DICTIONARY, &nothing)], true);
            found.seek(0, 0).unwrap();
            assert_eq!([0, 1, 2].map(|row| text(&found, row)), [None, Some("a"), None]);
            assert!(found.word(0).is_none());
            found.seek(3, 0).unwrap();
            assert_eq!([3, 4, 5].map(|row| text(&found, row)), [None; 3]);
        }
        let mut all = pages([page(1, Encoding::PLAIN, &[&[2, 0, 0, 0, 1 << 1, 1][..], A].concat())], true);
        all.seek(0, 0).unwrap();
        assert_eq!(text(&all, 0), Some("a"));
        let mut needed = pages([second(1, 0, [0, 0], A)], false);
        needed.seek(0, 0).unwrap();
        assert_eq!(text(&needed, 0), Some("a"));
    }

    #[test]
    fn damaged_pages_are_refused() {
        let level_bits = Page::DataPage {
            buf: [&[0b1][..], A].concat().into(),
            num_values: 1,
            encoding: Encoding::PLAIN,
            def_level_encoding: Encoding::PLAIN,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let missing = [&[0b11, 0b010][..], A].concat();
        for (page, what) in [
            (level_bits, "levels of another kind"),
            (page(1, Encoding::PLAIN, &[9, 0, 0, 0]), "levels that end early"),
            (page(2, Encoding::PLAIN, &[&[2, 0, 0, 0, 1 << 1, 1][..], AB].concat()), "levels for fewer rows"),
            (second(3, 1, [0, 2], &missing), "another number of rows without values"),
            (second(3, 2, [0, 99], &missing), "levels behind the page"),
            (page(1, Encoding::RLE_DICTIONARY, &[2, 0, 0, 0, 1 << 1, 1, 1, 1 << 1, 0]), "places without a dictionary"),
        ] {
            assert!(matches!(refused(pages([page], true)), ColumnarProblem::Damaged(_)), "{what}");
        }
        let named = |place: u8| page(1, Encoding::PLAIN_DICTIONARY, &[1, 1 << 1, place]);
        let one = || dictionary(1, Encoding::PLAIN_DICTIONARY, A);
        pages([one(), named(0)], false).seek(0, 0).unwrap();
        for (given, what) in [
            (vec![one(), named(1)], "a place behind the dictionary"),
            (vec![one(), one(), named(0)], "two dictionaries"),
            (vec![dictionary(1, Encoding::RLE_DICTIONARY, A), named(0)], "a dictionary of places"),
            (vec![dictionary(2, Encoding::PLAIN, A), named(0)], "a dictionary that says more"),
            (vec![one()], "no page"),
        ] {
            assert!(matches!(refused(pages(given, false)), ColumnarProblem::Damaged(_)), "{what}");
        }
    }

    #[test]
    fn what_is_held_is_known_and_bounded() {
        let spans = 2 * size_of::<u64>();
        let mut found = pages([page(2, Encoding::PLAIN, AB)], false);
        assert_eq!(found.held_bytes(), 0);
        found.seek(0, 0).unwrap();
        assert_eq!(found.held_bytes(), AB.len() + spans);
        let named = page(3, Encoding::RLE_DICTIONARY, &[2, 0, 0, 0, 0b11, 0b011, 1, 2 << 1, 0]);
        let mut found = pages([dictionary(2, Encoding::PLAIN, AB), named], true);
        found.seek(0, 0).unwrap();
        // Three places of values, two in the dictionary.
        assert_eq!(found.held_bytes(), AB.len() + spans + 5 * size_of::<u32>());
        let beginnings = [0x80, 1, 4, 1, 0, 0x80, 1, 4, 1, 2, b'a'];
        for (encoding, bytes, row_bytes) in
            [(Encoding::PLAIN, A, ROW_BYTES), (Encoding::DELTA_BYTE_ARRAY, &beginnings[..], SHARING_ROW_BYTES)]
        {
            let most = usize::try_from(MOST_HELD_BYTES - row_bytes).unwrap() - bytes.len();
            // What is spelled out takes its own byte.
            let most = most - usize::from(encoding == Encoding::DELTA_BYTE_ARRAY);
            pages([page(1, encoding, bytes)], false).seek(0, most).unwrap();
            let error = pages([page(1, encoding, bytes)], false).seek(0, most + 1).unwrap_err();
            assert!(matches!(error.problem, ColumnarProblem::Swells(_)), "{encoding}");
        }
        // A dictionary counts for the pages behind it.
        let named = || page(1, Encoding::RLE_DICTIONARY, &[1, 1 << 1, 0]);
        let given = || pages([dictionary(1, Encoding::PLAIN, A), named()], false);
        let most = usize::try_from(MOST_HELD_BYTES - ROW_BYTES).unwrap() - 3 - A.len() - size_of::<u64>();
        given().seek(0, most).unwrap();
        assert!(given().seek(0, most + 1).is_err());
    }
}

//! What a file may ask for: read off its footer and the headers of its pages before any of it is unpacked.
//!
//! A reader of the format gives whatever memory a file asks for, and an allocation that fails ends the process.

use std::io::{Read as _, copy, sink};

use flate2::read::MultiGzDecoder;
use parquet::{
    basic::{Compression, Type as Physical},
    file::{
        metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData},
        reader::ChunkReader,
    },
};

use super::{
    ColumnarError, ColumnarProblem, damaged,
    thrift::{Seen, Walk},
};
use crate::intake::decompress::{ALLOWANCE_BYTES, MOST_RATIO};

/// What a footer ends with: its length and a mark.
const TAIL_BYTES: u64 = 8;
const MARK: &[u8] = b"PAR1";
/// A footer of thirty thousand groups, which is as many as there may be, is smaller.
const MOST_FOOTER_BYTES: u64 = 32 * 1024 * 1024;
/// Columns, groups and columns of groups.
const MOST_STRUCTURES: u64 = 1024 * 1024;
const MOST_COLUMNS: usize = 10_000;
const MOST_NESTING: usize = 64;
/// Writers aim at one mebibyte.
const MOST_PAGE_BYTES: u64 = 128 * 1024 * 1024;
/// Headers have some fifty bytes; with a minimum and a maximum more.
const HEADER_BYTES: [u64; 4] = [128, 4 * 1024, 128 * 1024, 4 * 1024 * 1024];
/// What the columns of a group may hold of their pages and dictionaries at once: of honest files some mebibytes.
pub(super) const MOST_HELD_BYTES: u64 = 256 * 1024 * 1024;
/// A row takes no less as a line of CSV.
const LEAST_ROW_BYTES: u64 = 20;

/// What is said where a group of rows holds more at once than [`MOST_HELD_BYTES`].
pub(super) fn held_too_much() -> ColumnarError {
    swells(format!("its pages take more than {} MiB at once", MOST_HELD_BYTES >> 20))
}

pub(super) fn swells(message: impl Into<String>) -> ColumnarError {
    ColumnarError { column: None, problem: ColumnarProblem::Swells(message.into()) }
}

/// Checks what the footer says before it is read.
///
/// # Errors
///
/// It asks for more than a file has any use for. What is wrong with it otherwise is told by its reader.
pub(super) fn check_footer(file: &impl ChunkReader) -> Result<(), ColumnarError> {
    let Some(tail) = file.len().checked_sub(TAIL_BYTES) else { return Ok(()) };
    let bytes = file.get_bytes(tail, 8).map_err(|error| damaged(&error))?;
    let Some((length, MARK)) = bytes.split_first_chunk::<4>() else { return Ok(()) };
    let length = u64::from(u32::from_le_bytes(*length));
    let Some(start) = tail.checked_sub(length) else { return Ok(()) };
    if length > MOST_FOOTER_BYTES {
        return Err(swells(format!("its footer has more than {MOST_FOOTER_BYTES} bytes")));
    }
    let footer = file.get_bytes(start, usize::try_from(length).unwrap_or_default()).map_err(|error| damaged(&error))?;
    let (mut tree, mut children, mut walk) = (Tree::default(), 0, Walk::new(&footer));
    let walked = walk.structure(&mut |path, seen| match (path, seen) {
        // The columns stand in field 2, how many are within each in its field 5.
        ([2, 5], Seen::Whole(number)) => children = number,
        ([2], Seen::End) => tree.take(std::mem::take(&mut children)),
        _ => {}
    });
    if walked.is_none() || !tree.is_whole() {
        return Err(damaged(&"its footer is damaged"));
    }
    if walk.listed() > MOST_STRUCTURES || tree.columns > MOST_COLUMNS || tree.deepest > MOST_NESTING {
        return Err(swells("its footer names more columns or groups of rows than any table of events has"));
    }
    Ok(())
}

/// The columns in the order in which they are listed: behind each those that are within it.
#[derive(Default)]
struct Tree {
    /// How many are missing yet of each that is open.
    open: Vec<i64>,
    columns: usize,
    deepest: usize,
    is_wrong: bool,
}

impl Tree {
    fn take(&mut self, children: i64) {
        self.columns = self.columns.saturating_add(1);
        while self.open.last() == Some(&0) {
            self.open.pop();
        }
        if let Some(left) = self.open.last_mut() {
            *left = left.saturating_sub(1);
        }
        self.is_wrong |= children < 0;
        if children > 0 && self.open.len() <= MOST_NESTING {
            self.open.push(children);
        }
        self.deepest = self.deepest.max(self.open.len());
    }

    /// Says whether every column has as many within it as it says.
    fn is_whole(&self) -> bool {
        !self.is_wrong && (self.deepest > MOST_NESTING || self.open.iter().all(|left| *left == 0))
    }
}

/// Checks the pages of the columns that are read, and how many rows there are, against the size of the file.
///
/// # Errors
///
/// They hold more than any honest table does, or do not lie in the file.
pub(super) fn check_pages(
    file: &impl ChunkReader,
    metadata: &ParquetMetaData,
    places: &[Option<usize>],
) -> Result<(), ColumnarError> {
    let most = file.len().saturating_mul(MOST_RATIO).saturating_add(ALLOWANCE_BYTES);
    let too_much = || swells(format!("it swells to more than {MOST_RATIO} times its size"));
    let (mut rows, mut packed, mut unpacked) = (0_u64, 0_u64, 0_u64);
    for group in metadata.row_groups() {
        rows = rows.saturating_add(u64::try_from(group.num_rows()).unwrap_or_default());
        for column in columns(group, places) {
            packed = packed.saturating_add(column.byte_range().1);
            if packed > file.len() {
                return Err(damaged(&"its columns share bytes"));
            }
            let mut values = 0_u64;
            for page in Pages::of(file, column)? {
                let page = page?;
                values = values.saturating_add(page.values);
                unpacked = unpacked.saturating_add(page.most_bytes());
                if unpacked > most {
                    return Err(too_much());
                }
            }
            if u64::try_from(group.num_rows()) != Ok(values) {
                return Err(damaged(&"a column has not one value for each row"));
            }
        }
    }
    if rows.saturating_mul(LEAST_ROW_BYTES) > most { Err(too_much()) } else { Ok(()) }
}

/// Checks that the pages of a group are no longer than they say where their reader does not: with gzip.
///
/// # Errors
///
/// A page is longer.
pub(super) fn check_group(
    file: &impl ChunkReader,
    group: &RowGroupMetaData,
    places: &[Option<usize>],
) -> Result<(), ColumnarError> {
    let gzip = |column: &&ColumnChunkMetaData| matches!(column.compression(), Compression::GZIP(_));
    for column in columns(group, places).filter(gzip) {
        for page in Pages::of(file, column)? {
            let page = page?;
            let length = usize::try_from(page.packed).map_err(|error| damaged(&error))?;
            let bytes = file.get_bytes(page.start, length).map_err(|error| damaged(&error))?;
            let plain = usize::try_from(page.levels).map_err(|error| damaged(&error))?;
            let most = page.unpacked.saturating_sub(page.levels);
            // What is no gzip is told by its reader.
            let mut content = MultiGzDecoder::new(bytes.get(plain..).unwrap_or_default()).take(most.saturating_add(1));
            let mut is_longer = || copy(&mut content, &mut sink()).is_ok_and(|length| length > most);
            if page.is_packed && most > 0 && is_longer() {
                return Err(swells("a page unpacks to more than it says"));
            }
        }
    }
    Ok(())
}

fn columns<'m>(group: &'m RowGroupMetaData, places: &[Option<usize>]) -> impl Iterator<Item = &'m ColumnChunkMetaData> {
    places.iter().flatten().filter_map(|place| group.columns().get(*place))
}

/// What the header of a page says.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    /// Where in the file the page stands.
    start: u64,
    packed: u64,
    unpacked: u64,
    /// Bytes at its start that are not packed.
    levels: u64,
    is_packed: bool,
    /// How many values it holds, those that are missing among them; a dictionary's are none of the column.
    values: u64,
}

impl Page {
    /// Returns how many bytes it has as a file or in memory.
    fn most_bytes(&self) -> u64 {
        self.packed.max(self.unpacked)
    }
}

/// The pages of a column of a group.
struct Pages<'f, F> {
    file: &'f F,
    column: &'f ColumnChunkMetaData,
    /// The next one.
    start: u64,
    end: u64,
}

impl<'f, F: ChunkReader> Pages<'f, F> {
    fn of(file: &'f F, column: &'f ColumnChunkMetaData) -> Result<Self, ColumnarError> {
        let (start, length) = column.byte_range();
        let end = start.checked_add(length).filter(|end| *end <= file.len());
        let end = end.ok_or_else(|| damaged(&"a column ends behind the file"))?;
        Ok(Self { file, column, start, end })
    }

    fn page(&self) -> Result<Page, ColumnarError> {
        let left = self.end.saturating_sub(self.start);
        for length in HEADER_BYTES {
            let length = usize::try_from(length.min(left)).map_err(|error| damaged(&error))?;
            let bytes = self.file.get_bytes(self.start, length).map_err(|error| damaged(&error))?;
            if let Some((page, length)) = Header::read(&bytes) {
                let start = self.start.saturating_add(length);
                return page.check(self.column, Page { start, ..Page::default() });
            }
        }
        Err(damaged(&"the header of a page is damaged"))
    }
}

impl<F: ChunkReader> Iterator for Pages<'_, F> {
    type Item = Result<Page, ColumnarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.start >= self.end {
            return None;
        }
        let page = self.page().and_then(|page| {
            let next = page.start.checked_add(page.packed).filter(|next| *next <= self.end);
            Ok((page, next.ok_or_else(|| damaged(&"a page ends behind its column"))?))
        });
        match page {
            Ok((page, next)) => {
                self.start = next;
                Some(Ok(page))
            }
            Err(error) => {
                self.start = self.end;
                Some(Err(error))
            }
        }
    }
}

/// The numbers of a header.
#[derive(Default)]
struct Header {
    unpacked: i64,
    packed: i64,
    /// How many values the page has, and how many the dictionary.
    values: i64,
    dictionary: i64,
    levels: [i64; 2],
    is_packed: Option<i64>,
}

impl Header {
    /// Reads a header, and how long it is; nothing where the bytes are none or not all of it.
    fn read(bytes: &[u8]) -> Option<(Self, u64)> {
        let (mut header, mut walk) = (Self::default(), Walk::new(bytes));
        walk.structure(&mut |path, seen| {
            let Seen::Whole(number) = seen else { return };
            match path {
                [2] => header.unpacked = number,
                [3] => header.packed = number,
                [5 | 8, 1] => header.values = number,
                [7, 1] => header.dictionary = number,
                // Of the second version of pages: both kinds of levels, and whether the values are packed.
                [8, 5] => header.levels[0] = number,
                [8, 6] => header.levels[1] = number,
                [8, 7] => header.is_packed = Some(number),
                _ => {}
            }
        })?;
        let length = bytes.len().checked_sub(walk.rest().len())?;
        Some((header, u64::try_from(length).ok()?))
    }

    fn check(self, column: &ColumnChunkMetaData, page: Page) -> Result<Page, ColumnarError> {
        let natural = |number: i64| u64::try_from(number).map_err(|_| damaged(&"the header of a page is damaged"));
        let [definition, repetition] = self.levels;
        let page = Page {
            packed: natural(self.packed)?,
            unpacked: natural(self.unpacked)?,
            levels: natural(definition)?.saturating_add(natural(repetition)?),
            is_packed: self.is_packed != Some(0),
            values: natural(self.values)?,
            ..page
        };
        if page.most_bytes() > MOST_PAGE_BYTES {
            return Err(swells(format!("a page has more than {MOST_PAGE_BYTES} bytes")));
        }
        // Each value has its length in front, or its number of bytes.
        let least = match column.column_type() {
            Physical::BYTE_ARRAY | Physical::INT32 => 4,
            Physical::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.column_descr().type_length()).unwrap_or(1).max(1),
            _ => 8,
        };
        if natural(self.dictionary)?.saturating_mul(least) > page.most_bytes() {
            return Err(swells("a dictionary has less bytes than values"));
        }
        Ok(page)
    }
}

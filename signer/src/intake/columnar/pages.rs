//! The pages of the columns of a group, with how much memory they take together.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parquet::{
    basic::Encoding,
    column::page::{Page, PageMetadata, PageReader},
    errors::{ParquetError, Result},
    schema::types::ColumnDescPtr,
};

use super::delta;

/// Of honest files a thread holds some mebibytes.
pub(super) const MOST_HELD_BYTES: u64 = 256 * 1024 * 1024;
/// A value of a dictionary takes so much besides its bytes.
const VALUE_BYTES: u64 = 32;
/// A length in its list.
const LENGTH_BYTES: u64 = 4;

/// How many bytes of pages the columns of a group hold at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Held(Arc<AtomicU64>);

impl Held {
    /// Forgets pages whose values were used: `kept` is what the columns keep.
    pub(super) fn keep(&self, kept: impl Iterator<Item = u64>) {
        self.0.store(kept.fold(0, u64::saturating_add), Ordering::Relaxed);
    }

    /// Says whether a column wanted to hold too much.
    pub(super) fn is_too_much(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MOST_HELD_BYTES
    }
}

/// What a column keeps when the values of a batch were used.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<AtomicU64>);

impl Kept {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts the pages of a column.
pub(super) struct Counted {
    pages: Box<dyn PageReader>,
    column: ColumnDescPtr,
    held: Held,
    kept: Kept,
    /// The last page of each encoding, which its decoder keeps, and the dictionary.
    last: Vec<(Encoding, u64)>,
    dictionary: u64,
}

impl Counted {
    pub(super) fn new(pages: Box<dyn PageReader>, column: ColumnDescPtr, held: Held) -> Self {
        Self { pages, column, held, kept: Kept::default(), last: Vec::new(), dictionary: 0 }
    }

    pub(super) fn kept(&self) -> Kept {
        self.kept.clone()
    }

    fn count(&mut self, page: &Page) -> Result<()> {
        let bytes = u64::try_from(page.buffer().len()).unwrap_or(u64::MAX);
        let values = u64::from(page.num_values());
        let encoding = page.encoding();
        self.hold(bytes)?;
        let all = match (page, encoding) {
            (Page::DictionaryPage { .. }, _) => {
                let values = values.saturating_mul(VALUE_BYTES);
                self.hold(values)?;
                self.dictionary = bytes.saturating_add(values);
                self.dictionary
            }
            (_, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) => {
                let lists = values.saturating_mul(LENGTH_BYTES).saturating_mul(2);
                self.hold(lists)?;
                let texts = self.delta(page)?;
                self.hold(texts)?;
                bytes.saturating_add(lists).saturating_add(texts)
            }
            _ => bytes,
        };
        if !matches!(page, Page::DictionaryPage { .. }) {
            self.last.retain(|(known, _)| *known != encoding);
            self.last.push((encoding, all));
        }
        let last = self.last.iter().fold(self.dictionary, |sum, (_, bytes)| sum.saturating_add(*bytes));
        self.kept.0.store(last, Ordering::Relaxed);
        Ok(())
    }

    /// Takes memory into account before it is used.
    fn hold(&self, bytes: u64) -> Result<()> {
        self.held.0.fetch_add(bytes, Ordering::Relaxed);
        if self.held.is_too_much() { Err(ParquetError::General("it holds too much".to_owned())) } else { Ok(()) }
    }

    /// Checks the lists of lengths of a page, which their decoder takes as long as they say, and returns how many bytes the
    /// texts become that begin as those before them do.
    fn delta(&self, page: &Page) -> Result<u64> {
        let wrong = || ParquetError::General("the lengths of a page are damaged".to_owned());
        let values = u64::from(page.num_values());
        let bytes = self.values(page).ok_or_else(wrong)?;
        if page.encoding() == Encoding::DELTA_BYTE_ARRAY {
            delta::spelled_out(bytes, values).ok_or_else(wrong)
        } else {
            delta::numbers(bytes, values).map(|_| 0).ok_or_else(wrong)
        }
    }

    /// Returns the values of a page, behind its levels.
    fn values<'p>(&self, page: &'p Page) -> Option<&'p [u8]> {
        let bytes: &[u8] = page.buffer();
        match page {
            Page::DataPage { def_level_encoding, num_values, .. } if self.column.max_def_level() > 0 => {
                let levels = match def_level_encoding {
                    Encoding::RLE => {
                        let (length, _) = bytes.split_first_chunk::<4>()?;
                        usize::try_from(u32::from_le_bytes(*length)).ok()?.checked_add(4)?
                    }
                    // A level of a column that lies in no other is a bit.
                    _ => usize::try_from(num_values.div_ceil(8)).ok()?,
                };
                bytes.get(levels..)
            }
            Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
                bytes.get(usize::try_from(def_levels_byte_len.checked_add(*rep_levels_byte_len)?).ok()?..)
            }
            _ => Some(bytes),
        }
    }
}

impl PageReader for Counted {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            self.count(page)?;
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

impl Iterator for Counted {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

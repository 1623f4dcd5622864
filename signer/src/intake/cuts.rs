//! Where cells and lines of CSV end in which nothing is quoted, looked for in as many bytes at a time as the processor
//! can.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::Simd;

use super::quotes::{BYTES, equal, padded};
use crate::instructions::with_best;

/// So many commas, or line feeds, of a block are kept without asking whether there are any: seldom has one more.
const USUAL_COMMAS: usize = 8;
const USUAL_FEEDS: usize = 2;

/// The places of commas and of line feeds, each in order; kept to be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts {
    commas: Places,
    feeds: Places,
}

impl Cuts {
    /// Cuts a text and returns whether it is plain: has no quote, no NUL, and no carriage return but before a line feed.
    pub(super) fn cut(&mut self, text: &[u8]) -> bool {
        self.commas.count = 0;
        self.feeds.count = 0;
        // Places are numbers of 32 bits.
        u32::try_from(text.len()).is_ok() && with_best!(simd => self.cut_by(simd, text))
    }

    pub(super) fn commas(&self) -> &[u32] {
        self.commas.as_slice()
    }

    pub(super) fn line_feeds(&self) -> &[u32] {
        self.feeds.as_slice()
    }

    #[inline(always)]
    fn cut_by<S: Simd>(&mut self, simd: S, text: &[u8]) -> bool {
        let (blocks, rest) = text.as_chunks::<BYTES>();
        let (mut start, mut carried) = (0_u32, 0);
        for block in blocks {
            if !self.cut_block(simd, block, start, &mut carried) {
                return false;
            }
            start = start.wrapping_add(64);
        }
        self.cut_block(simd, &padded(rest), start, &mut carried)
    }

    /// Cuts a block that begins at `start`; `carried` is one bit where the block before ended in a carriage return.
    #[inline(always)]
    fn cut_block<S: Simd>(&mut self, simd: S, block: &[u8; BYTES], start: u32, carried: &mut u64) -> bool {
        let (commas, feeds) = (equal(simd, block, b','), equal(simd, block, b'\n'));
        let (returns, odd) = (equal(simd, block, b'\r'), equal(simd, block, b'"') | equal(simd, block, 0));
        let behind_returns = returns << 1 | *carried;
        *carried = returns >> (u64::BITS - 1);
        self.commas.push_all::<USUAL_COMMAS>(commas, start);
        self.feeds.push_all::<USUAL_FEEDS>(feeds, start);
        odd | (behind_returns & !feeds) == 0
    }
}

/// Places in a text; behind those that count lie others that were written without need.
#[derive(Clone, Debug, Default)]
struct Places {
    places: Vec<u32>,
    count: usize,
}

impl Places {
    /// Keeps the place of each mark of a block that begins at `start`, `AT_ONCE` of them without a branch.
    #[inline(always)]
    fn push_all<const AT_ONCE: usize>(&mut self, mut marks: u64, start: u32) {
        if self.places.len().saturating_sub(self.count) < BYTES {
            self.places.resize(self.places.len().saturating_mul(2).max(BYTES.saturating_mul(64)), 0);
        }
        let mut free = self.places.get_mut(self.count..).unwrap_or_default();
        self.count = self.count.saturating_add(usize::try_from(marks.count_ones()).unwrap_or_default());
        while let Some((slots, rest)) = free.split_first_chunk_mut::<AT_ONCE>() {
            for slot in slots {
                *slot = start.wrapping_add(marks.trailing_zeros());
                marks &= marks.wrapping_sub(1);
            }
            if marks == 0 {
                break;
            }
            free = rest;
        }
    }

    fn as_slice(&self) -> &[u32] {
        self.places.get(..self.count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slow(text: &[u8], sought: u8) -> Vec<u32> {
        (0..).zip(text).filter(|(_, byte)| **byte == sought).map(|(at, _)| at).collect()
    }

    fn is_plain(text: &[u8]) -> bool {
        let is_odd =
            |pair: &[u8]| matches!(pair, [b'"' | 0, ..] | [b'\r']) || matches!(pair, [b'\r', next] if *next != b'\n');
        !text.windows(2).any(is_odd) && !text.last().is_some_and(|last| is_odd(&[*last]))
    }

    proptest! {
        #[test]
        fn cuts_are_those_of_a_slow_search(text in proptest::collection::vec(prop_oneof![
            9 => Just(vec![b',']), 9 => Just(vec![b'\n']), 9 => Just(b"\r\n".to_vec()), 99 => Just(vec![b'a']),
            9 => Just("ü".as_bytes().to_vec()), 1 => proptest::collection::vec(any::<u8>(), 1)
        ], 0..400)) {
            let text = text.concat();
            let mut cuts = Cuts::default();
            // What an earlier text left behind does not count.
            cuts.cut(&b",".repeat(1000));
            let plain = cuts.cut(&text);
            prop_assert_eq!(plain, is_plain(&text));
            if plain {
                prop_assert_eq!(cuts.commas(), slow(&text, b','));
                prop_assert_eq!(cuts.line_feeds(), slow(&text, b'\n'));
            }
        }
    }

    #[test]
    fn a_carriage_return_is_plain_only_before_a_line_feed() {
        for before in 0..130 {
            let cut = |end: &str| Cuts::default().cut(&["a".repeat(before).as_bytes(), end.as_bytes()].concat());
            assert!(cut("\r\n"), "{before}");
            assert!(cut(""), "{before}");
            for odd in ["\r", "\ra", "\r\r\n", "\"", "\0", "\r\"", "\r\0"] {
                assert!(!cut(odd), "{before} {odd:?}");
            }
        }
    }
}

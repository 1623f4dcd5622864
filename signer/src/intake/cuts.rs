//! Where cells and lines of CSV end in which nothing is quoted, looked for in as many bytes at a time as the processor
//! can.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::Simd;

use super::blocks::{BYTES, equal, padded, unusual};
use crate::instructions::with_best;

/// So many line feeds of a block are kept without asking whether there are any: seldom has one more.
const USUAL_FEEDS: usize = 2;

/// The places of commas and of line feeds; kept to be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts {
    /// Of each block, a bit for each byte.
    // INVARIANT: behind those of the text is one without a comma.
    commas: Vec<u64>,
    /// How many commas stand before each block.
    before: Vec<usize>,
    feeds: Places,
    has_returns: bool,
}

impl Cuts {
    /// Cuts a text and returns whether it is plain: UTF-8 without a quote, a NUL, and a carriage return but before a
    /// line feed.
    pub(super) fn cut(&mut self, text: &[u8]) -> bool {
        self.feeds.count = 0;
        // Places are numbers of 32 bits.
        u32::try_from(text.len()).is_ok() && with_best!(simd => self.cut_by(simd, text))
    }

    /// Returns where lines end, in order.
    #[inline(always)]
    pub(super) fn line_feeds(&self) -> &[u32] {
        self.feeds.as_slice()
    }

    /// Says whether a line may end in a carriage return and a line feed.
    #[inline(always)]
    pub(super) fn has_returns(&self) -> bool {
        self.has_returns
    }

    /// Returns how many commas stand before a place.
    #[inline(always)]
    pub(super) fn commas_before(&self, place: usize) -> usize {
        let (block, bit) = parts(place);
        let Some((marks, before)) = self.commas.get(block).zip(self.before.get(block)) else { return 0 };
        before.wrapping_add(ones(marks & (1_u64 << bit).wrapping_sub(1)))
    }

    /// Returns the commas among the 64 bytes from a place on, which is that of the lowest bit.
    #[inline(always)]
    pub(super) fn commas_near(&self, place: usize) -> u64 {
        let (block, bit) = parts(place);
        let Some([first, second]) = self.commas.get(block..).and_then(<[u64]>::first_chunk) else { return 0 };
        // In two steps: by no more than 63 bits each.
        first >> bit | second << 1 << (63 ^ bit)
    }

    /// Returns the places of the commas from a place on, counted from there, up to an end.
    #[inline(always)]
    pub(super) fn commas_within(&self, start: usize, end: usize) -> Commas<'_> {
        Commas { cuts: self, start, length: end.saturating_sub(start), passed: 0, left: self.commas_near(start) }
    }

    #[inline(always)]
    fn cut_by<S: Simd>(&mut self, simd: S, text: &[u8]) -> bool {
        let (blocks, rest) = text.as_chunks::<BYTES>();
        let count = blocks.len().saturating_add(1);
        self.commas.resize(count.saturating_add(1), 0);
        self.before.resize(count, 0);
        let mut cut = Cut { start: 0, before: 0, carried: 0, has_returns: false, foreign: false };
        let mut slots = self.commas.iter_mut().zip(&mut self.before);
        for (block, slot) in blocks.iter().zip(&mut slots) {
            if !cut.block(simd, block, slot, &mut self.feeds) {
                return false;
            }
        }
        let plain = slots.next().is_some_and(|slot| cut.block(simd, &padded(rest), slot, &mut self.feeds));
        if let Some(behind) = self.commas.last_mut() {
            *behind = 0;
        }
        self.has_returns = cut.has_returns;
        plain && (!cut.foreign || str::from_utf8(text).is_ok())
    }
}

/// The commas of some bytes.
///
/// They are looked at by 64 from their beginning on, not by blocks: the fields of most rows are about as long as those
/// of others, so that the processor foresees which of the commas is the first behind those 64.
#[derive(Clone, Debug)]
pub(super) struct Commas<'c> {
    cuts: &'c Cuts,
    start: usize,
    length: usize,
    /// How many bytes were looked at before those of `left`.
    passed: usize,
    left: u64,
}

impl Iterator for Commas<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.passed = self.passed.wrapping_add(BYTES);
            if self.passed >= self.length {
                return None;
            }
            self.left = self.cuts.commas_near(self.start.wrapping_add(self.passed));
        }
        let bit = usize::try_from(self.left.trailing_zeros()).unwrap_or_default();
        self.left &= self.left.wrapping_sub(1);
        Some(self.passed.wrapping_add(bit)).filter(|comma| *comma < self.length)
    }
}

/// Returns a place's block, and its place in that.
#[inline(always)]
fn parts(place: usize) -> (usize, u32) {
    (place.div_euclid(BYTES), u32::try_from(place.rem_euclid(BYTES)).unwrap_or_default())
}

#[inline(always)]
fn ones(marks: u64) -> usize {
    usize::try_from(marks.count_ones()).unwrap_or_default()
}

/// What a block hands on to the next one.
struct Cut {
    /// Where the block begins.
    start: u32,
    /// How many commas stand before it.
    before: usize,
    /// One bit where the block before ended in a carriage return.
    carried: u64,
    /// Whether there was a carriage return.
    has_returns: bool,
    /// Whether there was a byte that is none of ASCII.
    foreign: bool,
}

impl Cut {
    /// Cuts a block and returns whether it is plain as far as that is seen in it.
    #[inline(always)]
    fn block<S: Simd>(
        &mut self,
        simd: S,
        block: &[u8; BYTES],
        (commas, before): (&mut u64, &mut usize),
        places: &mut Places,
    ) -> bool {
        let feeds = equal(simd, block, b'\n');
        *commas = equal(simd, block, b',');
        *before = self.before;
        self.before = self.before.wrapping_add(ones(*commas));
        places.push_all::<USUAL_FEEDS>(feeds, self.start);
        self.start = self.start.wrapping_add(64);
        // Few blocks have a byte that has to be looked at closely.
        (unusual(simd, block) & !feeds | self.carried) == 0 || self.look_closely(simd, block, feeds)
    }

    #[inline(always)]
    fn look_closely<S: Simd>(&mut self, simd: S, block: &[u8; BYTES], feeds: u64) -> bool {
        self.foreign |= !block.is_ascii();
        let (returns, odd) = (equal(simd, block, b'\r'), equal(simd, block, b'"') | equal(simd, block, 0));
        self.has_returns |= returns != 0;
        let behind_returns = returns << 1 | self.carried;
        self.carried = returns >> (u64::BITS - 1);
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
        self.count = self.count.saturating_add(ones(marks));
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

    #[inline(always)]
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
        let odd = text.windows(2).any(is_odd) || text.last().is_some_and(|last| is_odd(&[*last]));
        !odd && str::from_utf8(text).is_ok()
    }

    proptest! {
        #[test]
        fn cuts_are_those_of_a_slow_search(text in proptest::collection::vec(prop_oneof![
            9 => Just(vec![b',']), 9 => Just(vec![b'\n']), 9 => Just(b"\r\n".to_vec()), 99 => Just(vec![b'a']),
            9 => Just(" !#".as_bytes().to_vec()), 9 => Just("ü".as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 1)
        ], 0..400)) {
            let text = text.concat();
            let mut cuts = Cuts::default();
            // What an earlier text left behind does not count.
            cuts.cut(&b",".repeat(1000));
            let plain = cuts.cut(&text);
            prop_assert_eq!(plain, is_plain(&text));
            if plain {
                prop_assert_eq!(cuts.has_returns(), text.contains(&b'\r'));
                prop_assert_eq!(cuts.line_feeds(), slow(&text, b'\n'));
                let commas: Vec<usize> = slow(&text, b',').into_iter().filter_map(|at| at.try_into().ok()).collect();
                for place in 0..=text.len() {
                    let before = commas.partition_point(|comma| *comma < place);
                    let from = commas.get(before..).unwrap_or_default();
                    prop_assert_eq!(cuts.commas_before(place), before);
                    for end in [place, text.len().midpoint(place), text.len()] {
                        let within = from.iter().filter(|comma| **comma < end).filter_map(|comma| comma.checked_sub(place));
                        prop_assert!(cuts.commas_within(place, end).eq(within));
                    }
                    let distances = from.iter().filter_map(|comma| comma.checked_sub(place)).take_while(|far| *far < 64);
                    prop_assert_eq!(cuts.commas_near(place), distances.fold(0, |bits, far| bits | 1 << far));
                }
            }
        }
    }

    #[test]
    fn a_byte_that_is_no_text_is_found_wherever_it_stands() {
        for before in 0..130 {
            let mut text = b"a".repeat(before);
            assert!(Cuts::default().cut(&text), "{before}");
            text.push(0xff);
            assert!(!Cuts::default().cut(&text), "{before}");
            assert!(!Cuts::default().cut(&[&text[..], &b"a".repeat(100)].concat()), "{before}");
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
                // What one block leaves open, the end of a line at the beginning of a later one does not close.
                for behind in [62, 63, 130] {
                    assert!(!cut(&format!("{odd}{}\n", "a".repeat(behind))), "{before} {odd:?} {behind}");
                }
            }
        }
    }
}

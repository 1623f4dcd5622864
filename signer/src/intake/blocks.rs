//! Blocks of bytes, of which all are looked at together, and what was found in them.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::{Bytes as _, Simd, SimdBase as _, SimdFrom as _, SimdMask as _, i8x32, u8x32};

use crate::instructions::with_best;

/// So many bytes are looked at together.
pub(super) const BYTES: usize = 64;
const HALF_BYTES: usize = 32;

/// The places that are marked.
#[derive(Clone, Debug)]
pub(super) struct Marked<'m> {
    words: std::slice::Iter<'m, u64>,
    /// Where the bytes of the word that is looked at begin.
    start: usize,
    /// Its marks that were not handed out yet.
    left: u64,
}

impl<'m> Marked<'m> {
    /// Begins with a word whose bytes begin at `start`, and of which only the marks of a `mask` are handed out.
    #[inline]
    pub(super) fn new(words: &'m [u64], start: usize, mask: u64) -> Self {
        let mut words = words.iter();
        let left = words.next().copied().unwrap_or_default() & mask;
        Self { words, start, left }
    }
}

impl Iterator for Marked<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = *self.words.next()?;
            self.start = self.start.wrapping_add(BYTES);
        }
        let byte = usize::try_from(self.left.trailing_zeros()).ok()?;
        self.left &= self.left.wrapping_sub(1);
        Some(self.start.wrapping_add(byte))
    }
}

/// Returns a block that begins with fewer bytes, with spaces behind them.
pub(super) fn padded(bytes: &[u8]) -> [u8; BYTES] {
    let mut block = [b' '; BYTES];
    for (byte, place) in bytes.iter().zip(&mut block) {
        *place = *byte;
    }
    block
}

/// Returns one bit for each byte of a block, set where it is the one that is looked for.
#[inline(always)]
pub(super) fn equal<S: Simd>(simd: S, block: &[u8; BYTES], byte: u8) -> u64 {
    let sought = u8x32::splat(simd, byte);
    let (halves, _) = block.as_chunks::<HALF_BYTES>();
    // The upper half first. Bits are joined as numbers: the compiler takes masks of vectors apart to join them.
    halves
        .iter()
        .rev()
        .fold(0, |word, half| word << HALF_BYTES | u8x32::simd_from(simd, *half).simd_eq(sought).to_bitmask())
}

/// Counts a byte in a text.
pub(super) fn count(text: &[u8], sought: u8) -> u64 {
    with_best!(_ => count_inlined(text, sought))
}

#[inline(always)]
fn count_inlined(text: &[u8], sought: u8) -> u64 {
    let (blocks, rest) = text.as_chunks::<BYTES>();
    let is_sought = |byte: &u8| u8::from(*byte == sought);
    let mut sum = rest.iter().map(is_sought).fold(0, |sum, one| u64::from(one).wrapping_add(sum));
    // So many that a sum of each place fits a byte.
    for blocks in blocks.chunks(usize::from(u8::MAX)) {
        let mut sums = [0_u8; BYTES];
        for block in blocks {
            sums.iter_mut().zip(block).for_each(|(sum, byte)| *sum = sum.wrapping_add(is_sought(byte)));
        }
        sum = sums.iter().fold(sum, |sum, one| sum.wrapping_add((*one).into()));
    }
    sum
}

/// Returns one bit for each byte of a block, set where it stands before `#` or is none of ASCII.
#[inline(always)]
pub(super) fn unusual<S: Simd>(simd: S, block: &[u8; BYTES]) -> u64 {
    let least = i8x32::splat(simd, i8::try_from(b'#').unwrap_or(i8::MAX));
    let (halves, _) = block.as_chunks::<HALF_BYTES>();
    // As numbers with a sign, those that are none of ASCII stand before all others.
    let below =
        |half: &[u8; HALF_BYTES]| u8x32::simd_from(simd, *half).bitcast::<i8x32<S>>().simd_lt(least).to_bitmask();
    halves.iter().rev().fold(0, |word, half| word << HALF_BYTES | below(half))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "a slow count should stop where it is wrong")]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_byte_is_counted_in_any_number_of_blocks(text in proptest::collection::vec(any::<u8>(), 0..200), times in 0..300_usize) {
            let text = text.repeat(times);
            for byte in [0, b'\n', 255] {
                let slow = text.iter().fold(0, |sum, one| if *one == byte { sum + 1 } else { sum });
                prop_assert_eq!(count(&text, byte), slow);
            }
        }
    }

    #[test]
    fn what_is_counted_may_be_everything() {
        for length in [0, 1, 63, 64, 65, 255 * 64 - 1, 255 * 64, 255 * 64 + 1, 511 * 64 + 7] {
            assert_eq!(count(&vec![b'a'; length], b'a'), u64::try_from(length).unwrap_or_default());
        }
    }
}

//! Blocks of bytes, of which all are looked at together, and what was found in them.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::{Bytes as _, Simd, SimdBase as _, SimdFrom as _, SimdMask as _, i8x32, u8x32};

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
    pub(super) fn new(words: &'m [u64]) -> Self {
        let mut words = words.iter();
        let left = words.next().copied().unwrap_or_default();
        Self { words, start: 0, left }
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

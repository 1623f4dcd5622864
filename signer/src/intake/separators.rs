//! Where two kinds of bytes stand in a text, looked for in as many bytes at a time as the processor can.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::{Simd, SimdBase as _, SimdFrom as _, SimdMask as _, u8x64};

use crate::signing::instructions::with_best;

const BYTES: usize = 64;

/// One bit for each byte of a text, set where it is one that is looked for; kept to be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    words: Vec<u64>,
}

impl Marks {
    /// Returns where cells and lines of plain CSV end, in order.
    pub(super) fn separators(&mut self, text: &[u8]) -> Places<'_> {
        self.places::<b',', b'\n'>(text)
    }

    /// Returns where texts of plain JSON begin and end, in order.
    pub(super) fn quotes(&mut self, text: &[u8]) -> Places<'_> {
        self.places::<b'"', b'"'>(text)
    }

    fn places<const A: u8, const B: u8>(&mut self, text: &[u8]) -> Places<'_> {
        self.words.clear();
        with_best!(simd => mark::<A, B, _>(simd, text, &mut self.words));
        // The first word begins where the one before it would have ended.
        Places { words: self.words.iter(), start: 0_usize.wrapping_sub(BYTES), left: 0 }
    }
}

/// The places that are marked.
#[derive(Clone, Debug)]
pub(super) struct Places<'m> {
    words: std::slice::Iter<'m, u64>,
    /// Where the bytes of the word that is looked at begin.
    start: usize,
    /// Its marks that were not handed out yet.
    left: u64,
}

impl Iterator for Places<'_> {
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

/// Marks each byte that is `A` or `B`, neither of which is zero.
#[inline(always)]
fn mark<const A: u8, const B: u8, S: Simd>(simd: S, text: &[u8], words: &mut Vec<u64>) {
    let (blocks, rest) = text.as_chunks::<BYTES>();
    let (a, b) = (u8x64::splat(simd, A), u8x64::splat(simd, B));
    words.reserve(blocks.len().saturating_add(1));
    for block in blocks {
        let bytes = u8x64::simd_from(simd, *block);
        words.push((bytes.simd_eq(a) | bytes.simd_eq(b)).to_bitmask());
    }
    let mut last = [0; BYTES];
    for (byte, place) in rest.iter().zip(&mut last) {
        *place = *byte;
    }
    let bytes = u8x64::simd_from(simd, last);
    words.push((bytes.simd_eq(a) | bytes.simd_eq(b)).to_bitmask());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_slow_search(text in proptest::collection::vec(prop_oneof![
            Just(b','), Just(b'\n'), Just(b'"'), Just(0), Just(b'-'), Just(0x8a), Just(0xac), Just(0xa2), any::<u8>()
        ], 0..200)) {
            let slow = |sought: &[u8]| -> Vec<usize> {
                text.iter().enumerate().filter(|(_, byte)| sought.contains(byte)).map(|(at, _)| at).collect()
            };
            let mut marks = Marks::default();
            prop_assert_eq!(marks.separators(&text).collect::<Vec<_>>(), slow(b",\n"));
            prop_assert_eq!(marks.quotes(&text).collect::<Vec<_>>(), slow(b"\""));
        }
    }
}

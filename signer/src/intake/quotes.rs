//! Where quotes stand in a text, looked for in as many bytes at a time as the processor can.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::Simd;

use super::blocks::{BYTES, equal, padded};
use crate::instructions::with_best;

/// One bit for each byte of a text, set where it is one that is looked for; kept to be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    words: Vec<u64>,
}

impl Marks {
    /// Returns where texts of plain JSON begin and end, in order.
    pub(super) fn quotes(&mut self, text: &[u8]) -> Marked<'_> {
        self.words.clear();
        with_best!(simd => mark(simd, text, &mut self.words));
        Marked::new(&self.words)
    }
}

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
    fn new(words: &'m [u64]) -> Self {
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

/// Marks each quote.
#[inline(always)]
fn mark<S: Simd>(simd: S, text: &[u8], words: &mut Vec<u64>) {
    let (blocks, rest) = text.as_chunks::<BYTES>();
    words.reserve(blocks.len().saturating_add(1));
    for block in blocks {
        words.push(equal(simd, block, b'"'));
    }
    words.push(equal(simd, &padded(rest), b'"'));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_slow_search(text in proptest::collection::vec(prop_oneof![
            Just(b'"'), Just(0), Just(b'!'), Just(0xa2), any::<u8>()
        ], 0..200)) {
            let slow = text.iter().enumerate().filter(|(_, byte)| **byte == b'"').map(|(at, _)| at);
            prop_assert_eq!(Marks::default().quotes(&text).collect::<Vec<_>>(), slow.collect::<Vec<_>>());
        }
    }
}

//! Where two kinds of bytes stand in a text, looked for in eight bytes at a time.

const BYTES: usize = 8;

/// The places of all bytes of a text that are `A` or `B`, in order.
#[derive(Clone, Debug)]
pub(super) struct Places<'t, const A: u8, const B: u8> {
    words: std::slice::Iter<'t, [u8; BYTES]>,
    /// The bytes behind the last whole word, and zeros.
    rest: Option<[u8; BYTES]>,
    /// Where the word that is looked at begins.
    start: usize,
    /// The highest bit of each of its bytes that was looked for and not handed out yet.
    left: u64,
}

/// Where cells and lines of plain CSV end.
pub(super) type Separators<'t> = Places<'t, b',', b'\n'>;
/// Where texts of plain JSON begin and end.
pub(super) type Quotes<'t> = Places<'t, b'"', b'"'>;

impl<'t, const A: u8, const B: u8> Places<'t, A, B> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        let (words, rest) = text.as_chunks();
        let mut last = [0; BYTES];
        for (byte, place) in rest.iter().zip(&mut last) {
            *place = *byte;
        }
        // The first word begins where the one before it would have ended.
        Self { words: words.iter(), rest: Some(last), start: 0_usize.wrapping_sub(BYTES), left: 0 }
    }
}

impl<const A: u8, const B: u8> Iterator for Places<'_, A, B> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            let word = self.words.next().copied().or_else(|| self.rest.take())?;
            self.start = self.start.wrapping_add(BYTES);
            self.left = found::<A, B>(u64::from_le_bytes(word));
        }
        let byte = usize::try_from(self.left.trailing_zeros().div_euclid(u8::BITS)).ok()?;
        self.left &= self.left.wrapping_sub(1);
        Some(self.start.wrapping_add(byte))
    }
}

/// Returns the highest bit of each byte that is one of the two.
fn found<const A: u8, const B: u8>(word: u64) -> u64 {
    const LOW_BITS: u64 = u64::from_le_bytes([0x7f; BYTES]);
    // A byte keeps its highest bit clear only if it is zero: nothing carries into the next byte.
    let zero = |word: u64| (word & LOW_BITS).wrapping_add(LOW_BITS) | word;
    let (a, b) = (u64::from_le_bytes([A; BYTES]), u64::from_le_bytes([B; BYTES]));
    !((zero(word ^ a) & zero(word ^ b)) | LOW_BITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_slow_search(text in proptest::collection::vec(prop_oneof![
            Just(b','), Just(b'\n'), Just(b'"'), Just(0), Just(b'-'), Just(0x8a), Just(0xac), Just(0xa2), any::<u8>()
        ], 0..60)) {
            let slow = |sought: &[u8]| -> Vec<usize> {
                text.iter().enumerate().filter(|(_, byte)| sought.contains(byte)).map(|(at, _)| at).collect()
            };
            prop_assert_eq!(Separators::of(&text).collect::<Vec<_>>(), slow(b",\n"));
            prop_assert_eq!(Quotes::of(&text).collect::<Vec<_>>(), slow(b"\""));
        }
    }
}

//! A short text with its first bytes as a number, so that most texts are looked at without a loop.

#![expect(
    clippy::inline_always,
    reason = "what is asked of every row is compiled for the instructions of whoever asks"
)]

use core::ops::Range;

use crate::eights::{HIGHEST, between, every};

const HEAD_BYTES: usize = 16;
/// What stands behind a text that is shorter than its head: a sign that may stand anywhere.
const PADDING: u8 = b'0';

/// A text, and its first 16 bytes as a number, the first byte the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    bytes: &'t [u8],
    /// Padded; only together with the length it tells texts apart.
    head: u128,
}

impl<'t> From<&'t str> for Word<'t> {
    fn from(text: &'t str) -> Self {
        text.as_bytes().into()
    }
}

impl<'t> From<&'t [u8]> for Word<'t> {
    fn from(bytes: &'t [u8]) -> Self {
        let padding = PADDINGS.get(bytes.len()).map_or(0, |(_, padding)| *padding);
        Self { bytes, head: beginning(bytes) | padding }
    }
}

impl<'t> Word<'t> {
    /// Takes a part of a longer text, faster than from that part alone; nothing where it is outside.
    #[inline(always)]
    pub fn within(text: &'t [u8], part: Range<usize>) -> Option<Self> {
        let behind = text.get(part.start..)?;
        let bytes = behind.get(..part.end.checked_sub(part.start)?)?;
        let Some(head) = behind.first_chunk() else { return Some(bytes.into()) };
        let head = match PADDINGS.get(bytes.len()) {
            Some((own, padding)) => u128::from_le_bytes(*head) & own | padding,
            None => u128::from_le_bytes(*head),
        };
        Some(Self { bytes, head })
    }

    /// Returns the bytes of the text.
    pub fn bytes(&self) -> &'t [u8] {
        self.bytes
    }

    #[inline(always)]
    pub(crate) fn head(&self) -> u128 {
        self.head
    }

    /// Returns the bytes that the head has no room for.
    #[inline(always)]
    pub(crate) fn rest(&self) -> &'t [u8] {
        self.bytes.get(HEAD_BYTES..).unwrap_or_default()
    }

    /// Says whether it is an identifier of 1 to 16 bytes and without dots, as most are.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        let [low, high] = halves(self.head).map(|half| (half, alphanumeric(half)));
        let is_short = self.bytes.len().wrapping_sub(1) < HEAD_BYTES;
        is_short && (low.1 & high.1 & HIGHEST == HIGHEST || is_marked(low, high))
    }
}

/// For each length below that of a head, the bits of the text in it, and what stands behind the text.
const PADDINGS: [(u128, u128); HEAD_BYTES] = {
    let mut paddings = [(0, 0); HEAD_BYTES];
    let mut rest: &mut [_] = &mut paddings;
    let mut own = 0_u128;
    while let Some((first, behind)) = rest.split_first_mut() {
        *first = (own, u128::from_ne_bytes([PADDING; HEAD_BYTES]) & !own);
        own = own << u8::BITS | 0xff;
        rest = behind;
    }
    paddings
};

/// Says whether all bytes are letters, digits, `-` and `_`, and the first a letter or digit; given with the bytes is
/// which are.
fn is_marked(low: (u64, u64), high: (u64, u64)) -> bool {
    let legal = |(bytes, alphanumeric): (u64, u64)| {
        alphanumeric | (between(bytes, b'-', b'-') | between(bytes, b'_', b'_')) & !bytes
    };
    low.1 & 0x80 != 0 && legal(low) & legal(high) & HIGHEST == HIGHEST
}

/// Returns the first bytes as a number, the first the lowest, with zeros for those that are missing.
#[inline(always)]
fn beginning(bytes: &[u8]) -> u128 {
    // Where the first and the last bytes overlap, they are the same.
    if let Some(head) = bytes.first_chunk() {
        u128::from_le_bytes(*head)
    } else if let Some((first, last, above)) = ends::<8>(bytes) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*last)) << above
    } else if let Some((first, last, above)) = ends::<4>(bytes) {
        (u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << above).into()
    } else {
        bytes.iter().rev().fold(0, |number, byte| number << u8::BITS | u128::from(*byte))
    }
}

/// Returns the first and the last bytes of a text that has so many, and the bits by which the last lie above the first.
#[inline(always)]
fn ends<const BYTES: usize>(text: &[u8]) -> Option<(&[u8; BYTES], &[u8; BYTES], u32)> {
    let above = text.len().checked_sub(BYTES)?.saturating_mul(8);
    Some((text.first_chunk()?, text.last_chunk()?, u32::try_from(above).ok()?))
}

/// Returns the lower and the upper half of a number.
#[inline(always)]
pub(crate) fn halves(number: u128) -> [u64; 2] {
    [number, number >> u64::BITS].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default())
}

/// Sets the highest bit of each byte that is a letter or digit of ASCII, if all others are of ASCII, too; else not of all.
#[inline(always)]
fn alphanumeric(bytes: u64) -> u64 {
    let letters = bytes | every(0x20);
    (between(letters, b'a', b'z') | between(bytes, b'0', b'9')) & !bytes
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::identifier::CoinId;

    #[test]
    fn a_word_is_the_same_however_it_was_made() {
        let text = b"a\xff\0".repeat(12);
        for start in 0..=text.len() + 1 {
            for end in 0..=text.len() + 1 {
                let part = text.get(start..end);
                assert_eq!(Word::within(&text, start..end), part.map(Word::from), "{start}..{end}");
                let Some(part) = part else { continue };
                let mut padded: Vec<u8> = part.iter().copied().chain([b'0'; 16]).take(16).collect();
                padded.reverse();
                let head = padded.iter().fold(0, |head, byte| head << 8 | u128::from(*byte));
                let word = Word::from(part);
                let rest = part.get(16..).unwrap_or_default();
                assert_eq!((word.bytes(), word.head(), word.rest()), (part, head, rest));
            }
        }
    }

    #[test]
    fn plain_words_are_known_by_every_byte() {
        for length in 0..=18 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text: Vec<u8> = b"aZ09".iter().copied().cycle().take(length).collect();
                    if let Some(one) = text.get_mut(place) {
                        *one = byte;
                    }
                    let is_mark = place > 0 && matches!(byte, b'-' | b'_');
                    let expected = length <= 16 && (byte.is_ascii_alphanumeric() || is_mark);
                    assert_eq!(Word::from(&*text).is_plain(), expected, "{text:?}");
                }
            }
        }
        let halves = ["abcdefgh!!!!!!!!", "!!!!!!!!abcdefgh", "!!!!!!!!!!!!!!!!", &"\u{7f}".repeat(16)];
        for text in ["", "名前", "\u{7ff}\u{7ff}", "-", "_a", "--", "a.b"].into_iter().chain(halves) {
            assert!(!Word::from(text).is_plain(), "{text}");
        }
        for text in ["a-", "a-_0", "A_b-C_d-E_f-G_h-", "0----------____"] {
            assert!(Word::from(text).is_plain() && CoinId::check(text).is_ok(), "{text}");
        }
    }
}

//! Lengths as `DELTA_BINARY_PACKED`: how long the values of a page become, before they get any memory.

use super::thrift::{varint, zigzag};

/// The widest number of 32 bits.
const MOST_WIDTH: u8 = 32;

/// Returns the numbers, `most` at most, and what stands behind them.
pub(super) fn numbers(bytes: &[u8], most: u64) -> Option<(Vec<i32>, &[u8])> {
    let (block, rest) = varint(bytes)?;
    let (minis, rest) = varint(rest)?;
    let (count, rest) = varint(rest)?;
    let (first, mut rest) = varint(rest)?;
    let per_mini = usize::try_from(block.checked_div(minis)?).ok()?;
    if count > most || !block.is_multiple_of(minis) || !block.is_multiple_of(128) || !per_mini.is_multiple_of(32) {
        return None;
    }
    let (count, minis) = (usize::try_from(count).ok()?, usize::try_from(minis).ok()?);
    let mut last = i32::try_from(zigzag(first)).ok()?;
    let mut found = Vec::with_capacity(count);
    if count > 0 {
        found.push(last);
    }
    while found.len() < count {
        let (step, behind) = varint(rest)?;
        let step = i32::try_from(zigzag(step)).ok()?;
        let (widths, mut packed) = behind.split_at_checked(minis)?;
        for width in widths {
            let left = count.saturating_sub(found.len()).min(per_mini);
            // Behind the last number widths mean nothing.
            if left == 0 {
                break;
            }
            if *width > MOST_WIDTH {
                return None;
            }
            let length = per_mini.checked_mul(usize::from(*width))?.checked_div(8)?;
            let (mini, behind) = packed.split_at_checked(length)?;
            packed = behind;
            let mut bits = Bits { bytes: mini, kept: 0, count: 0 };
            for _ in 0..left {
                last = last.wrapping_add(step).wrapping_add(bits.next(*width)?.cast_signed());
                found.push(last);
            }
        }
        rest = packed;
    }
    Some((found, rest))
}

/// Bits from the lowest of each byte on.
struct Bits<'b> {
    bytes: &'b [u8],
    kept: u64,
    /// How many bits are kept.
    count: u8,
}

impl Bits<'_> {
    fn next(&mut self, width: u8) -> Option<u32> {
        while self.count < width {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            self.kept |= u64::from(*byte).checked_shl(self.count.into())?;
            self.count = self.count.checked_add(8)?;
        }
        let mask = 1_u64.checked_shl(width.into())?.checked_sub(1)?;
        let number = u32::try_from(self.kept & mask).ok()?;
        self.kept = self.kept.checked_shr(width.into())?;
        self.count = self.count.checked_sub(width)?;
        Some(number)
    }
}

/// Returns how many bytes the values of `DELTA_BYTE_ARRAY` become, each of which begins as the one before.
pub(super) fn spelled_out(bytes: &[u8], most: u64) -> Option<u64> {
    let (shared, rest) = numbers(bytes, most)?;
    let (own, _) = numbers(rest, most)?;
    let mut all = 0_u64;
    for length in shared.into_iter().chain(own) {
        all = all.checked_add(u64::try_from(length).ok()?)?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_packed() {
        // 128 a block, 4 minis: 7, then 6, 5, 4, 3 by steps of -1 without a bit.
        let falling = [0x80, 0x01, 0x04, 0x05, 0x0e, 0x01, 0, 0, 0, 0, b'x'];
        assert_eq!(numbers(&falling, 5), Some((vec![7, 6, 5, 4, 3], &b"x"[..])));
        assert_eq!(numbers(&falling, 4), None);
        // Steps of one bit: 1, 0, 1, 1.
        let steps = [0x80, 0x01, 0x04, 0x05, 0x00, 0x00, 1, 99, 99, 99, 0b1101, 0, 0, 0, b'x'];
        assert_eq!(numbers(&steps, 5), Some((vec![0, 1, 1, 2, 3], &b"x"[..])));
        // Of three bits, over the border of a byte: 1 to 7.
        let eights = [0x80, 0x01, 0x04, 0x04, 0x00, 0x00, 3, 0, 0, 0, 0b0101_0011, 0b0000_0001];
        let eights = [&eights[..], &[0; 10]].concat();
        assert_eq!(numbers(&eights, 5), Some((vec![0, 3, 5, 10], &b""[..])));
        for length in 0..steps.len() - 1 {
            assert_eq!(numbers(steps.get(..length).unwrap_or_default(), 5), None, "{length}");
        }
    }

    #[test]
    fn nothing_and_one_have_no_block() {
        assert_eq!(numbers(&[0x80, 0x01, 0x04, 0x00, 0x00, b'x'], 9), Some((vec![], &b"x"[..])));
        assert_eq!(numbers(&[0x80, 0x01, 0x04, 0x01, 0x05, b'x'], 9), Some((vec![-3], &b"x"[..])));
    }

    #[test]
    fn what_is_no_packing_is_refused() {
        for bytes in [
            [0x80, 0x01, 0x00, 0x01, 0x00],
            [0x81, 0x01, 0x04, 0x01, 0x00],
            [0x80, 0x01, 0x03, 0x01, 0x00],
            [0x80, 0x01, 0x08, 0x01, 0x00],
        ] {
            assert_eq!(numbers(&bytes, 9), None, "{bytes:?}");
        }
        let wide = [&[0x80, 0x01, 0x04, 0x02, 0x00, 0x00, 33, 0, 0, 0][..], &[0; 200]].concat();
        assert_eq!(numbers(&wide, 9), None);
    }
}

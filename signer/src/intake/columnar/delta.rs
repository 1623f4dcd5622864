//! Numbers as `DELTA_BINARY_PACKED`: the first one, then blocks of differences, each with its smallest in front.

use super::{
    packed::unpack,
    thrift::{varint, zigzag},
};

const MOST_WIDTH: u8 = 64;

/// Returns so many numbers, and what stands behind them.
///
/// Sums wrap as their writer's did: of numbers of 32 bits, the lower half counts.
pub(super) fn numbers(bytes: &[u8], count: usize) -> Option<(Vec<i64>, &[u8])> {
    let (block, rest) = varint(bytes)?;
    let (minis, rest) = varint(rest)?;
    let (said, rest) = varint(rest)?;
    let (first, mut rest) = varint(rest)?;
    let per_mini = usize::try_from(block.checked_div(minis)?).ok()?;
    let is_even = block.is_multiple_of(minis) && block.is_multiple_of(128) && per_mini.is_multiple_of(32);
    if usize::try_from(said) != Ok(count) || !is_even || per_mini == 0 {
        return None;
    }
    let minis = usize::try_from(minis).ok()?;
    let mut last = zigzag(first);
    let mut found = Vec::with_capacity(count);
    if count > 0 {
        found.push(last);
    }
    while found.len() < count {
        let (step, behind) = varint(rest)?;
        let step = zigzag(step);
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
            found.extend(unpack(mini, u32::from(*width)).take(left).map(|difference| {
                last = last.wrapping_add(step).wrapping_add(difference.cast_signed());
                last
            }));
        }
        rest = packed;
    }
    Some((found, rest))
}

/// Returns so many lengths, and what stands behind them.
pub(super) fn lengths(bytes: &[u8], count: usize) -> Option<(Vec<u32>, &[u8])> {
    let (numbers, rest) = numbers(bytes, count)?;
    let lengths: Option<Vec<u32>> = numbers.into_iter().map(|number| u32::try_from(number).ok()).collect();
    Some((lengths?, rest))
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
        assert_eq!(numbers(&falling, 6), None);
        // Steps of one bit: 1, 0, 1, 1.
        let steps = [0x80, 0x01, 0x04, 0x05, 0x00, 0x00, 1, 99, 99, 99, 0b1101, 0, 0, 0, b'x'];
        assert_eq!(numbers(&steps, 5), Some((vec![0, 1, 1, 2, 3], &b"x"[..])));
        // Of three bits, over the border of a byte: 1 to 7.
        let eights = [0x80, 0x01, 0x04, 0x04, 0x00, 0x00, 3, 0, 0, 0, 0b0101_0011, 0b0000_0001];
        let eights = [&eights[..], &[0; 10]].concat();
        assert_eq!(numbers(&eights, 4), Some((vec![0, 3, 5, 10], &b""[..])));
        // The widest there are: of 64 bits, over and back.
        let wide = [&[0x80, 0x01, 0x04, 0x03, 0x00, 0x00, 64, 0, 0, 0][..], &[0xff; 8], &[0x01], &[0; 247]].concat();
        assert_eq!(numbers(&wide, 3), Some((vec![0, -1, 0], &b""[..])));
        for length in 0..steps.len() - 1 {
            assert_eq!(numbers(steps.get(..length).unwrap_or_default(), 5), None, "{length}");
        }
    }

    #[test]
    fn nothing_and_one_have_no_block() {
        assert_eq!(numbers(&[0x80, 0x01, 0x04, 0x00, 0x00, b'x'], 0), Some((vec![], &b"x"[..])));
        assert_eq!(numbers(&[0x80, 0x01, 0x04, 0x01, 0x05, b'x'], 1), Some((vec![-3], &b"x"[..])));
    }

    #[test]
    fn what_is_no_packing_is_refused() {
        for bytes in [
            [0x80, 0x01, 0x00, 0x01, 0x00],
            [0x81, 0x01, 0x04, 0x01, 0x00],
            [0x80, 0x01, 0x03, 0x01, 0x00],
            [0x80, 0x01, 0x08, 0x01, 0x00],
        ] {
            assert_eq!(numbers(&bytes, 1), None, "{bytes:?}");
        }
        assert_eq!(numbers(&[0x00, 0x04, 0x01, 0x00], 1), None);
        assert_eq!(numbers(&[0x81, 0x01, 0x01, 0x01, 0x00], 1), None);
        assert_eq!(numbers(&[0x40, 0x02, 0x01, 0x00], 1), None);
        let wide = [&[0x80, 0x01, 0x04, 0x02, 0x00, 0x00, 65, 0, 0, 0][..], &[0; 400]].concat();
        assert_eq!(numbers(&wide, 2), None);
    }

    #[test]
    fn lengths_are_not_negative() {
        assert_eq!(lengths(&[0x80, 0x01, 0x04, 0x01, 0x06, b'x'], 1), Some((vec![3], &b"x"[..])));
        assert_eq!(lengths(&[0x80, 0x01, 0x04, 0x01, 0x05, b'x'], 1), None);
    }
}

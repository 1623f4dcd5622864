//! Numbers of some bits each without gaps between them, from the lowest bit of each byte on; and runs of one number.

use super::thrift::varint;

/// A number and the bits before it in its first byte.
const WINDOW_BYTES: usize = 16;

/// Returns the numbers that are packed in some bytes, as many as they hold; of no bits each there is no end.
pub(super) fn unpack(bytes: &[u8], width: u32) -> impl Iterator<Item = u64> {
    let mask = 1_u64.checked_shl(width).map_or(u64::MAX, |above| above.wrapping_sub(1));
    let wide = usize::try_from(width).unwrap_or_default();
    (0..).map_while(move |nth: usize| {
        let bit = nth.checked_mul(wide)?;
        let (rest, shift) = (bytes.get(bit >> 3..)?, bit & 7);
        let window = match rest.first_chunk::<WINDOW_BYTES>() {
            Some(window) => *window,
            None if rest.len().saturating_mul(8) >= wide.saturating_add(shift) => {
                let mut window = [0; WINDOW_BYTES];
                window.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
                window
            }
            None => return None,
        };
        let window = u128::from_le_bytes(window).wrapping_shr(u32::try_from(shift).unwrap_or_default());
        u64::try_from(window & u128::from(mask)).ok()
    })
}

/// Returns so many numbers that stand in runs: of one number each, or packed.
pub(super) fn hybrid(bytes: &[u8], width: u32, count: usize) -> Option<Vec<u32>> {
    let wide = usize::try_from(width).ok().filter(|width| *width <= 32)?;
    let mut found = Vec::with_capacity(count);
    let mut rest = bytes;
    while found.len() < count {
        let (head, behind) = varint(rest)?;
        let (length, left) = (usize::try_from(head >> 1).ok()?, count.saturating_sub(found.len()));
        if head & 1 == 0 {
            let (number, behind) = behind.split_at_checked(wide.div_ceil(8))?;
            let mut padded = [0; 4];
            padded.iter_mut().zip(number).for_each(|(slot, byte)| *slot = *byte);
            let number = u32::from_le_bytes(padded);
            if u64::from(number).checked_shr(width)? > 0 {
                return None;
            }
            found.resize(found.len().saturating_add(length.min(left)), number);
            rest = behind;
        } else {
            // Groups of eight; some writers leave out the end of the last one.
            let (packed, behind) = behind.split_at(length.checked_mul(wide)?.min(behind.len()));
            let expected = length.checked_mul(8)?.min(left);
            let before = found.len();
            found.extend(unpack(packed, width).take(expected).map(|number| u32::try_from(number).unwrap_or(u32::MAX)));
            if found.len().checked_sub(before)? != expected {
                return None;
            }
            rest = behind;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unpacked_from_the_lowest_bit_on() {
        let unpacked = |bytes: &[u8], width| unpack(bytes, width).take(40).collect::<Vec<_>>();
        assert_eq!(unpacked(&[0b0101_0011, 0b1_0001], 3), [3, 2, 5, 0, 1]);
        assert_eq!(unpacked(&[0xff; 5], 33), [0x1_ffff_ffff]);
        assert_eq!(unpacked(&[1, 0, 0, 0, 0, 0, 0, 0x80, 0xff], 64), [0x8000_0000_0000_0001]);
        assert_eq!(unpacked(&(0..20).collect::<Vec<_>>(), 8), (0..20).collect::<Vec<_>>());
        // Over the border of eight bytes: a bit, then 64 of them.
        let shifted: Vec<u8> = [vec![1], vec![0; 7], vec![2]].concat();
        assert_eq!(unpack(&shifted, 63).collect::<Vec<_>>(), [1]);
        assert_eq!(unpacked(&[], 0), [0; 40]);
        assert_eq!(unpacked(&[], 1), [0; 0]);
    }

    #[test]
    fn runs_and_packed_groups_follow_each_other() {
        // Five times 3, then a group of eight of three bits, of which the last are left out.
        let bytes = [5 << 1, 3, 1 << 1 | 1, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        assert_eq!(hybrid(&bytes, 3, 13), Some(vec![3, 3, 3, 3, 3, 0, 1, 2, 3, 4, 5, 6, 7]));
        assert_eq!(hybrid(&bytes, 3, 6), Some(vec![3, 3, 3, 3, 3, 0]));
        assert_eq!(hybrid(&bytes, 3, 14), None);
        assert_eq!(hybrid(bytes.get(..5).unwrap_or_default(), 3, 10), Some(vec![3, 3, 3, 3, 3, 0, 1, 2, 3, 4]));
        assert_eq!(hybrid(bytes.get(..5).unwrap_or_default(), 3, 13), None);
        assert_eq!(hybrid(&[7 << 1], 0, 7), Some(vec![0; 7]));
        assert_eq!(hybrid(&[2 << 1, 0x34, 0x12], 16, 2), Some(vec![0x1234; 2]));
        assert_eq!(hybrid(&[], 1, 0), Some(vec![]));
        assert_eq!(hybrid(&[1 << 1 | 1, 0xff, 0xff, 0xff, 0xff], 32, 1), Some(vec![u32::MAX]));
    }

    #[test]
    fn what_is_no_run_is_refused() {
        for (bytes, width, what) in [
            (&[][..], 1, "nothing"),
            (&[2 << 1], 1, "a run without its number"),
            (&[2 << 1, 2], 1, "a number of more bits"),
            (&[1 << 1, 1, 0, 0, 0, 0], 33, "more bits than a place has"),
            (&[0, 1, 0, 1], 1, "runs of nothing"),
            (&[0x80; 11], 1, "a length without an end"),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 32, "a length beyond all bytes"),
        ] {
            assert_eq!(hybrid(bytes, width, 2), None, "{what}");
        }
    }
}

//! Eight bytes of a text as one number, of which all are looked at together.

#![expect(clippy::inline_always, reason = "what is asked of every byte is compiled into whoever asks")]

/// The highest bit of each byte.
pub(crate) const HIGHEST: u64 = every(0x80);

/// Returns the number of which every byte is the same.
pub(crate) const fn every(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Sets the highest bit of each byte between two of ASCII, if all bytes are of ASCII.
#[inline(always)]
pub(crate) fn between(eight: u64, first: u8, last: u8) -> u64 {
    let reaches = |least: u8| eight.wrapping_add(every(0x80_u8.wrapping_sub(least)));
    reaches(first) ^ reaches(last.wrapping_add(1))
}

/// Says whether all bytes of a text are of ASCII and pass, which is said by the highest bit of each.
#[inline(always)]
pub(crate) fn all(text: &[u8], passes: impl Fn(u64) -> u64) -> bool {
    let pass = |eight: &[u8; 8]| {
        let eight = u64::from_ne_bytes(*eight);
        passes(eight) & !eight
    };
    let Some(last) = text.last_chunk() else {
        return text.iter().all(|byte| pass(&[*byte; 8]) & HIGHEST == HIGHEST);
    };
    // The last eight may have some of the bytes before once more.
    let (eights, _) = text.as_chunks();
    eights.iter().fold(pass(last), |all, eight| all & pass(eight)) & HIGHEST == HIGHEST
}

/// Returns what the digits of a text stand for where it has the same bytes as a `layout` but for digits, which it has
/// where that has a zero; for all others a zero.
#[inline(always)]
pub(crate) fn digits(eight: [u8; 8], layout: [u8; 8]) -> Option<[u8; 8]> {
    // So much more makes the highest bit of a byte that may not stand there.
    let room = layout.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    let found = u64::from_ne_bytes(eight) ^ u64::from_ne_bytes(layout);
    let above = found.wrapping_add(u64::from_ne_bytes(room)) | found;
    (above & HIGHEST == 0).then(|| found.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn every_byte_of_a_text_is_tested() {
        let is_letter = |text: &[u8]| all(text, |eight| between(eight, b'b', b'y'));
        assert!(is_letter(b""));
        for length in 1..40 {
            let text: Vec<u8> = (b'b'..=b'y').cycle().take(length).collect();
            assert!(is_letter(&text), "{length}");
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = text.clone();
                    text.splice(place..=place, [byte]);
                    assert_eq!(is_letter(&text), matches!(byte, b'b'..=b'y'), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn digits_stand_where_the_layout_has_them() {
        assert_eq!(digits(*b"12:34:5Z", *b"00:00:0Z"), Some([1, 2, 0, 3, 4, 0, 5, 0]));
        let good = *b"90-8:0T7";
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = good;
                let before = text.get_mut(place).map(|one| core::mem::replace(one, byte));
                let is_digit = matches!(place, 0 | 1 | 3 | 5 | 7);
                let expected = if is_digit { byte.is_ascii_digit() } else { before == Some(byte) };
                assert_eq!(digits(text, *b"00-0:0T0").is_some(), expected, "{text:?}");
            }
        }
    }
}

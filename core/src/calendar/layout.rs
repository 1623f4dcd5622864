//! Dates, months and instants as text: which character stands where.

use super::{Instant, civil::CivilTime};
use crate::eights::digits;

/// Reads a right text of the one layout that nearly all have; nothing says only that it may be wrong.
pub(super) fn whole_second_of_utc(text: &[u8]) -> Option<Instant> {
    let text: &[u8; "2020-12-31T23:59:59Z".len()] = text.try_into().ok()?;
    let [first, second] = text.as_chunks().0 else { return None };
    let [y1, y2, y3, y4, _, m1, m2, _] = digits(*first, *b"0000-00-")?;
    let [d1, d2, _, h1, h2, _, n1, n2] = digits(*second, *b"00T00:00")?;
    // Some of these were among those before.
    let [.., s1, s2, _] = digits(*text.last_chunk()?, *b"0:00:00Z")?;
    let pair = |tens: u8, ones: u8| u32::from(tens.wrapping_mul(10).wrapping_add(ones));
    let year = pair(y1, y2).wrapping_mul(100).wrapping_add(pair(y3, y4));
    let time = CivilTime { date: (year, pair(m1, m2), pair(d1, d2)), time: (pair(h1, h2), pair(n1, n2), pair(s1, s2)) };
    Instant::from_unix_seconds(time.resolve()?)
}

/// Reads fixed layouts from the front of a text.
pub(super) struct Scanner<'a> {
    pub(super) rest: &'a [u8],
}

impl Scanner<'_> {
    fn number(&mut self, width: usize) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(width)?;
        let mut value = 0_u32;
        for digit in digits {
            let digit = char::from(*digit).to_digit(10)?;
            value = value.checked_mul(10)?.checked_add(digit)?;
        }
        self.rest = rest;
        Some(value)
    }

    fn literal(&mut self, expected: u8) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        (*first == expected).then(|| self.rest = rest)
    }

    pub(super) fn month_fields(&mut self) -> Option<(u32, u32)> {
        let year = self.number(4)?;
        self.literal(b'-')?;
        Some((year, self.number(2)?))
    }

    pub(super) fn date_fields(&mut self) -> Option<(u32, u32, u32)> {
        let (year, month) = self.month_fields()?;
        self.literal(b'-')?;
        Some((year, month, self.number(2)?))
    }

    pub(super) fn instant_fields(&mut self) -> Option<CivilTime> {
        let date = self.date_fields()?;
        self.literal(b'T')?;
        let hour = self.number(2)?;
        self.literal(b':')?;
        let minute = self.number(2)?;
        self.literal(b':')?;
        Some(CivilTime { date, time: (hour, minute, self.number(2)?) })
    }

    /// Returns the nanoseconds.
    pub(super) fn fraction(&mut self) -> Option<i64> {
        if self.rest.first() != Some(&b'.') {
            return Some(0);
        }
        self.literal(b'.')?;
        let width = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let missing = u32::try_from(9_usize.checked_sub(width)?).ok()?;
        if width == 0 {
            return None;
        }
        i64::from(self.number(width)?).checked_mul(10_i64.checked_pow(missing)?)
    }

    /// Returns the offset in seconds; the inner `None` is an offset that no place on earth has.
    #[expect(clippy::option_option, reason = "a wrong layout and a place that does not exist are different errors")]
    pub(super) fn offset(&mut self) -> Option<Option<i64>> {
        let (sign, rest) = self.rest.split_first()?;
        self.rest = rest;
        let sign = match sign {
            b'Z' => return Some(Some(0)),
            b'+' => 1_i64,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number(2)?;
        self.literal(b':')?;
        let minutes = self.number(2)?;
        let seconds = i64::from(hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?);
        let exists = minutes < 60 && seconds <= 14 * 3600;
        Some(if exists { seconds.checked_mul(sign) } else { None })
    }
}

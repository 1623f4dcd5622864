//! Typed values of Parquet as the text that other formats would have.

use std::fmt::Write as _;

use ambassador_core::{calendar::Instant, decimal::Scaled};

/// Writes an instant; one outside the calendar as its seconds, which are refused further on.
pub(super) fn time(ticks: i64, per_second: i64, text: &mut String) -> Option<()> {
    let (seconds, rest) = (ticks.checked_div_euclid(per_second)?, ticks.checked_rem_euclid(per_second)?);
    let instant = Instant::from_unix_seconds(seconds);
    // From 1973 on, seconds alone say the same in less.
    match instant.filter(|_| rest > 0 || seconds < 100_000_000) {
        None => write!(text, "{seconds}").ok(),
        Some(instant) => {
            let nanos = rest.checked_mul(1_000_000_000_i64.checked_div(per_second)?)?;
            let instant = instant.to_string();
            write!(text, "{}.{nanos:09}Z", instant.trim_end_matches('Z')).ok()
        }
    }
}

/// Reads a number in two's complement.
pub(super) fn big_endian(bytes: &[u8]) -> Option<i128> {
    let first = bytes.first()?;
    let fill = if *first < 0x80 { 0 } else { 0xff };
    let excess = bytes.len().saturating_sub(16);
    let (above, bytes) = bytes.split_at(excess);
    let negative = bytes.first()? >= &0x80;
    if above.iter().any(|byte| *byte != fill) || negative != (fill == 0xff) {
        return None;
    }
    let mut number = [fill; 16];
    for (slot, byte) in number.iter_mut().rev().zip(bytes.iter().rev()) {
        *slot = *byte;
    }
    Some(i128::from_be_bytes(number))
}

/// Writes a number with its dot, without zeros at the end of the fraction.
pub(super) fn decimal(unscaled: i128, places: u32, text: &mut String) -> Option<()> {
    let sign = if unscaled < 0 { "-" } else { "" };
    write!(text, "{sign}{}", Scaled { value: unscaled.unsigned_abs(), places }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut String) -> Option<()>) -> Option<String> {
        let mut text = String::new();
        write(&mut text).map(|()| text)
    }

    #[test]
    fn decimals_and_times_are_exact() {
        for (unscaled, places, expected) in [
            (5, 0, "5"),
            (500, 2, "5"),
            (5_000_000_000_000_000_001, 18, "5.000000000000000001"),
            (1, 18, "0.000000000000000001"),
            (-150, 2, "-1.5"),
            (0, 38, "0"),
        ] {
            assert_eq!(written(|text| decimal(unscaled, places, text)).as_deref(), Some(expected));
        }
        assert_eq!(written(|text| decimal(1, 39, text)), None);
        for (ticks, per_second, expected) in [
            (1_606_780_800_000, 1_000, "1606780800"),
            (86_400_000, 1_000, "1970-01-02T00:00:00.000000000Z"),
            (99_999_999, 1, "1973-03-03T09:46:39.000000000Z"),
            (100_000_000, 1, "100000000"),
            (1_606_780_800_000_001, 1_000_000, "2020-12-01T00:00:00.000001000Z"),
            (1_606_780_799_999_999_999, 1_000_000_000, "2020-11-30T23:59:59.999999999Z"),
            (-1, 1_000, "-1"),
            (i64::MAX, 1_000, "9223372036854775"),
        ] {
            assert_eq!(written(|text| time(ticks, per_second, text)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn twos_complement_of_any_length() {
        let long = |first: u8, rest: &[u8]| [&[first; 4][..], rest].concat();
        for (bytes, expected) in [
            (vec![], None),
            (vec![5], Some(5)),
            (vec![0xff], Some(-1)),
            (vec![0x80], Some(-128)),
            (vec![0x7f], Some(127)),
            (vec![0x01, 0x00], Some(256)),
            (i128::MIN.to_be_bytes().to_vec(), Some(i128::MIN)),
            (long(0, &i128::MAX.to_be_bytes()), Some(i128::MAX)),
            (long(0xff, &i128::MIN.to_be_bytes()), Some(i128::MIN)),
            (long(0, &i128::MIN.to_be_bytes()), None),
            (long(1, &[0; 16]), None),
        ] {
            assert_eq!(big_endian(&bytes), expected, "{bytes:?}");
        }
    }
}

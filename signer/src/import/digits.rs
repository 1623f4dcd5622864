//! Decimal numbers as exporters write them, moved by powers of ten without a rounding.

/// Returns `text` × 10^`places` as plain digits with at most one dot, exactly.
///
/// Takes digits, one dot, and an exponent as in JSON; `None` for anything else and for exponents beyond 99.
pub(super) fn shifted(text: &str, places: i32) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, small_exponent(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_dotted = mantissa.contains('.');
    let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || (is_dotted && fraction.is_empty()) || !is_plain(whole) || !is_plain(fraction) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?.checked_add(places)?;
    let mut digits = [whole, fraction].concat();
    // Zeros in front and behind until the dot falls among the digits.
    if point < 1 {
        let missing = usize::try_from(1_i32.checked_sub(point)?).ok()?;
        digits.insert_str(0, &"0".repeat(missing));
    }
    let point = usize::try_from(point.max(1)).ok()?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at_checked(point)?;
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

fn small_exponent(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    let is_small = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_small { digits.parse::<i32>().ok()?.checked_mul(sign) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_move_exactly() {
        for (text, places, expected) in [
            ("12.5", 0, "12.5"),
            ("12.50", 0, "12.5"),
            ("1234", -2, "12.34"),
            ("5", -2, "0.05"),
            ("0", -2, "0"),
            ("12.5", -2, "0.125"),
            ("0.05952380952380952", 3, "59.52380952380952"),
            ("5.2e-05", 0, "0.000052"),
            ("5.2E+3", 0, "5200"),
            ("1e2", -2, "1"),
            ("007.10", 0, "7.1"),
            ("1e-18", 0, "0.000000000000000001"),
            ("123456789012345678901234567890", 0, "123456789012345678901234567890"),
        ] {
            assert_eq!(shifted(text, places).as_deref(), Some(expected), "{text} by {places}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_taken() {
        for text in ["", ".", ".5", "5.", "-5", "+5", "1,000", "$5", "1e", "1e100", "1e+-2", "NaN", "1.2.3", " 5", "٥"]
        {
            assert_eq!(shifted(text, 0), None, "{text}");
        }
    }
}

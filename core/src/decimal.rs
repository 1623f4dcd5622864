//! The one grammar of decimal text: digits, at most one dot, nothing else.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt::{self, Write as _};

use crate::diagnostic::Diagnostic;

/// Why a text is not a decimal number of this programme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// There is no text.
    #[error("a number is missing")]
    Empty,
    /// A sign stands where only unsigned numbers may.
    #[error("`{text}` has a sign")]
    Sign {
        /// The offending text.
        text: String,
    },
    /// A character is neither an ASCII digit nor the one dot.
    #[error("`{text}` has `{character}` where only digits and one dot may stand")]
    Character {
        /// The offending text.
        text: String,
        /// The first character that does not belong.
        character: char,
    },
    /// The dot lacks digits on one side.
    #[error("`{text}` needs a digit on both sides of its dot")]
    BareDot {
        /// The offending text.
        text: String,
    },
    /// A zero stands before other digits.
    #[error("`{text}` starts with a superfluous zero")]
    LeadingZero {
        /// The offending text.
        text: String,
    },
    /// There are more digits behind the dot than the unit has.
    #[error("`{text}` has more than {places} decimal places")]
    TooPrecise {
        /// The offending text.
        text: String,
        /// How many places the unit has.
        places: u32,
    },
    /// The number is above what the unit can hold.
    #[error("`{text}` is larger than `{maximum}`")]
    TooLarge {
        /// The offending text.
        text: String,
        /// The largest number that the unit takes.
        maximum: String,
    },
}

impl Diagnostic for DecimalError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "NUMBER_EMPTY",
            Self::Sign { .. } => "NUMBER_SIGN",
            Self::Character { .. } => "NUMBER_CHARACTER",
            Self::BareDot { .. } => "NUMBER_BARE_DOT",
            Self::LeadingZero { .. } => "NUMBER_LEADING_ZERO",
            Self::TooPrecise { .. } => "NUMBER_TOO_PRECISE",
            Self::TooLarge { .. } => "NUMBER_TOO_LARGE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Empty => "write a number such as `250` or `250.00`".to_string(),
            Self::Sign { .. } => "write the amount without `+` or `-`".to_string(),
            Self::Character { .. } => {
                "write plain digits with one dot, without spaces, commas, underscores or exponents".to_string()
            }
            Self::BareDot { .. } => "write `0.5` for `.5` and `5` for `5.`".to_string(),
            Self::LeadingZero { .. } => "remove the zeros in front".to_string(),
            Self::TooPrecise { places, .. } => format!("write at most {places} digits behind the dot"),
            Self::TooLarge { .. } => "check the unit: amounts are whole dollars or tokens with decimals".to_string(),
        }
    }
}

/// Reads `text` as a count of units of 10^-`places`, at most `maximum` of them.
///
/// # Errors
///
/// Every text outside the grammar `digits [. digits]` is refused with the reason that applies first.
pub(crate) fn parse(text: &str, places: u32, maximum: u128) -> Result<u128, DecimalError> {
    if let Some(value) = parse_short(text, places).filter(|value| *value <= maximum) {
        return Ok(value);
    }
    let offending = || text.to_string();
    if text.is_empty() {
        return Err(DecimalError::Empty);
    }
    if text.starts_with(['+', '-']) {
        return Err(DecimalError::Sign { text: offending() });
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let digits = || whole.chars().chain(fraction.unwrap_or_default().chars());
    if let Some(character) = digits().find(|character| !character.is_ascii_digit()) {
        return Err(DecimalError::Character { text: offending(), character });
    }
    if whole.is_empty() || fraction == Some("") {
        return Err(DecimalError::BareDot { text: offending() });
    }
    if whole.len() > 1 && whole.starts_with('0') {
        return Err(DecimalError::LeadingZero { text: offending() });
    }
    let fraction_places = u32::try_from(fraction.unwrap_or_default().len()).unwrap_or(u32::MAX);
    let Some(missing_places) = places.checked_sub(fraction_places) else {
        return Err(DecimalError::TooPrecise { text: offending(), places });
    };
    digits()
        .filter_map(|character| character.to_digit(10))
        .try_fold(0_u128, |sum, digit| sum.checked_mul(10)?.checked_add(digit.into()))
        .and_then(|value| value.checked_mul(10_u128.checked_pow(missing_places)?))
        .filter(|value| *value <= maximum)
        .ok_or_else(|| DecimalError::TooLarge {
            text: offending(),
            maximum: Scaled { value: maximum, places }.to_string(),
        })
}

/// The powers of ten that fit into 64 bits.
const POWERS_OF_TEN: [u64; 20] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
    10_000_000_000,
    100_000_000_000,
    1_000_000_000_000,
    10_000_000_000_000,
    100_000_000_000_000,
    1_000_000_000_000_000,
    10_000_000_000_000_000,
    100_000_000_000_000_000,
    1_000_000_000_000_000_000,
    10_000_000_000_000_000_000,
];

/// Reads a right text whose parts both fit into 64 bits, as nearly all do; nothing says only that it may be wrong.
fn parse_short(text: &str, places: u32) -> Option<u128> {
    const MOST_DIGITS: usize = 19;
    fn number(digits: &[u8]) -> Option<u64> {
        if digits.is_empty() || digits.len() > MOST_DIGITS {
            return None;
        }
        digits.iter().try_fold(0_u64, |sum, byte| {
            let digit = byte.wrapping_sub(b'0');
            // Nineteen digits are below 2^64.
            (digit < 10).then(|| sum.wrapping_mul(10).wrapping_add(digit.into()))
        })
    }
    let places = usize::try_from(places).ok()?;
    let bytes = text.as_bytes();
    let dot = bytes.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = bytes.split_at_checked(dot.unwrap_or(bytes.len()))?;
    if whole.len() > 1 && whole.first() == Some(&b'0') {
        return None;
    }
    let whole = u128::from(number(whole)?).checked_mul((*POWERS_OF_TEN.get(places)?).into())?;
    let Some((_, fraction)) = fraction.split_first() else { return Some(whole) };
    let missing = POWERS_OF_TEN.get(places.checked_sub(fraction.len())?)?;
    whole.checked_add(number(fraction)?.checked_mul(*missing)?.into())
}

/// A count of units of 10^-`places`, shown as the shortest decimal text; of more than 38 places it cannot be shown.
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    /// The count.
    pub value: u128,
    /// The decimal places of the unit, 0 to 38.
    pub places: u32,
}

impl fmt::Display for Scaled {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(unit) = 10_u128.checked_pow(self.places) else {
            return Err(fmt::Error);
        };
        let whole = self.value.checked_div(unit).unwrap_or_default();
        let fraction = self.value.checked_rem(unit).unwrap_or_default();
        let mut text = String::new();
        write_number(&mut text, whole, 0)?;
        if fraction > 0 {
            text.push('.');
            write_number(&mut text, fraction, usize::try_from(self.places).unwrap_or_default())?;
            text.truncate(text.trim_end_matches('0').len());
        }
        formatter.pad_integral(true, "", &text)
    }
}

/// Writes a number with zeros in front; most fit into 64 bits, which is faster.
fn write_number(text: &mut String, number: u128, width: usize) -> fmt::Result {
    match u64::try_from(number) {
        Ok(number) => write!(text, "{number:0width$}"),
        Err(_) => write!(text, "{number:0width$}"),
    }
}

/// Gives a type of money the arithmetic that cannot lose any.
macro_rules! checked_amount {
    ($name:ident) => {
        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// Returns whether it is nothing.
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Adds, or returns `None` beyond the type's range.
            pub const fn checked_add(self, other: Self) -> Option<Self> {
                match self.0.checked_add(other.0) {
                    Some(sum) => Some(Self(sum)),
                    None => None,
                }
            }

            /// Subtracts, or returns `None` beyond the type's range.
            pub const fn checked_sub(self, other: Self) -> Option<Self> {
                match self.0.checked_sub(other.0) {
                    Some(difference) => Some(Self(difference)),
                    None => None,
                }
            }
        }
    };
}
pub(crate) use checked_amount;

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn check(text: &str, expected: Result<u128, &str>) {
        let outcome = parse(text, 6, 1_000_000_000_000);
        match expected {
            Ok(value) => assert_eq!(outcome, Ok(value), "{text}"),
            Err(code) => assert_eq!(outcome.map_err(|error| error.code()), Err(code), "{text}"),
        }
    }

    #[test]
    fn the_grammar_takes_plain_decimals_and_nothing_else() {
        check("0", Ok(0));
        check("250", Ok(250_000_000));
        check("250.00", Ok(250_000_000));
        check("0.000001", Ok(1));
        check("1000000", Ok(1_000_000_000_000));
        check("", Err("NUMBER_EMPTY"));
        check("+5", Err("NUMBER_SIGN"));
        check("-5", Err("NUMBER_SIGN"));
        check("1_000", Err("NUMBER_CHARACTER"));
        check("1,000", Err("NUMBER_CHARACTER"));
        check("1e5", Err("NUMBER_CHARACTER"));
        check("0x10", Err("NUMBER_CHARACTER"));
        check("1.2.3", Err("NUMBER_CHARACTER"));
        check(" 1", Err("NUMBER_CHARACTER"));
        check("1\n", Err("NUMBER_CHARACTER"));
        check("\u{ff11}", Err("NUMBER_CHARACTER"));
        check("inf", Err("NUMBER_CHARACTER"));
        check(":", Err("NUMBER_CHARACTER"));
        check("1:", Err("NUMBER_CHARACTER"));
        check(".5", Err("NUMBER_BARE_DOT"));
        check("5.", Err("NUMBER_BARE_DOT"));
        check(".", Err("NUMBER_BARE_DOT"));
        check("00012", Err("NUMBER_LEADING_ZERO"));
        check("0.0000001", Err("NUMBER_TOO_PRECISE"));
        check("1000000.000001", Err("NUMBER_TOO_LARGE"));
        check("340282366920938463463374607431768211456", Err("NUMBER_TOO_LARGE"));
    }

    #[test]
    fn the_shortest_text_is_shown() {
        for (value, expected) in [(0, "0"), (1, "0.000001"), (250_000_000, "250"), (1_500_000, "1.5")] {
            assert_eq!(Scaled { value, places: 6 }.to_string(), expected);
        }
    }
}

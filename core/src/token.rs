//! Token amounts in base units (wei).

use alloc::{
    format,
    string::{String, ToString},
};
use core::{fmt, str::FromStr};

use crate::decimal::{self, DecimalError, Scaled, checked_amount};

/// How many decimal places a token shows: 0 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimals(u8);

impl Decimals {
    /// The most places that a token may have here.
    pub const MAXIMUM: u8 = 30;

    /// Makes a number of decimal places, or returns `None` above [`Self::MAXIMUM`].
    pub const fn new(places: u8) -> Option<Self> {
        if places <= Self::MAXIMUM { Some(Self(places)) } else { None }
    }

    /// Returns the number of places.
    pub const fn places(self) -> u8 {
        self.0
    }
}

/// An amount of the programme's token in base units, below 2^128.
///
/// Text in files is an unsigned integer of base units, without leading zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenAmount(u128);

checked_amount!(TokenAmount);

impl TokenAmount {
    /// Makes an amount from base units.
    pub const fn from_base_units(base_units: u128) -> Self {
        Self(base_units)
    }

    /// Returns the amount in base units.
    pub const fn as_base_units(self) -> u128 {
        self.0
    }

    /// Reads an amount of whole tokens, such as `40000` or `0.5`, exactly.
    ///
    /// # Errors
    ///
    /// The text is no decimal number, has more places than the token, or is 2^128 base units or more.
    pub fn from_tokens(text: &str, decimals: Decimals) -> Result<Self, DecimalError> {
        decimal::parse(text, decimals.0.into(), u128::MAX).map(Self)
    }

    /// Returns the amount in whole tokens as the shortest decimal text, for people.
    pub fn to_tokens(self, decimals: Decimals) -> String {
        Scaled { value: self.0, places: decimals.0.into() }.to_string()
    }
}

impl FromStr for TokenAmount {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, 0, u128::MAX).map(Self).and_then(|amount| {
            if text.contains('.') {
                return Err(DecimalError::Character { text: text.to_string(), character: '.' });
            }
            Ok(amount)
        })
    }
}

impl fmt::Display for TokenAmount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad_integral(true, "", &format!("{}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn base_units_are_integers() {
        assert_eq!("21000".parse(), Ok(TokenAmount::from_base_units(21_000)));
        for text in ["", "1.0", "0x10", "1_000", "+1", "007", "1."] {
            assert!(text.parse::<TokenAmount>().is_err(), "{text}");
        }
    }

    #[test]
    fn people_see_tokens() {
        let decimals = Decimals::new(18)
            .map(|decimals| TokenAmount::from_base_units(21_000_500_000_000_000_000_000).to_tokens(decimals));
        assert_eq!(decimals, Some("21000.5".to_string()));
        assert_eq!(Decimals::new(31), None);
    }

    #[test]
    fn people_write_tokens() {
        let read = |text| TokenAmount::from_tokens(text, Decimals::new(2)?).ok().map(TokenAmount::as_base_units);
        assert_eq!(read("40000"), Some(4_000_000));
        assert_eq!(read("0.05"), Some(5));
        for text in ["", "0.005", "-1", "1e3", "1,000", "3402823669209384634633746074317682114.56"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

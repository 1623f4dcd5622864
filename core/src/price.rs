//! The exact ratio at which dollars become tokens.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use crate::{
    decimal::{self, DecimalError, Scaled},
    diagnostic::Diagnostic,
};

/// A positive number of dollars or tokens in a price, in units of 10^-18, at most 10^15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PriceTerm(u128);

impl PriceTerm {
    const PLACES: u32 = 18;
    const LARGEST: u128 = 1_000_000_000_000_000_000_000_000_000_000_000;
    /// One dollar or token.
    pub const ONE: Self = Self(1_000_000_000_000_000_000);

    /// Returns the term in units of 10^-18.
    pub const fn as_attos(self) -> u128 {
        self.0
    }

    /// Makes a term from units of 10^-18, or returns `None` at zero or above 10^15.
    pub const fn from_attos(attos: u128) -> Option<Self> {
        if attos == 0 || attos > Self::LARGEST { None } else { Some(Self(attos)) }
    }
}

/// Why a text is no part of a price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceTermError {
    /// Not a decimal number, or one that is out of range.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Nothing is for free.
    #[error("`{text}` is no price")]
    Zero {
        /// The offending text.
        text: String,
    },
}

impl Diagnostic for PriceTermError {
    fn code(&self) -> &'static str {
        match self {
            Self::Decimal(error) => error.code(),
            Self::Zero { .. } => "PRICE_ZERO",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Decimal(error) => error.help(),
            Self::Zero { .. } => "write the day's close, or leave the day out".to_string(),
        }
    }
}

impl FromStr for PriceTerm {
    type Err = PriceTermError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let attos = decimal::parse(text, Self::PLACES, Self::LARGEST)?;
        Self::from_attos(attos).ok_or_else(|| PriceTermError::Zero { text: text.to_string() })
    }
}

impl fmt::Display for PriceTerm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Scaled { value: self.0, places: Self::PLACES }, formatter)
    }
}

/// A price as the exact ratio `usd / tokens`: so many dollars buy so many tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Price {
    /// The dollars.
    pub usd: PriceTerm,
    /// The tokens that they buy.
    pub tokens: PriceTerm,
}

impl fmt::Display for Price {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} / {}", self.usd, self.tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<u128, (&str, &str)>) {
        let outcome = text.parse::<PriceTerm>().map(PriceTerm::as_attos);
        let said = outcome.map_err(|error| (error.code(), error.help()));
        assert_eq!(said, expected.map_err(|(code, help)| (code, help.to_string())), "{text}");
    }

    #[test]
    fn a_term_is_more_than_nothing() {
        check("1", Ok(PriceTerm::ONE.as_attos()));
        check("0.000000000000000001", Ok(1));
        check("0", Err(("PRICE_ZERO", "write the day's close, or leave the day out")));
        check("-1", Err(("NUMBER_SIGN", "write the amount without `+` or `-`")));
        assert_eq!(PriceTerm::from_attos(0), None);
        assert_eq!(PriceTerm::from_attos(PriceTerm::LARGEST).map(PriceTerm::as_attos), Some(PriceTerm::LARGEST));
        assert_eq!(PriceTerm::from_attos(PriceTerm::LARGEST.saturating_add(1)), None);
    }
}

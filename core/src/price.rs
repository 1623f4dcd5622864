//! The exact ratio at which dollars become tokens.

use core::{fmt, str::FromStr};

use crate::decimal::{self, DecimalError, Scaled};

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

impl FromStr for PriceTerm {
    type Err = DecimalError;

    /// Reads a positive decimal; zero reads as [`DecimalError::Empty`], because it is no price.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, Self::PLACES, Self::LARGEST)
            .and_then(|attos| Self::from_attos(attos).ok_or(DecimalError::Empty))
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

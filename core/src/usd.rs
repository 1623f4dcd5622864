//! Dollars: money that is owed or paid ([`Usd`], [`SignedUsd`]) and volume that is measured ([`Volume`]).

use alloc::string::String;
use core::{fmt, str::FromStr};

use crate::decimal::{self, DecimalError, Scaled, checked_amount};

/// The largest amount of dollars that any text may name: 10^12.
const LARGEST_WHOLE: u128 = 1_000_000_000_000;

/// An amount of money in units of 10^-6 US dollars, never negative.
///
/// Text has at most 6 decimal places and at most 10^12 dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u128);

checked_amount!(Usd);

impl Usd {
    /// Decimal places of the unit.
    pub const PLACES: u32 = 6;
    const PER_DOLLAR: u128 = 1_000_000;
    const PER_CENT: u128 = 10_000;

    /// Makes an amount from millionths of a dollar.
    pub const fn from_micros(micros: u128) -> Self {
        Self(micros)
    }

    /// Returns the amount in millionths of a dollar.
    pub const fn as_micros(self) -> u128 {
        self.0
    }

    /// Multiplies by a count, or returns `None` beyond 128 bits.
    pub fn checked_mul(self, count: u32) -> Option<Self> {
        self.0.checked_mul(count.into()).map(Self)
    }

    /// Returns the amount less what is below a whole cent.
    #[must_use]
    pub const fn floor_to_cents(self) -> Self {
        match self.0.checked_rem(Self::PER_CENT) {
            Some(rest) => Self(self.0.saturating_sub(rest)),
            None => self,
        }
    }

    /// One cent.
    pub const CENT: Self = Self(Self::PER_CENT);
}

impl FromStr for Usd {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, Self::PLACES, LARGEST_WHOLE.saturating_mul(Self::PER_DOLLAR)).map(Self)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Scaled { value: self.0, places: Self::PLACES }, formatter)
    }
}

/// An amount of money in units of 10^-6 US dollars that may be a debit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedUsd(i128);

checked_amount!(SignedUsd);

impl SignedUsd {
    /// Makes an amount from millionths of a dollar.
    pub const fn from_micros(micros: i128) -> Self {
        Self(micros)
    }

    /// Returns the amount in millionths of a dollar.
    pub const fn as_micros(self) -> i128 {
        self.0
    }

    /// Returns the amount where it is not negative.
    pub fn to_credit(self) -> Option<Usd> {
        u128::try_from(self.0).ok().map(Usd)
    }

    /// Returns the amount as people read it: `$40`, or `-$40` for a debit.
    pub fn to_dollars(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        alloc::format!("{sign}${}", Usd(self.0.unsigned_abs()))
    }

    /// Returns the size of the amount where it is negative.
    pub fn to_debit(self) -> Option<Usd> {
        (self.0 < 0).then(|| Usd(self.0.unsigned_abs()))
    }
}

impl TryFrom<Usd> for SignedUsd {
    type Error = DecimalError;

    fn try_from(amount: Usd) -> Result<Self, Self::Error> {
        i128::try_from(amount.0).map(Self).map_err(|_| DecimalError::TooLarge {
            text: alloc::format!("{amount}"),
            maximum: alloc::format!("{}", Usd(i128::MAX.unsigned_abs())),
        })
    }
}

impl FromStr for SignedUsd {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, magnitude) = match text.strip_prefix('-') {
            Some(magnitude) => (true, magnitude),
            None => (false, text),
        };
        let amount = Self::try_from(magnitude.parse::<Usd>()?)?;
        Ok(if negative { Self(amount.0.saturating_neg()) } else { amount })
    }
}

impl fmt::Display for SignedUsd {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude: String = alloc::format!("{}", Usd(self.0.unsigned_abs()));
        formatter.pad_integral(self.0 >= 0, "", &magnitude)
    }
}

/// Transaction volume in units of 10^-18 US dollars, never negative.
///
/// Text has at most 18 decimal places and at most 10^12 dollars; sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volume(u128);

checked_amount!(Volume);

impl Volume {
    /// Decimal places of the unit.
    pub const PLACES: u32 = 18;
    const PER_DOLLAR: u128 = 1_000_000_000_000_000_000;
    const PER_MICRO: u128 = 1_000_000_000_000;
    const PER_CENT: u128 = 10_000_000_000_000_000;

    /// Makes a volume from units of 10^-18 dollars.
    pub const fn from_attos(attos: u128) -> Self {
        Self(attos)
    }

    /// Returns the volume less what is below a whole cent, for people.
    #[must_use]
    pub const fn floor_to_cents(self) -> Self {
        match self.0.checked_rem(Self::PER_CENT) {
            Some(rest) => Self(self.0.saturating_sub(rest)),
            None => self,
        }
    }

    /// Returns the volume in units of 10^-18 dollars.
    pub const fn as_attos(self) -> u128 {
        self.0
    }
}

impl TryFrom<Usd> for Volume {
    type Error = DecimalError;

    fn try_from(amount: Usd) -> Result<Self, Self::Error> {
        amount.0.checked_mul(Self::PER_MICRO).map(Self).ok_or_else(|| DecimalError::TooLarge {
            text: alloc::format!("{amount}"),
            maximum: alloc::format!("{}", Self(u128::MAX)),
        })
    }
}

impl FromStr for Volume {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal::parse(text, Self::PLACES, LARGEST_WHOLE.saturating_mul(Self::PER_DOLLAR)).map(Self)
    }
}

impl fmt::Display for Volume {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Scaled { value: self.0, places: Self::PLACES }, formatter)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn a_debit_is_read_and_shown_with_its_sign() {
        for text in ["0", "-125", "-0.000001", "250.5"] {
            assert_eq!(text.parse::<SignedUsd>().map(|amount| amount.to_string()), Ok(text.to_string()));
        }
        assert!("--1".parse::<SignedUsd>().is_err());
        assert!("+1".parse::<SignedUsd>().is_err());
    }

    #[test]
    fn a_debit_is_owed_and_nothing_is_neither_owed_nor_signed() {
        for (micros, dollars, debit) in [(-40_000_000, "-$40", Some("40")), (0, "$0", None), (250_000, "$0.25", None)] {
            let amount = SignedUsd::from_micros(micros);
            assert_eq!(amount.to_dollars(), dollars);
            assert_eq!(amount.to_debit().map(|owed| owed.to_string()).as_deref(), debit);
        }
    }

    #[test]
    fn cents_are_floored() {
        let amount = Usd::from_micros(1_239_999);
        assert_eq!(amount.floor_to_cents().to_string(), "1.23");
    }

    #[test]
    fn volume_keeps_eighteen_places() {
        let volume: Result<Volume, _> = "4999.999999999999999999".parse();
        assert_eq!(volume.map(|volume| volume.to_string()), Ok("4999.999999999999999999".to_string()));
    }
}

//! A month's price from daily closes (rule R9).

use alloc::{string::String, vec::Vec};

use crate::{
    basis_points::BasisPoints,
    calendar::{Date, Instant, Month},
    diagnostic::Diagnostic,
    price::{Price, PriceTerm},
    records::Close,
    terms::PricePolicy,
};

/// The price of a month and the closes that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthPrice {
    /// The exact ratio.
    pub price: Price,
    /// The closes, from the oldest to the newest.
    pub samples: Vec<Close>,
}

/// Whether a last close far off the mean stops the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviationCheck {
    /// It does.
    Enforced,
    /// The treasury recorded a reason why not.
    Overridden,
}

/// Why a month has no price; every one is the reason code `PRICE_UNAVAILABLE` of rule R10.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// There is no close in the days that the policy looks at.
    #[error("there is no close in `{month}`")]
    Missing {
        /// The month.
        month: Month,
    },
    /// Fewer days than the quorum have a close.
    #[error("only {found} of the last {days} days of `{month}` have a close, and {quorum} are needed")]
    Quorum {
        /// Days with a close.
        found: usize,
        /// Days that were looked at.
        days: u32,
        /// Days that are needed.
        quorum: u32,
        /// The month.
        month: Month,
    },
    /// The newest close is too old.
    #[error("the newest close, of `{date}`, is {hours} hours old at the month's end, more than {maximum}")]
    TooOld {
        /// The day of the close.
        date: Date,
        /// Its age in whole hours.
        hours: u64,
        /// The greatest age.
        maximum: u32,
    },
    /// The closes of a mean do not share one number of tokens.
    #[error("the close of `{date}` is for `{found}` tokens and the ones before it for `{expected}`")]
    TokensDiffer {
        /// The day of the close.
        date: Date,
        /// Its tokens.
        found: PriceTerm,
        /// The tokens of the others.
        expected: PriceTerm,
    },
    /// A close that no token ever had.
    #[error("the close of `{date}`, `{price}`, is absurd")]
    Absurd {
        /// The day of the close.
        date: Date,
        /// The close.
        price: Price,
    },
    /// The last close lies too far off the mean.
    #[error("the last close, of `{date}`, lies {deviation} basis points off the mean, more than {maximum}")]
    Deviation {
        /// The day of the close.
        date: Date,
        /// How far it lies off, rounded down.
        deviation: u128,
        /// How far it may lie off.
        maximum: u16,
    },
}

impl Diagnostic for PriceError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "PRICE_MISSING",
            Self::Quorum { .. } => "PRICE_QUORUM",
            Self::TooOld { .. } => "PRICE_TOO_OLD",
            Self::TokensDiffer { .. } => "PRICE_TOKENS",
            Self::Absurd { .. } => "PRICE_ABSURD",
            Self::Deviation { .. } => "PRICE_DEVIATION",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Missing { .. } | Self::Quorum { .. } | Self::TooOld { .. } => {
                "add the missing daily closes to `prices.csv`"
            }
            Self::TokensDiffer { .. } => "write every close of the month for the same number of tokens",
            Self::Absurd { .. } => "check the unit: dollars and the whole tokens that they buy",
            Self::Deviation { .. } => {
                "check the close; if it is right, repeat with `--price-deviation REASON`, which is recorded"
            }
        }
        .into()
    }
}

/// Returns the price of `month` by the policy of its terms.
///
/// # Errors
///
/// The closes do not make a price; the month stops.
pub fn month_price(
    policy: &PricePolicy,
    closes: &[Close],
    month: Month,
    check: DeviationCheck,
) -> Result<MonthPrice, PriceError> {
    let mut in_month: Vec<Close> = closes.iter().filter(|close| close.date.to_month() == month).copied().collect();
    in_month.sort_by_key(|close| close.date);
    match *policy {
        PricePolicy::Close { max_age_hours } => {
            let last = *in_month.last().ok_or(PriceError::Missing { month })?;
            check_plausible(&last)?;
            if let Some(maximum) = max_age_hours {
                check_age(&last, month.end(), maximum)?;
            }
            Ok(MonthPrice { price: Price { usd: last.usd, tokens: last.tokens }, samples: [last].into() })
        }
        PricePolicy::Mean { days, quorum, max_age_hours, deviation } => {
            let month_days = month.end().hours_since(month.start()).div_euclid(24);
            let first_day = month_days.saturating_sub(days.into());
            let recent = |close: &Close| close.date.start().hours_since(month.start()) >= first_day.saturating_mul(24);
            let samples: Vec<Close> = in_month.into_iter().filter(recent).collect();
            if samples.len() < usize::try_from(quorum).unwrap_or(usize::MAX) {
                return Err(PriceError::Quorum { found: samples.len(), days, quorum, month });
            }
            let last = *samples.last().ok_or(PriceError::Missing { month })?;
            samples.iter().try_for_each(check_plausible)?;
            check_age(&last, month.end(), max_age_hours)?;
            let price = mean(&samples)?;
            if check == DeviationCheck::Enforced {
                check_deviation(&last, &price, deviation)?;
            }
            Ok(MonthPrice { price, samples })
        }
    }
}

fn check_age(close: &Close, month_end: Instant, maximum: u32) -> Result<(), PriceError> {
    let hours = month_end.hours_since(close.date.end());
    if hours > maximum.into() {
        return Err(PriceError::TooOld { date: close.date, hours, maximum });
    }
    Ok(())
}

/// Refuses a token that costs less than 10^-12 or more than 10^9 dollars: a unit was mixed up.
fn check_plausible(close: &Close) -> Result<(), PriceError> {
    let (usd, tokens) = (close.usd.as_attos(), close.tokens.as_attos());
    let too_small = usd.checked_mul(1_000_000_000_000).is_some_and(|usd| usd < tokens);
    let too_large = tokens.checked_mul(1_000_000_000).is_some_and(|tokens| usd > tokens);
    if too_small || too_large {
        return Err(PriceError::Absurd { date: close.date, price: Price { usd: close.usd, tokens: close.tokens } });
    }
    Ok(())
}

/// Returns the mean of closes that share one number of tokens, as an exact ratio.
///
/// Where the mean of the dollars has at most 18 decimal places it is written so; else the sum stands over as many
/// times the tokens.
fn mean(samples: &[Close]) -> Result<Price, PriceError> {
    let [first, ..] = samples else { return Err(PriceError::Missing { month: Instant::EPOCH.to_month() }) };
    for close in samples {
        if close.tokens != first.tokens {
            return Err(PriceError::TokensDiffer { date: close.date, found: close.tokens, expected: first.tokens });
        }
    }
    let count = u128::try_from(samples.len()).unwrap_or(u128::MAX);
    let absurd = || PriceError::Absurd { date: first.date, price: Price { usd: first.usd, tokens: first.tokens } };
    let sum = samples.iter().try_fold(0_u128, |sum, close| sum.checked_add(close.usd.as_attos())).ok_or_else(absurd)?;
    let (usd, tokens) = if sum.checked_rem(count) == Some(0) {
        (sum.checked_div(count), Some(first.tokens.as_attos()))
    } else {
        (Some(sum), first.tokens.as_attos().checked_mul(count))
    };
    let term = |attos: Option<u128>| attos.and_then(PriceTerm::from_attos).ok_or_else(absurd);
    Ok(Price { usd: term(usd)?, tokens: term(tokens)? })
}

fn check_deviation(last: &Close, mean: &Price, maximum: BasisPoints) -> Result<(), PriceError> {
    // The last close and the mean are compared for the same number of tokens.
    let scale = mean.tokens.as_attos().checked_div(last.tokens.as_attos()).unwrap_or(1);
    let scaled = last.usd.as_attos().saturating_mul(scale);
    let difference = scaled.abs_diff(mean.usd.as_attos());
    let deviation = difference
        .checked_mul(BasisPoints::WHOLE.into())
        .and_then(|difference| difference.checked_div(mean.usd.as_attos()))
        .unwrap_or(u128::MAX);
    let exceeds = difference
        .checked_mul(BasisPoints::WHOLE.into())
        .zip(mean.usd.as_attos().checked_mul(maximum.as_u16().into()))
        .is_none_or(|(difference, allowed)| difference > allowed);
    if exceeds {
        return Err(PriceError::Deviation { date: last.date, deviation, maximum: maximum.as_u16() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    const MEAN: PricePolicy = match BasisPoints::new(2_000) {
        Some(deviation) => PricePolicy::Mean { days: 7, quorum: 5, max_age_hours: 48, deviation },
        None => PricePolicy::Close { max_age_hours: None },
    };

    fn check(policy: PricePolicy, closes: &[(&str, &str, &str)], expected: Result<&str, &str>) {
        let closes: Option<Vec<Close>> = closes
            .iter()
            .map(|(date, usd, tokens)| {
                Some(Close { date: date.parse().ok()?, usd: usd.parse().ok()?, tokens: tokens.parse().ok()? })
            })
            .collect();
        let outcome = "2020-12".parse().ok().zip(closes).map(|(month, closes)| {
            month_price(&policy, &closes, month, DeviationCheck::Enforced)
                .map(|month| month.price.to_string())
                .map_err(|error| error.code())
        });
        assert_eq!(outcome, Some(expected.map(ToString::to_string)), "{outcome:?}");
    }

    fn week(usd: [&'static str; 7]) -> [(&'static str, &'static str, &'static str); 7] {
        let days = ["2020-12-25", "2020-12-26", "2020-12-27", "2020-12-28", "2020-12-29", "2020-12-30", "2020-12-31"];
        let mut rows = [("", "", "21000"); 7];
        for ((row, day), usd) in rows.iter_mut().zip(days).zip(usd) {
            (row.0, row.1) = (day, usd);
        }
        rows
    }

    #[test]
    fn the_mean_is_an_exact_ratio() {
        check(MEAN, &week(["1250"; 7]), Ok("1250 / 21000"));
        check(MEAN, &week(["1250", "1250", "1250", "1250", "1250", "1250", "1251"]), Ok("8751 / 147000"));
    }

    #[test]
    fn closes_outside_the_days_do_not_count() {
        let mut rows = week(["1250"; 7]).to_vec();
        rows.push(("2020-12-24", "9999", "21000"));
        rows.push(("2021-01-01", "9999", "21000"));
        check(MEAN, &rows, Ok("1250 / 21000"));
    }

    #[test]
    fn what_makes_no_price_stops_the_month() {
        let rows = week(["1250"; 7]);
        check(MEAN, &[], Err("PRICE_QUORUM"));
        check(MEAN, rows.get(3..).unwrap_or_default(), Err("PRICE_QUORUM"));
        check(MEAN, rows.get(..5).unwrap_or_default(), Ok("1250 / 21000"));
        check(MEAN, &week(["1250", "1250", "1250", "1250", "1250", "1250", "2000"]), Err("PRICE_DEVIATION"));
        check(MEAN, &week(["0.00000000000001"; 7]), Err("PRICE_ABSURD"));
        let mut mixed = rows;
        mixed.iter_mut().take(1).for_each(|row| row.2 = "1");
        check(MEAN, &mixed, Err("PRICE_TOKENS"));
        let strict = PricePolicy::Close { max_age_hours: Some(24) };
        check(strict, rows.get(..5).unwrap_or_default(), Err("PRICE_TOO_OLD"));
        check(PricePolicy::Close { max_age_hours: None }, &[], Err("PRICE_MISSING"));
    }

    #[test]
    fn the_last_close_is_the_price_of_the_day() {
        let policy = PricePolicy::Close { max_age_hours: Some(48) };
        check(policy, &week(["1", "2", "3", "4", "5", "6", "1250"]), Ok("1250 / 21000"));
    }
}

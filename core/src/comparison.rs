//! What a sum would have paid in past months under one price policy and another.

use alloc::{string::String, vec::Vec};
use core::mem::discriminant;

use crate::{
    basis_points::BasisPoints,
    calendar::Month,
    conversion::{ConversionError, floor_to_base_units},
    diagnostic::Diagnostic,
    price::Price,
    pricing::{DeviationCheck, PriceError, month_price},
    records::Close,
    terms::PricePolicy,
    token::{Decimals, TokenAmount},
    usd::Usd,
};

/// A past month under several price policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedMonth {
    /// Which.
    pub month: Month,
    /// What each policy pays, in their order, or why the month would have stopped.
    pub outcomes: Vec<Result<Paid, ComparisonError>>,
}

/// What a price pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The month's price.
    pub price: Price,
    /// The sum in base units of the token.
    pub amount: TokenAmount,
}

/// Why a policy would have paid nothing in a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(missing_docs, reason = "each is the error of the step of that name")]
pub enum ComparisonError {
    Price(#[from] PriceError),
    Conversion(#[from] ConversionError),
}

impl Diagnostic for ComparisonError {
    fn code(&self) -> &'static str {
        match self {
            Self::Price(error) => error.code(),
            Self::Conversion(error) => error.code(),
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Price(error) => error.help(),
            Self::Conversion(error) => error.help(),
        }
    }
}

/// Returns these policies, each once, and the plain form of every kind that is not among them.
///
/// The plain forms are the month's last close, and the mean of all its closes, however few they are.
pub fn policies(chosen: impl IntoIterator<Item = PricePolicy>) -> Vec<PricePolicy> {
    let mut policies: Vec<PricePolicy> = Vec::new();
    for policy in chosen {
        if !policies.contains(&policy) {
            policies.push(policy);
        }
    }
    for plain in plain_policies() {
        if policies.iter().all(|policy| discriminant(policy) != discriminant(&plain)) {
            policies.push(plain);
        }
    }
    policies
}

fn plain_policies() -> impl Iterator<Item = PricePolicy> {
    let mean = |deviation| PricePolicy::Mean { days: 31, quorum: 1, max_age_hours: 31 * 24, deviation };
    let mean = BasisPoints::new(BasisPoints::WHOLE).map(mean);
    [PricePolicy::Close { max_age_hours: None }].into_iter().chain(mean)
}

/// Returns what a sum would have paid in each month from the first close to the last, up to `end`.
pub fn compare(
    sum: Usd,
    decimals: Decimals,
    policies: &[PricePolicy],
    closes: &[Close],
    end: Month,
) -> Vec<ComparedMonth> {
    let months = closes.iter().map(|close| close.date.to_month());
    let (Some(first), Some(last)) = (months.clone().min(), months.max()) else { return Vec::new() };
    let months = core::iter::successors(Some(first), |month| Some(month.next()));
    let months = months.take_while(|month| *month <= last && *month < end);
    let paid = |policy: &PricePolicy, month| {
        let price = month_price(policy, closes, month, DeviationCheck::Enforced)?.price;
        Ok(Paid { price, amount: floor_to_base_units(sum, price, decimals)? })
    };
    let compared =
        |month| ComparedMonth { month, outcomes: policies.iter().map(|policy| paid(policy, month)).collect() };
    months.map(compared).collect()
}

//! Dollars to tokens (rule R8): the one place where anything is rounded.

use alloc::string::{String, ToString};

use ruint::Uint;

use crate::{
    diagnostic::Diagnostic,
    price::Price,
    token::{Decimals, TokenAmount},
    usd::{Usd, Volume},
};

/// Wide enough for dollars (2^128) × 10^30 × tokens (2^110), and for the product of any two amounts.
pub(crate) type Wide = Uint<512, 8>;

/// Returns quotient and remainder, or `None` where the divisor is zero.
///
/// Bit by bit: a month divides once for each ambassador, and the general division would be a tenth of the module that
/// a page loads for its calculator.
pub(crate) fn divide(dividend: Wide, divisor: Wide) -> Option<(Wide, Wide)> {
    if divisor.is_zero() {
        return None;
    }
    let (mut quotient, mut remainder) = (Wide::ZERO, Wide::ZERO);
    for place in (0..dividend.bit_len()).rev() {
        remainder = remainder.checked_add(remainder)?;
        remainder.set_bit(0, dividend.bit(place));
        if let Some(rest) = remainder.checked_sub(divisor) {
            remainder = rest;
            quotient.set_bit(place, true);
        }
    }
    Some((quotient, remainder))
}

/// The amount of tokens would not fit into 128 bits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("${usd} at `{price}` are more base units than fit into 128 bits")]
pub struct ConversionError {
    /// The dollars.
    pub usd: Usd,
    /// The price.
    pub price: Price,
}

impl Diagnostic for ConversionError {
    fn code(&self) -> &'static str {
        "AMOUNT_TOO_LARGE"
    }

    fn help(&self) -> String {
        "check the price and the token's decimals".to_string()
    }
}

/// What tokens are worth would not fit into 128 bits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{amount}` base units at `{price}` are more dollars than fit into 128 bits")]
pub struct WorthError {
    /// The base units.
    pub amount: TokenAmount,
    /// The price.
    pub price: Price,
}

impl Diagnostic for WorthError {
    fn code(&self) -> &'static str {
        "WORTH_TOO_LARGE"
    }

    fn help(&self) -> String {
        "check the price and the token's decimals".to_string()
    }
}

/// Returns ⌊usd × 10^decimals × tokens / `usd_price`⌋ base units.
///
/// The sum of a month is converted once; the remainder below one base unit stays with the treasury.
///
/// # Errors
///
/// The amount does not fit into 128 bits.
///
/// # Examples
///
/// Five referrals at the founding price:
///
/// ```
/// use ambassador_core::{conversion::floor_to_base_units, price::Price, token::Decimals};
///
/// let price = Price { usd: "1250".parse()?, tokens: "21000".parse()? };
/// let decimals = Decimals::new(18).ok_or("at most 30")?;
/// let amount = floor_to_base_units("1250".parse()?, price, decimals)?;
/// assert_eq!(amount.to_string(), "21000000000000000000000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn floor_to_base_units(usd: Usd, price: Price, decimals: Decimals) -> Result<TokenAmount, ConversionError> {
    let unit = 10_u128.checked_pow(decimals.places().into());
    let micros_per_dollar = 10_u128.checked_pow(Usd::PLACES);
    let amount = unit.zip(micros_per_dollar).and_then(|(unit, micros_per_dollar)| {
        floor([usd.as_micros(), unit, price.tokens.as_attos()], [micros_per_dollar, price.usd.as_attos()])
    });
    amount.map(TokenAmount::from_base_units).ok_or(ConversionError { usd, price })
}

/// Returns ⌊base units × `usd_price` ÷ (10^decimals × tokens)⌋ in millionths of a dollar: what tokens are worth.
///
/// A worth is shown to people and to their tax office; nothing is paid by it.
///
/// # Errors
///
/// The worth does not fit into 128 bits.
pub fn floor_to_usd(amount: TokenAmount, price: Price, decimals: Decimals) -> Result<Usd, WorthError> {
    floor_to_parts(amount, price, decimals, Usd::PLACES).map(Usd::from_micros)
}

/// Returns ⌊base units × `usd_price` ÷ (10^decimals × tokens)⌋ in units of 10^-18 dollars: the volume of a transfer.
///
/// # Errors
///
/// The volume does not fit into 128 bits.
pub fn floor_to_volume(amount: TokenAmount, price: Price, decimals: Decimals) -> Result<Volume, WorthError> {
    floor_to_parts(amount, price, decimals, Volume::PLACES).map(Volume::from_attos)
}

/// Returns what tokens are worth in parts of a dollar of so many decimal places.
fn floor_to_parts(amount: TokenAmount, price: Price, decimals: Decimals, places: u32) -> Result<u128, WorthError> {
    let unit = 10_u128.checked_pow(decimals.places().into());
    let worth = unit.zip(10_u128.checked_pow(places)).and_then(|(unit, parts_per_dollar)| {
        floor([amount.as_base_units(), parts_per_dollar, price.usd.as_attos()], [unit, price.tokens.as_attos()])
    });
    worth.ok_or(WorthError { amount, price })
}

/// Returns one product over another, rounded down: the one place where a conversion rounds.
fn floor(numerators: [u128; 3], denominators: [u128; 2]) -> Option<u128> {
    let product = |factors: &[u128]| {
        factors.iter().try_fold(Wide::from(1_u128), |product, factor| product.checked_mul(Wide::from(*factor)))
    };
    u128::try_from(divide(product(&numerators)?, product(&denominators)?)?.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(usd: &str, price: (&str, &str), decimals: u8, expected: &str) {
        let amount = (|| {
            let price = Price { usd: price.0.parse().ok()?, tokens: price.1.parse().ok()? };
            floor_to_base_units(usd.parse().ok()?, price, Decimals::new(decimals)?).ok()
        })();
        assert_eq!(amount.map(|amount| amount.to_string()).as_deref(), Some(expected), "{usd} at {price:?}");
    }

    #[test]
    fn the_founding_figures_are_exact() {
        check("1250", ("1250", "21000"), 18, "21000000000000000000000");
        check("2125", ("1250", "21000"), 18, "35700000000000000000000");
        check("0", ("1250", "21000"), 18, "0");
    }

    #[test]
    fn tokens_are_worth_no_more_than_their_price() {
        for (amount, price, expected) in [
            (21_000_000_000_000_000_000_000, ("1250", "21000"), "1250"),
            (1, ("1250", "21000"), "0"),
            (1_000_000_000_000_000_000, ("1", "3"), "0.333333"),
            (1_999_999_999_999_999_999, ("1", "1"), "1.999999"),
        ] {
            let worth = (|| {
                let price = Price { usd: price.0.parse().ok()?, tokens: price.1.parse().ok()? };
                floor_to_usd(TokenAmount::from_base_units(amount), price, Decimals::new(18)?).ok()
            })();
            assert_eq!(worth.map(|worth| worth.to_string()).as_deref(), Some(expected), "{amount} at {price:?}");
        }
    }

    #[test]
    fn a_transfer_has_a_volume_to_the_last_place() {
        for (amount, decimals, price, expected) in [
            (1_500_000, 6, ("0.25", "1"), Some("0.375")),
            (1, 18, ("0.25", "1"), Some("0")),
            (4, 18, ("0.25", "1"), Some("0.000000000000000001")),
            (1_000_000_000_000_000_000, 18, ("1", "3"), Some("0.333333333333333333")),
            (u128::MAX, 0, ("1", "1"), None),
        ] {
            let volume = (|| {
                let price = Price { usd: price.0.parse().ok()?, tokens: price.1.parse().ok()? };
                floor_to_volume(TokenAmount::from_base_units(amount), price, Decimals::new(decimals)?).ok()
            })();
            assert_eq!(volume.map(|volume| volume.to_string()).as_deref(), expected, "{amount} at {price:?}");
        }
    }

    #[test]
    fn what_is_below_a_base_unit_stays() {
        check("1", ("3", "1"), 18, "333333333333333333");
        check("2", ("3", "1"), 0, "0");
        check("2", ("3", "2"), 0, "1");
        check("250", ("0.059523809523809523", "1"), 18, "4200000000000000057120");
    }
}

//! What paid tokens were worth at a day's close: at the end of their month, and when they were redeemed.

use crate::{
    calendar::{Date, Instant},
    conversion::{WorthError, floor_to_usd},
    price::Price,
    records::Close,
    statement::{SettledMonth, Statement},
    token::{Decimals, TokenAmount},
    usd::Usd,
};

/// What tokens were worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// The day whose close it is by.
    pub date: Date,
    /// The dollars, rounded down to a millionth.
    pub usd: Usd,
}

/// Returns what a statement's tokens were worth at the month's last close, whatever policy made the month's price.
///
/// # Errors
///
/// The worth does not fit into 128 bits.
pub fn at_month_end(statement: &Statement, month: &SettledMonth) -> Result<Option<Worth>, WorthError> {
    // The newest sample of any policy is the month's last close.
    let close = month.price.samples.last();
    close.map(|close| by_close(statement.amount, close, month.terms.token().decimals)).transpose()
}

/// Returns what tokens were worth on the UTC day of an instant, or `None` where that day has no close.
///
/// # Errors
///
/// The worth does not fit into 128 bits.
pub fn at_instant(
    amount: TokenAmount,
    decimals: Decimals,
    instant: Instant,
    closes: &[Close],
) -> Result<Option<Worth>, WorthError> {
    let close = closes.iter().find(|close| close.date == instant.to_date());
    close.map(|close| by_close(amount, close, decimals)).transpose()
}

fn by_close(amount: TokenAmount, close: &Close, decimals: Decimals) -> Result<Worth, WorthError> {
    let price = Price { usd: close.usd, tokens: close.tokens };
    Ok(Worth { date: close.date, usd: floor_to_usd(amount, price, decimals)? })
}

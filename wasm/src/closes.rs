//! A price from daily closes, by the policy of the terms.

use alloc::{format, string::String, vec::Vec};

use ambassador_core::{
    documents::{
        statement::policy_name,
        terms::TermsDocument,
        tree::{self, Value},
    },
    hash::Hash32,
    pricing::{DeviationCheck, MonthPrice, month_price},
    records::Close,
};

use crate::{error::Failure, mirror::received, text::parse};

received! {
    /// The close of a day: so many dollars buy so many tokens.
    DailyClose {
        date: String => "date": "string",
        usd: String => "usd": "string",
        tokens: String => "tokens": "string",
    }
}

/// Returns the price of a month and the policy that made it.
pub(crate) fn price(terms: &Value, month: &str, closes: &[DailyClose]) -> Result<(MonthPrice, &'static str), Failure> {
    // The hash of the file is shown by no quote.
    let terms = tree::read::<TermsDocument>("terms", terms.clone())?.to_terms(Hash32::default())?;
    let month = parse("price.month", month)?;
    let read = |(place, close): (usize, &DailyClose)| {
        let path = |field| format!("price.closes[{place}].{field}");
        Ok(Close {
            date: parse(&path("date"), &close.date)?,
            usd: parse(&path("usd"), &close.usd)?,
            tokens: parse(&path("tokens"), &close.tokens)?,
        })
    };
    let closes = closes.iter().enumerate().map(read).collect::<Result<Vec<_>, Failure>>()?;
    let price = month_price(terms.price(), &closes, month, DeviationCheck::Enforced);
    Ok((price.map_err(|error| Failure::at("price", &error))?, policy_name(terms.price())))
}

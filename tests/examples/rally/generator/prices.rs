//! The daily closes, as dollars for 21,000 tokens.

use std::fmt::Write as _;

use ambassador_core::calendar::{Date, Month};

use super::random::Random;

/// What 21,000 tokens cost in the founding month, in cents: five referrals.
const FOUNDING_CENTS: u64 = 125_000;

/// Returns `prices.csv`: December is the proposal's price on every day, later months move mildly.
pub(crate) fn file() -> String {
    let mut random = Random::of("prices");
    let mut text = "date,usd,tokens\n".to_owned();
    let mut date: Date = "2020-12-01".parse().expect("a date");
    let founding: Month = "2020-12".parse().expect("a month");
    let end: Month = "2021-03".parse().expect("a month");
    let mut cents = FOUNDING_CENTS;
    while date.to_month() < end {
        if date.to_month() > founding {
            // At most 3 % down or 4 % up a day.
            cents = (cents * (9_700 + random.below(701))).div_euclid(10_000);
        }
        let (whole, rest) = (cents.div_euclid(100), cents.rem_euclid(100));
        let usd = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") };
        writeln!(text, "{date},{usd},21000").expect("a text takes every line");
        date = date.next();
    }
    text
}

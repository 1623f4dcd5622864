//! R8, dollars to tokens, and R9, the month's price: the founding figures and the borders.

use ambassador_core::{
    conversion::floor_to_base_units,
    diagnostic::Diagnostic,
    price::Price,
    pricing::{DeviationCheck, month_price},
    settlement::Credited,
    token::Decimals,
};
use serde_json::json;

use super::sketch::{Sketch, sketch, sketch_with};

/// Five creators who launched on the first days of December and qualified by three new use cases.
fn five(more: &str) -> String {
    let creators = (1..=5).map(|day| {
        format!(
            "referral c{day} alex 2020-11-20 2020-11-25 2020-11-26 2020-12-0{day}
            adoption c{day} new:a 2020-12-06\nadoption c{day} new:b 2020-12-06\nadoption c{day} new:c 2020-12-06\n"
        )
    });
    format!("ambassador alex\n{}{more}", creators.collect::<String>())
}

fn amounts(sketch: &Sketch, months: &[&str]) -> Vec<(String, String)> {
    let mut credited = Credited::new();
    let settled = months.iter().map(|month| sketch.settle(month, &mut credited));
    settled.map(|month| (month.statements[0].total.to_string(), month.statements[0].amount.to_string())).collect()
}

#[test]
fn five_referrals_are_21000_tokens() {
    let without_innovative = [("/reward/innovative/max", json!(0))];
    let sketch = sketch_with(&without_innovative, &five(""));
    assert_eq!(amounts(&sketch, &["2020-12"]), [("1250".into(), "21000000000000000000000".into())]);
}

#[test]
fn five_referrals_with_three_tiers_are_35700_tokens() {
    let volume = "fans c1 20 250 2020-12-10\nfans c2 40 250 2020-12-10\nfans c3 100 250 2020-12-10";
    let without_innovative = [("/reward/innovative/max", json!(0))];
    let sketch = sketch_with(&without_innovative, &five(volume));
    assert_eq!(amounts(&sketch, &["2021-01"]), [("2125".into(), "35700000000000000000000".into())]);
    assert_eq!(
        amounts(&sketch, &["2020-12", "2021-01"]),
        [("1250".into(), "21000000000000000000000".into()), ("875".into(), "14700000000000000000000".into())]
    );
}

#[test]
fn the_sum_is_converted_once() {
    // Three times a third of a base unit is one base unit, not three times nothing.
    let closes = (25..=31).map(|day| format!("close 2020-12-{day} 3 1")).collect::<Vec<_>>().join("\n");
    let changes = [("/token/decimals", json!(0)), ("/caps/min_payout_usd", json!("0"))];
    let text =
        format!("ambassador alex\nadjust alex 2020-12 1 a\nadjust alex 2020-12 1 b\nadjust alex 2020-12 1 c\n{closes}");
    assert_eq!(amounts(&sketch_with(&changes, &text), &["2020-12"]), [("3".into(), "1".into())]);
    let text = text.replace("adjust alex 2020-12 1 c", "adjust alex 2020-12 0.999999 c");
    assert_eq!(amounts(&sketch_with(&changes, &text), &["2020-12"]), [("2.999999".into(), "0".into())]);
}

fn check(usd: &str, price: (&str, &str), decimals: u8, expected: Result<&str, &str>) {
    let price = Price { usd: price.0.parse().expect("a price"), tokens: price.1.parse().expect("a price") };
    let decimals = Decimals::new(decimals).expect("decimals");
    let amount = floor_to_base_units(usd.parse().expect("dollars"), price, decimals);
    let amount = amount.map(|amount| amount.to_string());
    assert_eq!(amount.as_deref().map_err(Diagnostic::code), expected, "{usd} at {price} with {decimals:?}");
}

#[test]
fn the_remainder_stays_with_the_treasury() {
    check("0.000001", ("1250", "21000"), 18, Ok("16800000000000"));
    check("1", ("3", "1"), 18, Ok("333333333333333333"));
    check("2", ("3", "1"), 18, Ok("666666666666666666"));
    check("0.999999", ("1", "1"), 0, Ok("0"));
    check("1", ("1", "1"), 0, Ok("1"));
    check("1", ("0.000000000000000001", "1000000000000000"), 0, Ok("1000000000000000000000000000000000"));
    check("1", ("1000000000000000", "0.000000000000000001"), 30, Ok("0"));
    check("1", ("1000000000000000", "0.000000000000000001"), 18, Ok("0"));
    check("1000000000000", ("1000000000000000", "0.000000000000000001"), 30, Ok("1000000000"));
    check("1000000000000", ("0.001", "1"), 18, Ok("1000000000000000000000000000000000"));
    // Beyond 128 bits: the greatest amount and one dollar more.
    check("340282366920", ("0.000000000000000001", "1"), 9, Ok("340282366920000000000000000000000000000"));
    check("340282366921", ("0.000000000000000001", "1"), 9, Err("AMOUNT_TOO_LARGE"));
    check("1000000000000", ("0.000000000000000001", "1000000000000000"), 30, Err("AMOUNT_TOO_LARGE"));
}

/// The closes as `31=1250/21000`, by day of December 2020; policy days, quorum, hours, basis points.
fn check_price(policy: (u32, u32, u32, u16), closes: &str, check: DeviationCheck, expected: Result<&str, &str>) {
    let (days, quorum, hours, deviation) = policy;
    let rows: Vec<_> = closes
        .split_whitespace()
        .map(|close| {
            let (day, price) = close.split_once('=').expect("a day");
            let (usd, tokens) = price.split_once('/').unwrap_or((price, "1"));
            format!("close 2020-12-{day} {usd} {tokens}")
        })
        .collect();
    let price =
        json!({ "policy": "mean", "days": days, "quorum": quorum, "max_age_hours": hours, "deviation_bps": deviation });
    let sketch = sketch_with(
        &[("/price", price)],
        &format!("close 2021-01-01 77 1\nclose 2020-11-30 77 1\n{}", rows.join("\n")),
    );
    let programme = sketch.programme();
    let terms = &programme.records().terms.versions()[0];
    let month = "2020-12".parse().expect("a month");
    let price = month_price(terms.price(), &programme.records().closes, month, check);
    let price = price.map(|month| month.price.to_string());
    assert_eq!(price.as_deref().map_err(Diagnostic::code), expected, "{policy:?} {closes}");
}

#[test]
fn a_price_is_an_exact_mean_of_the_last_days() {
    use DeviationCheck::{Enforced, Overridden};
    let policy = (3, 2, 48, 2_000);
    check_price(policy, "28=9 29=1 30=2 31=3", Overridden, Ok("2 / 1"));
    check_price(policy, "28=9 29=1 30=1 31=1", Enforced, Ok("1 / 1"));
    check_price(policy, "29=1.000000000000000001 30=1 31=1", Enforced, Ok("3.000000000000000001 / 3"));
    check_price(policy, "29=1250/21000 30=1250/21000 31=1250.5/21000", Enforced, Ok("3750.5 / 63000"));
    // The quorum, the age in whole hours, one number of tokens.
    check_price(policy, "29=1 30=1", Enforced, Ok("1 / 1"));
    check_price(policy, "28=1 29=1 31=1", Enforced, Ok("1 / 1"));
    check_price(policy, "28=1 31=1", Enforced, Err("PRICE_QUORUM"));
    check_price(policy, "28=1 27=1 26=1", Enforced, Err("PRICE_QUORUM"));
    check_price((31, 1, 48, 2_000), "29=1", Enforced, Ok("1 / 1"));
    check_price((31, 1, 47, 2_000), "29=1", Enforced, Err("PRICE_TOO_OLD"));
    check_price((31, 1, 48, 2_000), "28=1", Enforced, Err("PRICE_TOO_OLD"));
    check_price((31, 1, 720, 2_000), "01=1", Enforced, Ok("1 / 1"));
    check_price(policy, "30=1/1 31=2/2", Enforced, Err("PRICE_TOKENS"));
    // A last close a fifth off the mean passes, the least more does not: the mean of 8 and 12 is 10.
    check_price((2, 2, 48, 2_000), "30=8 31=12", Enforced, Ok("10 / 1"));
    check_price((2, 2, 48, 2_000), "30=12 31=8", Enforced, Ok("10 / 1"));
    check_price((2, 2, 48, 2_000), "30=7.999999999999999999 31=12", Enforced, Err("PRICE_DEVIATION"));
    check_price((2, 2, 48, 2_000), "30=12.000000000000000002 31=8", Enforced, Err("PRICE_DEVIATION"));
    check_price((2, 2, 48, 2_000), "30=1 31=12", Overridden, Ok("6.5 / 1"));
    check_price((2, 2, 48, 10_000), "30=1 31=100000", Enforced, Ok("50000.5 / 1"));
    // A mixed-up unit.
    check_price((1, 1, 48, 2_000), "31=1000000000", Enforced, Ok("1000000000 / 1"));
    check_price((1, 1, 48, 2_000), "31=1000000000.000000000000000001", Enforced, Err("PRICE_ABSURD"));
    check_price((1, 1, 48, 2_000), "31=0.000000000001", Enforced, Ok("0.000000000001 / 1"));
    check_price((1, 1, 48, 2_000), "31=0.000000000000999999", Enforced, Err("PRICE_ABSURD"));
}

#[test]
fn a_month_without_a_price_is_not_stated() {
    let error = sketch("ambassador alex\nclose 2020-12-31 1250 21000").try_settle("2020-12", &Credited::new());
    assert_eq!(error.err().map(|error| error.code()), Some("PRICE_QUORUM"));
}

//! An ambassador's dates at the end of a month, and what the tokens of a month were worth.

use ambassador_core::{
    claim::Claim,
    dates::dates,
    hash::Hash32,
    settlement::Credited,
    statement::{SettledMonth, Statement},
    worth::{at_instant, at_month_end},
};
use serde_json::json;

use super::sketch::{Sketch, at, sketch, sketch_under, sketch_with, terms_with};

fn statement<'a>(settled: &'a SettledMonth, ambassador: &str) -> &'a Statement {
    let mut statements = settled.statements.iter();
    statements.find(|statement| statement.ambassador.id.as_str() == ambassador).expect("a statement")
}

/// Settles December and returns the dates of an ambassador, each as `instant kind subject`.
fn in_december(sketch: &Sketch, ambassador: &str) -> Vec<String> {
    let settled = sketch.settle("2020-12", &mut Credited::new());
    let statement = statement(&settled, ambassador);
    let claim = Claim::of(statement, &settled, Hash32::default());
    let measurements = sketch.measurements(settled.month.end());
    let dates = dates(&sketch.programme(), &measurements, &settled, statement, claim.as_ref());
    dates.iter().map(|date| format!("{} {} {}", date.at, date.kind.as_str(), date.subject)).collect()
}

const NEXT: &str = "2021-02-08T00:00:00Z next_close 2021-01";
const DEADLINE: &str = "2022-01-08T00:00:00Z claim_deadline 2020-12";

#[test]
fn what_is_still_to_come_is_told_in_order() {
    // The window of zoe closes at the very end of the month, and that of ida has closed.
    let sketch = sketch(
        "ambassador alex
        ambassador mika
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-12-02
        referral ida alex 2020-11-01 2020-11-05 2020-11-10 2020-12-01T23:59:59.999Z
        referral kai alex 2020-11-01 2020-11-05 2020-11-10 2020-12-20
        adoption ida raffle 2020-12-02
        adoption ida auction 2020-12-02
        adoption ida nft_perk 2020-12-02",
    );
    assert_eq!(
        in_december(&sketch, "alex"),
        [
            "2021-01-01T00:00:00Z window_end zoe",
            "2021-01-03T00:00:00Z hold_end kai",
            "2021-01-19T00:00:00Z window_end kai",
            NEXT,
            DEADLINE,
        ]
    );
    assert_eq!(in_december(&sketch, "mika"), [NEXT], "without a claim there is no deadline");
}

#[test]
fn a_referral_that_does_not_count_has_no_dates() {
    let sketch = sketch(
        "ambassador alex
        ambassador mika
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-12-20
        referral zoe mika 2020-11-01 2020-11-06 2020-11-10 2020-12-20
        referral ida mika 2020-11-01 2020-11-05 2020-11-10 2020-12-20 rejected
        referral kai mika 2020-11-01 2020-11-05 - -
        referral lou mika 2020-11-01 2020-11-05 2020-11-10 2021-01-02
        referral mika mika 2020-11-01 2020-11-05 2020-11-10 2020-12-20
        referral noa mika 2020-11-01 2020-11-05 2020-11-10 2020-12-20 held",
    );
    assert_eq!(
        in_december(&sketch, "mika"),
        ["2021-01-03T00:00:00Z hold_end noa", "2021-01-19T00:00:00Z window_end noa", NEXT]
    );
}

#[test]
fn the_terms_of_the_acceptance_say_how_long_and_those_of_the_month_when_it_closes() {
    let later = [
        ("/version", json!(2)),
        ("/effective", json!("2020-12")),
        ("/window/days", json!(60)),
        ("/window/hold_days", json!(40)),
        ("/payout/challenge_days", json!(3)),
    ];
    let sketch = sketch_under(
        vec![terms_with(&[]), terms_with(&later)],
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-12-20
        referral kai alex 2020-11-25 2020-12-05 2020-12-10 2020-12-20",
    );
    assert_eq!(
        in_december(&sketch, "alex"),
        [
            "2021-01-03T00:00:00Z hold_end zoe",
            "2021-01-19T00:00:00Z window_end zoe",
            "2021-01-29T00:00:00Z hold_end kai",
            "2021-02-04T00:00:00Z next_close 2021-01",
            "2021-02-18T00:00:00Z window_end kai",
        ]
    );
}

#[test]
fn tokens_are_worth_the_last_close_of_their_month_and_the_close_of_the_day_of_redemption() {
    let policy = [("/price/days", json!(2)), ("/price/quorum", json!(2))];
    let sketch = sketch_with(
        &policy,
        "ambassador alex
        adjust alex 2020-12 110
        close 2020-12-30 0.1
        close 2020-12-31 0.12
        close 2021-01-20 0.3 2",
    );
    let settled = sketch.settle("2020-12", &mut Credited::new());
    let statement = statement(&settled, "alex");
    // At the mean of 0.11 these are 1,000 tokens.
    let decimals = settled.terms.token().decimals;
    assert_eq!(statement.amount.to_tokens(decimals), "1000");
    let worth = at_month_end(statement, &settled).expect("it fits").expect("a close");
    assert_eq!((worth.date.to_string(), worth.usd.to_string()), ("2020-12-31".into(), "120".into()));
    let redeemed = |instant: &str| {
        let worth = at_instant(statement.amount, decimals, at(instant), &sketch.records.closes).expect("it fits");
        worth.map(|worth| worth.usd.to_string())
    };
    assert_eq!(redeemed("2021-01-20T23:59:59Z").as_deref(), Some("150"));
    assert_eq!(redeemed("2021-01-21"), None, "a day without a close has no worth");
}

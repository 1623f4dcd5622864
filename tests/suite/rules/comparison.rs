//! R9 looked at backwards: what a sum would have paid in past months under each price policy.

use ambassador_core::{
    amendment::policy_in_words,
    basis_points::BasisPoints,
    comparison::{compare, policies},
    diagnostic::Diagnostic,
    records::Close,
    terms::PricePolicy,
    token::Decimals,
};

const CLOSE: PricePolicy = PricePolicy::Close { max_age_hours: None };

fn mean(days: u32, quorum: u32) -> PricePolicy {
    let deviation = BasisPoints::new(2_000).expect("a share");
    PricePolicy::Mean { days, quorum, max_age_hours: 48, deviation }
}

fn closes(rows: &[(&str, &str)]) -> Vec<Close> {
    let close = |(date, usd): &(&str, &str)| Close {
        date: date.parse().expect("a date"),
        usd: usd.parse().expect("a price"),
        tokens: "1".parse().expect("a price"),
    };
    rows.iter().map(close).collect()
}

/// Compares $1,250 in the months of these closes, up to 2021-04: each month as `month outcome outcome …`.
fn compared(policies: &[PricePolicy], closes: &[Close]) -> Vec<String> {
    let decimals = Decimals::new(18).expect("a token's");
    let end = "2021-04".parse().expect("a month");
    let months = compare("1250".parse().expect("dollars"), decimals, policies, closes, end);
    let line = |month: ambassador_core::comparison::ComparedMonth| {
        let outcomes = month.outcomes.iter().map(|outcome| match outcome {
            Ok(paid) => format!("{}={}", paid.price, paid.amount.to_tokens(decimals)),
            Err(error) => error.code().to_owned(),
        });
        [month.month.to_string()].into_iter().chain(outcomes).collect::<Vec<_>>().join(" ")
    };
    months.into_iter().map(line).collect()
}

#[test]
fn each_policy_pays_by_its_own_price() {
    let closes = closes(&[("2020-12-29", "0.5"), ("2020-12-31", "0.4"), ("2020-12-30", "0.3"), ("2021-01-31", "0.3")]);
    assert_eq!(
        compared(&[CLOSE, mean(3, 2)], &closes),
        ["2020-12 0.4 / 1=3125 0.4 / 1=3125", "2021-01 0.3 / 1=4166.666666666666666666 PRICE_QUORUM"]
    );
}

#[test]
fn a_month_without_a_close_stops_and_a_month_that_is_not_over_is_left_out() {
    let closes = closes(&[("2021-01-31", "0.25"), ("2021-03-31", "0.5"), ("2021-04-02", "0.5")]);
    assert_eq!(compared(&[CLOSE], &closes), ["2021-01 0.25 / 1=5000", "2021-02 PRICE_MISSING", "2021-03 0.5 / 1=2500"]);
    assert_eq!(compared(&[CLOSE], &[]), [""; 0]);
}

#[test]
fn a_close_far_off_the_mean_stops_the_month_as_it_would_have() {
    let closes = closes(&[("2020-12-29", "0.5"), ("2020-12-30", "0.5"), ("2020-12-31", "1.5")]);
    let [chosen, plain] = &policies([mean(3, 2)])[..] else { panic!("two kinds of policies") };
    assert_eq!(compared(&[*chosen, *plain], &closes), ["2020-12 PRICE_DEVIATION 1.5 / 1=833.333333333333333333"]);
}

#[test]
fn every_kind_of_policy_is_compared_and_none_twice() {
    let strict = PricePolicy::Close { max_age_hours: Some(24) };
    assert_eq!(policies([mean(7, 5), CLOSE]), [mean(7, 5), CLOSE]);
    assert_eq!(policies([strict, CLOSE, strict]).get(..2), Some(&[strict, CLOSE][..]));
    assert_eq!(policies([mean(7, 5)]), [mean(7, 5), CLOSE]);
    let whole_month = policies([CLOSE]).pop().expect("a mean");
    let january = closes(&[("2021-01-01", "1"), ("2021-01-31", "0.5")]);
    assert_eq!(compared(&[whole_month], &january), ["2021-01 0.75 / 1=1666.666666666666666666"]);
}

#[test]
fn the_plain_policies_are_said_in_words() {
    let plain: Vec<String> = policies([]).iter().map(policy_in_words).collect();
    let mean = "the mean of the closes of the month's last 31 days: at least 1 of them, the newest at most 744 hours \
        old, the last at most 100 % off the mean";
    assert_eq!(plain, ["the month's last close", mean]);
    let fresh = PricePolicy::Close { max_age_hours: Some(1) };
    assert_eq!(policy_in_words(&fresh), "the month's last close, at most 1 hour old");
}

//! R1, what terms are refused: each wrong field with its path and code, and all of them at once.

use ambassador_core::{
    diagnostic::Diagnostic,
    documents::{
        terms::{QuoteTermsDocument, TermsDocument},
        tree::{self, Value as Tree},
    },
    hash::Hash32,
    quote::QuoteTerms,
};
use serde_json::{Value, json};

use super::sketch::{default_terms, set};

/// What is wrong with the default terms after these changes, as `path CODE`.
fn problems(changes: &[(&str, Value)]) -> Vec<String> {
    let mut terms = default_terms();
    for (pointer, value) in changes {
        set(&mut terms, pointer, value.clone());
    }
    let document: TermsDocument = serde_json::from_value(terms).expect("terms of the right shape");
    let Err(errors) = document.to_terms(Hash32::default()) else { return Vec::new() };
    for error in &errors {
        assert!(!error.help().is_empty() && error.to_string().contains(&error.field), "{error}");
    }
    errors.iter().map(|error| format!("{} {}", error.field, error.code())).collect()
}

fn check(pointer: &str, value: &Value, expected: &str) {
    assert_eq!(problems(&[(pointer, value.clone())]), [expected], "{pointer} = {value}");
}

#[test]
fn the_default_terms_are_right() {
    assert_eq!(problems(&[]), [""; 0]);
}

/// So many tiers, each above the one before.
fn tiers(count: usize) -> Vec<Value> {
    let tier = |number: usize| json!({ "volume_usd": number.to_string(), "bonus_usd": number.to_string() });
    (1..=count).map(tier).collect()
}

#[test]
fn a_wrong_field_is_named() {
    let payouts = "0x00000000000000000000000000000000000000FF";
    let token = "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b";
    for (pointer, value, expected) in [
        ("/schema", json!("ambassador-terms/2"), "schema TERMS_SCHEMA"),
        ("/schema", json!(""), "schema TERMS_SCHEMA"),
        ("/name", json!(""), "name NAME_EMPTY"),
        ("/name", json!("a\u{202e}b"), "name NAME_CHARACTER"),
        ("/name", json!("x".repeat(257)), "name NAME_TOO_LONG"),
        ("/version", json!(0), "version TERMS_ZERO"),
        ("/effective", json!("2020-13"), "effective TIME_NO_SUCH"),
        ("/effective", json!("2020-11-01"), "effective TIME_LAYOUT"),
        ("/effective", json!("1969-12"), "effective TIME_RANGE"),
        ("/token/symbol", json!(""), "token.symbol NAME_EMPTY"),
        ("/token/decimals", json!(31), "token.decimals TERMS_ABOVE"),
        ("/token/chain_id", json!(0), "token.chain_id TERMS_ZERO"),
        ("/token/chain_id", json!((1_u64 << 53) + 1), "token.chain_id TERMS_ABOVE"),
        ("/token/address", json!(""), "token.address ADDRESS_TEXT"),
        ("/token/address", json!("rly.eth"), "token.address ADDRESS_TEXT"),
        ("/token/payouts", json!("0x…"), "token.payouts ADDRESS_TEXT"),
        ("/token/payouts", json!(payouts), "token.payouts ADDRESS_CHECKSUM"),
        ("/token/payouts", json!(format!("0x{:040}", 0)), "token.payouts ADDRESS_ZERO"),
        ("/token/payouts", json!(token), "token.payouts TERMS_PAYOUTS"),
        ("/token/payouts", json!(token.to_lowercase()), "token.payouts TERMS_PAYOUTS"),
        ("/reward/base_usd", json!("0"), "reward.base_usd TERMS_ZERO"),
        ("/reward/base_usd", json!("-250"), "reward.base_usd NUMBER_SIGN"),
        ("/reward/base_usd", json!("1e3"), "reward.base_usd NUMBER_CHARACTER"),
        ("/reward/base_usd", json!("1_000"), "reward.base_usd NUMBER_CHARACTER"),
        ("/reward/base_usd", json!("0250"), "reward.base_usd NUMBER_LEADING_ZERO"),
        ("/reward/base_usd", json!("250."), "reward.base_usd NUMBER_BARE_DOT"),
        ("/reward/base_usd", json!(""), "reward.base_usd NUMBER_EMPTY"),
        ("/reward/base_usd", json!("0.0000001"), "reward.base_usd NUMBER_TOO_PRECISE"),
        ("/reward/base_usd", json!("1000000000000.01"), "reward.base_usd NUMBER_TOO_LARGE"),
        ("/reward/tier", json!(tiers(65)), "reward.tier TERMS_ABOVE"),
        ("/reward/tier", json!(tiers(66)), "reward.tier TERMS_ABOVE"),
        ("/reward/tier/0/volume_usd", json!("0"), "reward.tier[0].volume_usd TERMS_ZERO"),
        ("/reward/tier/1/volume_usd", json!("5000"), "reward.tier[1].volume_usd TERMS_TIER_ORDER"),
        ("/reward/tier/1/volume_usd", json!("4999.999999"), "reward.tier[1].volume_usd TERMS_TIER_ORDER"),
        ("/reward/tier/2/volume_usd", json!("9000"), "reward.tier[2].volume_usd TERMS_TIER_ORDER"),
        ("/reward/tier/1/bonus_usd", json!("124.99"), "reward.tier[1].bonus_usd TERMS_BONUS_FALLING"),
        ("/reward/tier/0/bonus_usd", json!("0"), "reward.tier[0].bonus_usd TERMS_ZERO"),
        ("/reward/tier/2/bonus_usd", json!("x"), "reward.tier[2].bonus_usd NUMBER_CHARACTER"),
        ("/reward/use_case/need", json!(0), "reward.use_case.need TERMS_ZERO"),
        ("/reward/use_case/need", json!(13), "reward.use_case.need TERMS_ABOVE"),
        ("/reward/use_case/bonus_usd", json!("fifty"), "reward.use_case.bonus_usd NUMBER_CHARACTER"),
        ("/reward/innovative/bonus_usd", json!("1,5"), "reward.innovative.bonus_usd NUMBER_CHARACTER"),
        ("/reward/innovative/max", json!(1001), "reward.innovative.max TERMS_ABOVE"),
        ("/reward/known_use_cases/1", json!("raffle"), "reward.known_use_cases[5] TERMS_TWICE"),
        ("/reward/known_use_cases/1", json!("new:raffle"), "reward.known_use_cases[1] NAME_CHARACTER"),
        (
            "/gate",
            json!({ "min_use_cases": 0, "min_supporters": 1, "or_use_cases": 0 }),
            "gate.or_use_cases TERMS_ZERO",
        ),
        ("/gate/min_use_cases", json!(4), "gate.min_use_cases TERMS_ABOVE"),
        ("/window/days", json!(0), "window.days TERMS_ZERO"),
        ("/window/days", json!(3651), "window.days TERMS_ABOVE"),
        ("/window/grace_days", json!(3651), "window.grace_days TERMS_ABOVE"),
        ("/window/hold_days", json!(9999), "window.hold_days TERMS_ABOVE"),
        ("/window/accept_days", json!(0), "window.accept_days TERMS_ZERO"),
        ("/window/launch_days", json!(0), "window.launch_days TERMS_ZERO"),
        ("/volume/kinds", json!([]), "volume.kinds TERMS_EMPTY"),
        ("/volume/kinds/1", json!("buy"), "volume.kinds[1] TERMS_TWICE"),
        ("/volume/kinds/1", json!("a b"), "volume.kinds[1] NAME_CHARACTER"),
        ("/volume/supporter_cap_bps", json!(0), "volume.supporter_cap_bps TERMS_ZERO"),
        ("/volume/supporter_cap_bps", json!(10_001), "volume.supporter_cap_bps TERMS_ABOVE"),
        ("/caps/expected_per_month", json!(11), "caps.expected_per_month TERMS_ABOVE"),
        (
            "/caps",
            json!({ "expected_per_month": 0, "max_per_month": 1, "budget_usd_per_month": "0", "min_payout_usd": "0" }),
            "caps.budget_usd_per_month TERMS_ZERO",
        ),
        (
            "/caps",
            json!({ "expected_per_month": 0, "max_per_month": 0, "budget_usd_per_month": "1", "min_payout_usd": "0" }),
            "caps.max_per_month TERMS_ZERO",
        ),
        ("/caps/budget_usd_per_month", json!("12500.001"), "caps.budget_usd_per_month TERMS_CENTS"),
        ("/caps/min_payout_usd", json!("2500.01"), "caps.min_payout_usd TERMS_ABOVE"),
        ("/caps/budget_usd_per_month", json!("24.99"), "caps.min_payout_usd TERMS_ABOVE"),
        ("/price/policy", json!("close"), "price.days TERMS_PRICE_CLOSE"),
        ("/price/days", json!(null), "price.days TERMS_PRICE_MEAN"),
        ("/price/quorum", json!(null), "price.quorum TERMS_PRICE_MEAN"),
        ("/price/max_age_hours", json!(null), "price.max_age_hours TERMS_PRICE_MEAN"),
        ("/price/max_age_hours", json!(0), "price.max_age_hours TERMS_ZERO"),
        ("/price/deviation_bps", json!(null), "price.deviation_bps TERMS_PRICE_MEAN"),
        ("/price/deviation_bps", json!(0), "price.deviation_bps TERMS_ZERO"),
        ("/price/days", json!(32), "price.days TERMS_ABOVE"),
        ("/price/quorum", json!(0), "price.quorum TERMS_ZERO"),
        ("/price/quorum", json!(8), "price.quorum TERMS_ABOVE"),
        ("/payout/challenge_days", json!(3651), "payout.challenge_days TERMS_ABOVE"),
        ("/payout/valid_days", json!(0), "payout.valid_days TERMS_ZERO"),
    ] {
        if value == json!("close") {
            let found = problems(&[(pointer, value)]);
            assert_eq!(found, [expected, "price.quorum TERMS_PRICE_CLOSE", "price.deviation_bps TERMS_PRICE_CLOSE"]);
        } else {
            check(pointer, &value, expected);
        }
    }
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let found = problems(&[
        ("/schema", json!("x")),
        ("/reward/tier/0/volume_usd", json!("none")),
        ("/reward/tier/2/bonus_usd", json!("none")),
        ("/window/days", json!(0)),
        ("/payout/valid_days", json!(0)),
    ]);
    assert_eq!(
        found,
        [
            "schema TERMS_SCHEMA",
            "reward.tier[0].volume_usd NUMBER_CHARACTER",
            "reward.tier[2].bonus_usd NUMBER_CHARACTER",
            "window.days TERMS_ZERO",
            "payout.valid_days TERMS_ZERO",
        ]
    );
}

#[test]
fn what_may_be_is_taken() {
    for (pointer, value) in [
        ("/reward/tier", json!([])),
        ("/reward/tier", json!(tiers(64))),
        ("/reward/use_case/bonus_usd", json!("0")),
        ("/reward/innovative/max", json!(0)),
        ("/reward/tier/1/bonus_usd", json!("125")),
        ("/gate/min_use_cases", json!(0)),
        ("/gate/min_supporters", json!(0)),
        ("/window/grace_days", json!(0)),
        ("/window/hold_days", json!(0)),
        ("/volume/supporter_cap_bps", json!(10_000)),
        ("/caps/min_payout_usd", json!("2500")),
        ("/caps/budget_usd_per_month", json!("25")),
        ("/caps/budget_usd_per_month", json!("12500.01")),
        ("/caps/expected_per_month", json!(10)),
        ("/token/decimals", json!(0)),
        ("/token/decimals", json!(30)),
        ("/price", json!({ "policy": "close" })),
        ("/price", json!({ "policy": "close", "max_age_hours": 1 })),
        ("/price/quorum", json!(7)),
        ("/payout/challenge_days", json!(0)),
    ] {
        assert_eq!(problems(&[(pointer, value.clone())]), [""; 0], "{pointer} = {value}");
    }
}

#[test]
fn trees_of_values_are_read_to_the_same_terms() {
    let close = json!({ "policy": "close" });
    for price in [default_terms()["price"].clone(), close] {
        let mut value = default_terms();
        set(&mut value, "/price", price);
        let tree = || Tree::parse(&value.to_string()).expect("JSON");
        let document: TermsDocument = serde_json::from_value(value.clone()).expect("terms of the right shape");
        assert_eq!(tree::read::<TermsDocument>("terms", tree()).as_ref(), Ok(&document));
        let whole = document.to_terms(Hash32::default()).expect("right terms");
        let part = tree::read::<QuoteTermsDocument>("terms", tree()).expect("the part that a plan depends on");
        assert_eq!(part.to_quote_terms(), Ok(QuoteTerms::from(&whole)));
    }
    let mut other = default_terms();
    set(&mut other, "/price/policy", json!("median"));
    let read = Tree::parse(&other.to_string()).and_then(|tree| tree::read::<TermsDocument>("terms", tree));
    let error = read.expect_err("no policy");
    assert_eq!((error.code(), error.path.as_str()), ("SHAPE", "terms.price.policy"));
}

#[test]
fn terms_of_another_shape_are_not_read() {
    for (pointer, value) in [
        ("/reward/base_usd", json!(250)),
        ("/reward/base_usd", json!(250.0)),
        ("/version", json!(1.0)),
        ("/version", json!(-1)),
        ("/window/days", json!(70_000)),
        ("/price/policy", json!("median")),
        ("/reward/bonus", json!("1")),
        ("/surprise", json!(true)),
        ("/payout", json!(null)),
        ("/gate/min_supporters", json!(null)),
    ] {
        let mut terms = default_terms();
        set(&mut terms, pointer, value.clone());
        assert!(serde_json::from_value::<TermsDocument>(terms).is_err(), "{pointer} = {value}");
    }
}

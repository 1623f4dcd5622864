//! The calculator's cut-short line against a real month of the same records.

use std::{collections::BTreeMap, fmt::Write as _};

use ambassador_core::{
    calendar::Instant,
    conversion::floor_to_base_units,
    entitlement::LineKind,
    price::Price,
    quote::{PlannedCreator, QuoteTerms, curve, quote},
    settlement::{AmbassadorMonth, Credited, Measurements, settle},
    terms::Terms,
    usd::{SignedUsd, Usd, Volume},
    volume::Supporter,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    sketch::{sketch_under, terms_with},
    strategy::cases,
};

/// A line: what is earned, what is paid of it, and why not the rest.
type Line = (String, String, Option<&'static str>);
/// A creator of a plan: volume in units of 10^-18 dollars, supporters, use cases, new use cases.
type Planned = (u128, u32, u32, u32);

fn planned(creators: &[Planned]) -> Vec<PlannedCreator> {
    let planned = creators.iter().map(|(volume, supporters, use_cases, innovative)| PlannedCreator {
        volume: Volume::from_attos(*volume),
        supporters: *supporters,
        use_cases: *use_cases,
        innovative: *innovative,
    });
    planned.collect()
}

/// The same creators as records of a real programme, settled in the month in which everything of theirs has locked.
fn settled(terms: &(Terms, String), creators: &[Planned]) -> AmbassadorMonth {
    let use_cases: Vec<String> = terms.0.reward().known_use_cases.iter().map(ToString::to_string).collect();
    let mut text = String::from("ambassador alex\n");
    for (place, (_, _, known, innovative)) in creators.iter().enumerate() {
        let _ = writeln!(text, "referral c{place:03} alex 2020-11-02 2020-11-03 2020-11-04 2020-11-05");
        for name in use_cases.iter().take(usize::try_from(*known).expect("small")) {
            let _ = writeln!(text, "adoption c{place:03} {name} 2020-11-06");
        }
        for number in 0..*innovative {
            let _ = writeln!(text, "adoption c{place:03} new:idea-{number} 2020-11-06");
        }
    }
    let sketch = sketch_under(vec![terms.clone()], &text);
    let first_at: Instant = "2020-11-07T00:00:00Z".parse().expect("an instant");
    let supporters = creators.iter().enumerate().map(|(place, (volume, count, ..))| {
        let count = u128::from(*count);
        let share = |supporter: u128| volume / count + if supporter == 0 { volume % count } else { 0 };
        let supporters = (0..count).filter(|supporter| share(*supporter) > 0).map(|supporter| Supporter {
            actor: format!("fan{supporter}").parse().expect("a label"),
            volume: Volume::from_attos(share(supporter)),
            first_at,
        });
        (format!("c{place:03}").parse().expect("an id"), supporters.collect())
    });
    let measurements = Measurements { supporters: supporters.collect(), ..Measurements::default() };
    let month = "2020-12".parse().expect("a month");
    let months = settle(&sketch.programme(), &measurements, &Credited::new(), month).expect("a small month");
    months.into_iter().next().expect("one ambassador")
}

fn founding() -> Price {
    Price { usd: "1250".parse().expect("a price"), tokens: "21000".parse().expect("a price") }
}

fn check(terms: &(Terms, String), creators: &[Planned]) {
    let plan = quote(&QuoteTerms::from(&terms.0), &planned(creators), founding()).expect("a small plan");
    let month = settled(terms, creators);
    assert_eq!(Some(plan.total), month.total());
    let amount = floor_to_base_units(plan.total, founding(), terms.0.token().decimals);
    assert_eq!(Ok(plan.amount), amount);
    let small = |amount: Option<Usd>| i128::try_from(amount.expect("a small sum").as_micros()).expect("a small sum");
    for kind in [LineKind::Base, LineKind::UseCase, LineKind::Innovative, LineKind::Tier] {
        let credits = month.lines.iter().filter(|line| line.kind == kind).map(|line| line.credit.as_micros());
        assert_eq!(small(plan.credit_of(kind)), credits.sum::<i128>(), "{kind}");
    }
    let deferred = month.lines.iter().map(|line| line.entitled.as_micros() - line.credit.as_micros());
    assert_eq!(small(plan.deferred()), deferred.sum::<i128>());

    // Every line: what is earned, what is paid of it, and why not the rest.
    let mut expected: BTreeMap<(String, LineKind), Line> = BTreeMap::new();
    for line in &month.lines {
        let creator = line.creator.as_ref().expect("nothing was adjusted").to_string();
        expected.insert((creator, line.kind), (line.entitled.to_string(), line.credit.to_string(), None));
    }
    for line in &month.pending {
        let creator = line.creator.as_ref().expect("nothing was adjusted").to_string();
        let none = || (SignedUsd::ZERO.to_string(), SignedUsd::ZERO.to_string(), None);
        expected.entry((creator, line.kind)).or_insert_with(none).2 = Some(line.reason.code());
    }
    let mut found = BTreeMap::new();
    for (place, creator) in plan.creators.iter().enumerate() {
        for line in &creator.lines {
            let code = line.unpaid.as_ref().map(ambassador_core::reason::Reason::code);
            let quoted = (line.entitled.to_string(), line.credit.to_string(), code);
            found.insert((format!("c{place:03}"), line.kind), quoted);
        }
    }
    assert_eq!(found, expected);
}

fn terms_of(caps: &Value, gate: &Value) -> (Terms, String) {
    terms_with(&[("/caps", caps.clone()), ("/gate", gate.clone())])
}

proptest! {
    #![proptest_config(cases(128))]

    /// A plan pays what a month of the same records pays, line by line and to the last base unit.
    #[test]
    fn a_plan_is_a_month(
        creators in prop::collection::vec(
            (prop_oneof![Just(0_u128), 0..40_000_u128, Just(5_000), Just(25_000)], 0..30_u32, 0..6_u32, 0..3_u32),
            0..16,
        ),
        fraction in 0..1_000_000_000_000_000_000_u128,
        maximum in 1..12_u32,
        budget in 100..9_000_u32,
        minimum in 0..100_u32,
        gate in (0..3_u32, 0..25_u32),
    ) {
        let dollars = |(volume, supporters, use_cases, innovative): &Planned| {
            let fraction = if volume % 5_000 == 0 { 0 } else { fraction };
            (volume * 1_000_000_000_000_000_000 + fraction, *supporters, *use_cases, *innovative)
        };
        let creators: Vec<Planned> = creators.iter().map(dollars).collect();
        let caps = json!({
            "expected_per_month": 1, "max_per_month": maximum,
            "budget_usd_per_month": budget.to_string(), "min_payout_usd": minimum.to_string(),
        });
        let gate = json!({ "min_use_cases": gate.0, "min_supporters": gate.1, "or_use_cases": 3 });
        check(&terms_of(&caps, &gate), &creators);
    }
}

#[test]
fn the_borders_of_the_caps_and_of_supporters_are_a_months() {
    let gate = json!({ "min_use_cases": 1, "min_supporters": 20, "or_use_cases": 3 });
    let dollar = 1_000_000_000_000_000_000;
    let alone = [(100 * dollar, 40, 1, 0)];
    let two = [(100 * dollar, 40, 1, 0), (5_000 * dollar, 40, 3, 1)];
    for (budget, minimum) in [("12500", "250"), ("12500", "250.01"), ("250", "250"), ("300", "0")] {
        let caps = json!({
            "expected_per_month": 1, "max_per_month": 5, "budget_usd_per_month": budget, "min_payout_usd": minimum,
        });
        check(&terms_of(&caps, &gate), &alone);
        check(&terms_of(&caps, &gate), &two);
    }
    let caps = json!({
        "expected_per_month": 1, "max_per_month": 5, "budget_usd_per_month": "12500", "min_payout_usd": "25",
    });
    // Who brings nothing is no supporter; what cannot be shared out alike is the first one's.
    for volume in [0, 3, 24, 25, 26] {
        check(&terms_of(&caps, &gate), &[(volume, 25, 1, 0)]);
    }
}

#[test]
fn the_founding_proposal_is_exact() {
    let (terms, _) = terms_with(&[]);
    let dollars = |volume: u128| (volume * 1_000_000_000_000_000_000, 40, 1, 0);
    let tokens = |volumes: [u128; 5]| {
        let plan = quote(&QuoteTerms::from(&terms), &planned(&volumes.map(dollars)), founding()).expect("a plan");
        (plan.total.to_string(), plan.amount.to_tokens(terms.token().decimals))
    };
    assert_eq!(tokens([100; 5]), ("1250".into(), "21000".into()));
    assert_eq!(tokens([5_000, 10_000, 25_000, 4_999, 1]), ("2125".into(), "35700".into()));
}

#[test]
fn the_curve_steps_where_tiers_are_reached() {
    let (terms, _) = terms_with(&[]);
    let steps = |supporters, use_cases| {
        let creator = PlannedCreator { volume: Volume::ZERO, supporters, use_cases, innovative: 0 };
        let steps = curve(&QuoteTerms::from(&terms), &creator).expect("a curve");
        steps.iter().map(|step| format!("{} {}", step.volume, step.reward)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(steps(20, 1), "0 250, 5000 375, 10000 500, 25000 750");
    assert_eq!(steps(20, 3), "0 300, 5000 425, 10000 550, 25000 800");
    assert_eq!(steps(19, 1), "0 0", "too few supporters qualify nothing");
    assert_eq!(steps(3, 3), "0 300", "three supporters reach no tier, whatever they bring");
    assert_eq!(steps(0, 0), "0 0");
}

#[test]
fn what_is_missing_to_the_next_tier_is_what_reaches_it() {
    let (terms, _) = terms_with(&[]);
    let terms = QuoteTerms::from(&terms);
    let one = |volume: u128, supporters| {
        let creators = planned(&[(volume, supporters, 1, 0)]);
        quote(&terms, &creators, founding()).expect("a plan").creators.remove(0)
    };
    for (volume, supporters) in [(0, 20), (4_999, 20), (5_000, 4), (9_000, 5), (24_999, 100)] {
        let volume = volume * 1_000_000_000_000_000_000;
        let before = one(volume, supporters);
        let next = before.next.expect("a tier is left");
        assert_eq!(one(volume + next.missing.as_attos(), supporters).tier, before.tier + 1);
        assert_eq!(one(volume + next.missing.as_attos() - 1, supporters).tier, before.tier);
    }
    // Who brings nothing is none; what cannot be shared out is one's.
    for (volume, supporters, missing) in [(100_000 * 10_u128.pow(18), 3, 1), (0, 4, 4), (0, 1, 4), (3, 4, 3), (4, 4, 0)]
    {
        assert_eq!(one(volume, supporters).next.map(|next| next.missing_supporters), Some(missing), "{volume}");
    }
    assert_eq!(one(100_000_000_000_000_000_000_000, 4).next, None);
}

#[test]
fn a_plan_is_bounded() {
    let (terms, _) = terms_with(&[]);
    let terms = QuoteTerms::from(&terms);
    let code = |creators: &[Planned]| {
        let quoted = quote(&terms, &planned(creators), founding());
        quoted.map(|_| ()).map_err(|error| ambassador_core::diagnostic::Diagnostic::code(&error))
    };
    let help = |creators: &[Planned]| {
        let quoted = quote(&terms, &planned(creators), founding());
        quoted.map(|_| ()).map_err(|error| ambassador_core::diagnostic::Diagnostic::help(&error))
    };
    assert_eq!(help(&[(0, 1_000_001, 0, 0)]), Err("plan with at most 1000000".to_owned()));
    assert_eq!(help(&[(0, 0, 13, 0)]), Err("write a number from 0 to 12".to_owned()));
    assert_eq!(code(&[]), Ok(()));
    assert_eq!(code(&vec![(0, 0, 0, 0); 10_000]), Ok(()));
    assert_eq!(code(&vec![(0, 0, 0, 0); 10_001]), Err("PLAN_TOO_LARGE"));
    assert_eq!(code(&[(0, 1_000_001, 0, 0)]), Err("PLAN_TOO_LARGE"));
    assert_eq!(code(&[(0, 0, 12, 1_000)]), Ok(()));
    assert_eq!(code(&[(0, 0, 13, 0)]), Err("PLAN_USE_CASES"));
    assert_eq!(code(&[(0, 0, 0, 1_001)]), Err("PLAN_USE_CASES"));
}

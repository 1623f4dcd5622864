//! Every rule that made a number, in words.

use ambassador_core::{
    entitlement::LineKind,
    explanation::{Step, converted, earned, explain_creator, explain_total, priced, rule_of, title_of},
    price::Price,
    pricing::{DeviationCheck, month_price},
    quote::{PlannedCreator, QuoteTerms, quote},
    token::{Decimals, TokenAmount},
};
use serde_json::json;

use super::{
    render::assert_lines,
    sketch::{sketch, terms_with},
};

fn founding() -> Price {
    Price { usd: "1250".parse().expect("a price"), tokens: "21000".parse().expect("a price") }
}

fn lines(steps: &[Step]) -> String {
    let line = |step: &Step| format!("{} {} | {} | {}", step.rule, step.title, step.sentence, step.figure);
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_plan_is_explained_line_by_line() {
    let (terms, _) = terms_with(&[("/caps/expected_per_month", json!(1)), ("/caps/max_per_month", json!(1))]);
    let quoted_terms = QuoteTerms::from(&terms);
    let planned = |volume: &str, supporters, use_cases, innovative| PlannedCreator {
        volume: volume.parse().expect("a volume"),
        supporters,
        use_cases,
        innovative,
    };
    let plan = [planned("5000", 40, 3, 1), planned("100.005", 20, 1, 0)];
    let quote = quote(&quoted_terms, &plan, founding()).expect("a plan");
    assert_lines(&lines(&explain_creator(&quoted_terms, &plan[0], &quote.creators[0])), "", "the first creator");
    assert_lines(&lines(&explain_creator(&quoted_terms, &plan[1], &quote.creators[1])), "", "the second creator");
    let sentences = quote.creators.iter().flat_map(|creator| &creator.lines).map(|line| line.sentence());
    assert_lines(&sentences.collect::<Vec<_>>().join("\n"), "", "sentences");
    let closes = sketch("").records.closes;
    let month = "2020-12".parse().expect("a month");
    let price = month_price(terms.price(), &closes, month, DeviationCheck::Enforced).expect("a price");
    assert_lines(&lines(&explain_total(&quoted_terms, &quote, &price, "mean")), "", "the sum");
}

#[test]
fn prices_and_sums_are_said_with_where_they_come_from() {
    for (policy, samples, from) in [
        ("mean", 0, "The price was given"),
        ("close", 0, "The price was given"),
        ("mean", 7, "The price is the mean of 7 daily closes"),
        ("close", 1, "The price is the month's last close"),
    ] {
        let step = priced(policy, samples, founding());
        assert_eq!((step.rule, step.sentence), ("R9", format!("{from}: $1250 buy 21000 tokens.")));
    }
    let (decimals, amount) = (Decimals::new(2).expect("decimals"), TokenAmount::from_base_units(1_680));
    let step = converted("1".parse().expect("dollars"), founding(), decimals, amount, "RLY");
    let sentence = "The sum is converted once and rounded down: ⌊1 × 10^2 × 21000 / 1250⌋ base units are 16.8 RLY.";
    assert_eq!((step.sentence.as_str(), step.figure.as_str()), (sentence, "1680"));
}

#[test]
fn every_kind_of_line_has_its_words() {
    let figure = |name: &str| match name {
        "counted" => Some("5000.019"),
        "threshold" => Some("5000"),
        "use_cases" => Some("4"),
        "need" => Some("3"),
        "approved" => Some("2"),
        "adjustments" => Some("1"),
        _ => None,
    };
    for (kind, rule, title, sentence) in [
        (LineKind::Adjustment, "R6", "Adjustment", "Adjusted: 1."),
        (LineKind::Base, "R5", "Qualified referral", "It qualifies: supporters ?, use cases 4."),
        (LineKind::UseCase, "R5", "Use cases", "Known use cases live: 4; needed: 3."),
        (LineKind::Innovative, "R5", "New use cases", "New use cases approved: 2; paid at most: ?."),
        (LineKind::Tier, "R4", "Volume tier", "$5000.01 count towards the tier of $5000, which is reached."),
    ] {
        assert_eq!((rule_of(kind), title_of(kind), earned(kind, figure).as_str()), (rule, title, sentence));
    }
}

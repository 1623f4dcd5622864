//! Every rule that made a number, in words.

use ambassador_core::{
    entitlement::LineKind,
    explanation::{Step, converted, earned, explain_creator, explain_total, priced, rule_of, title_of},
    price::Price,
    pricing::{DeviationCheck, month_price},
    quote::{PlannedCreator, QuoteTerms, QuotedLine, quote},
    token::{Decimals, TokenAmount},
};
use serde_json::json;

use super::{
    render::assert_lines,
    sketch::{sketch, terms_with},
};

/// Each creator's steps, the sentence of each line, and the steps of the sum.
const EXPLAINED: &str = "\
    R3 Volume | $5000 are brought by 40 supporters alike. | 5000
    R4 Tier | Towards $5000 a supporter counts for at most $1250: reached; its bonus is $125. | 5000
    R4 Tier | Towards $10000 a supporter counts for at most $2500: not reached; its bonus is $250. | 10000
    R4 Tier | Towards $25000 a supporter counts for at most $6250: not reached; its bonus is $500. | 25000
    R5 Qualified referral | It qualifies: supporters 40, use cases 4. | 250
    R5 Use cases | Known use cases live: 3; needed: 3. | 50
    R5 New use cases | New use cases approved: 1; paid at most: 1. | 125
    R4 Volume tier | $5000 count towards the tier of $5000, which is reached. | 125
    R3 Volume | $100.005 are brought by 20 supporters alike. | 100.005
    R4 Tier | Towards $5000 a supporter counts for at most $1250: not reached; its bonus is $125. | 5000
    R4 Tier | Towards $10000 a supporter counts for at most $2500: not reached; its bonus is $250. | 10000
    R4 Tier | Towards $25000 a supporter counts for at most $6250: not reached; its bonus is $500. | 25000
    R5 Qualified referral | It qualifies: supporters 20, use cases 1. | 250
    R7 Qualified referral | 1 base rewards a month are credited; this one is number 1 in the queue. | 1 / 1
    R5 Use cases | 1 of 3 use cases are live in the window. | 1 / 3
    R4 Volume tier | $100 of the $5000 of the first tier count. | 100.005 / 5000
    It qualifies: supporters 40, use cases 4.
    Known use cases live: 3; needed: 3.
    New use cases approved: 1; paid at most: 1.
    $5000 count towards the tier of $5000, which is reached.
    1 base rewards a month are credited; this one is number 1 in the queue.
    1 of 3 use cases are live in the window.
    $100 of the $5000 of the first tier count.
    R6 Credit | $800 are earned in 5 lines, and nothing was credited before. | 800
    R7 Base rewards a month | 1 of at most 1 base rewards a month are paid. | 1 / 1
    R7 Budget and minimum | $550 are paid; the programme pays at most $12500 a month, and an ambassador no less than $25. | 550 / 12500
    R9 Price | The price is the mean of 7 daily closes: $1250 buy 21000 tokens. | 1250 / 21000
    R8 Dollars to tokens | The sum is converted once and rounded down: ⌊550 × 10^18 × 21000 / 1250⌋ base units are 9240 RLY. | 9240000000000000000000";

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
    let closes = sketch("").records.closes;
    let month = "2020-12".parse().expect("a month");
    let price = month_price(terms.price(), &closes, month, DeviationCheck::Enforced).expect("a price");
    let sentences = quote.creators.iter().flat_map(|creator| &creator.lines).map(QuotedLine::sentence);
    let found = [
        lines(&explain_creator(&quoted_terms, &plan[0], &quote.creators[0])),
        lines(&explain_creator(&quoted_terms, &plan[1], &quote.creators[1])),
        sentences.collect::<Vec<_>>().join("\n"),
        lines(&explain_total(&quoted_terms, &quote, &price, "mean")),
    ];
    assert_lines(&found.join("\n"), EXPLAINED, "a plan of two creators");
}

#[test]
fn base_rewards_that_are_paid_are_counted() {
    let planned =
        PlannedCreator { volume: "100".parse().expect("a volume"), supporters: 20, use_cases: 1, innovative: 0 };
    let (terms, _) = terms_with(&[]);
    let month = "2020-12".parse().expect("a month");
    let price = month_price(terms.price(), &sketch("").records.closes, month, DeviationCheck::Enforced);
    let terms = QuoteTerms::from(&terms);
    let quote = quote(&terms, &[planned; 3], founding()).expect("a plan");
    let steps = explain_total(&terms, &quote, &price.expect("a price"), "mean");
    assert_eq!(steps.iter().map(|step| step.figure.as_str()).nth(1), Some("3 / 10"));
}

#[test]
fn what_the_budget_grants_in_part_is_earned() {
    let caps = [("/caps/expected_per_month", 2.into()), ("/caps/max_per_month", 2.into())];
    let (terms, _) = terms_with(&[&caps[..], &[("/caps/budget_usd_per_month", json!("600"))]].concat());
    let planned =
        PlannedCreator { volume: "5000".parse().expect("a volume"), supporters: 40, use_cases: 1, innovative: 0 };
    let quote = quote(&QuoteTerms::from(&terms), &[planned; 4], founding()).expect("a plan");
    let earned = quote.creators.iter().flat_map(|creator| &creator.lines).filter(|line| !line.entitled.is_zero());
    let found: Vec<_> = earned.map(|line| format!("{} {} {}", line.entitled, line.credit, line.sentence())).collect();
    let month = "2020-12".parse().expect("a month");
    let price = month_price(terms.price(), &sketch("").records.closes, month, DeviationCheck::Enforced);
    let total = lines(&explain_total(&QuoteTerms::from(&terms), &quote, &price.expect("a price"), "mean"));
    let expected = "\
        250 250 It qualifies: supporters 40, use cases 1.
        125 25 $5000 count towards the tier of $5000, which is reached.
        250 250 It qualifies: supporters 40, use cases 1.
        125 25 $5000 count towards the tier of $5000, which is reached.
        250 0 2 base rewards a month are credited; this one is number 1 in the queue.
        125 25 $5000 count towards the tier of $5000, which is reached.
        250 0 2 base rewards a month are credited; this one is number 2 in the queue.
        125 25 $5000 count towards the tier of $5000, which is reached.
        R6 Credit | $1500 are earned in 8 lines, and nothing was credited before. | 1500
        R7 Base rewards a month | 2 of at most 2 base rewards a month are paid. | 2 / 2
        R7 Budget and minimum | $600 are paid; the programme pays at most $600 a month, and an ambassador no less than $25. | 600 / 600
        R9 Price | The price is the mean of 7 daily closes: $1250 buy 21000 tokens. | 1250 / 21000
        R8 Dollars to tokens | The sum is converted once and rounded down: ⌊600 × 10^18 × 21000 / 1250⌋ base units are 10080 RLY. | 10080000000000000000000";
    assert_lines(&format!("{}\n{total}", found.join("\n")), expected, "four creators under a small budget");
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

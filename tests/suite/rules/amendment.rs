//! What a new version of the terms changes: one sentence for each rule, and no rule without one.

use std::collections::BTreeSet;

use ambassador_core::amendment::{Change, changes};
use serde_json::{Value, json};

use super::sketch::{default_terms, terms_with};

/// Every field of the terms with another value, and the sentence that says so, up to the month.
fn amendments() -> Vec<(&'static str, Value, &'static str)> {
    let rows = include_str!("amendments.txt").lines().map(|line| {
        let [pointer, value, sentence] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("`{line}`") };
        (pointer, serde_json::from_str(value).expect("a value as JSON"), sentence)
    });
    rows.collect()
}

/// What changes from the default terms to these, which take effect in 2021-03.
fn amended(fields: &[(&str, Value)]) -> Vec<Change> {
    let later = [("/version", json!(2)), ("/effective", json!("2021-03"))];
    let after: Vec<(&str, Value)> = fields.iter().cloned().chain(later).collect();
    changes(&terms_with(&[]).0, &terms_with(&after).0)
}

fn sentences(changes: &[Change]) -> Vec<String> {
    changes.iter().map(Change::sentence).collect()
}

/// What a policy needs or has no use for goes with it.
fn with_its_company(pointer: &'static str, value: Value) -> Vec<(&'static str, Value)> {
    let alone =
        if pointer == "/price/policy" { &["/price/days", "/price/quorum", "/price/deviation_bps"][..] } else { &[] };
    [(pointer, value)].into_iter().chain(alone.iter().map(|field| (*field, Value::Null))).collect()
}

#[test]
fn every_changed_rule_is_said_with_both_values_and_whom_it_reaches() {
    for (pointer, value, expected) in amendments() {
        let found = sentences(&amended(&with_its_company(pointer, value)));
        assert_eq!(found.first(), Some(&format!("{expected} from 2021-03 on.")), "{pointer}");
    }
}

#[test]
fn no_field_of_the_terms_is_without_a_rule() {
    fn walk(pointer: &str, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    walk(&format!("{pointer}/{name}"), value, found);
                }
            }
            Value::Array(items) if items.iter().all(Value::is_object) => {
                for (place, value) in items.iter().enumerate() {
                    walk(&format!("{pointer}/{place}"), value, found);
                }
            }
            _ => drop(found.insert(pointer.to_owned())),
        }
    }
    let mut fields = BTreeSet::new();
    walk("", &default_terms(), &mut fields);
    // What a version is called and since when it is in force is said beside the rules.
    for heading in ["/schema", "/version", "/effective", "/proposal"] {
        assert!(fields.remove(heading), "{heading}");
    }
    let amended: BTreeSet<String> = amendments().into_iter().map(|(pointer, ..)| pointer.to_owned()).collect();
    assert_eq!(fields, amended);
}

#[test]
fn one_field_is_one_change() {
    for (pointer, value, _) in amendments() {
        // A tier is known by its volume: with another one it is another tier. A policy has its own bounds.
        let expected = if pointer.ends_with("volume_usd") {
            2
        } else if pointer == "/price/policy" {
            4
        } else {
            1
        };
        assert_eq!(amended(&with_its_company(pointer, value)).len(), expected, "{pointer}");
    }
}

#[test]
fn a_dropped_tier_is_said_and_a_new_one_too() {
    let found = amended(&[("/reward/tier", json!([{ "volume_usd": "7000", "bonus_usd": "250" }]))]);
    assert_eq!(
        sentences(&found),
        [
            "The bonus from a counted volume of $7000 on is new: $250, for creators who accept from 2021-03 on.",
            "The bonus from a counted volume of $5000 on was $125 and is dropped, for creators who accept from 2021-03 on.",
            "The bonus from a counted volume of $10000 on was $250 and is dropped, for creators who accept from 2021-03 on.",
            "The bonus from a counted volume of $25000 on was $500 and is dropped, for creators who accept from 2021-03 on.",
        ]
    );
}

#[test]
fn where_nothing_changes_nothing_is_said() {
    assert_eq!(sentences(&amended(&[])), [""; 0]);
    assert_eq!(sentences(&amended(&[("/proposal", json!("https://vote.example/1"))])), [""; 0]);
}

#[test]
fn the_vote_is_known_where_the_file_names_one() {
    let vote = |link: Value| terms_with(&[("/proposal", link)]).0.proposal().map(ToString::to_string);
    assert_eq!(vote(json!("https://vote.example/1")).as_deref(), Some("https://vote.example/1"));
    assert_eq!(vote(json!("")), None);
    assert_eq!(vote(Value::Null), None);
}

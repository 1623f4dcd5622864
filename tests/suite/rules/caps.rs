//! R7, what a month defers: the queue of base lines, the budget and the minimum.

use ambassador_core::settlement::Credited;
use serde_json::{Value, json};

use super::{
    render::{assert_lines, render_month},
    sketch::{Sketch, sketch_with},
};

fn check(sketch: &Sketch, months: &[(&str, &str)]) {
    let mut credited = Credited::new();
    for (month, expected) in months {
        assert_lines(&render_month(&sketch.settle(month, &mut credited)), expected, month);
    }
}

/// Creators whose base locked 14 days after their launch in November; a name each, a day each.
fn creators(ambassador: &str, launches: &[(&str, u32)]) -> String {
    let one = |(creator, day): &(&str, u32)| {
        format!(
            "referral {creator} {ambassador} 2020-10-20 2020-11-01 2020-11-01 2020-11-{day:02}
            adoption {creator} new:a 2020-11-01\nadoption {creator} new:b 2020-11-01\nadoption {creator} new:c 2020-11-01\n"
        )
    };
    launches.iter().map(one).collect()
}

/// No bonus of the use cases that only open the gate here.
fn caps(caps: &Value) -> Vec<(&'static str, Value)> {
    let mut changes = vec![("/reward/innovative/max", json!(0))];
    for (field, pointer) in
        [("max", "/caps/max_per_month"), ("budget", "/caps/budget_usd_per_month"), ("minimum", "/caps/min_payout_usd")]
    {
        if let Some(value) = caps.get(field) {
            changes.push((pointer, value.clone()));
        }
    }
    changes.push(("/caps/expected_per_month", json!(0)));
    changes
}

#[test]
fn base_lines_queue_oldest_first() {
    let text = format!(
        "ambassador alex\nambassador sam\n{}{}",
        creators("alex", &[("a", 9), ("b", 8), ("c", 7), ("d", 7), ("e", 1)]),
        creators("sam", &[("s", 9)])
    );
    let sketch = sketch_with(&caps(&json!({ "max": 2 })), &text);
    check(
        &sketch,
        &[
            (
                "2020-11",
                "alex 500
                a base 250 0 0
                b base 250 0 0
                c base 250 0 250
                d base 250 0 0
                e base 250 0 250
                a base 250 CAP_QUEUED
                b base 250 CAP_QUEUED
                d base 250 CAP_QUEUED
                sam 250
                s base 250 0 250",
            ),
            ("2020-12", "alex 500\na base 250 0 0\nb base 250 0 250\nd base 250 0 250\na base 250 CAP_QUEUED"),
            ("2021-01", "alex 250\na base 250 0 250"),
        ],
    );
    let settled = sketch.settle("2020-11", &mut Credited::new());
    let places: Vec<_> = settled.statements[0]
        .month
        .pending
        .iter()
        .filter(|line| line.reason.code() == "CAP_QUEUED")
        .map(|line| format!("{} {}", line.creator.as_ref().expect("a creator"), line.reason.figure()))
        .collect();
    assert_eq!(places, ["a 3 / 2", "b 2 / 2", "d 1 / 2"]);
}

#[test]
fn a_short_budget_is_shared_in_cents_with_ties_by_creator() {
    let text = format!(
        "ambassador alex\nambassador sam\n{}{}",
        creators("alex", &[("c", 1), ("a", 1)]),
        creators("sam", &[("b", 1)])
    );
    let sketch = sketch_with(&caps(&json!({ "budget": "100", "minimum": "1" })), &text);
    check(
        &sketch,
        &[
            (
                "2020-11",
                "alex 66.67
                a base 250 0 33.34
                c base 250 0 33.33
                a base 216.66 BUDGET_DEFERRED
                c base 216.67 BUDGET_DEFERRED
                sam 33.33
                b base 250 0 33.33
                b base 216.67 BUDGET_DEFERRED",
            ),
            (
                "2020-12",
                "alex 66.66
                a base 250 33.34 33.33
                c base 250 33.33 33.33
                a base 183.33 BUDGET_DEFERRED
                c base 183.34 BUDGET_DEFERRED
                sam 33.34
                b base 250 33.33 33.34
                b base 183.33 BUDGET_DEFERRED",
            ),
        ],
    );
}

#[test]
fn classes_are_served_in_their_order() {
    let text = format!(
        "ambassador alex\nambassador sam
        {}{}
        fans a 20 300 2020-11-05\nadjust sam 2020-11 100
        adoption a raffle 2020-11-01\nadoption a auction 2020-11-01\nadoption a nft_perk 2020-11-01",
        creators("alex", &[("a", 1)]),
        creators("sam", &[("b", 1)])
    );
    let sketch = sketch_with(&caps(&json!({ "budget": "620", "minimum": "0" })), &text);
    check(
        &sketch,
        &[
            (
                "2020-12",
                "alex 270
                a base 250 0 250
                a use_case 50 0 20
                a tier 125 0 0
                a use_case 30 BUDGET_DEFERRED
                a tier 125 BUDGET_DEFERRED
                sam 350
                - adjustment 100 0 100
                b base 250 0 250",
            ),
            ("2021-01", "alex 155\na use_case 50 20 30\na tier 125 0 125"),
        ],
    );
}

#[test]
fn less_than_the_minimum_is_carried() {
    let sketch = sketch_with(
        &[],
        "ambassador alex\nambassador sam
        adjust alex 2020-11 24.999999\nadjust alex 2021-01 0.000001\nadjust sam 2020-11 25",
    );
    check(
        &sketch,
        &[
            (
                "2020-11",
                "alex 0\n- adjustment 24.999999 0 0\n- adjustment 24.999999 BELOW_MINIMUM\nsam 25\n- adjustment 25 0 25",
            ),
            ("2020-12", "alex 0\n- adjustment 24.999999 0 0\n- adjustment 24.999999 BELOW_MINIMUM"),
            ("2021-01", "alex 25\n- adjustment 25 0 25"),
        ],
    );
}

#[test]
fn a_budget_too_small_for_all_pays_those_who_waited_longest() {
    let people = ["p0", "p1", "p2", "p3"];
    let mut text = people.map(|name| format!("ambassador {name}")).join("\n") + "\n";
    // The later in the alphabet, the longer they have waited.
    for (name, day) in people.iter().zip([4, 3, 2, 1]) {
        text += &creators(name, &[(&format!("c-{name}"), day)]);
    }
    let sketch = sketch_with(&caps(&json!({ "budget": "250", "minimum": "250" })), &text);
    let mut credited = Credited::new();
    for (month, expected) in [("2020-11", "p3"), ("2020-12", "p2"), ("2021-01", "p1"), ("2021-02", "p0")] {
        let settled = sketch.settle(month, &mut credited);
        let paid: Vec<_> = settled.statements.iter().filter(|statement| !statement.total.is_zero()).collect();
        assert_eq!(paid.len(), 1, "{month}");
        assert_eq!(paid[0].ambassador.id.as_str(), expected, "{month}");
    }
    assert_eq!(render_month(&sketch.settle("2021-03", &mut credited)), "");
}

#[test]
fn the_rest_of_a_line_does_not_bar_the_queue() {
    // After two months of 100 the first line lacks 50, less than the minimum.
    let text = format!("ambassador alex\n{}", creators("alex", &[("a", 1), ("b", 2)]));
    let sketch = sketch_with(&caps(&json!({ "max": 1, "budget": "100", "minimum": "60" })), &text);
    let mut credited = Credited::new();
    for month in ["2020-11", "2020-12", "2021-01", "2021-02", "2021-03"] {
        sketch.settle(month, &mut credited);
    }
    check_credited(&credited, &[("a", "250"), ("b", "250")]);
}

fn check_credited(credited: &Credited, expected: &[(&str, &str)]) {
    let found = credited.iter().map(|(key, sum)| (key.creator.as_ref().map(ToString::to_string), sum.to_string()));
    let expected = expected.iter().map(|(creator, sum)| (Some((*creator).to_string()), (*sum).to_string()));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

#[test]
fn a_budget_of_less_than_the_lines_still_pays_somebody() {
    // Lines below a cent cannot be shared in cents; they must not wait for ever.
    let text = format!("ambassador alex\n{}", creators("alex", &[("a", 1), ("b", 1), ("c", 1), ("d", 1)]));
    let mut changes = caps(&json!({ "budget": "0.01", "minimum": "0" }));
    changes.push(("/reward/base_usd", json!("0.004")));
    let sketch = sketch_with(&changes, &text);
    let mut credited = Credited::new();
    for month in ["2020-11", "2020-12", "2021-01"] {
        sketch.settle(month, &mut credited);
    }
    let sum: i128 = credited.values().map(|amount| amount.as_micros()).sum();
    assert_eq!(sum, 16_000, "{credited:?}");
}

#[test]
fn debits_leave_room_in_the_budget() {
    // Alex has 250 and a debit of 100: the budget is asked for 150, and Sam for 250.
    let text = format!(
        "ambassador alex\nambassador sam\n{}{}\nadjust alex 2020-11 -100",
        creators("alex", &[("a", 1)]),
        creators("sam", &[("b", 1)])
    );
    check(
        &sketch_with(&caps(&json!({ "budget": "400" })), &text),
        &[("2020-11", "alex 150\n- adjustment -100 0 -100\na base 250 0 250\nsam 250\nb base 250 0 250")],
    );
    check(
        &sketch_with(&caps(&json!({ "budget": "200" })), &text),
        &[
            (
                "2020-11",
                "alex 75
                - adjustment -100 0 -100
                a base 250 0 175
                a base 75 BUDGET_DEFERRED
                sam 125
                b base 250 0 125
                b base 125 BUDGET_DEFERRED",
            ),
            ("2020-12", "alex 75\na base 250 175 75\nsam 125\nb base 250 125 125"),
        ],
    );
}

#[test]
fn what_is_paid_already_has_not_waited() {
    // Alex's first creator was paid in November; the second one waits for a shorter time than Sam's.
    let text = format!(
        "ambassador alex\nambassador sam\n{}{}",
        creators("alex", &[("a", 1), ("b", 20)]),
        creators("sam", &[("s", 10)])
    );
    check(
        &sketch_with(&caps(&json!({ "budget": "250", "minimum": "250" })), &text),
        &[
            (
                "2020-11",
                "alex 250
                a base 250 0 250
                b base 250 IN_HOLD
                sam 0
                s base 250 0 0
                s base 250 BUDGET_DEFERRED",
            ),
            ("2020-12", "alex 0\nb base 250 0 0\nb base 250 BUDGET_DEFERRED\nsam 250\ns base 250 0 250"),
            ("2021-01", "alex 250\nb base 250 0 250"),
        ],
    );
}

#[test]
fn who_is_left_to_the_next_budget_is_told_so_and_keeps_debits() {
    let text = format!(
        "ambassador alex\nambassador sam\n{}{}\nadjust sam 2020-11 -10",
        creators("alex", &[("a", 1)]),
        creators("sam", &[("s", 2)])
    );
    let sketch = sketch_with(&caps(&json!({ "budget": "250", "minimum": "200" })), &text);
    check(
        &sketch,
        &[
            (
                "2020-11",
                "alex 250
                a base 250 0 250
                sam 0
                - adjustment -10 0 0
                s base 250 0 0
                - adjustment -10 BELOW_MINIMUM
                s base 250 BUDGET_DEFERRED",
            ),
            ("2020-12", "sam 240\n- adjustment -10 0 -10\ns base 250 0 250"),
        ],
    );
    // Of 250 for 250 and 240, Sam's share is 122.449 rounded to a cent.
    let settled = sketch.settle("2020-11", &mut Credited::new());
    let debit = settled.statements[1].month.pending.iter().find(|line| line.reason.code() == "BELOW_MINIMUM");
    assert_eq!(debit.expect("the adjustment waits").reason.figure(), "122.45 / 200");
}

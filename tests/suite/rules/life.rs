//! R5, every line with its reason and its next date, as the instant walks through the life of a referral.

use serde_json::json;

use super::{
    render::{assert_lines, render_lines},
    sketch::{Sketch, at, sketch, sketch_with},
};

/// A nanosecond after a midnight, when what happened at midnight is seen.
fn after(date: &str) -> String {
    format!("{date}T00:00:00.000000001Z")
}

fn check(sketch: &Sketch, table: &[(&str, &str)]) {
    for (instant, expected) in table {
        assert_lines(&render_lines(&sketch.lines("zoe", "alex", at(instant))), expected, instant);
    }
}

#[test]
fn a_referral_that_goes_well() {
    // Hold until 12-04, window until 12-20, grace until 12-27.
    let sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-11-20
        adoption zoe raffle 2020-11-25
        fans zoe 20 300 2020-11-28
        adoption zoe auction 2020-12-01
        adoption zoe nft_perk 2020-12-19T23:59:59Z
        adoption zoe new:dance 2020-12-06
        fans zoe 40 100 2020-12-21",
    );
    check(
        &sketch,
        &[
            ("2020-11-01", "base 250 NOT_ACCEPTED 2020-12-01"),
            ("2020-11-05", "base 250 NOT_ACCEPTED 2020-12-01"),
            (&after("2020-11-05"), "base 250 NOT_APPROVED -"),
            ("2020-11-10", "base 250 NOT_APPROVED -"),
            (&after("2020-11-10"), "base 250 NOT_LAUNCHED 2021-02-08"),
            ("2020-11-20", "base 250 NOT_LAUNCHED 2021-02-08"),
            (&after("2020-11-20"), "base 250 GATE_USE_CASES 2020-12-27\ntier 0 BELOW_TIER 2020-12-27"),
            ("2020-11-25", "base 250 GATE_USE_CASES 2020-12-27\ntier 0 BELOW_TIER 2020-12-27"),
            (
                &after("2020-11-25"),
                "base 250 GATE_SUPPORTERS 2020-12-27
                use_case 0 GATE_USE_CASES 2020-12-27
                tier 0 BELOW_TIER 2020-12-27",
            ),
            (
                &after("2020-11-28"),
                "base 250 IN_HOLD 2020-12-04
                use_case 0 GATE_USE_CASES 2020-12-27
                tier 125 IN_WINDOW 2020-12-20",
            ),
            (
                "2020-12-04",
                "base 250 IN_HOLD 2020-12-04
                use_case 0 GATE_USE_CASES 2020-12-27
                tier 125 IN_WINDOW 2020-12-20",
            ),
            (
                &after("2020-12-04"),
                "base 250 locked 2020-12-04
                use_case 0 GATE_USE_CASES 2020-12-27
                tier 125 IN_WINDOW 2020-12-20",
            ),
            (
                &after("2020-12-06"),
                "base 250 locked 2020-12-04
                use_case 0 GATE_USE_CASES 2020-12-27
                innovative 125 IN_WINDOW 2020-12-20
                tier 125 IN_WINDOW 2020-12-20",
            ),
            (
                "2020-12-19T23:59:59.000000001Z",
                "base 250 locked 2020-12-04
                use_case 50 IN_WINDOW 2020-12-20
                innovative 125 IN_WINDOW 2020-12-20
                tier 125 IN_WINDOW 2020-12-20",
            ),
            (
                "2020-12-20",
                "base 250 locked 2020-12-04
                use_case 50 IN_GRACE 2020-12-27
                innovative 125 IN_GRACE 2020-12-27
                tier 125 IN_GRACE 2020-12-27",
            ),
            (
                "2020-12-27",
                "base 250 locked 2020-12-04
                use_case 50 IN_GRACE 2020-12-27
                innovative 125 IN_GRACE 2020-12-27
                tier 125 IN_GRACE 2020-12-27",
            ),
            (
                &after("2020-12-27"),
                "base 250 locked 2020-12-04
                use_case 50 locked 2020-12-27
                innovative 125 locked 2020-12-27
                tier 125 locked 2020-12-27",
            ),
            (
                "2030-01-01",
                "base 250 locked 2020-12-04
                use_case 50 locked 2020-12-27
                innovative 125 locked 2020-12-27
                tier 125 locked 2020-12-27",
            ),
        ],
    );
}

#[test]
fn a_gate_that_is_met_late_locks_late() {
    let sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-11-20
        adoption zoe raffle 2020-11-25
        fans zoe 19 1 2020-11-28
        event late 2020-12-19T12:00:00Z zoe buy somebody 1",
    );
    check(
        &sketch,
        &[
            (
                "2020-12-19T12:00:00Z",
                "base 250 GATE_SUPPORTERS 2020-12-27\nuse_case 0 GATE_USE_CASES 2020-12-27\ntier 0 BELOW_TIER 2020-12-27",
            ),
            (
                "2020-12-19T12:00:00.000000001Z",
                "base 250 locked 2020-12-19T12:00:00Z
                use_case 0 GATE_USE_CASES 2020-12-27
                tier 0 BELOW_TIER 2020-12-27",
            ),
            (
                "2020-12-27",
                "base 250 locked 2020-12-19T12:00:00Z\nuse_case 0 GATE_USE_CASES 2020-12-27\ntier 0 BELOW_TIER 2020-12-27",
            ),
            (
                &after("2020-12-27"),
                "base 250 locked 2020-12-19T12:00:00Z\nuse_case 0 GATE_USE_CASES -\ntier 0 BELOW_TIER -",
            ),
        ],
    );
}

#[test]
fn three_use_cases_open_the_gate_without_supporters() {
    let with = |more: &str| {
        sketch(&format!(
            "ambassador alex
            referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-11-20
            adoption zoe raffle 2020-11-25\nadoption zoe auction 2020-12-05\n{more}"
        ))
    };
    let shown = |base: &str, use_case: &str| format!("base 250 {base}\nuse_case {use_case}\ntier 0 BELOW_TIER -");
    for (more, base, use_case) in [
        ("", "GATE_SUPPORTERS -", "0 GATE_USE_CASES -"),
        ("adoption zoe nft_perk 2020-12-06", "locked 2020-12-06", "50 locked 2020-12-27"),
        ("adoption zoe nft_perk 2020-12-20", "GATE_SUPPORTERS -", "0 GATE_USE_CASES -"),
        (
            "adoption zoe nft_perk 2020-12-19T23:59:59.999999999Z",
            "locked 2020-12-19T23:59:59.999999999Z",
            "50 locked 2020-12-27",
        ),
        ("adoption zoe nft_perk 2020-12-06 pending", "GATE_SUPPORTERS -", "0 GATE_USE_CASES -"),
        ("adoption zoe nft_perk 2020-12-06 rejected", "GATE_SUPPORTERS -", "0 GATE_USE_CASES -"),
        ("adoption zoe nft_perk 2020-11-01", "locked 2020-12-05", "50 locked 2020-12-27"),
    ] {
        check(&with(more), &[("2021-02-01", &shown(base, use_case))]);
    }
    // A new one opens the gate as well, and does not count among the known.
    check(
        &with("adoption zoe new:dance 2020-12-06"),
        &[(
            "2021-02-01",
            "base 250 locked 2020-12-06\nuse_case 0 GATE_USE_CASES -\ninnovative 125 locked 2020-12-27\ntier 0 BELOW_TIER -",
        )],
    );
}

#[test]
fn without_a_gate_nothing_else_is_earned() {
    let sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-11-20
        fans zoe 19 2000 2020-11-28",
    );
    check(
        &sketch,
        &[
            (&after("2020-12-27"), "base 250 GATE_USE_CASES -\ntier 500 GATE_USE_CASES -"),
            ("2020-12-27", "base 250 GATE_USE_CASES 2020-12-27\ntier 500 GATE_USE_CASES 2020-12-27"),
        ],
    );
}

#[test]
fn innovative_use_cases_wait_for_their_decision() {
    let with = |most: u32, adoptions: &str| {
        let sketch = sketch_with(
            &[("/reward/innovative/max", json!(most)), ("/gate/min_supporters", json!(0))],
            &format!(
                "ambassador alex\nreferral zoe alex 2020-11-01 2020-11-05 2020-11-10 2020-11-20
                adoption zoe raffle 2020-11-25\n{adoptions}"
            ),
        );
        let lines = render_lines(&sketch.lines("zoe", "alex", at("2021-02-01")));
        lines.lines().find(|line| line.starts_with("innovative")).unwrap_or("-").to_string()
    };
    let (a, b) = ("adoption zoe new:a 2020-12-01", "adoption zoe new:b 2020-12-01");
    for (most, adoptions, expected) in [
        (1, String::new(), "-"),
        (1, a.to_string(), "innovative 125 locked 2020-12-27"),
        (1, format!("{a}\n{b}"), "innovative 125 locked 2020-12-27"),
        (2, format!("{a}\n{b}"), "innovative 250 locked 2020-12-27"),
        (5, format!("{a}\n{b}"), "innovative 250 locked 2020-12-27"),
        (0, format!("{a}\n{b}"), "-"),
        (1, format!("{a} pending"), "innovative 125 NOT_APPROVED -"),
        (2, format!("{a} pending\n{b} pending"), "innovative 250 NOT_APPROVED -"),
        (1, format!("{a} rejected"), "-"),
        (0, format!("{a} pending"), "-"),
        (1, "adoption zoe new:a 2020-12-20".to_string(), "-"),
    ] {
        assert_eq!(with(most, &adoptions), expected, "{most} {adoptions}");
    }
}

#[test]
fn the_ways_in_which_a_referral_fails() {
    let check_one = |referral: &str, instant: &str, expected: &str| {
        check(&sketch(&format!("ambassador alex\nreferral zoe alex {referral}")), &[(instant, expected)]);
    };
    // The invite.
    let invited = "2020-11-01 - - -";
    check_one(invited, "2020-11-30T23:59:59.999999999Z", "base 250 NOT_ACCEPTED 2020-12-01");
    check_one(invited, "2020-12-01", "base 250 INVITE_EXPIRED -");
    check_one("2020-11-01 2020-12-01 - -", "2020-12-01", "base 250 INVITE_EXPIRED -");
    check_one("2020-11-01 2020-12-24 2020-12-25 2020-12-26", "2021-02-01", "base 250 INVITE_EXPIRED -");
    // The approval.
    let accepted = "2020-11-01 2020-11-05 - -";
    check_one(accepted, "2022-01-01", "base 250 NOT_APPROVED -");
    check_one(&format!("{accepted} rejected"), "2022-01-01", "base 250 NOT_APPROVED -");
    check_one("2020-11-01 2020-11-05 2020-11-06 2020-11-07 rejected", "2022-01-01", "base 250 NOT_APPROVED -");
    // The launch, 90 days from the approval.
    let approved = "2020-11-01 2020-11-05 2020-11-10 -";
    check_one(approved, "2021-02-07T23:59:59.999999999Z", "base 250 NOT_LAUNCHED 2021-02-08");
    check_one(approved, "2021-02-08", "base 250 LAUNCH_EXPIRED -");
    check_one("2020-11-01 2020-11-05 2020-11-10 2021-02-08", "2021-03-01", "base 250 LAUNCH_EXPIRED -");
    check_one("2020-11-01 2020-11-05 2020-11-10 2021-02-08", "2021-02-08", "base 250 LAUNCH_EXPIRED -");
    check_one(
        "2020-11-01 2020-11-05 2020-11-10 2021-02-07T23:59:59.999999999Z",
        "2021-02-08",
        "base 250 GATE_USE_CASES 2021-03-16T23:59:59.999999999Z\ntier 0 BELOW_TIER 2021-03-16T23:59:59.999999999Z",
    );
    // A launch at the instant of the approval is in time.
    check_one(
        "2020-11-01 2020-11-05 2020-11-10 2020-11-10",
        "2020-11-11",
        "base 250 GATE_USE_CASES 2020-12-17\ntier 0 BELOW_TIER 2020-12-17",
    );
}

//! R4, the tiers that supporters reach, and R11, the times and sums on the border.

use ambassador_core::{
    basis_points::BasisPoints,
    terms::Tier,
    tier::{counted_towards, highest_reached},
    usd::Volume,
    volume::Supporter,
};
use serde_json::json;

use super::{
    render::{assert_lines, render_lines},
    sketch::{at, sketch, sketch_with},
};

const TIERS: [(&str, &str); 3] = [("5000", "125"), ("10000", "250"), ("25000", "500")];

fn supporters(volumes: &[(usize, &str)]) -> Vec<Supporter> {
    let each = volumes.iter().flat_map(|(count, volume)| std::iter::repeat_n(*volume, *count));
    each.enumerate()
        .map(|(number, volume)| Supporter {
            actor: format!("fan{number}").parse().expect("an actor"),
            volume: volume.parse().expect("a volume"),
            first_at: at("2020-11-11"),
        })
        .collect()
}

/// So many supporters of such volumes reach the tier with this bonus, or none.
fn check(cap: u16, volumes: &[(usize, &str)], expected: Option<&str>) {
    let tiers = TIERS.map(|(threshold, bonus)| Tier {
        threshold: threshold.parse().expect("dollars"),
        bonus: bonus.parse().expect("dollars"),
    });
    let cap = BasisPoints::new(cap).expect("a share");
    let reached = highest_reached(&tiers, cap, &supporters(volumes)).map(|tier| tier.bonus.to_string());
    assert_eq!(reached.as_deref(), expected, "{volumes:?} at {cap:?}");
}

#[test]
fn a_tier_is_reached_exactly() {
    check(2500, &[], None);
    check(2500, &[(19, "250"), (1, "249.999999")], None);
    check(2500, &[(19, "250"), (1, "249.999999999999999999")], None);
    check(2500, &[(20, "250")], Some("125"));
    check(2500, &[(40, "250")], Some("250"));
    check(2500, &[(39, "250"), (1, "249.999999999999999999")], Some("125"));
    check(2500, &[(100, "250")], Some("500"));
    check(2500, &[(100, "250000")], Some("500"));
}

#[test]
fn one_supporter_counts_for_a_quarter_at_most() {
    // One alone reaches nothing, nor do three; four who bear a quarter each do.
    check(2500, &[(1, "1000000000000")], None);
    check(2500, &[(3, "1000000000000")], None);
    check(2500, &[(4, "1249.999999999999999999")], None);
    check(2500, &[(4, "1250")], Some("125"));
    check(2500, &[(4, "2500")], Some("250"));
    check(2500, &[(4, "6250")], Some("500"));
    check(2500, &[(4, "1000000000000")], Some("500"));
    // A whale counts 2,500 towards 10,000, so that 7,500 of others are needed.
    check(2500, &[(1, "9000"), (30, "250")], Some("250"));
    check(2500, &[(1, "9000"), (29, "250"), (1, "249.99")], Some("125"));
    check(3333, &[(3, "1000000")], None);
    check(3334, &[(3, "1000000")], Some("500"));
    check(10_000, &[(1, "5000")], Some("125"));
    check(10_000, &[(1, "4999.999999999999999999")], None);
    // At one basis point ten thousand supporters are needed.
    check(1, &[(9_999, "25")], None);
    check(1, &[(10_000, "0.5")], Some("125"));
}

#[test]
fn what_counts_is_exact_to_the_last_digit() {
    for (threshold, cap, expected) in
        [("0.000001", 1, "0.0000000001"), ("0.000003", 3333, "0.0000009999"), ("1000000000000", 2500, "250000000000")]
    {
        let most = counted_towards(
            threshold.parse().expect("dollars"),
            BasisPoints::new(cap).expect("a share"),
            &supporters(&[(1, "1000000000000")]),
        );
        assert_eq!(most, expected.parse::<Volume>().ok(), "{threshold} {cap}");
    }
}

fn check_lines(events: &str, expected: &str) {
    let sketch = sketch(&format!(
        "ambassador alex
        referral zoe alex 2020-12-01 2020-12-02 2020-12-03 2021-01-31T18:00:00Z
        adoption zoe raffle 2021-02-01\nadoption zoe auction 2021-02-01\nadoption zoe nft_perk 2021-02-01
        {events}"
    ));
    let lines = sketch.lines("zoe", "alex", at("2021-03-09T18:00:00.000000001Z"));
    assert_lines(
        &render_lines(&lines),
        &format!(
            "base 250 locked 2021-02-14T18:00:00Z
        use_case 50 locked 2021-03-09T18:00:00Z
        {expected}"
        ),
        events,
    );
}

#[test]
fn borders_of_time_and_sum() {
    let locked = "tier 125 locked 2021-03-09T18:00:00Z";
    let below = "tier 0 BELOW_TIER -";
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-03-02T17:59:59.999999999Z zoe buy x 1250", locked);
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-03-02T18:00:00Z zoe buy x 1250", below);
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-03-02T18:00:00Z zoe buy x 1249.999999", below);
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-01-31T18:00:00Z zoe buy x 1249.999999", below);
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-01-31T18:00:00Z zoe buy x 1250", locked);
    check_lines("fans zoe 3 1250 2021-02-02\nevent e1 2021-01-31T17:59:59Z zoe buy x 1250", below);
}

#[test]
fn only_the_highest_tier_pays_and_none_is_needed() {
    let text = "ambassador alex
        referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
        adoption zoe raffle 2020-11-05
        fans zoe 100 250 2020-11-06";
    let lines = sketch(text).lines("zoe", "alex", at("2021-02-01"));
    assert_lines(
        &render_lines(&lines),
        "base 250 locked 2020-11-18\nuse_case 0 GATE_USE_CASES -\ntier 500 locked 2020-12-11",
        "",
    );
    let without = sketch_with(&[("/reward/tier", json!([])), ("/reward/use_case/bonus_usd", json!("0"))], text);
    let lines = without.lines("zoe", "alex", at("2021-02-01"));
    assert_lines(&render_lines(&lines), "base 250 locked 2020-11-18", "");
}

//! R6, what each month credits: entitlement less earlier credits, line by line.

use ambassador_core::{
    allocation::LineKey,
    diagnostic::Diagnostic as _,
    entitlement::LineKind,
    records::AmbassadorIndex,
    settlement::{Credited, settle},
    token::TokenAmount,
    usd::SignedUsd,
};

use super::{
    render::{assert_lines, render_month},
    sketch::{Sketch, at, sketch},
};

/// Settles months in order; each has the records that were known at its settlement, and what is then expected.
fn check(months: &[(&str, &str, &str)]) {
    let mut credited = Credited::new();
    for (month, records, expected) in months {
        let settled = sketch(records).settle(month, &mut credited);
        assert_lines(&render_month(&settled), expected, month);
    }
}

/// A referral whose base locks on 2020-11-18 and whose tier locks on 2020-12-11.
const GOOD: &str = "ambassador alex
    referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
    adoption zoe raffle 2020-11-05";

#[test]
fn a_line_is_credited_once() {
    let records = format!("{GOOD}\nfans zoe 20 300 2020-11-06");
    check(&[
        ("2020-11", &records, "alex 250\nzoe base 250 0 250\nzoe tier 125 IN_WINDOW"),
        ("2020-12", &records, "alex 125\nzoe tier 125 0 125"),
        ("2021-01", &records, ""),
        ("2021-12", &records, ""),
    ]);
}

#[test]
fn a_skipped_month_loses_nothing() {
    let records = format!("{GOOD}\nfans zoe 20 300 2020-11-06");
    check(&[("2021-03", &records, "alex 375\nzoe base 250 0 250\nzoe tier 125 0 125")]);
}

#[test]
fn late_data_and_corrections_need_no_other_rule() {
    let small = format!("{GOOD}\nfans zoe 20 300 2020-11-06");
    let grown = format!("{small}\nfans zoe 40 300 2020-12-03");
    let gone = format!("{GOOD}\nfans zoe 19 300 2020-11-06");
    check(&[
        ("2020-12", &small, "alex 375\nzoe base 250 0 250\nzoe tier 125 0 125"),
        // Late events lift the tier: 40 supporters with 12,000 or more.
        ("2021-01", &grown, "alex 125\nzoe tier 250 125 125"),
        // A correction takes the gate away: everything is a debit, and nothing is clawed back.
        (
            "2021-02",
            &gone,
            "alex 0
            zoe base 0 250 0
            zoe tier 0 250 0
            zoe base 250 GATE_SUPPORTERS
            zoe base -250 BELOW_MINIMUM
            zoe tier 125 GATE_SUPPORTERS
            zoe tier -250 BELOW_MINIMUM",
        ),
        // It comes back in part: the debit of the tier alone is carried.
        ("2021-03", &small, "alex 0\nzoe tier 125 250 0\nzoe tier -125 BELOW_MINIMUM"),
    ]);
}

#[test]
fn a_debit_is_set_off_against_later_credits() {
    let both = |yan: &str, fans: u32| {
        format!(
            "{GOOD}
            referral yan alex 2020-11-01 2020-11-02 2020-11-03 {yan}
            adoption yan raffle 2020-12-20
            fans yan 20 1 2020-12-20
            fans zoe {fans} 1 2020-11-06"
        )
    };
    check(&[
        ("2020-11", &both("-", 20), "alex 250\nzoe base 250 0 250\nyan base 250 NOT_LAUNCHED"),
        // Yan's base is set off against Zoe's debit: the sum is nothing, below the minimum, and both wait.
        (
            "2020-12",
            &both("2020-12-10", 19),
            "alex 0
            yan base 250 0 0
            zoe base 0 250 0
            yan base 250 BELOW_MINIMUM
            zoe base 250 GATE_SUPPORTERS
            zoe base -250 BELOW_MINIMUM",
        ),
        (
            "2021-01",
            &format!("{}\nadjust alex 2021-01 30", both("2020-12-10", 19)),
            "alex 30
            - adjustment 30 0 30
            yan base 250 0 250
            zoe base 0 250 -250
            zoe base 250 GATE_SUPPORTERS",
        ),
        (
            "2021-02",
            &both("2020-12-10", 20).replace("fans zoe 20", "adjust alex 2021-01 30\nfans zoe 20"),
            "alex 250\nzoe base 250 0 250",
        ),
    ]);
}

#[test]
fn adjustments_add_up_over_months() {
    let first = "ambassador alex\nambassador sam\nadjust alex 2020-11 100 one\nadjust sam 2020-12 40 two";
    let second = format!("{first}\nadjust alex 2020-12 -30 three");
    let third = format!("{second}\nadjust alex 2021-01 -100.000001 four\nadjust alex 2021-02 60.000001 five");
    check(&[
        ("2020-11", first, "alex 100\n- adjustment 100 0 100"),
        (
            "2020-12",
            &second,
            "alex 0\n- adjustment 70 100 0\n- adjustment -30 BELOW_MINIMUM\nsam 40\n- adjustment 40 0 40",
        ),
        ("2021-01", &third, "alex 0\n- adjustment -30.000001 100 0\n- adjustment -130.000001 BELOW_MINIMUM"),
        ("2021-02", &third, "alex 0\n- adjustment 30 100 0\n- adjustment -70 BELOW_MINIMUM"),
    ]);
}

#[test]
fn an_adjustment_before_the_enrolment_waits_for_it() {
    // Nobody is stated who has not joined, so nobody may take a share of the budget either.
    let records = "ambassador sam
        ambassador alex joined=2020-12-15
        adjust alex 2020-11 12500
        adjust sam 2020-11 100";
    check(&[
        ("2020-11", records, "sam 100\n- adjustment 100 0 100"),
        ("2020-12", records, "alex 12500\n- adjustment 12500 0 12500"),
    ]);
}

#[test]
fn what_is_held_waits_and_what_is_rejected_is_taken_back() {
    let with = |ambassador: &str, referral: &str| {
        format!(
            "ambassador alex {ambassador}
            referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04 {referral}
            adoption zoe raffle 2020-11-05
            fans zoe 20 300 2020-11-06"
        )
    };
    check(&[
        ("2020-11", &with("held", ""), "alex 0\nzoe base 250 0 0\nzoe base 250 HELD\nzoe tier 125 IN_WINDOW"),
        (
            "2020-12",
            &with("", "held"),
            "alex 0\nzoe base 250 0 0\nzoe tier 125 0 0\nzoe base 250 HELD\nzoe tier 125 HELD",
        ),
        ("2021-01", &with("", ""), "alex 375\nzoe base 250 0 250\nzoe tier 125 0 125"),
        (
            "2021-02",
            &with("", "rejected"),
            "alex 0
            zoe base 0 250 0
            zoe tier 0 125 0
            zoe base 250 NOT_APPROVED
            zoe base -250 BELOW_MINIMUM
            zoe tier -125 BELOW_MINIMUM",
        ),
        // While the ambassador is held, debits wait as well.
        (
            "2021-03",
            &format!("{}\nadjust alex 2021-03 1000", with("held", "rejected")),
            "alex 0
            - adjustment 1000 0 0
            zoe base 0 250 0
            zoe tier 0 125 0
            - adjustment 1000 HELD
            zoe base 250 NOT_APPROVED
            zoe base -250 HELD
            zoe tier -125 HELD",
        ),
        (
            "2021-04",
            &format!("{}\nadjust alex 2021-03 1000", with("", "rejected")),
            "alex 625
            - adjustment 1000 0 1000
            zoe base 0 250 -250
            zoe tier 0 125 -125
            zoe base 250 NOT_APPROVED",
        ),
    ]);
}

#[test]
fn a_changed_name_holds_the_payment() {
    let with = |pins: &str| {
        format!(
            "ambassador alex payee=alex.eth
            referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
            adoption zoe raffle 2020-11-05\nfans zoe 20 1 2020-11-06\n{pins}"
        )
    };
    let (first, second) = (
        "pin alex.eth 0x000000000000000000000000000000000000aaaa 1",
        "pin alex.eth 0x000000000000000000000000000000000000bbbb 2",
    );
    let waits = "alex 0\nzoe base 250 0 0\nzoe base 250 ADDRESS_UNCONFIRMED";
    check(&[
        ("2020-11", &with(""), waits),
        ("2020-12", &with(&format!("{first}\n{second}")), waits),
        ("2021-01", &with(&format!("{first}\n{}", first.replace(" 1", " 9"))), "alex 250\nzoe base 250 0 250"),
    ]);
    let back = first.replace(" 1", " 3");
    let vanished = "pin alex.eth - 2";
    // What is named after a change counts once a second row confirms it, at the same block or later.
    for (pins, pays) in [
        (format!("{first}\n{second}\n{second}"), true),
        (format!("{first}\n{second}\n{}", second.replace(" 2", " 3")), true),
        (format!("{first}\n{second}\n{back}"), false),
        (format!("{first}\n{vanished}"), false),
        (format!("{first}\n{vanished}\n{}", vanished.replace(" 2", " 3")), false),
        (format!("{first}\n{vanished}\n{back}"), false),
        (format!("{first}\n{vanished}\n{back}\n{back}"), true),
    ] {
        let expected = if pays { "alex 250\nzoe base 250 0 250" } else { waits };
        check(&[("2020-12", &with(&pins), expected)]);
    }
}

#[test]
fn a_month_before_the_terms_cannot_be_settled() {
    let sketch: Sketch = sketch("ambassador alex");
    let error = sketch.try_settle("2020-10", &Credited::new()).expect_err("no terms");
    assert_eq!(ambassador_core::diagnostic::Diagnostic::code(&error), "MONTH_BEFORE_TERMS");
}

#[test]
fn what_is_held_moves_in_neither_direction() {
    let with = |status: &str, fans: u32| {
        format!(
            "ambassador alex
            referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04 {status}
            adoption zoe raffle 2020-11-05
            fans zoe {fans} 1 2020-11-06
            adjust alex 2020-12 100"
        )
    };
    check(&[
        ("2020-11", &with("", 20), "alex 250\nzoe base 250 0 250"),
        // The gate is no longer met, but the referral is under review: its debit waits and takes nothing.
        (
            "2020-12",
            &with("held", 19),
            "alex 100
            - adjustment 100 0 100
            zoe base 0 250 0
            zoe base 250 GATE_SUPPORTERS
            zoe base -250 HELD",
        ),
    ]);
}

#[test]
fn who_joins_and_is_invited_as_the_month_ends_belongs_to_the_next() {
    let sketch = sketch(
        "ambassador alex
        ambassador late joined=2021-01-01
        referral zoe alex 2021-01-01 - - -
        adjust late 2020-12 50",
    );
    let (programme, measurements) = (sketch.programme(), sketch.measurements(at("2021-01-01")));
    let settled = |month: &str| {
        let month = month.parse().expect("a month");
        let months = settle(&programme, &measurements, &Credited::new(), month).expect("a small programme");
        months
            .iter()
            .map(|month| (month.ambassador.as_u32(), month.lines.len(), month.pending.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(settled("2020-12"), [(0, 0, 0)]);
    assert_eq!(settled("2021-01"), [(0, 0, 1), (1, 1, 0)]);
    let stated = |month: &str| {
        let statements = sketch.settle(month, &mut Credited::new()).statements;
        statements.iter().map(|statement| statement.ambassador.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(stated("2020-12"), ["alex"]);
    assert_eq!(stated("2021-01"), ["alex", "late"]);
    let month = sketch.settle("2021-01", &mut Credited::new());
    assert_eq!(month.total().map(|total| total.to_string()).as_deref(), Some("50"));
    assert_eq!(month.amount().map(TokenAmount::as_base_units), Some(840_000_000_000_000_000_000));
}

#[test]
fn sums_beyond_128_bits_are_refused_with_the_name() {
    let sketch = sketch("ambassador alex\nambassador sam\nadjust sam 2020-12 1");
    let line = |index| LineKey { creator: None, kind: LineKind::Adjustment, ambassador: AmbassadorIndex::new(index) };
    let credited = Credited::from([(line(1), SignedUsd::from_micros(i128::MIN))]);
    let (programme, month) = (sketch.programme(), "2020-12".parse().expect("a month"));
    let refused = |credited: &Credited, month| {
        let error = settle(&programme, &sketch.measurements(at("2021-01-01")), credited, month).expect_err("refused");
        (error.code(), error.to_string(), error.help())
    };
    let said = "the sums of ambassador `sam` are larger than any programme's".to_owned();
    assert_eq!(refused(&credited, month), ("SUM_OVERFLOW", said, "check the amounts of the adjustments".to_owned()));
    let said = "no terms were in force in `2020-10`".to_owned();
    let help = "name a month from the `effective` month of the first terms on".to_owned();
    assert_eq!(refused(&Credited::new(), "2020-10".parse().expect("a month")), ("MONTH_BEFORE_TERMS", said, help));
}

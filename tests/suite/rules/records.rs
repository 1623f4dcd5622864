//! Records that contradict each other: each with the file, row and column that are blamed.

use ambassador_core::{
    diagnostic::Diagnostic,
    programme::{Programme, Table},
};

use super::sketch::sketch;

/// Two ambassadors and a creator, to which each case adds rows.
const GOOD: &str = "ambassador alex
    ambassador sam
    referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04";

/// Each problem as `file:row:column other CODE`, rows counted from 0 as they were given.
fn problems(records: &str) -> Vec<String> {
    let Err(errors) = Programme::new(sketch(records).records) else { return Vec::new() };
    let show = |table: Table, row: usize, column: &str, other: Option<usize>, code: &str| {
        format!("{table}:{row}:{column} {} {code}", other.map_or("-".to_string(), |other| other.to_string()))
    };
    let all = errors.iter().map(|error| {
        assert!(!error.help().is_empty() && !error.to_string().ends_with('.'), "{error}");
        show(error.table, error.row, error.column, error.other_row, error.code())
    });
    all.collect()
}

fn check(more: &str, expected: &[&str]) {
    assert_eq!(problems(&format!("{GOOD}\n{more}")), expected, "{more}");
}

#[test]
fn records_that_agree_are_taken() {
    for more in [
        "",
        "referral zoe sam 2020-11-01 2020-11-02 2020-11-03 2020-11-04",
        "referral zoe sam 2020-11-01 - - -",
        "referral yan alex 2020-10-01 2020-11-01 2020-11-01 2020-11-01",
        "adoption zoe raffle 2020-01-01\nadoption zoe new:raffle 2020-01-01",
        "party 0xabc creator:zoe\nparty 0xabc ambassador:alex\nparty 0xabc treasury",
        "adjust alex 2020-11 1 a\nadjust alex 2020-11 1 b\nadjust alex 2020-11 2 a",
        "pin alex.eth 0x000000000000000000000000000000000000aaaa 1\npin alex.eth 0x000000000000000000000000000000000000bbbb 2",
    ] {
        check(more, &[]);
    }
}

#[test]
fn ambassadors() {
    check("ambassador alex", &["ambassadors.csv:2:id 0 AMBASSADOR_TWICE"]);
    check("ambassador Alex", &["ambassadors.csv:2:id 0 AMBASSADOR_TWICE"]);
    check(
        "ambassador kim payee=0x000000000000000000000000000000000000a001",
        &["ambassadors.csv:2:payee 1 PAYEE_TWICE"],
    );
    check("ambassador kim payee=k.eth\nambassador kit payee=k.eth", &["ambassadors.csv:3:payee 2 PAYEE_TWICE"]);
    check("ambassador kim joined=2020-09-30", &["ambassadors.csv:2:joined_at 1 TIME_ORDER"]);
    let with_index = |numbers: [u32; 3]| {
        let mut records = sketch("ambassador alex\nambassador sam\nambassador kim").records;
        for (row, number) in records.ambassadors.iter_mut().zip(numbers) {
            row.index = ambassador_core::records::AmbassadorIndex::new(number);
        }
        Programme::new(records).err().map(|errors| (errors[0].row, errors[0].column, errors[0].code()))
    };
    assert_eq!(with_index([2, 0, 1]), None);
    assert_eq!(with_index([0, 1, 3]), Some((2, "index", "INDEX_GAP")));
    assert_eq!(with_index([1, 2, 3]), Some((0, "index", "INDEX_GAP")));
    assert_eq!(with_index([0, 1, 1]), Some((2, "index", "INDEX_TWICE")));
}

#[test]
fn referrals() {
    for (more, expected) in [
        ("referral yan bob 2020-11-01 - - -", "referrals.csv:1:ambassador - AMBASSADOR_UNKNOWN"),
        ("referral zoe alex 2020-11-01 - - -", "referrals.csv:1:creator 0 REFERRAL_TWICE"),
        ("referral zoe sam 2020-11-01 - - - coin=other", "referrals.csv:1:coin 0 COIN_DIFFERS"),
        ("referral yan sam 2020-11-01 - - - coin=zoe", "referrals.csv:1:coin 0 COIN_SHARED"),
        ("referral zoe sam 2020-11-01 2020-11-02 2020-11-05 -", "referrals.csv:1:approved_at 0 TIME_DIFFERS"),
        ("referral zoe sam 2020-11-01 2020-11-02 2020-11-03 2020-11-05", "referrals.csv:1:launched_at 0 TIME_DIFFERS"),
        ("referral yan sam 2020-09-30 - - -", "referrals.csv:1:invited_at - TIME_ORDER"),
        ("referral yan sam 2020-11-03 2020-11-02 - -", "referrals.csv:1:accepted_at - TIME_ORDER"),
        ("referral yan sam 2020-11-01 2020-11-03 2020-11-02 -", "referrals.csv:1:approved_at - TIME_ORDER"),
        ("referral yan sam 2020-11-01 2020-11-02 2020-11-04 2020-11-03", "referrals.csv:1:launched_at - TIME_ORDER"),
        ("referral yan sam - 2020-11-02 - -", "referrals.csv:1:accepted_at - TIME_MISSING"),
        ("referral yan sam 2020-11-01 - 2020-11-03 -", "referrals.csv:1:approved_at - TIME_MISSING"),
        ("referral yan sam 2020-11-01 2020-11-02 - 2020-11-03", "referrals.csv:1:launched_at - TIME_MISSING"),
        ("referral yan sam 2020-10-01 2020-10-31T23:59:59Z - -", "referrals.csv:1:accepted_at - TERMS_NOT_IN_FORCE"),
        // The first row leaves the times open, and the other two differ.
        (
            "referral yan alex 2020-11-01 - - -
            referral yan sam 2020-11-01 2020-11-02 2020-11-03 2020-11-04
            ambassador kim
            referral yan kim 2020-11-01 2020-11-02 2020-11-03 2020-11-05",
            "referrals.csv:3:launched_at 2 TIME_DIFFERS",
        ),
    ] {
        check(more, &[expected]);
    }
}

#[test]
fn the_other_tables() {
    for (more, expected) in [
        ("adoption yan raffle 2020-11-05", "adoptions.csv:0:creator - CREATOR_UNKNOWN"),
        ("adoption zoe dance 2020-11-05", "adoptions.csv:0:use_case - USE_CASE_UNKNOWN"),
        ("adoption zoe raffle 2020-11-05\nadoption zoe raffle 2020-11-06", "adoptions.csv:1:use_case 0 USE_CASE_TWICE"),
        (
            "adoption zoe new:a 2020-11-05\nadoption zoe new:a 2020-11-05 rejected",
            "adoptions.csv:1:use_case 0 USE_CASE_TWICE",
        ),
        ("party 0xabc creator:yan", "parties.csv:0:relation - CREATOR_UNKNOWN"),
        ("party 0xabc ambassador:zoe", "parties.csv:0:relation - AMBASSADOR_UNKNOWN"),
        ("party 0xabc treasury\nparty 0xabc treasury", "parties.csv:1:actor 0 ROW_TWICE"),
        ("close 2020-12-31 1 1\nclose 2020-12-31 2 1", "prices.csv:1:date 0 DATE_TWICE"),
        ("adjust bob 2020-11 1", "adjustments.csv:0:ambassador - AMBASSADOR_UNKNOWN"),
        ("adjust alex 2020-11 0", "adjustments.csv:0:usd - ADJUSTMENT_ZERO"),
        ("adjust alex 2020-11 -0", "adjustments.csv:0:usd - ADJUSTMENT_ZERO"),
        ("adjust alex 2020-10 1", "adjustments.csv:0:month - MONTH_BEFORE_TERMS"),
        ("adjust alex 2020-11 1 a\nadjust alex 2020-11 1 a", "adjustments.csv:1:ambassador 0 ROW_TWICE"),
        (
            "pin a.eth 0x000000000000000000000000000000000000aaaa 1\npin a.eth 0x000000000000000000000000000000000000bbbb 1",
            "resolutions.csv:1:name 0 RESOLUTION_TWICE",
        ),
    ] {
        check(more, &[expected]);
    }
}

#[test]
fn every_contradiction_is_told_at_once() {
    check(
        "ambassador alex\nadoption yan dance 2020-11-05\nadjust bob 2020-10 0",
        &[
            "ambassadors.csv:2:id 0 AMBASSADOR_TWICE",
            "adoptions.csv:0:creator - CREATOR_UNKNOWN",
            "adoptions.csv:0:use_case - USE_CASE_UNKNOWN",
            "adjustments.csv:0:ambassador - AMBASSADOR_UNKNOWN",
            "adjustments.csv:0:usd - ADJUSTMENT_ZERO",
            "adjustments.csv:0:month - MONTH_BEFORE_TERMS",
        ],
    );
}

//! R1, which terms govern a referral, and R2, whose a creator is.

use ambassador_core::{
    attribution::{acceptance, first_accepted, governing_terms, self_referrals},
    terms::TermsHistory,
};
use serde_json::json;

use super::{
    render::{assert_lines, render_lines},
    sketch::{Sketch, at, payee_address, sketch, sketch_under, terms_with},
};

/// Two versions: from 2021-01 on the base is 300, tiers pay double, and an invite stands 10 days instead of 30.
fn two_versions(text: &str) -> Sketch {
    let second = terms_with(&[
        ("/version", json!(2)),
        ("/effective", json!("2021-01")),
        ("/reward/base_usd", json!("300")),
        ("/window/accept_days", json!(10)),
        ("/window/hold_days", json!(0)),
    ]);
    sketch_under(vec![terms_with(&[]), second], text)
}

fn check_governing(accepted: &str, as_of: &str, expected_version: u32) {
    let sketch = two_versions(&format!("ambassador alex\nreferral zoe alex 2020-12-20 {accepted} - -"));
    let programme = sketch.programme();
    let history = &programme.records().terms;
    let referrals: Vec<_> = programme.records().referrals.iter().collect();
    let first = first_accepted(&referrals, history, at(as_of));
    let version = governing_terms(first, history, at(as_of)).map(ambassador_core::terms::Terms::version);
    assert_eq!(version, Some(expected_version), "accepted {accepted}, seen {as_of}");
}

#[test]
fn the_terms_of_the_acceptance_govern_for_ever() {
    for (accepted, as_of, version) in [
        ("2020-12-31T23:59:59.999999999Z", "2021-01-01", 1),
        ("2020-12-31T23:59:59.999999999Z", "2030-01-01", 1),
        ("2021-01-01", "2021-01-02", 2),
        // Six in the evening of the old year in New York is the new year in UTC.
        ("2020-12-31T19:00:00-05:00", "2021-01-02", 2),
        // As long as nobody accepted, the terms of the day are shown.
        ("-", "2020-12-31T23:59:59Z", 1),
        ("-", "2021-01-01", 2),
        ("2021-01-10", "2021-01-10", 2),
        // Before the first terms took effect the first ones are shown.
        ("-", "2020-10-02", 1),
    ] {
        check_governing(accepted, as_of, version);
    }
}

#[test]
fn amounts_and_holds_follow_the_governing_terms() {
    for (accepted, expected) in [
        ("2020-12-31", "base 250 locked 2021-01-19\ninnovative 125 IN_WINDOW 2021-02-04\ntier 0 BELOW_TIER 2021-02-11"),
        ("2021-01-01", "base 300 locked 2021-01-06\ninnovative 125 IN_WINDOW 2021-02-04\ntier 0 BELOW_TIER 2021-02-11"),
    ] {
        let sketch = two_versions(&format!(
            "ambassador alex
            referral zoe alex 2020-12-20 {accepted} 2021-01-02 2021-01-05
            adoption zoe new:a 2021-01-06
            fans zoe 20 1 2021-01-06"
        ));
        assert_lines(&render_lines(&sketch.lines("zoe", "alex", at("2021-02-01"))), expected, accepted);
    }
}

#[test]
fn a_history_is_whole_and_rises() {
    let version =
        |version: u32, effective: &str| terms_with(&[("/version", json!(version)), ("/effective", json!(effective))]).0;
    for (versions, expected) in [
        (vec![], Err("TERMS_MISSING")),
        (vec![version(2, "2020-11")], Err("TERMS_VERSION")),
        (vec![version(1, "2020-11"), version(1, "2020-12")], Err("TERMS_VERSION")),
        (vec![version(1, "2020-11"), version(3, "2020-12")], Err("TERMS_VERSION")),
        (vec![version(1, "2020-11"), version(2, "2020-11")], Err("TERMS_EFFECTIVE")),
        (vec![version(1, "2020-11"), version(2, "2020-10")], Err("TERMS_EFFECTIVE")),
        (vec![version(2, "2020-12"), version(1, "2020-11")], Ok(2)),
    ] {
        let outcome = TermsHistory::new(versions);
        let outcome = outcome.as_ref().map(|history| history.versions().len());
        assert_eq!(outcome.map_err(ambassador_core::diagnostic::Diagnostic::code), expected);
    }
}

#[test]
fn the_terms_hash_is_that_of_the_text() {
    let (terms, text) = terms_with(&[]);
    assert_eq!(terms.hash().to_string(), format!("{}", alloy_primitives::keccak256(text.as_bytes())));
}

/// Says who wins a creator: `-` for nobody.
fn check_winner(referrals: &str, as_of: &str, expected: &str) {
    let sketch = two_versions(&format!("ambassador alex\nambassador sam\nambassador kim\n{referrals}"));
    let programme = sketch.programme();
    let rows: Vec<_> = programme.records().referrals.iter().collect();
    let first = first_accepted(&rows, &programme.records().terms, at(as_of));
    let winner = first.map_or("-", |(referral, _)| referral.ambassador.as_str());
    assert_eq!(winner, expected, "{referrals}\nas of {as_of}");
}

#[test]
fn the_first_acceptance_wins() {
    let two = "referral zoe alex 2020-11-01 2020-11-20 - -\nreferral zoe sam 2020-11-10 2020-11-15 - -";
    check_winner(two, "2020-12-01", "sam");
    check_winner(two, "2020-11-15T00:00:00.000000001Z", "sam");
    // What happens at the instant itself is not seen.
    check_winner(two, "2020-11-15", "-");
    // At the same instant the earlier invite wins, …
    let tie = "referral zoe alex 2020-11-02 2020-11-15 - -\nreferral zoe sam 2020-11-01 2020-11-15 - -";
    check_winner(tie, "2020-12-01", "sam");
    // … then the smaller id.
    let tie = "referral zoe sam 2020-11-01 2020-11-15 - -\nreferral zoe alex 2020-11-01 2020-11-15 - -";
    check_winner(tie, "2020-12-01", "alex");
    // An expired invite is no acceptance.
    let late = "referral zoe alex 2020-11-01 2020-12-01 - -\nreferral zoe sam 2020-11-02 2020-12-01T23:59:59Z - -";
    check_winner(late, "2020-12-20", "sam");
    // The deadline is exclusive, to the nanosecond.
    check_winner("referral zoe alex 2020-11-01 2020-12-01 - -", "2020-12-20", "-");
    check_winner("referral zoe alex 2020-11-01 2020-11-30T23:59:59.999999999Z - -", "2020-12-20", "alex");
    // The terms in force at the invite say how long it stands.
    check_winner("referral zoe alex 2021-01-01 2021-01-11 - -", "2021-02-01", "-");
    check_winner("referral zoe alex 2020-12-31 2021-01-29 - -", "2021-02-01", "alex");
    // Whoever never accepted loses to nobody; a rejected or held referral was still the first.
    check_winner("referral zoe alex 2020-11-01 - - -", "2020-12-01", "-");
    let rejected = "referral zoe alex 2020-11-01 2020-11-03 - - rejected\nreferral zoe sam 2020-11-01 2020-11-04 - -";
    check_winner(rejected, "2020-12-01", "alex");
}

#[test]
fn an_acceptance_needs_an_invite() {
    let sketch = sketch("ambassador alex\nreferral zoe alex - - - -");
    let programme = sketch.programme();
    let referral = &programme.records().referrals[0];
    assert_eq!(acceptance(referral, &programme.records().terms, at("2021-01-01")), None);
}

#[test]
fn the_second_ambassador_is_told_who_was_first() {
    let sketch = sketch(
        "ambassador alex\nambassador sam
        referral zoe alex 2020-11-01 2020-11-15 2020-11-20 2020-11-25
        referral zoe sam 2020-11-01 2020-11-20 - -",
    );
    for (ambassador, as_of, expected) in [
        ("sam", "2020-11-02", "base 250 NOT_ACCEPTED 2020-12-01"),
        ("sam", "2020-11-16", "base 250 OTHER_AMBASSADOR_FIRST -"),
        ("sam", "2021-05-01", "base 250 OTHER_AMBASSADOR_FIRST -"),
        ("alex", "2020-11-16", "base 250 NOT_APPROVED -"),
    ] {
        assert_lines(&render_lines(&sketch.lines("zoe", ambassador, at(as_of))), expected, as_of);
    }
}

fn check_self(records: &str, expected: &[(&str, &str)]) {
    let referral =
        |creator: &str, ambassador: &str| format!("referral {creator} {ambassador} 2020-11-01 2020-11-02 - -");
    let sketch = sketch(&format!(
        "ambassador alex\nambassador sam\nambassador kim payee=kim.eth\n{}\n{}\n{}\n{}\n{records}",
        referral("alex", "alex"),
        referral("zoe", "alex"),
        referral("zoe", "sam"),
        referral("zoe", "kim"),
    ));
    let found = self_referrals(&sketch.programme());
    let found: Vec<_> = found.iter().map(|(creator, ambassador)| (creator.as_str(), ambassador.as_str())).collect();
    assert_eq!(found, expected, "{records}");
}

#[test]
fn a_creator_cannot_be_its_own_ambassador() {
    let by_id = ("alex", "alex");
    check_self("", &[by_id]);
    check_self("party 0xabc creator:zoe\nparty 0xabc ambassador:alex", &[by_id, ("zoe", "alex")]);
    // An actor of the treasury or of another ambassador says nothing of the pair.
    check_self("party 0xabc creator:zoe\nparty 0xabc treasury", &[by_id]);
    check_self("party 0xabc creator:zoe\nparty 0xdef ambassador:alex", &[by_id]);
    // The payee is an actor of the ambassador, however its letters are written.
    let payee = payee_address(1);
    check_self(&format!("party {payee} creator:zoe"), &[by_id, ("zoe", "sam")]);
    check_self(&format!("party 0x{} creator:zoe", payee[2..].to_uppercase()), &[by_id, ("zoe", "sam")]);
    // A name is looked at through its pinned address.
    let pinned = format!("pin kim.eth {} 1", payee_address(77));
    check_self(&format!("{pinned}\nparty {} creator:zoe", payee_address(77)), &[by_id, ("zoe", "kim")]);
    check_self(&format!("party {} creator:zoe", payee_address(77)), &[by_id]);
}

#[test]
fn a_self_referral_earns_nothing() {
    let sketch = sketch(
        "ambassador alex
        referral alex alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
        adoption alex raffle 2020-11-05
        fans alex 40 1000 2020-11-06",
    );
    assert_lines(&render_lines(&sketch.lines("alex", "alex", at("2021-03-01"))), "base 250 SELF_REFERRAL -", "");
}

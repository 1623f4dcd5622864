//! R10, every reason code with its sentence, its figure and its next date; none is missing and none is unknown.

use std::collections::BTreeSet;

use ambassador_core::{calendar::Instant, reason::Reason, settlement::Credited};
use serde_json::{Value, json};

use super::sketch::{at, sketch_with};

/// The codes of the rule, in its order.
const CODES: &str = "NOT_ACCEPTED INVITE_EXPIRED OTHER_AMBASSADOR_FIRST SELF_REFERRAL NOT_APPROVED LAUNCH_EXPIRED \
    NOT_LAUNCHED GATE_USE_CASES GATE_SUPPORTERS BELOW_TIER IN_WINDOW IN_GRACE IN_HOLD HELD CAP_QUEUED BUDGET_DEFERRED \
    BELOW_MINIMUM PRICE_UNAVAILABLE ADDRESS_UNCONFIRMED CLAIM_EXPIRED";

/// Terms that differ, records, the code that is sought in 2020-12, its figure, sentence and next date.
type Case = (Vec<(&'static str, Value)>, &'static str, &'static str, &'static str, &'static str, Option<&'static str>);

const LAUNCHED: &str = "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-12-15T12:00:00Z";
const EARNED: &str = "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
    adoption zoe new:a 2020-11-05\nadoption zoe new:b 2020-11-05\nadoption zoe new:c 2020-11-05";

#[expect(clippy::too_many_lines, reason = "a table with a row for each code")]
fn cases() -> Vec<Case> {
    let next_month = Some("2021-02-01T00:00:00Z");
    let no_terms = Vec::new;
    vec![
        (
            no_terms(),
            "referral zoe alex 2020-12-24 - - -",
            "NOT_ACCEPTED",
            "",
            "The creator has not accepted the invite.",
            Some("2021-01-23T00:00:00Z"),
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 - - -",
            "INVITE_EXPIRED",
            "2020-12-01T00:00:00Z",
            "The invite was not accepted before 2020-12-01T00:00:00Z.",
            None,
        ),
        (
            no_terms(),
            "ambassador sam\nreferral zoe alex 2020-11-01 2020-11-03 - -\nreferral zoe sam 2020-11-01 2020-11-02 - -",
            "OTHER_AMBASSADOR_FIRST",
            "2020-11-02T00:00:00Z",
            "The creator accepted the invite of sam first, at 2020-11-02T00:00:00Z.",
            None,
        ),
        (
            no_terms(),
            "referral alex alex 2020-11-01 2020-11-03 - -",
            "SELF_REFERRAL",
            "",
            "Creator and ambassador are the same.",
            None,
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-03 - -",
            "NOT_APPROVED",
            "",
            "It has not been approved yet.",
            None,
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-03 - - rejected",
            "NOT_APPROVED",
            "",
            "It was rejected.",
            None,
        ),
        (
            vec![("/window/launch_days", json!(7))],
            "referral zoe alex 2020-11-01 2020-11-03 2020-11-04 -",
            "LAUNCH_EXPIRED",
            "2020-11-11T00:00:00Z",
            "The coin was not launched before 2020-11-11T00:00:00Z.",
            None,
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-03 2020-11-04 -",
            "NOT_LAUNCHED",
            "",
            "The coin is not launched yet.",
            Some("2021-02-02T00:00:00Z"),
        ),
        (
            no_terms(),
            LAUNCHED,
            "GATE_USE_CASES",
            "0 / 1",
            "0 of 1 use cases are live in the window.",
            Some("2021-01-21T12:00:00Z"),
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-12-15T12:00:00Z
            adoption zoe raffle 2020-12-16\nfans zoe 19 9 2020-12-17",
            "GATE_SUPPORTERS",
            "19 / 20",
            "19 of 20 supporters were counted in the window; 3 use cases would do instead.",
            Some("2021-01-21T12:00:00Z"),
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-12-15T12:00:00Z
            fans zoe 1 9000 2020-12-17",
            "BELOW_TIER",
            "1250 / 5000",
            "$1250 of the $5000 of the first tier count.",
            Some("2021-01-21T12:00:00Z"),
        ),
        (
            vec![("/gate/min_use_cases", json!(0))],
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-12-15T12:00:00Z
            fans zoe 20 250 2020-12-17",
            "IN_WINDOW",
            "2021-01-14T12:00:00Z",
            "The window is open until 2021-01-14T12:00:00Z.",
            Some("2021-01-14T12:00:00Z"),
        ),
        (
            vec![("/gate/min_use_cases", json!(0))],
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-30
            fans zoe 20 250 2020-12-17",
            "IN_GRACE",
            "2021-01-06T00:00:00Z",
            "Late events are accepted until 2021-01-06T00:00:00Z.",
            Some("2021-01-06T00:00:00Z"),
        ),
        (
            vec![("/gate/min_use_cases", json!(0)), ("/gate/min_supporters", json!(0))],
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-12-18T06:00:00Z",
            "IN_HOLD",
            "2021-01-01T06:00:00Z",
            "The base is held until 2021-01-01T06:00:00Z.",
            Some("2021-01-01T06:00:00Z"),
        ),
        (
            no_terms(),
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04 held
            adoption zoe new:a 2020-11-05\nadoption zoe new:b 2020-11-05\nadoption zoe new:c 2020-11-05",
            "HELD",
            "",
            "The treasury holds it for review.",
            next_month,
        ),
        (
            vec![("/caps/max_per_month", json!(1)), ("/caps/expected_per_month", json!(1))],
            "referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
            adoption zoe new:a 2020-11-05\nadoption zoe new:b 2020-11-05\nadoption zoe new:c 2020-11-05
            referral yan alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
            adoption yan new:a 2020-11-05\nadoption yan new:b 2020-11-05\nadoption yan new:c 2020-11-05",
            "CAP_QUEUED",
            "1 / 1",
            "1 base rewards a month are credited; this one is number 1 in the queue.",
            next_month,
        ),
        (
            vec![("/caps/budget_usd_per_month", json!("100"))],
            EARNED,
            "BUDGET_DEFERRED",
            "100 / 250",
            "The month's budget credits $100 of $250.",
            next_month,
        ),
        (
            vec![("/caps/min_payout_usd", json!("400"))],
            EARNED,
            "BELOW_MINIMUM",
            "375 / 400",
            "The month's sum of $375 is below the minimum of $400.",
            next_month,
        ),
        (
            no_terms(),
            "ambassador kim payee=kim.eth\nadjust kim 2020-12 50",
            "ADDRESS_UNCONFIRMED",
            "kim.eth",
            "The address of kim.eth is not confirmed.",
            next_month,
        ),
    ]
}

#[test]
fn every_code_has_a_case() {
    let mut seen = BTreeSet::new();
    for (changes, records, code, figure, sentence, next) in cases() {
        let settled =
            sketch_with(&changes, &format!("ambassador alex\n{records}")).settle("2020-12", &mut Credited::new());
        let mut pending = settled.statements.iter().flat_map(|statement| &statement.month.pending);
        let line = pending.find(|line| line.reason.code() == code).unwrap_or_else(|| panic!("no {code}: {settled:?}"));
        assert_eq!(line.reason.figure(), figure, "{code}");
        assert_eq!(line.reason.sentence(), sentence, "{code}");
        assert_eq!(line.next.map(|instant| instant.to_string()).as_deref(), next, "{code}");
        assert!(line.next.is_none_or(|next| next >= at("2021-01-01")), "{code}");
        seen.insert(code);
    }
    // Settlement itself cannot meet these two: the month stops, or the claim was made long before.
    let deadline: Instant = at("2022-01-08");
    for (reason, figure, sentence) in [
        (Reason::PriceUnavailable, "", "The month has no price."),
        (
            Reason::ClaimExpired { deadline },
            "2022-01-08T00:00:00Z",
            "The claim was not redeemed before 2022-01-08T00:00:00Z.",
        ),
    ] {
        assert_eq!((reason.figure().as_str(), reason.sentence().as_str()), (figure, sentence));
        seen.insert(reason.code());
    }
    assert_eq!(seen, CODES.split_whitespace().collect());
}

#[test]
fn an_unpinned_name_is_named_whatever_it_is() {
    let payee = "kim.eth".parse().expect("a name");
    assert_eq!(Reason::AddressUnconfirmed { payee }.figure(), "kim.eth");
}

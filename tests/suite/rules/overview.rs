//! What waits for people, and how far each referral is.

use ambassador_core::overview::{open_decisions, referrals};

use super::{
    render::assert_lines,
    sketch::{at, sketch},
};

#[test]
fn what_people_have_yet_to_decide() {
    let sketch = sketch(
        "ambassador alex held
        ambassador sam payee=sam.eth
        ambassador kim
        referral zoe kim 2020-11-01 2020-11-02 - -
        referral yan kim 2020-11-01 2020-11-02 2020-11-03 2020-11-04 held
        referral wim kim 2020-11-01 - - -
        referral vic kim 2020-11-01 2020-11-02 2020-11-03 -
        referral rex kim 2020-11-01 2020-11-02 - - rejected
        adoption zoe raffle 2020-11-06 pending
        adoption zoe new:gig 2020-11-07 pending
        adoption zoe auction 2020-11-06
        adoption zoe paid_request 2020-11-06 rejected",
    );
    let open = open_decisions(&sketch.programme());
    let lines = open.iter().map(|decision| {
        let since = decision.since.map_or_else(|| "-".to_owned(), |since| since.to_date().to_string());
        format!("{} {} {since} {}", decision.kind.as_str(), decision.subject, decision.sentence)
    });
    assert_lines(
        &lines.collect::<Vec<_>>().join("\n"),
        "use_case zoe 2020-11-06 The use case raffle of zoe awaits a decision.
        use_case zoe 2020-11-07 The new use case gig of zoe awaits a decision.
        held_referral yan - The referral of yan by kim is held for review.
        approval zoe 2020-11-02 zoe, whom kim brought, awaits approval.
        held_ambassador alex - The ambassador alex is held for review.
        address sam - The account of sam.eth is not confirmed for sam.",
        "what is open",
    );
}

#[test]
fn a_creators_volume_is_the_first_ambassadors() {
    let sketch = sketch(
        "ambassador alex
        ambassador sam
        referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
        referral zoe sam 2020-11-01 2020-11-03 2020-11-03 2020-11-04
        fans zoe 20 300 2020-11-06",
    );
    let (programme, end) = (sketch.programme(), at("2021-01-01"));
    let overviews = referrals(&programme, &sketch.measurements(end), end);
    let lines = overviews.iter().map(|row| {
        let reached = row.tiers.iter().filter(|tier| tier.reached).count();
        format!("{} {} {} {reached}", row.referral.ambassador, row.supporters, row.volume)
    });
    assert_lines(&lines.collect::<Vec<_>>().join("\n"), "alex 20 6000 1\nsam 0 0 0", "volumes");
}

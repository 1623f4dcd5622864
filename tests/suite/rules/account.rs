//! What an ambassador has, over the months of which a statement was published.

use ambassador_core::{
    diagnostic::Diagnostic as _,
    documents::{
        account::{Account, ClaimStanding, Outlook, Sum},
        statement::StatementDocument,
    },
    reason::Reason,
    settlement::Credited,
    token::TokenAmount,
};

use super::sketch::sketch;

/// A month that pays 250 and leaves 125 to come, and one that pays these.
fn statements() -> [StatementDocument; 2] {
    let sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
        adoption zoe raffle 2020-11-05
        fans zoe 20 300 2020-11-06",
    );
    let mut credited = Credited::new();
    ["2020-11", "2020-12"].map(|month| {
        let settled = sketch.settle(month, &mut credited);
        StatementDocument::of(&settled.statements[0], &settled)
    })
}

fn sum(usd: &str, tokens: u128) -> Sum {
    let amount = TokenAmount::from_base_units(tokens * 1_000_000_000_000_000_000);
    Sum { usd: usd.parse().expect("dollars"), amount }
}

#[test]
fn sums_are_kept_apart_by_what_became_of_the_claims() {
    let [november, december] = statements();
    let account = |months: &[(&StatementDocument, ClaimStanding)]| {
        let months: Vec<_> = months.iter().map(|(statement, standing)| ((*statement).clone(), *standing)).collect();
        Account::of(&months).expect("small sums")
    };
    let upcoming = "125".parse().expect("dollars");
    assert_eq!(account(&[]), Account::default());
    for (standing, expected) in [
        (ClaimStanding::None, Account { locked: "250".parse().expect("dollars"), ..Account::default() }),
        (ClaimStanding::Claimable, Account { claimable: sum("250", 4_200), ..Account::default() }),
        (ClaimStanding::Redeemed, Account { redeemed: sum("250", 4_200), ..Account::default() }),
        (ClaimStanding::Expired, Account { expired: sum("250", 4_200), ..Account::default() }),
        (ClaimStanding::Unknown, Account { unknown: sum("250", 4_200), ..Account::default() }),
    ] {
        assert_eq!(account(&[(&november, standing)]), Account { upcoming, ..expected });
    }
    // What is not paid is that of the last month alone.
    let both = [(&november, ClaimStanding::Redeemed), (&december, ClaimStanding::Redeemed)];
    assert_eq!(account(&both), Account { redeemed: sum("375", 6_300), ..Account::default() });
    let mixed = [(&november, ClaimStanding::Redeemed), (&december, ClaimStanding::Claimable)];
    let expected = Account { redeemed: sum("250", 4_200), claimable: sum("125", 2_100), ..Account::default() };
    assert_eq!(account(&mixed), expected);
}

#[test]
fn what_is_not_paid_is_upcoming_locked_or_lost() {
    let [november, _] = statements();
    let pending = november.pending.iter().find(|line| line.code == "IN_WINDOW").expect("the tier waits");
    assert_eq!(Outlook::of(pending), Outlook::Upcoming);
    for (code, next, sentence, expected) in [
        ("CAP_QUEUED", false, "", "locked"),
        ("BUDGET_DEFERRED", true, "", "locked"),
        ("BELOW_MINIMUM", true, "", "locked"),
        ("HELD", false, "", "locked"),
        ("PRICE_UNAVAILABLE", false, "", "locked"),
        ("ADDRESS_UNCONFIRMED", false, "", "locked"),
        ("CLAIM_EXPIRED", false, "", "locked"),
        ("GATE_SUPPORTERS", true, "", "upcoming"),
        ("GATE_SUPPORTERS", false, "", "lost"),
        ("NOT_APPROVED", false, "", "upcoming"),
        ("NOT_APPROVED", false, &Reason::Rejected.sentence(), "lost"),
    ] {
        let mut part = pending.clone();
        part.code = code.to_owned();
        part.sentence = sentence.to_owned();
        part.next = part.next.filter(|_| next);
        assert_eq!(Outlook::of(&part).as_str(), expected, "{code} {next} {sentence}");
    }
}

#[test]
fn what_cannot_be_added_up_is_refused_with_its_place() {
    let [november, december] = statements();
    let refused = |change: fn(&mut StatementDocument)| {
        let mut changed = december.clone();
        change(&mut changed);
        let months = [(november.clone(), ClaimStanding::Redeemed), (changed, ClaimStanding::Redeemed)];
        let error = Account::of(&months).expect_err("refused");
        (error.code(), error.path().map(str::to_owned))
    };
    let at = |field: &str| Some(format!("months[1].{field}"));
    assert_eq!(refused(|statement| statement.total_usd = "x".into()), ("NUMBER_CHARACTER", at("total_usd")));
    assert_eq!(refused(|statement| statement.amount = u128::MAX.to_string()), ("SUM_OVERFLOW", at("total_usd")));
}

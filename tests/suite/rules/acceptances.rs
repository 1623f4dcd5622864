//! R2, signed acceptances beside each other: which goes first, and what is told of the other one.

use ambassador_core::{
    acceptances::join,
    address::Address,
    claim::Domain,
    diagnostic::Diagnostic as _,
    invite::{Acceptance, Invite, SignedAcceptance, SignedInvite},
    records::Records,
    signature::Signature,
};

use super::sketch::{at, payee_address, sketch};

/// One that was accepted: the ambassador's number, the creator's account, the end of the invite, and when.
type Accepted<'a> = (u32, u8, &'a str, &'a str);

fn signed(records: &Records, (ambassador, account, expires, accepted_at): Accepted<'_>) -> SignedAcceptance {
    let terms = &records.terms.versions()[0];
    // Whoever joins acceptances has checked their signatures.
    let signature: Signature = format!("0x{:0>64}{:0>64}1b", 1, 1).parse().expect("the form of a signature");
    let invite = Invite {
        ambassador: payee_address(ambassador).parse().expect("an account"),
        creator: "zoe".parse().expect("an id"),
        terms: terms.hash(),
        expires: at(expires),
    };
    let invite = SignedInvite { domain: Domain::of(terms), invite, signature };
    let acceptance = Acceptance {
        invite: invite.digest(),
        creator: "zoe".parse().expect("an id"),
        coin: "zoe".parse().expect("an id"),
        account: Address::from_bytes([account; 20]).expect("an account"),
        accepted_at: at(accepted_at),
    };
    SignedAcceptance { invite, acceptance, signature }
}

/// Joins acceptances; expected is the one that is refused, beside which, with code and help.
fn check(accepted: &[Accepted<'_>], expected: &[(usize, Option<usize>, &str, &str)]) {
    let mut records = sketch("ambassador alex\nambassador sam").records;
    let acceptances: Vec<_> = accepted.iter().map(|accepted| signed(&records, *accepted)).collect();
    let errors = join(&mut records, &acceptances).err().unwrap_or_default();
    let said: Vec<_> = errors.iter().map(|error| (error.acceptance, error.other, error.code(), error.help())).collect();
    let expected = expected.iter().map(|(one, other, code, help)| (*one, *other, *code, (*help).to_owned()));
    assert_eq!(said, expected.collect::<Vec<_>>(), "{accepted:?}");
}

#[test]
fn one_in_time_goes_before_one_that_came_too_late() {
    let other = "one of the two is not the creator: ask them, and remove the other file; if both accounts are theirs, \
        add both to `parties.csv` as `creator:<id>`";
    let late = (0, 1, "2020-12-01", "2020-12-05");
    let in_time = (1, 2, "2020-12-20", "2020-12-10");
    check(&[late, in_time], &[(0, Some(1), "ACCEPTANCE_OTHER_ACCOUNT", other)]);
    check(&[in_time, late], &[(1, Some(0), "ACCEPTANCE_OTHER_ACCOUNT", other)]);
    check(&[(0, 2, "2020-12-01", "2020-12-05"), in_time], &[]);
    // Of two in time the first goes first.
    let earlier = (0, 1, "2020-12-20", "2020-12-05");
    check(&[in_time, earlier], &[(0, Some(1), "ACCEPTANCE_OTHER_ACCOUNT", other)]);
}

#[test]
fn what_cannot_join_says_how_to_mend_it() {
    let unknown = "enrol the ambassador with this payee; if it is an earlier account of theirs, add it to \
        `parties.csv` as `ambassador:<id>`";
    let good = (0, 1, "2020-12-20", "2020-12-10");
    check(&[(7, 1, "2020-12-20", "2020-12-10")], &[(0, None, "INVITE_AMBASSADOR_UNKNOWN", unknown)]);
    let twice = "the first one counts and is fixed: remove this file";
    check(&[good, (0, 1, "2020-12-20", "2020-12-11")], &[(1, Some(0), "ACCEPTANCE_TWICE", twice)]);
    let again = "let the ambassador invite again: an invite ends 30 days after it was made";
    check(&[(0, 1, "2020-12-20", "2020-11-19")], &[(0, None, "INVITE_TOO_LONG", again)]);
    let mut records = sketch("ambassador alex").records;
    let early = signed(&records, (0, 1, "1970-01-15", "1970-01-10"));
    let errors = join(&mut records, &[early]).expect_err("before any invite could begin");
    assert_eq!((errors[0].code(), errors[0].field), ("INVITE_TOO_EARLY", "invite.invite.expires"));
}

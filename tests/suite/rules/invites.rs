//! Invites and acceptances beside viem and ethers, in their files and in their links.

use ambassador_core::{
    address::Address,
    calendar::Instant,
    claim::Domain,
    diagnostic::Diagnostic as _,
    documents::{
        acceptance::AcceptanceDocument,
        invite::InviteDocument,
        invite_link::{from_link, to_link},
        typed_data::TypedDataDocument,
    },
    invite::{Acceptance, SignedAcceptance, SignedInvite},
    inviting::{accept_now, invite_now},
    terms::{Terms, TermsHistory},
};
use ambassador_signer::signing::SecretKey;
use serde_json::json;

use crate::interop;

const KEY: [u8; 32] = [7; 32];
const CREATOR: [u8; 32] = [8; 32];

fn instant(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn history() -> TermsHistory {
    TermsHistory::new(vec![terms()]).expect("one version")
}

fn terms() -> Terms {
    let text = include_str!("../../../examples/rally/terms/1.toml");
    ambassador_signer::month::read_terms(text).expect("terms")
}

fn account(key: [u8; 32]) -> Address {
    SecretKey::from_bytes(&key).expect("a key").address()
}

fn signed() -> SignedAcceptance {
    let history = history();
    let (ambassador, now) = (account(KEY), instant("2020-12-01T10:00:00Z"));
    let (invite, terms) =
        invite_now(&history, ambassador, ambassador, "zoe".parse().expect("an id"), now).expect("terms are in force");
    let domain = Domain::of(terms);
    let sign = |key, digest| SecretKey::from_bytes(&key).expect("a key").sign(&digest).expect("it signs");
    let signature = sign(KEY, invite.digest(&domain));
    let invite = SignedInvite { domain, invite, signature };
    let later = instant("2020-12-03T10:00:00Z");
    let acceptance = accept_now(&history, &invite, "ZOE".parse().expect("an id"), account(CREATOR), later);
    let acceptance = acceptance.expect("it is in time");
    let signature = sign(CREATOR, acceptance.digest(&domain));
    SignedAcceptance { invite, acceptance, signature }
}

#[test]
fn others_see_the_same_digests_and_signers_and_sign_the_same() {
    let signed = signed();
    let file = String::from_utf8(AcceptanceDocument::of(&signed).to_bytes()).expect("text");
    let domain = signed.invite.domain;
    let typed = [
        TypedDataDocument::of_invite(&signed.invite.invite, &domain).to_bytes(),
        TypedDataDocument::of_acceptance(&signed.acceptance, &domain).to_bytes(),
    ];
    let typed = typed.map(|bytes| String::from_utf8(bytes).expect("text"));
    let key = format!("0x{}", hex::encode(KEY));
    let said = interop::script("invites.mjs", &json!({ "acceptance": file, "key": key, "typedData": typed }));
    for library in ["viem", "ethers"] {
        let said = &said[library];
        assert_eq!(said["invite"], signed.invite.digest().to_string(), "{library}");
        assert_eq!(said["acceptance"], signed.digest().to_string(), "{library}");
        assert_eq!(said["ambassador"], account(KEY).to_string(), "{library}");
        assert_eq!(said["account"], account(CREATOR).to_string(), "{library}");
    }
    assert_eq!(said["signed"][0], signed.invite.signature.to_string());
    let by_ambassador = SecretKey::from_bytes(&KEY).expect("a key").sign(&signed.digest()).expect("it signs");
    assert_eq!(said["signed"][1], by_ambassador.to_string());
}

#[test]
fn files_and_links_are_read_back() {
    let signed = signed();
    let file = AcceptanceDocument::of(&signed).to_bytes();
    let read = AcceptanceDocument::from_bytes(&file).and_then(|document| document.to_signed_acceptance());
    assert_eq!(read, Ok(signed.clone()));
    let file = InviteDocument::of(&signed.invite).to_bytes();
    let read = InviteDocument::from_bytes(&file).and_then(|document| document.to_signed_invite());
    assert_eq!(read, Ok(signed.invite.clone()));

    let link = to_link(&signed.invite);
    assert!(link.len() < 280 && link.bytes().all(|byte| byte.is_ascii_hexdigit()), "{link}");
    assert_eq!(from_link(&link, &history()), Ok(signed.invite.clone()));
    for broken in [
        "",
        "01",
        "zz",
        &link[2..],
        &link[..link.len() - 1],
        &link[..link.len() - 6],
        &link.to_uppercase(),
        &format!("02{}", &link[2..]),
        &format!("{link}2f"),
        &format!("{link}ff"),
    ] {
        let error = from_link(broken, &history()).expect_err(broken);
        let help = "open the whole link again, or ask the ambassador for it";
        assert_eq!((error.code(), error.help().as_str()), ("INVITE_LINK", help), "{broken}");
    }
    // Cut inside the creator's id it is another creator's, and the signature is not of that.
    let cut = from_link(&link[..link.len() - 2], &history()).expect("an invite");
    assert_ne!(cut.digest(), signed.invite.digest());
}

#[test]
fn what_is_signed_now_stands_under_the_terms_in_force() {
    let (history, signed) = (history(), signed());
    let invite = &signed.invite;
    let accept = |account: Address, now: &str| {
        let accepted = accept_now(&history, invite, "ZOE".parse().expect("an id"), account, instant(now));
        accepted.map(|acceptance: Acceptance| acceptance.accepted_at.to_string()).map_err(|error| error.code())
    };
    let creator = account(CREATOR);
    for (now, expected) in [
        ("2020-12-01T10:00:00Z", Ok("2020-12-01T10:00:00Z")),
        // A clock that is a little behind.
        ("2020-12-01T09:00:00Z", Ok("2020-12-01T10:00:00Z")),
        ("2020-11-30T09:00:00Z", Err("INVITE_TOO_LONG")),
        ("2020-11-30T10:00:00Z", Err("INVITE_TOO_LONG")),
        ("2020-11-30T10:00:01Z", Ok("2020-12-01T10:00:00Z")),
        ("2020-12-31T09:59:59Z", Ok("2020-12-31T09:59:59Z")),
        ("2020-12-31T10:00:00Z", Err("INVITE_EXPIRED")),
    ] {
        assert_eq!(accept(creator, now), expected.map(str::to_owned), "{now}");
    }
    assert_eq!(accept(account(KEY), "2020-12-02T10:00:00Z"), Err("SELF_REFERRAL"));
    let invite_at = |payee, now| {
        let invited = invite_now(&history, payee, account(KEY), "zoe".parse().expect("an id"), instant(now));
        invited.map(|(invite, _)| invite.expires.to_string()).map_err(|error| error.code())
    };
    assert_eq!(invite_at(account(KEY), "2020-12-01T10:00:00Z"), Ok("2020-12-31T10:00:00Z".to_owned()));
    assert_eq!(invite_at(creator, "2020-12-01T10:00:00Z"), Err("INVITE_NOT_THE_PAYEE"));
    assert_eq!(invite_at(account(KEY), "2020-10-31T10:00:00Z"), Err("TERMS_NOT_IN_FORCE"));
}

#[test]
fn an_invite_is_accepted_in_time_under_its_own_terms_alone() {
    let text = include_str!("../../../examples/rally/terms/1.toml").replace("version = 1", "version = 2");
    let text = text.replace("effective = \"2020-11\"", "effective = \"2021-01\"");
    let second = ambassador_signer::month::read_terms(&text).expect("terms");
    let history = TermsHistory::new(vec![terms(), second]).expect("two versions");
    let (ambassador, now) = (account(KEY), instant("2020-12-20T00:00:00Z"));
    let creator = "zoe".parse().expect("an id");
    let (invite, terms) = invite_now(&history, ambassador, ambassador, creator, now).expect("terms are in force");
    let domain = Domain::of(terms);
    let signature = SecretKey::from_bytes(&KEY).expect("a key").sign(&invite.digest(&domain)).expect("it signs");
    let invite = SignedInvite { domain, invite, signature };
    for (now, expected) in [
        ("2020-12-31T23:59:59Z", Ok(())),
        ("2021-01-01T00:00:00Z", Err("INVITE_TERMS_REPLACED")),
        ("2021-01-18T23:59:59Z", Err("INVITE_TERMS_REPLACED")),
        ("2021-01-19T00:00:00Z", Err("INVITE_EXPIRED")),
    ] {
        let accepted = accept_now(&history, &invite, "ZOE".parse().expect("an id"), account(CREATOR), instant(now));
        assert_eq!(accepted.map(|_| ()).map_err(|error| error.code()), expected, "{now}");
    }
}

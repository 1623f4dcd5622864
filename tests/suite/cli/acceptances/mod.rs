//! Signed acceptances: what they give the records, which are refused and in what words, and what is published of them.

#![expect(clippy::arithmetic_side_effects, reason = "the times and texts of these tests are small")]

mod refused;

use std::fs;

use ambassador_core::{
    calendar::Instant,
    claim::Domain,
    documents::acceptance::AcceptanceDocument,
    hash::{Hash32, keccak256},
    invite::{Acceptance, Invite, SignedAcceptance, SignedInvite},
};
use ambassador_signer::signing::SecretKey;
use serde_json::Value;

use super::{
    folder::{Folder, assert_same},
    recipes::follow_with,
};
use crate::binary::run_well;

const ALEX: u8 = 1;
const MIKA: u8 = 2;
const CREATOR: u8 = 3;
const STRANGER: u8 = 4;
const FILE: &str = "acceptances/mia.json";
/// A month of the base's `accept_days`.
const DAYS: i64 = 30 * 86_400;

fn key(number: u8) -> SecretKey {
    SecretKey::from_bytes(&[number; 32]).expect("a key")
}

fn instant(text: &str) -> Instant {
    text.parse().expect("an instant")
}

/// An acceptance as it is going to be signed; each part may be another one than it should be.
#[derive(Clone)]
struct Spec {
    ambassador: u8,
    invite_signer: u8,
    creator: &'static str,
    coin: &'static str,
    account: u8,
    signer: u8,
    invited_at: Instant,
    days: i64,
    accepted_at: Instant,
    terms: Option<Hash32>,
    chain_id: u64,
    payouts: &'static str,
}

impl Spec {
    fn new() -> Self {
        Self {
            ambassador: ALEX,
            invite_signer: ALEX,
            creator: "mia",
            coin: "MIA",
            account: CREATOR,
            signer: CREATOR,
            invited_at: instant("2020-11-20T10:00:00Z"),
            days: DAYS,
            accepted_at: instant("2020-11-22T10:00:00Z"),
            terms: None,
            chain_id: 1,
            payouts: "0xb9a0B39D56F982d0519A42CC3E8125fa7Fb98d0d",
        }
    }

    fn signed(&self, folder: &Folder) -> SignedAcceptance {
        let domain = Domain { chain_id: self.chain_id, verifying_contract: self.payouts.parse().expect("an address") };
        let terms = fs::read(folder.path().join("terms/1.toml")).expect("the terms");
        let expires = i64::try_from(self.invited_at.to_unix_seconds()).expect("it fits") + self.days;
        let invite = Invite {
            ambassador: key(self.ambassador).address(),
            creator: self.creator.parse().expect("an id"),
            terms: self.terms.unwrap_or_else(|| keccak256(&[&terms])),
            expires: Instant::from_unix_seconds(expires).expect("a time"),
        };
        let signature = key(self.invite_signer).sign(&invite.digest(&domain)).expect("it signs");
        let acceptance = Acceptance {
            invite: invite.digest(&domain),
            creator: invite.creator.clone(),
            coin: self.coin.parse().expect("an id"),
            account: key(self.account).address(),
            accepted_at: self.accepted_at,
        };
        let invite = SignedInvite { domain, invite, signature };
        let signature = key(self.signer).sign(&acceptance.digest(&domain)).expect("it signs");
        SignedAcceptance { invite, acceptance, signature }
    }

    fn text(&self, folder: &Folder) -> String {
        let bytes = AcceptanceDocument::of(&self.signed(folder)).to_bytes();
        String::from_utf8(bytes).expect("text")
    }

    fn put(&self, folder: &Folder, file: &str) {
        put(folder, file, &self.text(folder));
    }
}

fn put(folder: &Folder, file: &str, text: &str) {
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

fn edit(folder: &Folder, file: &str, change: impl Fn(String) -> String) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a file can be read");
    fs::write(path, change(text)).expect("a file can be written");
}

fn append(folder: &Folder, file: &str, row: &str) {
    edit(folder, file, |text| text + row + "\n");
}

/// The base, whose ambassadors are paid to accounts of the tests' keys.
fn base() -> Folder {
    let folder = Folder::base();
    edit(&folder, "ambassadors.csv", |text| {
        text.replace("0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b", &key(ALEX).address().to_string())
            .replace("0xeD95eE5DCe7fAd68cc45478fb9EFb91408EA8539", &key(MIKA).address().to_string())
    });
    folder
}

fn json_of(folder: &Folder, command: &str) -> Value {
    serde_json::from_str(&run_well(folder.path(), &format!("{command} --json")).stdout).expect("JSON")
}

/// Returns the code of each acceptance, as `check` lists them.
fn codes(folder: &Folder) -> Vec<String> {
    let checked = json_of(folder, "check");
    let rows = checked["acceptances"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["code"].as_str().expect("a code").to_owned()).collect()
}

/// Returns the pending code of a creator in an ambassador's statement.
fn pending(folder: &Folder, month: &str, ambassador: &str, creator: &str) -> Option<String> {
    let path = folder.path().join(format!("months/{month}/statements/{ambassador}.json"));
    let statement: Value = serde_json::from_slice(&fs::read(path).expect("a statement")).expect("JSON");
    let line = statement["pending"].as_array()?.iter().find(|line| line["creator"] == creator)?.clone();
    line["code"].as_str().map(str::to_owned)
}

#[test]
fn an_acceptance_gives_what_the_treasury_would_have_written() {
    let times = "2020-11-25T10:00:00Z,2020-12-01T10:00:00Z,active";
    let signed = base();
    Spec::new().put(&signed, FILE);
    append(&signed, "referrals.csv", &format!("mia,MIA,alex,,,{times}"));
    assert_eq!(codes(&signed), ["ACCEPTED"]);
    let written = base();
    append(&written, "referrals.csv", &format!("mia,MIA,alex,2020-11-20T10:00:00Z,2020-11-22T10:00:00Z,{times}"));
    for folder in [&signed, &written] {
        run_well(folder.path(), "close 2020-12 --yes");
    }
    // What a month holds is the same, but for pseudonyms, which every ledger makes anew.
    for name in ["statements/alex.json", "statements/mika.json", "summary.csv"] {
        let read =
            |folder: &Folder| fs::read_to_string(folder.path().join("months/2020-12").join(name)).expect("a file");
        assert_eq!(read(&signed), read(&written), "{name}");
    }
    assert_eq!(pending(&signed, "2020-12", "alex", "mia").as_deref(), Some("GATE_USE_CASES"));
    let before = signed.snapshot();
    run_well(signed.path(), "close 2020-12 --yes");
    assert_same(&before, &signed.snapshot(), "closed again");
    run_well(signed.path(), "verify months/2020-12 published");
}

#[test]
fn an_acceptance_without_a_row_adds_one() {
    let folder = base();
    Spec::new().put(&folder, FILE);
    run_well(folder.path(), "settle 2020-12 --yes");
    assert_eq!(pending(&folder, "2020-12", "alex", "mia").as_deref(), Some("NOT_APPROVED"));
}

#[test]
fn neither_names_nor_order_of_files_matter() {
    let other =
        Spec { ambassador: MIKA, invite_signer: MIKA, accepted_at: instant("2020-11-23T10:00:00Z"), ..Spec::new() };
    let folders = [("a.json", "b.json"), ("z.json", "c.json")].map(|(first, second)| {
        let folder = base();
        Spec::new().put(&folder, &format!("acceptances/{first}"));
        other.put(&folder, &format!("acceptances/{second}"));
        run_well(folder.path(), "close 2020-12 --yes");
        folder
    });
    for file in ["months/2020-12/statements/alex.json", "months/2020-12/statements/mika.json", "published/invites.json"]
    {
        let read = |folder: &Folder| fs::read_to_string(folder.path().join(file)).expect("a file");
        assert_eq!(read(&folders[0]), read(&folders[1]), "{file}");
    }
    assert_eq!(codes(&folders[0]), ["ACCEPTED", "OTHER_AMBASSADOR_FIRST"]);
    assert_eq!(codes(&folders[1]), ["OTHER_AMBASSADOR_FIRST", "ACCEPTED"]);
    assert_eq!(pending(&folders[0], "2020-12", "mika", "mia").as_deref(), Some("OTHER_AMBASSADOR_FIRST"));
}

#[test]
fn an_expired_and_a_self_made_acceptance_have_their_reason() {
    let expired = Spec { accepted_at: instant("2020-12-20T10:00:00Z"), ..Spec::new() };
    let just_in_time = Spec { accepted_at: instant("2020-12-20T09:59:59Z"), ..Spec::new() };
    let own = Spec { account: ALEX, signer: ALEX, ..Spec::new() };
    for (spec, code, reason) in [
        (expired, "INVITE_EXPIRED", "INVITE_EXPIRED"),
        (just_in_time, "ACCEPTED", "NOT_APPROVED"),
        (own, "SELF_REFERRAL", "SELF_REFERRAL"),
    ] {
        let folder = base();
        spec.put(&folder, FILE);
        assert_eq!(codes(&folder), [code]);
        run_well(folder.path(), "settle 2020-12 --yes");
        assert_eq!(pending(&folder, "2020-12", "alex", "mia").as_deref(), Some(reason));
    }
}

#[test]
fn what_the_creator_buys_with_the_accepting_account_does_not_count() {
    let folder = base();
    Spec::new().put(&folder, FILE);
    append(&folder, "referrals.csv", "mia,MIA,alex,,,2020-11-25T10:00:00Z,2020-12-01T10:00:00Z,active");
    for (number, account) in [key(CREATOR).address().to_string(), "u-1".to_owned()].iter().enumerate() {
        let row = format!("self-{number},2020-12-05T10:00:00Z,MIA,buy,{account},50.00,");
        append(&folder, "activity/rally/2020-12.csv", &row);
    }
    run_well(folder.path(), "settle 2020-12 --yes");
    let records = fs::read(folder.path().join("months/2020-12/records.json")).expect("records");
    let records: Value = serde_json::from_slice(&records).expect("JSON");
    let supporters = records["supporters"].as_array().expect("a list");
    assert_eq!(supporters.iter().filter(|row| row["creator"] == "mia").count(), 1);
}

#[test]
fn what_is_published_names_no_account_of_a_creator() {
    let folder = base();
    Spec::new().put(&folder, FILE);
    let text = fs::read_to_string(folder.path().join("terms/1.toml")).expect("the terms");
    let second = text.replace("version = 1", "version = 2").replace("\"2020-11\"", "\"2021-06\"");
    put(&folder, "terms/2.toml", &second);
    run_well(folder.path(), "close 2020-12 --yes");
    let published: Value =
        serde_json::from_slice(&fs::read(folder.path().join("published/invites.json")).expect("a file")).expect("JSON");
    assert_eq!(published["schema"], "ambassador-invites/1");
    assert_eq!(published["terms"][1]["effective"], "2021-06");
    assert_eq!(published["terms"][1]["hash"], keccak256(&[second.as_bytes()]).to_string());
    assert_eq!(published["acceptances"][0]["code"], "ACCEPTED");
    assert_eq!(fs::read_to_string(folder.path().join("published/terms/2.toml")).ok(), Some(second));
    let signed = Spec::new().signed(&folder);
    let secrets = [signed.acceptance.account.to_string(), signed.digest().to_string(), signed.signature.to_string()];
    for (path, bytes) in folder.snapshot().into_iter().filter(|(path, _)| path.starts_with("published")) {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        for secret in &secrets {
            assert!(!text.contains(&secret.to_ascii_lowercase()), "{} names {secret}", path.display());
        }
    }
    let before = folder.snapshot();
    run_well(folder.path(), "publish 2020-12");
    assert_same(&before, &folder.snapshot(), "published again");
    run_well(folder.path(), "verify published");
}

#[test]
fn the_recipe_is_followed_word_for_word() {
    let folder = base();
    Spec::new().put(&folder, "sent.json");
    let said = follow_with(&folder, "invites.md", &[("PROGRAMME", "."), ("ACCEPTANCE", "sent.json")]);
    assert!(said.contains("acceptances/sent.json") && said.contains("ACCEPTED"), "{said}");
    assert_eq!(pending(&folder, "2020-12", "alex", "mia").as_deref(), Some("NOT_APPROVED"));
    assert!(folder.path().join("published/invites.json").is_file());
}

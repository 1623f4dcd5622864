//! Signed acceptances: what they give the records, which are refused and in what words, and what is published of them.

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
use crate::binary::{run, run_well};

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

/// Expects that `check`, `settle` and `close` refuse the folder for this one reason.
#[track_caller]
fn refused(folder: &Folder, expected: &[(&str, &str, &str)]) {
    for command in ["check", "settle 2020-12 --yes", "close 2020-12 --yes"] {
        let before = folder.snapshot();
        let run = run(folder.path(), &format!("{command} --json"));
        assert_eq!(run.status, 3, "{command}: {}{}", run.stdout, run.stderr);
        let said: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let problems = said["problems"].as_array().expect("problems");
        let found: Vec<_> = problems
            .iter()
            .map(|problem| {
                assert!(problem["help"].as_str().is_some_and(|help| !help.is_empty()), "{problem}");
                let text = |name: &str| problem[name].as_str().unwrap_or_default();
                (text("code"), text("file"), text("column"))
            })
            .collect();
        assert_eq!(found, expected, "{command}: {}", run.stderr);
        assert_same(&before, &folder.snapshot(), command);
    }
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
fn a_forged_acceptance_is_refused() {
    for (spec, column) in [
        (Spec { invite_signer: STRANGER, ..Spec::new() }, "invite.signature"),
        (Spec { invite_signer: CREATOR, ..Spec::new() }, "invite.signature"),
        (Spec { signer: STRANGER, ..Spec::new() }, "signature"),
        (Spec { signer: ALEX, ..Spec::new() }, "signature"),
    ] {
        let folder = base();
        spec.put(&folder, FILE);
        refused(&folder, &[("SIGNATURE_FOREIGN", FILE, column)]);
    }
}

#[test]
fn a_changed_or_replayed_acceptance_is_refused() {
    let folder = base();
    let text = Spec::new().text(&folder);
    let other = Spec { creator: "eve", ..Spec::new() }.text(&folder);
    let part = |text: &str, from: &str, to: &str| {
        let start = text.find(from).expect("it stands there");
        text[start..start + text[start..].find(to).expect("it ends")].to_owned()
    };
    // The invite of one creator under the acceptance of another.
    let invite = |text: &str| part(text, "  \"invite\": {\n    \"schema\"", "  \"acceptance\"");
    let (mia, eve) = (key(CREATOR).address().to_string(), key(STRANGER).address().to_string());
    let high = {
        let signature = part(&text, "\n  \"signature\": \"0x", "\"\n}");
        let words = &signature["\n  \"signature\": \"0x".len()..];
        text.replace(words, &format!("{}{}{}", &words[..64], "f".repeat(64), &words[128..]))
    };
    let contract = {
        let signature = part(&text, "\n  \"signature\": \"0x", "\"\n}");
        text.replace(&signature, &format!("{signature}{}", "00".repeat(65)))
    };
    for (changed, code, column) in [
        (text.replace("\"coin\": \"MIA\"", "\"coin\": \"EVE\""), "FIELD_MISMATCH", "digest"),
        (text.replace(&mia, &eve), "FIELD_MISMATCH", "digest"),
        (text.replace("\"acceptedAt\": \"1606039200\"", "\"acceptedAt\": \"1606039199\""), "FIELD_MISMATCH", "digest"),
        (
            text.replace("\"acceptedAt\": \"1606039200\"", "\"acceptedAt\": \"9999999999999\""),
            "TIME_RANGE",
            "acceptance.acceptedAt",
        ),
        (text.replace("\"chainId\": 1", "\"chainId\": 5"), "FIELD_MISMATCH", "invite.digest"),
        (text.replace("\"creator\": \"mia\"", "\"creator\": \"eve\""), "FIELD_MISMATCH", "invite.digest"),
        (text.replace(&invite(&text), &invite(&other)), "FIELD_MISMATCH", "acceptance.invite"),
        (high, "SIGNATURE_OUT_OF_RANGE", "signature"),
        (contract, "SIGNATURE_OF_CONTRACT", "signature"),
        (text.replace("\"coin\": \"MIA\"", "\"coin\": \"MIA\", \"note\": \"\""), "JSON", ""),
        (text.replace("\"coin\": \"MIA\"", "\"coin\": \"MIA\", \"coin\": \"MIA\""), "JSON", ""),
        (text.replace("\"acceptedAt\": \"1606039200\"", "\"acceptedAt\": 1606039200"), "JSON", ""),
        (format!("{text}{{}}"), "JSON", ""),
        (text.replace("ambassador-acceptance/1", "ambassador-acceptance/2"), "JSON_SCHEMA", ""),
        (text.replace("ambassador-invite/1", "ambassador-claim/1"), "JSON_SCHEMA", ""),
        (String::new(), "JSON", ""),
    ] {
        assert_ne!(changed, text, "{code} {column}");
        put(&folder, FILE, &changed);
        refused(&folder, &[(code, FILE, column)]);
    }
    put(&folder, FILE, &text);
    assert_eq!(codes(&folder), ["ACCEPTED"]);
}

#[test]
fn an_acceptance_of_another_programme_or_of_other_terms_is_refused() {
    for (spec, code, column) in [
        (Spec { chain_id: 5, ..Spec::new() }, "INVITE_OTHER_PROGRAMME", "invite.domain"),
        (
            Spec { payouts: "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b", ..Spec::new() },
            "INVITE_OTHER_PROGRAMME",
            "invite.domain",
        ),
        (
            Spec { terms: Some(Hash32::from_bytes([9; 32])), ..Spec::new() },
            "INVITE_TERMS_UNKNOWN",
            "invite.invite.terms",
        ),
        (Spec { days: 2 * DAYS, ..Spec::new() }, "INVITE_TOO_LONG", "acceptance.acceptedAt"),
        (
            Spec { ambassador: STRANGER, invite_signer: STRANGER, ..Spec::new() },
            "INVITE_AMBASSADOR_UNKNOWN",
            "invite.invite.ambassador",
        ),
    ] {
        let folder = base();
        spec.put(&folder, FILE);
        refused(&folder, &[(code, FILE, column)]);
    }
    // Accepted under terms that have replaced those of the invite.
    let folder = base();
    let late = Spec { accepted_at: instant("2020-12-01T00:00:00Z"), ..Spec::new() };
    late.put(&folder, FILE);
    assert_eq!(codes(&folder), ["ACCEPTED"]);
    let text = fs::read_to_string(folder.path().join("terms/1.toml")).expect("the terms");
    let second = text.replace("version = 1", "version = 2").replace("\"2020-11\"", "\"2020-12\"");
    put(&folder, "terms/2.toml", &second);
    refused(&folder, &[("INVITE_TERMS_REPLACED", FILE, "invite.invite.terms")]);
    Spec::new().put(&folder, FILE);
    assert_eq!(codes(&folder), ["ACCEPTED"]);
}

#[test]
fn an_earlier_account_of_an_ambassador_is_theirs_once_it_is_on_record() {
    let folder = base();
    Spec { ambassador: STRANGER, invite_signer: STRANGER, ..Spec::new() }.put(&folder, FILE);
    refused(&folder, &[("INVITE_AMBASSADOR_UNKNOWN", FILE, "invite.invite.ambassador")]);
    append(&folder, "parties.csv", &format!("{},ambassador:alex", key(STRANGER).address()));
    assert_eq!(codes(&folder), ["ACCEPTED"]);
    append(&folder, "parties.csv", &format!("{},ambassador:mika", key(STRANGER).address()));
    refused(&folder, &[("INVITE_AMBASSADOR_AMBIGUOUS", FILE, "invite.invite.ambassador")]);
}

#[test]
fn a_name_invites_with_every_account_that_it_was_known_to_stand_for() {
    let folder = base();
    edit(&folder, "ambassadors.csv", |text| text.replace(&key(ALEX).address().to_string(), "alexmasmej.eth"));
    Spec::new().put(&folder, FILE);
    refused(&folder, &[("INVITE_AMBASSADOR_UNKNOWN", FILE, "invite.invite.ambassador")]);
    // The name moves to the account, which nobody confirmed yet; then somebody does; then it moves on.
    let pin =
        |block: u32, account: u8| format!("alexmasmej.eth,{},{block},2021-01-02T00:00:00Z", key(account).address());
    append(&folder, "resolutions.csv", &pin(11_600_000, ALEX));
    refused(&folder, &[("INVITE_AMBASSADOR_UNKNOWN", FILE, "invite.invite.ambassador")]);
    append(&folder, "resolutions.csv", &pin(11_600_001, ALEX));
    assert_eq!(codes(&folder), ["ACCEPTED"]);
    append(&folder, "resolutions.csv", &pin(11_700_000, STRANGER));
    assert_eq!(codes(&folder), ["ACCEPTED"]);
}

#[test]
fn double_acceptances_are_told_apart() {
    let folder = base();
    let copy = "acceptances/mia-copy.json";
    let again = Spec { accepted_at: instant("2020-11-24T10:00:00Z"), ..Spec::new() };
    for spec in [Spec::new(), again] {
        spec.put(&folder, "acceptances/mia-copy.json");
        Spec::new().put(&folder, "acceptances/mia-a.json");
        refused(&folder, &[("ACCEPTANCE_TWICE", copy, "acceptance.creator")]);
    }
    // Somebody else poses as the creator.
    let other = Spec {
        ambassador: MIKA,
        invite_signer: MIKA,
        account: STRANGER,
        signer: STRANGER,
        accepted_at: instant("2020-11-24T10:00:00Z"),
        ..Spec::new()
    };
    other.put(&folder, copy);
    refused(&folder, &[("ACCEPTANCE_OTHER_ACCOUNT", copy, "acceptance.account")]);
    append(&folder, "referrals.csv", "mia,MIA,alex,,,,,active");
    for account in [CREATOR, STRANGER] {
        append(&folder, "parties.csv", &format!("{},creator:mia", key(account).address()));
    }
    assert_eq!(codes(&folder), ["ACCEPTED", "OTHER_AMBASSADOR_FIRST"]);
}

#[test]
fn a_row_that_says_otherwise_is_told() {
    for (row, code, file, column) in [
        ("mia,MIO,alex,,,,,active", "COIN_DIFFERS", FILE, "acceptance.coin"),
        ("mia,MIO,mika,,,,,active", "COIN_DIFFERS", FILE, "coin"),
        ("mia,MIA,alex,2020-11-20T10:00:01Z,,,,active", "TIME_DIFFERS", FILE, "invite.invite.expires"),
        (
            "mia,MIA,alex,2020-11-20T10:00:00Z,2020-11-22T10:00:01Z,,,active",
            "TIME_DIFFERS",
            FILE,
            "acceptance.acceptedAt",
        ),
        ("mia,MIA,alex,,,2020-11-21T10:00:00Z,,active", "TIME_ORDER", "referrals.csv", "approved_at"),
    ] {
        let folder = base();
        Spec::new().put(&folder, FILE);
        append(&folder, "referrals.csv", row);
        refused(&folder, &[(code, file, column)]);
    }
    let folder = base();
    Spec { invited_at: instant("2020-11-01T10:00:00Z"), accepted_at: instant("2020-11-04T10:00:00Z"), ..Spec::new() }
        .put(&folder, FILE);
    refused(&folder, &[("TIME_ORDER", FILE, "invited_at")]);
    put(&folder, "acceptances/notes.txt", "");
    refused(&folder, &[("FILE_UNKNOWN", "acceptances/notes.txt", ""), ("TIME_ORDER", FILE, "invited_at")]);
}

#[test]
fn a_settled_attribution_is_fixed() {
    let folder = base();
    Spec::new().put(&folder, FILE);
    run_well(folder.path(), "close 2020-12 --yes");
    // Another ambassador's acceptance comes in January and is dated back to before the first one.
    let dated_back =
        Spec { ambassador: MIKA, invite_signer: MIKA, accepted_at: instant("2020-11-21T10:00:00Z"), ..Spec::new() };
    let late = "acceptances/mia-mika.json";
    dated_back.put(&folder, late);
    for command in ["check", "settle 2020-12 --yes", "settle 2021-01 --yes", "close 2021-01 --yes"] {
        let refused = run(folder.path(), command);
        assert_eq!(refused.status, 3, "{command}: {}", refused.stderr);
        let said = format!(
            "error[ACCEPTANCE_TOO_LATE]: {late}: acceptance.acceptedAt: creator `mia` was settled in `2020-12`"
        );
        assert!(refused.stderr.contains(&said), "{command}: {}", refused.stderr);
    }
    fs::remove_file(folder.path().join(late)).expect("it can be removed");
    // One that comes late and takes nothing from anybody counts from the next month on.
    Spec { creator: "nia", coin: "NIA", ..Spec::new() }.put(&folder, "acceptances/nia.json");
    let checked = json_of(&folder, "check");
    assert_eq!(checked["acceptances"][0]["late_for"], Value::Null);
    assert_eq!(checked["acceptances"][1]["late_for"], "2020-12");
    run_well(folder.path(), "close 2021-01 --yes");
    assert_eq!(pending(&folder, "2021-01", "alex", "nia").as_deref(), Some("NOT_APPROVED"));
    run_well(folder.path(), "verify published");
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

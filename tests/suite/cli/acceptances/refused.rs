//! Acceptances that are refused: forged, replayed, double, late, of nobody's invite, or beside rows that say otherwise.

use std::fs;

use ambassador_core::hash::Hash32;
use serde_json::Value;

use super::{
    ALEX, CREATOR, DAYS, FILE, MIKA, STRANGER, Spec, append, base, codes, edit, instant, json_of, key, pending, put,
};
use crate::{
    binary::{run, run_well},
    cli::folder::{Folder, assert_same},
};

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

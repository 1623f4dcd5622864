//! What other programs are given of a settled month, read as they read it.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{example::open_example, folder::Folder};
use crate::binary::run_well;

/// Undoes the folding of a calendar file and returns the events: the values of each by name.
fn events(text: &str) -> Vec<BTreeMap<String, String>> {
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "every line ends in CRLF");
    for line in text.split_terminator("\r\n") {
        assert!((1..=75).contains(&line.len()), "{} octets: {line}", line.len());
    }
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<(&str, &str)> =
        unfolded.split_terminator("\r\n").map(|line| line.split_once(':').expect("a name and a value")).collect();
    assert_eq!(lines.first(), Some(&("BEGIN", "VCALENDAR")));
    assert_eq!(lines.last(), Some(&("END", "VCALENDAR")));
    let mut events: Vec<BTreeMap<String, String>> = Vec::new();
    for (name, value) in lines {
        match (name, value) {
            ("BEGIN", "VEVENT") => events.push(BTreeMap::new()),
            ("BEGIN" | "END", _) => {}
            _ => {
                let Some(event) = events.last_mut() else { continue };
                let plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
                assert!(event.insert(name.to_owned(), plain).is_none(), "{name} stands twice");
            }
        }
    }
    events
}

#[test]
fn a_date_keeps_its_uid_and_moves_with_the_records() {
    let calendar = |launched: &str, month: &str| {
        let folder = Folder::base();
        let referrals = folder.path().join("referrals.csv");
        let text = std::fs::read_to_string(&referrals).expect("the referrals");
        std::fs::write(&referrals, text.replace("2020-12-10T10:00:00Z", launched)).expect("they can be written");
        run_well(folder.path(), &format!("settle {month} --yes"));
        let told = run_well(folder.path(), &format!("export calendar {month} alex")).stdout;
        assert_eq!(told, run_well(folder.path(), &format!("export calendar {month} alex")).stdout);
        events(&told)
    };
    let starts = |events: &[BTreeMap<String, String>]| -> BTreeMap<String, String> {
        let starts: BTreeMap<_, _> =
            events.iter().map(|event| (event["UID"].clone(), event["DTSTART"].clone())).collect();
        assert_eq!(starts.len(), events.len(), "no UID stands twice");
        starts
    };
    let (early, late) = (calendar("2020-12-10T10:00:00Z", "2020-12"), calendar("2020-12-20T10:00:00Z", "2020-12"));
    let (early, late) = (starts(&early), starts(&late));
    let window = early.keys().find(|uid| uid.starts_with("window-end.kai.")).expect("kai's window");
    assert_eq!((early[window].as_str(), late[window].as_str()), ("20210109T100000Z", "20210119T100000Z"));
    // What the next month tells of the same dates are the same ones.
    let next = starts(&calendar("2020-12-20T10:00:00Z", "2021-01"));
    assert!(next.keys().all(|uid| !early.contains_key(uid)), "all of December's dates are past: {next:?}");
    let programme = |uid: &str| uid.split_once('@').map(|(_, programme)| programme.to_owned());
    assert_eq!(next.keys().next().map(|uid| programme(uid)), early.keys().next().map(|uid| programme(uid)));
}

#[test]
fn an_airdrop_pays_what_the_claims_would() {
    let folder = open_example();
    run_well(folder.path(), "close 2021-01 --yes");
    let csv = run_well(folder.path(), "export airdrop 2021-01 --voided").stdout;
    let mut rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.remove(0), ["token_type", "token_address", "receiver", "amount", "id"]);
    let mut claims = Vec::new();
    for (path, bytes) in folder.snapshot() {
        if path.starts_with("months/2021-01/claims") {
            let claim: Value = serde_json::from_slice(&bytes).expect("a claim is JSON");
            let text = |field: &str| claim["claim"][field].as_str().expect("a text").to_owned();
            claims.push((text("account"), text("amount")));
        }
    }
    assert!(claims.len() > 1, "several ambassadors are paid");
    let base_units = |amount: &str| {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        format!("{whole}{fraction:0<18}").trim_start_matches('0').to_owned()
    };
    let mut paid: Vec<(String, String)> = Vec::new();
    for row in &rows {
        let [kind, token, receiver, amount, id] = row[..] else { panic!("five cells: {row:?}") };
        assert_eq!((kind, token, id), ("erc20", "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b", ""));
        paid.push((receiver.to_owned(), base_units(amount)));
    }
    claims.sort();
    paid.sort();
    assert_eq!(paid, claims);
}

#[test]
fn the_vote_that_adopted_the_terms_is_shown_beside_their_hash() {
    let folder = Folder::base();
    let terms = folder.path().join("terms/1.toml");
    let text = std::fs::read_to_string(&terms).expect("the terms");
    std::fs::write(&terms, text.replace("proposal = \"\"", "proposal = \"https://vote.example/1\"")).expect("written");
    let hash = run_well(folder.path(), "terms hash terms/1.toml").stdout;
    let told = run_well(folder.path(), "close 2020-12 --yes").stdout;
    let expected = format!("terms  {}, adopted by https://vote.example/1\n", hash.trim_end());
    assert!(told.contains(&expected), "{told}");
    let files = folder.snapshot();
    let read = |path: &str| String::from_utf8_lossy(&files[Path::new(path)]).into_owned();
    let expected = format!("Terms: `{}`, adopted by https://vote.example/1.\n", hash.trim_end());
    assert!(read("published/months/2020-12/report.md").contains(&expected));
    // A statement names the terms, and these name the vote.
    assert!(read("months/2020-12/statements/alex.json").contains(&format!("\"terms\": \"{}\"", hash.trim_end())));
    assert!(read("published/terms/1.toml").contains("https://vote.example/1"));
    run_well(folder.path(), "verify published");
}

#[test]
fn scripts_are_told_the_same() {
    let folder = Folder::base();
    let json = |command: &str| -> Value {
        let told = run_well(folder.path(), &format!("{command} --json")).stdout;
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{command}: {error}: {told}"))
    };
    run_well(folder.path(), "settle 2020-12 --yes");
    for (command, field) in [
        ("export airdrop 2020-12", "/csv"),
        ("export tax 2020-12", "/csv"),
        ("export calendar 2020-12 alex", "/ics"),
        ("terms proposal", "/markdown"),
    ] {
        let text = run_well(folder.path(), command).stdout;
        assert_eq!(json(command).pointer(field), Some(&Value::from(text)), "{command}");
    }
    let terms = folder.path().join("terms/1.toml");
    let text = std::fs::read_to_string(&terms).expect("the terms");
    std::fs::write(folder.path().join("draft.toml"), text.replace("\"250\"", "\"300\"")).expect("a draft");
    let hash = run_well(folder.path(), "terms hash terms/1.toml").stdout;
    assert_eq!(json("terms hash")["terms"][0]["hash"], hash.trim_end());
    let diff = json("terms diff terms/1.toml draft.toml");
    let change = &diff["changes"][0];
    assert_eq!(
        (&change["field"], &change["before"], &change["after"]),
        (&"reward.base_usd".into(), &"$250".into(), &"$300".into())
    );
    let first = json("terms proposal")["months"][0].clone();
    assert_eq!((&first["month"], &first["outcomes"][0]["usd"]), (&"2020-12".into(), &"0.0601".into()));
}

#[test]
fn a_name_cannot_write_the_proposal() {
    let folder = Folder::base();
    let terms = folder.path().join("terms/1.toml");
    let text = std::fs::read_to_string(&terms).expect("the terms");
    let evil = "[Click](javascript:1) | <b>x</b>";
    std::fs::write(&terms, text.replace("Test Ambassadors", evil)).expect("they can be written");
    let proposal = run_well(folder.path(), "terms proposal").stdout;
    assert!(proposal.starts_with(r"# \[Click\](javascript:1) \| \<b\>x\</b\>: adopt version 1"), "{proposal}");
    assert!(!proposal.contains(evil), "{proposal}");
}

//! What other programs are given of a settled month, read as they read it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

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

fn replace(folder: &Folder, file: &str, old: &str, new: &str) {
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).expect("a file can be read");
    assert!(text.contains(old), "`{old}` does not stand in {file}");
    fs::write(&path, text.replace(old, new)).expect("a file can be written");
}

#[test]
fn a_date_keeps_its_uid_and_moves_with_the_records() {
    let starts = |launched: &str, month: &str| -> BTreeMap<String, String> {
        let folder = Folder::base();
        replace(&folder, "referrals.csv", "2020-12-10T10:00:00Z", launched);
        replace(&folder, "terms/1.toml", "\ndays = 30", "\ndays = 60");
        run_well(folder.path(), &format!("settle {month} --yes"));
        let told = run_well(folder.path(), &format!("export calendar {month} alex")).stdout;
        assert_eq!(told, run_well(folder.path(), &format!("export calendar {month} alex")).stdout);
        let events = events(&told);
        let starts: BTreeMap<_, _> =
            events.iter().map(|event| (event["UID"].clone(), event["DTSTART"].clone())).collect();
        assert_eq!(starts.len(), events.len(), "no UID stands twice");
        starts
    };
    let early = starts("2020-12-10T10:00:00Z", "2020-12");
    let late = starts("2020-12-20T10:00:00Z", "2020-12");
    let next = starts("2020-12-20T10:00:00Z", "2021-01");
    let window = early.keys().find(|uid| uid.starts_with("window-end.kai.0@")).expect("kai's window");
    assert_eq!(early[window], "20210208T100000Z");
    assert_eq!(late[window], "20210218T100000Z");
    assert_eq!(next.get(window), late.get(window), "the next month tells of the same date");
    let claims = |starts: &BTreeMap<String, String>| starts.keys().filter(|uid| uid.starts_with("claim-")).count();
    assert_eq!((claims(&late), claims(&next)), (1, 1));
    assert_eq!(late.keys().filter(|uid| next.contains_key(*uid)).count(), 1, "other months are other dates");
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
    replace(&folder, "terms/1.toml", "proposal = \"\"", "proposal = \"https://vote.example/1\"");
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
        ("export statement 2020-12 alex", "/html"),
        ("terms proposal", "/markdown"),
    ] {
        let text = run_well(folder.path(), command).stdout;
        assert_eq!(json(command).pointer(field), Some(&Value::from(text)), "{command}");
    }
    fs::copy(folder.path().join("terms/1.toml"), folder.path().join("draft.toml")).expect("a draft");
    replace(&folder, "draft.toml", "base_usd = \"250\"", "base_usd = \"300\"");
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
    let evil = "[Click](javascript:1) | <b>x</b>";
    replace(&folder, "terms/1.toml", "Test Ambassadors", evil);
    let proposal = run_well(folder.path(), "terms proposal").stdout;
    assert!(proposal.starts_with(r"# \[Click\](javascript:1) \| \<b\>x\</b\>: adopt version 1"), "{proposal}");
    assert!(!proposal.contains(evil), "{proposal}");
}

#[test]
fn a_name_cannot_write_a_statements_page() {
    let folder = Folder::base();
    let evil = "</title></style><script>alert('1')</script><b onclick=x>&amp;";
    replace(&folder, "ambassadors.csv", "Alex Masmej", evil);
    replace(&folder, "terms/1.toml", "Test Ambassadors", evil);
    run_well(folder.path(), "settle 2020-12 --yes");
    let page = run_well(folder.path(), "export statement 2020-12 alex").stdout;
    assert_eq!(page, run_well(folder.path(), "export statement 2020-12 alex").stdout, "the same month, the same page");
    let shown =
        "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&lt;b onclick=x&gt;&amp;amp;";
    assert_eq!(page.matches(shown).count(), 3, "in the title, as the name, and as the programme's: {page}");
    assert!(page.contains("550.00") && page.contains("GATE_SUPPORTERS"), "{page}");
    // Every tag is one of the page's own.
    let known = "!doctype html head meta title style body header main section footer div p h1 h2 table thead tbody tfoot \
                 tr th td ul li span dl dt dd";
    let known: BTreeSet<&str> = known.split(' ').collect();
    let attributes = ["charset", "class", "colspan", "content", "data-label", "http-equiv", "lang", "name"];
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("`{tag}` does not end"));
        let name = tag.trim_start_matches('/').split(' ').next().expect("a first word");
        assert!(known.contains(name), "{tag}");
        let mut parts: Vec<&str> = tag.split("=\"").collect();
        parts.pop();
        for before in parts {
            let attribute = before.rsplit(' ').next().expect("a last word");
            assert!(attributes.contains(&attribute), "{tag}");
        }
    }
}

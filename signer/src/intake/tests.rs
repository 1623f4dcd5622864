//! Whole folders: good ones, and ones with one thing wrong.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

use std::{cell::Cell, fs, io::Write as _, sync::Arc};

use ambassador_core::{calendar::Month, volume::Measured};
use parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int64Type},
    file::writer::SerializedFileWriter,
    schema::types::Type,
};
use tempfile::TempDir;

use super::{activity::Scrutiny, *};

mod hostile;

const TERMS: &str = r#"schema = "ambassador-terms/1"
name = "Rally Ambassadors"
version = 1
effective = "2020-11"
proposal = ""

[token]
symbol = "RLY"
decimals = 18
chain_id = 1
address = "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b"
payouts = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

[reward]
base_usd = "250"
tier = [
  { volume_usd = "5000",  bonus_usd = "125" },
  { volume_usd = "10000", bonus_usd = "250" },
]
use_case = { need = 1, bonus_usd = "50" }
innovative = { max = 1, bonus_usd = "125" }
known_use_cases = ["raffle", "auction"]

[gate]
min_use_cases = 1
min_supporters = 20
or_use_cases = 2

[window]
days = 30
grace_days = 7
hold_days = 14
accept_days = 30
launch_days = 90

[volume]
kinds = ["buy", "send_creator"]
supporter_cap_bps = 2500

[caps]
expected_per_month = 5
max_per_month = 10
budget_usd_per_month = "12500"
min_payout_usd = "25"

[price]
policy = "close"

[payout]
challenge_days = 7
valid_days = 365
"#;
const AMBASSADORS: &str = "index,id,name,payee,joined_at,status\n0,alex,Alex,alex.eth,2020-11-01T00:00:00Z,active\n";
const REFERRALS: &str = "creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status\n\
    zoe,ZOE,alex,2020-11-02T00:00:00Z,2020-11-03T00:00:00Z,2020-11-04T00:00:00Z,2020-11-05T00:00:00Z,active\n";
const PRICES: &str = "date,usd,tokens\n2020-11-30,1250,21000\n";
const EVENTS: &str = "event_id,occurred_at,coin,kind,actor,amount_usd\n\
    e1,2020-11-06T00:00:00Z,ZOE,buy,u1,100\n\
    e2,2020-11-07T00:00:00Z,ZOE,buy,u1,0.5\n\
    e3,2020-11-07T00:00:00Z,ZOE,buy,u2,7\n\
    x1,2020-11-07T00:00:00Z,OTHER,buy,u2,7\n";

/// A good folder in which files are replaced, added, or removed where the text is `None`.
fn folder(changes: &[(&str, Option<&[u8]>)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let good = [
        ("terms/1.toml", TERMS),
        ("ambassadors.csv", AMBASSADORS),
        ("referrals.csv", REFERRALS),
        ("prices.csv", PRICES),
    ];
    for (name, text) in good {
        if !changes.iter().any(|(changed, _)| *changed == name) {
            write(&folder, name, text.as_bytes());
        }
    }
    for (name, bytes) in changes {
        if let Some(bytes) = bytes {
            write(&folder, name, bytes);
        }
    }
    folder
}

fn write(folder: &TempDir, name: &str, bytes: &[u8]) {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
    fs::write(path, bytes).expect("files can be written");
}

/// Writes problems as `file:line:column:code`.
fn shown(failure: &Failure) -> Vec<String> {
    for problem in &failure.problems {
        assert!(problem.help.as_ref().is_some_and(|help| !help.is_empty()), "{problem}");
        assert!(!problem.message.ends_with('.') && !problem.message.is_empty(), "{problem}");
    }
    let text = |problem: &Problem| {
        let file = problem.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        let line = problem.line.map(|line| line.to_string()).unwrap_or_default();
        format!("{file}:{line}:{}:{}", problem.column.as_deref().unwrap_or_default(), problem.code)
    };
    failure.problems.iter().map(text).collect()
}

fn check_read(changes: &[(&str, Option<&[u8]>)], expected: &[&str]) {
    let folder = folder(changes);
    let problems = read(folder.path()).map_or_else(|failure| shown(&failure), |_| Vec::new());
    assert_eq!(problems, expected);
}

/// Checks a good folder in which one file's text is replaced.
fn check_file(name: &str, text: &str, expected: &[&str]) {
    check_read(&[(name, Some(text.as_bytes()))], expected);
}

/// Checks the good terms with one piece of text replaced.
fn check_terms(from: &str, to: &str, expected: &[&str]) {
    assert!(TERMS.contains(from), "{from}");
    check_file("terms/1.toml", &TERMS.replacen(from, to, 1), expected);
}

fn measured(folder: &TempDir) -> Result<Measured, Failure> {
    measured_by(Scrutiny::All, folder)
}

fn measured_by(scrutiny: Scrutiny, folder: &TempDir) -> Result<Measured, Failure> {
    let intake = read(folder.path())?;
    let month: Month = "2020-11".parse().expect("it is a month");
    activity::measure(folder.path(), &intake.programme, month.end(), scrutiny, &|_, _| ())
}

fn check_sums(changes: &[(&str, Option<&[u8]>)], expected: &[&str]) {
    let measured = measured(&folder(changes)).unwrap_or_else(|failure| panic!("{failure}"));
    let sums = measured.supporters.get(&"zoe".parse().expect("it is an id"));
    let sums = sums.map(|list| list.iter().map(|one| format!("{}={}", one.actor, one.volume)).collect::<Vec<_>>());
    assert_eq!(sums.unwrap_or_default(), expected);
}

fn check_activity(changes: &[(&str, Option<&[u8]>)], expected: &[&str]) {
    let problems = measured(&folder(changes)).map_or_else(|failure| shown(&failure), |_| Vec::new());
    assert_eq!(problems, expected);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory can be written")
}

#[test]
fn a_good_folder_is_read() {
    let folder = folder(&[]);
    let intake = read(folder.path()).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(intake.programme.records().ambassadors.len(), 1);
    assert_eq!(intake.programme.records().closes.len(), 1);
    assert_eq!(intake.price_file_hash, keccak256(&[PRICES.as_bytes()]));
    let [terms] = intake.terms_files.as_slice() else { panic!("there is one version") };
    assert_eq!((terms.version, terms.text.as_str()), (1, TERMS));
    assert_eq!(terms.hash, keccak256(&[TERMS.as_bytes()]));
    assert_eq!(
        intake.programme.records().terms.versions().first().map(ambassador_core::terms::Terms::hash),
        Some(terms.hash)
    );
}

#[test]
fn files_that_are_not_what_belongs_there() {
    let gone = tempfile::tempdir().expect("a temporary folder can be made").path().join("gone");
    let failure = read(&gone).expect_err("there is no folder");
    assert_eq!(failure.problems.first().map(|problem| problem.code.as_str()), Some("PROGRAMME_MISSING"));
    check_read(&[("prices.csv", None)], &["prices.csv:::FILE_MISSING"]);
    check_read(
        &[("ambassadors.csv", None), ("referrals.csv", None)],
        &["ambassadors.csv:::FILE_MISSING", "referrals.csv:::FILE_MISSING"],
    );
    check_read(&[("terms/1.toml", None)], &["terms:::TERMS_MISSING"]);
    check_read(&[("prices.csv", None), ("prices.csv/x", Some(b""))], &["prices.csv:::FILE_IS_FOLDER"]);
    check_read(&[("parties.csv/x", Some(b""))], &["parties.csv:::FILE_IS_FOLDER"]);
    check_read(&[("terms/1.toml", None), ("terms", Some(b""))], &["terms:::FOLDER_IS_FILE", "terms:::TERMS_MISSING"]);
    check_file("referal.csv", "", &["referal.csv:::FILE_UNKNOWN"]);
    check_file("Parties.CSV", "", &["Parties.CSV:::FILE_UNKNOWN"]);
    check_file("notes.txt", "", &[]);
    check_file(".parties.csv", "", &[]);
    check_file("parties.csv", "", &["parties.csv:1::CSV_HEADER"]);
    check_file("prices.csv", "", &["prices.csv:1::CSV_HEADER"]);
    let large = vec![b'x'; 64 * 1024 * 1024 + 1];
    check_read(&[("prices.csv", Some(&large))], &["prices.csv:::FILE_TOO_LARGE"]);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_devices_refused() {
    use std::os::unix::fs::symlink;
    let good = folder(&[("elsewhere", Some(b"actor,relation\nu9,treasury\n"))]);
    let parties = good.path().join("parties.csv");
    symlink(good.path().join("elsewhere"), &parties).expect("links can be made");
    assert_eq!(read(good.path()).map(|intake| intake.programme.records().parties.len()), Ok(1));
    fs::remove_file(&parties).expect("links can be removed");
    symlink("/dev/zero", &parties).expect("links can be made");
    assert_eq!(
        read(good.path()).map_err(|failure| shown(&failure)).err(),
        Some(vec!["parties.csv:::FILE_KIND".into()])
    );
    fs::remove_file(&parties).expect("links can be removed");
    symlink("nowhere", &parties).expect("links can be made");
    let failure = read(good.path()).expect_err("the link leads nowhere");
    assert_eq!(shown(&failure), ["parties.csv:::FILE_MISSING"]);

    let looped = folder(&[("activity/a/x.csv", Some(EVENTS.as_bytes()))]);
    symlink("..", looped.path().join("activity/a/up")).expect("links can be made");
    let failure = activity::files(looped.path()).expect_err("the folders have no end");
    assert!(failure.problems.iter().all(|problem| problem.code == "FILE_DEPTH"), "{failure}");
}

#[test]
fn terms_are_read_strictly_and_problems_have_lines() {
    let file = "terms/1.toml";
    let at = |place: &str| format!("{file}:{place}");
    let check = |from: &str, to: &str, expected: &[&str]| {
        let expected: Vec<_> = expected.iter().map(|place| at(place)).collect();
        check_terms(from, to, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    };
    check("name = ", "name == ", &["2::TERMS_SYNTAX"]);
    check("name = \"Rally Ambassadors\"", "name = \"Rally", &["2::TERMS_SYNTAX"]);
    check("effective", "version = 2\neffective", &["4::TERMS_SYNTAX"]);
    check("[gate]", "[token]", &["24::TERMS_SYNTAX"]);
    check("version = 1", "version = 01", &["3::TERMS_SYNTAX"]);
    let deep = "x.".repeat(100);
    check("version = 1", &format!("{deep}x = 1\nversion = 1"), &["3::TERMS_SYNTAX"]);
    check("[reward]", &format!("[{deep}x]\ny = \"\"\"\n\"\"\"\n[reward]"), &["14::TERMS_SYNTAX"]);
    check("version = 1", "version = 2", &["3:version:TERMS_FILE_VERSION"]);
    check("version = 1", "version = 0", &["3:version:TERMS_ZERO", "3:version:TERMS_FILE_VERSION"]);
    check("version = 1", "version = \"1\"", &["3:version:TERMS_TYPE"]);
    check("version = 1", "version = -1", &["3:version:TERMS_TYPE"]);
    check("version = 1\n", "", &["1::TERMS_FIELD_MISSING"]);
    check("base_usd = \"250\"", "base_usd = 250", &["15:reward.base_usd:TERMS_TYPE"]);
    check("base_usd = \"250\"", "base_usd = 250.0", &["15:reward.base_usd:TERMS_TYPE"]);
    check("base_usd = \"250\"", "base_usd = inf", &["15:reward.base_usd:TERMS_TYPE"]);
    check("base_usd = \"250\"", "base_usd = \"2_50\"", &["15:reward.base_usd:NUMBER_CHARACTER"]);
    check("base_usd = \"250\"", "base_usd = \"0\"", &["15:reward.base_usd:TERMS_ZERO"]);
    check("base_usd", "base_us", &["14:reward:TERMS_FIELD_MISSING", "15:reward.base_us:TERMS_FIELD_UNKNOWN"]);
    check("grace_days = 7", "grace_days = 7\ngracedays = 8", &["32:window.gracedays:TERMS_FIELD_UNKNOWN"]);
    check("\"125\" },", "125 },", &["17:reward.tier[0].bonus_usd:TERMS_TYPE"]);
    check("\"125\" },", "\"125\", x = 1 },", &["17:reward.tier[0].x:TERMS_FIELD_UNKNOWN"]);
    check("\"10000\"", "\"5000\"", &["18:reward.tier[1].volume_usd:TERMS_TIER_ORDER"]);
    check("bonus_usd = \"250\"", "bonus_usd = \"12\"", &["18:reward.tier[1].bonus_usd:TERMS_BONUS_FALLING"]);
    check("\"auction\"", "\"raffle\"", &["22:reward.known_use_cases[1]:TERMS_TWICE"]);
    check("\"close\"", "\"last\"", &["47:price.policy:TERMS_TYPE"]);
    check(
        "\"close\"",
        "\"mean\"",
        &[
            "46:price.days:TERMS_PRICE_MEAN",
            "46:price.quorum:TERMS_PRICE_MEAN",
            "46:price.max_age_hours:TERMS_PRICE_MEAN",
            "46:price.deviation_bps:TERMS_PRICE_MEAN",
        ],
    );
    check("E49b", "E49B", &["11:token.address:ADDRESS_CHECKSUM"]);
    check("2020-11\"", "2020-13\"", &["4:effective:TIME_NO_SUCH"]);
    check("supporter_cap_bps = 2500", "supporter_cap_bps = 70000", &["38:volume.supporter_cap_bps:TERMS_TYPE"]);
    check("ambassador-terms/1", "ambassador-terms/2", &["1:schema:TERMS_SCHEMA"]);
    let tables = "[[reward.tier]]\nvolume_usd = \"5000\"\nbonus_usd = \"1\"\n[[reward.tier]]\nvolume_usd = \"1\"\nbonus_usd = \"1\"\n";
    let inline = TERMS.find("tier = [").zip(TERMS.find("use_case = {")).expect("the terms have tiers");
    let mut text = TERMS.to_string();
    text.replace_range(inline.0..inline.1, "");
    check_file(
        file,
        &text.replace("[gate]", &format!("{tables}[gate]")),
        &["terms/1.toml:24:reward.tier[1].volume_usd:TERMS_TIER_ORDER"],
    );
    check_read(&[(file, Some(&[TERMS.as_bytes(), b"# \xff"].concat()))], &["terms/1.toml:52::TERMS_UTF8"]);
    let several = TERMS.replace("base_usd = \"250\"", "base_usd = 250").replace("payouts =", "payout =");
    check_file(
        file,
        &several.replace("\"12500\"", "1e4"),
        &[
            "terms/1.toml:7:token:TERMS_FIELD_MISSING",
            "terms/1.toml:12:token.payout:TERMS_FIELD_UNKNOWN",
            "terms/1.toml:15:reward.base_usd:TERMS_TYPE",
            "terms/1.toml:43:caps.budget_usd_per_month:TERMS_TYPE",
        ],
    );
    let several = TERMS.replace("base_usd = \"250\"", "base_usd = 250").replace("\"12500\"", "1e4");
    check_file(
        file,
        &several,
        &["terms/1.toml:15:reward.base_usd:TERMS_TYPE", "terms/1.toml:43:caps.budget_usd_per_month:TERMS_TYPE"],
    );
}

#[test]
fn versions_of_the_terms_make_a_history() {
    let second = TERMS.replace("version = 1", "version = 2");
    let later = second.replace("2020-11\"", "2021-01\"");
    check_file("terms/2.toml", &later, &[]);
    check_file("terms/2.toml", &second, &["terms/2.toml:4:effective:TERMS_EFFECTIVE"]);
    check_file("terms/3.toml", &later.replace("version = 2", "version = 3"), &["terms/3.toml:3:version:TERMS_VERSION"]);
    check_file(
        "terms/2.toml",
        &later.replace("version = 2", "version = 3"),
        &["terms/2.toml:3:version:TERMS_FILE_VERSION"],
    );
    check_file("terms/02.toml", &later, &["terms/02.toml:::TERMS_FILE_NAME"]);
    check_file("terms/+2.toml", &later, &["terms/+2.toml:::TERMS_FILE_NAME"]);
    check_file("terms/2.toml.bak", &later, &["terms/2.toml.bak:::TERMS_FILE_NAME"]);
    check_file("terms/.2.toml.swp", &later, &[]);
    check_read(&[("terms/2.toml/x", Some(b""))], &["terms/2.toml:::FILE_IS_FOLDER"]);
}

#[test]
fn rows_that_contradict_each_other_are_led_back_to_their_lines() {
    let text = format!("{AMBASSADORS}\n2,taylor,Taylor,alex.eth,2020-11-01T00:00:00Z,active\n");
    check_file("ambassadors.csv", &text, &["ambassadors.csv:3::CSV_BLANK_LINE", "ambassadors.csv:4:payee:PAYEE_TWICE"]);
    let text = format!("{AMBASSADORS}2,taylor,Taylor,alex.eth,2020-11-01T00:00:00Z,active\n");
    check_file("ambassadors.csv", &text, &["ambassadors.csv:3:payee:PAYEE_TWICE", "ambassadors.csv:3:index:INDEX_GAP"]);
    let folder = folder(&[("ambassadors.csv", Some(text.as_bytes()))]);
    let failure = read(folder.path()).expect_err("the payee stands twice");
    let message = failure.problems.first().map(|problem| problem.message.as_str());
    assert_eq!(message, Some("payee `alex.eth` belongs to two ambassadors (the other stands in line 2)"));
    assert_eq!(failure.exit, Exit::Records);

    check_file(
        "referrals.csv",
        &REFERRALS.replace("alex", "taylor"),
        &["referrals.csv:2:ambassador:AMBASSADOR_UNKNOWN"],
    );
    check_file(
        "referrals.csv",
        &REFERRALS.replace("2020-11-05", "2020-11-01"),
        &["referrals.csv:2:launched_at:TIME_ORDER"],
    );
    check_file(
        "adoptions.csv",
        "creator,use_case,live_at,evidence,decision\nzoe,rafle,1606780800,,approved\n",
        &["adoptions.csv:2:use_case:USE_CASE_UNKNOWN"],
    );
    check_file(
        "adjustments.csv",
        "ambassador,month,usd,reason,approver\nalex,2020-10,0,x,y\n",
        &["adjustments.csv:2:usd:ADJUSTMENT_ZERO", "adjustments.csv:2:month:MONTH_BEFORE_TERMS"],
    );
    let text = format!("{PRICES}2020-11-29,1,1\n2020-11-30,1,1\n");
    check_file("prices.csv", &text, &["prices.csv:4:date:DATE_TWICE"]);
}

#[test]
fn every_problem_of_every_file_is_reported_at_once() {
    let ambassadors = AMBASSADORS.replace("alex.eth", "alex");
    let prices = format!("{PRICES}2020-11-30,0,1\n");
    let referrals = format!("{REFERRALS}ben,ZOE,alex,,,,,active\n");
    check_read(
        &[
            ("ambassadors.csv", Some(ambassadors.as_bytes())),
            ("prices.csv", Some(prices.as_bytes())),
            ("referrals.csv", Some(referrals.as_bytes())),
            ("party.csv", Some(b"")),
            ("parties.csv", Some(b"actor,relation\nu1,creator:nobody\n")),
        ],
        &[
            "party.csv:::FILE_UNKNOWN",
            "ambassadors.csv:2:payee:ENS_NAME",
            "prices.csv:3:usd:PRICE_ZERO",
            "referrals.csv:3:coin:COIN_SHARED",
            "parties.csv:2:relation:CREATOR_UNKNOWN",
        ],
    );
}

#[test]
fn activity_of_every_format_gives_the_same_sums() {
    let sums = ["u1=100.5", "u2=7"];
    let events = EVENTS.as_bytes();
    check_sums(&[], &[]);
    check_sums(&[("activity/e.csv", Some(events))], &sums);
    check_sums(&[("activity/2020/11/e.csv.gz", Some(&gzip(events)))], &sums);
    check_sums(&[("activity/e.csv.zst", Some(&zstandard(events)))], &sums);
    let (head, tail) = events.split_at(80);
    check_sums(&[("activity/e.csv.gz", Some(&[gzip(head), gzip(tail)].concat()))], &sums);
    check_sums(&[("activity/e.csv.zst", Some(&[zstandard(head), zstandard(tail)].concat()))], &sums);
    let json: Vec<String> = EVENTS
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            let [id, at, coin, kind, actor, amount] = cells[..] else { panic!("a row has six cells") };
            format!(
                "{{\"event_id\":\"{id}\",\"occurred_at\":\"{at}\",\"coin\":\"{coin}\",\"kind\":\"{kind}\",\
                 \"actor\":\"{actor}\",\"amount_usd\":\"{amount}\"}}\n"
            )
        })
        .collect();
    let json = json.concat();
    check_sums(&[("activity/e.jsonl", Some(json.as_bytes()))], &sums);
    check_sums(&[("activity/e.jsonl.gz", Some(&gzip(json.as_bytes())))], &sums);
    check_sums(&[("activity/a/e.jsonl", Some(json.as_bytes())), ("activity/a/e.csv", Some(events))], &sums);
    check_sums(&[("activity/a/e.csv", Some(events)), ("activity/b/e.csv", Some(events))], &["u1=201", "u2=14"]);
    check_sums(&[("activity/e.jsonl", Some(b"")), ("activity/.DS_Store", Some(b"\0"))], &[]);
    let reversed = EVENTS.replace("amount_usd", "amount_usd,reverses").replace(",100\n", ",100,\n");
    let reversed = reversed.replace(",0.5\n", ",0.5,\n").replace(",7\n", ",7,\n");
    let reversed = format!("{reversed}r1,2020-11-08T00:00:00Z,ZOE,buy,u1,60,e1\n");
    check_sums(&[("activity/e.csv", Some(reversed.as_bytes()))], &["u1=40.5", "u2=7"]);
}

#[test]
fn progress_counts_bytes_and_rows() {
    for (name, bytes) in [("e.csv", EVENTS.as_bytes().to_vec()), ("e.csv.gz", gzip(EVENTS.as_bytes()))] {
        let folder = folder(&[(&format!("activity/{name}"), Some(&bytes))]);
        let intake = read(folder.path()).expect("the records are good");
        let total = activity::files(folder.path()).expect("the files are good").total_bytes();
        let told = Cell::new((0, 0));
        let month: Month = "2020-11".parse().expect("it is a month");
        activity::measure(folder.path(), &intake.programme, month.end(), Scrutiny::Referred, &|bytes, rows| {
            told.set((bytes, rows));
        })
        .expect("the events are good");
        assert_eq!(told.get(), (total, 4), "{name}");
    }
}

#[test]
fn bad_activity_is_refused_with_its_place() {
    let check = |name: &str, bytes: &[u8], expected: &[&str]| {
        let name = format!("activity/{name}");
        let expected: Vec<_> = expected.iter().map(|place| format!("{name}:{place}")).collect();
        check_activity(&[(&name, Some(bytes))], &expected.iter().map(String::as_str).collect::<Vec<_>>());
    };
    let with = |from: &str, to: &str| EVENTS.replacen(from, to, 1).into_bytes();
    check("e.csv", &with("e1", ""), &["2:event_id:NAME_EMPTY"]);
    check("e.csv", &with("ZOE", "Z OE"), &["2:coin:NAME_CHARACTER"]);
    check("e.csv", &with("buy", ""), &["2:kind:NAME_EMPTY"]);
    check("e.csv", &with("06T00:00:00Z", "06T00:00:00"), &["2:occurred_at:TIME_NAIVE"]);
    check("e.csv", &with("0.5", "\"0,5\""), &["3:amount_usd:NUMBER_CHARACTER"]);
    check("e.csv", &with("0.5", "-0.5"), &["3:amount_usd:NUMBER_SIGN"]);
    check("e.csv", &with("0.5", "5e-1"), &["3:amount_usd:NUMBER_CHARACTER"]);
    check("e.csv", &with("0.5", "0.5000000000000000001"), &["3:amount_usd:NUMBER_TOO_PRECISE"]);
    check("e.csv", &with("OTHER,buy,u2,7", "OTHER,buy,u2,x"), &["5:amount_usd:NUMBER_CHARACTER"]);
    let unreferred = folder(&[("activity/e.csv", Some(&with("OTHER,buy,u2,7", "OTHER,buy,u2,x")))]);
    assert_eq!(
        measured_by(Scrutiny::Referred, &unreferred),
        measured(&folder(&[("activity/e.csv", Some(EVENTS.as_bytes()))]))
    );
    check("e.csv", &with("e1", "\"e1"), &["2:event_id:CSV_QUOTE"]);
    check("e.csv", &with("kind", "type"), &["1:type:CSV_COLUMN_UNKNOWN", "1:kind:CSV_COLUMN_MISSING"]);
    check("e.csv", b"", &["1::CSV_HEADER"]);
    check("e.csv", &with("e2", "e1"), &["3:event_id:EVENT_CONFLICT"]);
    let reversal = |id: &str| {
        format!(
            "event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n\
        e1,1604620800,ZOE,buy,u1,5,\nr1,1604620801,ZOE,buy,u1,6,{id}\n"
        )
    };
    check("e.csv", reversal("e0").as_bytes(), &["3:reverses:REVERSAL_UNKNOWN"]);
    check("e.csv", reversal("e1").as_bytes(), &["3:reverses:REVERSAL_AMOUNT"]);
    let unread = reversal("e1").replace("u1,5,", "u1,x,");
    check("e.csv", unread.as_bytes(), &["2:amount_usd:NUMBER_CHARACTER"]);
    check("e.jsonl", b"{}\n", &["1:event_id:JSON_FIELD_MISSING"]);
    check("e.jsonl", b"[]\n\n{", &["1::JSON_TYPE", "2::JSON_BLANK_LINE", "3::JSON_SYNTAX"]);
    check("e.jsonl", " ".repeat(65 * 1024).as_bytes(), &["1::JSON_LINE_TOO_LONG"]);
    for name in ["e.txt", "e.CSV", "e", "e.csv.bz2", "e.parquet.gz", "e.json", "e.gz", "e.csv~"] {
        check(name, EVENTS.as_bytes(), &["::FILE_FORMAT"]);
    }
    let whole = gzip(EVENTS.as_bytes());
    check("e.csv.gz", EVENTS.as_bytes(), &["::COMPRESSION"]);
    check("e.csv.gz", &whole[..whole.len() - 4], &["::COMPRESSION"]);
    check("e.csv.gz", &[&whole[..], b"tail"].concat(), &["::COMPRESSION"]);
    check("e.csv.gz", b"", &["::COMPRESSION"]);
    // What comes out before the break is a part of the header, and no header.
    let mut stored = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    stored.write_all(EVENTS.as_bytes()).expect("memory can be written");
    check("e.csv.gz", &stored.finish().expect("memory can be written")[..40], &["::COMPRESSION"]);
    let whole = zstandard(EVENTS.as_bytes());
    check("e.csv.zst", &whole[..whole.len() - 1], &["::COMPRESSION"]);
    check("e.csv.zst", &whole[1..], &["::COMPRESSION"]);
    check("e.csv.zst", b"", &["::COMPRESSION"]);
    let row = &b"x1,1604620800,OTHER,buy,u1,5\n"[..];
    let bomb = [EVENTS.as_bytes(), &row.repeat(4_000_000)].concat();
    check("e.csv.zst", &zstandard(&bomb), &["::COMPRESSION"]);
    check("e.parquet", EVENTS.as_bytes(), &["::PARQUET_DAMAGED"]);
    check("e.parquet", b"", &["::PARQUET_DAMAGED"]);
    check_activity(&[("activity", Some(b""))], &["activity:::FOLDER_IS_FILE"]);

    let other = with("u1,100", "u1,101");
    let contradiction = folder(&[("activity/a.csv", Some(EVENTS.as_bytes())), ("activity/b.csv", Some(&other))]);
    let failure = measured(&contradiction).expect_err("two exports differ");
    let message = failure.problems.first().map(|problem| problem.message.as_str());
    assert_eq!(message, Some("event `e1` stands twice with different fields (the other stands in activity/a.csv:2)"));
}

#[test]
fn the_first_hundred_problems_are_told_whatever_they_are() {
    // Some are seen in the line, others in its cells, which are read later.
    let wrong = ["e1,ZOE\n", "e1,2020-11-06T00:00:00Z,no coin,buy,u1,1,\n", "\n", "e1,x,ZOE,buy,u1,1,\n"];
    let rows: String = wrong.iter().copied().cycle().take(230).collect();
    let text = format!("event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n{rows}");
    let failure = measured_by(Scrutiny::Referred, &folder(&[("activity/e.csv", Some(text.as_bytes()))]));
    let lines: Vec<_> = failure.expect_err("all are wrong").problems.iter().map_while(|one| one.line).collect();
    assert_eq!(lines, (2..=101).collect::<Vec<_>>());
}

#[test]
fn problems_beyond_a_hundred_are_counted() {
    let text = format!("{EVENTS}{}", "x\n".repeat(250));
    let failure = measured(&folder(&[("activity/e.csv", Some(text.as_bytes()))])).expect_err("rows are short");
    assert_eq!(failure.problems.len(), 101);
    let last = failure.problems.last().map(|problem| (problem.code.as_str(), problem.message.as_str()));
    assert_eq!(last, Some(("MORE", "150 more problems are not listed")));
}

/// A column of a Parquet file and its values.
enum Values {
    Text(&'static [&'static str]),
    OptionalText(&'static [Option<&'static str>]),
    Time(TimeUnit, bool, &'static [i64]),
    Whole(&'static [i64]),
    Decimal(i32, &'static [i128]),
    Double(&'static [f64]),
}

fn parquet(columns: &[(&str, Values)]) -> Vec<u8> {
    let fields = columns.iter().map(|(name, values)| {
        let builder = |physical| Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED);
        let field = match values {
            Values::Text(_) => builder(Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)),
            Values::OptionalText(_) => builder(Physical::BYTE_ARRAY)
                .with_logical_type(Some(LogicalType::String))
                .with_repetition(Repetition::OPTIONAL),
            Values::Time(unit, utc, _) => {
                builder(Physical::INT64).with_logical_type(Some(LogicalType::timestamp(*utc, *unit)))
            }
            Values::Whole(_) => builder(Physical::INT64),
            Values::Decimal(scale, _) => builder(Physical::FIXED_LEN_BYTE_ARRAY)
                .with_length(16)
                .with_logical_type(Some(LogicalType::decimal(*scale, 38)))
                .with_precision(38)
                .with_scale(*scale),
            Values::Double(_) => builder(Physical::DOUBLE),
        };
        Arc::new(field.build().expect("the field is good"))
    });
    let schema = Type::group_type_builder("events").with_fields(fields.collect()).build().expect("the schema is good");
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::default()).expect("it opens");
    let mut group = writer.next_row_group().expect("a group opens");
    for (_, values) in columns {
        let mut column = group.next_column().expect("a column opens").expect("there is one more");
        let text = |text: &&str| ByteArray::from(*text);
        match values {
            Values::Text(list) => {
                let list: Vec<_> = list.iter().map(text).collect();
                column.typed::<ByteArrayType>().write_batch(&list, None, None)
            }
            Values::OptionalText(list) => {
                let levels: Vec<i16> = list.iter().map(|value| i16::from(value.is_some())).collect();
                let list: Vec<_> = list.iter().flatten().map(text).collect();
                column.typed::<ByteArrayType>().write_batch(&list, Some(&levels), None)
            }
            Values::Time(_, _, list) | Values::Whole(list) => column.typed::<Int64Type>().write_batch(list, None, None),
            Values::Decimal(_, list) => {
                let list: Vec<_> =
                    list.iter().map(|value| FixedLenByteArray::from(value.to_be_bytes().to_vec())).collect();
                column.typed::<FixedLenByteArrayType>().write_batch(&list, None, None)
            }
            Values::Double(list) => column.typed::<DoubleType>().write_batch(list, None, None),
        }
        .expect("values can be written");
        column.close().expect("the column closes");
    }
    group.close().expect("the group closes");
    writer.close().expect("the file closes");
    bytes
}

/// A good file of two events in which one column is replaced, or added.
fn parquet_with(name: &'static str, values: Values) -> Vec<u8> {
    let mut columns = vec![
        ("event_id", Values::Text(&["e1", "e2"])),
        ("occurred_at", Values::Time(TimeUnit::MICROS, true, &[1_604_620_800_000_000, 1_604_620_801_000_000])),
        ("coin", Values::Text(&["ZOE", "ZOE"])),
        ("kind", Values::Text(&["buy", "buy"])),
        ("actor", Values::Text(&["u1", "u2"])),
        ("amount_usd", Values::Decimal(18, &[5_000_000_000_000_000_001, 7_000_000_000_000_000_000])),
    ];
    columns.retain(|(column, _)| *column != name);
    columns.push((name, values));
    parquet(&columns)
}

#[test]
fn parquet_is_read_exactly() {
    let check = |name, values, expected: &[&str]| {
        check_sums(&[("activity/e.parquet", Some(&parquet_with(name, values)))], expected);
    };
    let sums = ["u1=5.000000000000000001", "u2=7"];
    check("reverses", Values::OptionalText(&[None, None]), &sums);
    check("event_id", Values::Whole(&[1, 2]), &sums);
    check("occurred_at", Values::Whole(&[1_604_620_800, 1_604_620_801]), &sums);
    check("occurred_at", Values::Text(&["2020-11-06T00:00:00Z", "2020-11-06T00:00:00+01:00"]), &sums);
    check("occurred_at", Values::Time(TimeUnit::MILLIS, true, &[1_604_620_800_000, 1_604_620_800_000]), &sums);
    let nanos = &[1_604_620_800_000_000_000, 1_604_620_800_000_000_000];
    check("occurred_at", Values::Time(TimeUnit::NANOS, true, nanos), &sums);
    check("amount_usd", Values::Text(&["5.000000000000000001", "7.0"]), &sums);
    check("amount_usd", Values::Decimal(2, &[500, 701]), &["u1=5", "u2=7.01"]);
}

#[test]
fn bad_parquet_is_refused() {
    let check = |name, values, expected: &str| {
        let bytes = parquet_with(name, values);
        check_activity(&[("activity/e.parquet", Some(&bytes))], &[&format!("activity/e.parquet:{expected}")]);
    };
    check("amount_usd", Values::Double(&[5.0, 7.0]), ":amount_usd:PARQUET_FLOAT");
    check("amount_usd", Values::Whole(&[5, 7]), ":amount_usd:PARQUET_TYPE");
    check("amount_usd", Values::Text(&["5", "x"]), "2:amount_usd:NUMBER_CHARACTER");
    check("amount_usd", Values::Decimal(2, &[500, -700]), "2:amount_usd:NUMBER_SIGN");
    check("amount_usd", Values::Decimal(20, &[500, 701]), "2:amount_usd:NUMBER_TOO_PRECISE");
    check("occurred_at", Values::Time(TimeUnit::MILLIS, false, &[1, 2]), ":occurred_at:TIME_NAIVE");
    check("occurred_at", Values::Whole(&[1_604_620_800_000, 1_604_620_800]), "1:occurred_at:TIME_RANGE");
    check("occurred_at", Values::Time(TimeUnit::MILLIS, true, &[-1, 2]), "1:occurred_at:TIME_LAYOUT");
    check("kind", Values::Time(TimeUnit::MILLIS, true, &[1, 2]), ":kind:PARQUET_TYPE");
    check("kind", Values::OptionalText(&[None, Some("buy")]), "1:kind:NAME_EMPTY");
    check("extra", Values::Whole(&[1, 2]), ":extra:PARQUET_COLUMN_UNKNOWN");
    let good = parquet_with("reverses", Values::OptionalText(&[None, None]));
    for cut in [4, 20, good.len() / 2, good.len() - 1] {
        check_activity(&[("activity/e.parquet", Some(&good[..cut]))], &["activity/e.parquet:::PARQUET_DAMAGED"]);
    }
}

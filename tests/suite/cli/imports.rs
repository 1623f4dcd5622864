//! Exports of other programs become the programme's own tables, and nothing of their people stays.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use super::folder::{Folder, assert_same};
use crate::binary::run_well;

const SOURCES: &str = r#"schema = "ambassador-sources/1"

[events.rally]
columns = { occurred_at = "Created Date", actor = "rnbUserId", coin = "coinKind", kind = "TxnType", amount_usd = "Amount" }
dropped = ["firstName", "lastName", "Email", "Coins", "ETHAddress"]
kinds = { Buy = "buy", In = "convert_in", Send = "send_creator", Out = "withdraw" }
time = { layout = "%m/%d/%Y %I:%M:%S %p", zone = "America/New_York" }

[events.ledger]
columns = { event_id = "id", occurred_at = "at", actor = "who", kind = "what", amount_usd = "cents", reverses = "of" }
constants = { coin = "ZOE" }
time = { layout = "unix-ms" }
unit = "cents"
people = "rally"

[prices.coingecko]
format = "coingecko-json"

[prices.csv]
columns = { time = "snapped_at", usd = "price" }
dropped = ["market_cap", "total_volume"]
time = { layout = "%Y-%m-%d %H:%M:%S UTC", zone = "UTC" }
"#;

const HEADER: &str = "Created Date,rnbUserId,firstName,lastName,Email,coinKind,TxnType,Amount,Coins,ETHAddress\n";

/// The events of the base as the platform exports them: the times of New York, people by name.
const EXPORT: &str = r#"11/21/2020 07:00:00 AM,u-1,Una,"Nadir, Jr.",una@example.org,ZOE,Buy,80.25,1,0xaa
11/22/2020 07:00:00 AM,u-2,Dua,Nadir,dua@example.org,ZOE,Buy,60.123456789012345678,1,0xbb
11/23/2020 07:00:00 AM,u-3,Tria,Nadir,tria@example.org,ZOE,Send,30,1,
"#;

fn write(folder: &Folder, file: &str, text: impl AsRef<[u8]>) {
    fs::write(folder.path().join(file), text).expect("a file can be written");
}

fn read(folder: &Folder, file: &str) -> String {
    fs::read_to_string(folder.path().join(file)).expect("a file can be read")
}

/// Returns the tables below `activity/`.
fn tables(folder: &Folder) -> BTreeMap<String, String> {
    let files = folder.snapshot().into_iter().filter(|(path, _)| path.starts_with("activity"));
    files
        .map(|(path, bytes)| (path.display().to_string(), String::from_utf8(bytes).expect("a table is text")))
        .collect()
}

/// Makes the base without events.
fn quiet() -> Folder {
    let folder = Folder::base();
    fs::remove_dir_all(folder.path().join("activity")).expect("a folder can be removed");
    write(&folder, "sources.toml", SOURCES);
    fs::create_dir(folder.path().join("exports")).expect("a folder can be made");
    folder
}

fn total(folder: &Folder) -> String {
    let settled = run_well(folder.path(), "settle 2020-12 --yes --json").stdout;
    let settled: Value = serde_json::from_str(&settled).expect("the result is JSON");
    settled["summary"]["total_usd"].as_str().expect("a summary has a total").to_owned()
}

#[test]
fn a_month_of_exports_is_the_month_of_its_events() {
    let folder = Folder::base();
    let expected = total(&folder);
    let events = tables(&folder);
    let folder = quiet();
    // The base's other events come as they are, under the same people's pseudonyms.
    let pseudonym = |id: &str| {
        let said = run_well(folder.path(), &format!("import rally --actor {id}")).stdout;
        said.trim_end().to_owned()
    };
    let mut rest = String::new();
    for (path, text) in &events {
        for line in text.lines() {
            let is_exported = ["e-1,", "e-2,", "e-3,"].iter().any(|id| line.starts_with(id));
            let line = match () {
                () if path.ends_with("jsonl") => {
                    let event: Value = serde_json::from_str(line).expect("an event is JSON");
                    let field = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
                    ["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses"].map(field).join(",")
                }
                () => line.to_owned(),
            };
            let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if is_exported || (!rest.is_empty() && line.starts_with("event_id")) {
                continue;
            }
            let actor = if cells[4] == "actor" { cells[4].clone() } else { pseudonym(&cells[4]) };
            let row = [&cells[..4], &[actor], &cells[5..]].concat();
            rest += &row.join(",");
            rest.push('\n');
        }
    }
    fs::create_dir_all(folder.path().join("activity/rally")).expect("a folder can be made");
    write(&folder, "activity/rally/rest.csv", rest);
    let parties = read(&folder, "parties.csv");
    for actor in ["u-zoe", "u-mika", "u-bank"] {
        assert!(parties.contains(actor));
        let known = read(&folder, "parties.csv").replace(actor, &pseudonym(actor));
        write(&folder, "parties.csv", known);
    }
    write(&folder, "exports/november.csv", format!("{HEADER}{EXPORT}"));
    run_well(folder.path(), "import rally exports/november.csv");
    assert_eq!(total(&folder), expected);
    fs::remove_file(folder.path().join("exports/november.csv")).expect("the export is moved away");
    for (path, bytes) in folder.snapshot() {
        let text = String::from_utf8_lossy(&bytes);
        for person in ["Una", "Nadir", "example.org/una", "dua@example.org", "0xaa,", "u-1,", "u-mika"] {
            assert!(!text.contains(person), "`{person}` stands in {}", path.display());
        }
    }
}

#[test]
fn exports_that_overlap_give_each_event_once() {
    let folder = quiet();
    let twice = "11/24/2020 07:00:00 AM,u-4,Q,N,q@example.org,ZOE,Buy,5,1,\n".repeat(2);
    write(&folder, "exports/first.csv", format!("{HEADER}{EXPORT}{twice}"));
    // The next export has another order of columns and of rows, and one row more.
    let turned = |row: &str| {
        let (row, address) = row.rsplit_once(',').expect("a row has cells");
        format!("{address},{row}\n")
    };
    let rows: Vec<String> = [HEADER, EXPORT, &twice].concat().lines().map(turned).collect();
    let (header, rows) = rows.split_first().expect("there is a header");
    let more = turned("11/25/2020 07:00:00 AM,u-5,R,N,r@example.org,ZOE,Out,7.5,1,");
    let second = [header.clone(), more, rows.iter().rev().cloned().collect()].concat();
    write(&folder, "exports/second.csv", second);
    let said = run_well(folder.path(), "import rally exports/first.csv exports/second.csv").stdout;
    assert!(said.contains("exports/first.csv: 4 buy, 1 send_creator\n"), "{said}");
    assert!(said.contains("exports/second.csv: 4 buy, 1 send_creator, 1 withdraw\n"), "{said}");
    let tables = tables(&folder);
    assert_eq!(tables.len(), 2, "{tables:?}");
    let ids: Vec<&str> = tables
        .values()
        .flat_map(|table| table.lines().skip(1))
        .map(|row| row.split(',').next().expect("an id"))
        .collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (11, 6));
    assert!(tables.values().all(|table| table.contains(",2020-11-21T12:00:00Z,ZOE,buy,rally-")), "{tables:?}");
    run_well(folder.path(), "check");
    let before = folder.snapshot();
    let said = run_well(folder.path(), "import rally exports/second.csv exports/first.csv").stdout;
    assert!(said.contains("every file is there already"), "{said}");
    assert_same(&before, &folder.snapshot(), "the same exports again");
}

#[test]
fn ids_units_and_reversals_of_an_export_are_taken_over() {
    let folder = quiet();
    write(
        &folder,
        "exports/book.csv",
        "id,at,who,what,cents,of\n\"a,1\",1606219200123,u-1,buy,1234.5,\na-2,1606219201000,u-1,refund,5,\"a,1\"\n",
    );
    let before = folder.snapshot();
    let said = run_well(folder.path(), "import ledger exports/book.csv --dry-run").stdout;
    assert!(said.contains("would write activity/ledger/book-"), "{said}");
    assert_same(&before, &folder.snapshot(), "a dry run");
    run_well(folder.path(), "import ledger exports/book.csv");
    let actor = run_well(folder.path(), "import rally --actor u-1").stdout;
    let actor = actor.trim_end();
    let tables = tables(&folder);
    assert_eq!(
        tables.values().collect::<Vec<_>>(),
        [&format!(
            "event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n\
             \"a,1\",2020-11-24T12:00:00.123Z,ZOE,buy,{actor},12.345,\n\
             a-2,2020-11-24T12:00:01Z,ZOE,refund,{actor},0.05,\"a,1\"\n"
        )]
    );
    run_well(folder.path(), "check");
}

#[test]
fn closes_are_the_last_samples_of_days_whose_end_was_seen() {
    let folder = quiet();
    let table = read(&folder, "prices.csv");
    // The first midnight closes 2021-02-27 and the second 2021-02-28; nothing was seen behind the noon of 2021-03-01.
    write(
        &folder,
        "exports/chart.json",
        r#"{"prices":[[1614470400000,7.1e-2],[1614510000000,0.08],[1614556800000,0.0725],[1614600000000,0.071]],"market_caps":[[1,null]],"total_volumes":[]}"#,
    );
    run_well(folder.path(), "import coingecko exports/chart.json");
    assert_eq!(read(&folder, "prices.csv"), format!("{table}2021-02-27,0.071,1\n2021-02-28,0.0725,1\n"));
    write(
        &folder,
        "exports/max.csv",
        "snapped_at,price,market_cap,total_volume\n2021-03-01 00:00:00 UTC,0.0725,1,2\n2021-03-02 00:00:00 UTC,0.0718000,,\n",
    );
    let said = run_well(folder.path(), "import csv exports/max.csv").stdout;
    assert!(said.starts_with("1 closes from 2021-03-01 to 2021-03-01, 1 known\n"), "{said}");
    assert_eq!(
        read(&folder, "prices.csv"),
        format!("{table}2021-02-27,0.071,1\n2021-02-28,0.0725,1\n2021-03-01,0.0718,1\n")
    );
    let before = folder.snapshot();
    run_well(folder.path(), "import csv exports/max.csv");
    assert_same(&before, &folder.snapshot(), "the same prices again");
    run_well(folder.path(), "check");
}

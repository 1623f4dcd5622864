//! `sources.toml`: what is taken keeps every rule of the file, says the same when it is written anew, and imports nothing
//! that the programme would not read; every refusal has a code, a help and, where a place is known, a line that moves along.

use std::{collections::BTreeMap, fs, path::Path};

use ambassador_core::{
    address::Address,
    identifier::{CoinId, EventKind},
};
use ambassador_signer::{
    import::{Source, find_source, import_events, import_prices, read_sources},
    problem::Failure,
};
use tempfile::TempDir;
use toml::{Table, Value};

use super::super::{BYTE_ORDER_MARK, activity::COLUMNS, slow};
use super::{Part, SALT, lines_of, slips_of};

const FILE: &str = "sources.toml";
const SCHEMA: &str = "ambassador-sources/1";

thread_local! {
    static ROOT: TempDir = tempfile::tempdir().expect("a temporary folder can be made");
}

/// Checks a file, and what exports become by it.
pub(super) fn check(text: &[u8], parts: &[Part]) {
    ROOT.with(|root| {
        let root = root.path();
        match read(root, text) {
            Err(failure) => refused(root, text, &failure),
            Ok(sources) => {
                let tree: Table = toml::from_str(str::from_utf8(text).expect("it was read")).expect("it was read");
                assert_eq!(tree.get("schema"), Some(&Value::from(SCHEMA)));
                let found: Vec<&String> = sources.keys().collect();
                let mut expected: Vec<&String> = Vec::new();
                for (kind, judge) in JUDGES {
                    for (name, source) in tree.get(kind).and_then(Value::as_table).into_iter().flatten() {
                        expected.push(name);
                        assert!(is_name(name), "{name}");
                        let source = source.as_table().expect("a source is a table");
                        assert!(judge(source).is_some(), "{source}");
                    }
                }
                expected.sort();
                assert_eq!(found, expected);
                let known = ["schema", "events", "prices", "transfers"];
                assert!(tree.keys().all(|key| known.contains(&key.as_str())));
                let anew = toml::to_string(&tree).expect("what was read can be written");
                let again = read(root, anew.as_bytes()).unwrap_or_else(|failure| panic!("{failure}\n{anew}"));
                assert_eq!(format!("{again:?}"), format!("{sources:?}"));
                imported(root, &sources, parts);
            }
        }
    });
}

fn read(root: &Path, text: &[u8]) -> Result<BTreeMap<String, Source>, Failure> {
    fs::write(root.join(FILE), text).expect("files can be written");
    read_sources(root)
}

fn refused(root: &Path, text: &[u8], failure: &Failure) {
    let [slip] = &slips_of(failure, FILE, lines_of(text))[..] else { panic!("{failure}") };
    assert_eq!(slip.code, "SOURCES");
    if slip.line > 0 && !text.starts_with(BYTE_ORDER_MARK) {
        let moved = read(root, &[b"# one\n# two\n", text].concat()).expect_err("it is refused wherever it stands");
        let [moved] = &slips_of(&moved, FILE, lines_of(text) + 2)[..] else { panic!("{moved}") };
        // What is missing in the whole file is missing from its first line on.
        let tree: Option<Table> = str::from_utf8(text).ok().and_then(|text| toml::from_str(text).ok());
        let is_of_all = slip.line == 1 && tree.is_some_and(|tree| !tree.contains_key("schema"));
        assert!(moved.line == slip.line + 2 || (is_of_all && moved.line == 1), "{slip:?} {moved:?}");
        assert_eq!(moved.code, slip.code);
    }
}

fn imported(root: &Path, sources: &BTreeMap<String, Source>, parts: &[Part]) {
    for part in parts {
        let export = root.join("export.csv");
        fs::write(&export, &part.text).expect("files can be written");
        let file = |failure: &Failure| drop(slips_of(failure, "export.csv", lines_of(&part.text)));
        match find_source(sources, &part.name) {
            Ok(Source::Events(source)) => match import_events(&part.name, source, SALT, &export) {
                Ok(imported) => assert_eq!(slow::read(&imported.csv, &COLUMNS).1, []),
                Err(failure) => file(&failure),
            },
            Ok(Source::Prices(source)) => {
                import_prices(root, source, &export).map_or_else(|failure| file(&failure), drop);
            }
            Ok(Source::Transfers(_)) | Err(_) => {}
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_plain = |character| matches!(character, 'a'..='z' | '0'..='9' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(is_plain) && !name.starts_with('-')
}

/// Judges a source: nothing where a rule is broken.
type Judge = fn(&Table) -> Option<()>;

const JUDGES: [(&str, Judge); 3] = [("events", events), ("prices", prices), ("transfers", transfers)];

fn events(source: &Table) -> Option<()> {
    only(source, &["columns", "constants", "dropped", "kinds", "time", "unit", "actors", "people"])?;
    let columns = source.get("columns")?.as_table()?;
    only(columns, &["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses"])?;
    let empty = Table::new();
    let constants = source.get("constants").map_or(Some(&empty), Value::as_table)?;
    only(constants, &["coin", "kind"])?;
    let are_there = ["occurred_at", "actor", "amount_usd"].iter().all(|name| columns.contains_key(*name));
    let are_once = ["coin", "kind"].iter().all(|name| columns.contains_key(*name) != constants.contains_key(*name));
    let are_texts = columns.values().chain(constants.values()).all(Value::is_str);
    let coin = constants.get("coin").and_then(Value::as_str);
    let kind = constants.get("kind").and_then(Value::as_str);
    let kinds = source.get("kinds").map_or(Some(&empty), Value::as_table)?;
    let are_good = coin.is_none_or(|coin| CoinId::check(coin).is_ok())
        && kind.is_none_or(|kind| EventKind::check(kind).is_ok())
        && kinds.values().all(|kind| kind.as_str().is_some_and(|kind| EventKind::check(kind).is_ok()))
        && source.get("unit").is_none_or(|unit| matches!(unit.as_str(), Some("usd" | "cents")));
    actors(source)?;
    texts(source.get("dropped"))?;
    time(source)?;
    (are_there && are_once && are_texts && are_good).then_some(())
}

fn prices(source: &Table) -> Option<()> {
    only(source, &["format", "columns", "dropped", "time", "tokens"])?;
    let format = source.get("format").map_or(Some("csv"), Value::as_str)?;
    match (format, source.get("columns")) {
        ("csv", Some(columns)) => {
            let columns = columns.as_table()?;
            only(columns, &["time", "usd"])?;
            (columns.len() == 2 && columns.values().all(Value::is_str)).then_some(())?;
        }
        ("coingecko-json", None) => {}
        _ => return None,
    }
    let tokens = source.get("tokens").map_or(Some("1"), Value::as_str)?;
    let tokens: u64 = tokens.parse().ok().filter(|number: &u64| number.to_string() == tokens)?;
    (0..=12).map(|zeros| 10_u64.pow(zeros)).find(|power| *power == tokens)?;
    texts(source.get("dropped"))?;
    time(source)
}

fn transfers(source: &Table) -> Option<()> {
    let known = ["coin", "token", "chain_id", "decimals", "first_block", "prices", "from", "to", "actors", "people"];
    only(source, &known)?;
    CoinId::check(source.get("coin")?.as_str()?).ok()?;
    source.get("token")?.as_str()?.parse::<Address>().ok()?;
    for (name, most) in [("chain_id", i64::MAX), ("decimals", 30), ("first_block", i64::MAX)] {
        let number = source.get(name)?.as_integer()?;
        (0..=most).contains(&number).then_some(())?;
    }
    source.get("prices")?.as_str()?;
    let mut accounts = 0;
    for name in ["from", "to"] {
        for (account, kind) in source.get(name).and_then(Value::as_table).into_iter().flatten() {
            account.parse::<Address>().ok()?;
            EventKind::check(kind.as_str()?).ok()?;
            accounts += 1;
        }
    }
    actors(source)?;
    (accounts > 0).then_some(())
}

fn only(table: &Table, known: &[&str]) -> Option<()> {
    table.keys().all(|key| known.contains(&key.as_str())).then_some(())
}

fn texts(list: Option<&Value>) -> Option<()> {
    list.map_or(Some(true), |list| Some(list.as_array()?.iter().all(Value::is_str))).filter(|good| *good).map(drop)
}

fn actors(source: &Table) -> Option<()> {
    let people = source.get("people").map_or(Some("people"), Value::as_str)?;
    let actors = source.get("actors").map_or(Some("salted"), Value::as_str)?;
    (is_name(people) && ["salted", "public"].contains(&actors)).then_some(())
}

/// A layout says of which zone its times are exactly once.
fn time(source: &Table) -> Option<()> {
    let empty = Table::new();
    let time = source.get("time").map_or(Some(&empty), Value::as_table)?;
    only(time, &["layout", "zone"])?;
    let layout = time.get("layout").map_or(Some("rfc3339"), Value::as_str)?;
    let zone = time.get("zone").map(Value::as_str);
    let has_zone = ["rfc3339", "unix", "unix-ms"].contains(&layout) || layout.contains("%z") || layout.contains("%:z");
    (has_zone == zone.is_none() && zone != Some(None)).then_some(())
}

//! Exports of other programs: what becomes of them is what slow readers make of them, is read by the programme's own
//! readers, and says nothing of what is dropped.
//!
//! A line `=== rally` begins an export for the source `rally`, and `=== prices.csv` the table to which closes are added.
//! What stands before the first such line is `sources.toml`; where that is nothing, the sources are those below.

mod events;
mod prices;
mod sources;
mod times;

use std::{collections::BTreeMap, fs, path::PathBuf};

use ambassador_signer::{
    import::{Source, read_sources},
    problem::{Failure, Problem},
};
use num_bigint::BigUint;
use tempfile::TempDir;

use super::slow::{MOST_SLIPS, Slip};

const SOURCES: &str = r#"schema = "ambassador-sources/1"

[events.rally]
columns = { occurred_at = "Created Date", actor = "rnbUserId", coin = "coinKind", kind = "TxnType", amount_usd = "Amount" }
dropped = ["firstName", "Email", "Coins"]
kinds = { Buy = "buy", "Convert In" = "convert_in", Withdraw = "withdraw" }
time = { layout = "%Y-%m-%d %H:%M:%S", zone = "America/New_York" }

[events.shop]
columns = { event_id = "id", occurred_at = "at", coin = "coin", kind = "what", actor = "who", amount_usd = "cents", reverses = "undoes" }
dropped = ["mail"]
unit = "cents"
people = "rally"

[events.chain]
columns = { event_id = "hash", occurred_at = "time", actor = "account", amount_usd = "usd" }
constants = { coin = "ZOE", kind = "buy" }
time = { layout = "unix-ms" }
actors = "public"

[prices.market]
format = "coingecko-json"

[prices.thousands]
format = "coingecko-json"
tokens = "1000"

[prices.days]
columns = { time = "snapped_at", usd = "price" }
dropped = ["market_cap"]
time = { layout = "%Y-%m-%d %H:%M:%S UTC", zone = "UTC" }

[prices.seconds]
columns = { time = "at", usd = "usd" }
time = { layout = "unix" }
tokens = "1000"
"#;
const SALT: &[u8] = b"the secret of the pseudonyms";
const MARK: &[u8] = b"=== ";
const MOST_PARTS: usize = 4;

/// An export, and for which source it is.
#[derive(Clone, Debug)]
struct Part {
    name: String,
    text: Vec<u8>,
}

/// Checks exports.
pub fn check(bytes: &[u8]) {
    let (head, parts) = parts(bytes);
    if !head.is_empty() {
        sources::check(head, &parts);
        return;
    }
    let table = parts.iter().find(|part| part.name == prices::TABLE).map(|part| part.text.as_slice());
    for described in events::DESCRIBED {
        let exports: Vec<&[u8]> =
            parts.iter().filter(|part| part.name == described.name).map(|part| part.text.as_slice()).collect();
        if !exports.is_empty() {
            events::check(&described, &exports);
        }
    }
    for part in &parts {
        for described in prices::DESCRIBED.iter().filter(|described| described.name == part.name) {
            prices::check(described, &part.text, table);
        }
    }
}

/// Cuts bytes at the lines that name sources.
fn parts(bytes: &[u8]) -> (&[u8], Vec<Part>) {
    let mut marks: Vec<usize> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(MARK) && marks.len() < MOST_PARTS {
            marks.push(start);
        }
        start += line.len();
    }
    let head = &bytes[..marks.first().copied().unwrap_or(bytes.len())];
    let ends = marks.iter().skip(1).copied().chain([bytes.len()]);
    let part = |(start, end): (&usize, usize)| {
        let text = &bytes[*start..end];
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let name = String::from_utf8_lossy(&line[MARK.len()..]).into_owned();
        Part { name, text: text.get(line.len() + 1..).unwrap_or_default().to_vec() }
    };
    (head, marks.iter().zip(ends).map(part).collect())
}

/// A programme's folder in which exports lie, and the sources above.
struct Desk {
    root: TempDir,
    sources: BTreeMap<String, Source>,
}

thread_local! {
    static DESK: Desk = Desk::new();
}

impl Desk {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        fs::write(root.path().join("sources.toml"), SOURCES).expect("files can be written");
        let sources = read_sources(root.path()).unwrap_or_else(|failure| panic!("{failure}"));
        Self { root, sources }
    }

    /// Writes a file and returns its path.
    fn put(&self, name: &str, text: &[u8]) -> PathBuf {
        let path = self.root.path().join(name);
        fs::write(&path, text).expect("files can be written");
        path
    }
}

/// Returns what is wrong with a file, once everything about the list itself was checked.
fn slips_of(failure: &Failure, file: &str, lines: u64) -> Vec<Slip> {
    let listed: Vec<&Problem> = failure.problems.iter().filter(|problem| problem.code != "MORE").collect();
    for problem in &listed {
        assert!(problem.help.as_ref().is_some_and(|help| !help.is_empty()), "{problem}");
        assert!(problem.file.as_ref().is_some_and(|path| path.ends_with(file)), "{problem}");
        assert!(problem.line.is_none_or(|line| (1..=lines).contains(&line)), "{problem}");
        assert!(!problem.message.is_empty() && !problem.to_string().contains(['\r', '\u{1b}', '\0']), "{problem}");
    }
    assert!(listed.len() <= MOST_SLIPS, "{failure}");
    listed.into_iter().map(Slip::of).collect()
}

fn lines_of(text: &[u8]) -> u64 {
    u64::try_from(text.split(|byte| *byte == b'\n').count()).expect("a file is short")
}

/// Moves the dot of a number by so many places to the right, as whole numbers of any size do; nothing where it is none.
fn shifted(text: &str, places: i64) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if ![whole, fraction, size].into_iter().all(is_digits) || size.len() > 2 {
        return None;
    }
    let exponent: i64 = exponent.parse().expect("it has two digits");
    let places = exponent + places - i64::try_from(fraction.len()).expect("a line is short");
    let power = |places: i64| BigUint::from(10_u8).pow(u32::try_from(places).unwrap_or_default());
    let number = [whole, fraction].concat().parse::<BigUint>().expect("it has digits only") * power(places);
    let unit = power(-places);
    let (whole, rest) = (&number / &unit, &number % &unit);
    let digits = usize::try_from(-places).unwrap_or_default();
    let text = if digits == 0 { whole.to_string() } else { format!("{whole}.{:0>digits$}", rest.to_string()) };
    Some(if digits == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() })
}

/// Writes a table with its columns turned round, every cell in quotes, and other ends of lines.
fn written_anew(names: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::from("\u{feff}");
    let head: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    for cells in [head].iter().chain(rows) {
        let cells: Vec<String> = cells.iter().rev().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        text += &(cells.join(",") + "\r\n");
    }
    text.into_bytes()
}

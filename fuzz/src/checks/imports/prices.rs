//! Exports of prices, and the table of closes.

use std::collections::BTreeMap;

use ambassador_core::{diagnostic::Diagnostic as _, price::PriceTerm, records::Close};
use ambassador_signer::{
    import::{ImportedPrices, PriceSource, Source, import_prices},
    intake::doors::Readable as _,
    problem::Failure,
};

use serde::de::IgnoredAny;

use super::super::{
    border::Json,
    slow::{self, MOST_SLIPS, Row, Slip},
};
use super::{
    DESK, Desk,
    events::date,
    lines_of, shifted, slips_of,
    times::{self, Meaning, Times},
};

pub(super) const TABLE: &str = "prices.csv";
const COLUMNS: [(&str, bool); 3] = [("date", true), ("usd", true), ("tokens", false)];
const DAY: i128 = 86_400_000_000_000;

/// A source in the words of this check.
pub(super) struct Described {
    pub(super) name: &'static str,
    /// Time and price of a table, and what is dropped of it.
    columns: Option<[&'static str; 2]>,
    dropped: &'static [&'static str],
    times: Times,
    tokens: &'static str,
}

pub(super) const DESCRIBED: [Described; 4] = [
    Described { name: "market", columns: None, dropped: &[], times: Times::Milliseconds, tokens: "1" },
    Described { name: "thousands", columns: None, dropped: &[], times: Times::Milliseconds, tokens: "1000" },
    Described {
        name: "days",
        columns: Some(["snapped_at", "price"]),
        dropped: &["market_cap"],
        times: Times::Utc,
        tokens: "1",
    },
    Described { name: "seconds", columns: Some(["at", "usd"]), dropped: &[], times: Times::Seconds, tokens: "1000" },
];

/// A price at a time.
#[derive(Clone, Debug)]
struct Sample {
    nanos: i128,
    usd: String,
    line: u64,
    column: String,
}

impl Sample {
    /// Returns the day that the sample closes or belongs to: midnight belongs to the day that ends.
    fn day(&self) -> i128 {
        (self.nanos - 1).div_euclid(DAY)
    }

    fn slip(&self, code: &str) -> Slip {
        Slip { line: self.line, column: Some(self.column.clone()), code: code.to_owned() }
    }
}

/// Checks an export against a table, if there is one.
pub(super) fn check(described: &Described, text: &[u8], table: Option<&[u8]>) {
    DESK.with(|desk| {
        let Some(Source::Prices(source)) = desk.sources.get(described.name) else { panic!("the source is there") };
        let path = desk.root.path().join(TABLE);
        // Whether it was there does not matter.
        drop(std::fs::remove_file(&path));
        if let Some(table) = table {
            desk.put(TABLE, table);
        }
        let found = import(desk, source, text);
        // In values that are passed over there may be what no tree holds: too deep, too large, half a character.
        let passes = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
        let is_odd = serde_json::from_slice::<Json>(text).is_err() && str::from_utf8(text).is_ok_and(passes);
        if described.columns.is_none() && is_odd {
            return;
        }
        let Some(samples) = samples(described, text) else {
            match found {
                Ok(_) => panic!("{}", String::from_utf8_lossy(text)),
                Err(failure) => {
                    let slips = slips_of(&failure, "export", lines_of(text));
                    assert!(slips.iter().all(|slip| slip.code == "SOURCE_JSON"), "{slips:?}");
                }
            }
            return;
        };
        match samples.and_then(|samples| closes(described, samples)) {
            Err(mut slips) => {
                let failure = found.expect_err("a sample is wrong");
                slips.truncate(MOST_SLIPS);
                assert_eq!(slips_of(&failure, "export", lines_of(text)), slips);
            }
            Ok(None) => {}
            Ok(Some(closes)) => check_merge(desk, described, source, text, table, &closes, found),
        }
    });
}

fn import(desk: &Desk, source: &PriceSource, text: &[u8]) -> Result<ImportedPrices, Failure> {
    import_prices(desk.root.path(), source, &desk.put("export", text))
}

/// Reads the samples; nothing where a text is no chart at all.
fn samples(described: &Described, text: &[u8]) -> Option<Result<Option<Vec<Sample>>, Vec<Slip>>> {
    let (mut samples, mut slips, mut unsure) = (Vec::new(), Vec::new(), false);
    let mut take = |line: u64, time_column: &str, usd_column: &str, time: &str, usd: &str| match times::read(
        time,
        described.times,
    ) {
        Meaning::Time(nanos) => {
            samples.push(Sample { nanos, usd: usd.to_owned(), line, column: usd_column.to_owned() });
            None
        }
        Meaning::None => Some(Slip { line, column: Some(time_column.to_owned()), code: "SOURCE_TIME".to_owned() }),
        Meaning::Either(_) => {
            unsure = true;
            None
        }
    };
    if let Some([time, usd]) = described.columns {
        let known: Vec<(&str, bool)> = [time, usd].iter().chain(described.dropped).map(|name| (*name, true)).collect();
        let (rows, wrong) = slow::read(text, &known);
        slips = wrong;
        let cell = |row: &Row, name: &str| row.cell(name).unwrap_or_default().to_owned();
        for row in &rows {
            slips.extend(take(row.line, time, usd, &cell(row, time), &cell(row, usd)));
        }
        slips.sort_by_key(|slip| slip.line);
    } else {
        for (item, (time, usd)) in chart(text)?.into_iter().enumerate() {
            let place = format!("prices[{item}]");
            slips.extend(take(0, &place, &place, time, usd));
        }
    }
    Some(match (slips.is_empty(), unsure) {
        (_, true) => Ok(None),
        (true, false) => Ok(Some(samples)),
        (false, false) => Err(slips),
    })
}

/// Returns the pairs of a chart as they are written.
fn chart(text: &[u8]) -> Option<Vec<(&str, &str)>> {
    let tree: Json = serde_json::from_slice(text).ok()?;
    let Json::Table(fields) = tree else { return None };
    let known = ["prices", "market_caps", "total_volumes"];
    let once = |name: &str| fields.iter().filter(|(field, _)| field == name).count() == 1;
    if !fields.iter().all(|(name, _)| known.contains(&name.as_str()) && once(name)) {
        return None;
    }
    let place = fields.iter().position(|(name, _)| name == "prices")?;
    let Json::List(items) = &fields[place].1 else { return None };
    if !items.iter().all(|item| matches!(item, Json::List(pair) if pair.len() == 2)) {
        return None;
    }
    let text = str::from_utf8(text).expect("JSON is UTF-8");
    let fields = items_of(text);
    let (_, prices) = split_once_outside(fields[place], ':')?;
    Some(items_of(prices).into_iter().map(|pair| (items_of(pair)[0], items_of(pair)[1])).collect())
}

/// Cuts right JSON at the commas of its outermost list or table.
fn items_of(text: &str) -> Vec<&str> {
    let mut rest = text.trim();
    rest = &rest[1..rest.len() - 1];
    let mut items = Vec::new();
    while let Some((item, behind)) = split_once_outside(rest, ',') {
        items.push(item.trim());
        rest = behind;
    }
    if !rest.trim().is_empty() {
        items.push(rest.trim());
    }
    items
}

/// Cuts right JSON at the first such character that stands in no text and in no list or table.
fn split_once_outside(text: &str, at: char) -> Option<(&str, &str)> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            _ if character == at && depth == 0 => return Some((&text[..place], &text[place + at.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// The closes by their days, or the mistakes; nothing where the samples are not certain.
type Closes = BTreeMap<i128, PriceTerm>;

fn closes(described: &Described, samples: Option<Vec<Sample>>) -> Result<Option<Closes>, Vec<Slip>> {
    let Some(mut samples) = samples else { return Ok(None) };
    samples.sort_by_key(|sample| sample.nanos);
    let places = i64::try_from(described.tokens.len() - 1).expect("it is short");
    let (mut closes, mut slips) = (BTreeMap::new(), Vec::new());
    for (place, sample) in samples.iter().enumerate() {
        let behind = &samples[place + 1..];
        if behind.first().is_some_and(|next| next.nanos == sample.nanos && next.usd != sample.usd) {
            slips.push(sample.slip("SOURCE_PRICE_TWICE"));
            continue;
        }
        let is_midnight = sample.nanos.rem_euclid(DAY) == 0;
        let is_last = behind.iter().all(|next| next.day() > sample.day()) && !behind.is_empty();
        if is_midnight || is_last {
            if !(1970..=2199).contains(&date(sample.day()).0) {
                slips.push(sample.slip("TIME_RANGE"));
                continue;
            }
            let text = shifted(&sample.usd, places).unwrap_or_else(|| sample.usd.clone());
            match text.parse() {
                Ok(usd) => _ = closes.insert(sample.day(), usd),
                Err(error) => slips.push(sample.slip(ambassador_core::price::PriceTermError::code(&error))),
            }
        }
    }
    if slips.is_empty() { Ok(Some(closes)) } else { Err(slips) }
}

/// Checks what the closes were added to.
fn check_merge(
    desk: &Desk,
    described: &Described,
    source: &PriceSource,
    text: &[u8],
    table: Option<&[u8]>,
    closes: &Closes,
    found: Result<ImportedPrices, Failure>,
) {
    let codes = |found: Result<ImportedPrices, Failure>| -> Vec<String> {
        let failure = found.expect_err("the table is not fit for it");
        let lines = table.map_or(1, lines_of);
        slips_of(&failure, TABLE, lines).into_iter().map(|slip| slip.code).collect()
    };
    let known = table.map_or_else(|| Close::read_all(b"date,usd,tokens\n"), Close::read_all);
    if !known.problems.is_empty() {
        assert!(!codes(found).is_empty());
        return;
    }
    let (rows, _) = table.map(|table| slow::read(table, &COLUMNS)).unwrap_or_default();
    let head = table.and_then(|table| table.split(|byte| *byte == b'\n').next()).unwrap_or_default();
    let has_tokens = head.windows(6).any(|window| window == b"tokens");
    if described.tokens != "1" && table.is_some() && !has_tokens {
        assert_eq!(codes(found), ["SOURCE_TOKENS"]);
        return;
    }
    let tokens: PriceTerm = described.tokens.parse().expect("it is a number");
    let days: BTreeMap<String, PriceTerm> = closes
        .iter()
        .map(|(day, usd)| {
            let (year, month, day) = date(*day);
            (format!("{year:04}-{month:02}-{day:02}"), *usd)
        })
        .collect();
    let before =
        |date: &str| known.rows.iter().rev().map(|(_, close)| close).find(|close| close.date.to_string() == date);
    let is_same = |close: &Close, usd: PriceTerm| close.usd == usd && close.tokens == tokens;
    let differing = days.iter().filter(|(date, usd)| before(date).is_some_and(|close| !is_same(close, **usd))).count();
    if differing > 0 {
        assert_eq!(codes(found), vec!["PRICE_DIFFERS"; differing]);
        return;
    }
    let added: Vec<String> = days.keys().filter(|date| before(date).is_none()).cloned().collect();
    let imported = found.unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(imported.added, added);
    assert_eq!(imported.known, days.len() - added.len());
    // What is written is what the programme reads.
    let written = Close::read_all(&imported.csv);
    assert_eq!(written.problems, [], "{}", String::from_utf8_lossy(&imported.csv));
    let closes = |rows: Vec<(u64, Close)>| rows.into_iter().map(|(_, close)| close).collect::<Vec<_>>();
    let mut expected = closes(known.rows);
    let close = |date: &String| Close { date: date.parse().expect("a day of the calendar"), usd: days[date], tokens };
    expected.extend(added.iter().map(close));
    assert_eq!(closes(written.rows), expected);
    let kept = table.unwrap_or_default();
    assert!(imported.csv.starts_with(kept.trim_ascii_end()), "what stands there stays");
    assert_eq!(rows.len() + added.len(), expected.len());
    // A second time nothing is new.
    desk.put(TABLE, &imported.csv);
    let again = import(desk, source, text).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!((again.csv, again.added, again.known), (imported.csv, Vec::new(), days.len()));
}

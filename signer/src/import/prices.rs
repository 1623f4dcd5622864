//! An export of prices as daily closes, and the table that they are added to.

use std::{collections::BTreeMap, path::Path};

use ambassador_core::{calendar::Date, price::PriceTerm, records::Close};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{
    digits::shifted,
    layout::Clock,
    missing, read_rows, refused,
    sources::{PriceFormat, PriceSource},
};
use crate::{
    intake::{Problems, read_bytes, read_prices},
    problem::{Exit, Failure, Problem},
};

/// The table of closes.
const TABLE: &str = "prices.csv";

/// The table with the closes of an export, and what was new in it.
#[derive(Clone, Debug)]
pub struct ImportedPrices {
    /// The table.
    pub csv: Vec<u8>,
    /// The days that it did not have.
    pub added: Vec<String>,
    /// How many days it had with the same close.
    pub known: usize,
}

/// A price at a time.
#[derive(Clone, Debug)]
struct Sample {
    time: Timestamp,
    usd: String,
    /// The line, or the position in a document.
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Line(u64, String),
    Item(usize),
}

impl Place {
    fn problem(&self, problem: Problem, file: &Path) -> Problem {
        match self {
            Self::Line(line, column) => problem.file(file).line(*line).column(column),
            Self::Item(item) => problem.file(file).column(format!("prices[{item}]")),
        }
    }
}

/// Adds the closes of an export to the programme's table.
///
/// The close of a day is its last sample in UTC; one of midnight closes the day that ended then.
/// A day is left out until a sample stands behind it.
///
/// # Errors
///
/// [`Exit::Disk`] where a file could not be read, else every sample that is wrong, and every day whose close is another one
/// in the table.
pub fn import_prices(root: &Path, source: &PriceSource, file: &Path) -> Result<ImportedPrices, Failure> {
    let mut samples = match source.format {
        PriceFormat::Csv => csv_samples(source, file)?,
        PriceFormat::CoingeckoJson => json_samples(file)?,
    };
    samples.sort_by_key(|sample| sample.time);
    let mut problems = Problems::default();
    let closes = closes(source, &samples, file, &mut problems);
    let closes = problems.or(closes)?;
    merge(root, source, &closes)
}

fn csv_samples(source: &PriceSource, file: &Path) -> Result<Vec<Sample>, Failure> {
    let clock = source.time.clock().map_err(refused)?;
    let Some(columns) = &source.columns else {
        return Err(refused(("the source does not say where time and price stand".to_owned(), "add `columns`")));
    };
    let names: Vec<&str> =
        [&columns.time, &columns.usd].into_iter().chain(&source.dropped).map(String::as_str).collect();
    let mut samples = Vec::new();
    read_rows(file, &names, |row| {
        let time = clock.read(row.cell(0).unwrap_or_default()).map_err(|message| {
            let help = "correct `time` of the source, or the export";
            Problem::new("SOURCE_TIME", message).column(&columns.time).help(help)
        })?;
        let usd = row.cell(1).unwrap_or_default().to_owned();
        samples.push(Sample { time, usd, place: Place::Line(row.line, columns.usd.clone()) });
        Ok(())
    })?;
    Ok(samples)
}

const CHART_HELP: &str = "export the chart anew: `{\"prices\":[[milliseconds,usd],…]}`";

/// What a market's chart is exported as; the numbers as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chart<'b> {
    #[serde(borrow)]
    prices: Vec<(&'b RawValue, &'b RawValue)>,
    #[serde(default)]
    market_caps: IgnoredAny,
    #[serde(default)]
    total_volumes: IgnoredAny,
}

fn json_samples(file: &Path) -> Result<Vec<Sample>, Failure> {
    let bytes = read_bytes(Path::new(""), file)?.ok_or_else(|| missing(file))?;
    let chart: Chart<'_> = serde_json::from_slice(&bytes).map_err(|error| {
        let problem = Problem::new("SOURCE_JSON", error.to_string()).file(file);
        let problem = u64::try_from(error.line()).map_or(problem.clone(), |line| problem.line(line));
        Failure::new(Exit::Records, problem.help(CHART_HELP))
    })?;
    // A list whose items are those of the fields would be taken for them; and what is passed over is not looked at.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    if !is_object || str::from_utf8(&bytes).is_err() {
        let message = if is_object { "the document is not UTF-8" } else { "the document is no object" };
        let problem = Problem::new("SOURCE_JSON", message).file(file);
        return Err(Failure::new(Exit::Records, problem.help(CHART_HELP)));
    }
    let Chart { prices, market_caps: IgnoredAny, total_volumes: IgnoredAny } = chart;
    let mut problems = Problems::default();
    let mut samples = Vec::with_capacity(prices.len());
    for (item, (time, usd)) in prices.into_iter().enumerate() {
        let place = Place::Item(item);
        match Clock::UnixMilliseconds.read(time.get()) {
            Ok(time) => samples.push(Sample { time, usd: usd.get().to_owned(), place }),
            Err(message) => {
                let problem = Problem::new("SOURCE_TIME", message).help("export the chart anew");
                problems.push(place.problem(problem, file));
            }
        }
    }
    problems.or(samples)
}

/// Returns the closes by their days.
fn closes(
    source: &PriceSource,
    samples: &[Sample],
    file: &Path,
    problems: &mut Problems,
) -> BTreeMap<String, PriceTerm> {
    let mut closes = BTreeMap::new();
    for (place, sample) in samples.iter().enumerate() {
        let after = place.checked_add(1).and_then(|next| samples.get(next));
        if let Some(after) = after.filter(|after| after.time == sample.time && after.usd != sample.usd) {
            let message = format!("`{}` and `{}` are both the price of {}", sample.usd, after.usd, sample.time);
            let problem = Problem::new("SOURCE_PRICE_TWICE", message).help("export the prices anew");
            problems.push(sample.place.problem(problem, file));
            continue;
        }
        let Some(day) = day_of(sample.time) else { continue };
        let is_last = after.is_some_and(|after| day_of(after.time) != Some(day)) || is_midnight(sample.time);
        if !is_last {
            continue;
        }
        // The table has no other days.
        if let Err(error) = day.to_string().parse::<Date>() {
            let problem = Problem::of(&error).help("leave the sample out: no table of closes has its day");
            problems.push(sample.place.problem(problem, file));
            continue;
        }
        let text = shifted(&sample.usd, source.tokens.zeros).unwrap_or_else(|| sample.usd.clone());
        match text.parse::<PriceTerm>() {
            Ok(usd) => {
                closes.insert(day.to_string(), usd);
            }
            Err(error) => {
                let problem = Problem::of(&error);
                let help = "a price of more places is written exactly with `tokens` of the source, such as \"1000\"";
                let problem = if text.len() > 18 { problem.help(help) } else { problem };
                problems.push(sample.place.problem(problem, file));
            }
        }
    }
    closes
}

/// Returns the day that a time belongs to; midnight belongs to the day that ends.
fn day_of(time: Timestamp) -> Option<jiff::civil::Date> {
    Some(time.checked_sub(1.nanosecond()).ok()?.to_zoned(TimeZone::UTC).date())
}

fn is_midnight(time: Timestamp) -> bool {
    time.to_zoned(TimeZone::UTC).time() == jiff::civil::Time::midnight()
}

/// Adds closes to the table, which keeps every byte that it has.
fn merge(root: &Path, source: &PriceSource, closes: &BTreeMap<String, PriceTerm>) -> Result<ImportedPrices, Failure> {
    let (mut csv, rows) = read_prices(root)?;
    let tokens = format!("1{}", "0".repeat(usize::try_from(source.tokens.zeros).unwrap_or_default()));
    if csv.is_empty() {
        csv = if tokens == "1" { b"date,usd\n".to_vec() } else { b"date,usd,tokens\n".to_vec() };
    }
    let header = csv.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = String::from_utf8_lossy(header).into_owned();
    let columns: Vec<&str> =
        header.trim_start_matches('\u{feff}').trim_end().split(',').map(|name| name.trim_matches('"')).collect();
    let refuse = |code: &str, message: String, help: &str| {
        Failure::new(Exit::Records, Problem::new(code, message).file(TABLE).help(help))
    };
    if tokens != "1" && !columns.contains(&"tokens") {
        let help = "add the column `tokens` to the table, with 1 in every row, or take `tokens` out of the source";
        return Err(refuse("SOURCE_TOKENS", format!("the table has no column for closes of {tokens} tokens"), help));
    }
    let term = tokens.parse::<PriceTerm>().unwrap_or(PriceTerm::ONE);
    let before: BTreeMap<String, &Close> = rows.iter().map(|close| (close.date.to_string(), close)).collect();
    let (mut added, mut known, mut differing, mut lines) = (Vec::new(), 0_usize, Vec::new(), Vec::new());
    for (date, usd) in closes {
        match before.get(date) {
            Some(close) if close.usd == *usd && close.tokens == term => known = known.saturating_add(1),
            Some(close) => {
                let message = format!(
                    "the close of {date} is {} / {} in the table and {usd} / {term} in the export",
                    close.usd, close.tokens
                );
                let help = "keep the one that is right: remove the line from the table, or import without that day";
                differing.push(Problem::new("PRICE_DIFFERS", message).file(TABLE).help(help));
            }
            None => {
                let cells = columns.iter().map(|column| match *column {
                    "date" => date.clone(),
                    "usd" => usd.to_string(),
                    _ => tokens.clone(),
                });
                lines.extend_from_slice(cells.collect::<Vec<_>>().join(",").as_bytes());
                lines.push(b'\n');
                added.push(date.clone());
            }
        }
    }
    if !differing.is_empty() {
        return Err(Failure { exit: Exit::Records, problems: differing });
    }
    if !added.is_empty() {
        end_last_line(&mut csv);
        csv.extend_from_slice(&lines);
    }
    Ok(ImportedPrices { csv, added, known })
}

/// Ends the last line of a table, and removes empty ones behind it: between rows they would be refused.
fn end_last_line(csv: &mut Vec<u8>) {
    let filled = csv.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last.saturating_add(1));
    let end = if csv.get(filled..).is_some_and(|end| end.starts_with(b"\r")) { 2 } else { 1 };
    csv.truncate(filled.saturating_add(end));
    if csv.last() != Some(&b'\n') {
        csv.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_behind_the_last_that_is_filled() {
        for (table, expected) in [
            ("date,usd\n", "date,usd\n"),
            ("date,usd", "date,usd\n"),
            ("date,usd\r\n2020-12-01,5\r\n\r\n\r\n", "date,usd\r\n2020-12-01,5\r\n"),
            ("date,usd\n2020-12-01,5\n\n\r\n", "date,usd\n2020-12-01,5\n"),
            ("date,usd\n2020-12-01,5\n\n2020-12-02,5", "date,usd\n2020-12-01,5\n\n2020-12-02,5\n"),
        ] {
            let mut csv = table.as_bytes().to_vec();
            end_last_line(&mut csv);
            assert_eq!(String::from_utf8_lossy(&csv), expected, "{table:?}");
        }
    }
}

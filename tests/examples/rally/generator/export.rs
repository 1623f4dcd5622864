//! The events as the files that a treasury would be given.

use std::{collections::BTreeMap, fmt::Write as _};

use ambassador_core::{calendar::Instant, usd::Volume};

use super::activity::{Activity, Line, Source};

const CENT: u128 = 10_u128.pow(16);
const HEADER: &str = "event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n";
/// The late export names its columns in another order.
const LATE_HEADER: &str = "occurred_at,event_id,coin,actor,kind,reverses,amount_usd\n";
const BRIDGE: &str = "activity/bridge/events.jsonl";
const LATE: &str = "activity/rally/2020-12-late.csv";

/// Returns the activity's files: one a month, a late one with what was missed and much again, and the bridge's.
pub(crate) fn activity_files(activity: &Activity) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let missed_from: Instant = "2020-12-29T00:00:00Z".parse().expect("an instant");
    let mut december = 0_u32;
    for line in &activity.lines {
        let month = line.occurred_at.to_month().to_string();
        if line.source == Source::Bridge {
            let file = files.entry(BRIDGE.to_owned()).or_default();
            file.push_str(&json_line(line));
            continue;
        }
        let file = files.entry(format!("activity/rally/{month}.csv")).or_insert_with(|| HEADER.to_owned());
        if month != "2020-12" {
            file.push_str(&csv_line(line));
            continue;
        }
        december += 1;
        let missed = line.occurred_at >= missed_from && december.is_multiple_of(4);
        if !missed {
            file.push_str(&csv_line(line));
        }
        // Two rows stand twice in one file.
        if matches!(december, 100 | 500) {
            file.push_str(&csv_line(line));
        }
        if missed || december.is_multiple_of(45) {
            let late = files.entry(LATE.to_owned()).or_insert_with(|| LATE_HEADER.to_owned());
            late.push_str(&late_line(line, december.is_multiple_of(135)));
        }
    }
    files
}

fn csv_line(line: &Line) -> String {
    let Line { occurred_at, id, coin, kind, actor, amount, reverses, .. } = line;
    format!("{id},{occurred_at},{coin},{kind},{actor},{},{reverses}\n", dollars(*amount))
}

/// Writes a line of the late export; some of its times carry an offset and its amounts four places.
fn late_line(line: &Line, abroad: bool) -> String {
    let Line { occurred_at, id, coin, kind, actor, amount, reverses, .. } = line;
    if !abroad {
        return format!("{occurred_at},{id},{coin},{actor},{kind},{reverses},{}\n", dollars(*amount));
    }
    let zone = i64::try_from(occurred_at.to_unix_seconds() + 3_600).ok().and_then(Instant::from_unix_seconds);
    let local = zone.expect("the story lies before 2199").to_string().replace('Z', "+01:00");
    format!("{local},{id},{coin},{actor},{kind},{reverses},{}\n", places(*amount, 4))
}

fn json_line(line: &Line) -> String {
    let Line { occurred_at, id, coin, kind, actor, amount, reverses, .. } = line;
    let mut text = format!(
        r#"{{"event_id":"{id}","occurred_at":"{occurred_at}","coin":"{coin}","kind":"{kind}","actor":"{actor}","#
    );
    writeln!(text, r#""amount_usd":"{}","reverses":"{reverses}"}}"#, dollars(*amount))
        .expect("a text takes every line");
    text
}

/// Writes an amount with two decimal places where that is exact.
fn dollars(amount: Volume) -> String {
    if amount.as_attos().is_multiple_of(CENT) { places(amount, 2) } else { amount.to_string() }
}

/// Writes an amount with at least so many decimal places.
fn places(amount: Volume, least: usize) -> String {
    let text = amount.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}.{fraction:0<least$}")
}

//! Supporter sums that a warehouse measured: `supporters/2020-12.csv` in place of the events.

use std::path::{Path, PathBuf};

use ambassador_core::{
    calendar::{Instant, Month},
    programme::Programme,
    supporters::{SupporterRow, take_over},
    volume::{Measured, Supporter, watched},
};

use super::{
    activity::{self, Events},
    columns::Column,
    disk::{Presence, list_folder, read_file},
    problems::Problems,
    tables::{Cells, Record, Reported, read_table},
};
use crate::problem::{Failure, Problem};

const FOLDER: &str = "supporters";

/// Takes the supporters of `month` over from the file of the month in the programme folder.
///
/// Returns nothing where the month is measured by its events.
///
/// # Errors
///
/// Every row that cannot be read or that no event can have led to, a file beside events, and a month without a file
/// where neither events are.
pub fn measure(events: Events<'_>, programme: &Programme, month: Month) -> Result<Option<Measured>, Failure> {
    let (root, events) = (events.root, activity::files(events)?.files);
    let mut problems = Problems::default();
    let months = months(root, &mut problems);
    if !months.contains(&month) {
        if events.is_empty() && !months.is_empty() {
            let problem =
                Problem::new("SUPPORTERS_MISSING", format!("there are no supporters of `{month}`, nor events"));
            let help = format!("run the query of `ambassador-signer activity-sql {month}` and put its result there");
            problems.push(problem.file(file(month)).help(help));
        }
        return problems.or(None);
    }
    refuse_events(&events, month, &mut problems);
    let (measured, _) = read(root, programme, month, &mut problems);
    problems.or(Some(measured))
}

/// Reads the supporters of every month, and returns how many rows there are.
///
/// `seen` gives what is seen of the programme in a month, or nothing where it has no terms.
///
/// # Errors
///
/// Those of each month.
pub fn check(events: Events<'_>, seen: impl Fn(Month) -> Result<Programme, Problem>) -> Result<usize, Failure> {
    let (root, events) = (events.root, activity::files(events)?.files);
    let mut problems = Problems::default();
    let mut rows: usize = 0;
    for month in months(root, &mut problems) {
        refuse_events(&events, month, &mut problems);
        match seen(month) {
            Ok(programme) => rows = rows.saturating_add(read(root, &programme, month, &mut problems).1),
            Err(problem) => problems.push(problem.file(file(month))),
        }
    }
    problems.or(rows)
}

fn file(month: Month) -> PathBuf {
    Path::new(FOLDER).join(format!("{month}.csv"))
}

/// Lists the months that have a file; a file of another name would be passed over, so it is a problem.
fn months(root: &Path, problems: &mut Problems) -> Vec<Month> {
    let mut months = Vec::new();
    for name in list_folder(root, Path::new(FOLDER), problems) {
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let month = name.to_str().and_then(|name| name.strip_suffix(".csv")).and_then(|month| month.parse().ok());
        if let Some(month) = month {
            months.push(month);
        } else {
            let problem = Problem::new("FILE_UNKNOWN", "no month has this name").file(Path::new(FOLDER).join(name));
            problems.push(problem.help("name it as its month, `2020-12.csv`; keep other files elsewhere"));
        }
    }
    months
}

/// Refuses a month that is measured twice: nobody could say which of the two is meant.
fn refuse_events(events: &[activity::ActivityFile], month: Month, problems: &mut Problems) {
    let Some(first) = events.first() else { return };
    let more = match events.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("the month has supporters, and there are events in `{}`{more}", first.path.display());
    let problem = Problem::new("SUPPORTERS_AND_EVENTS", message).file(file(month));
    let help = "remove this file to measure the events; or remove `activity` once the warehouse holds all of it";
    problems.push(problem.help(help));
}

/// Returns what the file of a month says and how many rows it has.
fn read(root: &Path, programme: &Programme, month: Month, problems: &mut Problems) -> (Measured, usize) {
    let file = file(month);
    let Some(bytes) = read_file(root, &file, Presence::Required, problems) else { return Default::default() };
    let table = read_table::<SupporterRow>(&file, &bytes, problems);
    let count = table.rows.len();
    let as_of: Instant = month.end();
    let measured = take_over(table.rows, &watched(programme, as_of), as_of).unwrap_or_else(|errors| {
        for error in &errors {
            let mut problem = Problem::of(error).file(&file).column(error.column());
            problem.line = table.lines.get(error.row).copied();
            if let Some(other) = error.other.and_then(|row| table.lines.get(row)) {
                problem.message = format!("{} (the other stands in line {other})", problem.message);
            }
            problems.push(problem);
        }
        Measured::default()
    });
    (measured, count)
}

impl Record for SupporterRow {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("creator"),
        Column::required("actor"),
        Column::required("counted_usd"),
        Column::required("first_at"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let creator = cells.value("creator");
        let actor = cells.value("actor");
        let volume = cells.value("counted_usd");
        let first_at = cells.value("first_at");
        Ok(Self { creator: creator?, supporter: Supporter { actor: actor?, volume: volume?, first_at: first_at? } })
    }
}

//! What is known of redemptions: a table that lies outside a programme's folder.

use std::path::Path;

use ambassador_core::{
    calendar::{Instant, Month},
    records::AmbassadorIndex,
};

use super::{
    columns::Column,
    disk::{Presence, read_file},
    problems::Problems,
    tables::{Cells, Record, Reported, read_table},
};
use crate::problem::{Failure, Problem};

/// A month that an ambassador redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// Whose.
    pub index: AmbassadorIndex,
    /// Which month.
    pub month: Month,
    /// When.
    pub redeemed_at: Instant,
}

/// Reads a table of redemptions.
///
/// # Errors
///
/// The file cannot be read, or every row that is wrong: a month redeemed before it ended, or twice.
pub fn read(file: &Path) -> Result<Vec<Redemption>, Failure> {
    let mut problems = Problems::default();
    let bytes = read_file(Path::new(""), file, Presence::Required, &mut problems).unwrap_or_default();
    if problems.count() > 0 {
        return problems.or(Vec::new());
    }
    let table = read_table::<Redemption>(file, &bytes, &mut problems);
    for (place, (row, line)) in table.rows.iter().zip(&table.lines).enumerate() {
        let mut report = |code: &str, column: &str, message: String, help: &str| {
            problems.push(Problem::new(code, message).file(file).line(*line).column(column).help(help));
        };
        if row.redeemed_at < row.month.end() {
            let message = format!("`{}` was not over at `{}`", row.month, row.redeemed_at);
            report("REDEMPTION_TIME", "redeemed_at", message, "write the time of the block that redeemed it");
        }
        let earlier = table.rows.iter().take(place);
        if earlier.into_iter().any(|other| (other.index, other.month) == (row.index, row.month)) {
            let message = format!("ambassador `{}` redeems `{}` twice", row.index, row.month);
            report("REDEMPTION_TWICE", "month", message, "keep the one that the chain has");
        }
    }
    problems.or(table.rows)
}

impl Record for Redemption {
    const COLUMNS: &'static [Column<'static>] =
        &[Column::required("index"), Column::required("month"), Column::required("redeemed_at")];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let index = cells.whole_number("index").map(AmbassadorIndex::new);
        let month = cells.value("month");
        let redeemed_at = cells.value("redeemed_at");
        Ok(Self { index: index?, month: month?, redeemed_at: redeemed_at? })
    }
}

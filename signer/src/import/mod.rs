//! Other people's exports, turned into tables of the programme: what `sources.toml` says of their columns, done.
//!
//! Nothing of a row leaves this room but what the programme needs: names and addresses of people are dropped here, and
//! their ids become pseudonyms under the ledger's secret.

mod digits;
mod events;
mod layout;
mod prices;
mod sources;
mod transfers;

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

pub use self::{
    events::{ImportedEvents, import_events, pseudonym},
    prices::{ImportedPrices, import_prices},
    sources::{EventSource, PriceSource, Source, find_source, read_sources},
    transfers::{ChainTransfer, LeftOut, TransferSource, import_transfers},
};

use crate::{
    intake::{
        Problems,
        columns::Column,
        csv::{Csv, HeaderError, Row},
    },
    problem::{Exit, Failure, Problem},
};

/// Hands every row of an export to `take`, which says what is wrong with it; `names` are the columns that it must have.
///
/// # Errors
///
/// [`Exit::Disk`] where the export could not be read, else everything that is wrong with it.
fn read_rows(
    file: &Path,
    names: &[&str],
    mut take: impl FnMut(&Row<'_>) -> Result<(), Problem>,
) -> Result<(), Failure> {
    let disk = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => missing(file),
        _ => Failure::disk(file, error),
    };
    let known: Vec<Column<'_>> = names.iter().map(|name| Column::required(name)).collect();
    let input = File::open(file).map_err(|error| disk(&error))?;
    let mut problems = Problems::default();
    match Csv::open(BufReader::new(input), &known) {
        Err(HeaderError::Disk(error)) => return Err(disk(&error)),
        Err(HeaderError::Content(errors)) => {
            for error in &errors {
                problems.push(named(error.to_problem(file)));
            }
        }
        Ok(mut table) => {
            while let Some(row) = table.read().map_err(|error| disk(&error))? {
                match row {
                    Ok(row) => take(&row).unwrap_or_else(|problem| problems.push(problem.file(file).line(row.line))),
                    Err(error) => problems.push(error.to_problem(file)),
                }
            }
        }
    }
    problems.or(())
}

/// A column that nobody named may hold what nobody may see.
fn named(problem: Problem) -> Problem {
    let help = "name every column of the export in `columns` or `dropped` of its source";
    if problem.code == "CSV_COLUMN_UNKNOWN" { problem.help(help) } else { problem }
}

/// What `sources.toml` says is checked when it is read; so this is not met.
fn refused((message, help): (String, &str)) -> Failure {
    Failure::new(Exit::Records, Problem::new("SOURCES", message).help(help))
}

fn missing(file: &Path) -> Failure {
    let problem = Problem::new("FILE_MISSING", "the file is missing").file(file);
    Failure::new(Exit::Records, problem.help("name the export"))
}

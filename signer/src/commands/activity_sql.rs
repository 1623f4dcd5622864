//! `activity-sql MONTH`: the query by which a warehouse measures the events of a month.

use std::path::Path;

use ambassador_core::volume::watched;
use serde_json::json;

use super::Outcome;
use crate::{
    cli::ActivitySqlArgs,
    clock, intake,
    ledger::Ledger,
    problem::{Exit, Failure, Problem},
    warehouse::query,
};

pub(super) fn run(root: &Path, args: &ActivitySqlArgs) -> Result<Outcome, Failure> {
    let intake = intake::read(root)?;
    let frozen = match Ledger::open_existing(root)? {
        Some(ledger) => ledger.month(args.month)?,
        None => None,
    };
    // A settled month is measured under the names that were pinned when it was.
    let resolved_before = frozen.map_or_else(clock::now, |frozen| frozen.settled_at);
    let seen = intake
        .programme
        .seen_in(args.month, resolved_before)
        .map_err(|error| Failure::new(Exit::Records, Problem::of(&error)))?;
    let sql = query(args.dialect, &args.table, &watched(&seen, args.month.end()), args.month);
    let json = json!({ "month": args.month.to_string(), "sql": sql });
    Ok(Outcome::new(sql, json))
}

//! `export airdrop`, `export tax`, `export calendar` and `export statement`: a settled month for other programs.

use std::path::Path;

use ambassador_core::{calendar::Month, dates::dates, statement::Statement, terms::Terms};
use serde_json::{Value, json};

use super::{Outcome, prepare::settled_month};
use crate::{
    airdrop,
    calendar_file::Calendar,
    cli::{AirdropArgs, CalendarArgs, ExportCommand, StatementArgs, TaxArgs},
    intake::{self, redemptions},
    ledger::Ledger,
    month::{MonthWork, StatementFile},
    problem::{Exit, Failure, Problem},
    statement_page, tax,
};

pub(super) fn run(root: &Path, command: &ExportCommand) -> Result<Outcome, Failure> {
    let ledger = Ledger::open_existing(root)?;
    match command {
        ExportCommand::Airdrop(args) => airdrop(ledger.as_ref(), args),
        ExportCommand::Tax(args) => tax(root, ledger.as_ref(), args),
        ExportCommand::Calendar(args) => calendar(ledger.as_ref(), args),
        ExportCommand::Statement(args) => statement(ledger.as_ref(), args),
    }
}

fn airdrop(ledger: Option<&Ledger>, args: &AirdropArgs) -> Result<Outcome, Failure> {
    let (work, frozen) = settled_month(ledger, args.month)?;
    if !frozen.claims.is_empty() && !args.voided {
        let count = frozen.claims.len();
        let message = format!("{count} claims of `{}` are signed: they could be redeemed as well", args.month);
        let help = "have the contract's owner void the month (`voidMonths`), then repeat with `--voided`";
        return Err(Failure::new(Exit::Refused, Problem::new("PAID_TWICE", message).help(help)));
    }
    Ok(exported(args.month, "csv", airdrop::to_csv(&work.settled)))
}

fn tax(root: &Path, ledger: Option<&Ledger>, args: &TaxArgs) -> Result<Outcome, Failure> {
    let (work, _) = settled_month(ledger, args.month)?;
    let (redemptions, closes) = match &args.redemptions {
        Some(file) => (redemptions::read(file)?, intake::read(root)?.programme.records().closes.clone()),
        None => Default::default(),
    };
    let csv =
        tax::to_csv(&work, &redemptions, &closes).map_err(|error| Failure::new(Exit::Records, Problem::of(&error)))?;
    Ok(exported(args.month, "csv", csv))
}

fn calendar(ledger: Option<&Ledger>, args: &CalendarArgs) -> Result<Outcome, Failure> {
    let (work, _) = settled_month(ledger, args.month)?;
    let (statement, file) = find(&work, &args.ambassador)?;
    let (records, settled) = (&work.records, &work.settled);
    let dates = dates(&records.programme, &records.measurements, settled, statement, file.claim.as_ref());
    let first_terms = records.programme.records().terms.versions().first().map(Terms::hash).unwrap_or_default();
    let calendar = Calendar {
        programme: settled.programme.as_str(),
        // A programme keeps its first terms for ever, and an ambassador the index.
        owner: format!("{}@{first_terms}", statement.ambassador.index),
        as_of: settled.month.end(),
    };
    Ok(exported(args.month, "ics", calendar.to_ics(&dates)))
}

fn statement(ledger: Option<&Ledger>, args: &StatementArgs) -> Result<Outcome, Failure> {
    let (work, _) = settled_month(ledger, args.month)?;
    let (_, file) = find(&work, &args.ambassador)?;
    Ok(exported(args.month, "html", statement_page::page(&work, file)?))
}

/// Returns an ambassador's statement of a month.
fn find<'w>(work: &'w MonthWork, ambassador: &str) -> Result<(&'w Statement, &'w StatementFile), Failure> {
    let mut statements = work.settled.statements.iter().zip(work.statements.values());
    statements.find(|(statement, _)| statement.ambassador.id.as_str() == ambassador).ok_or_else(|| {
        let month = work.settled.month;
        let message = format!("`{ambassador}` is no ambassador of `{month}`");
        let help = format!("`ambassador-signer status` and `months/{month}/summary.csv` name them");
        Failure::new(Exit::Refused, Problem::new("AMBASSADOR_UNKNOWN", message).help(help))
    })
}

fn exported(month: Month, format: &str, text: String) -> Outcome {
    let json = json!({ "month": month.to_string(), format: Value::from(text.clone()) });
    Outcome::new(text, json)
}

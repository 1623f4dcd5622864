//! `status`: months, sums and claims, and what is pending and why.

use std::path::Path;

use ambassador_core::{
    documents::{records::RecordsDocument, statement::StatementDocument},
    token::TokenAmount,
    usd::Usd,
};
use serde_json::{Value, json};

use super::Outcome;
use crate::{
    clock, intake,
    ledger::{Ledger, LedgerMonth},
    month::read_terms,
    names::pins::{self, Standing},
    problem::{Exit, Failure, Problem},
    report,
    table::{Align, Table, grouped},
};

pub(super) fn run(root: &Path) -> Result<Outcome, Failure> {
    if !root.is_dir() {
        let problem = Problem::new("PROGRAMME_MISSING", "there is no such folder").file(root);
        return Err(Failure::new(Exit::Records, problem.help("name the programme's folder with `-C`")));
    }
    let ledger = Ledger::open_existing(root)?;
    let mut months = Vec::new();
    if let Some(ledger) = &ledger {
        for month in ledger.months()? {
            months.extend(ledger.month(month)?);
        }
    }
    let (names, held) = held_names(root);
    if months.is_empty() {
        let text = "nothing is settled yet; `ambassador-signer settle MONTH --dry-run` shows a month\n";
        return Ok(Outcome::new(text.to_owned() + &names, json!({ "months": [], "held_names": held })));
    }
    let mut table = Table::new(&[
        ("month", Align::Left),
        ("settled", Align::Left),
        ("ambassadors", Align::Right),
        ("USD", Align::Right),
        ("tokens", Align::Right),
        ("signed", Align::Right),
        ("redeemable until", Align::Left),
    ]);
    let mut rows = Vec::new();
    for month in &months {
        let row = Row::of(month)?;
        table.row([
            month.month.to_string(),
            row.settled.clone(),
            month.statements.len().to_string(),
            grouped(&row.usd.to_string()),
            row.tokens.clone(),
            format!("{} of {}", month.claims.len(), row.payable),
            row.deadline.clone(),
        ]);
        rows.push(json!({
            "month": month.month.to_string(),
            "settled_at": month.settled_at.to_string(),
            "early": month.early,
            "records": month.records_hash.to_string(),
            "statements": month.statements.len(),
            "total_usd": row.usd.to_string(),
            "amount": row.amount.to_string(),
            "payable": row.payable,
            "signed": month.claims.len(),
        }));
    }
    let pending = months.last().map(pending_table).transpose()?.unwrap_or_default();
    Ok(Outcome::new(table.render(0) + &pending + &names, json!({ "months": rows, "held_names": held })))
}

/// Shows the payees' names whose payments are held now, as far as the folder's records can be read.
fn held_names(root: &Path) -> (String, Value) {
    let standings = intake::read(root).map(|intake| pins::standings(&intake.programme)).unwrap_or_default();
    let held: Vec<Standing> = standings.into_iter().filter(|standing| standing.state.is_held()).collect();
    let text = if held.is_empty() { String::new() } else { format!("\nheld names\n{}", pins::table(&held)) };
    (text, held.iter().map(Standing::to_json).collect())
}

/// A settled month in one row.
struct Row {
    settled: String,
    usd: Usd,
    amount: TokenAmount,
    tokens: String,
    payable: usize,
    deadline: String,
}

impl Row {
    fn of(month: &LedgerMonth) -> Result<Self, Failure> {
        let (mut usd, mut amount) = (Usd::ZERO, TokenAmount::ZERO);
        let mut payable = 0_usize;
        let mut last = None;
        for statement in month.statements.values() {
            let document = read(month, &statement.bytes)?;
            let sums = || {
                let paid: TokenAmount = document.amount.parse().ok()?;
                Some((usd.checked_add(document.total_usd.parse().ok()?)?, amount.checked_add(paid)?, paid))
            };
            let (usd_sum, amount_sum, paid) = sums().ok_or_else(|| damaged(month))?;
            (usd, amount) = (usd_sum, amount_sum);
            payable = payable.saturating_add(usize::from(!paid.is_zero() && document.ambassador.account.is_some()));
            last = Some(document);
        }
        let tokens = last.map(|document| report::tokens(&document, &amount.to_string())).unwrap_or_default();
        let early = if month.early.is_some() { " (early)" } else { "" };
        let settled = format!("{}{early}", month.settled_at.to_date());
        let deadline = deadline(month).unwrap_or_default();
        Ok(Self { settled, usd, amount, tokens, payable, deadline })
    }
}

/// Returns the day on which the month's claims end, and says when that is past.
fn deadline(month: &LedgerMonth) -> Option<String> {
    let document = RecordsDocument::from_bytes(&month.records).ok()?;
    let mut terms = document.terms.iter().filter_map(|part| read_terms(&part.text).ok());
    let terms = terms.rfind(|terms| terms.effective() <= month.month)?;
    let deadline = terms.claims_deadline(month.month);
    let expired = if deadline <= clock::now() { " (CLAIM_EXPIRED)" } else { "" };
    Some(format!("{}{expired}", deadline.to_date()))
}

fn pending_table(month: &LedgerMonth) -> Result<String, Failure> {
    let mut table = Table::new(&[
        ("ambassador", Align::Left),
        ("creator", Align::Left),
        ("line", Align::Left),
        ("$", Align::Right),
        ("code", Align::Left),
        ("next", Align::Left),
        ("why", Align::Left),
    ]);
    let mut count = 0_usize;
    for statement in month.statements.values() {
        for line in read(month, &statement.bytes)?.pending {
            count = count.saturating_add(1);
            table.row([
                statement.id.clone(),
                line.creator.unwrap_or_default(),
                line.kind,
                grouped(&line.amount),
                line.code,
                line.next.as_deref().and_then(|next| next.split('T').next()).unwrap_or("-").to_owned(),
                line.sentence,
            ]);
        }
    }
    if count == 0 {
        return Ok(format!("\nnothing was pending at the end of {}\n", month.month));
    }
    Ok(format!("\npending at the end of {}\n{}", month.month, table.render(0)))
}

fn read(month: &LedgerMonth, bytes: &[u8]) -> Result<StatementDocument, Failure> {
    StatementDocument::from_bytes(bytes).map_err(|_| damaged(month))
}

fn damaged(month: &LedgerMonth) -> Failure {
    let problem =
        Problem::new("LEDGER_DAMAGED", format!("a statement of `{}` in the ledger cannot be read", month.month));
    Failure::new(Exit::Disk, problem.file(crate::ledger::FILE).help("restore the ledger from its last copy"))
}

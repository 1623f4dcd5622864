//! `status`: months, sums and claims, what the chain says of them, and what is pending and why.

use std::{fmt::Write as _, path::Path};

use ambassador_core::{
    documents::{records::RecordsDocument, statement::StatementDocument},
    redemption::shown_time,
    token::TokenAmount,
    usd::Usd,
};
use serde_json::{Value, json};

use super::{FolderLock, Outcome, look::Look};
use crate::{
    chain::reading::View,
    cli::StatusArgs,
    clock, intake,
    ledger::{Ledger, LedgerMonth, contradiction},
    month::read_terms,
    names::pins::{self, Standing},
    problem::{Exit, Failure, Problem},
    report,
    table::{Align, Table, grouped},
};

pub(super) fn run(root: &Path, args: &StatusArgs) -> Result<Outcome, Failure> {
    if !root.is_dir() {
        let problem = Problem::new("PROGRAMME_MISSING", "there is no such folder").file(root);
        return Err(Failure::new(Exit::Records, problem.help("name the programme's folder with `-C`")));
    }
    // Only what is seen on the chain is recorded.
    let _lock = args.chain.rpc.is_some().then(|| FolderLock::take(root)).transpose()?;
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
        return Ok(Outcome::new(text.to_owned() + &names, json!({ "months": [], "chain": [], "held_names": held })));
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
    let look = ledger.as_ref().map(|ledger| Look::at(ledger, &args.chain)).transpose()?;
    drop(ledger);
    if let Some(look) = look.as_ref().filter(|_| args.chain.rpc.is_some()) {
        look.record(root)?;
    }
    let seen = look.as_ref().map(|look| chain_tables(look, &months)).transpose()?.unwrap_or_default();
    let chain = look.as_ref().map_or(Value::Array(Vec::new()), Look::to_json);
    let pending = months.last().map(pending_table).transpose()?.unwrap_or_default();
    let json = json!({ "months": rows, "chain": chain, "held_names": held });
    Ok(Outcome::new(table.render(0) + &seen + &pending + &names, json))
}

/// Shows where the claims of each contract stand that was seen.
fn chain_tables(look: &Look, months: &[LedgerMonth]) -> Result<String, Failure> {
    let mut text = String::new();
    for view in &look.views {
        let mut table = Table::new(&[
            ("months", Align::Left),
            ("ambassador", Align::Left),
            ("tokens", Align::Right),
            ("state", Align::Left),
            ("when", Align::Left),
            ("transaction", Align::Left),
        ]);
        for row in view.rows(&look.issued) {
            let claim = &row.issued.claim;
            let month = months
                .iter()
                .find(|month| month.month >= claim.months.from() && month.claims.contains_key(&claim.index));
            let statement = month.and_then(|month| Some((month, month.statements.get(&claim.index)?)));
            let document = statement.map(|(month, statement)| read(month, &statement.bytes)).transpose()?;
            let amount = claim.amount.to_string();
            let when = match (row.state, row.event) {
                (_, Some(event)) => event.block.time.to_string(),
                ("superseded", None) => String::new(),
                (_, None) => format!("until {}", shown_time(row.deadline)),
            };
            table.row([
                row.months(),
                row.issued.id.clone(),
                document.map_or_else(|| grouped(&amount), |document| report::tokens(&document, &amount)),
                row.state.to_owned(),
                when,
                row.event.map(|event| event.transaction.to_string()).unwrap_or_default(),
            ]);
        }
        let View { domain, block, .. } = view;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\nclaims at block {} of {}, contract {} on chain {}\n{}",
            block.number,
            block.time,
            domain.verifying_contract,
            domain.chain_id,
            table.render(0)
        );
    }
    Ok(text)
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
    contradiction(format!("a statement of `{}` in the ledger cannot be read", month.month))
}

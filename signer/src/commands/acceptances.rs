//! What commands do with signed acceptances: list them, keep settled attributions, publish where they stand.

use std::path::Path;

use ambassador_core::{
    acceptances::{Standings, unseated},
    calendar::Month,
    documents::json as documents,
    programme::Programme,
    terms::Terms,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{prepare::read_frozen, publish};
use crate::{
    files::FileWrite,
    intake::{
        self, Intake,
        acceptances::{AcceptanceFile, FOLDER},
    },
    ledger::{Ledger, contradiction},
    month::read_records,
    problem::{Exit, Failure, Problem},
    table::{Align, Table},
};

/// The schema of the published list.
const SCHEMA: &str = "ambassador-invites/1";

/// What is published of invites: the terms that they may name, and where acceptances stand; no account of a creator.
#[derive(Serialize)]
struct InvitesDocument {
    schema: &'static str,
    terms: Vec<TermsRow>,
    acceptances: Vec<AcceptanceRow>,
}

#[derive(Serialize)]
struct TermsRow {
    version: u32,
    effective: String,
    hash: String,
}

#[derive(Serialize)]
struct AcceptanceRow {
    creator: String,
    coin: String,
    ambassador: String,
    terms: String,
    invited_at: String,
    expires: String,
    accepted_at: String,
    code: &'static str,
}

impl AcceptanceRow {
    fn of(file: &AcceptanceFile, standings: &Standings<'_>) -> Self {
        let (invite, acceptance) = (&file.signed.invite.invite, &file.signed.acceptance);
        Self {
            creator: acceptance.creator.to_string(),
            coin: acceptance.coin.to_string(),
            ambassador: file.joined.ambassador.to_string(),
            terms: invite.terms.to_string(),
            invited_at: file.joined.invited_at.to_string(),
            expires: invite.expires.to_string(),
            accepted_at: acceptance.accepted_at.to_string(),
            code: standings.standing(&acceptance.creator, &file.joined.ambassador).code(),
        }
    }
}

/// Returns the published list and the terms that new invites may name; nothing where the programme takes no acceptances.
///
/// # Errors
///
/// Bad records.
pub(super) fn published(root: &Path) -> Result<Vec<FileWrite>, Failure> {
    if !root.join(FOLDER).is_dir() {
        return Ok(Vec::new());
    }
    let intake = intake::read(root)?;
    let terms = |terms: &Terms| TermsRow {
        version: terms.version(),
        effective: terms.effective().to_string(),
        hash: terms.hash().to_string(),
    };
    let standings = Standings::of(&intake.programme);
    let mut acceptances: Vec<AcceptanceRow> =
        intake.acceptances.iter().map(|file| AcceptanceRow::of(file, &standings)).collect();
    acceptances.sort_by(|a, b| (&a.creator, &a.ambassador).cmp(&(&b.creator, &b.ambassador)));
    let document = InvitesDocument {
        schema: SCHEMA,
        terms: intake.programme.records().terms.versions().iter().map(terms).collect(),
        acceptances,
    };
    let file = |file: &intake::TermsFile| {
        FileWrite::new(format!("{}/terms/{}.toml", publish::FOLDER, file.version), file.text.clone())
    };
    let mut writes: Vec<FileWrite> = intake.terms_files.iter().map(file).collect();
    writes.push(FileWrite::new(format!("{}/invites.json", publish::FOLDER), documents::to_bytes(&document)));
    Ok(writes)
}

/// Adds the published list to what is written, each file once.
///
/// # Errors
///
/// Those of [`published`].
pub(super) fn add_published(root: &Path, writes: &mut Vec<FileWrite>) -> Result<(), Failure> {
    for write in published(root)? {
        if writes.iter().all(|other| other.path != write.path) {
            writes.push(write);
        }
    }
    Ok(())
}

/// Refuses an acceptance that would take a creator from the ambassador whose a settled month says that they are.
///
/// # Errors
///
/// [`Exit::Records`], with every such file; [`Exit::Disk`]: the ledger contradicts itself.
pub(super) fn refuse_unseating(ledger: Option<&Ledger>, intake: &Intake) -> Result<(), Failure> {
    let Some((month, settled)) = settled(ledger, intake)? else { return Ok(()) };
    let mut problems = Vec::new();
    for change in unseated(&settled, &intake.programme, month.end()) {
        let is_it = |file: &&AcceptanceFile| {
            file.signed.acceptance.creator == change.creator && file.joined.ambassador == change.ambassador
        };
        let Some(file) = intake.acceptances.iter().find(is_it) else { continue };
        let message = format!(
            "creator `{}` was settled in `{month}` as brought by `{}`; this acceptance of `{}` came later and is dated before",
            change.creator, change.settled, change.ambassador
        );
        let problem = Problem::new("ACCEPTANCE_TOO_LATE", message).file(&file.path).column("acceptance.acceptedAt");
        problems.push(problem.help("the first acceptance that was settled is fixed (rule R2): remove this file"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure { exit: Exit::Records, problems }) }
}

/// Returns the last settled month and what it saw; nothing where no acceptance could change it.
fn settled(ledger: Option<&Ledger>, intake: &Intake) -> Result<Option<(Month, Programme)>, Failure> {
    let Some(ledger) = ledger.filter(|_| !intake.acceptances.is_empty()) else { return Ok(None) };
    let Some(month) = ledger.months()?.last().copied() else { return Ok(None) };
    let Some(frozen) = ledger.month(month)? else { return Ok(None) };
    let records = read_records(read_frozen(&frozen)?.document());
    let records =
        records.map_err(|problem| contradiction(format!("the ledger's records of `{month}`: {}", problem.message)))?;
    Ok(Some((month, records.programme)))
}

/// Returns a table of the acceptances and where they stand, for people and for scripts; nothing where there are none.
///
/// # Errors
///
/// [`Exit::Disk`]: the ledger contradicts itself.
pub(super) fn listed(ledger: Option<&Ledger>, intake: &Intake) -> Result<Option<(String, Value)>, Failure> {
    if intake.acceptances.is_empty() {
        return Ok(None);
    }
    let settled = settled(ledger, intake)?;
    let columns = ["acceptance", "creator", "ambassador", "accepted", "stands"].map(|name| (name, Align::Left));
    let mut table = Table::new(&columns);
    let mut rows = Vec::new();
    let standings = Standings::of(&intake.programme);
    for file in &intake.acceptances {
        let row = AcceptanceRow::of(file, &standings);
        let late = settled.as_ref().filter(|settled| is_late(file, settled)).map(|(month, _)| month.to_string());
        let stands = late.as_ref().map_or_else(
            || row.code.to_owned(),
            |month| format!("{}, came after {month} was settled: counts from the next month", row.code),
        );
        let path = file.path.display().to_string();
        table.row([path.clone(), row.creator.clone(), row.ambassador.clone(), row.accepted_at.clone(), stands]);
        rows.push(json!({
            "file": path, "creator": row.creator, "ambassador": row.ambassador, "invited_at": row.invited_at,
            "accepted_at": row.accepted_at, "code": row.code, "late_for": late,
        }));
    }
    Ok(Some((table.render(0), rows.into())))
}

/// Returns whether an acceptance lies in a settled month that did not see it.
fn is_late(file: &AcceptanceFile, (month, settled): &(Month, Programme)) -> bool {
    let acceptance = &file.signed.acceptance;
    let mut rows = settled.records().referrals.iter();
    let seen = rows.any(|row| {
        row.creator == acceptance.creator && row.ambassador == file.joined.ambassador && row.accepted_at.is_some()
    });
    acceptance.accepted_at < month.end() && !seen
}

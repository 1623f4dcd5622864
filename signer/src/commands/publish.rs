//! `publish MONTH…`: the data of settled months, for everyone to see and recompute.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use ambassador_core::documents::json as documents;
use serde_json::json;

use super::{FolderLock, Outcome, prepare::settled_month, standing, write_changes};
use crate::{
    cli::PublishArgs,
    files::FileWrite,
    index::{IndexDocument, IndexMonth},
    ledger::{Extent, Ledger, LedgerMonth},
    month::MonthWork,
    month_files::month_files,
    problem::Failure,
    summary::Status,
};

/// The folder that is published.
pub(super) const FOLDER: &str = "published";

pub(super) fn run(root: &Path, args: &PublishArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let ledger = Ledger::open_existing(root)?;
    let extent = Extent::of(ledger.as_ref())?;
    standing::refuse_older(root, &extent)?;
    let mut months = Vec::new();
    for month in args.months.iter().collect::<BTreeSet<_>>() {
        months.push(settled_month(ledger.as_ref(), *month)?);
    }
    let mut writes = vec![standing::head_write(&extent)];
    for (work, frozen) in &months {
        writes.extend(month_writes(work, Status::Final, frozen)?);
    }
    let works: Vec<(&MonthWork, Status)> = months.iter().map(|(work, _)| (work, Status::Final)).collect();
    writes.push(index_write(root, &works));
    let (list, files) = write_changes(root, &root.join(FOLDER), &writes, args.dry_run)?;
    Ok(Outcome::new(list, json!({ "published": !args.dry_run, "files": files })))
}

/// Returns the published files of a month, its terms among them.
pub(super) fn month_writes(work: &MonthWork, status: Status, frozen: &LedgerMonth) -> Result<Vec<FileWrite>, Failure> {
    let claims: BTreeMap<_, _> = frozen.claims.iter().map(|(index, claim)| (*index, claim.bytes.clone())).collect();
    let mut writes = month_files(work, &format!("{FOLDER}/months/{}", work.settled.month), status, &claims)?;
    let terms = work.document.terms.iter();
    writes.extend(terms.map(|part| FileWrite::new(format!("{FOLDER}/terms/{}.toml", part.version), part.text.clone())));
    Ok(writes)
}

/// Returns the index of all that is published, with these months among it.
pub(super) fn index_write(root: &Path, works: &[(&MonthWork, Status)]) -> FileWrite {
    let path = format!("{FOLDER}/index.json");
    let existing = match std::fs::read(root.join(&path)) {
        Ok(bytes) => documents::from_bytes::<IndexDocument>(&bytes).ok(),
        Err(_) => None,
    };
    let (mut programme, months) = existing.map_or_else(Default::default, |index| (index.programme, index.months));
    let mut months: BTreeMap<String, IndexMonth> =
        months.into_iter().map(|month| (month.month.clone(), month)).collect();
    months.extend(works.iter().map(|(work, status)| (work.settled.month.to_string(), IndexMonth::of(work, *status))));
    // The programme is called what its latest month calls it.
    let latest = months.keys().next_back();
    if let Some((work, _)) = works.iter().find(|(work, _)| latest == Some(&work.settled.month.to_string())) {
        programme = work.settled.programme.to_string();
    }
    let index = IndexDocument::new(programme, months.into_values().collect());
    FileWrite::new(path, index.to_bytes())
}

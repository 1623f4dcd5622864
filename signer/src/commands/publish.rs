//! `publish MONTH…`: the data of settled months, for everyone to see and recompute.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use ambassador_core::documents::{json as documents, replacement::ReplacementDocument};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{FolderLock, Outcome, acceptances, look::Look, prepare::settled_month, standing, write_changes};
use crate::{
    chain_file::ChainDocument,
    cli::PublishArgs,
    files::{self, FileWrite},
    index::{IndexDocument, IndexMonth},
    ledger::{Extent, Ledger, LedgerMonth, replacements::LedgerReplacement},
    month::MonthWork,
    month_files::month_files,
    problem::{Exit, Failure, Problem},
    replacement_files::{self, ReplacementsDocument},
    summary::Status,
};

/// The folder that is published.
pub(super) const FOLDER: &str = "published";
/// The file in it that names what is published.
const INDEX: &str = "index.json";
/// The file in it that says where the claims stood on the chain.
const CHAIN_FILE: &str = "chain.json";

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
    acceptances::add_published(root, &mut writes)?;
    let works: Vec<(&MonthWork, Status)> = months.iter().map(|(work, _)| (work, Status::Final)).collect();
    let (index, published) = index_document(root, &works)?;
    writes.push(FileWrite::new(format!("{FOLDER}/{INDEX}"), index.to_bytes()));
    let replacements = ledger.as_ref().map(Ledger::replacements).transpose()?.unwrap_or_default();
    writes.extend(replacement_writes(&replacements, &published)?);
    if let Some(look) = ledger.as_ref().filter(|_| args.chain.rpc.is_some()).map(|ledger| Look::at(ledger, &args.chain))
    {
        let look = look?;
        let document = ChainDocument::of(&look.views, &look.issued, &published);
        writes.push(FileWrite::new(format!("{FOLDER}/{CHAIN_FILE}"), document.to_bytes()));
        drop(ledger);
        if !args.dry_run {
            look.record(root)?;
        }
    }
    let (list, files) = write_changes(root, &root.join(FOLDER), &writes, args.dry_run)?;
    Ok(Outcome::new(list, json!({ "published": !args.dry_run, "files": files })))
}

/// Returns the files of the claims in the place of others whose months are all published, and the list of them.
fn replacement_writes(
    replacements: &[LedgerReplacement],
    published: &BTreeSet<String>,
) -> Result<Vec<FileWrite>, Failure> {
    let (mut writes, mut listed) = (Vec::new(), BTreeMap::new());
    for replacement in replacements {
        if replacement.months.iter().all(|month| published.contains(&month.to_string())) {
            writes.extend(replacement_files::replacement_files(&format!("{FOLDER}/"), replacement));
            let read = ReplacementDocument::from_bytes(&replacement.document);
            let document = read.map_err(|error| Failure::new(Exit::Disk, Problem::of_document(&error)))?;
            listed.insert(replacement_files::folder(replacement), document);
        }
    }
    if !listed.is_empty() {
        let list = ReplacementsDocument::of(&listed).to_bytes();
        writes.push(FileWrite::new(format!("{FOLDER}/{}", replacement_files::LIST), list));
    }
    Ok(writes)
}

/// Returns the published files of a month, its terms among them.
pub(super) fn month_writes(work: &MonthWork, status: Status, frozen: &LedgerMonth) -> Result<Vec<FileWrite>, Failure> {
    let claims: BTreeMap<_, _> = frozen.claims.iter().map(|(index, claim)| (*index, claim.bytes.clone())).collect();
    let mut writes = month_files(work, &format!("{FOLDER}/months/{}", work.settled.month), status, &claims)?;
    let terms = work.written.document().terms.iter();
    writes.extend(terms.map(|part| FileWrite::new(format!("{FOLDER}/terms/{}.toml", part.version), part.text.clone())));
    Ok(writes)
}

/// Returns the index of all that is published, with these months among it.
///
/// # Errors
///
/// [`Exit::Disk`]: what is published so far cannot be read.
pub(super) fn index_write(root: &Path, works: &[(&MonthWork, Status)]) -> Result<FileWrite, Failure> {
    Ok(FileWrite::new(format!("{FOLDER}/{INDEX}"), index_document(root, works)?.0.to_bytes()))
}

/// Returns the index and the months that it names.
fn index_document(root: &Path, works: &[(&MonthWork, Status)]) -> Result<(IndexDocument, BTreeSet<String>), Failure> {
    // Months would leave the index, were one that cannot be read taken for none.
    let help = "fetch the file again from where it is published, or remove it and publish every month again";
    let existing: Option<IndexDocument> = read_published(root, INDEX, help)?;
    let (mut programme, months) = existing.map_or_else(Default::default, |index| (index.programme, index.months));
    let mut months: BTreeMap<String, IndexMonth> =
        months.into_iter().map(|month| (month.month.clone(), month)).collect();
    months.extend(works.iter().map(|(work, status)| (work.settled.month.to_string(), IndexMonth::of(work, *status))));
    // The programme is called what its latest month calls it.
    let latest = months.keys().next_back();
    if let Some((work, _)) = works.iter().find(|(work, _)| latest == Some(&work.settled.month.to_string())) {
        programme = work.settled.programme.to_string();
    }
    let names = months.keys().cloned().collect();
    Ok((IndexDocument::new(programme, months.into_values().collect()), names))
}

/// Reads a document of the published folder; `None` where there is none.
///
/// # Errors
///
/// [`Exit::Disk`]: it cannot be read, or it is no such document; then `help` says how to mend it.
pub(super) fn read_published<T: DeserializeOwned>(root: &Path, name: &str, help: &str) -> Result<Option<T>, Failure> {
    let path = Path::new(FOLDER).join(name);
    let bytes = match files::read(root.join(&path)) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(Failure::disk(path, &error)),
    };
    let read = documents::from_bytes(&bytes);
    let read = read.map_err(|error| Failure::new(Exit::Disk, Problem::of_document(&error).file(path).help(help)))?;
    Ok(Some(read))
}

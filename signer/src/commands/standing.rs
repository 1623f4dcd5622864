//! What stands outside the ledger already: an older ledger, restored from a copy, is known by it before it signs.

use std::{
    io::ErrorKind::{InvalidInput, IsADirectory, NotFound},
    path::Path,
};

use ambassador_core::records::AmbassadorIndex;
use serde_json::Value;

use super::publish::{FOLDER, read_published};
use crate::{
    files::{self, FileWrite},
    ledger::{Extent, FILE, Head, LedgerMonth},
    month::MonthWork,
    problem::{Exit, Failure, Problem},
};

/// Returns the file of the ledger's head, which is published before anything that was recorded.
pub(super) fn head_write(extent: &Extent) -> FileWrite {
    FileWrite::new(format!("{FOLDER}/ledger.json"), extent.head().to_bytes())
}

/// Refuses a ledger that holds less than one that was published from, or something else.
///
/// # Errors
///
/// [`Exit::Disk`]: the ledger is an older copy or that of another programme.
pub(super) fn refuse_older(root: &Path, extent: &Extent) -> Result<(), Failure> {
    let help = "fetch the file again from where it is published: it tells whether the ledger is the latest one";
    let Some(published) = read_published::<Head>(root, "ledger.json", help)? else { return Ok(()) };
    let (code, message) = match extent.head_at(published.months, published.claims, published.replacements) {
        Some(head) if head == published => return Ok(()),
        Some(_) => ("LEDGER_DIFFERS", "the ledger holds other months or claims than were published from it".to_owned()),
        None => {
            let now = extent.head();
            let sizes = |head: &Head| {
                let Head { months, claims, replacements, .. } = head;
                format!("{months} months, {claims} claims and {replacements} in the place of others")
            };
            let message = format!("the ledger holds {}, and {} were published from it", sizes(&now), sizes(&published));
            ("LEDGER_BEHIND", message)
        }
    };
    let help = "this is an older copy of the ledger: restore the latest one; nothing was done";
    Err(Failure::new(Exit::Disk, Problem::new(code, message).file(FILE).help(help)))
}

/// Refuses to sign where a claim with another digest is lying in `months/` or `published/` already.
///
/// # Errors
///
/// [`Exit::Disk`], with every claim that the ledger does not know, or where one cannot be read.
pub(super) fn refuse_other_digests(
    root: &Path,
    work: &MonthWork,
    frozen: &LedgerMonth,
    open: &[AmbassadorIndex],
) -> Result<(), Failure> {
    let (month, separator) = (work.settled.month, work.domain().separator());
    let unknown = open.iter().filter(|index| !frozen.claims.contains_key(index));
    let claims = unknown.filter_map(|index| {
        let statement = work.statements.get(index)?;
        Some((&statement.document.ambassador.id, statement.claim?))
    });
    let mut problems = Vec::new();
    for folder in ["months".to_owned(), format!("{FOLDER}/months")] {
        let folder = Path::new(&folder).join(format!("{month}/claims"));
        if !root.join(&folder).is_dir() {
            continue;
        }
        for (id, claim) in claims.clone() {
            let path = folder.join(format!("{id}.json"));
            let bytes = match files::read(root.join(&path)) {
                Ok(bytes) => bytes,
                // What is no file is no claim.
                Err(error) if matches!(error.kind(), NotFound | InvalidInput | IsADirectory) => continue,
                Err(error) => return Err(Failure::disk(path, &error)),
            };
            let Ok(document) = serde_json::from_slice::<Value>(&bytes) else { continue };
            let standing = document.get("digest").and_then(Value::as_str).unwrap_or_default();
            if standing != claim.digest_under(&separator).to_string() {
                let message = format!("a claim of `{id}` for `{month}` was signed that the ledger does not know");
                let help = "restore the latest copy of the ledger; signing another claim could pay the month twice";
                problems.push(Problem::new("CLAIM_UNKNOWN", message).file(path).help(help));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure { exit: Exit::Disk, problems }) }
}

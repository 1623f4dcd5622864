//! `attach MONTH FILE…`: takes the signatures of an outside signer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use ambassador_core::{claim::Claim, records::AmbassadorIndex};

use super::{
    FolderLock, Outcome, confirm,
    outside::{OutsideSigner, expected_signer},
    release::OpenMonth,
    standing,
};
use crate::{
    cli::AttachArgs,
    ledger::LedgerClaim,
    problem::{Exit, Failure, Problem},
};

pub(super) fn run(root: &Path, args: &AttachArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let month = OpenMonth::read(root, args.month, args.new_signer)?;
    standing::refuse_other_digests(root, &month.work, &month.frozen, &month.open)?;
    let signer = expected_signer(args.signer, month.earlier_signer.as_deref(), args.new_signer)?;
    let signer = OutsideSigner::new(signer, &args.contract, &month)?;
    let records = read_all(args, &month, &signer)?;
    if args.consent.dry_run {
        return Ok(month.dry_run());
    }
    if !records.is_empty() {
        confirm(
            args.consent,
            &month.listing(),
            &format!("Take these signatures of {} for {}?", signer.address(), args.month),
        )?;
    }
    month.release(root, &records)
}

/// Reads and checks every file; returns what the ledger has not recorded yet.
///
/// # Errors
///
/// [`Exit::Key`], with every file that is refused and every claim that has none.
fn read_all(
    args: &AttachArgs,
    month: &OpenMonth,
    signer: &OutsideSigner,
) -> Result<BTreeMap<AmbassadorIndex, LedgerClaim>, Failure> {
    let mut problems = Vec::new();
    let mut met = BTreeSet::new();
    let mut records = BTreeMap::new();
    for path in &args.files {
        let outcome = claim_of(path, month).and_then(|(index, claim)| {
            let twice = !met.insert(index);
            let record = signer.check(month, claim, &read(path, signer.longest_file())?)?;
            if twice {
                let problem = Problem::new("SIGNATURE_TWICE", format!("`{}` has two signatures", month.id(index)));
                return Err(problem.help("name one file for each claim"));
            }
            Ok((index, record))
        });
        match outcome {
            Ok((index, record)) => {
                records.insert(index, record);
            }
            Err(problem) => problems.push(problem.file(path)),
        }
    }
    let to_sign: BTreeSet<AmbassadorIndex> =
        month.to_sign(signer.address()).into_iter().map(|(index, _)| index).collect();
    for index in to_sign.difference(&met) {
        let problem =
            Problem::new("SIGNATURE_MISSING", format!("the claim of `{}` has no signature", month.id(*index)));
        problems.push(problem.help("name a file for each open claim: a month is signed as a whole"));
    }
    if problems.is_empty() {
        records.retain(|index, _| to_sign.contains(index));
        return Ok(records);
    }
    Err(Failure { exit: Exit::Key, problems })
}

/// Returns the claim that a file's name stands for.
fn claim_of(path: &Path, month: &OpenMonth) -> Result<(AmbassadorIndex, Claim), Problem> {
    let id = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut statements = month.work.statements.iter();
    let named = statements.find(|(_, statement)| statement.document.ambassador.id == id);
    named.and_then(|(index, statement)| Some((*index, statement.claim?))).ok_or_else(|| {
        let problem =
            Problem::new("SIGNATURE_NO_CLAIM", format!("`{id}` has no claim in {}", month.work.settled.month));
        problem.help("give the file the ambassador's id for its name, such as `alex.sig`")
    })
}

/// Reads a file as far as a signature could reach.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn read(path: &Path, longest: u64) -> Result<String, Problem> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(longest).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| {
        let problem = Problem::new("SIGNATURE_UNREADABLE", format!("the file cannot be read: {error}"));
        problem.help("check the path")
    })?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

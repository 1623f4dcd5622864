//! The signed acceptances below `acceptances/`: read, their signatures recovered, and joined to the records.

use std::path::{Path, PathBuf};

use ambassador_core::{
    acceptances::{AcceptanceError, AcceptanceProblem, Joined, join},
    address::Address,
    documents::acceptance::AcceptanceDocument,
    hash::Hash32,
    invite::SignedAcceptance,
    inviting::signed_by,
    records::Records,
    signature::Signature,
};

use super::{
    disk::{Presence, list_folder, read_file},
    problems::Problems,
};
use crate::{problem::Problem, signing::recover};

/// The folder of the programme that acceptances are dropped into.
pub const FOLDER: &str = "acceptances";

/// A file of `acceptances/` whose acceptance joined the records.
#[derive(Clone, Debug)]
pub struct AcceptanceFile {
    /// The file, relative to the programme folder.
    pub path: PathBuf,
    /// What was signed.
    pub signed: SignedAcceptance,
    /// What became of it.
    pub joined: Joined,
}

/// Reads every file of the folder, in the order of the names.
pub(super) fn read(root: &Path, problems: &mut Problems) -> Vec<(PathBuf, SignedAcceptance)> {
    let mut read = Vec::new();
    for name in list_folder(root, Path::new(FOLDER), problems) {
        let path = Path::new(FOLDER).join(&name);
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "json") {
            let problem = Problem::new("FILE_UNKNOWN", "no acceptance has this name").file(path);
            problems.push(problem.help("give an acceptance a name that ends with `.json`; keep other files elsewhere"));
            continue;
        }
        let Some(bytes) = read_file(root, &path, Presence::Required, problems) else { continue };
        match check(&bytes) {
            Ok(signed) => read.push((path, signed)),
            Err(problem) => problems.push(problem.file(path)),
        }
    }
    read
}

/// Reads an acceptance and checks both signatures.
fn check(bytes: &[u8]) -> Result<SignedAcceptance, Problem> {
    let document = AcceptanceDocument::from_bytes(bytes);
    let signed = document.and_then(|document| document.to_signed_acceptance());
    let signed = signed.map_err(|error| Problem::of_document(&error))?;
    let SignedAcceptance { invite, acceptance, signature } = &signed;
    for (what, stated, digest, signature, column) in [
        ("invite", invite.invite.ambassador, invite.digest(), &invite.signature, "invite.signature"),
        ("acceptance", acceptance.account, signed.digest(), signature, "signature"),
    ] {
        let checked = signed_by(what, stated, recovered(&digest, signature));
        checked.map_err(|error| Problem::of(&error).column(column))?;
    }
    Ok(signed)
}

fn recovered(digest: &Hash32, signature: &Signature) -> Option<Address> {
    recover(digest, signature).ok()
}

/// Lets acceptances join the records; `is_certain` says whether an error stays when other files are mended.
pub(super) fn join_all(
    records: &mut Records,
    read: Vec<(PathBuf, SignedAcceptance)>,
    is_certain: impl Fn(&AcceptanceProblem) -> bool,
    problems: &mut Problems,
) -> Vec<AcceptanceFile> {
    let (paths, signed): (Vec<PathBuf>, Vec<SignedAcceptance>) = read.into_iter().unzip();
    match join(records, &signed) {
        Ok(joined) => {
            let files = paths.into_iter().zip(signed).zip(joined);
            files.map(|((path, signed), joined)| AcceptanceFile { path, signed, joined }).collect()
        }
        Err(errors) => {
            for error in errors.iter().filter(|error| is_certain(&error.problem)) {
                problems.push(to_problem(error, &paths));
            }
            Vec::new()
        }
    }
}

fn to_problem(error: &AcceptanceError, paths: &[PathBuf]) -> Problem {
    let mut problem = Problem::of(error).column(error.field);
    problem.file = paths.get(error.acceptance).cloned();
    if let Some(other) = error.other.and_then(|other| paths.get(other)) {
        problem.message = format!("{} (see `{}`)", problem.message, other.display());
    }
    problem
}

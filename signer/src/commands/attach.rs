//! `attach MONTH FILE…`: takes the signatures of an outside signer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use ambassador_core::{claim::Claim, documents::json as documents, records::AmbassadorIndex};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

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
        let signatures = match signatures(path, month, signer.longest_file()) {
            Ok(signatures) => signatures,
            Err(problem) => {
                problems.push(problem.file(path));
                continue;
            }
        };
        for (id, signature) in signatures {
            let outcome = claim_of(&id, month).and_then(|(index, claim)| {
                let twice = !met.insert(index);
                let record = signer.check(month, claim, &signature?)?;
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
                Err(problem) if is_batch(path) => {
                    problems.push(problem.file(path).column(format!("signature of {id}")));
                }
                Err(problem) => problems.push(problem.file(path)),
            }
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

/// The text of a signature, or why there is none.
type Found = Result<String, Problem>;

/// Signatures by the ambassador's id, as they stand in a file; an id may stand there twice.
struct Signatures(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Signatures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Signatures;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of ids and their signatures")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Signatures(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// Whether a file holds the signatures of several claims.
fn is_batch(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

/// Returns the signatures of a file: one, whose id is the file's name, or those of a batch, a JSON object.
///
/// # Errors
///
/// A batch cannot be read.
fn signatures(path: &Path, month: &OpenMonth, longest: u64) -> Result<Vec<(String, Found)>, Problem> {
    if !is_batch(path) {
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![(id, read(path, longest))]);
    }
    let claims = u64::try_from(month.work.statements.len()).unwrap_or(u64::MAX);
    // An id and its quotes take less than the room that a signature leaves.
    let text = read(path, longest.saturating_mul(claims.saturating_add(1)))?;
    let read: Result<Signatures, _> = documents::from_bytes(text.as_bytes());
    let Signatures(pairs) = read.map_err(|error| Problem::of_document(&error))?;
    Ok(pairs.into_iter().map(|(id, signature)| (id, Ok(signature))).collect())
}

/// Returns the claim of an ambassador.
fn claim_of(id: &str, month: &OpenMonth) -> Result<(AmbassadorIndex, Claim), Problem> {
    let mut statements = month.work.statements.iter();
    let named = statements.find(|(_, statement)| statement.document.ambassador.id == id);
    named.and_then(|(index, statement)| Some((*index, statement.claim?))).ok_or_else(|| {
        let problem =
            Problem::new("SIGNATURE_NO_CLAIM", format!("`{id}` has no claim in {}", month.work.settled.month));
        problem
            .help("give the file the ambassador's id for its name, such as `alex.sig`, or write the ids into a batch")
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

//! The claims of a published folder that stand in the place of others: sums, hashes and signatures.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use ambassador_core::{
    calendar::Month,
    claim::{Claim, Domain},
    documents::replacement::ReplacementDocument,
};

use super::{MonthReport, Signers, claims::compare_claim, compare_json, missing};
use crate::{
    files,
    month::MonthWork,
    problem::Problem,
    replacement_files::{self, ReplacementsDocument},
};

/// The own claims of recomputed months, by month and index, with the contract that pays them.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnClaims(BTreeMap<(Month, u32), (Domain, Claim, String)>);

impl OwnClaims {
    /// Adds those of a month.
    pub(super) fn add(&mut self, work: &MonthWork) {
        let (month, domain) = (work.settled.month, work.domain());
        self.0.extend(work.statements.iter().filter_map(|(index, statement)| {
            let id = statement.document.ambassador.id.clone();
            Some(((month, index.as_u32()), (domain, statement.claim?, id)))
        }));
    }
}

/// Verifies every replacement below a published folder.
pub(super) fn verify(folder: &Path, own: &OwnClaims, signers: Signers<'_>) -> Vec<MonthReport> {
    let below = |path: &Path| -> Vec<PathBuf> {
        let names = files::names_in(path).unwrap_or_default();
        let mut paths: Vec<PathBuf> = names.into_iter().map(|name| path.join(name)).collect();
        paths.sort();
        paths
    };
    let root = folder.join(replacement_files::FOLDER);
    let folders = below(&root).into_iter().flat_map(|ambassador| below(&ambassador));
    let (mut reports, mut listed) = (Vec::new(), BTreeMap::new());
    for folder in folders {
        match verify_one(&folder, own, signers) {
            Ok((sentence, document)) => {
                let name = folder.strip_prefix(&root).unwrap_or(&folder).display().to_string();
                listed.insert(name, document);
                reports.push(MonthReport { sentence: Some(sentence), problems: Vec::new() });
            }
            Err(problem) => reports.push(MonthReport::failed(problem)),
        }
    }
    let list = folder.join(replacement_files::LIST);
    // Where one of them is wrong, the list would only repeat it.
    let all_fit = reports.iter().all(|report| report.problems.is_empty());
    if all_fit && (list.exists() || !listed.is_empty()) {
        let mut problems = Vec::new();
        compare_json(&list, &ReplacementsDocument::of(&listed).to_bytes(), &mut problems);
        reports.push(MonthReport { sentence: Some("list of claims in the place of others".to_owned()), problems });
    }
    reports
}

fn verify_one(folder: &Path, own: &OwnClaims, signers: Signers<'_>) -> Result<(String, ReplacementDocument), Problem> {
    let path = folder.join(replacement_files::DOCUMENT);
    let bytes = files::read(&path).map_err(|error| missing(&path, &error))?;
    let (document, claim) = read(&bytes).map_err(|problem| problem.file(&path))?;
    let replaced = document.replaced().map_err(|error| Problem::of_document(&error).file(&path))?;
    let mut domains = Vec::new();
    for (place, part) in replaced.iter().enumerate() {
        let wrong = |name: &str, message: String| {
            let problem = Problem::new("FIELD_MISMATCH", message).file(&path).column(format!("months[{place}].{name}"));
            problem.help("do not redeem this claim: fetch it again, with the months that it replaces")
        };
        let Some((domain, one, id)) = own.0.get(&(part.month, claim.index.as_u32())) else {
            return Err(wrong("month", format!("`{}` has no claim of this ambassador here", part.month)));
        };
        if *id != document.ambassador.id {
            return Err(wrong("month", format!("the month's claim is of `{id}`")));
        }
        for (name, found, expected) in [
            ("statement", part.statement.to_string(), one.statement.to_string()),
            ("amount", part.amount.to_string(), one.amount.to_string()),
            ("digest", part.digest.to_string(), one.digest(domain).to_string()),
        ] {
            if found != expected {
                return Err(wrong(name, format!("`{found}` stands where the month leads to `{expected}`")));
            }
        }
        domains.push(*domain);
    }
    let is_skipped = |month: &Month| {
        own.0.contains_key(&(*month, claim.index.as_u32())) && !replaced.iter().any(|part| part.month == *month)
    };
    if let Some(skipped) = claim.months.months().find(is_skipped) {
        let message = format!("`{skipped}` would be settled without being paid");
        let problem = Problem::new("FIELD_MISMATCH", message).file(&path).column("months");
        return Err(problem.help("do not redeem this claim"));
    }
    let path = folder.join(replacement_files::CLAIM);
    let domain = domains.first().filter(|first| domains.iter().all(|domain| domain == *first));
    let Some(domain) = domain else {
        let problem = Problem::new("FIELD_MISMATCH", "the months are of several contracts").file(path);
        return Err(problem.help("do not redeem this claim"));
    };
    let signer = compare_claim(&path, &claim, domain, signers)?;
    if let Some(named) = signers.named.filter(|named| *named != signer) {
        let message = format!("the claim is signed by `{signer}`, not by `{named}`");
        return Err(Problem::new("SIGNER", message).file(path).column("signer").help("do not redeem this claim"));
    }
    let named = format!("{}/{}", document.ambassador.id, replacement_files::folder_name(claim.digest(domain)));
    if !folder.ends_with(&named) {
        let message = format!("the claim belongs into `{named}`");
        return Err(Problem::new("FIELD_MISMATCH", message).file(folder).help("fetch it again"));
    }
    let (id, from, to) = (&document.ambassador.id, claim.months.from(), claim.months.to());
    let (account, amount, count) = (claim.account, claim.amount, replaced.len());
    let sentence =
        format!("{from}..{to}: a claim of {id} in the place of {count} recomputed, {amount} base units to {account}");
    Ok((sentence, document))
}

/// Reads a replacement and the claim that it explains.
///
/// # Errors
///
/// The bytes are no such document, or its parts do not agree.
pub fn read(bytes: &[u8]) -> Result<(ReplacementDocument, Claim), Problem> {
    let document = ReplacementDocument::from_bytes(bytes).map_err(|error| Problem::of_document(&error))?;
    let claim = document.to_claim().map_err(|error| Problem::of_document(&error))?;
    Ok((document, claim))
}

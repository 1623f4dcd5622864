//! `verify FILE or DIR…`: recomputes what was published, from a single signature to a whole programme.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use ambassador_core::{
    address::Address,
    conversion::floor_to_base_units,
    documents::{
        claim::ClaimDocument,
        given_claim::GivenClaim,
        statement::{StatementDocument, statement_hash},
    },
    price::Price,
    settlement::Credited,
    token::Decimals,
    usd::{SignedUsd, Usd},
};
use serde_json::json;

use super::Outcome;
use crate::{
    cli::VerifyArgs,
    files,
    month::{WrittenRecords, compute},
    problem::{Exit, Failure, Problem},
    replacement_files,
    rpc::{Asking, Endpoint},
    signing::recover,
    verification::{MonthReport, Signers, read_replacement, verify_month, verify_published},
};

pub(super) fn run(args: &VerifyArgs) -> Result<Outcome, Failure> {
    let endpoint = args.contract.rpc.clone();
    let endpoint = endpoint.map(|url| Endpoint::new(url, Duration::from_secs(args.contract.timeout), Asking::Again));
    let signers = Signers { named: args.signer, endpoint: endpoint.as_ref() };
    let mut problems = Vec::new();
    let mut text = String::new();
    let mut results = Vec::new();
    for path in &args.paths {
        let verified = if path.is_dir() {
            folder(path, signers)
        } else {
            file(path, signers).map(|sentence| (vec![sentence], Vec::new()))
        };
        match verified {
            Ok((sentences, found)) => {
                problems.extend(found);
                results.extend(sentences.iter().map(|sentence| json!({ "path": path, "verified": sentence })));
                text.extend(sentences.iter().map(|sentence| format!("{sentence}\n")));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        return Ok(Outcome::new(text, json!({ "verified": results })));
    }
    Err(Failure { exit: Exit::Refused, problems })
}

fn folder(path: &Path, signers: Signers<'_>) -> Result<(Vec<String>, Vec<Problem>), Problem> {
    let reports = if path.join("index.json").exists() {
        verify_published(path, signers)
    } else if ["records.json", "summary.json", "statements"].iter().any(|name| path.join(name).exists()) {
        verify_month(path, signers, &mut BTreeMap::new())
    } else {
        let problem = Problem::new("NOTHING_TO_VERIFY", "the folder has neither `index.json` nor `records.json`");
        return Err(problem.file(path).help("name a month's folder or a published folder"));
    };
    let (mut sentences, mut problems) = (Vec::new(), Vec::new());
    for MonthReport { sentence, problems: found } in reports {
        if found.is_empty() {
            sentences.extend(sentence);
        }
        problems.extend(found);
    }
    Ok((sentences, problems))
}

/// Verifies what a single file can show by itself.
fn file(path: &Path, signers: Signers<'_>) -> Result<String, Problem> {
    let bytes = files::read(path).map_err(|error| {
        Problem::new("FILE_MISSING", format!("the file cannot be read: {error}")).file(path).help("check the path")
    })?;
    let schema = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
    let schema = schema.as_ref().and_then(|value| value.get("schema")).and_then(serde_json::Value::as_str);
    let verified = match schema {
        Some(ambassador_core::documents::claim::SCHEMA) => claim(&bytes, path, signers),
        Some(ambassador_core::documents::statement::SCHEMA) => statement(&bytes),
        Some(ambassador_core::documents::records::SCHEMA) => records(&bytes),
        Some(ambassador_core::documents::replacement::SCHEMA) => replacement(&bytes),
        _ => Err(Problem::new("NOTHING_TO_VERIFY", "the file is neither a claim nor a statement nor records")
            .help("name a file of `claims`, `statements`, or `records.json`; a folder verifies the rest")),
    };
    verified.map_err(|problem| problem.file(path))
}

fn claim(bytes: &[u8], path: &Path, signers: Signers<'_>) -> Result<String, Problem> {
    let document = ClaimDocument::from_bytes(bytes).map_err(|error| Problem::of_document(&error))?;
    let given = document.to_given_claim().map_err(|error| Problem::of_document(&error))?;
    let (claim, digest, signer) = (*given.claim(), given.claim().digest(given.domain()), given.signer().address());
    match &given {
        GivenClaim::Contract(by_contract) => signers.ask(by_contract)?,
        GivenClaim::Key(by_key) => {
            let recovered = recover(&digest, &by_key.signature);
            refuse_other(recovered.map_err(|error| Problem::of(&error).column("signature"))?, signer, "signature")?;
        }
    }
    signers.named.map_or(Ok(()), |named| refuse_other(signer, named, "signer"))?;
    if let Some(explained) = replacement_beside(path) {
        let bytes = files::read(&explained).map_err(|error| {
            Problem::new("FILE_MISSING", format!("the file cannot be read: {error}"))
                .file(&explained)
                .help("check the path")
        })?;
        let (_, expected) = read_replacement(&bytes).map_err(|problem| problem.file(&explained))?;
        if expected != claim {
            let message = format!("`{}` explains another claim", explained.display());
            let help = "the two files do not belong together: fetch both again";
            return Err(Problem::new("STATEMENT_HASH", message).column("claim.statement").help(help));
        }
    }
    if let Some(statement) = statement_beside(path) {
        let hash = files::read(&statement).map(|bytes| statement_hash(&bytes)).ok();
        if hash != Some(claim.statement) {
            let message = format!("the statement `{}` has another hash", statement.display());
            let help = "the claim and the statement are not of one month: fetch both again";
            return Err(Problem::new("STATEMENT_HASH", message).column("claim.statement").help(help));
        }
    }
    Ok(format!("claim {digest} of {} for {} base units", claim.account, claim.amount))
}

fn refuse_other(signer: Address, expected: Address, column: &str) -> Result<(), Problem> {
    if signer == expected {
        return Ok(());
    }
    let message = format!("the signature is of `{signer}`, not of `{expected}`");
    Err(Problem::new("SIGNER", message).column(column).help("do not redeem this claim"))
}

/// Returns the statement that belongs to a claim's file in a month's folder, if there is one.
fn statement_beside(claim: &Path) -> Option<PathBuf> {
    let month = claim.parent().filter(|folder| folder.ends_with("claims"))?.parent()?;
    Some(month.join("statements").join(claim.file_name()?)).filter(|path| path.exists())
}

/// Returns the document that explains a claim in the place of others, if there is one beside it.
fn replacement_beside(claim: &Path) -> Option<PathBuf> {
    Some(claim.parent()?.join(replacement_files::DOCUMENT)).filter(|path| path.exists())
}

fn replacement(bytes: &[u8]) -> Result<String, Problem> {
    let (document, claim) = read_replacement(bytes)?;
    let (id, from, to) = (&document.ambassador.id, claim.months.from(), claim.months.to());
    Ok(format!("replacement {} of {id} for {from}..{to}, {} base units", claim.statement, claim.amount))
}

fn statement(bytes: &[u8]) -> Result<String, Problem> {
    let document = StatementDocument::from_bytes(bytes).map_err(|error| Problem::of_document(&error))?;
    let wrong = |column: &str, found: &str, expected: String| {
        let message = format!("`{found}` is stated, but the lines lead to `{expected}`");
        Problem::new("FIELD_MISMATCH", message).column(column).help("the file was changed: fetch it again")
    };
    let unreadable = |column: &str| {
        Problem::new("FIELD_MISMATCH", "the field cannot be read").column(column).help("fetch the file again")
    };
    let mut credits = document.lines.iter().map(|line| line.credit.parse::<SignedUsd>().ok());
    let total = credits.try_fold(SignedUsd::ZERO, |sum, credit| sum.checked_add(credit?));
    let total: Usd = total.and_then(SignedUsd::to_credit).ok_or_else(|| unreadable("lines"))?;
    if document.total_usd != total.to_string() {
        return Err(wrong("total_usd", &document.total_usd, total.to_string()));
    }
    let price = || Some(Price { usd: document.price.usd.parse().ok()?, tokens: document.price.tokens.parse().ok()? });
    let price = price().ok_or_else(|| unreadable("price"))?;
    let decimals = Decimals::new(document.token.decimals).ok_or_else(|| unreadable("token.decimals"))?;
    let amount = floor_to_base_units(total, price, decimals).map_err(|error| Problem::of(&error))?;
    if document.amount != amount.to_string() {
        return Err(wrong("amount", &document.amount, amount.to_string()));
    }
    Ok(format!("statement {} of {} for {}", statement_hash(bytes), document.ambassador.id, document.month))
}

fn records(bytes: &[u8]) -> Result<String, Problem> {
    let written = WrittenRecords::read(bytes).map_err(|error| Problem::of_document(&error))?;
    let month = written.document().month.clone();
    if written.document().previous.is_some() {
        return Err(Problem::new("NOTHING_TO_VERIFY", "the records continue an earlier month")
            .help("verify the month's folder, or the published folder, instead"));
    }
    let work = compute(written, &Credited::new()).map_err(|failure| {
        failure.problems.into_iter().next().unwrap_or_else(|| Problem::new("RECORDS", "the records make no month"))
    })?;
    Ok(format!("records {} of {month}", work.records_hash))
}

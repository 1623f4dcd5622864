//! `sign MONTH`: signs the claims of a settled month.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use ambassador_core::{
    claim::Claim,
    documents::claim::{ClaimDocument, SignedClaim},
    hash::Hash32,
    records::AmbassadorIndex,
};
use serde_json::{Value, json};

use super::{FolderLock, Outcome, confirm, list_changes, prepare::settled_month, progress};
use crate::{
    cli::{KeyOptions, SignArgs},
    files,
    keystore::{self, KeyFile},
    ledger::{Ledger, LedgerClaim, LedgerMonth},
    month::MonthWork,
    month_files::month_files,
    parallel,
    password::{PasswordSource, Purpose},
    problem::{Exit, Failure, Problem},
    report,
    signing::{SecretKey, SigningError},
    summary::Status,
};

pub(super) fn run(root: &Path, args: &SignArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let ledger = Ledger::open_existing(root)?;
    let (work, frozen) = settled_month(ledger.as_ref(), args.month)?;
    let earlier_signer = ledger.as_ref().map(Ledger::last_signer).transpose()?.flatten();
    drop(ledger);
    let open = open_claims(&work, &frozen, &args.key)?;
    let text = listing(&work, &frozen);
    if args.consent.dry_run {
        return Ok(Outcome::new(text, json!({ "signed": false, "claims": claims_json(&work, &frozen.claims) })));
    }
    let signed = if open.is_empty() {
        BTreeMap::new()
    } else {
        confirm(args.consent, &text, &format!("Sign these claims of {}?", args.month))?;
        let key = open_key(root, &args.key, earlier_signer.as_deref())?;
        sign_claims(&work, &open, &frozen, &key)?
    };
    let mut claims = frozen.claims.clone();
    claims.extend(signed.clone());
    let bytes = claims.iter().map(|(index, claim)| (*index, claim.bytes.clone())).collect();
    let writes = month_files(&work, &format!("months/{}", args.month), Status::Final, &bytes)?;
    let (changes, files) = list_changes(root, &writes, false);
    if files::any_change(root, &writes) {
        files::check_writable(&root.join("months"))?;
    }
    if !signed.is_empty() {
        Ledger::open(root, &[])?.record_claims(args.month, &signed)?;
    }
    files::write_all(root, &writes)?;
    let said = if signed.is_empty() { "nothing was left to sign\n" } else { "signed\n" };
    let json = json!({ "signed": true, "claims": claims_json(&work, &claims), "files": files });
    Ok(Outcome::new(text + said + &changes, json))
}

/// Returns the statements whose claims are not signed yet; all of them where a new signer signs them again.
///
/// # Errors
///
/// [`Exit::Disk`]: another digest was signed for the same ambassador and month.
pub(super) fn open_claims(
    work: &MonthWork,
    frozen: &LedgerMonth,
    options: &KeyOptions,
) -> Result<Vec<AmbassadorIndex>, Failure> {
    let mut open = Vec::new();
    for (index, statement) in &work.statements {
        let Some(claim) = statement.claim else { continue };
        let digest = claim.digest(&work.domain());
        match frozen.claims.get(index) {
            None => open.push(*index),
            Some(signed) if signed.digest == digest => open.extend(options.new_signer.then_some(*index)),
            Some(signed) => {
                let message = format!("ambassador {index} has the signed digest `{}`, not `{digest}`", signed.digest);
                let problem = Problem::new("LEDGER_DAMAGED", message).file(crate::ledger::FILE);
                return Err(Failure::new(Exit::Disk, problem.help("restore the ledger from its last copy")));
            }
        }
    }
    Ok(open)
}

/// Opens the treasury's key.
///
/// # Errors
///
/// [`Exit::Key`]: no such key, a wrong password, or not the key that signed before.
pub(super) fn open_key(root: &Path, options: &KeyOptions, earlier_signer: Option<&str>) -> Result<SecretKey, Failure> {
    let path = options.key.clone().unwrap_or_else(|| root.join("key.json"));
    let key = open_key_file(&path, options)?;
    let address = key.address().to_string();
    if let Some(earlier) = earlier_signer.filter(|earlier| *earlier != address && !options.new_signer) {
        let message = format!("the key of `{address}` did not sign the earlier claims; `{earlier}` did");
        let help = "name the right key, or repeat with `--new-signer` once the contract knows the new one";
        return Err(Failure::new(Exit::Key, Problem::new("KEY_NOT_THE_SIGNER", message).file(path).help(help)));
    }
    Ok(key)
}

/// Opens a key file with the password that the options name.
pub(super) fn open_key_file(path: &Path, options: &KeyOptions) -> Result<SecretKey, Failure> {
    let loaded = keystore::load(path).map_err(|error| key_failure(path, &error))?;
    if let Some(warning) = &loaded.warning {
        eprintln!("warning[{}]: {warning}\n  help: {}", warning.code(), warning.help());
    }
    let source = password_source(path, options.password_file.as_ref(), options.password_fd);
    let password = source.read(Purpose::Open, path).map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    KeyFile::open(&loaded.key_file, &password).map_err(|error| key_failure(path, &error))
}

/// Returns where a password comes from: a flag, else `key.password` beside the key of a demonstration, else the prompt.
pub(super) fn password_source(key: &Path, file: Option<&PathBuf>, descriptor: Option<u32>) -> PasswordSource {
    if let Some(file) = file {
        return PasswordSource::File(file.clone());
    }
    if let Some(descriptor) = descriptor {
        return PasswordSource::Descriptor(descriptor);
    }
    let beside = key.with_extension("password");
    if beside.is_file() {
        eprintln!(
            "warning[KEY_FOR_DEMONSTRATION]: the password lies beside the key, in {}: whoever reads the folder can sign",
            beside.display()
        );
        return PasswordSource::File(beside);
    }
    PasswordSource::Prompt
}

fn key_failure(path: &Path, error: &keystore::KeystoreError) -> Failure {
    Failure::new(Exit::Key, Problem::of(error).file(path))
}

/// Signs the open claims that this key has not signed; every signature is checked before it leaves.
///
/// # Errors
///
/// [`Exit::Key`]: a signature does not lead back to the key.
pub(super) fn sign_claims(
    work: &MonthWork,
    open: &[AmbassadorIndex],
    frozen: &LedgerMonth,
    key: &SecretKey,
) -> Result<BTreeMap<AmbassadorIndex, LedgerClaim>, Failure> {
    let domain = work.domain();
    let signer = key.address();
    let signed_by_this_key =
        |index: &AmbassadorIndex| frozen.claims.get(index).is_some_and(|signed| signed.signer == signer.to_string());
    let claims: Vec<(AmbassadorIndex, Claim)> = open
        .iter()
        .filter(|index| !signed_by_this_key(index))
        .filter_map(|index| Some((*index, work.statements.get(index)?.claim?)))
        .collect();
    let bar = progress(u64::try_from(claims.len()).unwrap_or_default(), "claims");
    let outcome = parallel::map_chunks(&claims, SecretKey::LARGEST_BATCH, |claims| {
        let digests: Vec<Hash32> = claims.iter().map(|(_, claim)| claim.digest(&domain)).collect();
        let signatures = key.sign_batch(&digests)?;
        let documents = claims.iter().zip(digests).zip(signatures).map(|(((index, claim), digest), signature)| {
            let document = ClaimDocument::of(&SignedClaim { domain, claim: *claim, signer, signature });
            (*index, LedgerClaim { digest, signer: signer.to_string(), bytes: document.to_bytes() })
        });
        let documents: Vec<(AmbassadorIndex, LedgerClaim)> = documents.collect();
        bar.inc(u64::try_from(claims.len()).unwrap_or_default());
        Ok(documents)
    });
    bar.finish_and_clear();
    let made = outcome.map_err(|error: SigningError| Failure::new(Exit::Key, Problem::of(&error)))?;
    Ok(made.into_iter().collect())
}

fn listing(work: &MonthWork, frozen: &LedgerMonth) -> String {
    let mut text = format!("{} · {} · claims\n", work.settled.programme, work.settled.month);
    for (index, statement) in &work.statements {
        let document = &statement.document;
        let Some(claim) = statement.claim else { continue };
        let state = if frozen.claims.contains_key(index) { "signed" } else { "open" };
        let amount = report::tokens(document, &document.amount);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{index}  {}  {}  {amount}  {state}", document.ambassador.id, claim.account);
    }
    text
}

/// Returns the claims for scripts.
pub(super) fn claims_json(work: &MonthWork, claims: &BTreeMap<AmbassadorIndex, LedgerClaim>) -> Value {
    let claim = |(index, claim): (&AmbassadorIndex, &LedgerClaim)| {
        let statement = work.statements.get(index);
        json!({
            "index": index.to_string(),
            "id": statement.map(|statement| statement.document.ambassador.id.clone()),
            "amount": statement.map(|statement| statement.document.amount.clone()),
            "digest": claim.digest.to_string(),
            "signer": claim.signer,
        })
    };
    Value::Array(claims.iter().map(claim).collect())
}

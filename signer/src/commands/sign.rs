//! `sign MONTH`: signs the claims of a settled month, or lets an outside signer do it.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use ambassador_core::{
    documents::claim::{ClaimDocument, SignedClaim},
    hash::Hash32,
    records::AmbassadorIndex,
};

use super::{
    FolderLock, Outcome, confirm, consolidate, outside, progress,
    release::{OpenMonth, refuse_other_signer, to_record, to_sign},
    standing,
};
use crate::{
    cli::{KeyOptions, SignArgs},
    keystore::{self, KeyFile},
    ledger::{LedgerClaim, LedgerMonth},
    month::MonthWork,
    parallel,
    password::{PasswordSource, Purpose},
    problem::{Exit, Failure, Problem, say},
    signing::{SecretKey, SigningError},
    table::printable,
};

pub(super) fn run(root: &Path, args: &SignArgs) -> Result<Outcome, Failure> {
    if let Some([id, range]) = args.consolidate.as_deref() {
        return consolidate::run(root, args, id, range);
    }
    if args.replacement.signature.is_some() {
        return Err(usage("`--signature` is of a claim that `--consolidate` names; `attach` takes those of a month"));
    }
    if args.outside.typed_data && args.outside.rpc.is_some() {
        return Err(usage("`--typed-data` lets nobody sign, and `--rpc` names who would"));
    }
    refuse_two_signers(args)?;
    let Some(month) = args.month else { return Err(usage("a month is missing")) };
    let _lock = FolderLock::take(root)?;
    let month = OpenMonth::read(root, month, args.key.new_signer)?;
    if args.outside.typed_data {
        return outside::export(root, &month, args.consent.dry_run);
    }
    if args.consent.dry_run {
        return Ok(month.dry_run());
    }
    let signed = if month.open.is_empty() { BTreeMap::new() } else { sign(root, args, &month)? };
    month.release(root, &signed)
}

/// Refuses a key beside an endpoint that signs.
fn refuse_two_signers(args: &SignArgs) -> Result<(), Failure> {
    let KeyOptions { key, password_file, password_fd, .. } = &args.key;
    let has_key = key.is_some() || password_file.is_some() || password_fd.is_some();
    if args.outside.rpc.is_some() && has_key {
        return Err(usage("`--rpc` lets the endpoint sign, and a key was named as well"));
    }
    Ok(())
}

fn usage(message: &str) -> Failure {
    let help = "see `ambassador-signer sign --help`";
    Failure::new(Exit::Usage, Problem::new("USAGE", message).help(help))
}

/// Signs the open claims by the treasury's key, or lets an endpoint sign them.
fn sign(root: &Path, args: &SignArgs, month: &OpenMonth) -> Result<BTreeMap<AmbassadorIndex, LedgerClaim>, Failure> {
    standing::refuse_other_digests(root, &month.work, &month.frozen, &month.open)?;
    let (text, question) = (month.listing(), format!("Sign these claims of {}?", month.work.settled.month));
    if let Some(url) = &args.outside.rpc {
        let signer =
            outside::expected_signer(args.outside.signer, month.earlier_signer.as_deref(), args.key.new_signer)?;
        confirm(args.consent, &text, &question)?;
        return outside::ask(month, url, &args.outside, signer);
    }
    confirm(args.consent, &text, &question)?;
    let key = open_key(root, &args.key, month.earlier_signer.as_deref())?;
    sign_claims(&month.work, &month.open, &month.frozen, &key)
}

/// Opens the treasury's key.
///
/// # Errors
///
/// [`Exit::Key`]: no such key, a wrong password, or not the key that signed before.
pub(super) fn open_key(root: &Path, options: &KeyOptions, earlier_signer: Option<&str>) -> Result<SecretKey, Failure> {
    let path = options.key.clone().unwrap_or_else(|| root.join("key.json"));
    let key = open_key_file(&path, options)?;
    refuse_other_signer(key.address(), earlier_signer, options.new_signer)
        .map_err(|problem| Failure::new(Exit::Key, problem.file(path)))?;
    Ok(key)
}

/// Opens a key file with the password that the options name.
pub(super) fn open_key_file(path: &Path, options: &KeyOptions) -> Result<SecretKey, Failure> {
    let loaded = keystore::load(path).map_err(|error| key_failure(path, &error))?;
    if let Some(warning) = &loaded.warning {
        say(&format!("warning[{}]: {warning}\n  help: {}\n", warning.code(), warning.help()));
    }
    let source = password_source(path, options.password_file.as_ref(), options.password_fd);
    let password = source.read(Purpose::Open, path).map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    KeyFile::open(&loaded.key_file, &password).map_err(|error| key_failure(path, &error))
}

/// Returns where a password comes from: a flag, else `key.password` beside the key of a demonstration, else the prompt.
pub(super) fn password_source(key: &Path, file: Option<&PathBuf>, descriptor: Option<u32>) -> PasswordSource {
    if let Some(file) = file {
        warn_of_others(file);
        return PasswordSource::File(file.clone());
    }
    if let Some(descriptor) = descriptor {
        return PasswordSource::Descriptor(descriptor);
    }
    let beside = key.with_extension("password");
    if beside.is_file() {
        say(&format!(
            "warning[KEY_FOR_DEMONSTRATION]: the password lies beside the key, in {}: whoever reads the folder can sign\n",
            printable(&beside.display().to_string())
        ));
        return PasswordSource::File(beside);
    }
    PasswordSource::Prompt
}

/// Warns of a password's file that others than its owner may read or change; a pipe has no such file.
fn warn_of_others(file: &Path) {
    let Ok(about) = fs::metadata(file) else { return };
    let mode = about.permissions().mode() & 0o777;
    if about.is_file() && mode & 0o077 != 0 {
        say(&format!(
            "warning[PASSWORD_OPEN_TO_OTHERS]: others may read or change `{}` (mode {mode:03o})\n  \
             help: chmod 600 the file, and choose another password: this one may be known\n",
            printable(&file.display().to_string())
        ));
    }
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
    let separator = domain.separator();
    let signer = key.address();
    let claims = to_sign(work, open, frozen, signer);
    let bar = progress(u64::try_from(claims.len()).unwrap_or_default(), "claims");
    let outcome = parallel::map_chunks(&claims, SecretKey::LARGEST_BATCH, |claims| {
        let digests: Vec<Hash32> = claims.iter().map(|(_, claim)| claim.digest_under(&separator)).collect();
        let signatures = key.sign_batch(&digests)?;
        let documents = claims.iter().zip(digests).zip(signatures).map(|(((index, claim), digest), signature)| {
            let document =
                ClaimDocument::with_digest(&SignedClaim { domain, claim: *claim, signer, signature }, digest);
            (*index, to_record(digest, &document))
        });
        let documents: Vec<(AmbassadorIndex, LedgerClaim)> = documents.collect();
        bar.inc(u64::try_from(claims.len()).unwrap_or_default());
        Ok(documents)
    });
    bar.finish_and_clear();
    let made = outcome.map_err(|error: SigningError| Failure::new(Exit::Key, Problem::of(&error)))?;
    Ok(made.into_iter().collect())
}

//! Outside signers: what they are given to sign, who of them must sign, and the check of what comes back.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, path::PathBuf};

use ambassador_core::{
    address::Address,
    claim::{Claim, Domain},
    contract_signature::ContractSignatureError,
    documents::{
        claim::{ClaimDocument, SignedClaim},
        contract_claim::ContractClaim,
        json as documents,
        typed_data::TypedDataDocument,
    },
    records::AmbassadorIndex,
};
use serde_json::json;

use super::{
    Outcome, endpoint, progress,
    release::{OpenMonth, refuse_other_signer, to_record},
    write_changes,
};
use crate::{
    cli::{ContractOptions, OutsideOptions},
    files::FileWrite,
    ledger::LedgerClaim,
    problem::{Exit, Failure, Problem},
    rpc::{Asking, Endpoint, RpcUrl},
    signing::accept,
};

/// The folder of the programme that typed data is written to.
pub(super) const FOLDER: &str = "typed-data";
/// How much of a file is read where it may hold the signature of a contract, in bytes.
pub(super) const LONGEST_OF_CONTRACT: u64 = 20_000;

/// Writes the open claims for a signer elsewhere; nothing is signed and nothing recorded.
///
/// # Errors
///
/// [`Exit::Disk`]: the folder takes no files.
pub(super) fn export(root: &Path, month: &OpenMonth, dry_run: bool) -> Result<Outcome, Failure> {
    let domain = month.work.domain();
    let folder = PathBuf::from(FOLDER).join(month.work.settled.month.to_string());
    let mut text = month.listing();
    let (mut writes, mut claims, mut batch) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (index, claim) in month.open_claims() {
        let id = month.id(index);
        let path = folder.join(format!("{id}.json"));
        let (message, digest) = (claim.struct_hash().to_string(), claim.digest(&domain).to_string());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{id}  message hash {message}  digest {digest}");
        claims.push(json!({ "id": id, "file": path, "message_hash": message, "digest": digest }));
        let document = TypedDataDocument::of(&claim, &domain);
        writes.push(FileWrite::new(path, document.to_bytes()));
        batch.insert(id, document);
    }
    let all = folder.with_extension("json");
    if !batch.is_empty() {
        writes.push(FileWrite::new(&all, documents::to_bytes(&batch)));
    }
    let domain_hash = domain.separator().to_string();
    let _ = if writes.is_empty() {
        writeln!(text, "nothing is left to sign")
    } else {
        writeln!(text, "domain hash {domain_hash}")
    };
    let (list, files) = write_changes(root, &root.join(&folder), &writes, dry_run)?;
    let json = json!({ "signed": false, "domain_hash": domain_hash, "claims": claims, "batch": all, "files": files });
    Ok(Outcome::new(text + &list, json))
}

/// Returns who must sign: the one that is named, else the one that signed before.
///
/// # Errors
///
/// [`Exit::Key`]: nobody is named and nobody signed before, or another one did.
pub(super) fn expected_signer(
    named: Option<Address>,
    earlier: Option<&str>,
    new_signer: bool,
) -> Result<Address, Failure> {
    let known = earlier.filter(|_| !new_signer).and_then(|earlier| earlier.parse().ok());
    let Some(signer) = named.or(known) else {
        let problem = Problem::new("SIGNER_UNKNOWN", "nobody is named who must sign, and nobody signed before");
        return Err(Failure::new(Exit::Key, problem.help("name the contract's signer with `--signer ADDRESS`")));
    };
    refuse_other_signer(signer, earlier, new_signer).map_err(|problem| Failure::new(Exit::Key, problem))?;
    Ok(signer)
}

/// Lets an endpoint sign the open claims, one after the other; every answer is checked.
///
/// # Errors
///
/// [`Exit::Key`]: the endpoint is of another chain, does not sign, or not as this signer.
pub(super) fn ask(
    month: &OpenMonth,
    url: &RpcUrl,
    options: &OutsideOptions,
    signer: Address,
) -> Result<BTreeMap<AmbassadorIndex, LedgerClaim>, Failure> {
    let domain = month.work.domain();
    let endpoint = endpoint::open(url, options.timeout, Asking::Once, domain.chain_id, Exit::Key)?;
    let claims = month.to_sign(signer);
    let bar = progress(u64::try_from(claims.len()).unwrap_or_default(), "claims");
    let sign = |(index, claim): (AmbassadorIndex, Claim)| {
        let id = month.id(index);
        let record = ask_one(&endpoint, &domain, &claim, signer)
            .map_err(|problem| Failure::new(Exit::Key, problem.column(format!("claim of {id}"))))?;
        bar.inc(1);
        Ok((index, record))
    };
    let records = claims.into_iter().map(sign).collect();
    bar.finish_and_clear();
    records
}

/// Lets an endpoint sign one claim; returns what the ledger records.
///
/// # Errors
///
/// It does not sign, or not as this signer.
pub(super) fn ask_one(
    endpoint: &Endpoint,
    domain: &Domain,
    claim: &Claim,
    signer: Address,
) -> Result<LedgerClaim, Problem> {
    let typed_data = TypedDataDocument::of(claim, domain).to_bytes();
    let answer = endpoint.sign_typed_data(signer, &String::from_utf8_lossy(&typed_data));
    of_key(domain, claim, signer, &answer.map_err(|error| Problem::of(&error))?)
}

/// Checks the signature of a key; returns what the ledger records.
///
/// # Errors
///
/// It is not in its one form, or not this signer's of this claim.
pub(super) fn of_key(domain: &Domain, claim: &Claim, signer: Address, signature: &str) -> Result<LedgerClaim, Problem> {
    let digest = claim.digest(domain);
    let signature = accept(signature, &digest, signer).map_err(|error| Problem::of(&error))?;
    let claim = SignedClaim { domain: *domain, claim: *claim, signer, signature };
    Ok(to_record(digest, &ClaimDocument::of(&claim)))
}

/// Asks a contract whether it signed; returns what the ledger records.
///
/// # Errors
///
/// The text is no signature, or the contract did not sign this claim.
pub(super) fn of_contract(
    domain: &Domain,
    claim: &Claim,
    (signer, endpoint): (Address, &Endpoint),
    signature: &str,
) -> Result<LedgerClaim, Problem> {
    let digest = claim.digest(domain);
    let signature = signature.parse().map_err(|error: ContractSignatureError| Problem::of(&error))?;
    endpoint.check_contract_signature(signer, &digest, &signature).map_err(|error| Problem::of(&error))?;
    let claim = ContractClaim { domain: *domain, claim: *claim, signer, signature };
    Ok(to_record(digest, &ClaimDocument::of_contract(&claim)))
}

/// A signer elsewhere, and how it is known that it signed.
#[derive(Debug)]
pub(super) enum OutsideSigner {
    /// Its signature leads back to its address.
    Key(Address),
    /// A contract (ERC-1271), which is asked.
    Contract(Address, Endpoint),
}

impl OutsideSigner {
    /// Makes a signer that is asked where an endpoint is named.
    ///
    /// # Errors
    ///
    /// [`Exit::Key`]: the endpoint does not answer, or is of another chain.
    pub(super) fn new(address: Address, options: &ContractOptions, month: &OpenMonth) -> Result<Self, Failure> {
        let Some(url) = &options.rpc else { return Ok(Self::Key(address)) };
        let chain_id = month.work.domain().chain_id;
        Ok(Self::Contract(address, endpoint::open(url, options.timeout, Asking::Again, chain_id, Exit::Key)?))
    }

    /// Returns its address.
    pub(super) const fn address(&self) -> Address {
        match self {
            Self::Key(address) | Self::Contract(address, _) => *address,
        }
    }

    /// Returns how much of a file is read, in bytes: more than any signature has in hexadecimal digits.
    pub(super) const fn longest_file(&self) -> u64 {
        match self {
            Self::Key(_) => 256,
            Self::Contract(..) => LONGEST_OF_CONTRACT,
        }
    }

    /// Checks a signature of a claim; returns what the ledger records.
    ///
    /// # Errors
    ///
    /// It is not in its one form, or not this signer's of this claim.
    pub(super) fn check(&self, month: &OpenMonth, claim: Claim, signature: &str) -> Result<LedgerClaim, Problem> {
        let domain = month.work.domain();
        match self {
            Self::Key(signer) => of_key(&domain, &claim, *signer, signature),
            Self::Contract(signer, endpoint) => of_contract(&domain, &claim, (*signer, endpoint), signature),
        }
    }
}

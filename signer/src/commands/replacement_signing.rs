//! How a claim in the place of others is signed: by the treasury's key, by an account of the endpoint, or elsewhere.

use std::path::{Path, PathBuf};

use ambassador_core::{
    address::Address,
    documents::{
        claim::{ClaimDocument, SignedClaim},
        typed_data::TypedDataDocument,
    },
};
use serde_json::{Value, json};

use super::{
    Outcome, attach,
    outside::{self, LONGEST_OF_CONTRACT, ask_one, expected_signer, of_contract, of_key},
    release::{refuse_other_signer, to_record},
    sign::open_key,
    write_changes,
};
use crate::{
    chain::{issued::Issued, reading::View},
    cli::{KeyOptions, ReplacementOptions},
    files::FileWrite,
    ledger::LedgerClaim,
    problem::{Exit, Failure, Problem},
    replacement_files::{self, folder_name},
    rpc::{Endpoint, RpcError},
};

/// What becomes of a claim that may be issued.
pub(super) enum Order<'a> {
    /// Its typed data is written for a signer elsewhere.
    Export,
    /// It is signed.
    Sign(By<'a>),
}

/// Who signs, and what is needed for it.
pub(super) struct By<'a> {
    /// The treasury's key, and whether the signer is a new one.
    pub(super) key: &'a KeyOptions,
    way: Way<'a>,
    /// The endpoint of the contract's chain.
    endpoint: &'a Endpoint,
}

/// The ways to sign.
enum Way<'a> {
    /// The treasury's key signs.
    Key,
    /// An account of the endpoint signs.
    Account(Address),
    /// A signer elsewhere signed, a key or a contract: the one that is named, else the one that signed before.
    Elsewhere(&'a Path, Option<Address>),
}

impl<'a> Order<'a> {
    /// Returns what the options ask for; the command line lets no two of them stand together.
    pub(super) fn of(
        options: &'a ReplacementOptions,
        typed_data: bool,
        signer: Option<Address>,
        (key, endpoint): (&'a KeyOptions, &'a Endpoint),
    ) -> Self {
        let way = match (&options.signature, signer) {
            _ if typed_data => return Self::Export,
            (Some(file), signer) => Way::Elsewhere(file, signer),
            (None, Some(signer)) => Way::Account(signer),
            (None, None) => Way::Key,
        };
        Self::Sign(By { key, way, endpoint })
    }
}

impl By<'_> {
    /// Signs a claim; returns what the ledger records.
    ///
    /// # Errors
    ///
    /// [`Exit::Key`]: it is not signed, or by another signer than the earlier claims.
    pub(super) fn sign(
        &self,
        root: &Path,
        issued: &Issued,
        view: &View,
        earlier: Option<&str>,
    ) -> Result<LedgerClaim, Failure> {
        let Issued { domain, claim, .. } = issued;
        let key_failure = |problem: Problem| Failure::new(Exit::Key, problem);
        match &self.way {
            Way::Key => {
                let key = open_key(root, self.key, earlier)?;
                let digest = claim.digest(domain);
                let signature = key.sign(&digest).map_err(|error| key_failure(Problem::of(&error)))?;
                let claim = SignedClaim { domain: *domain, claim: *claim, signer: key.address(), signature };
                Ok(to_record(digest, &ClaimDocument::of(&claim)))
            }
            Way::Account(signer) => {
                refuse_other_signer(*signer, earlier, self.key.new_signer).map_err(key_failure)?;
                ask_one(self.endpoint, domain, claim, *signer).map_err(key_failure)
            }
            Way::Elsewhere(file, named) => {
                let signer = expected_signer(*named, earlier, self.key.new_signer)?;
                // Only what lives on the chain can be asked; everybody else has a key.
                let is_contract = match self.endpoint.check_code(signer, &view.block) {
                    Ok(()) => true,
                    Err(RpcError::NoCode { .. }) => false,
                    Err(error) => return Err(key_failure(Problem::of(&error))),
                };
                let checked = attach::read(file, LONGEST_OF_CONTRACT).and_then(|text| {
                    if is_contract {
                        return of_contract(domain, claim, (signer, self.endpoint), &text);
                    }
                    of_key(domain, claim, signer, &text)
                });
                checked.map_err(|problem| key_failure(problem.file(file)))
            }
        }
    }
}

/// Writes a claim for a signer elsewhere; nothing is signed and nothing recorded.
///
/// # Errors
///
/// [`Exit::Disk`]: the folder takes no files.
pub(super) fn export(root: &Path, issued: &Issued, text: String, mut json: Value) -> Result<Outcome, Failure> {
    let Issued { domain, claim, id, .. } = issued;
    let digest = claim.digest(domain);
    let folder = PathBuf::from(outside::FOLDER).join(replacement_files::FOLDER).join(id);
    let path = folder.join(format!("{}.json", folder_name(digest)));
    let (domain_hash, message) = (domain.separator().to_string(), claim.struct_hash().to_string());
    let writes = [FileWrite::new(path.clone(), TypedDataDocument::of(claim, domain).to_bytes())];
    let (list, files) = write_changes(root, &root.join(&folder), &writes, false)?;
    let said = format!("{id}  message hash {message}  digest {digest}\ndomain hash {domain_hash}\n");
    if let Some(object) = json.as_object_mut() {
        for (name, value) in [("domain_hash", json!(domain_hash)), ("message_hash", json!(message))] {
            object.insert(name.to_owned(), value);
        }
        object.insert("file".to_owned(), json!(path));
        object.insert("files".to_owned(), files);
    }
    Ok(Outcome::new(text + &said + &list, json))
}

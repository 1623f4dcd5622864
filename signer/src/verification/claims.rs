//! The claims of a month's folder, and who signed them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use ambassador_core::{
    address::Address,
    claim::{Claim, Domain},
    contract_signature::ContractSignatureError,
    documents::{
        claim::{ClaimDocument, SignedClaim},
        contract_claim::ContractClaim,
    },
    records::AmbassadorIndex,
    signature::Signature,
};

use super::missing;
use crate::{difference, files, month::MonthWork, problem::Problem, rpc::Endpoint, signing::recover};

/// Who may have signed, and who can be asked.
#[derive(Clone, Copy, Debug)]
pub struct Signers<'a> {
    /// The address that must have signed, if one is named.
    pub named: Option<Address>,
    /// Where a signer that is a contract is asked.
    pub endpoint: Option<&'a Endpoint>,
}

impl Signers<'_> {
    /// Asks the contract that is said to have signed a claim.
    ///
    /// # Errors
    ///
    /// It did not, or it cannot be asked.
    pub fn ask(&self, signed: &ContractClaim) -> Result<(), Problem> {
        let problem = match self.endpoint {
            None => {
                let contract = signed.signer;
                let message =
                    format!("the signer `{contract}` is a contract, and only the chain can ask it whether it signed");
                Problem::new("SIGNATURE_UNCHECKED", message)
                    .help("repeat with `--rpc URL`, an endpoint of the claim's chain")
            }
            Some(endpoint) => {
                let digest = signed.claim.digest(&signed.domain);
                let asked = endpoint
                    .check_chain(signed.domain.chain_id)
                    .and_then(|()| endpoint.check_contract_signature(signed.signer, &digest, &signed.signature));
                let Err(error) = asked else { return Ok(()) };
                Problem::of(&error)
            }
        };
        Err(problem.column("signature"))
    }
}

pub(super) fn compare_claims(
    folder: &Path,
    work: &MonthWork,
    signers: Signers<'_>,
    expected: &mut BTreeSet<PathBuf>,
    problems: &mut Vec<Problem>,
) -> usize {
    let claims: Vec<(AmbassadorIndex, Claim, PathBuf)> = work
        .statements
        .iter()
        .filter_map(|(index, statement)| {
            let path = folder.join(format!("claims/{}.json", statement.document.ambassador.id));
            Some((*index, statement.claim?, path))
        })
        .collect();
    // A month is signed as a whole, so either every claim is there or none.
    if !claims.iter().any(|(_, _, path)| path.exists()) {
        return 0;
    }
    let mut met = BTreeMap::new();
    for (index, claim, path) in &claims {
        expected.insert(path.clone());
        match compare_claim(path, claim, &work.domain(), signers) {
            Ok(found) => {
                met.insert(*index, (found, path));
            }
            Err(problem) => problems.push(problem),
        }
    }
    let agreed = signers.named.or_else(|| met.values().next().map(|(found, _)| *found));
    for (found, path) in met.values().filter(|(found, _)| Some(*found) != agreed) {
        let agreed = agreed.map(|agreed| agreed.to_string()).unwrap_or_default();
        let message = format!("the claim is signed by `{found}`, not by `{agreed}`");
        problems.push(Problem::new("SIGNER", message).file(*path).column("signer").help("do not redeem this claim"));
    }
    claims.len()
}

/// Compares a claim with the one that the statement leads to; returns who signed it.
pub(super) fn compare_claim(
    path: &Path,
    claim: &Claim,
    domain: &Domain,
    signers: Signers<'_>,
) -> Result<Address, Problem> {
    let bytes = files::read(path).map_err(|error| missing(path, &error))?;
    let document = ClaimDocument::from_bytes(&bytes).map_err(|error| Problem::of_document(&error).file(path))?;
    let stated = document.signer.parse::<Address>();
    let signer = stated.map_err(|error| Problem::of(&error).file(path).column("signer"))?;
    let unreadable = |problem: Problem| problem.file(path).column("signature");
    if document.is_of_contract() {
        let signature = document.signature.parse();
        let signature = signature.map_err(|error: ContractSignatureError| unreadable(Problem::of(&error)))?;
        let expected = ContractClaim { domain: *domain, claim: *claim, signer, signature };
        compare_bytes(path, &ClaimDocument::of_contract(&expected).to_bytes(), &bytes)?;
        signers.ask(&expected).map_err(|problem| problem.file(path))?;
        return Ok(signer);
    }
    let signature = document.signature.parse::<Signature>();
    let signature = signature.map_err(|error| unreadable(Problem::of(&error)))?;
    let expected = ClaimDocument::of(&SignedClaim { domain: *domain, claim: *claim, signer, signature });
    let recovered = recover(&claim.digest(domain), &signature).ok();
    if recovered != Some(signer) {
        // The calldata carries the signature a second time, which tells a changed signature from a changed signer.
        let column = if document.calldata == expected.calldata { "signer" } else { "signature" };
        let found = recovered.map_or_else(|| "nobody".to_owned(), |address| address.to_string());
        return Err(wrong(path, column, format!("the signature is of `{found}`, not of `{signer}`")));
    }
    compare_bytes(path, &expected.to_bytes(), &bytes)?;
    Ok(signer)
}

fn compare_bytes(path: &Path, expected: &[u8], found: &[u8]) -> Result<(), Problem> {
    if let Some((column, should, is)) = difference::between(expected, found).into_iter().next() {
        return Err(wrong(path, &column, format!("`{is}` stands where `{should}` belongs")));
    }
    if expected != found {
        return Err(wrong(path, "", "the claim is written in another form than it was signed in".to_owned()));
    }
    Ok(())
}

fn wrong(path: &Path, column: &str, message: String) -> Problem {
    let problem = Problem::new("FIELD_MISMATCH", message).file(path).column(column);
    problem.help("the file was changed, or is of another month: fetch it again")
}

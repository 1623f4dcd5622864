//! `ambassador-claim/1` of a contract signer (ERC-1271): the same document, whose signature has any length.
//!
//! Its calldata is that of `redeem(Claim,bytes)`, which tells it from a claim that a key signed.

use alloc::{
    format,
    string::{String, ToString},
};

use super::{
    claim::{ClaimDocument, expect_equal},
    json::{DocumentError, field},
};
use crate::{
    address::Address,
    calldata,
    claim::{Claim, Domain},
    contract_signature::ContractSignature,
};

/// A claim with the signature of a contract, whose digest and calldata were checked; whether it signed, only it can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractClaim {
    /// Where it can be redeemed.
    pub domain: Domain,
    /// What can be redeemed.
    pub claim: Claim,
    /// The contract that is said to have signed.
    pub signer: Address,
    /// The signature.
    pub signature: ContractSignature,
}

impl ClaimDocument {
    /// Writes down a claim that a contract signed.
    pub fn of_contract(signed: &ContractClaim) -> Self {
        let ContractClaim { domain, claim, signer, signature } = signed;
        Self::written(domain, claim, claim.digest(domain), *signer, signature, to_calldata(claim, signature))
    }

    /// Returns whether the document says that a contract signed it.
    pub fn is_of_contract(&self) -> bool {
        let selector = format!("0x{}", hex::encode(calldata::redeem_with_bytes_selector()));
        self.calldata.starts_with(&selector)
    }

    /// Reads every field of a claim that a contract signed, and checks digest and calldata against the others.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others.
    pub fn to_contract_claim(&self) -> Result<ContractClaim, DocumentError> {
        let (domain, claim) = self.to_claim()?;
        let signer = field(|| "signer".to_string(), &self.signer)?;
        let signature = field(|| "signature".to_string(), &self.signature)?;
        expect_equal("calldata", &self.calldata, &to_calldata(&claim, &signature))?;
        Ok(ContractClaim { domain, claim, signer, signature })
    }
}

fn to_calldata(claim: &Claim, signature: &ContractSignature) -> String {
    format!("0x{}", hex::encode(calldata::redeem_with_bytes(claim, signature.as_bytes())))
}

//! `ambassador-claim/1`: a signed claim as it is published and redeemed.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::json::{self, DocumentError, field};
use crate::{
    address::Address,
    calendar::Month,
    calldata,
    claim::{Claim, DOMAIN_NAME, DOMAIN_VERSION, Domain, MonthRange},
    diagnostic::Diagnostic,
    hash::Hash32,
    records::AmbassadorIndex,
    signature::Signature,
    token::TokenAmount,
};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-claim/1";

/// A signed claim, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of `SignedClaim`, as text")]
pub struct ClaimDocument {
    pub schema: String,
    pub domain: DomainPart,
    pub claim: ClaimPart,
    pub digest: String,
    pub signer: String,
    pub signature: String,
    pub calldata: String,
}

/// The EIP-712 domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of EIP-712")]
pub struct DomainPart {
    pub name: String,
    pub version: String,
    pub chain_id: u64,
    pub verifying_contract: String,
}

/// The EIP-712 message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the claim type")]
pub struct ClaimPart {
    pub account: String,
    pub index: String,
    pub from: String,
    pub to: String,
    pub amount: String,
    pub valid_until: String,
    pub statement: String,
}

/// A claim with its signature, whose digest and calldata were checked; who signed is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedClaim {
    /// Where it can be redeemed.
    pub domain: Domain,
    /// What can be redeemed.
    pub claim: Claim,
    /// Who is said to have signed; only a recovery shows it.
    pub signer: Address,
    /// The signature.
    pub signature: Signature,
}

impl DomainPart {
    /// Writes a domain down.
    pub fn of(domain: &Domain) -> Self {
        Self {
            name: DOMAIN_NAME.to_string(),
            version: DOMAIN_VERSION.to_string(),
            chain_id: domain.chain_id,
            verifying_contract: domain.verifying_contract.to_string(),
        }
    }

    /// Reads a domain; `path` is that of this part.
    pub(super) fn to_domain(&self, path: &str) -> Result<Domain, DocumentError> {
        expect_equal(&format!("{path}.name"), &self.name, DOMAIN_NAME)?;
        expect_equal(&format!("{path}.version"), &self.version, DOMAIN_VERSION)?;
        let verifying_contract = field(|| format!("{path}.verifyingContract"), &self.verifying_contract)?;
        Ok(Domain { chain_id: self.chain_id, verifying_contract })
    }
}

impl ClaimPart {
    /// Writes a claim down.
    pub fn of(claim: &Claim) -> Self {
        Self {
            account: claim.account.to_string(),
            index: claim.index.to_string(),
            from: claim.months.from().as_number().to_string(),
            to: claim.months.to().as_number().to_string(),
            amount: claim.amount.to_string(),
            valid_until: claim.deadline.to_string(),
            statement: claim.statement.to_string(),
        }
    }
}

impl ClaimDocument {
    /// Writes a signed claim down.
    pub fn of(signed: &SignedClaim) -> Self {
        Self::with_digest(signed, signed.claim.digest(&signed.domain))
    }

    /// Writes a signed claim down, given the digest that was signed: that of the claim under its domain.
    pub fn with_digest(signed: &SignedClaim, digest: Hash32) -> Self {
        let SignedClaim { domain, claim, signer, signature } = signed;
        Self::written(domain, claim, digest, *signer, signature, to_calldata(claim, signature))
    }

    /// Writes down a claim, whoever signed it.
    pub(super) fn written(
        domain: &Domain,
        claim: &Claim,
        digest: Hash32,
        signer: Address,
        signature: &impl ToString,
        calldata: String,
    ) -> Self {
        Self {
            schema: SCHEMA.to_string(),
            domain: DomainPart::of(domain),
            claim: ClaimPart::of(claim),
            digest: digest.to_string(),
            signer: signer.to_string(),
            signature: signature.to_string(),
            calldata,
        }
    }

    /// Returns the bytes that are published.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Reads a claim from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no claim document.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = json::from_bytes_without_lists(bytes)?;
        json::check_schema(&document.schema, SCHEMA)?;
        Ok(document)
    }

    /// Reads every field of a claim that a key signed, and checks digest and calldata against the others.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others, or a contract signed.
    pub fn to_signed_claim(&self) -> Result<SignedClaim, DocumentError> {
        let (domain, claim) = self.to_claim()?;
        let signer = field(|| "signer".to_string(), &self.signer)?;
        if self.is_of_contract() {
            return Err(DocumentError::Field {
                path: "signature".to_string(),
                code: "SIGNATURE_OF_CONTRACT",
                message: format!(
                    "the signer `{signer}` is a contract, and only the chain can ask it whether it signed"
                ),
                help: "let `verify --rpc` ask it".to_string(),
            });
        }
        let signature = field(|| "signature".to_string(), &self.signature)?;
        expect_equal("calldata", &self.calldata, &to_calldata(&claim, &signature))?;
        Ok(SignedClaim { domain, claim, signer, signature })
    }

    /// Reads what was signed, and checks the digest.
    pub(super) fn to_claim(&self) -> Result<(Domain, Claim), DocumentError> {
        let path = |path: &'static str| move || path.to_string();
        let domain = self.domain.to_domain("domain")?;
        let months = MonthRange::new(month("claim.from", &self.claim.from)?, month("claim.to", &self.claim.to)?);
        let claim = Claim {
            account: field(path("claim.account"), &self.claim.account)?,
            index: AmbassadorIndex::new(integer("claim.index", &self.claim.index)?),
            months: months.map_err(|error| DocumentError::Field {
                path: "claim.to".to_string(),
                code: error.code(),
                message: error.to_string(),
                help: error.help(),
            })?,
            amount: field::<TokenAmount>(path("claim.amount"), &self.claim.amount)?,
            deadline: integer("claim.validUntil", &self.claim.valid_until)?,
            statement: field::<Hash32>(path("claim.statement"), &self.claim.statement)?,
        };
        if claim.amount.is_zero() {
            return Err(DocumentError::Field {
                path: "claim.amount".to_string(),
                code: "CLAIM_ZERO",
                message: "a claim of nothing".to_string(),
                help: "the contract pays amounts above zero".to_string(),
            });
        }
        expect_equal("digest", &self.digest, &claim.digest(&domain).to_string())?;
        Ok((domain, claim))
    }
}

fn to_calldata(claim: &Claim, signature: &Signature) -> String {
    format!("0x{}", hex::encode(calldata::redeem(claim, signature)))
}

pub(super) fn expect_equal(path: &str, found: &str, expected: &str) -> Result<(), DocumentError> {
    if found == expected {
        return Ok(());
    }
    Err(DocumentError::Mismatch { path: path.to_string(), found: found.to_string(), expected: expected.to_string() })
}

/// Reads an unsigned integer without leading zeros that fits its type.
pub(super) fn integer<T: TryFrom<u128>>(path: &str, text: &str) -> Result<T, DocumentError> {
    let number: TokenAmount = field(|| path.to_string(), text)?;
    T::try_from(number.as_base_units()).map_err(|_| DocumentError::Field {
        path: path.to_string(),
        code: "NUMBER_TOO_LARGE",
        message: format!("`{text}` is larger than any such number"),
        help: "the file was changed or damaged: fetch it again from its source".to_string(),
    })
}

fn month(path: &'static str, text: &str) -> Result<Month, DocumentError> {
    let number: u32 = integer(path, text)?;
    Month::from_number(number).ok_or_else(|| DocumentError::Field {
        path: path.to_string(),
        code: "TIME_RANGE",
        message: format!("`{text}` is no month before 2200"),
        help: "write the number of months since 1970-01".to_string(),
    })
}

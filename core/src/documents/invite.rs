//! `ambassador-invite/1`: an invite as the ambassador signed it.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    claim::{DomainPart, expect_equal, integer},
    json::{self, DocumentError, field},
};
use crate::{
    calendar::Instant,
    contract_signature::ContractSignature,
    invite::{Invite, SignedInvite},
    signature::Signature,
};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-invite/1";

/// A signed invite, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of `SignedInvite`, as text")]
pub struct InviteDocument {
    pub schema: String,
    pub domain: DomainPart,
    pub invite: InvitePart,
    pub digest: String,
    pub signature: String,
}

/// The EIP-712 message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the invite type")]
pub struct InvitePart {
    pub ambassador: String,
    pub creator: String,
    pub terms: String,
    pub expires: String,
}

impl InvitePart {
    /// Writes an invite down.
    pub fn of(invite: &Invite) -> Self {
        Self {
            ambassador: invite.ambassador.to_string(),
            creator: invite.creator.to_string(),
            terms: invite.terms.to_string(),
            expires: invite.expires.to_unix_seconds().to_string(),
        }
    }

    /// Reads an invite; `path` is that of this part.
    fn to_invite(&self, path: &str) -> Result<Invite, DocumentError> {
        let at = |name: &'static str| move || format!("{path}.{name}");
        Ok(Invite {
            ambassador: field(at("ambassador"), &self.ambassador)?,
            creator: field(at("creator"), &self.creator)?,
            terms: field(at("terms"), &self.terms)?,
            expires: instant(&format!("{path}.expires"), &self.expires)?,
        })
    }
}

impl InviteDocument {
    /// Writes a signed invite down.
    pub fn of(signed: &SignedInvite) -> Self {
        Self {
            schema: SCHEMA.to_string(),
            domain: DomainPart::of(&signed.domain),
            invite: InvitePart::of(&signed.invite),
            digest: signed.digest().to_string(),
            signature: signed.signature.to_string(),
        }
    }

    /// Returns the bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Reads an invite from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no invite document.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = json::from_bytes_without_lists(bytes)?;
        json::check_schema(&document.schema, SCHEMA)?;
        Ok(document)
    }

    /// Reads every field, and checks the digest against the others; who signed, only a recovery shows.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others, or the signature is a contract's.
    pub fn to_signed_invite(&self) -> Result<SignedInvite, DocumentError> {
        self.read("")
    }

    /// Reads every field of an invite that stands at `prefix`, such as `invite.`.
    pub(super) fn read(&self, prefix: &str) -> Result<SignedInvite, DocumentError> {
        let domain = self.domain.to_domain(&format!("{prefix}domain"))?;
        let invite = self.invite.to_invite(&format!("{prefix}invite"))?;
        expect_equal(&format!("{prefix}digest"), &self.digest, &invite.digest(&domain).to_string())?;
        let signature = signature(&format!("{prefix}signature"), &self.signature)?;
        Ok(SignedInvite { domain, invite, signature })
    }
}

/// Reads whole unix seconds.
pub(super) fn instant(path: &str, text: &str) -> Result<Instant, DocumentError> {
    let seconds: u64 = integer(path, text)?;
    let instant = i64::try_from(seconds).ok().and_then(Instant::from_unix_seconds);
    instant.ok_or_else(|| DocumentError::Field {
        path: path.to_string(),
        code: "TIME_RANGE",
        message: format!("`{text}` is no time before 2200"),
        help: "write unix seconds, not milliseconds".to_string(),
    })
}

/// Reads the signature of an account; one of any other length is a contract's.
pub(super) fn signature(path: &str, text: &str) -> Result<Signature, DocumentError> {
    const LENGTH: usize = 65;
    let bytes: ContractSignature = field(|| path.to_string(), text)?;
    if bytes.as_bytes().len() == LENGTH {
        return field(|| path.to_string(), text);
    }
    Err(DocumentError::Field {
        path: path.to_string(),
        code: "SIGNATURE_OF_CONTRACT",
        message: format!("the signature has {} bytes, as a contract's may have", bytes.as_bytes().len()),
        help: "a contract (ERC-1271) cannot be asked without its chain: let an account with a key sign, or ask it and write the times into `referrals.csv`".to_string(),
    })
}

//! `ambassador-acceptance/1`: an acceptance as the creator signed it, with the invite that it accepts.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    claim::expect_equal,
    invite::{InviteDocument, instant, signature},
    json::{self, DocumentError, field},
};
use crate::invite::{Acceptance, SignedAcceptance};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-acceptance/1";

/// A signed acceptance, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of `SignedAcceptance`, as text")]
pub struct AcceptanceDocument {
    pub schema: String,
    pub invite: InviteDocument,
    pub acceptance: AcceptancePart,
    pub digest: String,
    pub signature: String,
}

/// The EIP-712 message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of the acceptance type")]
pub struct AcceptancePart {
    pub invite: String,
    pub creator: String,
    pub coin: String,
    pub account: String,
    pub accepted_at: String,
}

impl AcceptancePart {
    /// Writes an acceptance down.
    pub fn of(acceptance: &Acceptance) -> Self {
        Self {
            invite: acceptance.invite.to_string(),
            creator: acceptance.creator.to_string(),
            coin: acceptance.coin.to_string(),
            account: acceptance.account.to_string(),
            accepted_at: acceptance.accepted_at.to_unix_seconds().to_string(),
        }
    }

    fn to_acceptance(&self) -> Result<Acceptance, DocumentError> {
        let at = |path: &'static str| move || path.to_string();
        Ok(Acceptance {
            invite: field(at("acceptance.invite"), &self.invite)?,
            creator: field(at("acceptance.creator"), &self.creator)?,
            coin: field(at("acceptance.coin"), &self.coin)?,
            account: field(at("acceptance.account"), &self.account)?,
            accepted_at: instant("acceptance.acceptedAt", &self.accepted_at)?,
        })
    }
}

impl AcceptanceDocument {
    /// Writes a signed acceptance down.
    pub fn of(signed: &SignedAcceptance) -> Self {
        Self {
            schema: SCHEMA.to_string(),
            invite: InviteDocument::of(&signed.invite),
            acceptance: AcceptancePart::of(&signed.acceptance),
            digest: signed.digest().to_string(),
            signature: signed.signature.to_string(),
        }
    }

    /// Returns the bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Reads an acceptance from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no acceptance document.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = json::from_bytes_without_lists(bytes)?;
        json::check_schema(&document.schema, SCHEMA)?;
        json::check_schema(&document.invite.schema, super::invite::SCHEMA)?;
        Ok(document)
    }

    /// Reads every field, and checks both digests against the others; who signed, only recoveries show.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others, or a signature is a contract's.
    pub fn to_signed_acceptance(&self) -> Result<SignedAcceptance, DocumentError> {
        let invite = self.invite.read("invite.")?;
        let acceptance = self.acceptance.to_acceptance()?;
        expect_equal("acceptance.invite", &self.acceptance.invite, &invite.digest().to_string())?;
        expect_equal("acceptance.creator", &self.acceptance.creator, invite.invite.creator.as_str())?;
        expect_equal("digest", &self.digest, &acceptance.digest(&invite.domain).to_string())?;
        let signature = signature("signature", &self.signature)?;
        Ok(SignedAcceptance { invite, acceptance, signature })
    }
}

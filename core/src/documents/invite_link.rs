//! The part of a link that carries a signed invite: hexadecimal digits, so that it needs no server and no escapes.
//!
//! A version, `expires`, ambassador, terms hash, signature (EIP-2098) and the creator's id stand behind each other.
//! The programme is not written out: the terms whose hash it carries name chain and contract.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    calendar::Instant,
    claim::Domain,
    diagnostic::Diagnostic,
    hash::Hash32,
    identifier::CreatorId,
    invite::{Invite, SignedInvite},
    inviting::InviteError,
    signature::Signature,
    terms::TermsHistory,
};

const VERSION: u8 = 1;

/// Why a text is no invite.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InviteLinkError {
    /// The text is cut, changed, or something else.
    #[error("the link carries no whole invite")]
    Text,
    /// It is of a programme with other terms.
    #[error(transparent)]
    Invite(#[from] InviteError),
}

impl Diagnostic for InviteLinkError {
    fn code(&self) -> &'static str {
        match self {
            Self::Text => "INVITE_LINK",
            Self::Invite(error) => error.code(),
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Text => "open the whole link again, or ask the ambassador for it".to_string(),
            Self::Invite(error) => error.help(),
        }
    }
}

/// Returns what the link of a signed invite carries.
pub fn to_link(signed: &SignedInvite) -> String {
    let SignedInvite { invite, signature, .. } = signed;
    let expires = invite.expires.to_unix_seconds().to_be_bytes();
    let parts: [&[u8]; 7] = [
        &[VERSION],
        &expires,
        invite.ambassador.as_bytes(),
        invite.terms.as_bytes(),
        signature.r(),
        &signature.to_vs(),
        invite.creator.as_str().as_bytes(),
    ];
    hex::encode(parts.concat())
}

/// Reads what a link carries; the terms of its hash give chain and contract.
///
/// # Errors
///
/// It is no invite, or names terms that are not among these.
pub fn from_link(text: &str, history: &TermsHistory) -> Result<SignedInvite, InviteLinkError> {
    let (invite, signature) = read(text).ok_or(InviteLinkError::Text)?;
    let named = history.versions().iter().find(|terms| terms.hash() == invite.terms);
    let terms = named.ok_or(InviteError::TermsUnknown { terms: invite.terms })?;
    Ok(SignedInvite { domain: Domain::of(terms), invite, signature })
}

fn read(text: &str) -> Option<(Invite, Signature)> {
    // One invite has one link.
    let bytes: Vec<u8> = hex::decode(text).ok().filter(|_| !text.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    let (version, rest) = bytes.split_first()?;
    let (expires, rest) = rest.split_first_chunk::<8>()?;
    let (ambassador, rest) = rest.split_first_chunk::<20>()?;
    let (terms, rest) = rest.split_first_chunk::<32>()?;
    let (r, rest) = rest.split_first_chunk::<32>()?;
    let (vs, creator) = rest.split_first_chunk::<32>()?;
    let invite = Invite {
        ambassador: Address::from_bytes(*ambassador)?,
        creator: core::str::from_utf8(creator).ok()?.parse::<CreatorId>().ok()?,
        terms: Hash32::from_bytes(*terms),
        expires: Instant::from_unix_seconds(i64::from_be_bytes(*expires))?,
    };
    let signature = Signature::from_words(*r, *vs).ok()?;
    (*version == VERSION).then_some((invite, signature))
}

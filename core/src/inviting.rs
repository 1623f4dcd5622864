//! Whether an invite or an acceptance can stand under a programme's terms, and what is signed at an instant.

use alloc::{
    format,
    string::{String, ToString},
};

use crate::{
    address::Address,
    calendar::{Days, Instant},
    claim::Domain,
    diagnostic::Diagnostic,
    hash::Hash32,
    identifier::{CoinId, CreatorId},
    invite::{Acceptance, Invite, SignedInvite},
    terms::{Terms, TermsHistory},
};

/// Why an invite or an acceptance is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum InviteError {
    #[error("the {what} is signed by `{}`, not by `{stated}`", found.as_ref().map_or("nobody".to_string(), ToString::to_string))]
    Foreign { what: &'static str, stated: Address, found: Option<Address> },
    #[error("the invite names the terms `{terms}`, which this programme does not have")]
    TermsUnknown { terms: Hash32 },
    #[error("the invite names version {named} of the terms, and version {governing} was in force at {at}")]
    TermsReplaced { named: u32, governing: u32, at: Instant },
    #[error("no terms were in force at {at}")]
    NoTerms { at: Instant },
    #[error(
        "the invite is for the contract `{}` on the chain `{}`, and its terms are of `{}` on `{}`",
        found.verifying_contract, found.chain_id, expected.verifying_contract, expected.chain_id
    )]
    OtherProgramme { found: Domain, expected: Domain },
    #[error("the invite ends at {expires}, before any of {days} days could begin")]
    TooEarly { expires: Instant, days: u16 },
    #[error(
        "it was accepted at {accepted_at}, and an invite that stands for {days} days until then begins at {invited_at}"
    )]
    TooLong { accepted_at: Instant, invited_at: Instant, days: u16 },
    #[error("the invite could be accepted before {expires}")]
    Expired { expires: Instant },
    #[error("the account `{account}` is the ambassador's own")]
    SelfReferral { account: Address },
    #[error("the account `{account}` is not the one that the ambassador is paid to, `{payee}`")]
    NotThePayee { account: Address, payee: Address },
}

impl Diagnostic for InviteError {
    fn code(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "SIGNATURE_FOREIGN",
            Self::TermsUnknown { .. } => "INVITE_TERMS_UNKNOWN",
            Self::TermsReplaced { .. } => "INVITE_TERMS_REPLACED",
            Self::NoTerms { .. } => "TERMS_NOT_IN_FORCE",
            Self::OtherProgramme { .. } => "INVITE_OTHER_PROGRAMME",
            Self::TooEarly { .. } => "INVITE_TOO_EARLY",
            Self::TooLong { .. } => "INVITE_TOO_LONG",
            Self::Expired { .. } => "INVITE_EXPIRED",
            Self::SelfReferral { .. } => "SELF_REFERRAL",
            Self::NotThePayee { .. } => "INVITE_NOT_THE_PAYEE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Foreign { what: "invite", .. } => {
                "take no invite from this link: ask the ambassador for another one; a contract's signature (ERC-1271) cannot be checked here".to_string()
            }
            Self::Foreign { .. } => {
                "the file was changed, or another account signed: let the creator accept again; a contract's signature (ERC-1271) cannot be checked here".to_string()
            }
            Self::TermsUnknown { .. } | Self::TermsReplaced { .. } => {
                "let the ambassador invite again, under the terms that are in force".to_string()
            }
            Self::NoTerms { .. } => "wait until the first terms take effect".to_string(),
            Self::OtherProgramme { .. } => "it belongs to another programme: put it into that one's folder".to_string(),
            Self::TooEarly { .. } | Self::TooLong { .. } => {
                format!("let the ambassador invite again: an invite ends {} days after it was made", self.days())
            }
            Self::Expired { .. } => "ask the ambassador for a new invite".to_string(),
            Self::SelfReferral { .. } => "nobody is paid for inviting themselves: choose the creator's own account".to_string(),
            Self::NotThePayee { payee, .. } => format!("choose the account `{payee}` in the wallet"),
        }
    }
}

impl InviteError {
    fn days(&self) -> u16 {
        match self {
            Self::TooEarly { days, .. } | Self::TooLong { days, .. } => *days,
            _ => 0,
        }
    }
}

/// An invite under its terms.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// The terms that it names.
    pub terms: &'a Terms,
    /// When it was made: as long before its end as these terms let an invite stand.
    pub invited_at: Instant,
}

/// Checks that `found`, whom a signature leads to, is who is said to have signed.
///
/// # Errors
///
/// It is another account, or none.
pub fn signed_by(what: &'static str, stated: Address, found: Option<Address>) -> Result<(), InviteError> {
    if found == Some(stated) { Ok(()) } else { Err(InviteError::Foreign { what, stated, found }) }
}

/// Returns the terms that an invite names, and when it was made by them.
///
/// # Errors
///
/// The programme has no such terms, they were not in force then, or the domain is not theirs.
pub fn made<'a>(invite: &Invite, domain: &Domain, history: &'a TermsHistory) -> Result<Made<'a>, InviteError> {
    let named = history.versions().iter().find(|terms| terms.hash() == invite.terms);
    let terms = named.ok_or(InviteError::TermsUnknown { terms: invite.terms })?;
    let expected = Domain::of(terms);
    if *domain != expected {
        return Err(InviteError::OtherProgramme { found: *domain, expected });
    }
    let days = terms.windows().accept;
    let invited_at = invite.expires.minus(days);
    let invited_at = invited_at.ok_or(InviteError::TooEarly { expires: invite.expires, days: days.as_u16() })?;
    // An invite before the first terms is measured by these, as rule R2 does.
    let governing = history.governing(invited_at).or_else(|| history.versions().first()).unwrap_or(terms);
    in_force(terms, governing, invited_at)?;
    Ok(Made { terms, invited_at })
}

/// Returns the terms of an invite that was accepted, in time or too late.
///
/// # Errors
///
/// Those of [`made`]; it was accepted before it was made, or in time but under other terms than it names.
pub fn accepted<'a>(
    invite: &Invite,
    domain: &Domain,
    accepted_at: Instant,
    history: &'a TermsHistory,
) -> Result<Made<'a>, InviteError> {
    let made = made(invite, domain, history)?;
    if accepted_at < made.invited_at {
        let days = made.terms.windows().accept.as_u16();
        return Err(InviteError::TooLong { accepted_at, invited_at: made.invited_at, days });
    }
    if accepted_at < invite.expires {
        let governing = history.governing(accepted_at).ok_or(InviteError::NoTerms { at: accepted_at })?;
        in_force(made.terms, governing, accepted_at)?;
    }
    Ok(made)
}

/// Returns the invite that an ambassador signs now, with the terms that it is made under.
///
/// `payee` is the account that the ambassador is paid to, `account` the one that is going to sign.
///
/// # Errors
///
/// The accounts differ, or no terms are in force.
pub fn invite_now(
    history: &TermsHistory,
    payee: Address,
    account: Address,
    creator: CreatorId,
    now: Instant,
) -> Result<(Invite, &Terms), InviteError> {
    if payee != account {
        return Err(InviteError::NotThePayee { account, payee });
    }
    let terms = history.governing(now).ok_or(InviteError::NoTerms { at: now })?;
    let expires = now.plus(terms.windows().accept);
    Ok((Invite { ambassador: account, creator, terms: terms.hash(), expires }, terms))
}

/// Returns the acceptance that a creator signs now.
///
/// A creator's clock may be up to a day behind the ambassador's: nobody accepts before the invite was made.
///
/// # Errors
///
/// Those of [`accepted`]; the invite has ended, or the account is the ambassador's own.
pub fn accept_now(
    history: &TermsHistory,
    signed: &SignedInvite,
    coin: CoinId,
    account: Address,
    now: Instant,
) -> Result<Acceptance, InviteError> {
    let SignedInvite { domain, invite, .. } = signed;
    let made = made(invite, domain, history)?;
    let accepted_at = if made.invited_at < now.plus(Days::ONE) { now.max(made.invited_at) } else { now };
    accepted(invite, domain, accepted_at, history)?;
    if invite.expires <= accepted_at {
        return Err(InviteError::Expired { expires: invite.expires });
    }
    if account == invite.ambassador {
        return Err(InviteError::SelfReferral { account });
    }
    Ok(Acceptance { invite: signed.digest(), creator: invite.creator.clone(), coin, account, accepted_at })
}

fn in_force(named: &Terms, governing: &Terms, at: Instant) -> Result<(), InviteError> {
    if named.hash() == governing.hash() {
        return Ok(());
    }
    Err(InviteError::TermsReplaced { named: named.version(), governing: governing.version(), at })
}

//! Whose a creator is (rule R2): the first acceptance wins and is fixed.

use alloc::collections::BTreeSet;

use crate::{
    calendar::Instant,
    identifier::{AmbassadorId, CreatorId},
    programme::Programme,
    records::{Referral, Relation},
    terms::{Terms, TermsHistory},
};

/// Returns the instant at which an invite can no longer be accepted, or `None` where nobody was invited.
///
/// The terms in force at the invite say how long it stands; before the first terms these say it.
pub fn invite_deadline(referral: &Referral, history: &TermsHistory) -> Option<Instant> {
    let invited_at = referral.invited_at?;
    let terms = history.governing(invited_at).or_else(|| history.versions().first())?;
    Some(invited_at.plus(terms.windows().accept))
}

/// Returns when the creator accepted before the invite's deadline, as far as it is known at `as_of`.
pub fn acceptance(referral: &Referral, history: &TermsHistory, as_of: Instant) -> Option<Instant> {
    let deadline = invite_deadline(referral, history)?;
    referral.accepted_at.filter(|accepted_at| *accepted_at < as_of && *accepted_at < deadline)
}

/// Returns the referral, among those of one creator, whose acceptance was the first.
///
/// At the same instant the earlier invite wins, then the smaller id.
pub fn first_accepted<'a>(
    referrals: &[&'a Referral],
    history: &TermsHistory,
    as_of: Instant,
) -> Option<(&'a Referral, Instant)> {
    referrals
        .iter()
        .filter_map(|referral| Some((*referral, acceptance(referral, history, as_of)?)))
        .min_by_key(|(referral, accepted_at)| (*accepted_at, referral.invited_at, &referral.ambassador))
}

/// Returns the terms that govern a creator's referrals: those of the first acceptance, else those in force at `as_of`.
pub fn governing_terms<'a>(
    first: Option<(&Referral, Instant)>,
    history: &'a TermsHistory,
    as_of: Instant,
) -> Option<&'a Terms> {
    let instant = first.map_or(as_of, |(_, accepted_at)| accepted_at);
    history.governing(instant).or_else(|| history.versions().first())
}

/// Returns the referrals in which creator and ambassador are one: the same id, a shared actor, or the payee as actor.
pub fn self_referrals(programme: &Programme) -> BTreeSet<(CreatorId, AmbassadorId)> {
    let is_self = |referral: &&Referral| {
        let ambassadors_own = programme.ambassadors_actors(&referral.ambassador);
        let relation = Relation::Creator(referral.creator.clone());
        referral.creator.as_str() == referral.ambassador.as_str()
            || programme.actors_of(&relation).any(|actor| ambassadors_own.contains(&actor))
    };
    let pair = |referral: &Referral| (referral.creator.clone(), referral.ambassador.clone());
    programme.records().referrals.iter().filter(is_self).map(pair).collect()
}

//! A month's records as a dashboard shows them: how far each referral is, and what people have yet to decide.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    attribution::{first_accepted, governing_terms},
    calendar::Instant,
    programme::Programme,
    records::{Adoption, AmbassadorStatus, Decision, Referral, ReferralStatus, UseCase},
    settlement::Measurements,
    terms::{Terms, Tier},
    tier,
    usd::Volume,
};

/// How far a referral is.
#[derive(Clone, Debug)]
pub struct ReferralOverview<'a> {
    /// Its record.
    pub referral: &'a Referral,
    /// The terms that govern it.
    pub terms: &'a Terms,
    /// When its window closes, once the coin is launched.
    pub window_closes: Option<Instant>,
    /// When the grace days after it end.
    pub grace_ends: Option<Instant>,
    /// How many supporters were counted so far.
    pub supporters: usize,
    /// The volume that was counted so far.
    pub volume: Volume,
    /// How far each tier is reached, from the lowest.
    pub tiers: Vec<TierProgress>,
    /// The creator's use cases.
    pub adoptions: Vec<&'a Adoption>,
}

/// How far a tier is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierProgress {
    /// Which.
    pub tier: Tier,
    /// What counts towards it.
    pub counted: Volume,
    /// Whether it is reached.
    pub reached: bool,
}

/// Something that waits for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDecision {
    /// What is to be decided.
    pub kind: DecisionKind,
    /// Whom it is about.
    pub subject: String,
    /// What it is, in a sentence.
    pub sentence: String,
    /// Since when it waits, where that is known.
    pub since: Option<Instant>,
}

/// What is to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// Whether a use case counts.
    UseCase,
    /// Whether the network approves a creator.
    Approval,
    /// Whether a held referral counts.
    HeldReferral,
    /// Whether a held ambassador is paid.
    HeldAmbassador,
    /// Which account a name stands for.
    Address,
}

impl DecisionKind {
    /// Returns the kind in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UseCase => "use_case",
            Self::Approval => "approval",
            Self::HeldReferral => "held_referral",
            Self::HeldAmbassador => "held_ambassador",
            Self::Address => "address",
        }
    }
}

/// Returns how far each referral is as of an instant, in the order of the records.
pub fn referrals<'a>(
    programme: &'a Programme,
    measurements: &Measurements,
    as_of: Instant,
) -> Vec<ReferralOverview<'a>> {
    let history = &programme.records().terms;
    let by_creator = programme.referrals_by_creator();
    let adoptions = programme.adoptions_by_creator();
    let rows = programme.records().referrals.iter().filter_map(|referral| {
        let first = first_accepted(by_creator.get(&referral.creator)?, history, as_of);
        let terms = governing_terms(first, history, as_of)?;
        // The volume of a creator is the first ambassador's.
        let theirs = first.is_some_and(|(first, _)| first.ambassador == referral.ambassador);
        let measured = measurements.supporters.get(&referral.creator).filter(|_| theirs);
        let supporters = measured.map_or(&[][..], Vec::as_slice);
        let cap = terms.volume().supporter_cap;
        let tiers = terms.reward().tiers.iter().map(|tier| TierProgress {
            tier: *tier,
            counted: tier::counted_towards(tier.threshold, cap, supporters).unwrap_or_default(),
            reached: tier::reaches(tier, cap, supporters),
        });
        let volumes = supporters.iter().map(|supporter| supporter.volume);
        let window_closes = referral.launched_at.map(|launched_at| launched_at.plus(terms.windows().window));
        Some(ReferralOverview {
            referral,
            terms,
            window_closes,
            grace_ends: window_closes.map(|closes| closes.plus(terms.windows().grace)),
            supporters: supporters.len(),
            volume: volumes.into_iter().try_fold(Volume::ZERO, Volume::checked_add).unwrap_or_default(),
            tiers: tiers.collect(),
            adoptions: adoptions.get(&referral.creator).cloned().unwrap_or_default(),
        })
    });
    rows.collect()
}

/// Returns what people have yet to decide, in the order of the records.
pub fn open_decisions(programme: &Programme) -> Vec<OpenDecision> {
    let records = programme.records();
    let mut open = Vec::new();
    let mut push = |kind, subject: String, sentence: String, since| {
        open.push(OpenDecision { kind, subject, sentence, since });
    };
    for row in records.adoptions.iter().filter(|row| row.decision == Decision::Pending) {
        let what = match &row.use_case {
            UseCase::Known(name) => format!("The use case {name} of {} awaits a decision.", row.creator),
            UseCase::Innovative(name) => format!("The new use case {name} of {} awaits a decision.", row.creator),
        };
        push(DecisionKind::UseCase, row.creator.to_string(), what, Some(row.live_at));
    }
    for row in &records.referrals {
        if row.status == ReferralStatus::Held {
            let what = format!("The referral of {} by {} is held for review.", row.creator, row.ambassador);
            push(DecisionKind::HeldReferral, row.creator.to_string(), what, None);
        } else if row.status == ReferralStatus::Active && row.accepted_at.is_some() && row.approved_at.is_none() {
            let what = format!("{}, whom {} brought, awaits approval.", row.creator, row.ambassador);
            push(DecisionKind::Approval, row.creator.to_string(), what, row.accepted_at);
        }
    }
    for row in &records.ambassadors {
        if row.status == AmbassadorStatus::Held {
            let what = format!("The ambassador {} is held for review.", row.id);
            push(DecisionKind::HeldAmbassador, row.id.to_string(), what, None);
        } else if programme.resolve(&row.payee).is_none() {
            let what = format!("The account of {} is not confirmed for {}.", row.payee, row.id);
            push(DecisionKind::Address, row.id.to_string(), what, None);
        }
    }
    open
}

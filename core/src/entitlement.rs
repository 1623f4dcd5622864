//! What a referral is entitled to as of an instant (rule R5): a pure function of terms, records and that instant.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use crate::{
    attribution::{governing_terms, invite_deadline},
    calendar::Instant,
    reason::Reason,
    records::{Adoption, Decision, Referral, ReferralStatus, UseCase},
    terms::{RewardRules, Terms, TermsHistory},
    tier,
    usd::{Usd, Volume},
    volume::Supporter,
};

/// What a line is paid for, in the order in which a short budget serves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// A correction of the programme, not of one referral.
    Adjustment,
    /// A qualified referral.
    Base,
    /// Enough known use cases.
    UseCase,
    /// New use cases.
    Innovative,
    /// First-month volume.
    Tier,
}

impl LineKind {
    /// Every kind, in order.
    pub const ALL: [Self; 5] = [Self::Adjustment, Self::Base, Self::UseCase, Self::Innovative, Self::Tier];

    /// Returns the kind in one word, as documents write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::Base => "base",
            Self::UseCase => "use_case",
            Self::Innovative => "innovative",
            Self::Tier => "tier",
        }
    }
}

impl fmt::Display for LineKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// The figures that decided a line, by name and in the order of the names.
pub type Figures = Vec<(&'static str, String)>;

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Earned for good, unless the records are corrected.
    Locked {
        /// How much.
        amount: Usd,
        /// Since when.
        locked_at: Instant,
        /// What decided it.
        figures: Figures,
    },
    /// Not earned, or not yet.
    Pending {
        /// What it would be if today's state stood.
        amount: Usd,
        /// Why not.
        reason: Reason,
        /// When that changes next, if anything can change it.
        next: Option<Instant>,
    },
}

/// One line of an entitlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitledLine {
    /// What it is for.
    pub kind: LineKind,
    /// Where it stands.
    pub standing: Standing,
}

/// What is known of a referral beside its own row.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The creator's referral that was accepted first, and when (rule R2).
    pub first_accepted: Option<(&'a Referral, Instant)>,
    /// Whether creator and ambassador are one.
    pub self_referral: bool,
    /// The supporters measured up to the instant.
    pub supporters: &'a [Supporter],
    /// The creator's use cases.
    pub adoptions: &'a [&'a Adoption],
}

/// Returns the lines of a referral as of an instant; what happens at that instant or later is not seen.
pub fn entitle(
    referral: &Referral,
    evidence: &Evidence<'_>,
    history: &TermsHistory,
    as_of: Instant,
) -> Vec<EntitledLine> {
    let Some(terms) = governing_terms(evidence.first_accepted, history, as_of) else { return Vec::new() };
    match launch(referral, evidence, terms, history, as_of) {
        Err((reason, next)) => {
            let standing = Standing::Pending { amount: terms.reward().base, reason, next };
            [EntitledLine { kind: LineKind::Base, standing }].into()
        }
        Ok(launched_at) => {
            entitle_launched(launched_at, evidence.supporters, evidence.adoptions, &terms.reward_rules(), as_of)
        }
    }
}

/// Returns the lines of a referral that counts and whose coin was launched, as of an instant.
pub fn entitle_launched(
    launched_at: Instant,
    supporters: &[Supporter],
    adoptions: &[&Adoption],
    rules: &RewardRules<'_>,
    as_of: Instant,
) -> Vec<EntitledLine> {
    let window_closes = launched_at.plus(rules.windows.window);
    let grace_ends = window_closes.plus(rules.windows.grace);
    Measured { rules, supporters, adoptions, as_of, launched_at, window_closes, grace_ends }.lines()
}

/// Returns the launch of a referral that counts, or why it does not.
pub(crate) fn launch(
    referral: &Referral,
    evidence: &Evidence<'_>,
    terms: &Terms,
    history: &TermsHistory,
    as_of: Instant,
) -> Result<Instant, (Reason, Option<Instant>)> {
    let seen = |instant: Option<Instant>| instant.filter(|instant| *instant < as_of);
    let deadline = invite_deadline(referral, history);
    if let Some((first, accepted_at)) = evidence.first_accepted
        && first.ambassador != referral.ambassador
    {
        return Err((Reason::OtherAmbassadorFirst { ambassador: first.ambassador.clone(), accepted_at }, None));
    }
    if evidence.first_accepted.is_none() {
        return Err(match deadline {
            Some(deadline) if deadline <= as_of || seen(referral.accepted_at).is_some() => {
                (Reason::InviteExpired { deadline }, None)
            }
            _ => (Reason::NotAccepted, deadline),
        });
    }
    if evidence.self_referral {
        return Err((Reason::SelfReferral, None));
    }
    if referral.status == ReferralStatus::Rejected {
        return Err((Reason::Rejected, None));
    }
    let approved_at = seen(referral.approved_at).ok_or((Reason::NotApproved, None))?;
    let deadline = approved_at.plus(terms.windows().launch);
    match seen(referral.launched_at) {
        Some(launched_at) if launched_at < deadline => Ok(launched_at),
        None if as_of < deadline => Err((Reason::NotLaunched, Some(deadline))),
        _ => Err((Reason::LaunchExpired { deadline }, None)),
    }
}

/// A referral whose coin was launched, with everything that decides its lines.
struct Measured<'a> {
    rules: &'a RewardRules<'a>,
    supporters: &'a [Supporter],
    adoptions: &'a [&'a Adoption],
    as_of: Instant,
    launched_at: Instant,
    window_closes: Instant,
    grace_ends: Instant,
}

impl<'a> Measured<'a> {
    fn lines(&self) -> Vec<EntitledLine> {
        let gate = self.gate();
        let mut lines = Vec::new();
        let mut push = |kind: LineKind, standing: Option<Standing>| {
            lines.extend(standing.map(|standing| EntitledLine { kind, standing }));
        };
        push(LineKind::Base, Some(self.base(&gate)));
        push(LineKind::UseCase, self.use_case(&gate));
        push(LineKind::Innovative, self.innovative(&gate));
        push(LineKind::Tier, self.tier(&gate));
        lines
    }

    /// Returns the use cases that were live before the window closed and have this decision.
    fn use_cases(&self, decision: Decision) -> impl Iterator<Item = &'a Adoption> {
        let end = self.window_closes.min(self.as_of);
        let known = &self.rules.reward.known_use_cases;
        self.adoptions.iter().copied().filter(move |row| {
            let counts = match &row.use_case {
                UseCase::Known(name) => known.contains(name),
                UseCase::Innovative(_) => true,
            };
            counts && row.decision == decision && row.live_at < end
        })
    }

    /// Returns when the referral qualified, or why it has not.
    fn gate(&self) -> Result<Instant, Reason> {
        let gate = self.rules.gate;
        let live = || self.use_cases(Decision::Approved).map(|row| row.live_at);
        let counted = || self.supporters.iter().map(|supporter| supporter.first_at);
        // None are needed from the launch on.
        let by_supporters = self.nth(live(), gate.min_use_cases).zip(self.nth(counted(), gate.min_supporters));
        let by_supporters = by_supporters.map(|(use_cases, supporters)| use_cases.max(supporters));
        let by_use_cases = self.nth(live(), gate.or_use_cases);
        by_supporters.into_iter().chain(by_use_cases).min().ok_or_else(|| {
            let live = to_count(live().count());
            if live < gate.min_use_cases {
                Reason::GateUseCases { live, need: gate.min_use_cases }
            } else {
                let counted = to_count(self.supporters.len());
                Reason::GateSupporters { counted, need: gate.min_supporters, or_use_cases: gate.or_use_cases }
            }
        })
    }

    /// Returns when the `n`-th of instants in any order came.
    fn nth(&self, instants: impl Iterator<Item = Instant>, n: u32) -> Option<Instant> {
        let Some(last) = n.checked_sub(1).and_then(|last| usize::try_from(last).ok()) else {
            return Some(self.launched_at);
        };
        // The first of them in order, never more than are needed.
        let mut first: Vec<Instant> = Vec::new();
        for instant in instants {
            let place = first.partition_point(|earlier| *earlier <= instant);
            if place <= last {
                first.truncate(last);
                first.insert(place, instant);
            }
        }
        first.get(last).copied()
    }

    fn base(&self, gate: &Result<Instant, Reason>) -> Standing {
        let amount = self.rules.reward.base;
        match gate {
            Err(reason) => Standing::Pending { amount, reason: reason.clone(), next: self.before(self.grace_ends) },
            Ok(met_at) => {
                let locked_at = self.launched_at.plus(self.rules.windows.hold).max(*met_at);
                if locked_at < self.as_of {
                    let figures = [
                        ("gate_met_at", met_at.to_string()),
                        ("supporters", self.supporters.len().to_string()),
                        ("use_cases", self.use_cases(Decision::Approved).count().to_string()),
                    ];
                    Standing::Locked { amount, locked_at, figures: figures.into() }
                } else {
                    Standing::Pending { amount, reason: Reason::InHold { until: locked_at }, next: Some(locked_at) }
                }
            }
        }
    }

    fn use_case(&self, gate: &Result<Instant, Reason>) -> Option<Standing> {
        let reward = self.rules.reward;
        let known = self.use_cases(Decision::Approved).filter(|row| matches!(row.use_case, UseCase::Known(_)));
        let live = to_count(known.count());
        if reward.use_case_bonus.is_zero() || live == 0 {
            return None;
        }
        let (amount, missing) = if live >= reward.use_case_need {
            (reward.use_case_bonus, None)
        } else {
            (Usd::ZERO, Some(Reason::GateUseCases { live, need: reward.use_case_need }))
        };
        let figures = [("need", reward.use_case_need.to_string()), ("use_cases", live.to_string())];
        Some(self.windowed(amount, missing, gate, figures.into()))
    }

    fn innovative(&self, gate: &Result<Instant, Reason>) -> Option<Standing> {
        let reward = self.rules.reward;
        let number = |decision| {
            to_count(self.use_cases(decision).filter(|row| matches!(row.use_case, UseCase::Innovative(_))).count())
        };
        let (approved, undecided) = (number(Decision::Approved), number(Decision::Pending));
        let paid = approved.min(reward.innovative_max);
        let amount = reward.innovative_bonus.checked_mul(paid)?;
        let figures = [("approved", approved.to_string()), ("most", reward.innovative_max.to_string())];
        if !amount.is_zero() {
            return Some(self.windowed(amount, None, gate, figures.into()));
        }
        let awaited = reward.innovative_bonus.checked_mul(undecided.min(reward.innovative_max))?;
        (!awaited.is_zero()).then_some(Standing::Pending { amount: awaited, reason: Reason::NotApproved, next: None })
    }

    fn tier(&self, gate: &Result<Instant, Reason>) -> Option<Standing> {
        let tiers = &self.rules.reward.tiers;
        let cap = self.rules.supporter_cap;
        let reached = tier::highest_reached(tiers, cap, self.supporters);
        let shown = reached.or_else(|| tiers.first())?;
        let counted = tier::counted_towards(shown.threshold, cap, self.supporters).unwrap_or_default();
        let (amount, missing) = match reached {
            Some(tier) => (tier.bonus, None),
            None => (Usd::ZERO, Some(Reason::BelowTier { counted, threshold: shown.threshold })),
        };
        let mut volume = self.supporters.iter().map(|supporter| supporter.volume);
        let volume = volume.try_fold(Volume::ZERO, Volume::checked_add).unwrap_or_default();
        let figures = [
            ("counted", counted.to_string()),
            ("threshold", shown.threshold.to_string()),
            ("volume", volume.to_string()),
        ];
        Some(self.windowed(amount, missing, gate, figures.into()))
    }

    /// Returns where a line stands that locks when the grace days after the window end.
    fn windowed(
        &self,
        amount: Usd,
        missing: Option<Reason>,
        gate: &Result<Instant, Reason>,
        figures: Figures,
    ) -> Standing {
        let next = self.before(self.grace_ends);
        let pending = |reason| Standing::Pending { amount, reason, next };
        match (missing, gate) {
            (Some(reason), _) => pending(reason),
            (None, Err(reason)) => pending(reason.clone()),
            (None, Ok(_)) if self.grace_ends < self.as_of => {
                Standing::Locked { amount, locked_at: self.grace_ends, figures }
            }
            (None, Ok(_)) if self.window_closes <= self.as_of => pending(Reason::InGrace { until: self.grace_ends }),
            (None, Ok(_)) => {
                let closes = self.window_closes;
                Standing::Pending { amount, reason: Reason::InWindow { closes }, next: Some(closes) }
            }
        }
    }

    /// Returns the instant if it is still to come.
    fn before(&self, instant: Instant) -> Option<Instant> {
        (self.as_of <= instant).then_some(instant)
    }
}

fn to_count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

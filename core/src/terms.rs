//! The rules of a programme as numbers (`terms.toml`), in types in which a wrong programme cannot exist.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use crate::{
    address::Address,
    basis_points::BasisPoints,
    calendar::{Days, Instant, Month},
    diagnostic::Diagnostic,
    hash::Hash32,
    identifier::{EventKind, Label, UseCaseName},
    token::Decimals,
    usd::Usd,
};

/// One version of a programme's terms.
///
/// Made only from a terms document, which checks every number and every pair of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub(crate) hash: Hash32,
    pub(crate) name: Label,
    pub(crate) version: u32,
    pub(crate) effective: Month,
    pub(crate) proposal: Option<Label>,
    pub(crate) token: Token,
    pub(crate) reward: Reward,
    pub(crate) gate: Gate,
    pub(crate) windows: Windows,
    pub(crate) volume: VolumeRule,
    pub(crate) caps: Caps,
    pub(crate) price: PricePolicy,
    pub(crate) payout: Payout,
}

/// The token that rewards are paid in and the contract that pays them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The ticker, for people.
    pub symbol: Label,
    /// The decimal places of the token contract.
    pub decimals: Decimals,
    /// The chain of both contracts (EIP-155).
    pub chain_id: u64,
    /// The token contract.
    pub address: Address,
    /// The claim contract, which is the verifying contract of every claim.
    pub payouts: Address,
}

/// What is paid for a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Paid for a qualified referral.
    pub base: Usd,
    /// Paid on top for the highest tier reached; thresholds rise strictly, bonuses do not fall.
    pub tiers: Vec<Tier>,
    /// Distinct known use cases that earn the use-case bonus.
    pub use_case_need: u32,
    /// The use-case bonus, once.
    pub use_case_bonus: Usd,
    /// The most innovative use cases that are paid for one referral.
    pub innovative_max: u32,
    /// The bonus of one innovative use case.
    pub innovative_bonus: Usd,
    /// The use cases that are known.
    pub known_use_cases: BTreeSet<UseCaseName>,
}

/// A step of first-month volume and what it earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The volume that reaches the tier.
    pub threshold: Usd,
    /// The bonus on top of the base.
    pub bonus: Usd,
}

/// What qualifies a referral for the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Use cases that must be live in any case.
    pub min_use_cases: u32,
    /// Distinct counted supporters in the window …
    pub min_supporters: u32,
    /// … or so many use cases instead.
    pub or_use_cases: u32,
}

/// Everything that decides what a launched referral earns.
#[derive(Clone, Copy, Debug)]
pub struct RewardRules<'a> {
    /// What is paid.
    pub reward: &'a Reward,
    /// What qualifies.
    pub gate: &'a Gate,
    /// When it is earned.
    pub windows: &'a Windows,
    /// The most of a tier's threshold that one supporter counts for.
    pub supporter_cap: BasisPoints,
}

/// Lengths of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// From launch to the end of the measured window.
    pub window: Days,
    /// From the window's end to the lock of tier and use-case lines.
    pub grace: Days,
    /// From launch to the earliest lock of the base.
    pub hold: Days,
    /// From invite to acceptance.
    pub accept: Days,
    /// From approval to launch.
    pub launch: Days,
}

/// Which events count and how much of one supporter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeRule {
    /// The kinds of events that count.
    pub kinds: BTreeSet<EventKind>,
    /// The most of a tier's threshold that one supporter counts for.
    pub supporter_cap: BasisPoints,
}

/// Bounds of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Shown, never enforced.
    pub expected_per_month: u32,
    /// Base lines credited to one ambassador.
    pub max_per_month: u32,
    /// What the whole programme pays, in whole cents.
    pub budget: Usd,
    /// Less is carried.
    pub min_payout: Usd,
}

/// How a month's price comes from daily closes (rule R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricePolicy {
    /// The last close of the month.
    Close {
        /// The greatest age of the close at the month's end, in hours.
        max_age_hours: Option<u32>,
    },
    /// The mean of the closes of the month's last days.
    Mean {
        /// How many days.
        days: u32,
        /// The fewest days that must have a close.
        quorum: u32,
        /// The greatest age of the newest close at the month's end, in hours.
        max_age_hours: u32,
        /// The most that the last close may lie off the mean.
        deviation: BasisPoints,
    },
}

/// When a month may be signed and how long its claims are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payout {
    /// From the month's end to the first signature.
    pub challenge: Days,
    /// From the end of the challenge days to the deadline of the claims.
    pub valid: Days,
}

/// Two numbers of a terms document that cannot stand together, or one that cannot stand at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct TermsError {
    /// The path of the field, such as `reward.tier[1].bonus_usd`.
    pub field: String,
    /// What is wrong with it.
    pub problem: TermsProblem,
}

/// What is wrong with a field of the terms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum TermsProblem {
    #[error("has the schema `{0}`, which this version does not read")]
    Schema(String),
    #[error("is zero")]
    Zero,
    #[error("is above `{0}`")]
    Above(String),
    #[error("does not rise above the tier before it")]
    ThresholdNotRising,
    #[error("falls below the bonus of the tier before it")]
    BonusFalling,
    #[error("is listed twice")]
    Twice,
    #[error("is empty")]
    Empty,
    #[error("has fractions of a cent")]
    NotWholeCents,
    #[error("is needed by the policy `mean`")]
    NeededByMean,
    #[error("has no meaning with the policy `close`")]
    MeaninglessForClose,
    #[error("is the token itself")]
    SameAsToken,
    #[error("cannot be read: {message}")]
    Value { code: &'static str, message: String, help: String },
}

impl Diagnostic for TermsError {
    fn code(&self) -> &'static str {
        match &self.problem {
            TermsProblem::Schema(_) => "TERMS_SCHEMA",
            TermsProblem::Zero => "TERMS_ZERO",
            TermsProblem::Above(_) => "TERMS_ABOVE",
            TermsProblem::ThresholdNotRising => "TERMS_TIER_ORDER",
            TermsProblem::BonusFalling => "TERMS_BONUS_FALLING",
            TermsProblem::Twice => "TERMS_TWICE",
            TermsProblem::Empty => "TERMS_EMPTY",
            TermsProblem::NotWholeCents => "TERMS_CENTS",
            TermsProblem::NeededByMean => "TERMS_PRICE_MEAN",
            TermsProblem::MeaninglessForClose => "TERMS_PRICE_CLOSE",
            TermsProblem::SameAsToken => "TERMS_PAYOUTS",
            TermsProblem::Value { code, .. } => code,
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            TermsProblem::Schema(_) => "write `schema = \"ambassador-terms/1\"`",
            TermsProblem::Zero => "write a number above zero",
            TermsProblem::Above(_) => "write a smaller number",
            TermsProblem::ThresholdNotRising => "list the tiers from the smallest volume to the largest",
            TermsProblem::BonusFalling => "a higher tier pays at least as much as a lower one",
            TermsProblem::Twice => "remove one of the two",
            TermsProblem::Empty => "list at least one",
            TermsProblem::NotWholeCents => "write at most two decimal places: the budget is shared out in cents",
            TermsProblem::NeededByMean => "add it, or choose `policy = \"close\"`",
            TermsProblem::MeaninglessForClose => "remove it, or choose `policy = \"mean\"`",
            TermsProblem::SameAsToken => "write the address of the deployed claim contract",
            TermsProblem::Value { help, .. } => return help.clone(),
        }
        .into()
    }
}

impl Terms {
    /// Returns keccak-256 of the terms file's bytes (rule R1).
    pub const fn hash(&self) -> Hash32 {
        self.hash
    }

    /// Returns the programme's name.
    pub const fn name(&self) -> &Label {
        &self.name
    }

    /// Returns the version, from 1.
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Returns the first month in which an acceptance is governed by these terms.
    pub const fn effective(&self) -> Month {
        self.effective
    }

    /// Returns the link to the vote that adopted these terms, if the file names one.
    pub const fn proposal(&self) -> Option<&Label> {
        self.proposal.as_ref()
    }

    /// Returns the token and its contracts.
    pub const fn token(&self) -> &Token {
        &self.token
    }

    /// Returns what is paid.
    pub const fn reward(&self) -> &Reward {
        &self.reward
    }

    /// Returns what qualifies a referral.
    pub const fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Returns the lengths of time.
    pub const fn windows(&self) -> &Windows {
        &self.windows
    }

    /// Returns which events count.
    pub const fn volume(&self) -> &VolumeRule {
        &self.volume
    }

    /// Returns the bounds of one month.
    pub const fn caps(&self) -> &Caps {
        &self.caps
    }

    /// Returns the price policy.
    pub const fn price(&self) -> &PricePolicy {
        &self.price
    }

    /// Returns the lengths of the challenge and of the claims.
    pub const fn payout(&self) -> &Payout {
        &self.payout
    }

    /// Returns everything that decides what a launched referral earns.
    pub const fn reward_rules(&self) -> RewardRules<'_> {
        let supporter_cap = self.volume.supporter_cap;
        RewardRules { reward: &self.reward, gate: &self.gate, windows: &self.windows, supporter_cap }
    }

    /// Returns the first instant at which `month` may be settled and signed.
    pub fn signing_opens(&self, month: Month) -> Instant {
        month.end().plus(self.payout.challenge)
    }

    /// Returns the deadline of the claims of `month`.
    ///
    /// It counts from the month's end, so that the same records give the same claim on any day.
    pub fn claims_deadline(&self, month: Month) -> Instant {
        self.signing_opens(month).plus(self.payout.valid)
    }
}

/// Every version of a programme's terms, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsHistory {
    // INVARIANT: not empty; versions are 1, 2, 3, … and effective months rise strictly.
    versions: Vec<Terms>,
}

/// Why versions of terms do not make a history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// There are no terms.
    #[error("there are no terms")]
    Missing,
    /// A version is missing or stands twice.
    #[error("version `{found}` of the terms stands where version `{expected}` belongs")]
    Version {
        /// The version that was found.
        found: u32,
        /// The version that belongs there.
        expected: u32,
    },
    /// A later version takes effect no later than the one before it.
    #[error("version `{version}` of the terms takes effect in `{effective}`, not after the version before it")]
    Effective {
        /// The later version.
        version: u32,
        /// Its effective month.
        effective: Month,
    },
}

impl Diagnostic for HistoryError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "TERMS_MISSING",
            Self::Version { .. } => "TERMS_VERSION",
            Self::Effective { .. } => "TERMS_EFFECTIVE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Missing => "write the first version as `terms/1.toml`",
            Self::Version { .. } => "number the files `terms/1.toml`, `terms/2.toml`, … and their versions alike",
            Self::Effective { .. } => "a new version governs acceptances from a later month on",
        }
        .into()
    }
}

impl TermsHistory {
    /// Makes a history of versions in any order.
    ///
    /// # Errors
    ///
    /// The versions are not 1, 2, 3, … or their effective months do not rise.
    pub fn new(mut versions: Vec<Terms>) -> Result<Self, HistoryError> {
        versions.sort_by_key(|terms| terms.version);
        if versions.is_empty() {
            return Err(HistoryError::Missing);
        }
        let mut before: Option<Month> = None;
        for (terms, expected) in versions.iter().zip(1_u32..) {
            if terms.version != expected {
                return Err(HistoryError::Version { found: terms.version, expected });
            }
            if before.is_some_and(|before| terms.effective <= before) {
                return Err(HistoryError::Effective { version: terms.version, effective: terms.effective });
            }
            before = Some(terms.effective);
        }
        Ok(Self { versions })
    }

    /// Returns the versions in order.
    pub fn versions(&self) -> &[Terms] {
        &self.versions
    }

    /// Returns the terms in force in `month`, or `None` before the first.
    pub fn in_force(&self, month: Month) -> Option<&Terms> {
        self.versions.iter().rev().find(|terms| terms.effective <= month)
    }

    /// Returns the terms that govern a referral accepted at `accepted_at` for ever (rule R1).
    pub fn governing(&self, accepted_at: Instant) -> Option<&Terms> {
        self.in_force(accepted_at.to_month())
    }
}

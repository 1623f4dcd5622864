//! Why a cent is not paid (rule R10): a code, a sentence and the number that decided it.

use alloc::{
    format,
    string::{String, ToString},
};

use crate::{
    calendar::Instant,
    identifier::AmbassadorId,
    records::EnsName,
    usd::{SignedUsd, Usd, Volume},
};

/// Why a line is not paid.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The creator has not accepted the invite.
    NotAccepted,
    /// The invite was not accepted in time.
    InviteExpired {
        /// When it ended.
        deadline: Instant,
    },
    /// The creator accepted another ambassador's invite first.
    OtherAmbassadorFirst {
        /// Whose.
        ambassador: AmbassadorId,
        /// When.
        accepted_at: Instant,
    },
    /// Creator and ambassador are one.
    SelfReferral,
    /// The network has not approved the creator or the use case.
    NotApproved,
    /// The network or the programme rejected the referral.
    Rejected,
    /// The coin was not launched in time.
    LaunchExpired {
        /// When the time ended.
        deadline: Instant,
    },
    /// The coin is not launched yet.
    NotLaunched,
    /// Too few use cases are live.
    GateUseCases {
        /// How many are.
        live: u32,
        /// How many must be.
        need: u32,
    },
    /// Too few supporters were counted.
    GateSupporters {
        /// How many were.
        counted: u32,
        /// How many must be.
        need: u32,
        /// How many use cases would do instead.
        or_use_cases: u32,
    },
    /// The counted volume reaches no tier.
    BelowTier {
        /// What counts towards the first tier.
        counted: Volume,
        /// The first tier.
        threshold: Usd,
    },
    /// The window is still open.
    InWindow {
        /// When it closes.
        closes: Instant,
    },
    /// Late events are still accepted.
    InGrace {
        /// Until when.
        until: Instant,
    },
    /// The base is held after launch.
    InHold {
        /// Until when.
        until: Instant,
    },
    /// The treasury holds the ambassador or the referral.
    Held,
    /// The month's number of base lines is full.
    CapQueued {
        /// The place in the queue, from 1.
        position: u32,
        /// Base lines a month.
        maximum: u32,
    },
    /// The month's budget is spent.
    BudgetDeferred {
        /// What was credited of what is owed.
        granted: Usd,
        /// What is owed.
        owed: Usd,
    },
    /// The month's sum is negative or below the minimum.
    BelowMinimum {
        /// The sum.
        sum: SignedUsd,
        /// The minimum.
        minimum: Usd,
    },
    /// The month has no price.
    PriceUnavailable,
    /// The payee's name is not pinned to just one address.
    AddressUnconfirmed {
        /// The payee.
        payee: EnsName,
    },
    /// The claim was not redeemed in time.
    ClaimExpired {
        /// When it ended.
        deadline: Instant,
    },
}

impl Reason {
    /// Returns the stable code of rule R10.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAccepted => "NOT_ACCEPTED",
            Self::InviteExpired { .. } => "INVITE_EXPIRED",
            Self::OtherAmbassadorFirst { .. } => "OTHER_AMBASSADOR_FIRST",
            Self::SelfReferral => "SELF_REFERRAL",
            Self::NotApproved | Self::Rejected => "NOT_APPROVED",
            Self::LaunchExpired { .. } => "LAUNCH_EXPIRED",
            Self::NotLaunched => "NOT_LAUNCHED",
            Self::GateUseCases { .. } => "GATE_USE_CASES",
            Self::GateSupporters { .. } => "GATE_SUPPORTERS",
            Self::BelowTier { .. } => "BELOW_TIER",
            Self::InWindow { .. } => "IN_WINDOW",
            Self::InGrace { .. } => "IN_GRACE",
            Self::InHold { .. } => "IN_HOLD",
            Self::Held => "HELD",
            Self::CapQueued { .. } => "CAP_QUEUED",
            Self::BudgetDeferred { .. } => "BUDGET_DEFERRED",
            Self::BelowMinimum { .. } => "BELOW_MINIMUM",
            Self::PriceUnavailable => "PRICE_UNAVAILABLE",
            Self::AddressUnconfirmed { .. } => "ADDRESS_UNCONFIRMED",
            Self::ClaimExpired { .. } => "CLAIM_EXPIRED",
        }
    }

    /// Returns one sentence for people, with the number that decided.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotAccepted => "The creator has not accepted the invite.".to_string(),
            Self::InviteExpired { deadline } => format!("The invite was not accepted before {deadline}."),
            Self::OtherAmbassadorFirst { ambassador, accepted_at } => {
                format!("The creator accepted the invite of {ambassador} first, at {accepted_at}.")
            }
            Self::SelfReferral => "Creator and ambassador are the same.".to_string(),
            Self::NotApproved => "It has not been approved yet.".to_string(),
            Self::Rejected => "It was rejected.".to_string(),
            Self::LaunchExpired { deadline } => format!("The coin was not launched before {deadline}."),
            Self::NotLaunched => "The coin is not launched yet.".to_string(),
            Self::GateUseCases { live, need } => format!("{live} of {need} use cases are live in the window."),
            Self::GateSupporters { counted, need, or_use_cases } => {
                format!(
                    "{counted} of {need} supporters were counted in the window; {or_use_cases} use cases would do instead."
                )
            }
            Self::BelowTier { counted, threshold } => {
                format!("${} of the ${threshold} of the first tier count.", counted.floor_to_cents())
            }
            Self::InWindow { closes } => format!("The window is open until {closes}."),
            Self::InGrace { until } => format!("Late events are accepted until {until}."),
            Self::InHold { until } => format!("The base is held until {until}."),
            Self::Held => "The treasury holds it for review.".to_string(),
            Self::CapQueued { position, maximum } => {
                format!("{maximum} base rewards a month are credited; this one is number {position} in the queue.")
            }
            Self::BudgetDeferred { granted, owed } => {
                format!("The month's budget credits ${granted} of ${owed}.")
            }
            Self::BelowMinimum { sum, minimum } => {
                format!("The month's sum of {} is below the minimum of ${minimum}.", sum.to_dollars())
            }
            Self::PriceUnavailable => "The month has no price.".to_string(),
            Self::AddressUnconfirmed { payee } => format!("The address of {payee} is not confirmed."),
            Self::ClaimExpired { deadline } => format!("The claim was not redeemed before {deadline}."),
        }
    }

    /// Returns the number that decided, as `have / need`, or the instant; empty where a decision of people did.
    pub fn figure(&self) -> String {
        match self {
            Self::NotAccepted
            | Self::SelfReferral
            | Self::NotApproved
            | Self::Rejected
            | Self::NotLaunched
            | Self::Held
            | Self::PriceUnavailable => String::new(),
            Self::InviteExpired { deadline } | Self::LaunchExpired { deadline } | Self::ClaimExpired { deadline } => {
                deadline.to_string()
            }
            Self::OtherAmbassadorFirst { accepted_at, .. } => accepted_at.to_string(),
            Self::GateUseCases { live, need } => format!("{live} / {need}"),
            Self::GateSupporters { counted, need, .. } => format!("{counted} / {need}"),
            Self::BelowTier { counted, threshold } => format!("{counted} / {threshold}"),
            Self::InWindow { closes: instant } | Self::InGrace { until: instant } | Self::InHold { until: instant } => {
                instant.to_string()
            }
            Self::CapQueued { position, maximum } => format!("{position} / {maximum}"),
            Self::BudgetDeferred { granted, owed } => format!("{granted} / {owed}"),
            Self::BelowMinimum { sum, minimum } => format!("{sum} / {minimum}"),
            Self::AddressUnconfirmed { payee } => payee.to_string(),
        }
    }
}

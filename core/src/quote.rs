//! What an ambassador would get: made-up records that go through the rules of a real month.
//!
//! The line from records to money is cut short here: a plan has one ambassador, whose creators all launched at the
//! same instant, and nothing was credited before. So there is nothing to attribute and no debit; entitlement, queue,
//! budget, minimum and conversion are those of a real month, and a test compares the two.

use alloc::{format, string::String, vec::Vec};

use crate::{
    allocation::allocate_in_order,
    basis_points::BasisPoints,
    calendar::{Days, Instant},
    conversion::{ConversionError, floor_to_base_units},
    diagnostic::Diagnostic,
    entitlement::{Figures, LineKind, Standing, entitle_launched},
    identifier::{CreatorId, IdentifierError, Label},
    price::Price,
    reason::Reason,
    records::{Adoption, Decision, UseCase},
    terms::{Caps, Gate, Reward, RewardRules, Terms, Tier, Windows},
    tier,
    token::{Decimals, TokenAmount},
    usd::{SignedUsd, Usd, Volume},
    volume::Supporter,
};

/// The most creators that one plan may have.
pub const MOST_CREATORS: usize = 10_000;
/// The most supporters that all creators of a plan may have together.
pub const MOST_SUPPORTERS: u64 = 1_000_000;
/// The most new use cases that one creator of a plan may have.
pub const MOST_INNOVATIVE: u32 = 1_000;

/// The parts of the terms that a plan depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteTerms {
    /// What is paid.
    pub reward: Reward,
    /// What qualifies.
    pub gate: Gate,
    /// The most of a tier's threshold that one supporter counts for.
    pub supporter_cap: BasisPoints,
    /// Bounds of the month.
    pub caps: Caps,
    /// The token's ticker.
    pub symbol: Label,
    /// The token's decimal places.
    pub decimals: Decimals,
}

impl From<&Terms> for QuoteTerms {
    fn from(terms: &Terms) -> Self {
        Self {
            reward: terms.reward().clone(),
            gate: *terms.gate(),
            supporter_cap: terms.volume().supporter_cap,
            caps: *terms.caps(),
            symbol: terms.token().symbol.clone(),
            decimals: terms.token().decimals,
        }
    }
}

/// A creator whom an ambassador expects to bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedCreator {
    /// The volume that counts in the window, brought by all supporters alike.
    pub volume: Volume,
    /// How many supporters bring it; none where there is no volume.
    pub supporters: u32,
    /// How many of the terms' known use cases are live.
    pub use_cases: u32,
    /// How many new use cases are approved.
    pub innovative: u32,
}

/// What a plan pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The creators in the order of the plan.
    pub creators: Vec<CreatorQuote>,
    /// The sum that is paid.
    pub total: Usd,
    /// The sum in base units of the token.
    pub amount: TokenAmount,
}

/// What a creator of a plan earns the ambassador.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatorQuote {
    /// What is earned or could be, in the order of the kinds.
    pub lines: Vec<QuotedLine>,
    /// How many tiers the volume reaches.
    pub tier: usize,
    /// The tier after those, if there is one, and what is missing to it.
    pub next: Option<NextTier>,
}

/// One line of a creator of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedLine {
    /// What it is for.
    pub kind: LineKind,
    /// What is earned.
    pub entitled: Usd,
    /// What the month pays of it.
    pub credit: Usd,
    /// What decided that it is earned; empty where it is not.
    pub figures: Figures,
    /// Why the rest, or all, is not paid.
    pub unpaid: Option<Reason>,
}

/// A tier that is not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextTier {
    /// Which.
    pub tier: Tier,
    /// The volume that is missing.
    pub missing: Volume,
    /// The supporters that are missing where, because of the cap, no volume of so few reaches any tier (rule R4).
    pub missing_supporters: u32,
}

/// From this volume on a creator earns the ambassador this much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurveStep {
    /// The volume.
    pub volume: Usd,
    /// The reward before the caps of the month.
    pub reward: Usd,
}

/// Why a plan has no quote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuoteError {
    /// The plan is too long.
    #[error("a plan of {found} {what} is larger than {most}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        found: u64,
        /// How many there may be.
        most: u64,
    },
    /// A creator has more use cases than there are.
    #[error("creator {creator} has {found} {what}, but there are {most}")]
    UseCases {
        /// The position in the plan, from 1.
        creator: usize,
        /// Which use cases.
        what: &'static str,
        /// How many.
        found: u32,
        /// How many there may be.
        most: u32,
    },
    /// A sum does not fit into 128 bits.
    #[error("the sums of the plan are larger than any programme's")]
    Overflow,
    /// A name that the plan made up is none; it cannot happen.
    #[error(transparent)]
    Name(#[from] IdentifierError),
    /// The sum is more than a token amount holds.
    #[error(transparent)]
    Conversion(#[from] ConversionError),
}

impl Diagnostic for QuoteError {
    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "PLAN_TOO_LARGE",
            Self::UseCases { .. } => "PLAN_USE_CASES",
            Self::Overflow => "SUM_OVERFLOW",
            Self::Name(error) => error.code(),
            Self::Conversion(error) => error.code(),
        }
    }

    fn help(&self) -> String {
        match self {
            Self::TooMany { most, .. } => format!("plan with at most {most}"),
            Self::UseCases { most, .. } => format!("write a number from 0 to {most}"),
            Self::Overflow => "check the bonuses of the terms".into(),
            Self::Name(error) => error.help(),
            Self::Conversion(error) => error.help(),
        }
    }
}

/// Returns what a plan pays at a price, alone in its month and with nothing owed from earlier ones.
///
/// # Errors
///
/// The plan is larger than any, or names more use cases than there are; or the sums are larger than any programme's.
pub fn quote(terms: &QuoteTerms, plan: &[PlannedCreator], price: Price) -> Result<Quote, QuoteError> {
    check(terms, plan)?;
    let mut planner = Planner::new(terms)?;
    let mut creators: Vec<CreatorQuote> =
        plan.iter().map(|planned| planner.quote(planned)).collect::<Result<_, QuoteError>>()?;
    queue(&mut creators, terms.caps.max_per_month);
    let total = share(&mut creators, terms).ok_or(QuoteError::Overflow)?;
    let amount = floor_to_base_units(total, price, terms.decimals)?;
    Ok(Quote { creators, total, amount })
}

/// Returns the reward of one creator over volume, before the caps of the month: steps from no volume upwards.
///
/// # Errors
///
/// The creator has more supporters or use cases than there are.
pub fn curve(terms: &QuoteTerms, creator: &PlannedCreator) -> Result<Vec<CurveStep>, QuoteError> {
    check(terms, &[*creator])?;
    let mut planner = Planner::new(terms)?;
    // A supporter is whoever brought anything at all: the curve begins with the least that so many can bring.
    let least = Volume::from_attos(creator.supporters.into());
    let tiers = terms.reward.tiers.iter().filter_map(|tier| Some((tier.threshold, tier.threshold.try_into().ok()?)));
    let mut steps: Vec<CurveStep> = Vec::new();
    for (volume, brought) in [(Usd::ZERO, least)].into_iter().chain(tiers) {
        let quoted = planner.quote(&PlannedCreator { volume: brought, ..*creator })?;
        let reward = quoted.credit().ok_or(QuoteError::Overflow)?;
        if steps.last().is_none_or(|step| step.reward != reward) {
            steps.push(CurveStep { volume, reward });
        }
    }
    Ok(steps)
}

impl CreatorQuote {
    /// Returns what the month pays, or `None` beyond 128 bits.
    pub fn credit(&self) -> Option<Usd> {
        self.lines.iter().map(|line| line.credit).try_fold(Usd::ZERO, Usd::checked_add)
    }

    /// Returns what is earned and left to later months, or `None` beyond 128 bits.
    pub fn deferred(&self) -> Option<Usd> {
        self.lines.iter().try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.entitled.checked_sub(line.credit)?))
    }
}

impl Quote {
    /// Returns what is paid for one kind of lines, or `None` beyond 128 bits.
    pub fn credit_of(&self, kind: LineKind) -> Option<Usd> {
        let lines = self.creators.iter().flat_map(|creator| &creator.lines).filter(|line| line.kind == kind);
        lines.map(|line| line.credit).try_fold(Usd::ZERO, Usd::checked_add)
    }

    /// Returns what is earned and left to later months, or `None` beyond 128 bits.
    pub fn deferred(&self) -> Option<Usd> {
        self.creators.iter().try_fold(Usd::ZERO, |sum, creator| sum.checked_add(creator.deferred()?))
    }
}

fn check(terms: &QuoteTerms, plan: &[PlannedCreator]) -> Result<(), QuoteError> {
    let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let supporters = plan.iter().fold(0_u64, |sum, creator| sum.saturating_add(creator.supporters.into()));
    for (what, found, most) in
        [("creators", count(plan.len()), count(MOST_CREATORS)), ("supporters", supporters, MOST_SUPPORTERS)]
    {
        if found > most {
            return Err(QuoteError::TooMany { what, found, most });
        }
    }
    let known = u32::try_from(terms.reward.known_use_cases.len()).unwrap_or(u32::MAX);
    for (creator, planned) in (1_usize..).zip(plan) {
        for (what, found, most) in
            [("known use cases", planned.use_cases, known), ("new use cases", planned.innovative, MOST_INNOVATIVE)]
        {
            if found > most {
                return Err(QuoteError::UseCases { creator, what, found, most });
            }
        }
    }
    Ok(())
}

/// Queues the base lines beyond the month's number (rule R7); all are of the same age, so their order is the plan's.
fn queue(creators: &mut [CreatorQuote], maximum: u32) {
    let lines = creators.iter_mut().flat_map(|creator| &mut creator.lines);
    let bases = lines.filter(|line| line.kind == LineKind::Base && !line.credit.is_zero());
    let most = usize::try_from(maximum).unwrap_or(usize::MAX);
    for (line, position) in bases.skip(most).zip(1_u32..) {
        line.leave(Usd::ZERO, Reason::CapQueued { position, maximum });
    }
}

/// Grants what budget and minimum allow (rule R7) and returns the sum.
fn share(creators: &mut [CreatorQuote], terms: &QuoteTerms) -> Option<Usd> {
    let (budget, minimum) = (terms.caps.budget, terms.caps.min_payout);
    let open: Vec<&mut QuotedLine> =
        creators.iter_mut().flat_map(|creator| &mut creator.lines).filter(|line| !line.credit.is_zero()).collect();
    let needs: Vec<(LineKind, Usd)> = open.iter().map(|line| (line.kind, line.credit)).collect();
    let sum = needs.iter().try_fold(Usd::ZERO, |sum, (_, need)| sum.checked_add(*need))?;
    if sum < minimum {
        let sum = SignedUsd::try_from(sum).ok()?;
        for line in open {
            line.leave(Usd::ZERO, Reason::BelowMinimum { sum, minimum });
        }
        return Some(Usd::ZERO);
    }
    let grants = allocate_in_order(&needs, budget);
    let granted = grants.iter().try_fold(Usd::ZERO, |sum, grant| sum.checked_add(*grant))?;
    for (line, grant) in open.into_iter().zip(grants) {
        let grant = if granted < minimum { Usd::ZERO } else { grant };
        if grant != line.entitled {
            line.leave(grant, Reason::BudgetDeferred { granted: grant, owed: line.entitled });
        }
    }
    Some(if granted < minimum { Usd::ZERO } else { granted })
}

impl QuotedLine {
    fn leave(&mut self, grant: Usd, reason: Reason) {
        self.credit = grant;
        self.unpaid = Some(reason);
    }
}

/// What all creators of a plan have in common.
struct Planner<'a> {
    terms: &'a QuoteTerms,
    windows: Windows,
    launched_at: Instant,
    /// An instant at which everything has locked.
    as_of: Instant,
    creator: CreatorId,
    /// The supporters of one creator after the other: a plan has many, and they differ in their volumes only.
    supporters: Vec<Supporter>,
}

impl<'a> Planner<'a> {
    /// The lengths of the windows decide when something is paid, not how much: a day is as good as a month.
    fn new(terms: &'a QuoteTerms) -> Result<Self, QuoteError> {
        let day = Days::ONE;
        let launched_at = Instant::EPOCH;
        Ok(Self {
            terms,
            windows: Windows { window: day, grace: day, hold: day, accept: day, launch: day },
            launched_at,
            as_of: launched_at.plus(day).plus(day).plus(day),
            creator: "planned".parse()?,
            supporters: Vec::new(),
        })
    }

    fn rules(&self) -> RewardRules<'_> {
        let QuoteTerms { reward, gate, supporter_cap, .. } = self.terms;
        RewardRules { reward, gate, windows: &self.windows, supporter_cap: *supporter_cap }
    }

    /// Returns what one creator earns, before the caps of the month.
    fn quote(&mut self, planned: &PlannedCreator) -> Result<CreatorQuote, QuoteError> {
        let adoptions = self.adoptions(planned)?;
        let adoptions: Vec<&Adoption> = adoptions.iter().collect();
        let count = self.bring(planned)?;
        let supporters = self.supporters.get(..count).unwrap_or_default();
        let lines = entitle_launched(self.launched_at, supporters, &adoptions, &self.rules(), self.as_of);
        let lines = lines.into_iter().map(|line| match line.standing {
            Standing::Locked { amount, figures, .. } => {
                QuotedLine { kind: line.kind, entitled: amount, credit: amount, figures, unpaid: None }
            }
            Standing::Pending { reason, .. } => QuotedLine {
                kind: line.kind,
                entitled: Usd::ZERO,
                credit: Usd::ZERO,
                figures: Figures::new(),
                unpaid: Some(reason),
            },
        });
        let (tier, next) = self.standing(supporters);
        Ok(CreatorQuote { lines: lines.collect(), tier, next })
    }

    fn adoptions(&self, planned: &PlannedCreator) -> Result<Vec<Adoption>, IdentifierError> {
        let known = self.terms.reward.known_use_cases.iter().zip(0..planned.use_cases);
        let known = known.map(|(name, _)| Ok(UseCase::Known(name.clone())));
        let new = (0..planned.innovative).map(|number| Ok(UseCase::Innovative(format!("planned-{number}").parse()?)));
        let adoption = |use_case: Result<UseCase, IdentifierError>| {
            Ok(Adoption {
                creator: self.creator.clone(),
                use_case: use_case?,
                live_at: self.launched_at,
                evidence: None,
                decision: Decision::Approved,
            })
        };
        known.chain(new).map(adoption).collect()
    }

    /// Lets the first of the supporters bring the volume alike and returns how many do.
    ///
    /// What cannot be shared out alike is the first one's; who brings nothing is none.
    fn bring(&mut self, planned: &PlannedCreator) -> Result<usize, IdentifierError> {
        let (volume, count) = (planned.volume.as_attos(), u128::from(planned.supporters));
        let each = volume.checked_div(count).unwrap_or_default();
        let rest = volume.checked_rem(count).unwrap_or_default();
        let bringing = match (each, rest) {
            (0, 0) => 0,
            (0, _) => 1,
            _ => usize::try_from(planned.supporters).unwrap_or(usize::MAX),
        };
        let (actor, first_at): (Label, _) = ("planned".parse()?, self.launched_at);
        if self.supporters.len() < bringing {
            self.supporters.resize(bringing, Supporter { actor, volume: Volume::ZERO, first_at });
        }
        for (place, supporter) in self.supporters.iter_mut().take(bringing).enumerate() {
            supporter.volume = Volume::from_attos(if place == 0 { each.saturating_add(rest) } else { each });
        }
        Ok(bringing)
    }

    /// Returns how many tiers are reached, and what is missing to the next one.
    fn standing(&self, supporters: &[Supporter]) -> (usize, Option<NextTier>) {
        let (tiers, cap) = (&self.terms.reward.tiers, self.terms.supporter_cap);
        let highest = tiers.iter().rposition(|tier| tier::reaches(tier, cap, supporters));
        let reached = highest.map_or(0, |place| place.saturating_add(1));
        let next = tiers.get(reached).and_then(|tier| {
            let counted = tier::counted_towards(tier.threshold, cap, supporters)?;
            let missing = Volume::try_from(tier.threshold).ok()?.checked_sub(counted)?;
            let count = u32::try_from(supporters.len()).unwrap_or(u32::MAX);
            Some(NextTier {
                tier: *tier,
                missing,
                missing_supporters: tier::fewest_supporters(cap).saturating_sub(count),
            })
        });
        (reached, next)
    }
}

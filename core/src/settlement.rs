//! A month's credits (rules R6 and R7): entitlement less what earlier months credited, line by line.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use crate::{
    allocation::LineKey,
    attribution::{first_accepted, governing_terms},
    calendar::{Instant, Month},
    diagnostic::Diagnostic,
    entitlement::{Evidence, Figures, LineKind, Standing, entitle},
    identifier::{AmbassadorId, CreatorId},
    programme::Programme,
    reason::Reason,
    records::{Ambassador, AmbassadorIndex, AmbassadorStatus, Payee, ReferralStatus},
    shortfall::{self, Claimant, Shared},
    terms::{Caps, Terms},
    usd::{SignedUsd, Usd},
    volume::Supporter,
};

/// What earlier months credited, by line.
pub type Credited = BTreeMap<LineKey, SignedUsd>;

/// What was measured and decided outside the records themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measurements {
    /// The supporters of each creator up to the month's end.
    pub supporters: BTreeMap<CreatorId, Vec<Supporter>>,
    /// The referrals in which creator and ambassador are one.
    pub self_referrals: BTreeSet<(CreatorId, AmbassadorId)>,
}

/// A line that is or was earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledLine {
    /// The creator, or none for an adjustment.
    pub creator: Option<CreatorId>,
    /// What it is for.
    pub kind: LineKind,
    /// The version of the terms that govern it.
    pub terms_version: u32,
    /// What is earned as of the month's end.
    pub entitled: SignedUsd,
    /// What earlier months credited of it.
    pub credited_before: SignedUsd,
    /// What this month credits; negative for a debit.
    pub credit: SignedUsd,
    /// Since when it is earned; none where it is earned no longer.
    pub locked_at: Option<Instant>,
    /// What decided it.
    pub figures: Figures,
}

/// An amount that is not paid this month, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLine {
    /// The creator, or none for an adjustment.
    pub creator: Option<CreatorId>,
    /// What it is for.
    pub kind: LineKind,
    /// How much; negative for a debit that is carried.
    pub amount: SignedUsd,
    /// Why not.
    pub reason: Reason,
    /// When that changes next, if anything can change it.
    pub next: Option<Instant>,
}

/// An ambassador's month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmbassadorMonth {
    /// Whose.
    pub ambassador: AmbassadorIndex,
    /// What is or was earned.
    pub lines: Vec<SettledLine>,
    /// What is not paid.
    pub pending: Vec<PendingLine>,
}

impl AmbassadorMonth {
    /// Returns the sum that the month pays, never negative.
    pub fn total(&self) -> Option<Usd> {
        self.lines.iter().try_fold(SignedUsd::ZERO, |sum, line| sum.checked_add(line.credit))?.to_credit()
    }
}

/// Why a month cannot be settled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettlementError {
    /// The month lies before the first terms.
    #[error("no terms were in force in `{0}`")]
    NoTerms(Month),
    /// A sum does not fit into 128 bits.
    #[error("the sums of ambassador `{0}` are larger than any programme's")]
    Overflow(AmbassadorId),
}

impl Diagnostic for SettlementError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoTerms(_) => "MONTH_BEFORE_TERMS",
            Self::Overflow(_) => "SUM_OVERFLOW",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::NoTerms(_) => "name a month from the `effective` month of the first terms on",
            Self::Overflow(_) => "check the amounts of the adjustments",
        }
        .into()
    }
}

/// Settles a month for every ambassador enrolled before its end, in the order of their indexes.
///
/// # Errors
///
/// No terms were in force, or a sum overflowed.
pub fn settle(
    programme: &Programme,
    measurements: &Measurements,
    credited: &Credited,
    month: Month,
) -> Result<Vec<AmbassadorMonth>, SettlementError> {
    let terms = programme.records().terms.in_force(month).ok_or(SettlementError::NoTerms(month))?;
    let as_of = month.end();
    let mut drafts = BTreeMap::new();
    for ambassador in programme.records().ambassadors.iter().filter(|row| row.joined_at < as_of) {
        drafts.insert(ambassador.index, Draft::new(ambassador, programme, terms));
    }
    entitle_all(programme, measurements, as_of, &mut drafts);
    adjust_all(programme, month, &mut drafts);
    let overflow = |index: AmbassadorIndex| {
        move || {
            let row = programme.records().ambassadors.iter().find(|row| row.index == index);
            row.map_or(SettlementError::NoTerms(month), |row| SettlementError::Overflow(row.id.clone()))
        }
    };
    let before = by_ambassador(credited);
    for (index, draft) in &mut drafts {
        draft.owe(before.get(index).map_or(&[], Vec::as_slice)).ok_or_else(overflow(*index))?;
        draft.queue(terms.caps());
    }
    share(&mut drafts, terms.caps()).ok_or_else(|| {
        drafts.keys().next().copied().map_or(SettlementError::NoTerms(month), |index| overflow(index)())
    })?;
    drafts.into_iter().map(|(index, draft)| draft.close(index, as_of).ok_or_else(overflow(index))).collect()
}

/// Returns what was credited to each ambassador.
fn by_ambassador(credited: &Credited) -> BTreeMap<AmbassadorIndex, Vec<(&LineKey, SignedUsd)>> {
    let mut lines: BTreeMap<AmbassadorIndex, Vec<(&LineKey, SignedUsd)>> = BTreeMap::new();
    for (key, usd) in credited.iter().filter(|(_, usd)| !usd.is_zero()) {
        lines.entry(key.ambassador).or_default().push((key, *usd));
    }
    lines
}

/// Writes every referral's entitlement into its ambassador's draft.
fn entitle_all(
    programme: &Programme,
    measurements: &Measurements,
    as_of: Instant,
    drafts: &mut BTreeMap<AmbassadorIndex, Draft>,
) {
    let history = &programme.records().terms;
    let adoptions = programme.adoptions_by_creator();
    let indexes: BTreeMap<&AmbassadorId, AmbassadorIndex> =
        programme.records().ambassadors.iter().map(|row| (&row.id, row.index)).collect();
    for (creator, referrals) in programme.referrals_by_creator() {
        let first = first_accepted(&referrals, history, as_of);
        let version = governing_terms(first, history, as_of).map_or(1, Terms::version);
        for referral in referrals {
            let pair = (referral.creator.clone(), referral.ambassador.clone());
            let evidence = Evidence {
                first_accepted: first,
                self_referral: measurements.self_referrals.contains(&pair),
                supporters: measurements.supporters.get(creator).map_or(&[], Vec::as_slice),
                adoptions: adoptions.get(creator).map_or(&[], Vec::as_slice),
            };
            let Some(draft) = indexes.get(&referral.ambassador).and_then(|index| drafts.get_mut(index)) else {
                continue;
            };
            let invited = referral.invited_at.is_some_and(|invited_at| invited_at < as_of);
            if !invited {
                continue;
            }
            if referral.status == ReferralStatus::Held {
                draft.held.insert(creator.clone());
            }
            for line in entitle(referral, &evidence, history, as_of) {
                draft.write(creator, line.kind, line.standing, version);
            }
        }
    }
}

/// Adds the adjustments of all months up to this one as one line of each ambassador.
fn adjust_all(programme: &Programme, month: Month, drafts: &mut BTreeMap<AmbassadorIndex, Draft>) {
    for adjustment in programme.records().adjustments.iter().filter(|row| row.month <= month) {
        let Some(ambassador) = programme.ambassador(&adjustment.ambassador) else { continue };
        let Some(draft) = drafts.get_mut(&ambassador.index) else { continue };
        let line = draft
            .lines
            .entry((None, LineKind::Adjustment))
            .or_insert_with(|| Line { terms_version: draft.terms_version, ..Line::default() });
        line.locked_at = Some(adjustment.month.start());
        match line.entitled.checked_add(adjustment.usd) {
            Some(sum) => line.entitled = sum,
            None => draft.overflowed = true,
        }
        let note = format!("{} {} ({}, {})", adjustment.month, adjustment.usd, adjustment.reason, adjustment.approver);
        match line.figures.first_mut() {
            None => line.figures.push(("adjustments", note)),
            Some((_, notes)) => *notes = format!("{notes}; {note}"),
        }
    }
}

/// Grants what the budget allows (rule R7); whoever is owed less than the minimum, or would get less, gets nothing.
fn share(drafts: &mut BTreeMap<AmbassadorIndex, Draft>, caps: &Caps) -> Option<()> {
    let mut claimants = Vec::new();
    for (index, draft) in drafts.iter_mut() {
        let sum = draft.sum()?;
        if sum.to_credit().is_some_and(|sum| sum >= caps.min_payout) {
            claimants.push(draft.claim(*index)?);
        } else {
            draft.leave_out(&Reason::BelowMinimum { sum, minimum: caps.min_payout });
        }
    }
    let Shared { granted, left_out } = shortfall::share(&claimants, caps)?;
    for (index, share) in left_out {
        drafts.get_mut(&index)?.leave_to_next_budget(share.unwrap_or_default(), caps)?;
    }
    for claimant in &claimants {
        // Nothing of whoever was left out is open.
        drafts.get_mut(&claimant.index)?.grant(claimant, &granted)?;
    }
    Some(())
}

/// An ambassador's month while it is made.
struct Draft {
    lines: BTreeMap<(Option<CreatorId>, LineKind), Line>,
    pending: Vec<PendingLine>,
    /// Why nothing is paid at all.
    stopped: Option<Reason>,
    terms_version: u32,
    /// Creators whose referrals the treasury holds: neither credits nor debits of theirs move.
    held: BTreeSet<CreatorId>,
    overflowed: bool,
}

#[derive(Clone, Debug, Default)]
struct Line {
    terms_version: u32,
    entitled: SignedUsd,
    credited_before: SignedUsd,
    owed: SignedUsd,
    credit: SignedUsd,
    locked_at: Option<Instant>,
    figures: Figures,
    /// Why it is not credited in full.
    deferred: Option<Reason>,
}

impl Draft {
    fn new(ambassador: &Ambassador, programme: &Programme, terms: &Terms) -> Self {
        let stopped = match (ambassador.status, &ambassador.payee) {
            (AmbassadorStatus::Held, _) => Some(Reason::Held),
            (AmbassadorStatus::Active, Payee::Name(name)) if programme.resolve(&ambassador.payee).is_none() => {
                Some(Reason::AddressUnconfirmed { payee: name.clone() })
            }
            (AmbassadorStatus::Active, _) => None,
        };
        let (lines, pending) = (BTreeMap::new(), Vec::new());
        Self { lines, pending, stopped, terms_version: terms.version(), held: BTreeSet::new(), overflowed: false }
    }

    fn write(&mut self, creator: &CreatorId, kind: LineKind, standing: Standing, terms_version: u32) {
        let creator = Some(creator.clone());
        match standing {
            Standing::Pending { amount, reason, next } => {
                let Ok(amount) = SignedUsd::try_from(amount) else {
                    self.overflowed = true;
                    return;
                };
                self.pending.push(PendingLine { creator, kind, amount, reason, next });
            }
            Standing::Locked { amount, locked_at, figures } => {
                let Ok(entitled) = SignedUsd::try_from(amount) else {
                    self.overflowed = true;
                    return;
                };
                let locked_at = Some(locked_at);
                let line = Line { terms_version, entitled, locked_at, figures, ..Line::default() };
                self.lines.insert((creator, kind), line);
            }
        }
    }

    /// Compares every line with what earlier months credited (rule R6).
    fn owe(&mut self, credited: &[(&LineKey, SignedUsd)]) -> Option<()> {
        for (key, before) in credited {
            let terms_version = self.terms_version;
            let line = self.lines.entry((key.creator.clone(), key.kind));
            line.or_insert_with(|| Line { terms_version, ..Line::default() }).credited_before = *before;
        }
        for ((creator, _), line) in &mut self.lines {
            line.owed = line.entitled.checked_sub(line.credited_before)?;
            let held = creator.as_ref().is_some_and(|creator| self.held.contains(creator));
            line.deferred = self.stopped.clone().or(held.then_some(Reason::Held));
        }
        (!self.overflowed).then_some(())
    }

    /// Queues the base lines beyond the month's number, oldest first (rule R7).
    ///
    /// A line has its place in the month that credits the first of it; the rest of a line that the budget cut short
    /// takes no second place, or a rest below the minimum would bar the queue for ever.
    fn queue(&mut self, caps: &Caps) {
        let mut bases: Vec<(Option<Instant>, Option<CreatorId>)> = self
            .lines
            .iter()
            .filter(|((_, kind), line)| {
                *kind == LineKind::Base
                    && line.deferred.is_none()
                    && line.owed > SignedUsd::ZERO
                    && line.credited_before <= SignedUsd::ZERO
            })
            .map(|((creator, _), line)| (line.locked_at, creator.clone()))
            .collect();
        bases.sort();
        let most = usize::try_from(caps.max_per_month).unwrap_or(usize::MAX);
        for ((_, creator), position) in bases.into_iter().skip(most).zip(1_u32..) {
            if let Some(line) = self.lines.get_mut(&(creator, LineKind::Base)) {
                line.deferred = Some(Reason::CapQueued { position, maximum: caps.max_per_month });
            }
        }
    }

    fn open_lines(&self) -> impl Iterator<Item = (&(Option<CreatorId>, LineKind), &Line)> {
        self.lines.iter().filter(|(_, line)| line.deferred.is_none())
    }

    /// Returns what the month would pay if the budget had no end.
    fn sum(&self) -> Option<SignedUsd> {
        self.open_lines().try_fold(SignedUsd::ZERO, |sum, (_, line)| sum.checked_add(line.owed))
    }

    /// Returns since when the oldest open line is earned.
    fn oldest(&self) -> Option<Instant> {
        self.open_lines().filter(|(_, line)| line.owed > SignedUsd::ZERO).filter_map(|(_, line)| line.locked_at).min()
    }

    /// Returns what the budget is asked for: the open lines, less the debits in the order of the classes.
    fn claim(&self, index: AmbassadorIndex) -> Option<Claimant> {
        let mut debits = self.open_lines().filter_map(|(_, line)| line.owed.to_debit());
        let debits = debits.try_fold(Usd::ZERO, Usd::checked_add)?;
        let mut credits: Vec<(LineKind, &Option<CreatorId>, Usd)> = self
            .open_lines()
            .filter_map(|((creator, kind), line)| Some((*kind, creator, line.owed.to_credit()?)))
            .filter(|(_, _, credit)| !credit.is_zero())
            .collect();
        credits.sort();
        let (mut needs, mut debit) = (BTreeMap::new(), debits);
        for (kind, creator, credit) in credits {
            let netted = credit.min(debit);
            debit = debit.checked_sub(netted)?;
            let key = LineKey { creator: creator.clone(), kind, ambassador: index };
            needs.insert(key, credit.checked_sub(netted)?);
        }
        Some(Claimant { index, since: self.oldest(), needs, asks_for_share: !debits.is_zero() })
    }

    /// Credits the open lines: debits and what they were netted with in full, the rest as granted.
    fn grant(&mut self, Claimant { index, needs, .. }: &Claimant, granted: &BTreeMap<LineKey, Usd>) -> Option<()> {
        for ((creator, kind), line) in self.lines.iter_mut().filter(|(_, line)| line.deferred.is_none()) {
            let key = LineKey { creator: creator.clone(), kind: *kind, ambassador: *index };
            let need = needs.get(&key).copied().unwrap_or_default();
            let grant = granted.get(&key).copied().unwrap_or_default().min(need);
            let missing = SignedUsd::try_from(need.checked_sub(grant)?).ok()?;
            line.credit = line.owed.checked_sub(missing)?;
            if !missing.is_zero() {
                line.deferred =
                    Some(Reason::BudgetDeferred { granted: line.credit.to_credit()?, owed: line.owed.to_credit()? });
            }
        }
        Some(())
    }

    /// Leaves everything to a later month because the budget's share was below the minimum.
    fn leave_to_next_budget(&mut self, share: Usd, caps: &Caps) -> Option<()> {
        let sum = SignedUsd::try_from(share).ok()?;
        for line in self.lines.values_mut().filter(|line| line.deferred.is_none()) {
            line.deferred = Some(match line.owed.to_credit() {
                Some(owed) => Reason::BudgetDeferred { granted: Usd::ZERO, owed },
                None => Reason::BelowMinimum { sum, minimum: caps.min_payout },
            });
        }
        Some(())
    }

    fn leave_out(&mut self, reason: &Reason) {
        for line in self.lines.values_mut().filter(|line| line.deferred.is_none()) {
            line.deferred = Some(reason.clone());
        }
    }

    /// Turns the draft into the month; what is owed but not credited is pending until the next month's end.
    fn close(self, ambassador: AmbassadorIndex, as_of: Instant) -> Option<AmbassadorMonth> {
        let mut pending = self.pending;
        let mut lines = Vec::new();
        for ((creator, kind), line) in self.lines {
            let amount = line.owed.checked_sub(line.credit)?;
            if let Some(reason) = line.deferred.filter(|_| !amount.is_zero()) {
                let next = Some(as_of.to_month().end());
                pending.push(PendingLine { creator: creator.clone(), kind, amount, reason, next });
            }
            lines.push(SettledLine {
                creator,
                kind,
                terms_version: line.terms_version,
                entitled: line.entitled,
                credited_before: line.credited_before,
                credit: line.credit,
                locked_at: line.locked_at,
                figures: line.figures,
            });
        }
        pending.sort_by(|a, b| (&a.creator, a.kind).cmp(&(&b.creator, b.kind)));
        Some(AmbassadorMonth { ambassador, lines, pending })
    }
}

//! Whether the rows of a programme's records can stand beside each other.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use crate::{
    address::Address,
    calendar::{Instant, Month},
    diagnostic::Diagnostic,
    identifier::{AmbassadorId, CreatorId},
    records::{Ambassador, AmbassadorIndex, Close, Payee, Records, Referral, Relation, Resolution, UseCase},
    terms::{Terms, TermsHistory},
};

/// A file of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the file of that name")]
pub enum Table {
    Ambassadors,
    Referrals,
    Adoptions,
    Parties,
    Prices,
    Adjustments,
    Resolutions,
}

/// A row that cannot stand beside another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct RecordError {
    /// The file.
    pub table: Table,
    /// The position of the row among the rows that were given, from 0.
    pub row: usize,
    /// The column.
    pub column: &'static str,
    /// The position of the other row in the same file, where there is one.
    pub other_row: Option<usize>,
    /// What is wrong.
    pub problem: RecordProblem,
}

/// What is wrong with a row beside the others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum RecordProblem {
    #[error("index `{0}` stands twice")]
    IndexTwice(AmbassadorIndex),
    #[error("index `{found}` leaves a gap: the next free one is `{expected}`")]
    IndexGap { found: AmbassadorIndex, expected: usize },
    #[error("ambassador `{0}` stands twice")]
    AmbassadorTwice(AmbassadorId),
    #[error("payee `{0}` belongs to two ambassadors")]
    PayeeTwice(Payee),
    #[error("there is no ambassador `{0}`")]
    NoAmbassador(AmbassadorId),
    #[error("there is no creator `{0}` among the referrals")]
    NoCreator(CreatorId),
    #[error("creator `{creator}` and ambassador `{ambassador}` stand together twice")]
    ReferralTwice { creator: CreatorId, ambassador: AmbassadorId },
    #[error("creator `{0}` has two coins")]
    TwoCoins(CreatorId),
    #[error("coin `{0}` belongs to two creators")]
    CoinShared(String),
    #[error("creator `{creator}` has two {what} times")]
    TwoTimes { creator: CreatorId, what: &'static str },
    #[error("`{at}` lies before {before}, `{earlier}`")]
    OutOfOrder { at: Instant, before: &'static str, earlier: Instant },
    #[error("the time is there, but {0} is missing")]
    TimeMissing(&'static str),
    #[error("no terms were in force at `{0}`")]
    NoTerms(Instant),
    #[error("use case `{0}` is not known to the terms")]
    UnknownUseCase(UseCase),
    #[error("creator `{creator}` has the use case `{use_case}` twice")]
    AdoptionTwice { creator: CreatorId, use_case: UseCase },
    #[error("the same row stands twice")]
    RowTwice,
    #[error("the date `{0}` stands twice")]
    DateTwice(String),
    #[error("an adjustment of nothing")]
    AdjustmentZero,
    #[error("`{0}` lies before the first terms took effect")]
    BeforeTerms(Month),
    #[error("name `{name}` has two addresses at block `{block}`")]
    ResolutionTwice { name: String, block: u64 },
}

impl Diagnostic for RecordError {
    fn code(&self) -> &'static str {
        match &self.problem {
            RecordProblem::IndexTwice(_) => "INDEX_TWICE",
            RecordProblem::IndexGap { .. } => "INDEX_GAP",
            RecordProblem::AmbassadorTwice(_) => "AMBASSADOR_TWICE",
            RecordProblem::PayeeTwice(_) => "PAYEE_TWICE",
            RecordProblem::NoAmbassador(_) => "AMBASSADOR_UNKNOWN",
            RecordProblem::NoCreator(_) => "CREATOR_UNKNOWN",
            RecordProblem::ReferralTwice { .. } => "REFERRAL_TWICE",
            RecordProblem::TwoCoins(_) => "COIN_DIFFERS",
            RecordProblem::CoinShared(_) => "COIN_SHARED",
            RecordProblem::TwoTimes { .. } => "TIME_DIFFERS",
            RecordProblem::OutOfOrder { .. } => "TIME_ORDER",
            RecordProblem::TimeMissing(_) => "TIME_MISSING",
            RecordProblem::NoTerms(_) => "TERMS_NOT_IN_FORCE",
            RecordProblem::UnknownUseCase(_) => "USE_CASE_UNKNOWN",
            RecordProblem::AdoptionTwice { .. } => "USE_CASE_TWICE",
            RecordProblem::RowTwice => "ROW_TWICE",
            RecordProblem::DateTwice(_) => "DATE_TWICE",
            RecordProblem::AdjustmentZero => "ADJUSTMENT_ZERO",
            RecordProblem::BeforeTerms(_) => "MONTH_BEFORE_TERMS",
            RecordProblem::ResolutionTwice { .. } => "RESOLUTION_TWICE",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            RecordProblem::IndexTwice(_) | RecordProblem::IndexGap { .. } => {
                "number the ambassadors 0, 1, 2, … in the order of enrolment and never reuse a number"
            }
            RecordProblem::AmbassadorTwice(_) => "ids differ by more than capital letters, because they name files",
            RecordProblem::PayeeTwice(_) => "an ambassador is enrolled once; correct one of the payees",
            RecordProblem::NoAmbassador(_) => "correct the id, or add the ambassador to `ambassadors.csv`",
            RecordProblem::NoCreator(_) => "correct the id, or add the creator to `referrals.csv`",
            RecordProblem::ReferralTwice { .. } | RecordProblem::RowTwice | RecordProblem::AdoptionTwice { .. } => {
                "remove one of the two rows"
            }
            RecordProblem::TwoCoins(_) | RecordProblem::CoinShared(_) => {
                "a creator has one coin, and a coin one creator"
            }
            RecordProblem::TwoTimes { .. } => "approval and launch are the creator's: write the same time in every row",
            RecordProblem::OutOfOrder { .. } => "enrolment, invite, acceptance, approval and launch follow each other",
            RecordProblem::TimeMissing(_) => "fill the earlier time in, or empty the later one",
            RecordProblem::NoTerms(_) | RecordProblem::BeforeTerms(_) => {
                "correct the time, or the `effective` month of the first terms"
            }
            RecordProblem::UnknownUseCase(_) => "write one of `known_use_cases`, or `new:<slug>` for an innovative one",
            RecordProblem::DateTwice(_) => "keep one close for each day",
            RecordProblem::AdjustmentZero => "write an amount other than zero, or remove the row",
            RecordProblem::ResolutionTwice { .. } => "keep the address that the name had at that block",
        }
        .to_string()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Ambassadors => "ambassadors.csv",
            Self::Referrals => "referrals.csv",
            Self::Adoptions => "adoptions.csv",
            Self::Parties => "parties.csv",
            Self::Prices => "prices.csv",
            Self::Adjustments => "adjustments.csv",
            Self::Resolutions => "resolutions.csv",
        })
    }
}

/// Returns whether a use case is new, or known to one of the terms.
pub(crate) fn is_known(use_case: &UseCase, terms: &[Terms]) -> bool {
    match use_case {
        UseCase::Innovative(_) => true,
        UseCase::Known(name) => terms.iter().any(|terms| terms.reward().known_use_cases.contains(name)),
    }
}

/// Returns every row that cannot stand beside the others.
pub(crate) fn contradictions(records: &Records) -> Vec<RecordError> {
    let mut check = Check { errors: Vec::new() };
    check.ambassadors(&records.ambassadors);
    check.referrals(records);
    check.adoptions(records);
    check.parties(records);
    check.closes(&records.closes);
    check.adjustments(records);
    check.resolutions(&records.resolutions);
    check.errors
}

/// Collects the contradictions of all tables.
struct Check {
    errors: Vec<RecordError>,
}

impl Check {
    fn push(
        &mut self,
        table: Table,
        row: usize,
        column: &'static str,
        other_row: Option<usize>,
        problem: RecordProblem,
    ) {
        self.errors.push(RecordError { table, row, column, other_row, problem });
    }

    /// Reports every row whose key an earlier row had.
    fn unique<K: Ord>(
        &mut self,
        table: Table,
        column: &'static str,
        keys: impl Iterator<Item = K>,
        problem: impl Fn(usize) -> RecordProblem,
    ) {
        let mut first = BTreeMap::new();
        for (row, key) in keys.enumerate() {
            if let Some(other) = first.get(&key) {
                self.push(table, row, column, Some(*other), problem(row));
            } else {
                first.insert(key, row);
            }
        }
    }

    fn ambassadors(&mut self, rows: &[Ambassador]) {
        let table = Table::Ambassadors;
        let problems = |problem: fn(&Ambassador) -> RecordProblem| {
            move |row: usize| rows.get(row).map_or(RecordProblem::RowTwice, problem)
        };
        let ids = rows.iter().map(|row| row.id.as_str().to_ascii_lowercase());
        self.unique(
            table,
            "index",
            rows.iter().map(|row| row.index),
            problems(|row| RecordProblem::IndexTwice(row.index)),
        );
        self.unique(table, "id", ids, problems(|row| RecordProblem::AmbassadorTwice(row.id.clone())));
        let payees = rows.iter().map(|row| row.payee.clone());
        self.unique(table, "payee", payees, problems(|row| RecordProblem::PayeeTwice(row.payee.clone())));
        let mut by_index: Vec<(AmbassadorIndex, usize, Instant)> =
            rows.iter().enumerate().map(|(row, ambassador)| (ambassador.index, row, ambassador.joined_at)).collect();
        by_index.sort();
        for (earlier, later) in by_index.iter().zip(by_index.iter().skip(1)) {
            if later.2 < earlier.2 {
                let before = "the enrolment of the index before it";
                let problem = RecordProblem::OutOfOrder { at: later.2, before, earlier: earlier.2 };
                self.push(table, later.1, "joined_at", Some(earlier.1), problem);
            }
        }
        let indexes: BTreeSet<u32> = rows.iter().map(|row| row.index.as_u32()).collect();
        let gap = indexes.iter().zip(0_u32..).find(|(index, expected)| *index != expected);
        if let Some((found, expected)) = gap {
            let found = AmbassadorIndex::new(*found);
            let row = rows.iter().position(|row| row.index == found).unwrap_or_default();
            let expected = usize::try_from(expected).unwrap_or_default();
            self.push(table, row, "index", None, RecordProblem::IndexGap { found, expected });
        }
    }

    fn referrals(&mut self, records: &Records) {
        let table = Table::Referrals;
        let rows = &records.referrals;
        let joined: BTreeMap<_, _> = records.ambassadors.iter().map(|row| (&row.id, row.joined_at)).collect();
        self.unique(table, "creator", rows.iter().map(|row| (&row.creator, &row.ambassador)), |row| {
            rows.get(row).map_or(RecordProblem::RowTwice, |row| RecordProblem::ReferralTwice {
                creator: row.creator.clone(),
                ambassador: row.ambassador.clone(),
            })
        });
        let mut creators: BTreeMap<&CreatorId, (usize, &Referral)> = BTreeMap::new();
        let mut times: BTreeMap<(&CreatorId, &str), (usize, Instant)> = BTreeMap::new();
        let mut coins: BTreeMap<&str, (usize, &CreatorId)> = BTreeMap::new();
        for (row, referral) in rows.iter().enumerate() {
            match joined.get(&referral.ambassador) {
                None => {
                    self.push(table, row, "ambassador", None, RecordProblem::NoAmbassador(referral.ambassador.clone()));
                }
                Some(joined) => self.times(row, referral, *joined, &records.terms),
            }
            let (other, first) = *creators.entry(&referral.creator).or_insert((row, referral));
            if first.coin != referral.coin {
                self.push(table, row, "coin", Some(other), RecordProblem::TwoCoins(referral.creator.clone()));
            }
            for (column, what, at) in
                [("approved_at", "approval", referral.approved_at), ("launched_at", "launch", referral.launched_at)]
            {
                let Some(at) = at else { continue };
                let (other, first_at) = *times.entry((&referral.creator, column)).or_insert((row, at));
                if first_at != at {
                    let problem = RecordProblem::TwoTimes { creator: referral.creator.clone(), what };
                    self.push(table, row, column, Some(other), problem);
                }
            }
            let (other, owner) = *coins.entry(referral.coin.as_str()).or_insert((row, &referral.creator));
            if *owner != referral.creator {
                self.push(table, row, "coin", Some(other), RecordProblem::CoinShared(referral.coin.to_string()));
            }
        }
    }

    fn times(&mut self, row: usize, referral: &Referral, joined_at: Instant, terms: &TermsHistory) {
        let steps = [
            ("invited_at", "the ambassador's enrolment", Some(joined_at), referral.invited_at),
            ("accepted_at", "the invite", referral.invited_at, referral.accepted_at),
            ("approved_at", "the acceptance", referral.accepted_at, referral.approved_at),
            ("launched_at", "the approval", referral.approved_at, referral.launched_at),
        ];
        for (column, before, earlier, at) in steps {
            let problem = match (earlier, at) {
                (Some(earlier), Some(at)) if at < earlier => RecordProblem::OutOfOrder { at, before, earlier },
                (None, Some(_)) => RecordProblem::TimeMissing(before),
                _ => continue,
            };
            self.push(Table::Referrals, row, column, None, problem);
        }
        if let Some(accepted_at) = referral.accepted_at.filter(|accepted_at| terms.governing(*accepted_at).is_none()) {
            self.push(Table::Referrals, row, "accepted_at", None, RecordProblem::NoTerms(accepted_at));
        }
    }

    fn adoptions(&mut self, records: &Records) {
        let table = Table::Adoptions;
        let rows = &records.adoptions;
        let creators: BTreeSet<&CreatorId> = records.referrals.iter().map(|row| &row.creator).collect();
        self.unique(table, "use_case", rows.iter().map(|row| (&row.creator, &row.use_case)), |row| {
            rows.get(row).map_or(RecordProblem::RowTwice, |row| RecordProblem::AdoptionTwice {
                creator: row.creator.clone(),
                use_case: row.use_case.clone(),
            })
        });
        for (row, adoption) in rows.iter().enumerate() {
            if !creators.contains(&adoption.creator) {
                self.push(table, row, "creator", None, RecordProblem::NoCreator(adoption.creator.clone()));
            }
            if !is_known(&adoption.use_case, records.terms.versions()) {
                self.push(table, row, "use_case", None, RecordProblem::UnknownUseCase(adoption.use_case.clone()));
            }
        }
    }

    fn parties(&mut self, records: &Records) {
        let table = Table::Parties;
        let rows = &records.parties;
        let creators: BTreeSet<&CreatorId> = records.referrals.iter().map(|row| &row.creator).collect();
        let ambassadors: BTreeSet<&AmbassadorId> = records.ambassadors.iter().map(|row| &row.id).collect();
        self.unique(table, "actor", rows.iter().map(|row| (&row.actor, &row.relation)), |_| RecordProblem::RowTwice);
        for (row, party) in rows.iter().enumerate() {
            let problem = match &party.relation {
                Relation::Creator(id) if !creators.contains(id) => RecordProblem::NoCreator(id.clone()),
                Relation::Ambassador(id) if !ambassadors.contains(id) => RecordProblem::NoAmbassador(id.clone()),
                _ => continue,
            };
            self.push(table, row, "relation", None, problem);
        }
    }

    fn closes(&mut self, rows: &[Close]) {
        self.unique(Table::Prices, "date", rows.iter().map(|row| row.date), |row| {
            rows.get(row).map_or(RecordProblem::RowTwice, |row| RecordProblem::DateTwice(format!("{}", row.date)))
        });
    }

    fn adjustments(&mut self, records: &Records) {
        let table = Table::Adjustments;
        let rows = &records.adjustments;
        let ambassadors: BTreeSet<&AmbassadorId> = records.ambassadors.iter().map(|row| &row.id).collect();
        let keys = rows.iter().map(|row| (&row.ambassador, row.month, row.usd, &row.reason, &row.approver));
        self.unique(table, "ambassador", keys, |_| RecordProblem::RowTwice);
        for (row, adjustment) in rows.iter().enumerate() {
            if !ambassadors.contains(&adjustment.ambassador) {
                let problem = RecordProblem::NoAmbassador(adjustment.ambassador.clone());
                self.push(table, row, "ambassador", None, problem);
            }
            if adjustment.usd.is_zero() {
                self.push(table, row, "usd", None, RecordProblem::AdjustmentZero);
            }
            if records.terms.in_force(adjustment.month).is_none() {
                self.push(table, row, "month", None, RecordProblem::BeforeTerms(adjustment.month));
            }
        }
    }

    fn resolutions(&mut self, rows: &[Resolution]) {
        let mut first: BTreeMap<_, (usize, Option<Address>)> = BTreeMap::new();
        for (row, pinned) in rows.iter().enumerate() {
            let (other, address) = *first.entry((&pinned.name, pinned.block)).or_insert((row, pinned.address));
            // The same address again confirms it.
            if address != pinned.address {
                let problem = RecordProblem::ResolutionTwice { name: pinned.name.to_string(), block: pinned.block };
                self.push(Table::Resolutions, row, "name", Some(other), problem);
            }
        }
    }
}

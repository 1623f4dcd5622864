//! All records of a programme, known to agree with each other.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use core::cmp::Ordering;

use crate::{
    address::Address,
    calendar::{Instant, Month},
    consistency::{RecordError, contradictions, is_known},
    identifier::{AmbassadorId, CreatorId, canonical_actor},
    records::{Adjustment, Adoption, Ambassador, EnsName, Payee, Records, Referral, Relation, Resolution},
    terms::{HistoryError, TermsHistory},
};

/// What the pinned rows of a name say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// It stands for this account.
    Account(Address),
    /// It names another account than before, which nobody confirmed yet.
    Changed(Address),
    /// It names none any more.
    Vanished,
}

impl Pin {
    /// Returns what rows of one name, in the order of their blocks, say of it.
    pub(crate) fn of(rows: &[&Resolution]) -> Option<Self> {
        let (latest, earlier) = rows.split_last()?;
        let confirmed = earlier.last().is_none_or(|before| before.address == latest.address);
        Some(match latest.address {
            None => Self::Vanished,
            Some(address) if confirmed => Self::Account(address),
            Some(address) => Self::Changed(address),
        })
    }
}

/// A programme's records, which agree with each other and stand in one order.
///
/// The order of rows in the files does not matter: equal records make equal programmes.
#[derive(Clone, Debug)]
pub struct Programme {
    // INVARIANT: `contradictions` found none, and every list stands in the order that `new` gives it.
    records: Records,
    /// Where each ambassador stands in the records.
    places: BTreeMap<AmbassadorId, usize>,
}

impl Programme {
    /// Checks every row against the others and puts all into one order.
    ///
    /// # Errors
    ///
    /// Every contradiction, with the positions of its rows.
    pub fn new(mut records: Records) -> Result<Self, Vec<RecordError>> {
        let errors = contradictions(&records);
        if !errors.is_empty() {
            return Err(errors);
        }
        records.ambassadors.sort_by_key(|ambassador| ambassador.index);
        records.referrals.sort_by(|a, b| (&a.creator, &a.ambassador).cmp(&(&b.creator, &b.ambassador)));
        records.adoptions.sort_by(|a, b| (&a.creator, &a.use_case).cmp(&(&b.creator, &b.use_case)));
        records.parties.sort_by(|a, b| (&a.relation, &a.actor).cmp(&(&b.relation, &b.actor)));
        records.closes.sort_by_key(|close| close.date);
        records.adjustments.sort_by(|a, b| {
            let key = |row: &Adjustment| {
                (row.month, row.ambassador.clone(), row.usd, row.reason.clone(), row.approver.clone())
            };
            key(a).cmp(&key(b))
        });
        records.resolutions.sort_by(|a, b| (&a.name, a.block).cmp(&(&b.name, b.block)));
        Ok(Self::of(records))
    }

    /// Takes records that agree and stand in order.
    fn of(records: Records) -> Self {
        let ids = records.ambassadors.iter().map(|ambassador| ambassador.id.clone());
        Self { places: ids.zip(0..).collect(), records }
    }

    /// Returns what of the programme is seen at the end of `month`, with the names resolved before `resolved_before`.
    ///
    /// Rows and times that lie later are left out, so that a month does not change when the records grow.
    ///
    /// # Errors
    ///
    /// No terms were in force in the month.
    pub fn seen_in(&self, month: Month, resolved_before: Instant) -> Result<Self, HistoryError> {
        let as_of = month.end();
        let mut records = self.records.clone();
        let versions = records.terms.versions().iter().filter(|terms| terms.effective() <= month);
        records.terms = TermsHistory::new(versions.cloned().collect())?;
        records.ambassadors.retain(|row| row.joined_at < as_of);
        records.referrals.retain(|row| row.invited_at.is_some_and(|invited_at| invited_at < as_of));
        for referral in &mut records.referrals {
            for time in [&mut referral.accepted_at, &mut referral.approved_at, &mut referral.launched_at] {
                *time = time.filter(|time| *time < as_of);
            }
        }
        let creators: BTreeSet<CreatorId> = records.referrals.iter().map(|row| row.creator.clone()).collect();
        let ambassadors: BTreeSet<AmbassadorId> = records.ambassadors.iter().map(|row| row.id.clone()).collect();
        let terms = &records.terms;
        records.adoptions.retain(|row| {
            row.live_at < as_of && creators.contains(&row.creator) && is_known(&row.use_case, terms.versions())
        });
        records.parties.retain(|row| row.since.is_none_or(|since| since < as_of));
        records.parties.retain(|row| match &row.relation {
            Relation::Treasury => true,
            Relation::Creator(id) => creators.contains(id),
            Relation::Ambassador(id) => ambassadors.contains(id),
        });
        records.closes.retain(|row| row.date.to_month() == month);
        records.adjustments.retain(|row| row.month <= month && ambassadors.contains(&row.ambassador));
        records.resolutions.retain(|row| row.resolved_at < resolved_before);
        Ok(Self::of(records))
    }

    /// Returns the records in their one order.
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Returns the ambassador of that id.
    pub fn ambassador(&self, id: &AmbassadorId) -> Option<&Ambassador> {
        self.places.get(id).and_then(|place| self.records.ambassadors.get(*place))
    }

    /// Returns the account that a payee stands for, or `None` where its name is not pinned or not confirmed.
    pub fn resolve(&self, payee: &Payee) -> Option<Address> {
        let name = match payee {
            Payee::Address(address) => return Some(*address),
            Payee::Name(name) => name,
        };
        match self.pin(name)? {
            Pin::Account(address) => Some(address),
            Pin::Changed(_) | Pin::Vanished => None,
        }
    }

    /// Returns what the pinned rows of a name say of it, or `None` where there are none.
    ///
    /// A name that never named another account needs no confirmation; what it names after a change counts as soon as
    /// the two latest rows agree on it.
    pub fn pin(&self, name: &EnsName) -> Option<Pin> {
        Pin::of(&self.pinned(name).iter().collect::<Vec<_>>())
    }

    /// Returns the rows of a name in the order of their blocks.
    pub fn pinned(&self, name: &EnsName) -> &[Resolution] {
        run(&self.records.resolutions, |row| row.name.cmp(name))
    }

    /// Returns the referrals of each creator.
    pub fn referrals_by_creator(&self) -> BTreeMap<&CreatorId, Vec<&Referral>> {
        let mut referrals: BTreeMap<&CreatorId, Vec<&Referral>> = BTreeMap::new();
        for referral in &self.records.referrals {
            referrals.entry(&referral.creator).or_default().push(referral);
        }
        referrals
    }

    /// Returns the use cases of each creator.
    pub fn adoptions_by_creator(&self) -> BTreeMap<&CreatorId, Vec<&Adoption>> {
        let mut adoptions: BTreeMap<&CreatorId, Vec<&Adoption>> = BTreeMap::new();
        for adoption in &self.records.adoptions {
            adoptions.entry(&adoption.creator).or_default().push(adoption);
        }
        adoptions
    }

    /// Returns the actors whose events do not count for a creator whom `ambassador` brought (rule R3), in canonical form.
    pub fn related_actors(&self, creator: &CreatorId, ambassador: &AmbassadorId) -> BTreeSet<String> {
        let mut actors = self.ambassadors_actors(ambassador);
        actors.extend(self.actors_of(&Relation::Creator(creator.clone())));
        actors.extend(self.actors_of(&Relation::Treasury));
        actors
    }

    /// Returns the ambassador's own actors in canonical form: those on record, and the account that is paid.
    pub fn ambassadors_actors(&self, ambassador: &AmbassadorId) -> BTreeSet<String> {
        let payee = self.ambassador(ambassador).and_then(|ambassador| self.resolve(&ambassador.payee));
        let payee = payee.map(|address| canonical_actor(&address.to_string()).into_owned());
        self.actors_of(&Relation::Ambassador(ambassador.clone())).chain(payee).collect()
    }

    /// Returns the actors on record that have this relation, in canonical form.
    pub fn actors_of(&self, relation: &Relation) -> impl Iterator<Item = String> {
        let parties = run(&self.records.parties, |party| party.relation.cmp(relation));
        parties.iter().map(|party| canonical_actor(party.actor.as_str()).into_owned())
    }
}

/// Returns the rows of a sorted list that compare as equal.
fn run<T>(rows: &[T], compare: impl Fn(&T) -> Ordering) -> &[T] {
    let from = rows.partition_point(|row| compare(row) == Ordering::Less);
    let rows = rows.get(from..).unwrap_or_default();
    rows.get(..rows.partition_point(|row| compare(row) == Ordering::Equal)).unwrap_or_default()
}

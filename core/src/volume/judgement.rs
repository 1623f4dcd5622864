//! What the events say together: which repeat, contradict or take back others, and what the rest adds up to.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::hash::BuildHasher;

use super::{
    Fate, Measured, Meter, Supporter, VolumeError, VolumeProblem,
    rows::{self, At, Rows, Seen},
};
use crate::{calendar::Instant, identifier::CreatorId, usd::Volume};

/// All rows in the order of their hashes.
type Order = Vec<(u64, At)>;

/// The counted volume of an actor in a coin.
struct Sum {
    coin: u32,
    actor: u32,
    volume: Volume,
    first_at: Instant,
}

impl<S: BuildHasher + Clone> Meter<S> {
    /// Sums up what was observed; the order of the events does not matter.
    ///
    /// # Errors
    ///
    /// Every event that contradicts another, in the order of their places.
    pub fn finish(mut self) -> Result<Measured, Vec<VolumeError>> {
        let mut errors = Vec::new();
        let mut rows = Rows(core::mem::take(&mut self.shards));
        let order = mark_duplicates(&mut rows, &mut errors);
        self.take_back(&mut rows, &order, &mut errors);
        drop(order);
        let fates = self.count(&rows);
        let counted = fates.get(&Fate::Counted).copied().unwrap_or_default();
        let sums = self.add_up(&rows, counted, &mut errors);
        drop(rows);
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.place);
            return Err(errors);
        }
        Ok(Measured { supporters: self.name(&sums), fates })
    }

    /// Takes from each event what others take back of it before the measured instant.
    fn take_back(&self, rows: &mut Rows, order: &Order, errors: &mut Vec<VolumeError>) {
        let mut reversals: Vec<At> =
            rows.iter().filter(|(_, row)| row.is_reversal() && row.fate != Fate::Duplicate).map(|(at, _)| at).collect();
        reversals.sort_unstable_by_key(|at| rows.get(*at).map(|seen| seen.row.place));
        let mut all: BTreeMap<At, Volume> = BTreeMap::new();
        let mut known: BTreeMap<At, Volume> = BTreeMap::new();
        for reversal in reversals.iter().filter_map(|at| rows.get(*at)) {
            let Some((at, event)) = self.find(rows, order, reversal.row.source, reversal.reverses) else {
                let problem = VolumeProblem::ReversesNothing {
                    id: reversal.id.to_string(),
                    reverses: reversal.reverses.to_string(),
                };
                errors.push(VolumeError { place: reversal.row.place, other: None, problem });
                continue;
            };
            let amount = Volume::from(reversal.row.amount);
            let taken = all.entry(at).or_default();
            *taken = taken.checked_add(amount).unwrap_or(Volume::from_attos(u128::MAX));
            if let Some(problem) = contradiction(&reversal, &event, *taken) {
                errors.push(VolumeError { place: reversal.row.place, other: Some(event.row.place), problem });
            } else if reversal.row.occurred_at < self.as_of {
                known.entry(at).and_modify(|sum| *sum = sum.checked_add(amount).unwrap_or(*sum)).or_insert(amount);
            }
        }
        for (at, taken) in known {
            let Some(row) = rows.get_mut(at) else { continue };
            let left = Volume::from(row.amount).checked_sub(taken).unwrap_or_default();
            row.amount = left.into();
            if row.fate == Fate::Counted && left.is_zero() {
                row.fate = Fate::Reversed;
            }
        }
    }

    fn find<'r>(&self, rows: &'r Rows, order: &Order, source: u32, id: &str) -> Option<(At, Seen<'r>)> {
        let hash = rows::hash(&self.hasher, self.sources.text(source), id);
        let from = order.partition_point(|(other, _)| *other < hash);
        let same = order.get(from..)?.iter().take_while(|(other, _)| *other == hash);
        same.filter_map(|(_, at)| Some((*at, rows.get(*at)?)))
            .filter(|(_, seen)| seen.row.fate != Fate::Duplicate)
            .find(|(_, seen)| seen.row.source == source && seen.id == id)
    }

    fn count(&self, rows: &Rows) -> BTreeMap<Fate, u64> {
        let mut fates = BTreeMap::from([(Fate::OtherCoin, self.other_coins)]);
        for (_, row) in rows.iter() {
            let count = fates.entry(row.fate).or_default();
            *count = count.saturating_add(1);
        }
        fates.retain(|_, count| *count > 0);
        fates
    }

    /// Adds up the rows that count, of which there are `count`, by coin and actor.
    fn add_up(&self, rows: &Rows, count: u64, errors: &mut Vec<VolumeError>) -> Vec<Sum> {
        let mut counted: Vec<((u32, u32), At)> = Vec::with_capacity(usize::try_from(count).unwrap_or_default());
        counted.extend(
            rows.iter().filter(|(_, row)| row.fate == Fate::Counted).map(|(at, row)| ((row.coin, row.actor), at)),
        );
        counted.sort_unstable();
        let mut sums: Vec<Sum> = Vec::new();
        for ((coin, actor), at) in counted {
            let Some(Seen { row, .. }) = rows.get(at) else { continue };
            let amount = Volume::from(row.amount);
            match sums.last_mut().filter(|sum| (sum.coin, sum.actor) == (coin, actor)) {
                None => sums.push(Sum { coin, actor, volume: amount, first_at: row.occurred_at }),
                Some(sum) => {
                    sum.first_at = sum.first_at.min(row.occurred_at);
                    match sum.volume.checked_add(amount) {
                        Some(volume) => sum.volume = volume,
                        None => errors.push(VolumeError {
                            place: row.place,
                            other: None,
                            problem: VolumeProblem::Overflow(
                                self.creator(coin).map_or_else(String::new, ToString::to_string),
                            ),
                        }),
                    }
                }
            }
        }
        sums
    }

    fn creator(&self, coin: u32) -> Option<&CreatorId> {
        self.watch(coin).map(|watch| &watch.creator)
    }

    /// Puts names to sums, which stand in the order of their coins.
    fn name(&self, sums: &[Sum]) -> BTreeMap<CreatorId, Vec<Supporter>> {
        let mut supporters: BTreeMap<CreatorId, Vec<Supporter>> = BTreeMap::new();
        for sums in sums.chunk_by(|a, b| a.coin == b.coin) {
            let Some(creator) = sums.first().and_then(|sum| self.creator(sum.coin)) else { continue };
            let named = sums.iter().filter_map(|Sum { actor, volume, first_at, .. }| {
                let actor = self.actors.text(*actor).parse().ok()?;
                Some(Supporter { actor, volume: *volume, first_at: *first_at })
            });
            let mut named: Vec<Supporter> = named.collect();
            named.sort_unstable();
            supporters.insert(creator.clone(), named);
        }
        supporters
    }
}

/// Marks what repeats a row before it.
fn mark_duplicates(rows: &mut Rows, errors: &mut Vec<VolumeError>) -> Order {
    let mut order: Order = Vec::with_capacity(rows.len());
    order.extend(rows.iter().map(|(at, row)| (row.hash, at)));
    order.sort_unstable();
    let mut duplicates: Vec<At> = Vec::new();
    for same in order.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let mut same: Vec<(At, Seen<'_>)> = same.iter().filter_map(|(_, at)| Some((*at, rows.get(*at)?))).collect();
        same.sort_unstable_by_key(|(_, seen)| seen.row.place);
        let mut kept: Vec<Seen<'_>> = Vec::new();
        for (at, later) in same {
            let name = |seen: &Seen<'_>| seen.row.source == later.row.source && seen.id == later.id;
            let Some(earlier) = kept.iter().find(|earlier| name(earlier)) else {
                kept.push(later);
                continue;
            };
            duplicates.push(at);
            if !later.row.has_fields_of(earlier.row) || later.reverses != earlier.reverses {
                let problem = VolumeProblem::Conflict(later.id.to_string());
                let other = Some(earlier.row.place);
                errors.push(VolumeError { place: later.row.place, other, problem });
            }
        }
    }
    for at in duplicates {
        if let Some(row) = rows.get_mut(at) {
            row.fate = Fate::Duplicate;
        }
    }
    order
}

/// Returns why one event cannot take back another, of which `taken` is taken back with this one.
fn contradiction(reversal: &Seen<'_>, event: &Seen<'_>, taken: Volume) -> Option<VolumeProblem> {
    let (id, reverses) = (reversal.id.to_string(), reversal.reverses.to_string());
    if event.row.is_reversal() {
        Some(VolumeProblem::ReversesReversal { id, reverses })
    } else if event.row.coin != reversal.row.coin {
        Some(VolumeProblem::ReversesOtherCoin { id, reverses })
    } else if reversal.row.occurred_at < event.row.occurred_at {
        Some(VolumeProblem::ReversesFuture { id, reverses })
    } else {
        let amount = Volume::from(event.row.amount);
        (taken > amount).then_some(VolumeProblem::ReversesTooMuch { reverses, amount, reversed: taken })
    }
}

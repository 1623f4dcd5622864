//! What the events say together: which repeat, contradict or take back others, and what the rest adds up to.

use alloc::{collections::BTreeMap, string::ToString, vec, vec::Vec};
use core::hash::BuildHasher;

use super::{
    Fate, Measured, Meter, VolumeError, VolumeProblem,
    names::{Names, mark_duplicates},
    rows::{At, Name, Part, Seen},
    sums,
    workers::{InTurn, Workers},
};
use crate::usd::Volume;

/// A part in which every repeated row is marked.
struct Judged {
    part: Part,
    names: Names,
    reversals: Vec<Aimed>,
    errors: Vec<VolumeError>,
}

/// A reversal, and the name of what it takes back.
#[derive(Clone, Copy)]
struct Aimed {
    target: Name,
    part: usize,
    at: At,
}

/// What is taken back of the events of a part.
struct Taken {
    volumes: BTreeMap<At, Volume>,
    errors: Vec<VolumeError>,
}

impl<S: BuildHasher + Clone + Sync> Meter<S> {
    /// Sums up what was observed; the order of the events does not matter.
    ///
    /// # Errors
    ///
    /// Every event that contradicts another, in the order of their places.
    pub fn finish(self) -> Result<Measured, Vec<VolumeError>> {
        self.finish_by(&InTurn)
    }

    /// Does the same by `workers`, on whose number and order nothing depends.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn finish_by(mut self, workers: &impl Workers) -> Result<Measured, Vec<VolumeError>> {
        let parts = (0..).zip(core::mem::take(&mut self.parts)).collect();
        let mut judged: Vec<Judged> = workers.map(parts, |(number, part)| self.judge(number, part));
        let mut errors: Vec<VolumeError> = judged.iter_mut().flat_map(|judged| judged.errors.drain(..)).collect();

        let mut aimed: Vec<Vec<Aimed>> = vec![Vec::new(); judged.len()];
        for reversal in judged.iter_mut().flat_map(|judged| judged.reversals.drain(..)) {
            if let Some(part) = aimed.get_mut(reversal.target.part) {
                part.push(reversal);
            }
        }
        let taken = workers.map(aimed, |aimed| self.take_back(&judged, aimed));

        let parts: Vec<_> = judged.into_iter().map(|judged| judged.part).zip(taken).collect();
        let counted = workers.map(parts, |(mut part, taken)| {
            apply(&mut part, &taken.volumes);
            (fates(&part), sums::counted(&part), taken.errors)
        });
        let mut measured = Measured::default();
        let mut count = |fate, more: u64| {
            let count: &mut u64 = measured.fates.entry(fate).or_default();
            *count = count.saturating_add(more);
        };
        count(Fate::OtherCoin, self.other_coins);
        let mut groups = Vec::with_capacity(counted.len());
        for (fates, counted, more) in counted {
            for (fate, more) in fates {
                count(fate, more);
            }
            groups.push(counted);
            errors.extend(more);
        }
        measured.fates.retain(|_, count| *count > 0);

        for (sums, more) in workers.map(sums::by_group(groups), |group| sums::add_up(&group, &self.watches)) {
            measured.supporters.extend(sums);
            errors.extend(more);
        }
        if errors.is_empty() {
            return Ok(measured);
        }
        errors.sort_by_key(|error| error.place);
        Err(errors)
    }

    /// Marks what is repeated in a part, and lists its reversals.
    fn judge(&self, number: usize, mut part: Part) -> Judged {
        let mut errors = Vec::new();
        let names = mark_duplicates(&mut part, &mut errors);
        let reversals = part
            .iter()
            .filter(|(_, row)| row.is_reversal() && row.fate != Fate::Duplicate)
            .filter_map(|(at, row)| {
                let source = self.hasher.hash_one(self.sources.text(row.source));
                let target = Name::new(&self.hasher, source, part.get(at)?.reverses);
                Some(Aimed { target, part: number, at })
            })
            .collect();
        Judged { part, names, reversals, errors }
    }

    /// Adds up what reversals take back, before the measured instant, of the events of the part at which all are aimed.
    fn take_back(&self, parts: &[Judged], aimed: Vec<Aimed>) -> Taken {
        let mut taken = Taken { volumes: BTreeMap::new(), errors: Vec::new() };
        let seen = |reversal: Aimed| Some((reversal.target, parts.get(reversal.part)?.part.get(reversal.at)?));
        let mut reversals: Vec<(Name, Seen<'_>)> = aimed.into_iter().filter_map(seen).collect();
        reversals.sort_unstable_by_key(|(_, reversal)| reversal.row.place);
        let mut all: BTreeMap<At, Volume> = BTreeMap::new();
        for (target, reversal) in reversals {
            let place = reversal.row.place;
            let found = parts.get(target.part).and_then(|Judged { part, names, .. }| {
                names.find(part, target.hash, reversal.row.source, reversal.reverses)
            });
            let Some((at, event)) = found else {
                let problem = VolumeProblem::ReversesNothing {
                    id: reversal.id.to_string(),
                    reverses: reversal.reverses.to_string(),
                };
                taken.errors.push(VolumeError { place, other: None, problem });
                continue;
            };
            let amount = Volume::from(reversal.row.amount);
            let sum = all.entry(at).or_default();
            *sum = sum.checked_add(amount).unwrap_or(Volume::from_attos(u128::MAX));
            if let Some(problem) = contradiction(&reversal, &event, *sum) {
                taken.errors.push(VolumeError { place, other: Some(event.row.place), problem });
            } else if reversal.row.occurred_at < self.as_of {
                let known = taken.volumes.entry(at).or_default();
                *known = known.checked_add(amount).unwrap_or(*known);
            }
        }
        taken
    }
}

/// Takes from each event what others take back of it.
fn apply(part: &mut Part, taken: &BTreeMap<At, Volume>) {
    for (at, taken) in taken {
        let Some(row) = part.row_mut(*at) else { continue };
        let left = Volume::from(row.amount).checked_sub(*taken).unwrap_or_default();
        row.amount = left.into();
        if row.fate == Fate::Counted && left.is_zero() {
            row.fate = Fate::Reversed;
        }
    }
}

fn fates(part: &Part) -> Vec<(Fate, u64)> {
    let mut fates: Vec<(Fate, u64)> = Vec::new();
    for (_, row) in part.iter() {
        match fates.iter_mut().find(|(fate, _)| *fate == row.fate) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => fates.push((row.fate, 1)),
        }
    }
    fates
}

/// Returns why one event cannot take back another, of which `taken` is taken back with this one.
fn contradiction(reversal: &Seen<'_>, event: &Seen<'_>, taken: Volume) -> Option<VolumeProblem> {
    let texts = || (reversal.id.to_string(), reversal.reverses.to_string());
    if event.row.is_reversal() {
        let (id, reverses) = texts();
        Some(VolumeProblem::ReversesReversal { id, reverses })
    } else if event.row.coin != reversal.row.coin {
        let (id, reverses) = texts();
        Some(VolumeProblem::ReversesOtherCoin { id, reverses })
    } else if reversal.row.occurred_at < event.row.occurred_at {
        let (id, reverses) = texts();
        Some(VolumeProblem::ReversesFuture { id, reverses })
    } else {
        let amount = Volume::from(event.row.amount);
        (taken > amount).then(|| VolumeProblem::ReversesTooMuch {
            reverses: reversal.reverses.to_string(),
            amount,
            reversed: taken,
        })
    }
}

//! The rows of a part by source and id, and which of them repeat another.

use alloc::{string::ToString, vec, vec::Vec};

use super::{
    Fate, VolumeError, VolumeProblem,
    rows::{At, Part, Seen},
};

/// The first row of each source and id of a part, in the order of the rows' places.
#[derive(Clone, Debug)]
pub(super) struct Names {
    // INVARIANT: a power of two of slots, at most half of them taken.
    slots: Vec<At>,
}

impl Names {
    /// Looks at all rows of a part, and returns besides every row that is not the first of its name.
    fn of(part: &Part) -> (Self, Vec<At>) {
        let slots = part.len().saturating_mul(2).next_power_of_two();
        let mut names = Self { slots: vec![At::NONE; slots] };
        let mut repeated = Vec::new();
        for (at, row) in part.iter() {
            let mut place = names.masked(row.hash);
            while let Some(slot) = names.slots.get_mut(place) {
                let Some(other) = part.row(*slot) else {
                    *slot = at;
                    break;
                };
                let is_same = || {
                    let (Some(one), Some(other)) = (part.get(at), part.get(*slot)) else { return false };
                    one.id == other.id
                };
                if other.hash == row.hash && other.source == row.source && is_same() {
                    repeated.push(if row.place < other.place { core::mem::replace(slot, at) } else { at });
                    break;
                }
                place = names.after(place);
            }
        }
        (names, repeated)
    }

    /// Returns the first row of a source and id.
    pub(super) fn find<'p>(&self, part: &'p Part, hash: u32, source: u32, id: &str) -> Option<(At, Seen<'p>)> {
        let mut place = self.masked(hash);
        loop {
            let at = *self.slots.get(place)?;
            let row = part.row(at)?;
            // Texts lie elsewhere: they are looked at where they are likely to be the same.
            if row.hash == hash
                && row.source == source
                && let Some(seen) = part.get(at)
                && seen.id == id
            {
                return Some((at, seen));
            }
            place = self.after(place);
        }
    }

    fn masked(&self, hash: u32) -> usize {
        usize::try_from(hash).unwrap_or_default() & self.slots.len().saturating_sub(1)
    }

    fn after(&self, place: usize) -> usize {
        place.wrapping_add(1) & self.slots.len().saturating_sub(1)
    }
}

/// Marks every row that repeats one before it.
pub(super) fn mark_duplicates(part: &mut Part, errors: &mut Vec<VolumeError>) -> Names {
    let (names, repeated) = Names::of(part);
    for at in repeated {
        let Some(later) = part.get(at) else { continue };
        let first = names.find(part, later.row.hash, later.row.source, later.id);
        if let Some((_, first)) = first
            && (!later.row.has_fields_of(first.row) || later.reverses != first.reverses)
        {
            let problem = VolumeProblem::Conflict(later.id.to_string());
            errors.push(VolumeError { place: later.row.place, other: Some(first.row.place), problem });
        }
        if let Some(row) = part.row_mut(at) {
            row.fate = Fate::Duplicate;
        }
    }
    names
}

//! What counts, added up by creator and actor.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{array, cmp::Ordering};

use super::{
    EventPlace, Supporter, VolumeError, VolumeProblem, Watched,
    rows::{Amount, Part},
};
use crate::{calendar::Instant, identifier::CreatorId, usd::Volume};

/// In so many groups the coins are added up, each by itself.
pub(super) const GROUPS: usize = 32;

/// Some events that count, of the coins of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    events: Vec<CountedEvent>,
    actors: String,
}

#[derive(Clone, Debug)]
struct CountedEvent {
    amount: Amount,
    occurred_at: Instant,
    place: EventPlace,
    coin: u32,
    /// Where the actor begins.
    start: u32,
    length: u16,
}

/// An event that counts, with what orders it: the coin and the first bytes of the actor, which mostly tell two apart.
struct Ordered<'a> {
    coin: u32,
    beginning: [u8; 8],
    event: &'a CountedEvent,
    actor: &'a str,
}

impl Ordered<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        let short = |one: &Self| (one.coin, u64::from_be_bytes(one.beginning));
        let long = |one: &Self| one.event.place;
        short(self)
            .cmp(&short(other))
            .then_with(|| self.actor.cmp(other.actor))
            .then_with(|| long(self).cmp(&long(other)))
    }
}

/// Returns the group of a coin.
fn group(coin: u32) -> usize {
    usize::try_from(coin).unwrap_or_default().rem_euclid(GROUPS)
}

/// Returns the events of a part that count, by their groups.
pub(super) fn counted(part: &Part) -> [Counted; GROUPS] {
    let mut sizes = [(0_usize, 0_usize); GROUPS];
    for (row, actor) in part.counted() {
        if let Some((events, bytes)) = sizes.get_mut(group(row.coin)) {
            *events = events.saturating_add(1);
            *bytes = bytes.saturating_add(actor.len());
        }
    }
    let mut groups = sizes
        .map(|(events, bytes)| Counted { events: Vec::with_capacity(events), actors: String::with_capacity(bytes) });
    for (row, actor) in part.counted() {
        let Some(group) = groups.get_mut(group(row.coin)) else { continue };
        group.events.push(CountedEvent {
            amount: row.amount,
            occurred_at: row.occurred_at,
            place: row.place,
            coin: row.coin,
            start: u32::try_from(group.actors.len()).unwrap_or(u32::MAX),
            length: u16::try_from(actor.len()).unwrap_or(u16::MAX),
        });
        group.actors.push_str(actor);
    }
    groups
}

/// Gathers what the parts have of each group.
pub(super) fn by_group(parts: Vec<[Counted; GROUPS]>) -> Vec<Vec<Counted>> {
    let mut groups: [Vec<Counted>; GROUPS] = array::from_fn(|_| Vec::with_capacity(parts.len()));
    for part in parts {
        for (group, counted) in groups.iter_mut().zip(part) {
            group.push(counted);
        }
    }
    groups.into()
}

/// Adds up the events of a group: the supporters of each creator, in the order of their actors.
pub(super) fn add_up(group: &[Counted], watches: &[Watched]) -> (Vec<(CreatorId, Vec<Supporter>)>, Vec<VolumeError>) {
    let count = group.iter().fold(0_usize, |sum, counted| sum.saturating_add(counted.events.len()));
    let mut ordered: Vec<Ordered<'_>> = Vec::with_capacity(count);
    for Counted { events, actors } in group {
        ordered.extend(events.iter().filter_map(|event| {
            let start = usize::try_from(event.start).ok()?;
            let actor = actors.get(start..start.saturating_add(event.length.into()))?;
            let mut beginning = [0; 8];
            for (slot, byte) in beginning.iter_mut().zip(actor.bytes()) {
                *slot = byte;
            }
            Some(Ordered { coin: event.coin, beginning, event, actor })
        }));
    }
    ordered.sort_unstable_by(Ordered::compare);
    let (mut sums, mut errors) = (Vec::new(), Vec::new());
    for of_coin in ordered.chunk_by(|a, b| a.coin == b.coin) {
        let coin = of_coin.first().and_then(|first| usize::try_from(first.coin).ok());
        let Some(watch) = coin.and_then(|coin| watches.get(coin)) else { continue };
        let of_actors = || of_coin.chunk_by(|a, b| a.beginning == b.beginning && a.actor == b.actor);
        let mut supporters = Vec::with_capacity(of_actors().count());
        supporters.extend(of_actors().filter_map(|events| supporter(events, &watch.creator, &mut errors)));
        sums.push((watch.creator.clone(), supporters));
    }
    (sums, errors)
}

/// Adds up the events of one actor.
fn supporter(events: &[Ordered<'_>], creator: &CreatorId, errors: &mut Vec<VolumeError>) -> Option<Supporter> {
    let first = events.first()?;
    let mut volume = Volume::ZERO;
    for Ordered { event, .. } in events {
        match volume.checked_add(event.amount.into()) {
            Some(sum) => volume = sum,
            None => errors.push(VolumeError {
                place: event.place,
                other: None,
                problem: VolumeProblem::Overflow(creator.to_string()),
            }),
        }
    }
    let first_at = events.iter().map(|one| one.event.occurred_at).min()?;
    Some(Supporter { actor: first.actor.parse().ok()?, volume, first_at })
}

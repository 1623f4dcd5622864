//! The rows of referred coins, as small as they can be kept, in parts of which each has all rows of its ids.

use alloc::{string::String, vec::Vec};
use core::hash::BuildHasher;

use super::{EventPlace, Fate};
use crate::{calendar::Instant, usd::Volume};

/// So many that the rows of a part stay near the core that works on them, up to some ten million rows in all.
pub(super) const PARTS: u64 = 64;
/// So many that what a shard begins with costs nothing, and so few that one that is not full costs little.
const MOST_ROWS: usize = 1 << ROW_BITS;
const ROW_BITS: u32 = 10;
/// The texts of a shard whose texts are not unusually long.
const USUAL_TEXT_BYTES: usize = 32 << ROW_BITS;

/// A row of a watched coin, with its source and coin by number.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// That of kind and actor.
    pub(super) doing: u64,
    pub(super) occurred_at: Instant,
    pub(super) place: EventPlace,
    pub(super) amount: Amount,
    /// Of the hash of source and id, what the choice of the part has left.
    pub(super) hash: u32,
    /// Where its texts begin in those of its shard: the id, what it takes back, and the actor of a row that counts.
    start: u32,
    pub(super) source: u32,
    pub(super) coin: u32,
    id_length: u16,
    reverses_length: u16,
    actor_length: u16,
    pub(super) fate: Fate,
}

impl Row {
    pub(super) fn is_reversal(&self) -> bool {
        self.reverses_length > 0
    }

    /// Says whether two rows have the same fields but for their texts.
    pub(super) fn has_fields_of(&self, other: &Self) -> bool {
        let fields = |row: &Self| (row.coin, row.doing, row.occurred_at, row.amount);
        fields(self) == fields(other)
    }
}

/// A volume that does not ask for the alignment of 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount([u8; 16]);

impl From<Volume> for Amount {
    fn from(volume: Volume) -> Self {
        Self(volume.as_attos().to_ne_bytes())
    }
}

impl From<Amount> for Volume {
    fn from(amount: Amount) -> Self {
        Self::from_attos(u128::from_ne_bytes(amount.0))
    }
}

/// A row before its texts have a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewRow<'a> {
    pub(super) name: Name,
    pub(super) doing: u64,
    pub(super) occurred_at: Instant,
    pub(super) place: EventPlace,
    pub(super) amount: Volume,
    pub(super) source: u32,
    pub(super) coin: u32,
    pub(super) id: &'a str,
    pub(super) reverses: &'a str,
    /// Empty where the row does not count: nobody asks for the names of those.
    pub(super) actor: &'a str,
    pub(super) fate: Fate,
}

/// An event's source and id by their hash: its part, and the rest of the hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) part: usize,
    pub(super) hash: u32,
}

impl Name {
    /// Names an event by the hash of its source, which many events share, and its id.
    pub(super) fn new(hasher: &impl BuildHasher, source: u64, id: &str) -> Self {
        let hash = hasher.hash_one((source, id));
        let upper = hash >> u32::BITS;
        Self {
            part: usize::try_from(upper.rem_euclid(PARTS)).unwrap_or_default(),
            hash: u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default(),
        }
    }
}

/// Some of the rows of a part, and their texts; what is there is not moved when more come in.
#[derive(Clone, Debug)]
struct Shard {
    // INVARIANT: at most MOST_ROWS.
    rows: Vec<Row>,
    texts: String,
}

impl Shard {
    fn new() -> Self {
        Self { rows: Vec::with_capacity(MOST_ROWS), texts: String::with_capacity(USUAL_TEXT_BYTES) }
    }

    fn has_room(&self, text_bytes: usize) -> bool {
        self.rows.len() < MOST_ROWS && text_bytes <= self.texts.capacity().saturating_sub(self.texts.len())
    }

    fn push(&mut self, row: &NewRow<'_>) {
        // Labels are at most 256 bytes long.
        let length = |text: &str| u16::try_from(text.len()).unwrap_or(u16::MAX);
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        for text in [row.id, row.reverses, row.actor] {
            self.texts.push_str(text);
        }
        self.rows.push(Row {
            doing: row.doing,
            occurred_at: row.occurred_at,
            place: row.place,
            amount: row.amount.into(),
            hash: row.name.hash,
            start,
            source: row.source,
            coin: row.coin,
            id_length: length(row.id),
            reverses_length: length(row.reverses),
            actor_length: length(row.actor),
            fate: row.fate,
        });
    }

    fn actor(&self, row: &Row) -> &str {
        self.text(row, [row.id_length, row.reverses_length], row.actor_length)
    }

    /// Returns a text of a row, behind the texts of `before` bytes.
    fn text(&self, row: &Row, before: [u16; 2], length: u16) -> &str {
        let before = before.into_iter().fold(row.start, |start, length| start.saturating_add(length.into()));
        let Ok(start) = usize::try_from(before) else { return "" };
        self.texts.get(start..start.saturating_add(length.into())).unwrap_or_default()
    }

    fn seen<'s>(&'s self, row: &'s Row) -> Seen<'s> {
        Seen {
            row,
            id: self.text(row, [0, 0], row.id_length),
            reverses: self.text(row, [row.id_length, 0], row.reverses_length),
        }
    }
}

/// A row's place in its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(u32);

impl At {
    /// No row's: there are fewer.
    pub(super) const NONE: Self = Self(u32::MAX);

    fn new(shard: u32, row: u32) -> Self {
        Self(shard.checked_shl(ROW_BITS).unwrap_or_default() | row)
    }

    fn places(self) -> Option<(usize, usize)> {
        let row = usize::try_from(self.0).ok()? & MOST_ROWS.saturating_sub(1);
        Some((usize::try_from(self.0 >> ROW_BITS).ok()?, row))
    }
}

/// A row with its texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) row: &'a Row,
    pub(super) id: &'a str,
    pub(super) reverses: &'a str,
}

/// The rows of those names that have this part.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    // INVARIANT: the last shard takes rows in; the others were full, or merged.
    shards: Vec<Shard>,
}

impl Part {
    /// Takes a row in.
    pub(super) fn push(&mut self, row: &NewRow<'_>) {
        let text_bytes = [row.id, row.reverses, row.actor].map(str::len).into_iter().fold(0, usize::saturating_add);
        if self.shards.last().is_none_or(|last| !last.has_room(text_bytes)) {
            self.shards.push(Shard::new());
        }
        if let Some(last) = self.shards.last_mut() {
            last.push(row);
        }
    }

    /// Takes the rows of another part of the same number in.
    pub(super) fn merge(&mut self, other: Self) {
        let mut shards = other.shards;
        shards.append(&mut self.shards);
        self.shards = shards;
    }

    /// Replaces the numbers of sources by those that they have in another meter.
    pub(super) fn renumber(&mut self, sources: &[u32]) {
        for row in self.shards.iter_mut().flat_map(|shard| &mut shard.rows) {
            let new = usize::try_from(row.source).ok().and_then(|number| sources.get(number));
            row.source = new.copied().unwrap_or(row.source);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.shards.iter().fold(0, |sum, shard| sum.saturating_add(shard.rows.len()))
    }

    /// Returns every row with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (At, &Row)> {
        (0..)
            .zip(&self.shards)
            .flat_map(|(number, shard)| (0..).zip(&shard.rows).map(move |(at, row)| (At::new(number, at), row)))
    }

    /// Returns every row that counts with its actor.
    pub(super) fn counted(&self) -> impl Iterator<Item = (&Row, &str)> {
        let counted = |row: &&Row| row.fate == Fate::Counted;
        self.shards.iter().flat_map(move |shard| shard.rows.iter().filter(counted).map(|row| (row, shard.actor(row))))
    }

    pub(super) fn get(&self, at: At) -> Option<Seen<'_>> {
        let (shard, row) = at.places()?;
        let shard = self.shards.get(shard)?;
        Some(shard.seen(shard.rows.get(row)?))
    }

    pub(super) fn row(&self, at: At) -> Option<&Row> {
        let (shard, row) = at.places()?;
        self.shards.get(shard)?.rows.get(row)
    }

    pub(super) fn row_mut(&mut self, at: At) -> Option<&mut Row> {
        let (shard, row) = at.places()?;
        self.shards.get_mut(shard)?.rows.get_mut(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fits_a_line_of_the_cache() {
        assert_eq!(size_of::<Row>(), 64);
    }
}

//! The rows of referred coins, as small as they can be kept.

use alloc::{string::String, vec::Vec};
use core::hash::BuildHasher;

use super::{EventPlace, Fate};
use crate::{calendar::Instant, usd::Volume};

/// So many that what a shard begins with costs nothing, and so few that one that is not full costs little.
const MOST_ROWS: usize = 1 << 13;

/// A row of a watched coin, with its source, coin and actor by number.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// That of source and id.
    pub(super) hash: u64,
    /// That of kind and actor.
    pub(super) doing: u64,
    pub(super) occurred_at: Instant,
    pub(super) place: EventPlace,
    pub(super) amount: Amount,
    /// Where its texts begin in those of its shard: the id, and behind it what it takes back.
    pub(super) start: u32,
    pub(super) source: u32,
    pub(super) coin: u32,
    /// Of a row that does not count, none in particular.
    pub(super) actor: u32,
    pub(super) id_length: u16,
    pub(super) reverses_length: u16,
    pub(super) fate: Fate,
}

impl Row {
    pub(super) fn is_reversal(&self) -> bool {
        self.reverses_length > 0
    }

    /// Replaces the numbers of texts by those that they have in another meter.
    pub(super) fn renumber(&mut self, sources: &[u32], actors: &[u32]) {
        let renumber = |number: &mut u32, numbers: &[u32]| {
            let new = usize::try_from(*number).ok().and_then(|number| numbers.get(number));
            *number = new.copied().unwrap_or(*number);
        };
        renumber(&mut self.source, sources);
        renumber(&mut self.actor, actors);
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

/// Some of the rows that a meter took in, and their texts; what is there is not moved when more come in.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    // INVARIANT: at most MOST_ROWS.
    rows: Vec<Row>,
    // INVARIANT: at most two labels a row, far below 4 GiB.
    texts: String,
}

impl Shard {
    pub(super) fn new() -> Self {
        Self { rows: Vec::with_capacity(MOST_ROWS), texts: String::new() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= MOST_ROWS
    }

    /// Keeps the texts of the next row and returns where they begin and how long they are.
    pub(super) fn keep(&mut self, id: &str, reverses: &str) -> (u32, u16, u16) {
        // Labels are at most 256 bytes long.
        let length = |text: &str| u16::try_from(text.len()).unwrap_or(u16::MAX);
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push_str(id);
        self.texts.push_str(reverses);
        (start, length(id), length(reverses))
    }

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(super) fn rows_mut(&mut self) -> core::slice::IterMut<'_, Row> {
        self.rows.iter_mut()
    }

    fn id(&self, row: &Row) -> &str {
        self.text(row.start, row.id_length)
    }

    fn reverses(&self, row: &Row) -> &str {
        self.text(row.start.saturating_add(row.id_length.into()), row.reverses_length)
    }

    fn text(&self, start: u32, length: u16) -> &str {
        let Ok(start) = usize::try_from(start) else { return "" };
        self.texts.get(start..start.saturating_add(length.into())).unwrap_or_default()
    }
}

/// Hashes an event's id within its source.
pub(super) fn hash(hasher: &impl BuildHasher, source: &str, id: &str) -> u64 {
    hasher.hash_one((source, id))
}

/// A row's place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    shard: u32,
    row: u32,
}

/// A row with its texts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) row: &'a Row,
    pub(super) id: &'a str,
    pub(super) reverses: &'a str,
}

/// All rows of all shards.
#[derive(Clone, Debug)]
pub(super) struct Rows(pub(super) Vec<Shard>);

impl Rows {
    /// Returns every row with its place in memory.
    pub(super) fn iter(&self) -> impl Iterator<Item = (At, &Row)> {
        (0..)
            .zip(&self.0)
            .flat_map(|(shard, rows)| (0..).zip(&rows.rows).map(move |(at, row)| (At { shard, row: at }, row)))
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().fold(0, |sum, shard| sum.saturating_add(shard.rows.len()))
    }

    pub(super) fn get(&self, at: At) -> Option<Seen<'_>> {
        let shard = self.0.get(usize::try_from(at.shard).ok()?)?;
        let row = shard.rows.get(usize::try_from(at.row).ok()?)?;
        Some(Seen { row, id: shard.id(row), reverses: shard.reverses(row) })
    }

    pub(super) fn get_mut(&mut self, at: At) -> Option<&mut Row> {
        self.0.get_mut(usize::try_from(at.shard).ok()?)?.rows.get_mut(usize::try_from(at.row).ok()?)
    }
}

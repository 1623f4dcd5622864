//! Texts by number, each kept once.

use alloc::{string::String, vec, vec::Vec};
use core::ops::Range;

const FEWEST_SLOTS: usize = 16;

/// Texts by number, in the order of their first appearance.
#[derive(Clone, Debug)]
pub(super) struct Words {
    seed: u64,
    texts: String,
    ends: Vec<usize>,
    // INVARIANT: a power of two of slots, at most half of them taken.
    slots: Vec<Slot>,
    sieve: Sieve,
}

/// Which hashes the words have, without their upper bits: small enough to stay where reading costs nothing.
#[derive(Clone, Debug)]
struct Sieve([u64; Sieve::WORDS]);

impl Sieve {
    const WORDS: usize = 1024;

    /// Returns where the two bits of a hash stand: the word and the bits in it.
    fn place(hash: &Hash) -> (usize, u64) {
        (
            hash.first.div_euclid(64).rem_euclid(Self::WORDS),
            (1 << hash.first.rem_euclid(64)) | (1 << hash.tag.rem_euclid(64)),
        )
    }

    fn has(&self, hash: &Hash) -> bool {
        let (word, bits) = Self::place(hash);
        self.0.get(word).is_some_and(|word| word & bits == bits)
    }

    fn add(&mut self, hash: &Hash) {
        let (word, bits) = Self::place(hash);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bits;
        }
    }
}

/// A free slot, or that of a word: the number after its own, which is never 0, and the upper half of its hash.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    after: u32,
    tag: u32,
}

/// The halves of a hash: where to look first, and what to look for.
struct Hash {
    first: usize,
    tag: u32,
}

impl Words {
    /// Makes an empty list; whoever does not know the seed cannot choose texts that are slow to find.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            texts: String::new(),
            ends: Vec::new(),
            slots: vec![Slot::default(); FEWEST_SLOTS],
            sieve: Sieve([0; Sieve::WORDS]),
        }
    }

    /// Returns the number of a text that was kept.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hash(text);
        if self.sieve.has(&hash) { self.search(text, &hash).ok() } else { None }
    }

    /// Returns the number of a text, which is kept if it was not yet.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        let hash = self.hash(text);
        self.search(text, &hash).unwrap_or_else(|slot| {
            self.sieve.add(&hash);
            self.texts.push_str(text);
            self.ends.push(self.texts.len());
            let after = self.after();
            self.take(slot, Slot { after, tag: hash.tag });
            if self.ends.len() > self.slots.len().div_euclid(2) {
                self.grow();
            }
            after.saturating_sub(1)
        })
    }

    /// Returns the text of a number.
    pub(super) fn text(&self, number: u32) -> &str {
        self.range(number).and_then(|range| self.texts.get(range)).unwrap_or_default()
    }

    /// Returns all texts in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.after()).map(|number| self.text(number))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the number of the next word.
    fn after(&self) -> u32 {
        u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    fn range(&self, number: u32) -> Option<Range<usize>> {
        let number = usize::try_from(number).ok()?;
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        Some(start..*self.ends.get(number)?)
    }

    /// Returns the number of a text, or the free slot where it belongs.
    fn search(&self, text: &str, hash: &Hash) -> Result<u32, usize> {
        let mut place = self.masked(hash.first);
        loop {
            let slot = self.slots.get(place).copied().unwrap_or_default();
            let Some(number) = slot.after.checked_sub(1) else { return Err(place) };
            if slot.tag == hash.tag && self.text(number) == text {
                return Ok(number);
            }
            place = self.masked(place.wrapping_add(1));
        }
    }

    fn hash(&self, text: &str) -> Hash {
        let hash = hash(self.seed, text.as_bytes());
        // Half of it is as good as the whole: there are fewer slots than it can count.
        let half = |hash: u64| u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default();
        Hash { first: usize::try_from(half(hash)).unwrap_or_default(), tag: half(hash >> 32) }
    }

    fn masked(&self, place: usize) -> usize {
        place & self.slots.len().saturating_sub(1)
    }

    fn take(&mut self, place: usize, slot: Slot) {
        if let Some(free) = self.slots.get_mut(place) {
            *free = slot;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![Slot::default(); self.slots.len().saturating_mul(2)];
        for number in 0..self.after() {
            let text = self.text(number);
            let hash = self.hash(text);
            if let Err(place) = self.search(text, &hash) {
                self.take(place, Slot { after: number.saturating_add(1), tag: hash.tag });
            }
        }
    }
}

/// Mixes eight bytes at a time into a seed by products of 128 bits.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    // The digits of the golden ratio and of the square root of two: odd, and without a pattern.
    const RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
    const ROOT: u64 = 0x6a09_e667_f3bc_c909;
    fn fold(a: u64, b: u64) -> u64 {
        let product = u128::from(a).wrapping_mul(b.into());
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        half(product) ^ half(product >> 64)
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // The last word overlaps the one before it; of a text that is shorter than a word, the halves overlap.
    let last = match (bytes.last_chunk(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(word), ..) => u64::from_le_bytes(*word),
        (None, Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let (words, _) = bytes.get(..bytes.len().saturating_sub(1)).unwrap_or_default().as_chunks();
    let hash = words.iter().fold(seed ^ length, |hash, word| fold(hash ^ u64::from_le_bytes(*word), seed | ROOT));
    fold(fold(hash ^ last, seed | ROOT), RATIO)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn every_byte_and_the_length_change_the_hash() {
        for length in 0..40 {
            let text = vec![0; length];
            let plain = hash(7, &text);
            assert_ne!(plain, hash(7, &vec![0; length + 1]), "{length}");
            for place in 0..length {
                let mut other = text.clone();
                if let Some(byte) = other.get_mut(place) {
                    *byte = 1;
                }
                assert_ne!(plain, hash(7, &other), "{length} {place}");
            }
        }
    }

    #[test]
    fn a_text_has_one_number() {
        let mut words = Words::new(7);
        assert!(words.is_empty());
        let texts: Vec<String> = (0..100).map(|number| format!("w{number}")).chain([String::new()]).collect();
        for _ in 0..2 {
            for (number, text) in (0..).zip(&texts) {
                assert_eq!(words.number(text), number);
            }
        }
        for (number, text) in (0..).zip(&texts) {
            assert_eq!(words.find(text), Some(number), "{text}");
        }
        assert_eq!(words.find("w100"), None);
        assert_eq!(words.iter().collect::<Vec<_>>(), texts);
        assert!(!words.is_empty());
        // Another text of the same hash has a slot of its own.
        assert!(words.search("w100", &words.hash("w7")).is_err());
    }
}

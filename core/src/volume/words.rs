//! Texts by number, each kept once.

use alloc::{string::String, vec, vec::Vec};
use core::ops::Range;

use crate::word::{Word, halves};

const FEWEST_SLOTS: usize = 16;

/// Texts by number, in the order of their first appearance.
#[derive(Clone, Debug)]
pub(super) struct Words {
    seed: u64,
    texts: String,
    ends: Vec<usize>,
    // INVARIANT: a power of two of slots, at most three of four taken.
    slots: Vec<Slot>,
    sieve: Sieve,
}

/// Which hashes the words have, without their upper bits: small enough to stay where reading costs nothing.
#[derive(Clone, Debug)]
struct Sieve([u64; Sieve::WORDS]);

impl Sieve {
    const WORDS: usize = 1024;

    /// Returns where the two bits of a hash stand: the word and the bits in it.
    #[inline(always)]
    fn place(hash: u64) -> (usize, u64) {
        let word = usize::try_from((hash >> 16).rem_euclid(1 << 10)).unwrap_or_default();
        (word, (1 << hash.rem_euclid(64)) | (1 << (hash >> 8).rem_euclid(64)))
    }

    #[inline(always)]
    fn has(&self, hash: u64) -> bool {
        let (word, bits) = Self::place(hash);
        self.0.get(word).is_some_and(|word| word & bits == bits)
    }

    fn add(&mut self, hash: u64) {
        let (word, bits) = Self::place(hash);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bits;
        }
    }
}

/// A free slot, or that of a word: the number after its own, which is never 0, and what nearly always tells it from others.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    head: u128,
    after: u32,
    length: u32,
}

impl Slot {
    fn new(word: &Word<'_>, after: u32) -> Self {
        Self { head: word.head(), after, length: length(word) }
    }

    fn is_like(&self, word: &Word<'_>) -> bool {
        self.head == word.head() && self.length == length(word)
    }
}

fn length(word: &Word<'_>) -> u32 {
    u32::try_from(word.bytes().len()).unwrap_or(u32::MAX)
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

    /// Returns what a word is looked for by.
    #[inline(always)]
    pub(super) fn hash(&self, word: &Word<'_>) -> u64 {
        hash(self.seed, word)
    }

    /// Returns false only where no word of this hash was kept.
    #[inline(always)]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        self.sieve.has(hash)
    }

    /// Returns the number that a kept word of this hash is likely to have.
    #[inline(always)]
    pub(super) fn likely(&self, hash: u64) -> Option<u32> {
        self.slots.get(self.masked(hash))?.after.checked_sub(1)
    }

    /// Returns the number of a word that was kept.
    pub(super) fn find(&self, word: &Word<'_>) -> Option<u32> {
        self.find_hashed(word, self.hash(word))
    }

    /// Returns the number of a word that was kept, where its hash is known.
    pub(super) fn find_hashed(&self, word: &Word<'_>, hash: u64) -> Option<u32> {
        if self.sieve.has(hash) { self.search(word, hash).ok() } else { None }
    }

    /// Returns the number of a text, which is kept if it was not yet.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        let word = Word::from(text);
        let hash = hash(self.seed, &word);
        self.search(&word, hash).unwrap_or_else(|slot| {
            self.sieve.add(hash);
            self.texts.push_str(text);
            self.ends.push(self.texts.len());
            let after = self.after();
            self.take(slot, Slot::new(&word, after));
            if self.ends.len() > self.slots.len().div_euclid(4).saturating_mul(3) {
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

    /// Returns the number of a word, or the free slot where it belongs.
    fn search(&self, word: &Word<'_>, hash: u64) -> Result<u32, usize> {
        let mut place = self.masked(hash);
        loop {
            let slot = self.slots.get(place).copied().unwrap_or_default();
            let Some(number) = slot.after.checked_sub(1) else { return Err(place) };
            if slot.is_like(word) && (word.rest().is_empty() || self.text(number).as_bytes() == word.bytes()) {
                return Ok(number);
            }
            place = place.wrapping_add(1) & self.slots.len().saturating_sub(1);
        }
    }

    /// Returns where a hash is looked for first. The sieve goes by its lower bits.
    fn masked(&self, hash: u64) -> usize {
        usize::try_from(hash >> 32).unwrap_or_default() & self.slots.len().saturating_sub(1)
    }

    fn take(&mut self, place: usize, slot: Slot) {
        if let Some(free) = self.slots.get_mut(place) {
            *free = slot;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![Slot::default(); self.slots.len().saturating_mul(2)];
        for number in 0..self.after() {
            let word = Word::from(self.text(number));
            if let Err(place) = self.search(&word, hash(self.seed, &word)) {
                self.take(place, Slot::new(&word, number.saturating_add(1)));
            }
        }
    }
}

/// Mixes eight bytes at a time into a seed by products of 128 bits.
#[inline(always)]
fn hash(seed: u64, word: &Word<'_>) -> u64 {
    // The digits of the golden ratio and of the square root of two: odd, and without a pattern.
    const RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
    const ROOT: u64 = 0x6a09_e667_f3bc_c909;
    let fold = |a: u64, b: u64| {
        let [low, high] = halves(u128::from(a).wrapping_mul(b.into()));
        low ^ high
    };
    let [low, high] = halves(word.head());
    let length = u64::try_from(word.bytes().len()).unwrap_or(u64::MAX);
    let head = fold(seed ^ length ^ low, seed ^ ROOT ^ high);
    let (words, last) = word.rest().as_chunks();
    let mixed = words.iter().fold(head, |hash, word| fold(hash ^ u64::from_le_bytes(*word), seed | ROOT));
    let last = last.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    fold(mixed ^ last, RATIO)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn every_byte_and_the_length_change_the_hash() {
        let hash_of = |text: &str| hash(7, &text.into());
        for length in 0..40 {
            let text = "\0".repeat(length);
            let plain = hash_of(&text);
            assert_ne!(plain, hash_of(&"\0".repeat(length + 1)), "{length}");
            for place in 0..length {
                let mut other = text.clone();
                other.replace_range(place..=place, "\u{1}");
                assert_ne!(plain, hash_of(&other), "{length} {place}");
            }
        }
    }

    #[test]
    fn a_text_has_one_number() {
        let mut words = Words::new(7);
        assert!(words.is_empty());
        let texts: Vec<String> = (0..100)
            .map(|number| format!("w{number}"))
            .chain((0..100).map(|number| format!("a-long-text-in-which-{number}-is")))
            .chain([String::new(), "w".repeat(16), "w".repeat(17)])
            .collect();
        for _ in 0..2 {
            for (number, text) in (0..).zip(&texts) {
                assert_eq!(words.number(text), number);
            }
        }
        for (number, text) in (0..).zip(&texts) {
            assert_eq!(words.find(&(&**text).into()), Some(number), "{text}");
        }
        assert_eq!(words.find(&"w100".into()), None);
        assert_eq!(words.iter().collect::<Vec<_>>(), texts);
        assert!(!words.is_empty());
        // Other words of the same hash have slots of their own, even where head and length are the same.
        for (other, one) in
            [("w10", "w1"), ("w100", "w7"), ("a-long-text-in-which-100-is", "a-long-text-in-which-99-is")]
        {
            assert!(words.search(&other.into(), hash(7, &one.into())).is_err(), "{other}");
        }
        let other = "a-long-text-in-which-7-iz";
        assert!(words.search(&other.into(), hash(7, &"a-long-text-in-which-7-is".into())).is_err());
    }
}

//! Texts by number, each kept once.

use alloc::{string::String, vec, vec::Vec};
use core::{hash::BuildHasher, ops::Range};

const FEWEST_SLOTS: usize = 16;

/// Texts by number, in the order of their first appearance.
#[derive(Clone, Debug)]
pub(super) struct Words<S> {
    hasher: S,
    texts: String,
    ends: Vec<usize>,
    // INVARIANT: a power of two of slots, at most half of them taken; the number after that of a word, or 0.
    slots: Vec<u32>,
}

impl<S: BuildHasher> Words<S> {
    pub(super) fn new(hasher: S) -> Self {
        Self { hasher, texts: String::new(), ends: Vec::new(), slots: vec![0; FEWEST_SLOTS] }
    }

    /// Returns the number of a text that was kept.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        self.search(text).ok()
    }

    /// Returns the number of a text, which is kept if it was not yet.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        self.search(text).unwrap_or_else(|slot| {
            self.texts.push_str(text);
            self.ends.push(self.texts.len());
            let after = self.after();
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = after;
            }
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
    fn search(&self, text: &str) -> Result<u32, usize> {
        let mut slot = self.first_slot(text);
        loop {
            match self.slots.get(slot) {
                None | Some(0) => return Err(slot),
                Some(after) => {
                    let number = after.saturating_sub(1);
                    if self.text(number) == text {
                        return Ok(number);
                    }
                }
            }
            slot = self.masked(slot.wrapping_add(1));
        }
    }

    fn first_slot(&self, text: &str) -> usize {
        let hash = self.hasher.hash_one(text);
        // The lower half is as good as the whole: there are fewer slots than it can count.
        self.masked(usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default())
    }

    fn masked(&self, slot: usize) -> usize {
        slot & self.slots.len().saturating_sub(1)
    }

    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len().saturating_mul(2)];
        for number in 0..self.after() {
            let free = self.search(self.text(number));
            if let Err(slot) = free
                && let Some(slot) = self.slots.get_mut(slot)
            {
                *slot = number.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use core::hash::{BuildHasherDefault, Hasher};

    use super::*;

    /// A hasher for which all texts are the same.
    #[derive(Default)]
    struct Blind;

    impl Hasher for Blind {
        fn finish(&self) -> u64 {
            7
        }

        fn write(&mut self, _: &[u8]) {}
    }

    #[test]
    fn a_text_has_one_number_however_it_hashes() {
        let mut words = Words::new(BuildHasherDefault::<Blind>::default());
        let texts: Vec<String> = (0..100).map(|number| format!("w{number}")).chain([String::new()]).collect();
        for _ in 0..2 {
            for (number, text) in (0..).zip(&texts) {
                assert_eq!(words.number(text), number);
            }
        }
        assert_eq!(words.find("w99"), Some(99));
        assert_eq!(words.find("w100"), None);
        assert_eq!(words.iter().collect::<Vec<_>>(), texts);
    }
}

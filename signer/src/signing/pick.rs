//! How the point of a secret digit is picked out of a window of the table: by reading all of it under masks.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use std::{array, hint::black_box};

/// The points of a window: the odd multiples up to 2^6 − 1; those of negative digits are their negatives.
pub(crate) const ENTRIES: usize = 32;

/// A point of the table: the words of x, lowest first, then those of y.
pub(crate) type Entry = [u64; 8];
/// The odd multiples of one power of 2^6 times the generator.
pub(crate) type Window = [Entry; ENTRIES];

/// How the point of a digit is picked out of a window; another way than [`Scan`] is only for tests to refuse.
pub(crate) trait Pick {
    /// Returns the entry at this position, which is below [`ENTRIES`] and secret.
    fn pick(window: &Window, position: u8) -> Entry;
}

/// Reads every entry, and keeps one by masks.
pub(crate) struct Scan;

impl Pick for Scan {
    #[inline(always)]
    fn pick(window: &Window, position: u8) -> Entry {
        // Not seen through by the compiler, which would otherwise make branches of them.
        kept(window, &black_box(masks(position)))
    }
}

/// Returns all ones at this position and zeros at every other.
#[inline(always)]
pub(crate) fn masks(position: u8) -> [u64; ENTRIES] {
    let mut counter = 0_u64;
    array::from_fn(|_| {
        let difference = counter ^ u64::from(position);
        counter = counter.wrapping_add(1);
        // The highest bit of 0 − 1 is set, and of less than 2^63 − 1 more it is not.
        (difference.wrapping_sub(1) >> 63).wrapping_neg()
    })
}

/// Returns the entry whose mask is all ones, where the other masks are zero.
#[inline(always)]
pub(crate) fn kept(window: &Window, masks: &[u64; ENTRIES]) -> Entry {
    let mut kept = [0; 8];
    for (entry, mask) in window.iter().zip(masks) {
        for (kept, word) in kept.iter_mut().zip(entry) {
            *kept |= word & mask;
        }
    }
    kept
}

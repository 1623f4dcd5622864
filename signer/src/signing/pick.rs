//! How the point of a secret digit is picked out of a window of the table: by reading all of it under masks.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use std::{array, hint::black_box};

use fearless_simd::{Simd, SimdBase as _, SimdFrom as _, u64x4};

/// The points of a window: the odd multiples up to 2^6 − 1; those of negative digits are their negatives.
pub(crate) const ENTRIES: usize = 32;

/// A point of the table: the words of x and those of y, lowest first.
pub(crate) type Entry = [[u64; 4]; 2];
/// The odd multiples of one power of 2^6 times the generator.
pub(crate) type Window = [Entry; ENTRIES];

/// How the point of a digit is picked out of a window; another way than [`Scan`] is only for tests to refuse.
pub(crate) trait Pick {
    /// Returns the entry at this position, which is below [`ENTRIES`] and secret.
    fn pick<S: Simd>(simd: S, window: &Window, position: u8) -> Entry;
}

/// Reads every entry, and keeps one by masks.
pub(crate) struct Scan;

impl Pick for Scan {
    #[inline(always)]
    fn pick<S: Simd>(simd: S, window: &Window, position: u8) -> Entry {
        // Not seen through by the compiler, which would otherwise make branches of them.
        kept(simd, window, &black_box(masks(position)))
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
pub(crate) fn kept<S: Simd>(simd: S, window: &Window, masks: &[u64; ENTRIES]) -> Entry {
    let mut kept = [u64x4::splat(simd, 0); 2];
    for (entry, mask) in window.iter().zip(masks) {
        let mask = u64x4::splat(simd, *mask);
        for (kept, words) in kept.iter_mut().zip(entry) {
            *kept |= u64x4::simd_from(simd, *words) & mask;
        }
    }
    kept.map(Into::into)
}

//! Blocks of bytes, of which all are looked at together.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use fearless_simd::{Bytes as _, Simd, SimdBase as _, SimdFrom as _, SimdMask as _, i8x32, u8x32};

/// So many bytes are looked at together.
pub(super) const BYTES: usize = 64;
const HALF_BYTES: usize = 32;

/// Returns a block that begins with fewer bytes, with spaces behind them.
pub(super) fn padded(bytes: &[u8]) -> [u8; BYTES] {
    let mut block = [b' '; BYTES];
    for (byte, place) in bytes.iter().zip(&mut block) {
        *place = *byte;
    }
    block
}

/// Returns one bit for each byte of a block, set where it is the one that is looked for.
#[inline(always)]
pub(super) fn equal<S: Simd>(simd: S, block: &[u8; BYTES], byte: u8) -> u64 {
    let sought = u8x32::splat(simd, byte);
    let (halves, _) = block.as_chunks::<HALF_BYTES>();
    // The upper half first. Bits are joined as numbers: the compiler takes masks of vectors apart to join them.
    halves
        .iter()
        .rev()
        .fold(0, |word, half| word << HALF_BYTES | u8x32::simd_from(simd, *half).simd_eq(sought).to_bitmask())
}

/// Returns one bit for each byte of a block, set where it stands before `#` or is none of ASCII.
#[inline(always)]
pub(super) fn unusual<S: Simd>(simd: S, block: &[u8; BYTES]) -> u64 {
    let least = i8x32::splat(simd, i8::try_from(b'#').unwrap_or(i8::MAX));
    let (halves, _) = block.as_chunks::<HALF_BYTES>();
    // As numbers with a sign, those that are none of ASCII stand before all others.
    let below =
        |half: &[u8; HALF_BYTES]| u8x32::simd_from(simd, *half).bitcast::<i8x32<S>>().simd_lt(least).to_bitmask();
    halves.iter().rev().fold(0, |word, half| word << HALF_BYTES | below(half))
}

//! Multiples of the generator for many secret scalars at once, in constant time.
//!
//! A scalar is written with 43 odd digits of 6 bits, so that its multiple of the generator is a sum of 43 points out of
//! a table, one of each window, none of them the neutral element.
//! The sums of a batch grow side by side, and each step shares one field inversion.
//! A point is picked by reading the whole window under masks: neither a branch nor an address depends on a digit.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use std::{iter, sync::OnceLock};

use fearless_simd::Simd;
use k256::{
    AffinePoint, ProjectivePoint, Scalar,
    elliptic_curve::{
        BatchNormalize,
        ff::{Field, PrimeField},
    },
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    field::{Choice, Coordinate},
    pick::{ENTRIES, Entry, Pick, Window},
    point::Point,
};
use crate::instructions::with_best;

/// The bits of a digit.
const BITS: u32 = 6;
/// The digits of a scalar: 43 × 6 ≥ 256.
const WINDOWS: usize = 43;
/// The bits of a digit that pick one of a window's points.
const INDEX_MASK: u8 = 31;

/// The table, made once in a process; it takes 88 KB.
pub(crate) struct Comb {
    windows: Vec<Window>,
    /// Half of 2^258 − 1, modulo the order of the curve.
    offset: Scalar,
}

impl Comb {
    /// Returns the table of the process.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Comb> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut power = ProjectivePoint::GENERATOR;
        let mut odd = Vec::with_capacity(WINDOWS.saturating_mul(ENTRIES));
        let mut offset = Scalar::ZERO;
        for _ in 0..WINDOWS {
            let step = power.double();
            odd.extend(iter::successors(Some(power), |point| Some(*point + step)).take(ENTRIES));
            for _ in 0..BITS {
                power = power.double();
                offset = offset.double() + Scalar::ONE;
            }
        }
        let points = ProjectivePoint::batch_normalize(odd.as_slice());
        let entries: Vec<Entry> = points.iter().map(entry).collect();
        Self { windows: entries.as_chunks().0.to_vec(), offset: offset * Scalar::TWO_INV }
    }

    /// Returns the multiple of the generator for each scalar.
    ///
    /// For zero and for −94 × 2^252 the two points of the last step have the same x, and then every point of the batch
    /// is wrong: whoever uses the points checks them, and a nonce is one of these with odds of 2^-255.
    /// (The sum of the lower digits is smaller than the scalar of the next digit's point, so that both can only be equal
    /// or opposite where they differ by a multiple of the order; it is odd, and the last digit from −63 to −33.)
    pub(crate) fn multiples<P: Pick>(&self, scalars: &[Scalar]) -> Zeroizing<Vec<Point>> {
        let mut digits = Zeroizing::new(vec![[0; WINDOWS]; scalars.len()]);
        for (digits, scalar) in digits.iter_mut().zip(scalars) {
            self.write_digits(scalar, digits);
        }
        let mut sums = Zeroizing::new(vec![Point::default(); scalars.len()]);
        let mut steps = Zeroizing::new(vec![Step::default(); scalars.len()]);
        with_best!(simd => self.add_up::<P, _>(simd, &digits, &mut sums, &mut steps));
        sums
    }

    /// Makes each sum out of the points of its digits.
    #[inline(always)]
    fn add_up<P: Pick, S: Simd>(&self, simd: S, digits: &[[u8; WINDOWS]], sums: &mut [Point], steps: &mut [Step]) {
        for (position, window) in self.windows.iter().enumerate() {
            let digits = digits.iter().map(|digits| digits.get(position).copied().unwrap_or_default());
            if position == 0 {
                for (sum, digit) in sums.iter_mut().zip(digits) {
                    *sum = pick::<P, _>(simd, window, digit);
                }
                continue;
            }
            let mut product = Coordinate::ONE;
            for ((step, sum), digit) in steps.iter_mut().zip(sums.iter()).zip(digits) {
                let point = pick::<P, _>(simd, window, digit);
                let distance = point.x - sum.x;
                *step = Step { point, distance, before: product };
                product = product * distance;
            }
            // A product of zero has no inverse; it spoils the batch as said above, without a branch.
            let mut inverse = product.inverted();
            for (sum, step) in sums.iter_mut().zip(steps.iter()).rev() {
                let slope = (step.point.y - sum.y) * (step.before * inverse);
                inverse = inverse * step.distance;
                *sum = sum.third(&step.point, slope);
            }
        }
    }

    /// Writes the digits of 6 bits, lowest first, of the number e for which the scalar is 2e − (2^258 − 1).
    ///
    /// With e's bits 0 and 1 read as −1 and 1 they are the scalar's odd digits.
    fn write_digits(&self, scalar: &Scalar, digits: &mut [u8; WINDOWS]) {
        let mut bytes: [u8; 32] = (*scalar * Scalar::TWO_INV + self.offset).to_bytes().into();
        // Three bytes are four digits.
        for (digits, bytes) in digits.chunks_mut(4).zip(bytes.rchunks(3)) {
            let number = bytes.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
            let four = [number, number >> 6, number >> 12, number >> 18];
            for (digit, [low, ..]) in digits.iter_mut().zip(four.map(u32::to_le_bytes)) {
                *digit = low & 63;
            }
        }
        bytes.zeroize();
    }
}

/// What a step keeps of one sum between its two passes.
#[derive(Clone, Copy, Default, Zeroize)]
struct Step {
    point: Point,
    /// The difference of the x of the two points that are added.
    distance: Coordinate,
    /// The product of the distances before.
    before: Coordinate,
}

/// Returns the point of a digit, whose highest bit says that it is positive.
#[inline(always)]
fn pick<P: Pick, S: Simd>(simd: S, window: &Window, digit: u8) -> Point {
    let positive = digit >> 5 & 1;
    // The entries of negative digits are counted from the other end.
    let flip = positive.wrapping_sub(1) & INDEX_MASK;
    let [x, y] = P::pick(simd, window, digit & INDEX_MASK ^ flip);
    let point = Point { x: Coordinate::from_words(x), y: Coordinate::from_words(y) };
    point.negated(Choice::of_bit(positive ^ 1))
}

fn entry(point: &AffinePoint) -> Entry {
    let point = Point::of(point);
    [point.x.to_words(), point.y.to_words()]
}

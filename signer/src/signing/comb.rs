//! Multiples of the generator for many secret scalars at once, in constant time.
//!
//! A scalar is written with 43 odd digits of 6 bits, so that its multiple of the generator is a sum of 43 points out of
//! a table, one of each window, none of them the neutral element.
//! The sums of a batch grow side by side, and each step shares one field inversion.
//! A point is picked by reading the whole window under masks: neither a branch nor an address depends on a digit.

use std::{array, hint::black_box, iter, sync::OnceLock};

use k256::{
    AffinePoint, ProjectivePoint, Scalar,
    elliptic_curve::{
        BatchNormalize,
        ff::{Field, PrimeField},
        point::AffineCoordinates,
        subtle::Choice,
    },
};
use zeroize::{Zeroize, Zeroizing};

use super::point::{Coordinate, Point};

/// The bits of a digit.
const BITS: u32 = 6;
/// The digits of a scalar: 43 × 6 ≥ 256.
const WINDOWS: usize = 43;
/// The points of a window: the odd multiples up to 2^6 − 1; those of negative digits are their negatives.
pub(crate) const ENTRIES: usize = 32;
/// The bits of a digit that pick one of them.
const INDEX_MASK: u8 = 31;

/// A point of the table: x and y, 32 bytes each, big-endian, as words of the machine's own order.
pub(crate) type Entry = [u64; 8];
/// The odd multiples of one power of 2^6 times the generator: the first words of all of them, then the second ones.
pub(crate) type Window = [[u64; ENTRIES]; 8];

/// How the point of a digit is picked out of a window; another way than [`Scan`] is only for tests to refuse.
pub(crate) trait Pick {
    /// Returns the entry at this position, which is below [`ENTRIES`] and secret.
    fn pick(window: &Window, position: u8) -> Entry;
}

/// Reads every entry, and keeps one by masks.
pub(crate) struct Scan;

impl Pick for Scan {
    fn pick(window: &Window, position: u8) -> Entry {
        // Not seen through by the compiler, which would otherwise make branches of them.
        kept(window, &black_box(masks(position)))
    }
}

/// Returns all ones at this position and zeros at every other.
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
pub(crate) fn kept(window: &Window, masks: &[u64; ENTRIES]) -> Entry {
    window.each_ref().map(|words| words.iter().zip(masks).fold(0, |kept, (word, mask)| kept | word & mask))
}

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
        let windows = entries.as_chunks().0.iter().map(window).collect();
        Self { windows, offset: offset * Scalar::TWO_INV }
    }

    /// Returns the multiple of the generator for each scalar, its coordinates normalized.
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
        for (position, window) in self.windows.iter().enumerate() {
            let picked =
                digits.iter().map(|digits| pick::<P>(window, digits.get(position).copied().unwrap_or_default()));
            if position == 0 {
                sums.iter_mut().zip(picked).for_each(|(sum, point)| *sum = point);
                continue;
            }
            let mut product = Coordinate::ONE;
            for ((step, sum), point) in steps.iter_mut().zip(sums.iter()).zip(picked) {
                let distance = point.x + sum.x.negate(1);
                *step = Step { point, distance, before: product };
                product *= distance;
            }
            // A product of zero has no inverse; it spoils the batch as said above, without a branch.
            let mut inverse = product.invert().unwrap_or(Coordinate::ZERO);
            for (sum, step) in sums.iter_mut().zip(steps.iter()).rev() {
                let slope = (step.point.y + sum.y.negate(1)) * (step.before * inverse);
                inverse *= step.distance;
                *sum = sum.third(&step.point, &slope);
            }
        }
        for sum in sums.iter_mut() {
            *sum = Point { x: sum.x.normalize(), y: sum.y.normalize() };
        }
        sums
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
fn pick<P: Pick>(window: &Window, digit: u8) -> Point {
    let positive = digit >> 5 & 1;
    // The entries of negative digits are counted from the other end.
    let flip = positive.wrapping_sub(1) & INDEX_MASK;
    let entry = P::pick(window, digit & INDEX_MASK ^ flip);
    let (mut x, mut y) = ([0; 32], [0; 32]);
    for (to, word) in x.chunks_exact_mut(8).chain(y.chunks_exact_mut(8)).zip(entry) {
        to.copy_from_slice(&word.to_ne_bytes());
    }
    let coordinate = |bytes: [u8; 32]| Coordinate::from_bytes(&bytes.into()).unwrap_or(Coordinate::ZERO);
    Point { x: coordinate(x), y: coordinate(y) }.negated(Choice::from(positive ^ 1))
}

fn window(entries: &[Entry; ENTRIES]) -> Window {
    let mut window = [[0; ENTRIES]; 8];
    for (position, entry) in entries.iter().enumerate() {
        for (words, word) in window.iter_mut().zip(entry) {
            if let Some(to) = words.get_mut(position) {
                *to = *word;
            }
        }
    }
    window
}

fn entry(point: &AffinePoint) -> Entry {
    let (x, y) = (point.x(), point.y());
    let mut entry = [0; 8];
    for (word, bytes) in entry.iter_mut().zip(x.as_chunks().0.iter().chain(y.as_chunks().0)) {
        *word = u64::from_ne_bytes(*bytes);
    }
    entry
}

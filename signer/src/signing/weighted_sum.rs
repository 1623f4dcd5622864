//! The sum of many public points, each times a factor of 64 bits; not in constant time.
//!
//! For each digit's position the points are put into buckets by their digit, each bucket is summed with shared
//! inversions, and the buckets' sums are weighted by their digit.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use k256::{AffinePoint, ProjectivePoint};

use super::{
    field::{Choice, Coordinate},
    point::Point,
};
use crate::instructions::with_best;

/// A factor: eight digits to the base 256, lowest first.
pub(super) type Factor = [i8; 8];
/// The magnitudes of a digit other than zero.
const MAGNITUDES: usize = 128;

/// Returns the sum of every point times its factor.
pub(super) fn weighted_sum(points: &[Point], factors: &[Factor]) -> ProjectivePoint {
    let mut buckets = Buckets { by_magnitude: vec![Vec::new(); MAGNITUDES], pairs: Vec::new() };
    (0..8).rev().fold(ProjectivePoint::IDENTITY, |higher, position| {
        let higher = (0..8).fold(higher, |sum, _| sum.double());
        let digits = factors.iter().map(|factor| factor.get(position).copied().unwrap_or_default());
        buckets.fill(points, digits);
        while with_best!(_ => buckets.add_pairs()) {}
        higher + buckets.weighted_sum()
    })
}

/// The points of one position of the factors, by the magnitude of their digit, from 1 on.
struct Buckets {
    by_magnitude: Vec<Vec<Point>>,
    pairs: Vec<Pair>,
}

/// Two points of a bucket that are to be added.
struct Pair {
    first: Point,
    second: Point,
    /// The slope of the line through them; `None` where they are opposite, and their sum is neutral.
    slope: Option<Slope>,
    /// The product of the denominators before.
    before: Coordinate,
}

struct Slope {
    numerator: Coordinate,
    denominator: Coordinate,
}

impl Buckets {
    #[inline(always)]
    fn fill(&mut self, points: &[Point], digits: impl Iterator<Item = i8>) {
        self.by_magnitude.iter_mut().for_each(Vec::clear);
        for (point, digit) in points.iter().zip(digits) {
            let position = usize::from(digit.unsigned_abs()).checked_sub(1);
            if let Some(bucket) = position.and_then(|position| self.by_magnitude.get_mut(position)) {
                bucket.push(point.negated(Choice::of_bit(u8::from(digit < 0))));
            }
        }
    }

    /// Adds the points of each bucket two by two; returns whether there were two in any.
    #[inline(always)]
    fn add_pairs(&mut self) -> bool {
        let mut product = Coordinate::ONE;
        self.pairs.clear();
        for [first, second] in self.by_magnitude.iter().flat_map(|bucket| bucket.as_chunks().0) {
            let slope = Slope::between(first, second);
            let before = product;
            if let Some(slope) = &slope {
                product = product * slope.denominator;
            }
            self.pairs.push(Pair { first: *first, second: *second, slope, before });
        }
        // No denominator is zero, so that there is an inverse.
        let mut inverse = product.inverted();
        for pair in self.pairs.iter_mut().rev() {
            if let Some(slope) = &mut pair.slope {
                slope.numerator = slope.numerator * (pair.before * inverse);
                inverse = inverse * slope.denominator;
            }
        }
        let mut pairs = self.pairs.iter();
        for bucket in &mut self.by_magnitude {
            let (count, left) = (bucket.as_chunks::<2>().0.len(), bucket.as_chunks::<2>().1.first().copied());
            let sums = pairs.by_ref().take(count).filter_map(|pair| {
                let slope = pair.slope.as_ref()?;
                Some(pair.first.third(&pair.second, slope.numerator))
            });
            bucket.clear();
            bucket.extend(sums);
            bucket.extend(left);
        }
        !self.pairs.is_empty()
    }

    /// Returns the sum of every bucket's one point times the bucket's magnitude.
    fn weighted_sum(&self) -> ProjectivePoint {
        let (mut from_here, mut sum) = (ProjectivePoint::IDENTITY, ProjectivePoint::IDENTITY);
        for bucket in self.by_magnitude.iter().rev() {
            for point in bucket {
                // What is not on the curve is added as neutral, and then the check fails as it should.
                from_here += point.to_k256().unwrap_or(AffinePoint::IDENTITY);
            }
            sum += from_here;
        }
        sum
    }
}

impl Slope {
    #[inline(always)]
    fn between(first: &Point, second: &Point) -> Option<Self> {
        let denominator = second.x - first.x;
        if !denominator.is_zero() {
            return Some(Self { numerator: second.y - first.y, denominator });
        }
        let square = first.x.square();
        let tangent = || Self { numerator: square + square + square, denominator: first.y + first.y };
        (!(second.y + first.y).is_zero()).then(tangent)
    }
}

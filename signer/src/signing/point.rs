//! Points of secp256k1 in affine coordinates, which is what a batch adds fastest.

use k256::{
    Secp256k1,
    elliptic_curve::{
        hazmat::FieldArithmetic,
        subtle::{Choice, ConditionallySelectable},
    },
};
use zeroize::Zeroize;

/// A coordinate: a number modulo secp256k1's p.
pub(crate) type Coordinate = <Secp256k1 as FieldArithmetic>::FieldElement;

/// A point that is not the neutral element.
#[derive(Clone, Copy, Default, Zeroize)]
pub(crate) struct Point {
    // INVARIANT: both coordinates are of magnitude 1, so that sums of a few of them may be multiplied.
    pub(crate) x: Coordinate,
    pub(crate) y: Coordinate,
}

impl Point {
    /// Returns the sum of two points, given the slope of the line through them.
    pub(crate) fn third(&self, other: &Self, slope: &Coordinate) -> Self {
        let x = (slope.square() + (self.x + other.x).negate(2)).normalize_weak();
        let y = (*slope * (self.x + x.negate(1)) + self.y.negate(1)).normalize_weak();
        Self { x, y }
    }

    /// Returns the point with the other y where this is chosen.
    pub(crate) fn negated(&self, choice: Choice) -> Self {
        let other = self.y.negate(1).normalize_weak();
        Self { x: self.x, y: Coordinate::conditional_select(&self.y, &other, choice) }
    }
}

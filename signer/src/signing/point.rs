//! Points of secp256k1 in affine coordinates, which is what a batch adds fastest.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]

use k256::{AffinePoint, elliptic_curve::point::AffineCoordinates};
use zeroize::Zeroize;

use super::field::{Choice, Coordinate};

/// A point that is not the neutral element.
#[derive(Clone, Copy, Default, Zeroize)]
pub(crate) struct Point {
    pub(crate) x: Coordinate,
    pub(crate) y: Coordinate,
}

impl Point {
    /// Takes a point of k256; the neutral one has no coordinates, and becomes nonsense.
    pub(crate) fn of(point: &AffinePoint) -> Self {
        Self { x: Coordinate::from_bytes(&point.x().into()), y: Coordinate::from_bytes(&point.y().into()) }
    }

    /// Returns the point for k256, if it is on the curve.
    pub(crate) fn to_k256(self) -> Option<AffinePoint> {
        AffinePoint::from_coordinates(&self.x.to_bytes().into(), &self.y.to_bytes().into()).into_option()
    }

    /// Returns the sum of two points, given the slope of the line through them.
    #[inline(always)]
    pub(crate) fn third(&self, other: &Self, slope: Coordinate) -> Self {
        let x = slope.square() - (self.x + other.x);
        let y = slope * (self.x - x) - self.y;
        Self { x, y }
    }

    /// Returns the point with the other y where this is chosen.
    #[inline(always)]
    pub(crate) fn negated(&self, choice: Choice) -> Self {
        Self { x: self.x, y: Coordinate::chosen(&self.y, &-self.y, choice) }
    }
}

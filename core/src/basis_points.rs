//! Hundredths of a percent.

use crate::usd::Volume;

/// A share in basis points: 1 to 10,000, where 10,000 is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// The whole.
    pub const WHOLE: u16 = 10_000;

    /// Makes a share, or returns `None` at zero and above the whole.
    pub const fn new(basis_points: u16) -> Option<Self> {
        if basis_points == 0 || basis_points > Self::WHOLE { None } else { Some(Self(basis_points)) }
    }

    /// Returns the share in basis points.
    pub const fn as_u16(self) -> u16 {
        self.0
    }

    /// Returns how much of `whole` a part is, rounded down; none of nothing, and at most the whole.
    ///
    /// For bars and charts: no money is computed with it.
    pub fn proportion(part: Volume, whole: Volume) -> u16 {
        // No text names as much as would not fit when it is multiplied.
        let product = part.min(whole).as_attos().saturating_mul(Self::WHOLE.into());
        let share = product.checked_div(whole.as_attos()).and_then(|share| u16::try_from(share).ok());
        share.unwrap_or_default()
    }
}

//! Hundredths of a percent.

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
}

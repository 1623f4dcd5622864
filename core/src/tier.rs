//! Which tier a creator's supporters reach (rule R4).

use crate::{
    basis_points::BasisPoints,
    terms::Tier,
    usd::{Usd, Volume},
    volume::Supporter,
};

/// Returns the volume that counts towards `threshold`: of each supporter at most the cap's share of it.
///
/// The share of a threshold is exact in units of 10^-18 dollars, so nothing is rounded here.
/// Returns `None` where the sum would not fit into 128 bits.
pub fn counted_towards(threshold: Usd, cap: BasisPoints, supporters: &[Supporter]) -> Option<Volume> {
    let most = most_of_one(threshold, cap)?;
    supporters.iter().map(|supporter| supporter.volume.min(most)).try_fold(Volume::ZERO, Volume::checked_add)
}

/// Returns the most that one supporter counts for towards `threshold`.
pub fn most_of_one(threshold: Usd, cap: BasisPoints) -> Option<Volume> {
    let threshold = Volume::try_from(threshold).ok()?.as_attos();
    threshold.checked_mul(cap.as_u16().into())?.checked_div(BasisPoints::WHOLE.into()).map(Volume::from_attos)
}

/// Returns whether the supporters reach the tier: Σ min(volume, cap × threshold) ≥ threshold.
pub fn reaches(tier: &Tier, cap: BasisPoints, supporters: &[Supporter]) -> bool {
    let counted = counted_towards(tier.threshold, cap, supporters);
    counted.zip(Volume::try_from(tier.threshold).ok()).is_some_and(|(counted, threshold)| counted >= threshold)
}

/// Returns the highest tier that the supporters reach.
pub fn highest_reached<'a>(tiers: &'a [Tier], cap: BasisPoints, supporters: &[Supporter]) -> Option<&'a Tier> {
    tiers.iter().rev().find(|tier| reaches(tier, cap, supporters))
}

/// Returns how many supporters it takes at the least to reach any tier: 4 at a cap of 25 %.
pub fn fewest_supporters(cap: BasisPoints) -> u32 {
    u32::from(BasisPoints::WHOLE).div_ceil(u32::from(cap.as_u16()).max(1))
}

//! Sharing a month's budget (rule R7): class by class, pro rata in cents by largest remainder.

use alloc::{collections::BTreeMap, vec::Vec};

use crate::{
    conversion::{Wide, divide},
    entitlement::LineKind,
    identifier::CreatorId,
    records::AmbassadorIndex,
    usd::Usd,
};

/// A line of an ambassador, by which credits are added up over months.
///
/// The order is that of ties: by creator, then by kind, then by ambassador.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// The creator, or none for an adjustment.
    pub creator: Option<CreatorId>,
    /// What the line is for.
    pub kind: LineKind,
    /// Whose line it is.
    pub ambassador: AmbassadorIndex,
}

/// The classes that a budget serves one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Adjustment,
    Base,
    UseCase,
    Tier,
}

impl Class {
    const ALL: [Self; 4] = [Self::Adjustment, Self::Base, Self::UseCase, Self::Tier];

    const fn of(kind: LineKind) -> Self {
        match kind {
            LineKind::Adjustment => Self::Adjustment,
            LineKind::Base => Self::Base,
            LineKind::UseCase | LineKind::Innovative => Self::UseCase,
            LineKind::Tier => Self::Tier,
        }
    }
}

/// How many classes there are.
pub(crate) const CLASSES: usize = Class::ALL.len();

/// Returns the position of a line's class among those that a budget serves one after the other.
pub(crate) fn class_of(kind: LineKind) -> usize {
    let class = Class::of(kind);
    Class::ALL.iter().position(|one| *one == class).unwrap_or_default()
}

/// Returns what each need is granted; together they never exceed the budget.
///
/// Ties are in the order of the keys; see [`allocate_in_order`].
pub fn allocate(needs: &BTreeMap<LineKey, Usd>, budget: Usd) -> BTreeMap<LineKey, Usd> {
    let in_order: Vec<(LineKind, Usd)> = needs.iter().map(|(key, need)| (key.kind, *need)).collect();
    needs.keys().cloned().zip(allocate_in_order(&in_order, budget)).collect()
}

/// Returns what each need is granted, in their order; together they never exceed the budget.
///
/// A class that fits is granted in full. The first that does not is shared pro rata in whole cents, the cents left
/// over going to the largest remainders, ties to whoever comes first; the classes after it get nothing. A need that
/// lacks less than a cent takes only what it lacks.
pub fn allocate_in_order(needs: &[(LineKind, Usd)], budget: Usd) -> Vec<Usd> {
    let mut left = budget;
    let mut granted: Vec<Usd> = needs.iter().map(|_| Usd::ZERO).collect();
    for class in Class::ALL {
        let members = || needs.iter().zip(0_usize..).filter(|((kind, _), _)| Class::of(*kind) == class);
        let total = members().try_fold(Usd::ZERO, |sum, ((_, need), _)| sum.checked_add(*need));
        let rest = total.and_then(|total| left.checked_sub(total));
        let mut grant = |place: usize, share| {
            if let Some(granted) = granted.get_mut(place) {
                *granted = share;
            }
        };
        match (rest, total) {
            (Some(rest), _) => {
                left = rest;
                for ((_, need), place) in members() {
                    grant(place, *need);
                }
            }
            (None, Some(total)) => {
                let members: Vec<(usize, Usd)> = members().map(|((_, need), place)| (place, *need)).collect();
                for share in prorate(&members, total, left) {
                    grant(share.place, share.granted);
                }
                left = Usd::ZERO;
            }
            (None, None) => left = Usd::ZERO,
        }
    }
    granted
}

/// What a member of a class gets.
struct Share {
    place: usize,
    need: Usd,
    granted: Usd,
    remainder: Wide,
}

/// Returns how many whole cents an amount has.
pub(crate) fn cents_of(amount: Usd) -> u128 {
    amount.as_micros().checked_div(Usd::CENT.as_micros()).unwrap_or_default()
}

/// Returns the whole cents that a need of a total has of so many, and what is rounded off.
pub(crate) fn prorated(need: Usd, cents: u128, total: Usd) -> Option<(Usd, Wide)> {
    let product = Wide::from(need.as_micros()).checked_mul(Wide::from(cents))?;
    let (share, remainder) = divide(product, Wide::from(total.as_micros()))?;
    let micros = u128::try_from(share).ok()?.checked_mul(Usd::CENT.as_micros())?;
    Some((Usd::from_micros(micros), remainder))
}

/// Shares `left`, which is less than `total`, in whole cents.
fn prorate(members: &[(usize, Usd)], total: Usd, left: Usd) -> Vec<Share> {
    let cents = cents_of(left);
    let mut shares: Vec<Share> = members
        .iter()
        .map(|(place, need)| {
            let (granted, remainder) = prorated(*need, cents, total).unwrap_or_default();
            Share { place: *place, need: *need, granted, remainder }
        })
        .collect();
    let spent = shares.iter().try_fold(Usd::ZERO, |sum, share| sum.checked_add(share.granted)).unwrap_or(left);
    let mut spare = left.floor_to_cents().checked_sub(spent).unwrap_or_default();
    shares.sort_unstable_by(|a, b| b.remainder.cmp(&a.remainder).then_with(|| a.place.cmp(&b.place)));
    for share in &mut shares {
        let more = share.need.checked_sub(share.granted).unwrap_or_default().min(Usd::CENT);
        if let Some((larger, rest)) = share.granted.checked_add(more).zip(spare.checked_sub(more)) {
            (share.granted, spare) = (larger, rest);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use super::*;

    fn check(budget: &str, needs: &[(&str, LineKind, &str)], expected: &[&str]) {
        let key =
            |creator: &str, kind| LineKey { creator: creator.parse().ok(), kind, ambassador: AmbassadorIndex::new(0) };
        let table: BTreeMap<LineKey, Usd> =
            needs.iter().filter_map(|(creator, kind, need)| Some((key(creator, *kind), need.parse().ok()?))).collect();
        let granted = allocate(&table, budget.parse().unwrap_or_default());
        let granted: Vec<String> = needs
            .iter()
            .map(|(creator, kind, _)| granted.get(&key(creator, *kind)).copied().unwrap_or_default().to_string())
            .collect();
        assert_eq!(granted, expected);
    }

    #[test]
    fn what_fits_is_granted_in_full() {
        check("1000", &[("a", LineKind::Base, "250"), ("a", LineKind::Tier, "750")], &["250", "750"]);
    }

    #[test]
    fn classes_are_served_in_order() {
        let needs = [("a", LineKind::Tier, "500"), ("a", LineKind::UseCase, "50"), ("a", LineKind::Base, "250")];
        check("275", &needs, &["0", "25", "250"]);
        check("200", &needs, &["0", "0", "200"]);
        check("600", &needs, &["300", "50", "250"]);
    }

    #[test]
    fn cents_go_to_the_largest_remainder_then_to_the_first_creator() {
        let three = [("a", LineKind::Base, "250"), ("b", LineKind::Base, "250"), ("c", LineKind::Base, "250")];
        check("100", &three, &["33.34", "33.33", "33.33"]);
        check("0.02", &three, &["0.01", "0.01", "0"]);
        check(
            "10",
            &[("a", LineKind::Base, "1"), ("b", LineKind::Base, "10"), ("c", LineKind::Base, "10")],
            &["0.48", "4.76", "4.76"],
        );
    }
}

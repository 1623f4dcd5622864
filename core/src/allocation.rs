//! Sharing a month's budget (rule R7): class by class, pro rata in cents by largest remainder.

use alloc::{collections::BTreeMap, vec::Vec};

use ruint::Uint;

use crate::{entitlement::LineKind, identifier::CreatorId, records::AmbassadorIndex, usd::Usd};

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

/// Returns what each need is granted; together they never exceed the budget.
///
/// A class that fits is granted in full. The first that does not is shared pro rata in whole cents, the cents left
/// over going to the largest remainders, ties in the order of the keys; the classes after it get nothing. A need that
/// lacks less than a cent takes only what it lacks.
pub fn allocate(needs: &BTreeMap<LineKey, Usd>, budget: Usd) -> BTreeMap<LineKey, Usd> {
    let mut left = budget;
    let mut granted = BTreeMap::new();
    for class in Class::ALL {
        let members: Vec<(&LineKey, Usd)> =
            needs.iter().filter(|(key, _)| Class::of(key.kind) == class).map(|(key, need)| (key, *need)).collect();
        let total = members.iter().try_fold(Usd::ZERO, |sum, (_, need)| sum.checked_add(*need));
        let rest = total.and_then(|total| left.checked_sub(total));
        match (rest, total) {
            (Some(rest), _) => {
                left = rest;
                granted.extend(members.into_iter().map(|(key, need)| (key.clone(), need)));
            }
            (None, Some(total)) => {
                granted.extend(prorate(&members, total, left));
                left = Usd::ZERO;
            }
            (None, None) => left = Usd::ZERO,
        }
    }
    granted
}

/// Shares `left`, which is less than `total`, in whole cents.
fn prorate(members: &[(&LineKey, Usd)], total: Usd, left: Usd) -> Vec<(LineKey, Usd)> {
    // 256 bits hold every product of two amounts.
    type Wide = Uint<256, 4>;
    let cent = Wide::from(Usd::CENT.as_micros());
    let cents = Wide::from(left.as_micros()).checked_div(cent).unwrap_or_default();
    let total = Wide::from(total.as_micros());
    let mut shares: Vec<(LineKey, Usd, Usd, Wide)> = members
        .iter()
        .map(|(key, need)| {
            let product = Wide::from(need.as_micros()).checked_mul(cents).unwrap_or_default();
            let share = product.checked_div(total).and_then(|share| share.checked_mul(cent)).unwrap_or_default();
            let remainder = product.checked_rem(total).unwrap_or_default();
            ((*key).clone(), *need, Usd::from_micros(u128::try_from(share).unwrap_or_default()), remainder)
        })
        .collect();
    let spent = shares.iter().try_fold(Usd::ZERO, |sum, (_, _, share, _)| sum.checked_add(*share)).unwrap_or(left);
    let mut spare = left.floor_to_cents().checked_sub(spent).unwrap_or_default();
    shares.sort_by(|a, b| b.3.cmp(&a.3).then_with(|| a.0.cmp(&b.0)));
    for (_, need, share, _) in &mut shares {
        let more = need.checked_sub(*share).unwrap_or_default().min(Usd::CENT);
        if let Some((larger, rest)) = share.checked_add(more).zip(spare.checked_sub(more)) {
            (*share, spare) = (larger, rest);
        }
    }
    shares.into_iter().map(|(key, _, share, _)| (key, share)).collect()
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

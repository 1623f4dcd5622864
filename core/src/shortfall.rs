//! Whom a budget that is too short for all leaves out (rule R7).

use alloc::{collections::BTreeMap, vec, vec::Vec};

use crate::{
    allocation::{CLASSES, LineKey, allocate, cents_of, class_of, prorated},
    calendar::Instant,
    records::AmbassadorIndex,
    terms::Caps,
    usd::Usd,
};

/// What an ambassador whose month is not below the minimum asks of the budget.
#[derive(Clone, Debug)]
pub(crate) struct Claimant {
    pub(crate) index: AmbassadorIndex,
    /// Since when the oldest of it is earned.
    pub(crate) since: Option<Instant>,
    pub(crate) needs: BTreeMap<LineKey, Usd>,
    /// Whether the share is told where it is too small: it costs more than to know that it is.
    pub(crate) asks_for_share: bool,
}

/// What the budget grants to those who are not left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shared {
    pub(crate) granted: BTreeMap<LineKey, Usd>,
    /// Who is left out, in that order, and the share that was below the minimum where it was asked for.
    pub(crate) left_out: Vec<(AmbassadorIndex, Option<Usd>)>,
}

/// Grants what the budget allows and leaves out whoever would get less than the minimum.
///
/// One at a time, whoever has waited the shortest is left out first, so that a budget too small for all still pays
/// those who waited longest and nobody waits for ever.
pub(crate) fn share(claimants: &[Claimant], caps: &Caps) -> Option<Shared> {
    let mut contest = Contest::of(claimants, caps)?;
    let mut left_out = Vec::new();
    // Whoever waited the shortest stands at the end.
    let mut open: Vec<usize> = (0..claimants.len()).collect();
    open.sort_by_key(|place| claimants.get(*place).map(|claimant| (claimant.since, claimant.index)));
    let mut undecided = Vec::new();
    while let Some(place) = open.pop() {
        let claimant = claimants.get(place)?;
        let (least, most) = contest.bounds(place)?;
        // Shares within these bounds only grow when others are left out.
        if least >= caps.min_payout {
            continue;
        }
        let is_short = most < caps.min_payout;
        let share = if is_short && !claimant.asks_for_share { None } else { Some(contest.share_of(place)?) };
        if is_short || share < Some(caps.min_payout) {
            left_out.push((claimant.index, share.filter(|_| claimant.asks_for_share)));
            contest.leave_out(place)?;
            open.extend(undecided.drain(..).rev());
        } else {
            undecided.push(place);
        }
    }
    contest.granted();
    Some(Shared { granted: contest.granted?, left_out })
}

/// The claimants that are not left out yet.
struct Contest<'c> {
    claimants: &'c [Claimant],
    budget: Usd,
    // INVARIANT: one of each for every claimant.
    sums: Vec<[Sum; CLASSES]>,
    is_out: Vec<bool>,
    /// What those who are not left out ask for together.
    totals: [Usd; CLASSES],
    /// What all of them are granted, unless somebody was left out since that was computed.
    granted: Option<BTreeMap<LineKey, Usd>>,
}

/// What a claimant asks for in a class, in so many lines.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    need: Usd,
    lines: u32,
}

impl<'c> Contest<'c> {
    fn of(claimants: &'c [Claimant], caps: &Caps) -> Option<Self> {
        let mut sums = vec![[Sum::default(); CLASSES]; claimants.len()];
        let mut totals = [Usd::ZERO; CLASSES];
        for (claimant, sums) in claimants.iter().zip(&mut sums) {
            for (key, need) in &claimant.needs {
                let class = class_of(key.kind);
                let (sum, total) = (sums.get_mut(class)?, totals.get_mut(class)?);
                *sum = Sum { need: sum.need.checked_add(*need)?, lines: sum.lines.checked_add(1)? };
                *total = total.checked_add(*need)?;
            }
        }
        let is_out = vec![false; claimants.len()];
        Some(Self { claimants, budget: caps.budget, sums, is_out, totals, granted: None })
    }

    /// Returns between which sums a claimant's share lies, whatever cents the largest remainders get.
    fn bounds(&self, place: usize) -> Option<(Usd, Usd)> {
        let (mut left, mut full) = (self.budget, Usd::ZERO);
        for (sum, total) in self.sums.get(place)?.iter().zip(self.totals) {
            if let Some(rest) = left.checked_sub(total) {
                (left, full) = (rest, full.checked_add(sum.need)?);
                continue;
            }
            let (share, _) = prorated(sum.need, cents_of(left), total)?;
            // Each line is rounded down by less than a cent, and gets one more at most.
            let cents = Usd::from_micros(Usd::CENT.as_micros().checked_mul(sum.lines.into())?);
            let least = full.checked_add(share.checked_sub(cents).unwrap_or_default())?;
            return Some((least, full.checked_add(share)?.checked_add(cents)?));
        }
        Some((full, full))
    }

    fn leave_out(&mut self, place: usize) -> Option<()> {
        for (total, sum) in self.totals.iter_mut().zip(self.sums.get(place)?) {
            *total = total.checked_sub(sum.need)?;
        }
        *self.is_out.get_mut(place)? = true;
        self.granted = None;
        Some(())
    }

    fn share_of(&mut self, place: usize) -> Option<Usd> {
        let claimant = self.claimants.get(place)?;
        let granted = self.granted();
        let mut shares = claimant.needs.keys().filter_map(|key| granted.get(key));
        shares.try_fold(Usd::ZERO, |sum, share| sum.checked_add(*share))
    }

    /// Returns what each line of those who are not left out is granted.
    fn granted(&mut self) -> &BTreeMap<LineKey, Usd> {
        self.granted.get_or_insert_with(|| {
            let open = self.claimants.iter().zip(&self.is_out).filter(|(_, is_out)| !**is_out);
            let needs = open.flat_map(|(claimant, _)| &claimant.needs).map(|(key, need)| (key.clone(), *need));
            allocate(&needs.collect(), self.budget)
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::entitlement::LineKind;

    /// Shares anew each time that somebody is left out.
    fn slow(claimants: &[Claimant], caps: &Caps) -> Shared {
        let mut open: Vec<&Claimant> = claimants.iter().collect();
        let mut left_out = Vec::new();
        loop {
            let needs = open.iter().flat_map(|one| one.needs.clone()).collect();
            let granted = allocate(&needs, caps.budget);
            let share = |one: &Claimant| {
                let granted = one.needs.keys().filter_map(|key| granted.get(key));
                granted.fold(Usd::ZERO, |sum, granted| sum.checked_add(*granted).unwrap_or_default())
            };
            let short = open.iter().filter(|one| share(one) < caps.min_payout).max_by_key(|one| (one.since, one.index));
            let Some(short) = short.copied() else { return Shared { granted, left_out } };
            left_out.push((short.index, short.asks_for_share.then(|| share(short))));
            open.retain(|one| one.index != short.index);
        }
    }

    fn claimants() -> impl Strategy<Value = Vec<Claimant>> {
        let need = prop_oneof![
            select(&[1, 9_999, 10_000, 10_001, 25_000_000, 50_000_000, 250_000_000][..]),
            0_u128..300_000_000
        ];
        let kind = select(
            &[LineKind::Adjustment, LineKind::Base, LineKind::UseCase, LineKind::Innovative, LineKind::Tier][..],
        );
        let lines = vec((kind, 0..3_u8, need), 1..5);
        vec((lines, 0..4_i64, any::<bool>()), 0..9).prop_map(|claimants| {
            let claimant = |((lines, since, asks_for_share), index): ((Vec<_>, i64, bool), u32)| {
                let index = AmbassadorIndex::new(index);
                let key = |kind, creator: u8| LineKey {
                    creator: format!("c{creator}").parse().ok(),
                    kind,
                    ambassador: index,
                };
                let needs = lines.into_iter().map(|(kind, creator, need)| (key(kind, creator), Usd::from_micros(need)));
                let since = Some(since).filter(|since| *since > 0).and_then(Instant::from_unix_seconds);
                Claimant { index, since, needs: needs.collect(), asks_for_share }
            };
            claimants.into_iter().zip(0..).map(claimant).collect()
        })
    }

    /// Two who ask for 100 each of 100.01: by the tie of the remainders the first one gets the cent that is left.
    #[test]
    fn a_share_of_just_the_minimum_is_paid() {
        let claimant = |index, since| {
            let index = AmbassadorIndex::new(index);
            let key = LineKey { creator: None, kind: LineKind::Adjustment, ambassador: index };
            let needs = BTreeMap::from([(key, Usd::from_micros(100_000_000))]);
            Claimant { index, since: Instant::from_unix_seconds(since), needs, asks_for_share: true }
        };
        let caps = |min_payout| Caps {
            expected_per_month: 5,
            max_per_month: 10,
            budget: Usd::from_micros(100_010_000),
            min_payout: Usd::from_micros(min_payout),
        };
        // The first one, who is asked first because the other waited longer, gets just the minimum.
        let claimants = [claimant(0, 2), claimant(1, 1)];
        let left_out = |caps| share(&claimants, &caps).map(|shared| shared.left_out);
        let second = (AmbassadorIndex::new(1), Some(Usd::from_micros(50_000_000)));
        assert_eq!(left_out(caps(50_000_000)), Some(vec![]));
        assert_eq!(left_out(caps(50_010_000)), Some(vec![second]));
    }

    proptest! {
        #[test]
        fn it_is_as_if_all_shares_were_computed_each_time(
            claimants in claimants(),
            budget in prop_oneof![0_u128..100_000_000, 0_u128..2_000_000_000],
            minimum in select(&[0, 1, 10_000, 1_000_000, 25_000_000, 24_999_999][..]),
        ) {
            let caps = Caps {
                expected_per_month: 5,
                max_per_month: 10,
                budget: Usd::from_micros(budget),
                min_payout: Usd::from_micros(minimum),
            };
            prop_assert_eq!(share(&claimants, &caps), Some(slow(&claimants, &caps)));
        }
    }
}

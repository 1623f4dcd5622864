//! What holds for every programme: sums, bounds, orders and round trips.

use std::collections::BTreeMap;

use ambassador_core::{
    allocation::{LineKey, allocate},
    attribution::self_referrals,
    calendar::Month,
    conversion::floor_to_base_units,
    documents::records::{MonthInputs, RecordsDocument},
    entitlement::{LineKind, Standing},
    hash::keccak256,
    price::{Price, PriceTerm},
    pricing::DeviationCheck,
    records::AmbassadorIndex,
    settlement::{AmbassadorMonth, Credited, Measurements, settle},
    statement::{PriceSource, state_month},
    terms::{Caps, TermsHistory},
    tier::highest_reached,
    token::Decimals,
    usd::{SignedUsd, Usd},
};
use num_bigint::BigUint;
use proptest::prelude::*;

use super::{
    render::statement_bytes,
    sketch::{EventRow, Sketch, read_terms},
    strategy::{Bounds, MONTHS, cases, programmes},
};

fn micros(amount: SignedUsd) -> i128 {
    amount.as_micros()
}

fn add(months: &[AmbassadorMonth], credited: &mut Credited) {
    for month in months {
        for line in &month.lines {
            let key = LineKey { creator: line.creator.clone(), kind: line.kind, ambassador: month.ambassador };
            let sum = credited.entry(key).or_default();
            *sum = sum.checked_add(line.credit).expect("a small sum");
        }
    }
}

/// What every month must keep, whatever its bounds.
fn check_month(months: &[AmbassadorMonth], caps: &Caps) {
    let (budget, minimum) = (caps.budget, caps.min_payout);
    let mut paid = 0;
    for month in months {
        let begun = month
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Base && line.credited_before.is_zero() && micros(line.credit) > 0);
        assert!(begun.count() <= usize::try_from(caps.max_per_month).expect("small"), "too many base lines");
        let total = month.total().expect("a month is never negative").as_micros();
        let sum: i128 = month.lines.iter().map(|line| micros(line.credit)).sum();
        assert_eq!(u128::try_from(sum), Ok(total));
        assert!(total == 0 || total >= minimum.as_micros(), "{total} is below the minimum");
        paid += total;
        for line in &month.lines {
            let (before, entitled) = (micros(line.credited_before), micros(line.entitled));
            let after = before + micros(line.credit);
            assert!((before.min(entitled)..=before.max(entitled)).contains(&after), "{line:?} goes too far");
        }
        // What is entitled and not credited is pending with a reason, to the cent and no more.
        for line in &month.lines {
            let owed = micros(line.entitled) - micros(line.credited_before) - micros(line.credit);
            let deferred = ["HELD", "CAP_QUEUED", "BUDGET_DEFERRED", "BELOW_MINIMUM", "ADDRESS_UNCONFIRMED"];
            let pending = month.pending.iter().filter(|pending| {
                (&pending.creator, pending.kind) == (&line.creator, line.kind)
                    && deferred.contains(&pending.reason.code())
            });
            let pending: Vec<i128> = pending.map(|pending| micros(pending.amount)).collect();
            assert_eq!(pending, if owed == 0 { vec![] } else { vec![owed] }, "{line:?}");
        }
    }
    assert!(paid <= budget.as_micros(), "{paid} is above the budget");
}

/// What is entitled by the records themselves, computed referral by referral.
fn entitled(sketch: &Sketch, month: Month) -> Credited {
    let mut entitled = Credited::new();
    for referral in &sketch.records.referrals {
        let row = sketch.records.ambassadors.iter().find(|row| row.id == referral.ambassador).expect("an ambassador");
        for line in sketch.lines(referral.creator.as_str(), referral.ambassador.as_str(), month.end()) {
            if let Standing::Locked { amount, .. } = line.standing {
                let key = LineKey { creator: Some(referral.creator.clone()), kind: line.kind, ambassador: row.index };
                entitled.insert(key, SignedUsd::try_from(amount).expect("a small amount"));
            }
        }
    }
    for row in sketch.records.adjustments.iter().filter(|row| row.month <= month) {
        let ambassador = sketch.records.ambassadors.iter().find(|other| other.id == row.ambassador).expect("one");
        let key = LineKey { creator: None, kind: LineKind::Adjustment, ambassador: ambassador.index };
        let sum = entitled.entry(key).or_default();
        *sum = sum.checked_add(row.usd).expect("a small sum");
    }
    entitled
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn credits_add_up_to_the_entitlement(mut sketch in programmes(Bounds::Lifted)) {
        // What is held waits on purpose.
        sketch.records.referrals.iter_mut().for_each(|row| row.status = "active".parse().expect("a word"));
        let mut credited = Credited::new();
        let mut last = None;
        for month in MONTHS {
            let settled = sketch.settle(month, &mut credited);
            let months: Vec<_> = settled.statements.iter().map(|statement| statement.month.clone()).collect();
            check_month(&months, settled.terms.caps());
            for month in &months {
                let owed: i128 = month.lines.iter().map(|line| micros(line.entitled) - micros(line.credited_before)).sum();
                for line in &month.lines {
                    let expected = if owed < 0 { 0 } else { micros(line.entitled) - micros(line.credited_before) };
                    prop_assert_eq!(micros(line.credit), expected, "{:?}", line);
                }
            }
            last = Some(settled.month);
        }
        let entitled = entitled(&sketch, last.expect("a month"));
        for row in &sketch.records.ambassadors {
            let of = |lines: &Credited| -> BTreeMap<LineKey, i128> {
                let own = lines.iter().filter(|(key, sum)| key.ambassador == row.index && !sum.is_zero());
                own.map(|(key, sum)| (key.clone(), micros(*sum))).collect()
            };
            let (credited, entitled) = (of(&credited), of(&entitled));
            if entitled.values().sum::<i128>() >= credited.values().sum() {
                prop_assert_eq!(credited, entitled);
            }
        }
    }

    #[test]
    fn bounds_defer_and_never_destroy(sketch in programmes(Bounds::Tight)) {
        let programme = sketch.programme();
        let caps = *programme.records().terms.versions()[0].caps();
        let mut credited = Credited::new();
        let mut month: Month = MONTHS[0].parse().expect("a month");
        let mut quiet = false;
        for _ in 0..400 {
            let measurements = sketch.measurements(month.end());
            let months = settle(&programme, &measurements, &credited, month).expect("a month");
            check_month(&months, &caps);
            let paid: u128 = months.iter().map(|month| month.total().expect("a sum").as_micros()).sum();
            let wants = |month: &AmbassadorMonth| {
                let held = |line: &&ambassador_core::settlement::SettledLine| !month.pending.iter().any(|pending| {
                    pending.reason.code() == "HELD" && (&pending.creator, pending.kind) == (&line.creator, line.kind)
                });
                let owed = month.lines.iter().filter(held);
                owed.map(|line| micros(line.entitled) - micros(line.credited_before)).sum::<i128>()
            };
            // Whoever waits alone for more than the minimum is paid; so somebody is, as long as somebody waits.
            let minimum = i128::try_from(caps.min_payout.as_micros()).expect("small");
            let queued = months.iter().any(|month| month.pending.iter().any(|line| line.reason.code() == "CAP_QUEUED"));
            let waiting = months.iter().any(|month| wants(month) >= minimum.max(1));
            prop_assert!(paid > 0 || !waiting || queued, "{}: somebody waits and nobody is paid", month);
            add(&months, &mut credited);
            quiet = paid == 0 && month > MONTHS[8].parse().expect("a month");
            if quiet {
                break;
            }
            month = month.next();
        }
        prop_assert!(quiet, "the programme never comes to rest");
        let entitled = entitled(&sketch, month);
        let held = |creator: &Option<_>| sketch.records.referrals.iter().any(|row| Some(&row.creator) == creator.as_ref() && row.status.as_str() == "held");
        for row in &sketch.records.ambassadors {
            let sum = |lines: &Credited| -> i128 {
                let own = lines.iter().filter(|(key, _)| key.ambassador == row.index && !held(&key.creator));
                own.map(|(_, sum)| micros(*sum)).sum()
            };
            let rest = sum(&entitled) - sum(&credited);
            prop_assert!(rest <= 0 || rest < i128::try_from(caps.min_payout.as_micros()).expect("small"), "{} is still owed {}", row.id, rest);
        }
    }

    #[test]
    fn the_order_of_rows_and_events_does_not_matter(sketch in programmes(Bounds::Tight), seed in any::<u64>()) {
        let mut other = sketch.clone();
        shuffle(seed, &mut other.events);
        shuffle(seed, &mut other.records.ambassadors);
        shuffle(seed, &mut other.records.referrals);
        shuffle(seed, &mut other.records.adoptions);
        shuffle(seed, &mut other.records.parties);
        shuffle(seed, &mut other.records.closes);
        shuffle(seed, &mut other.records.adjustments);
        let (mut credited, mut other_credited) = (Credited::new(), Credited::new());
        for month in ["2020-12", "2021-02"] {
            let end = month.parse::<Month>().expect("a month").end();
            prop_assert_eq!(sketch.measure(end), other.measure(end));
            let (settled, other_settled) = (sketch.settle(month, &mut credited), other.settle(month, &mut other_credited));
            prop_assert_eq!(statement_bytes(&settled), statement_bytes(&other_settled));
        }
    }

    #[test]
    fn more_volume_never_lowers_a_tier(sketch in programmes(Bounds::Lifted), coin in 0_usize..4, day in 20_u64..100, cents in 1_u32..900_000, known in any::<bool>()) {
        let end = MONTHS[5].parse::<Month>().expect("a month").end();
        let mut more = sketch.clone();
        more.events.push(EventRow {
            source: "b".into(),
            id: "more".into(),
            at: (1_602_460_800 + day * 86_400).to_string(),
            coin: format!("c{coin}"),
            kind: "buy".into(),
            actor: if known { "f0" } else { "new" }.into(),
            usd: format!("{}.{:02}", cents / 100, cents % 100),
            reverses: String::new(),
        });
        let terms = &sketch.records.terms.versions()[0];
        let tiers = |sketch: &Sketch| -> BTreeMap<_, _> {
            let measured = sketch.measure(end).expect("events that agree").supporters.into_iter();
            measured.map(|(creator, list)| (creator, highest_reached(&terms.reward().tiers, terms.volume().supporter_cap, &list).map(|tier| tier.threshold))).collect()
        };
        let (before, after) = (tiers(&sketch), tiers(&more));
        for (creator, tier) in before {
            prop_assert!(after[&creator] >= tier, "{}", creator);
        }
    }

    #[test]
    fn a_month_is_settled_from_what_is_seen_of_it(sketch in programmes(Bounds::Tight)) {
        let programme = sketch.programme();
        let mut credited = Credited::new();
        for month in ["2020-11", "2020-12", "2021-01"] {
            let before = credited.clone();
            let settled = sketch.settle(month, &mut credited);
            let seen = programme.seen_in(settled.month, settled.month.next().end()).expect("terms");
            let source = PriceSource { file: settled.price_file, check: DeviationCheck::Enforced };
            let measurements = Measurements {
                self_referrals: self_referrals(&seen),
                ..sketch.measurements(settled.month.end())
            };
            let again = state_month(&seen, &measurements, &before, settled.month, source).expect("the same month");
            prop_assert_eq!(statement_bytes(&again), statement_bytes(&settled));
        }
    }

    #[test]
    fn published_records_lead_to_the_same_statements(sketch in programmes(Bounds::Tight)) {
        let programme = sketch.programme();
        let mut credited = Credited::new();
        for month in ["2020-12", "2021-01"] {
            let before = credited.clone();
            let settled = sketch.settle(month, &mut credited);
            let measured = sketch.measure(settled.month.end()).expect("events that agree");
            let document = RecordsDocument::of(&programme, &MonthInputs {
                month: settled.month,
                previous: Some(("2020-11".parse().expect("a month"), keccak256(&[b"before"]))),
                terms_texts: &sketch.terms_texts,
                measurements: &sketch.measurements(settled.month.end()),
                fates: &measured.fates,
                price_file: settled.price_file,
                deviation_override: None,
            });
            let read = RecordsDocument::from_bytes(&document.to_bytes()).expect("the document itself");
            prop_assert_eq!(&read, &document);
            let history = TermsHistory::new(read.terms.iter().map(|part| read_terms(&part.text)).collect()).expect("a history");
            let records = read.to_month_records(history).expect("the records themselves");
            prop_assert_eq!(records.month, settled.month);
            prop_assert_eq!(records.price_source, PriceSource { file: settled.price_file, check: DeviationCheck::Enforced });
            let again = state_month(&records.programme, &records.measurements, &before, records.month, records.price_source).expect("the same month");
            prop_assert_eq!(statement_bytes(&again), statement_bytes(&settled));
        }
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn a_conversion_never_overpays_and_loses_less_than_a_base_unit(
        usd in prop_oneof![0_u128..=1_000_000, 0_u128..=1_000_000_000_000_000_000],
        price in (1_u128..=1_000_000_000_000_000_000_000_000_000_000_000, 1_u128..=1_000_000_000_000_000_000_000_000_000_000_000),
        shift in 0_u32..100,
        decimals in 0_u8..=30,
    ) {
        // Shifted, so that small terms of a price are as frequent as large ones.
        let term = |attos: u128, shift: u32| PriceTerm::from_attos((attos >> shift).max(1)).expect("a term");
        let price = Price { usd: term(price.0, shift), tokens: term(price.1, 99 - shift) };
        let ten = BigUint::from(10_u8);
        let numerator = BigUint::from(usd) * ten.pow(decimals.into()) * BigUint::from(price.tokens.as_attos());
        let denominator = ten.pow(6) * BigUint::from(price.usd.as_attos());
        let amount = floor_to_base_units(Usd::from_micros(usd), price, Decimals::new(decimals).expect("decimals"));
        match amount {
            Ok(amount) => {
                let amount = BigUint::from(amount.as_base_units());
                prop_assert!(&amount * &denominator <= numerator);
                prop_assert!((amount + 1_u8) * denominator > numerator);
            }
            Err(_) => prop_assert!(numerator / denominator > BigUint::from(u128::MAX)),
        }
    }
}

/// Orders a list by hashes of a seed and the positions.
fn shuffle<T>(seed: u64, list: &mut Vec<T>) {
    let mut keyed: Vec<_> = list
        .drain(..)
        .enumerate()
        .map(|(position, item)| (keccak256(&[&seed.to_be_bytes(), &position.to_be_bytes()]), item))
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    list.extend(keyed.into_iter().map(|(_, item)| item));
}

proptest! {
    #![proptest_config(cases(256))]

    /// A budget is shared whole: nobody gets more than is needed, nothing exceeds it, and a cent is left over only
    /// where every need is met or lacks less than what is left.
    #[test]
    fn a_budget_is_never_exceeded_and_never_kept_back(
        wants in prop::collection::vec((0_usize..5, 0_u128..3_000_000), 1..12),
        budget in 0_u128..2_000,
    ) {
        let creator = |place: usize| format!("c{place}").parse().expect("an id");
        let needs: BTreeMap<LineKey, Usd> = wants
            .iter()
            .enumerate()
            .map(|(place, (kind, micros))| {
                let key = LineKey { creator: Some(creator(place)), kind: LineKind::ALL[*kind], ambassador: AmbassadorIndex::new(0) };
                (key, Usd::from_micros(*micros))
            })
            .collect();
        let budget = Usd::from_micros(budget * Usd::CENT.as_micros());
        let granted = allocate(&needs, budget);
        let sum = |amounts: &BTreeMap<LineKey, Usd>| amounts.values().map(|amount| amount.as_micros()).sum::<u128>();
        prop_assert!(sum(&granted) <= budget.as_micros());
        for (key, grant) in &granted {
            prop_assert!(grant <= &needs[key]);
        }
        let left = budget.as_micros() - sum(&granted);
        let wanted = sum(&needs) - sum(&granted);
        prop_assert!(wanted == 0 || left < Usd::CENT.as_micros() * u128::try_from(needs.len()).expect("few"));
    }
}

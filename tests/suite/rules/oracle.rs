//! R3 and R4 once more, in the slow and obvious way, against hostile events.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{
    basis_points::BasisPoints,
    calendar::Instant,
    diagnostic::Diagnostic,
    terms::Tier,
    tier::highest_reached,
    usd::{Usd, Volume},
    volume::{Fate, Supporter},
};
use num_bigint::BigUint;
use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    sketch::{EventRow, Sketch, at, sketch},
    strategy::cases,
};

/// Zoe's window is 2020-11-10 to 2020-12-10, Yan has not launched; the month that is measured is 2020-12.
const PROGRAMME: &str = "
    ambassador alex
    ambassador sam
    referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
    referral zoe sam 2020-11-01 2020-11-20 - -
    referral vic sam 2020-11-01 2020-11-02 2020-11-03 2020-11-20
    referral yan alex 2020-11-01 2020-11-02 2020-11-03 -
    party creators-own creator:zoe
    party alex-own ambassador:alex
    party sam-own ambassador:sam
    party bank treasury";
const AS_OF: &str = "2021-01-01";

/// Who counts for whom, since when, and how many events met which fate.
type Sums = (BTreeMap<(String, String), (u128, Instant)>, BTreeMap<Fate, u64>);

/// Measures by scanning the list again and again; what contradicts itself comes back as codes.
fn oracle(events: &[EventRow]) -> Result<Sums, BTreeSet<&'static str>> {
    let coins = ["zoe", "vic", "yan"];
    let time = |event: &EventRow| at(&event.at);
    let units = |event: &EventRow| event.usd.parse::<Volume>().expect("a volume").as_attos();
    let mut codes = BTreeSet::new();
    let mut fates: BTreeMap<Fate, u64> = BTreeMap::new();
    let mut kept: Vec<&EventRow> = Vec::new();
    for event in events {
        if !coins.contains(&event.coin.as_str()) {
            *fates.entry(Fate::OtherCoin).or_default() += 1;
        } else if let Some(other) = kept.iter().find(|other| (&other.source, &other.id) == (&event.source, &event.id)) {
            let same = time(other) == time(event)
                && units(other) == units(event)
                && [&other.coin, &other.kind, &other.actor, &other.reverses]
                    == [&event.coin, &event.kind, &event.actor, &event.reverses];
            if same {
                *fates.entry(Fate::Duplicate).or_default() += 1;
            } else {
                codes.insert("EVENT_CONFLICT");
            }
        } else {
            kept.push(event);
        }
    }
    for event in kept.iter().filter(|event| !event.reverses.is_empty()) {
        let target = kept.iter().find(|other| other.source == event.source && other.id == event.reverses);
        let code = match target {
            None => "REVERSAL_UNKNOWN",
            Some(target) if !target.reverses.is_empty() => "REVERSAL_OF_REVERSAL",
            Some(target) if target.coin != event.coin => "REVERSAL_COIN",
            Some(target) if time(event) < time(target) => "REVERSAL_TIME",
            Some(_) => continue,
        };
        codes.insert(code);
    }
    let mut sums = BTreeMap::new();
    for event in &kept {
        let reversals = kept.iter().filter(|other| other.source == event.source && other.reverses == event.id);
        if reversals.clone().map(|other| units(other)).sum::<u128>() > units(event) {
            codes.insert("REVERSAL_AMOUNT");
            continue;
        }
        let back: u128 = reversals.filter(|other| time(other) < at(AS_OF)).map(|other| units(other)).sum();
        let window = match event.coin.as_str() {
            "zoe" => Some((at("2020-11-10"), at("2020-12-10"))),
            "vic" => Some((at("2020-11-20"), at("2020-12-20"))),
            _ => None,
        };
        let related = match event.coin.as_str() {
            "zoe" => ["bank", "creators-own", "alex-own"].as_slice(),
            "vic" => ["bank", "sam-own"].as_slice(),
            _ => ["bank", "alex-own"].as_slice(),
        };
        let fate = if time(event) >= at(AS_OF) {
            Fate::AfterMonth
        } else if !event.reverses.is_empty() {
            Fate::Reversal
        } else if window.is_none_or(|(launch, _)| time(event) < launch) {
            Fate::BeforeLaunch
        } else if window.is_some_and(|(_, end)| time(event) >= end) {
            Fate::AfterWindow
        } else if !["buy", "convert_in", "send_creator"].contains(&event.kind.as_str()) {
            Fate::OtherKind
        } else if related.contains(&event.actor.as_str()) {
            Fate::RelatedParty
        } else if units(event) == 0 {
            Fate::Nothing
        } else if units(event) == back {
            Fate::Reversed
        } else {
            let sum = sums.entry((event.coin.clone(), event.actor.clone())).or_insert((0, time(event)));
            *sum = (sum.0 + units(event) - back, sum.1.min(time(event)));
            Fate::Counted
        };
        *fates.entry(fate).or_default() += 1;
    }
    if codes.is_empty() { Ok((sums, fates)) } else { Err(codes) }
}

fn hostile_event() -> impl Strategy<Value = EventRow> {
    let times = vec![
        "2020-11-09T23:59:59.999999999Z",
        "2020-11-10T00:00:00Z",
        "2020-11-10T01:00:00+01:00",
        "2020-11-20T00:00:00Z",
        "2020-11-25T12:00:00Z",
        "2020-12-09T23:59:59.999999999Z",
        "2020-12-10T00:00:00Z",
        "2020-12-20T00:00:00Z",
        "2020-12-31T23:59:59.999999999Z",
        "2021-01-01T00:00:00Z",
        "1606305600",
    ];
    let coin = select(vec!["zoe", "zoe", "zoe", "vic", "yan", "other"]);
    let kind = select(vec!["buy", "buy", "convert_in", "sell", "refund"]);
    let actor = select(vec!["f0", "f1", "F0", "creators-own", "alex-own", "sam-own", "bank"]);
    let usd = select(vec!["0", "1", "1.0", "2", "2.000000000000000001", "1250"]);
    (select(vec!["a", "b"]), 0_u32..12, select(times), coin, kind, actor, usd).prop_map(
        |(source, id, at, coin, kind, actor, usd)| EventRow {
            source: source.into(),
            id: format!("e{id}"),
            at: at.into(),
            coin: coin.into(),
            kind: kind.into(),
            actor: actor.into(),
            usd: usd.into(),
            reverses: String::new(),
        },
    )
}

/// Lists in which most events are apart and some repeat, contradict or take back another.
fn hostile_events() -> impl Strategy<Value = Vec<EventRow>> {
    let twist = prop_oneof![
        12 => Just(0_u8), // an event of its own
        2 => Just(1),     // an exact copy of one before
        3 => Just(2),     // a refund of one before
        1 => Just(3),     // a collision of ids
        1 => Just(4),     // a refund of anything
    ];
    vec((hostile_event(), twist, any::<prop::sample::Index>()), 0..14).prop_map(|rows| {
        let mut events: Vec<EventRow> = Vec::new();
        for (number, (mut event, twist, index)) in rows.into_iter().enumerate() {
            let before = (!events.is_empty()).then(|| index.get(&events).clone());
            match (twist, before) {
                (1, Some(before)) => event = before,
                (2, Some(before)) => {
                    event = EventRow { id: format!("r{number}"), reverses: before.id.clone(), ..before };
                    event.usd = if number % 2 == 0 { "1".into() } else { event.usd };
                    event.at = if number % 3 == 0 { "2021-01-01T00:00:00Z".into() } else { event.at };
                }
                (3, _) => {}
                (4, Some(before)) => (event.id, event.reverses) = (format!("r{number}"), before.id),
                _ => event.id = format!("n{number}"),
            }
            events.push(event);
        }
        events
    })
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn the_meter_measures_what_the_oracle_measures(events in hostile_events()) {
        let sketch = Sketch { events: events.clone(), ..sketch(PROGRAMME) };
        match (sketch.measure(at(AS_OF)), oracle(&events)) {
            (Ok(measured), Ok((sums, fates))) => {
                let supporters = measured.supporters.iter().flat_map(|(creator, list)| list.iter().map(move |row| {
                    ((creator.to_string(), row.actor.to_string()), (row.volume.as_attos(), row.first_at))
                }));
                prop_assert_eq!(supporters.collect::<BTreeMap<_, _>>(), sums);
                prop_assert_eq!(&measured.fates, &fates);
                // Every row that was read is counted once.
                prop_assert_eq!(measured.fates.values().sum::<u64>(), u64::try_from(events.len()).expect("a few"));
            }
            (Err(errors), Err(codes)) => {
                let found: BTreeSet<_> = errors.iter().map(Diagnostic::code).collect();
                // Which of two rows is believed decides what else is wrong, and a sum with a wrong part is not judged.
                let others = |codes: &BTreeSet<_>| codes.iter().copied().filter(|code| *code != "REVERSAL_AMOUNT").collect::<Vec<_>>();
                if codes.contains("EVENT_CONFLICT") {
                    prop_assert!(found.contains("EVENT_CONFLICT"));
                } else if others(&codes).is_empty() {
                    prop_assert_eq!(found, codes);
                } else {
                    prop_assert_eq!(others(&found), others(&codes));
                }
            }
            (measured, oracle) => prop_assert!(false, "{:?} but {:?}", measured, oracle),
        }
    }

    #[test]
    fn tiers_are_what_the_oracle_reaches(
        volumes in vec(prop_oneof![0_u128..20_000, Just(1_250), Just(2_500), Just(6_250), Just(5_000)], 0..30),
        attos in prop_oneof![Just(0_u128), 0_u128..3],
        cap in prop_oneof![Just(2_500_u16), 1_u16..=10_000],
    ) {
        let tiers = [(5_000, 125), (10_000, 250), (25_000, 500)].map(|(threshold, bonus)| Tier {
            threshold: Usd::from_micros(threshold * 1_000_000),
            bonus: Usd::from_micros(bonus * 1_000_000),
        });
        let unit = 1_000_000_000_000_000_000_u128;
        let volumes: Vec<u128> = volumes.iter().map(|dollars| (dollars * unit).saturating_sub(attos)).collect();
        let supporters: Vec<Supporter> = volumes.iter().enumerate().map(|(number, attos)| Supporter {
            actor: format!("f{number}").parse().expect("an actor"),
            volume: Volume::from_attos(*attos),
            first_at: at("2020-11-11"),
        }).collect();
        // Σ min(10,000 × volume, cap × threshold) ≥ 10,000 × threshold, without any division.
        let reached = [25_000_u128, 10_000, 5_000].into_iter().find(|threshold| {
            let threshold = BigUint::from(*threshold) * unit;
            let most = &threshold * cap;
            let sum: BigUint = volumes.iter().map(|volume| most.clone().min(BigUint::from(*volume) * 10_000_u32)).sum();
            sum >= threshold * 10_000_u32
        });
        let found = highest_reached(&tiers, BasisPoints::new(cap).expect("a share"), &supporters);
        prop_assert_eq!(found.map(|tier| tier.threshold.as_micros() / 1_000_000), reached);
    }
}

//! R3, several meters of one programme: split, skimmed and merged they measure what one does.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher, RandomState};

use ambassador_core::{
    diagnostic::Diagnostic as _,
    event::{Event, EventError},
    volume::{EventPlace, Fate, Measured, Meter, VolumeError},
    word::Word,
};

use super::sketch::{EventRow, Sketch, at, sketch};

/// Repeated, reversed and other events of two sources, so that each split parts some that belong together.
const EVENTS: &str = "
    ambassador alex
    referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
    referral yan alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
    event a/e1 2020-11-11 zoe buy fan 10
    event b/e1 2020-11-12 zoe buy fan 20
    event b/e2 2020-11-12 yan buy fan 5
    event a/e1 2020-11-11 zoe buy fan 10
    event a/e3 2020-11-13 zoe buy other 7
    event b/e4 2020-11-14 zoe buy fan 20 e1
    event c/e1 2020-11-14 nobody buy fan 20
    event a/e5 2020-11-15 yan buy fan 1
    event c/e2 2020-11-14 nobody buy fan 20";

type Field = fn(&mut EventRow) -> &mut String;

/// Finds no difference between anything.
#[derive(Default)]
struct Alike;

impl Hasher for Alike {
    fn finish(&self) -> u64 {
        7
    }

    fn write(&mut self, _: &[u8]) {}
}

/// Measures with so many meters that take the events in turn.
fn measured(
    sketch: &Sketch,
    meters: usize,
    hasher: &(impl BuildHasher + Clone + Sync),
) -> Result<Measured, Vec<VolumeError>> {
    let programme = sketch.programme();
    let meter = |turn: usize| {
        let mut meter = Meter::new(&programme, at("2021-01-01"), hasher.clone());
        for (number, (row, place)) in sketch.events.iter().zip(0..).enumerate() {
            if number % meters == turn {
                let (coin, place) = (Word::from(&*row.coin), EventPlace(place));
                // All ways in which a row may come: with the watch known, expected, or asked for.
                let taken: Result<(), EventError> = match (number % 3, meter.watch(&coin)) {
                    (0, Some(watch)) => meter.take(watch, &row.source, &row.text(), place),
                    (way, _) => {
                        let glance = meter.pass_over(&coin);
                        let expected = meter.expect(glance).filter(|_| way == 1);
                        match meter.watch_expected(&coin, glance, expected) {
                            _ if glance.has_passed() => Ok(()),
                            Some(watch) => meter.take(watch, &row.source, &row.text(), place),
                            None => meter.skim(&row.source, &row.coin, place, || Ok(row.text())),
                        }
                    }
                };
                taken.expect("a right event");
            }
        }
        meter
    };
    let mut all = meter(0);
    // The later ones first, so that their sources come in another order.
    (1..meters).rev().for_each(|turn| all.merge(meter(turn)));
    all.finish()
}

#[test]
fn parts_are_merged_to_what_one_meter_measures() {
    let sketch = sketch(EVENTS);
    let one = sketch.measure(at("2021-01-01")).expect("events that agree");
    let volumes: Vec<_> =
        one.supporters.values().flatten().map(|row| (row.actor.as_str(), row.volume.to_string())).collect();
    assert_eq!(volumes, [("fan", "6".to_owned()), ("fan", "10".to_owned()), ("other", "7".to_owned())]);
    assert_eq!(one.fates.values().sum::<u64>(), 9);
    for meters in 1..=9 {
        assert_eq!(measured(&sketch, meters, &RandomState::new()), Ok(one.clone()), "{meters} meters");
        // Hashes only find: what has the same one is told apart by itself.
        let alike = BuildHasherDefault::<Alike>::default();
        assert_eq!(measured(&sketch, meters, &alike), Ok(one.clone()), "{meters} meters, one hash");
    }
}

#[test]
fn a_field_that_cannot_be_read_is_named() {
    let right = EventRow {
        source: "a".into(),
        id: "e1".into(),
        at: "2020-11-11T00:00:00Z".into(),
        coin: "zoe".into(),
        kind: "buy".into(),
        actor: "fan".into(),
        usd: "1".into(),
        reverses: "e0".into(),
    };
    assert!(Event::parse(&right.text()).is_ok());
    let fields: [(&str, Field, &str, &str); 7] = [
        ("event_id", |row| &mut row.id, "NAME_CHARACTER", "remove control characters"),
        ("occurred_at", |row| &mut row.at, "TIME_LAYOUT", "write an instant"),
        ("coin", |row| &mut row.coin, "NAME_CHARACTER", "use letters"),
        ("kind", |row| &mut row.kind, "NAME_CHARACTER", "use letters"),
        ("actor", |row| &mut row.actor, "NAME_CHARACTER", "remove control characters"),
        ("amount_usd", |row| &mut row.usd, "NUMBER_CHARACTER", "write plain digits"),
        ("reverses", |row| &mut row.reverses, "NAME_CHARACTER", "remove control characters"),
    ];
    for (column, field, code, help) in fields {
        let mut wrong = right.clone();
        field(&mut wrong).push('\n');
        let error = Event::parse(&wrong.text()).expect_err(column);
        assert_eq!((error.column, error.code()), (column, code));
        assert!(error.help().starts_with(help), "{column}: {}", error.help());
    }
    // Of a coin that nobody referred, nothing but the coin is looked at.
    let sketch = sketch(EVENTS);
    let mut meter = Meter::new(&sketch.programme(), at("2021-01-01"), RandomState::new());
    let skimmed: Result<(), EventError> = meter.skim("a", "no coin", EventPlace(0), || Ok(right.text()));
    assert_eq!(skimmed.map_err(|error| error.column), Err("coin"));
}

#[test]
fn only_a_right_coin_that_nobody_referred_is_passed_over() {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let mut meter = Meter::new(&sketch(EVENTS).programme(), at("2021-01-01"), hasher);
    for (coin, passes) in [("nobody", true), ("no-body_1", true), ("no coin", false), ("", false), ("zoe", false)] {
        assert_eq!(meter.pass_over(&coin.into()).has_passed(), passes, "{coin}");
        assert_eq!(meter.watch(&coin.into()).is_some(), coin == "zoe", "{coin}");
    }
    // What is too long to be known at first sight is skimmed.
    assert!(!meter.pass_over(&"a-name-of-more-than-sixteen".into()).has_passed());
    let fates = meter.finish().expect("nothing contradicts").fates;
    assert_eq!(fates.into_iter().collect::<Vec<_>>(), [(Fate::OtherCoin, 2)]);
}

#[test]
fn what_is_expected_of_a_coin_is_taken_only_where_it_is_the_coins() {
    let hasher = BuildHasherDefault::<Alike>::default();
    let mut meter = Meter::new(&sketch(EVENTS).programme(), at("2021-01-01"), hasher);
    let coins: [Word<'_>; 3] = ["zoe", "yan", "nobody"].map(Word::from);
    let glances = coins.map(|coin| meter.pass_over(&coin));
    for (coin, glance) in coins.iter().zip(glances) {
        let watch = meter.watch(coin);
        assert_eq!(watch.is_some(), coin.bytes() != b"nobody");
        if watch.is_some() {
            assert_eq!(meter.expect(glance), watch, "few coins are found where they are looked for first");
        }
        for other in glances {
            assert_eq!(meter.watch_expected(coin, glance, meter.expect(other)), watch);
        }
    }
}

#[test]
fn a_part_of_more_rows_than_a_shard_keeps_every_one() {
    let mut sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
        fans zoe 1100 1 2020-11-12",
    );
    // The first and the last come again; one is taken back, and one is no longer itself.
    for (place, usd, reverses) in [(0, "1", ""), (1_099, "1", ""), (5, "1", "f5")] {
        let again = &sketch.events[place];
        let id = if reverses.is_empty() { again.id.clone() } else { "back".to_owned() };
        let event = EventRow { id, usd: usd.to_owned(), reverses: reverses.to_owned(), ..again.clone() };
        sketch.events.push(event);
    }
    for meters in [1, 2] {
        let alike = BuildHasherDefault::<Alike>::default();
        let measured = measured(&sketch, meters, &alike).expect("events that agree");
        assert_eq!(measured.supporters.values().map(Vec::len).sum::<usize>(), 1_099);
        let fates: Vec<_> = measured.fates.iter().map(|(fate, count)| (fate.as_str(), *count)).collect();
        assert_eq!(fates, [("counted", 1_099), ("duplicate", 2), ("reversed", 1), ("reversal", 1)], "{meters}");
    }
}

#[test]
fn the_earlier_place_is_the_first_whichever_meter_had_it() {
    let sketch = sketch(
        "ambassador alex
        referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
        event a/e1 2020-11-11 zoe buy fan 10
        event a/e1 2020-11-11 zoe buy fan 20",
    );
    for meters in [1, 2] {
        let errors = measured(&sketch, meters, &RandomState::new()).expect_err("they contradict each other");
        let found: Vec<_> = errors.iter().map(|error| (error.place.0, error.other.map(|other| other.0))).collect();
        assert_eq!(found, [(1, Some(0))], "{meters} meters");
        assert_eq!(errors[0].help(), "one export is wrong: keep the row that the network confirms");
    }
}

//! The supporters of a coin and what they do in its first month.

use std::collections::BTreeSet;

use ambassador_core::{
    calendar::{Days, Instant},
    usd::Volume,
};

use super::{activity::Event, random::Random};

const CENT: u128 = 10_u128.pow(16);
const MICRO: u128 = 10_u128.pow(12);
const DAY: u64 = 86_400;
const FANS: usize = 640;

/// A coin's supporters, to be given names, hours and shares of a volume.
pub(crate) struct Crowd {
    pub(crate) coin: &'static str,
    pub(crate) supporters: usize,
    /// All of them have come so many days after the launch.
    pub(crate) arrived_after_days: u64,
    pub(crate) events: usize,
    /// The exact sum of the events that count.
    pub(crate) volume: &'static str,
}

/// Returns `launched_at` and the end of the first month.
pub(crate) fn window(launched_at: Instant) -> (Instant, Instant) {
    (launched_at, launched_at.plus(Days::new(30).expect("thirty days are a length")))
}

pub(crate) fn seconds(at: u64) -> Instant {
    i64::try_from(at).ok().and_then(Instant::from_unix_seconds).expect("the story lies between 1970 and 2199")
}

pub(crate) fn usd(text: &str) -> Volume {
    text.parse().expect("amounts of the story are decimal numbers")
}

/// Returns the pseudonyms of everybody who may be in a crowd.
///
/// They are even numbers; the actors of the parties and of the awkward cases are odd.
fn fans() -> Vec<String> {
    let mut random = Random::of("fans");
    let mut fans = BTreeSet::new();
    while fans.len() < FANS {
        fans.insert(format!("u-{:06x}", random.below(1 << 23) * 2));
    }
    fans.into_iter().collect()
}

impl Crowd {
    /// Returns the crowd's events: those that count, in the window, and others around them that do not.
    pub(crate) fn events(&self, launched_at: Instant) -> Vec<Event> {
        let mut random = Random::of(self.coin);
        let mut everybody = fans();
        let actors: Vec<String> = (0..self.supporters).map(|_| random.take(&mut everybody)).collect();
        let mut events = self.counted(launched_at, &actors, &mut random);
        events.extend(self.uncounted(launched_at, &actors, &mut random));
        events
    }

    fn counted(&self, launched_at: Instant, actors: &[String], random: &mut Random) -> Vec<Event> {
        let (launch, end) = window(launched_at);
        let (launch, end) = (launch.to_unix_seconds(), end.to_unix_seconds());
        let mut shares = Vec::new();
        let mut events = Vec::new();
        let arrivals: Vec<u64> = actors.iter().map(|_| random.early(self.arrived_after_days * DAY)).collect();
        let generosity: Vec<u64> = actors.iter().map(|_| generosity(random)).collect();
        let people: Vec<(&String, u64, u64)> = actors
            .iter()
            .zip(arrivals)
            .zip(generosity)
            .map(|((actor, at), gives)| (actor, launch + at, gives))
            .collect();
        let regulars = people.get(..people.len().div_ceil(2)).unwrap_or_default();
        for number in 0..self.events {
            let first = people.get(number).copied();
            let (actor, arrival, gives) = first.unwrap_or_else(|| *random.pick(regulars));
            let at = if first.is_some() { arrival } else { at_a_lively_hour(arrival, end, random) };
            let kind = *random.pick(&["buy", "buy", "buy", "convert_in", "send_creator"]);
            events.push(Event::new(seconds(at), self.coin, kind, actor, Volume::ZERO));
            shares.push(u128::from(gives * (20 + random.below(80))));
        }
        let amounts = divide(usd(self.volume).as_attos(), &shares);
        for (event, amount) in events.iter_mut().zip(amounts) {
            event.amount = Volume::from_attos(amount);
        }
        spread_fractions(&mut events, random);
        events
    }

    fn uncounted(&self, launched_at: Instant, actors: &[String], random: &mut Random) -> Vec<Event> {
        let (launch, end) = window(launched_at);
        let (launch, end) = (launch.to_unix_seconds(), end.to_unix_seconds());
        let mut events = Vec::new();
        let amount = |random: &mut Random| Volume::from_attos(u128::from(300 + random.early(6_000)) * CENT);
        for _ in 0..self.events.div_euclid(7) {
            let kind = *random.pick(&["sell", "sell", "send_fan"]);
            let at = at_a_lively_hour(launch + DAY, end, random);
            let actor = random.pick(actors).clone();
            events.push(Event::new(seconds(at), self.coin, kind, &actor, amount(random)));
        }
        for _ in 0..self.events.div_euclid(12) {
            let at = at_a_lively_hour(end + 1, end + 18 * DAY, random);
            let actor = random.pick(actors).clone();
            events.push(Event::new(seconds(at), self.coin, "buy", &actor, amount(random)));
        }
        events
    }
}

/// Draws how much somebody gives beside the others: one in seven gives three times as much.
fn generosity(random: &mut Random) -> u64 {
    let times = if random.below(7) == 0 { 3 } else { 1 };
    (40 + random.below(60)) * times
}

/// Draws an instant from `start` to before `end`, most often in the evening between Lagos and Los Angeles.
fn at_a_lively_hour(start: u64, end: u64, random: &mut Random) -> u64 {
    let mut at = start;
    for _ in 0..4 {
        at = start + random.early(end - start);
        let hour = at.div_euclid(3_600).rem_euclid(24);
        if !(5..15).contains(&hour) || random.below(4) == 0 {
            break;
        }
    }
    at
}

/// Divides a whole by shares in cents; what is left over, cents and fractions, goes to the first part.
fn divide(whole: u128, shares: &[u128]) -> Vec<u128> {
    let sum: u128 = shares.iter().sum();
    let cents = whole.div_euclid(CENT);
    let mut parts: Vec<u128> = shares.iter().map(|share| (cents * share).div_euclid(sum) * CENT).collect();
    let rest = whole - parts.iter().sum::<u128>();
    if let Some(first) = parts.first_mut() {
        *first += rest;
    }
    parts
}

/// Gives converted amounts fractions of a cent, as other chains have them, without changing the sum.
fn spread_fractions(events: &mut [Event], random: &mut Random) {
    let mut taken = 0;
    let mut last = None;
    for (position, event) in events.iter_mut().enumerate().filter(|(_, event)| event.kind == "convert_in") {
        let micros = u128::from(random.below(10_000)) * MICRO;
        let fraction = if random.below(2) == 0 { micros } else { micros + u128::from(random.below(1_000_000_000_000)) };
        event.amount = Volume::from_attos(event.amount.as_attos() - fraction);
        taken += fraction;
        last = Some(position);
    }
    if let Some(event) = last.and_then(|position| events.get_mut(position)) {
        event.amount = Volume::from_attos(event.amount.as_attos() + taken);
    }
}

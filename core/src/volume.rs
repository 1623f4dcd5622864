//! Measuring a creator's volume from a stream of events (rule R3).

#![expect(
    clippy::inline_always,
    reason = "what is asked of every row is compiled for the instructions of whoever asks"
)]

mod contradiction;
mod judgement;
mod names;
mod rows;
mod sums;
mod words;
mod workers;

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::hash::BuildHasher;

pub use self::{
    contradiction::{EventPlace, VolumeError, VolumeProblem},
    workers::{InTurn, Workers},
};
use self::{
    rows::{Name, NewRow, PARTS, Part},
    words::Words,
};
use crate::{
    attribution::{first_accepted, governing_terms},
    calendar::Instant,
    event::{Event, EventError, EventText},
    identifier::{CoinId, CreatorId, EventKind, Label, canonical_actor},
    programme::Programme,
    records::Referral,
    usd::Volume,
    word::Word,
};

/// A supporter of a creator: an actor with counted volume in the window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Supporter {
    /// Who; outside the signer a salted pseudonym.
    pub actor: Label,
    /// The counted volume, above zero.
    pub volume: Volume,
    /// The first counted event.
    pub first_at: Instant,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It counts.
    Counted,
    /// Its coin is no referred creator's.
    OtherCoin,
    /// The same event stood there before.
    Duplicate,
    /// It lies after the month that is measured.
    AfterMonth,
    /// The coin had not been launched.
    BeforeLaunch,
    /// The window had closed.
    AfterWindow,
    /// Its kind does not count.
    OtherKind,
    /// Its actor is the creator's, the ambassador's or the treasury's own.
    RelatedParty,
    /// It was taken back in whole.
    Reversed,
    /// It takes another event back.
    Reversal,
    /// It moved nothing.
    Nothing,
}

impl Fate {
    /// Returns the fate in one word for tables and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::OtherCoin => "other_coin",
            Self::Duplicate => "duplicate",
            Self::AfterMonth => "after_month",
            Self::BeforeLaunch => "before_launch",
            Self::AfterWindow => "after_window",
            Self::OtherKind => "other_kind",
            Self::RelatedParty => "related_party",
            Self::Reversed => "reversed",
            Self::Reversal => "reversal",
            Self::Nothing => "nothing",
        }
    }
}

/// What was measured of every referred creator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// The supporters of each creator, in the order of their actors.
    pub supporters: BTreeMap<CreatorId, Vec<Supporter>>,
    /// How many events met which fate: every row that was read is counted once.
    pub fates: BTreeMap<Fate, u64>,
}

/// What counts of one coin (rule R3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The creator who is referred.
    pub creator: CreatorId,
    /// The creator's coin.
    pub coin: CoinId,
    /// From the launch on and before the end, or nothing where no event counts yet.
    pub window: Option<(Instant, Instant)>,
    /// The kinds that count.
    pub kinds: BTreeSet<EventKind>,
    /// The actors who do not count, in canonical form.
    pub related: BTreeSet<String>,
}

/// Returns what counts of the coins of all referred creators, in the order of the creators.
pub fn watched(programme: &Programme, as_of: Instant) -> Vec<Watched> {
    let history = &programme.records().terms;
    let watch = |(creator, referrals): (&CreatorId, Vec<&Referral>)| {
        let first = first_accepted(&referrals, history, as_of);
        let terms = governing_terms(first, history, as_of)?;
        let referral = first.map(|(referral, _)| referral).or_else(|| referrals.first().copied())?;
        let launched_at = referral.launched_at.filter(|_| first.is_some());
        Some(Watched {
            creator: creator.clone(),
            coin: referral.coin.clone(),
            window: launched_at.map(|launched_at| (launched_at, launched_at.plus(terms.windows().window))),
            kinds: terms.volume().kinds.clone(),
            related: programme.related_actors(creator, &referral.ambassador),
        })
    };
    programme.referrals_by_creator().into_iter().filter_map(watch).collect()
}

/// A streaming measurement of all referred coins up to an instant.
///
/// An event of a referred coin leaves 64 bytes and its id behind, and its actor where it counts; one of another coin
/// nothing but a count.
/// Several meters of one programme may each take a part of the events and be merged: neither the split nor the order
/// of the events matters.
///
/// Ids and coins are found by hashes and told apart by themselves. Only whether a repeated event has the kind and the
/// actor of the first one is asked of a hash of 64 bits: give a hasher with a secret key.
#[derive(Clone, Debug)]
pub struct Meter<S> {
    hasher: S,
    as_of: Instant,
    watches: Vec<Watched>,
    // INVARIANT: the number of a coin is the position of its watch, in both lists.
    coins: Words,
    /// Of each watch what is asked of nearly every event, kept together.
    asked: Vec<Watch>,
    /// The actors who do not count for one creator or another: few, so that nearly all others are none of them.
    related: Words,
    /// The kinds that count, once for all watches that have the same.
    kinds: Vec<Vec<EventKind>>,
    sources: Words,
    /// The source of the last event, and its hash.
    source: (u32, u64),
    // INVARIANT: all rows of a source and id are in one of them.
    parts: Vec<Part>,
    other_coins: u64,
}

/// What was seen of a coin at first sight.
#[derive(Clone, Copy, Debug, Default)]
pub struct Glance {
    hash: u64,
    has_passed: bool,
}

impl Glance {
    /// Says whether the coin is one that nobody referred, and was counted.
    #[inline(always)]
    pub fn has_passed(self) -> bool {
        self.has_passed
    }
}

/// A referred coin, and what of its watch is asked of each of its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    coin: u32,
    /// Where its kinds stand.
    kinds: u32,
    window: Option<(Instant, Instant)>,
}

impl<S: BuildHasher + Clone> Meter<S> {
    /// Makes a meter that watches the coins of all referred creators up to `as_of`.
    pub fn new(programme: &Programme, as_of: Instant, hasher: S) -> Self {
        let watches = watched(programme, as_of);
        let seed = hasher.hash_one(0);
        let (mut coins, mut related) = (Words::new(seed), Words::new(seed));
        let mut kinds: Vec<Vec<EventKind>> = Vec::new();
        let mut asked = Vec::with_capacity(watches.len());
        for watch in &watches {
            for actor in &watch.related {
                related.number(actor);
            }
            let known = kinds.iter().position(|kinds| kinds.iter().eq(&watch.kinds));
            asked.push(Watch {
                coin: coins.number(watch.coin.as_str()),
                kinds: u32::try_from(known.unwrap_or(kinds.len())).unwrap_or(u32::MAX),
                window: watch.window,
            });
            if known.is_none() {
                kinds.push(watch.kinds.iter().cloned().collect());
            }
        }
        Self {
            as_of,
            watches,
            coins,
            asked,
            related,
            kinds,
            sources: Words::new(seed),
            source: (0, 0),
            parts: (0..PARTS).map(|_| Part::default()).collect(),
            other_coins: 0,
            hasher,
        }
    }

    /// Reads every field of one event and takes it in; `source` is that within which its id is unique.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read, with its column; the event is then not taken in.
    pub fn read(&mut self, source: &str, text: &EventText<'_>, place: EventPlace) -> Result<(), EventError> {
        let watch = self.watch(&text.coin.into());
        let event = Event::parse(text)?;
        match watch {
            Some(watch) => self.take_in(watch, source, &event, place),
            None => self.other_coins = self.other_coins.saturating_add(1),
        }
        Ok(())
    }

    /// Reads the coin of one event, and only where somebody referred it every field, which `text` returns.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read, of those that are looked at, or why there is no text; the event is then not
    /// taken in.
    pub fn skim<'t, E: From<EventError>>(
        &mut self,
        source: &str,
        coin: &str,
        place: EventPlace,
        text: impl FnOnce() -> Result<EventText<'t>, E>,
    ) -> Result<(), E> {
        if let Some(watch) = self.watch(&coin.into()) {
            self.take(watch, source, &text()?, place)?;
        } else {
            Event::check_coin(coin)?;
            self.other_coins = self.other_coins.saturating_add(1);
        }
        Ok(())
    }

    /// Counts an event whose coin is at first sight one that nobody referred, and says what was seen.
    ///
    /// Where the coin did not pass, the event is to be skimmed. Skimming all events does the same, slower.
    #[inline(always)]
    pub fn pass_over(&mut self, coin: &Word<'_>) -> Glance {
        let hash = self.coins.hash(coin);
        let has_passed = !self.coins.may_have(hash) & coin.is_plain();
        self.other_coins = self.other_coins.wrapping_add(has_passed.into());
        Glance { hash, has_passed }
    }

    /// Returns what is likely to be asked of the events of a coin, without another look at the coin.
    ///
    /// Whoever expects those of several coins before the first is asked for waits for memory once.
    #[inline(always)]
    pub fn expect(&self, glance: Glance) -> Option<Watch> {
        self.asked(self.coins.likely(glance.hash)?)
    }

    /// Returns what is asked of the events of a coin, or nothing where nobody referred it; faster where it was expected.
    ///
    /// The glance must be the one at this coin; what was expected may be wrong.
    pub fn watch_expected(&self, coin: &Word<'_>, glance: Glance, expected: Option<Watch>) -> Option<Watch> {
        let number = self.coins.find_hashed(coin, glance.hash)?;
        expected.filter(|watch| watch.coin == number).or_else(|| self.asked(number))
    }

    /// Returns what is asked of the events of a coin, or nothing where nobody referred it.
    pub fn watch(&self, coin: &Word<'_>) -> Option<Watch> {
        self.asked(self.coins.find(coin)?)
    }

    #[inline(always)]
    fn asked(&self, coin: u32) -> Option<Watch> {
        self.asked.get(usize::try_from(coin).ok()?).copied()
    }

    /// Takes in one event of a coin that somebody referred.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read, with its column; the event is then not taken in.
    pub fn take(
        &mut self,
        watch: Watch,
        source: &str,
        text: &EventText<'_>,
        place: EventPlace,
    ) -> Result<(), EventError> {
        let event = Event::parse(text)?;
        self.take_in(watch, source, &event, place);
        Ok(())
    }

    fn take_in(&mut self, watch: Watch, source: &str, event: &Event<'_>, place: EventPlace) {
        let actor = canonical_actor(event.actor);
        let fate = self.fate(watch, event, &actor);
        // Events of one source come one after the other.
        if self.sources.text(self.source.0) != source || self.sources.is_empty() {
            self.source = (self.sources.number(source), self.hasher.hash_one(source));
        }
        let (source, source_hash) = self.source;
        let row = NewRow {
            name: Name::new(&self.hasher, source_hash, event.id),
            doing: self.hasher.hash_one((event.kind, &*actor)),
            occurred_at: event.occurred_at,
            place,
            amount: event.amount,
            source,
            coin: watch.coin,
            id: event.id,
            reverses: event.reverses.unwrap_or_default(),
            actor: if fate == Fate::Counted { &actor } else { "" },
            fate,
        };
        if let Some(part) = self.parts.get_mut(row.name.part) {
            part.push(&row);
        }
    }

    /// Takes in what another meter of the same programme and instant has taken in.
    pub fn merge(&mut self, other: Self) {
        let sources: Vec<u32> = other.sources.iter().map(|text| self.sources.number(text)).collect();
        let as_before = (0..).zip(&sources).all(|(before, after)| before == *after);
        for (part, mut other) in self.parts.iter_mut().zip(other.parts) {
            if !as_before {
                other.renumber(&sources);
            }
            part.merge(other);
        }
        self.other_coins = self.other_coins.saturating_add(other.other_coins);
    }

    /// Returns what becomes of an event of a watched coin as long as no other event is known.
    fn fate(&self, watch: Watch, event: &Event<'_>, actor: &str) -> Fate {
        if event.occurred_at >= self.as_of {
            return Fate::AfterMonth;
        }
        if event.reverses.is_some() {
            return Fate::Reversal;
        }
        let Some((_, end)) = watch.window.filter(|(launch, _)| *launch <= event.occurred_at) else {
            return Fate::BeforeLaunch;
        };
        if event.occurred_at >= end {
            return Fate::AfterWindow;
        }
        let counts = |kinds: &Vec<EventKind>| kinds.iter().any(|kind| kind.as_str() == event.kind);
        if !usize::try_from(watch.kinds).ok().and_then(|kinds| self.kinds.get(kinds)).is_some_and(counts) {
            return Fate::OtherKind;
        }
        if self.related.find(&actor.into()).is_some() && self.is_related(watch.coin, actor) {
            return Fate::RelatedParty;
        }
        if event.amount.is_zero() { Fate::Nothing } else { Fate::Counted }
    }

    fn is_related(&self, coin: u32, actor: &str) -> bool {
        let watch = usize::try_from(coin).ok().and_then(|coin| self.watches.get(coin));
        watch.is_some_and(|watch| watch.related.contains(actor))
    }
}

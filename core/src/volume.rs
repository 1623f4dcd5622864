//! Measuring a creator's volume from a stream of events (rule R3).

mod contradiction;
mod judgement;
mod rows;
mod words;

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use core::hash::BuildHasher;

pub use self::contradiction::{EventPlace, VolumeError, VolumeProblem};
use self::{
    rows::{Row, Shard},
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
/// An event of a referred coin leaves 72 bytes and its id behind, one of another coin nothing but a count.
/// Several meters of one programme may each take a part of the events and be merged: neither the split nor the order
/// of the events matters.
///
/// Ids, coins and the actors who count are found by hashes and told apart by themselves. Only whether a repeated event
/// has the kind and the actor of the first one is asked of a hash of 64 bits: give a hasher with a secret key.
#[derive(Clone, Debug)]
pub struct Meter<S> {
    hasher: S,
    as_of: Instant,
    watches: Vec<Watched>,
    // INVARIANT: the number of a coin is the position of its watch.
    coins: Words,
    sources: Words,
    actors: Words,
    // INVARIANT: the last shard takes rows in; the others were merged.
    shards: Vec<Shard>,
    other_coins: u64,
}

impl<S: BuildHasher + Clone> Meter<S> {
    /// Makes a meter that watches the coins of all referred creators up to `as_of`.
    pub fn new(programme: &Programme, as_of: Instant, hasher: S) -> Self {
        let watches = watched(programme, as_of);
        let seed = hasher.hash_one(0);
        let mut coins = Words::new(seed);
        for watch in &watches {
            coins.number(watch.coin.as_str());
        }
        Self {
            as_of,
            watches,
            coins,
            sources: Words::new(seed),
            actors: Words::new(seed),
            shards: Vec::new(),
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
        let coin = self.coins.find(text.coin);
        let event = Event::parse(text)?;
        match coin {
            Some(coin) => self.take_in(coin, source, &event, place),
            None => self.other_coins = self.other_coins.saturating_add(1),
        }
        Ok(())
    }

    /// Passes over an event of a coin that nobody referred, of which nothing but the coin is read; says whether it did.
    ///
    /// # Errors
    ///
    /// The coin cannot be read.
    pub fn pass_over(&mut self, coin: &str) -> Result<bool, EventError> {
        if self.coins.find(coin).is_some() {
            return Ok(false);
        }
        Event::check_coin(coin)?;
        self.other_coins = self.other_coins.saturating_add(1);
        Ok(true)
    }

    fn take_in(&mut self, coin: u32, source: &str, event: &Event<'_>, place: EventPlace) {
        let actor = canonical_actor(event.actor);
        let fate = self.fate(coin, event, &actor);
        // Nobody asks for the names of those who do not count.
        let number = if fate == Fate::Counted { self.actors.number(&actor) } else { 0 };
        let hash = rows::hash(&self.hasher, source, event.id);
        let doing = self.hasher.hash_one((event.kind, &*actor));
        let source = self.sources.number(source);
        if self.shards.last().is_none_or(Shard::is_full) {
            self.shards.push(Shard::new());
        }
        let Some(shard) = self.shards.last_mut() else { return };
        let (start, id_length, reverses_length) = shard.keep(event.id, event.reverses.unwrap_or_default());
        shard.push(Row {
            hash,
            doing,
            occurred_at: event.occurred_at,
            place,
            amount: event.amount.into(),
            start,
            source,
            coin,
            actor: number,
            id_length,
            reverses_length,
            fate,
        });
    }

    /// Takes in what another meter of the same programme and instant has taken in.
    pub fn merge(&mut self, other: Self) {
        let sources: Vec<u32> = other.sources.iter().map(|text| self.sources.number(text)).collect();
        let actors: Vec<u32> = other.actors.iter().map(|text| self.actors.number(text)).collect();
        let mut shards = other.shards;
        for row in shards.iter_mut().flat_map(Shard::rows_mut) {
            row.renumber(&sources, &actors);
        }
        shards.append(&mut self.shards);
        self.shards = shards;
        self.other_coins = self.other_coins.saturating_add(other.other_coins);
    }

    /// Returns what becomes of an event of a watched coin as long as no other event is known.
    fn fate(&self, coin: u32, event: &Event<'_>, actor: &str) -> Fate {
        let Some(watch) = self.watch(coin) else { return Fate::OtherCoin };
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
        if !watch.kinds.iter().any(|kind| kind.as_str() == event.kind) {
            return Fate::OtherKind;
        }
        if watch.related.contains(actor) {
            return Fate::RelatedParty;
        }
        if event.amount.is_zero() { Fate::Nothing } else { Fate::Counted }
    }

    fn watch(&self, coin: u32) -> Option<&Watched> {
        usize::try_from(coin).ok().and_then(|coin| self.watches.get(coin))
    }
}

//! Measuring a creator's volume from a stream of events (rule R3).

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    attribution::{first_accepted, governing_terms},
    calendar::Instant,
    diagnostic::Diagnostic,
    event::Event,
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

/// Where the caller found an event; it comes back in errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace(pub u64);

/// Why events contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct VolumeError {
    /// The event.
    pub place: EventPlace,
    /// The other event, where there is one.
    pub other: Option<EventPlace>,
    /// What is wrong.
    pub problem: VolumeProblem,
}

/// What is wrong with an event beside the others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum VolumeProblem {
    #[error("event `{0}` stands twice with different fields")]
    Conflict(String),
    #[error("event `{id}` takes back `{reverses}`, which does not exist")]
    ReversesNothing { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}`, which takes back another itself")]
    ReversesReversal { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}` of another coin")]
    ReversesOtherCoin { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}` before it happened")]
    ReversesFuture { id: String, reverses: String },
    #[error("`{reverses}` of `{amount}` is taken back by more than it is, `{reversed}`")]
    ReversesTooMuch { reverses: String, amount: Volume, reversed: Volume },
    #[error("the volume of creator `{0}` is larger than any network's")]
    Overflow(String),
}

impl Diagnostic for VolumeError {
    fn code(&self) -> &'static str {
        match &self.problem {
            VolumeProblem::Conflict(_) => "EVENT_CONFLICT",
            VolumeProblem::ReversesNothing { .. } => "REVERSAL_UNKNOWN",
            VolumeProblem::ReversesReversal { .. } => "REVERSAL_OF_REVERSAL",
            VolumeProblem::ReversesOtherCoin { .. } => "REVERSAL_COIN",
            VolumeProblem::ReversesFuture { .. } => "REVERSAL_TIME",
            VolumeProblem::ReversesTooMuch { .. } => "REVERSAL_AMOUNT",
            VolumeProblem::Overflow(_) => "VOLUME_OVERFLOW",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            VolumeProblem::Conflict(_) => "one export is wrong: keep the row that the network confirms",
            VolumeProblem::ReversesNothing { .. } => "add the export that contains the event, or correct the id",
            VolumeProblem::ReversesReversal { .. } => "name the event that was taken back first",
            VolumeProblem::ReversesOtherCoin { .. } => "a reversal has the coin of its event",
            VolumeProblem::ReversesFuture { .. } => "correct one of the two times",
            VolumeProblem::ReversesTooMuch { .. } => "the reversals of an event are at most its amount together",
            VolumeProblem::Overflow(_) => "check the unit of `amount_usd`",
        }
        .to_string()
    }
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
/// Rows of other coins leave nothing behind but a count.
#[derive(Clone, Debug)]
pub struct Meter {
    as_of: Instant,
    watches: Vec<Watched>,
    coins: BTreeMap<String, u32>,
    words: Words,
    rows: Vec<Row>,
    other_coins: u64,
}

/// A row of a watched coin, with its words by number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    source: u32,
    id: Box<str>,
    coin: u32,
    kind: u32,
    actor: u32,
    occurred_at: Instant,
    amount: Volume,
    reverses: Option<Box<str>>,
    place: EventPlace,
}

impl Row {
    fn says_the_same(&self, other: &Self) -> bool {
        (self.coin, self.kind, self.actor, self.occurred_at, self.amount, &self.reverses)
            == (other.coin, other.kind, other.actor, other.occurred_at, other.amount, &other.reverses)
    }
}

/// Texts by number, in the order of their first appearance.
#[derive(Clone, Debug, Default)]
struct Words {
    numbers: BTreeMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Words {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    fn text(&self, number: u32) -> &str {
        usize::try_from(number).ok().and_then(|number| self.texts.get(number)).map_or("", AsRef::as_ref)
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

impl Meter {
    /// Makes a meter that watches the coins of all referred creators up to `as_of`.
    pub fn new(programme: &Programme, as_of: Instant) -> Self {
        let watches = watched(programme, as_of);
        let coins = watches.iter().zip(0..).map(|(watch, number)| (watch.coin.to_string(), number)).collect();
        Self { as_of, watches, coins, words: Words::default(), rows: Vec::new(), other_coins: 0 }
    }

    /// Takes one event in.
    pub fn observe(&mut self, source: &str, event: &Event<'_>, place: EventPlace) {
        let Some(coin) = self.coins.get(event.coin) else {
            self.other_coins = self.other_coins.saturating_add(1);
            return;
        };
        self.rows.push(Row {
            source: self.words.number(source),
            id: event.id.into(),
            coin: *coin,
            kind: self.words.number(event.kind),
            actor: self.words.number(&canonical_actor(event.actor)),
            occurred_at: event.occurred_at,
            amount: event.amount,
            reverses: event.reverses.map(Into::into),
            place,
        });
    }

    /// Sums up what was observed; the order of the events does not matter.
    ///
    /// # Errors
    ///
    /// Every event that contradicts another.
    pub fn finish(mut self) -> Result<Measured, Vec<VolumeError>> {
        let mut errors = Vec::new();
        let mut fates = BTreeMap::new();
        let mut count = |fate: Fate, number: u64| {
            if number > 0 {
                let entry: &mut u64 = fates.entry(fate).or_default();
                *entry = entry.saturating_add(number);
            }
        };
        count(Fate::OtherCoin, self.other_coins);

        let mut rows = core::mem::take(&mut self.rows);
        rows.sort_unstable();
        rows.dedup_by(|later, earlier| {
            if (later.source, &later.id) != (earlier.source, &earlier.id) {
                return false;
            }
            if later.says_the_same(earlier) {
                count(Fate::Duplicate, 1);
            } else {
                let problem = VolumeProblem::Conflict(later.id.to_string());
                errors.push(VolumeError { place: later.place, other: Some(earlier.place), problem });
            }
            true
        });

        let taken_back = self.taken_back(&rows, &mut errors);
        let mut sums: BTreeMap<(u32, u32), (Volume, Instant)> = BTreeMap::new();
        for (position, row) in rows.iter().enumerate() {
            let left = taken_back.get(&position).map_or(Some(row.amount), |taken| row.amount.checked_sub(*taken));
            let fate = self.fate(row, left.unwrap_or_default());
            count(fate, 1);
            if fate != Fate::Counted {
                continue;
            }
            let sum = sums.entry((row.coin, row.actor)).or_insert((Volume::ZERO, row.occurred_at));
            match sum.0.checked_add(left.unwrap_or_default()) {
                Some(volume) => *sum = (volume, sum.1.min(row.occurred_at)),
                None => errors.push(VolumeError {
                    place: row.place,
                    other: None,
                    problem: VolumeProblem::Overflow(
                        self.watch(row.coin).map(|watch| watch.creator.to_string()).unwrap_or_default(),
                    ),
                }),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }

        let mut supporters: BTreeMap<CreatorId, Vec<Supporter>> = BTreeMap::new();
        for ((coin, actor), (volume, first_at)) in sums {
            let Some(watch) = self.watch(coin) else { continue };
            let Ok(actor) = self.words.text(actor).parse() else { continue };
            supporters.entry(watch.creator.clone()).or_default().push(Supporter { actor, volume, first_at });
        }
        for list in supporters.values_mut() {
            list.sort();
        }
        Ok(Measured { supporters, fates })
    }

    fn watch(&self, coin: u32) -> Option<&Watched> {
        usize::try_from(coin).ok().and_then(|coin| self.watches.get(coin))
    }

    /// Returns how much of each row was taken back before the measured instant, by the row's position.
    fn taken_back(&self, rows: &[Row], errors: &mut Vec<VolumeError>) -> BTreeMap<usize, Volume> {
        let mut taken_back: BTreeMap<usize, Volume> = BTreeMap::new();
        let mut all: BTreeMap<usize, Volume> = BTreeMap::new();
        for row in rows {
            let Some(target) = &row.reverses else { continue };
            let names = || (row.id.to_string(), target.to_string());
            let found = rows.binary_search_by(|other| (other.source, &other.id).cmp(&(row.source, target)));
            let Some((position, event)) = found.ok().and_then(|position| Some((position, rows.get(position)?))) else {
                let (id, reverses) = names();
                let problem = VolumeProblem::ReversesNothing { id, reverses };
                errors.push(VolumeError { place: row.place, other: None, problem });
                continue;
            };
            let (id, reverses) = names();
            let taken = all.entry(position).or_default();
            *taken = taken.checked_add(row.amount).unwrap_or(Volume::from_attos(u128::MAX));
            let problem = if event.reverses.is_some() {
                VolumeProblem::ReversesReversal { id, reverses }
            } else if event.coin != row.coin {
                VolumeProblem::ReversesOtherCoin { id, reverses }
            } else if row.occurred_at < event.occurred_at {
                VolumeProblem::ReversesFuture { id, reverses }
            } else if *taken > event.amount {
                VolumeProblem::ReversesTooMuch { reverses, amount: event.amount, reversed: *taken }
            } else {
                if row.occurred_at < self.as_of {
                    let sum = taken_back.entry(position).or_default();
                    *sum = sum.checked_add(row.amount).unwrap_or(event.amount);
                }
                continue;
            };
            errors.push(VolumeError { place: row.place, other: Some(event.place), problem });
        }
        taken_back
    }

    fn fate(&self, row: &Row, left: Volume) -> Fate {
        let Some(watch) = self.watch(row.coin) else { return Fate::OtherCoin };
        if row.occurred_at >= self.as_of {
            return Fate::AfterMonth;
        }
        if row.reverses.is_some() {
            return Fate::Reversal;
        }
        let Some((launch, end)) = watch.window.filter(|(launch, _)| *launch <= row.occurred_at) else {
            return Fate::BeforeLaunch;
        };
        debug_assert!(launch < end, "a window has days");
        if row.occurred_at >= end {
            return Fate::AfterWindow;
        }
        if !watch.kinds.iter().any(|kind| kind.as_str() == self.words.text(row.kind)) {
            return Fate::OtherKind;
        }
        if watch.related.contains(self.words.text(row.actor)) {
            return Fate::RelatedParty;
        }
        if row.amount.is_zero() {
            return Fate::Nothing;
        }
        if left.is_zero() { Fate::Reversed } else { Fate::Counted }
    }
}

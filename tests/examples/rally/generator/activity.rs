//! Events, before they have ids.

use ambassador_core::{calendar::Instant, usd::Volume};

/// Where an event was recorded; the name of the folder of its exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// The network's own ledger.
    Rally,
    /// The bridge between chains.
    Bridge,
}

/// Something that happened on the network.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    pub(crate) occurred_at: Instant,
    pub(crate) source: Source,
    pub(crate) coin: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) actor: String,
    pub(crate) amount: Volume,
    /// When and how much of it is taken back.
    pub(crate) refunds: Vec<(Instant, Volume)>,
}

impl Event {
    pub(crate) fn new(at: Instant, coin: &'static str, kind: &'static str, actor: &str, amount: Volume) -> Self {
        let actor = actor.to_owned();
        Self { occurred_at: at, source: Source::Rally, coin, kind, actor, amount, refunds: Vec::new() }
    }
}

/// A line of an export.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) occurred_at: Instant,
    pub(crate) source: Source,
    pub(crate) id: String,
    pub(crate) coin: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) actor: String,
    pub(crate) amount: Volume,
    pub(crate) reverses: String,
}

/// All lines in the order of time, with ids.
pub(crate) struct Activity {
    pub(crate) lines: Vec<Line>,
}

impl Activity {
    /// Numbers the events of each source in the order of time, and their refunds after them.
    ///
    /// The two sources number alike: an id is unique only within its source.
    pub(crate) fn of(mut events: Vec<Event>) -> Self {
        events.sort();
        let mut lines: Vec<Line> = Vec::new();
        let mut numbers = [(Source::Rally, 100_000_u32), (Source::Bridge, 100_000)];
        let mut next_id = |source: Source| {
            let (_, number) = numbers.iter_mut().find(|(of, _)| *of == source).expect("both sources are listed");
            *number += 1;
            format!("e-{number}")
        };
        let mut refunds = Vec::new();
        for event in events {
            let id = next_id(event.source);
            refunds.extend(event.refunds.iter().map(|(at, amount)| Line {
                occurred_at: *at,
                source: event.source,
                id: String::new(),
                coin: event.coin,
                kind: "refund",
                actor: event.actor.clone(),
                amount: *amount,
                reverses: id.clone(),
            }));
            let Event { occurred_at, source, coin, kind, actor, amount, .. } = event;
            lines.push(Line { occurred_at, source, id, coin, kind, actor, amount, reverses: String::new() });
        }
        refunds.sort();
        for mut refund in refunds {
            refund.id = next_id(refund.source);
            lines.push(refund);
        }
        lines.sort();
        Self { lines }
    }
}

//! Where every claim stands by what was seen of the contract, and what of it contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::calendar::Instant;

use super::{
    event::{Pair, Settling, SettlingEvent},
    issued::Issued,
    reading::View,
};
use crate::problem::Problem;

/// Where a month of an ambassador stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It was paid, by the month's own claim or by one in its place.
    Redeemed(&'a SettlingEvent),
    /// The contract's owner settled it without a payment.
    Voided(&'a SettlingEvent),
    /// A claim over it can be redeemed.
    Claimable(&'a Issued),
    /// It was not redeemed in time; the amount is still owed.
    Expired,
}

impl<'a> Standing<'a> {
    /// Returns the state in one word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Redeemed(_) => "redeemed",
            Self::Voided(_) => "voided",
            Self::Claimable(_) => "claimable",
            Self::Expired => "expired",
        }
    }

    /// Returns the event that settled it, if one did.
    pub const fn into_event(self) -> Option<&'a SettlingEvent> {
        match self {
            Self::Redeemed(event) | Self::Voided(event) => Some(event),
            Self::Claimable(_) | Self::Expired => None,
        }
    }
}

impl View {
    /// Says where the month of an own claim stands: `event` settled it, if one did, and `over` are all claims over it.
    ///
    /// Of two that can be redeemed the later one is named.
    pub fn standing<'a>(&self, event: Option<&'a SettlingEvent>, over: &[&'a Issued]) -> Standing<'a> {
        if let Some(event) = event {
            return match event.what {
                Settling::Redeemed(_) => Standing::Redeemed(event),
                Settling::Voided(_) => Standing::Voided(event),
            };
        }
        let redeemable = over.iter().rev().find(|issued| self.can_be_redeemed(issued));
        redeemable.map_or(Standing::Expired, |issued| Standing::Claimable(issued))
    }

    /// Says whether a claim can still be redeemed: in time, and none of its months settled.
    pub fn can_be_redeemed(&self, issued: &Issued) -> bool {
        let index = issued.claim.index.as_u32();
        !is_expired(issued, self.block.time)
            && !issued.claim.months.months().any(|month| self.settled.contains(&(index, month)))
    }
}

/// Says whether a claim's last second is over at a block's time, and so at every later block's.
pub fn is_expired(issued: &Issued, time: Instant) -> bool {
    issued.claim.deadline < time.to_unix_seconds()
}

/// Returns everything in which events, bits and issued claims contradict each other.
pub fn contradictions(claims: &[&Issued], events: &[SettlingEvent], bits: &BTreeMap<Pair, bool>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut settled: BTreeSet<Pair> = BTreeSet::new();
    let mut issued: BTreeMap<Pair, Vec<&Issued>> = BTreeMap::new();
    for one in claims {
        issued.entry((one.claim.index.as_u32(), one.claim.months.from())).or_default().push(one);
    }
    for event in events {
        let (index, first, last) = event.what.months();
        let ours = || event.what.pairs().filter(|pair| bits.contains_key(pair));
        if let Settling::Redeemed(paid) = event.what {
            let place = format!("transaction `{}` in block {}", event.transaction, event.block.number);
            let known = issued.get(&(index, first)).map(Vec::as_slice).unwrap_or_default();
            if !known.iter().any(|issued| event.what.pays(&issued.claim)) {
                let message = format!(
                    "{place} pays {} base units to `{}` for `{first}` to `{last}` of ambassador {index}, and the ledger issued no such claim",
                    paid.amount, paid.account
                );
                let help = "ask another endpoint; if it says the same, the ledger is not the one that signed, or somebody else has the key: let the guardian pause";
                problems.push(Problem::new("CHAIN_CLAIM_UNKNOWN", message).help(help));
            }
            if ours().any(|pair| settled.contains(&pair)) {
                let message =
                    format!("{place} pays `{first}` to `{last}` of ambassador {index}, which was settled before");
                problems.push(lie("CHAIN_PAID_TWICE", message));
            }
        }
        settled.extend(ours());
    }
    for ((index, month), bit) in bits {
        match (bit, settled.contains(&(*index, *month))) {
            (true, false) => {
                let message = format!("`{month}` of ambassador {index} is settled, and no event says how");
                problems.push(lie("CHAIN_BIT_WITHOUT_EVENT", message));
            }
            (false, true) => {
                let message = format!("an event settles `{month}` of ambassador {index}, and it is not settled");
                problems.push(lie("CHAIN_EVENT_WITHOUT_BIT", message));
            }
            _ => {}
        }
    }
    problems
}

fn lie(code: &str, message: String) -> Problem {
    Problem::new(code, message).help("the endpoint lies or lacks old logs: ask another one; nothing was recorded")
}

//! An event by which the contract settled months, and where on the chain it stands.

use std::{collections::BTreeMap, iter::successors};

use ambassador_core::{
    calendar::Month,
    claim::Claim,
    contract_event::{Redeemed, Voided},
    hash::Hash32,
};

use crate::rpc::Block;

/// Months that were settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlingEvent {
    /// The block.
    pub block: Block,
    /// Which log of the block, from 0.
    pub place: u64,
    /// The transaction's hash.
    pub transaction: Hash32,
    /// How.
    pub what: Settling,
}

/// A month of an ambassador.
pub type Pair = (u32, Month);

/// Returns the event that settled each month: of two over one month it is the earlier one.
pub fn by_month(events: &[SettlingEvent]) -> BTreeMap<Pair, &SettlingEvent> {
    let mut months = BTreeMap::new();
    for event in events {
        for pair in event.what.pairs() {
            months.entry(pair).or_insert(event);
        }
    }
    months
}

/// How months were settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    /// They were paid.
    Redeemed(Redeemed),
    /// The owner settled them without a payment.
    Voided(Voided),
}

impl Settling {
    /// Returns the ambassador's index, the first month and the last.
    pub const fn months(&self) -> (u32, Month, Month) {
        match self {
            Self::Redeemed(Redeemed { index, from, to, .. }) | Self::Voided(Voided { index, from, to }) => {
                (*index, *from, *to)
            }
        }
    }

    /// Returns every month that it settles, in order.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        let (index, first, last) = self.months();
        let count = last.as_number().checked_sub(first.as_number()).map_or(0, |more| more.saturating_add(1));
        let months = successors(Some(first), |month| Some(month.next()));
        months.take(usize::try_from(count).unwrap_or_default()).map(move |month| (index, month))
    }

    /// Says whether it settles this month of this ambassador.
    pub fn covers(&self, index: u32, month: Month) -> bool {
        let (of, first, last) = self.months();
        of == index && first <= month && month <= last
    }

    /// Says whether it is the payment of a claim.
    pub fn pays(&self, claim: &Claim) -> bool {
        match self {
            Self::Redeemed(paid) => {
                (paid.account, paid.index, paid.from, paid.to, paid.amount, paid.statement)
                    == (
                        claim.account,
                        claim.index.as_u32(),
                        claim.months.from(),
                        claim.months.to(),
                        claim.amount,
                        claim.statement,
                    )
            }
            Self::Voided(_) => false,
        }
    }
}

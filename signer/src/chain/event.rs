//! An event by which the contract settled months, and where on the chain it stands.

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

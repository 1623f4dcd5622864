//! What a month's claims need in the claim contract, beside what older ones still wait for.

use crate::{calendar::Month, claim::Claim, contract::ContractState, token::TokenAmount};

/// Claims and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub claims: u64,
    /// What they are over.
    pub amount: TokenAmount,
}

impl Sum {
    /// Adds up claims, or returns `None` beyond 128 bits.
    pub fn of<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> Option<Self> {
        claims.into_iter().try_fold(Self::default(), Self::with)
    }

    fn with(self, claim: &Claim) -> Option<Self> {
        Some(Self { claims: self.claims.checked_add(1)?, amount: self.amount.checked_add(claim.amount)? })
    }
}

/// Claims by what may still become of them at one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// They were paid, or voided: one of their months is settled in the contract.
    pub settled: Sum,
    /// They were not redeemed in time.
    pub expired: Sum,
    /// They can be redeemed, and need funds.
    pub open: Sum,
}

impl Tally {
    /// Sorts claims by the contract's state at a block of that time, or returns `None` beyond 128 bits.
    pub fn of<'a>(claims: impl IntoIterator<Item = &'a Claim>, state: &ContractState, timestamp: u64) -> Option<Self> {
        let mut tally = Self::default();
        for claim in claims {
            let index = claim.index.as_u32();
            let is_settled = |month: Month| state.settled.contains(&(index, month));
            let sum = if claim.months.months().any(is_settled) {
                &mut tally.settled
            } else if claim.deadline < timestamp {
                &mut tally.expired
            } else {
                &mut tally.open
            };
            *sum = sum.with(claim)?;
        }
        Some(tally)
    }
}

/// What a month needs, beside what the contract holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funding {
    /// The month's open claims.
    pub month: TokenAmount,
    /// The open claims of older months, which are paid from the same balance.
    pub older: TokenAmount,
    /// What the contract holds.
    pub balance: TokenAmount,
}

impl Funding {
    /// Returns what the contract holds beyond the older claims.
    pub fn free(&self) -> TokenAmount {
        self.balance.checked_sub(self.older).unwrap_or_default()
    }

    /// Returns what the older claims lack; no month after them brings it.
    pub fn lacking(&self) -> TokenAmount {
        self.older.checked_sub(self.balance).unwrap_or_default()
    }

    /// Returns what must be transferred for the month: its open claims less what is free.
    pub fn transfer(&self) -> TokenAmount {
        self.month.checked_sub(self.free()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(month: u128, older: u128, balance: u128, expected: [u128; 3]) {
        let [month, older, balance] = [month, older, balance].map(TokenAmount::from_base_units);
        let funding = Funding { month, older, balance };
        let found = [funding.free(), funding.lacking(), funding.transfer()].map(TokenAmount::as_base_units);
        assert_eq!(found, expected, "{funding:?}");
    }

    #[test]
    fn a_month_needs_what_is_not_there_beyond_older_claims() {
        check(10, 0, 0, [0, 0, 10]);
        check(10, 0, 3, [3, 0, 7]);
        check(10, 0, 10, [10, 0, 0]);
        check(10, 0, 11, [11, 0, 0]);
        check(10, 5, 5, [0, 0, 10]);
        check(10, 5, 4, [0, 1, 10]);
        check(10, 5, 9, [4, 0, 6]);
        check(0, 5, 9, [4, 0, 0]);
        check(u128::MAX, u128::MAX, 0, [0, u128::MAX, u128::MAX]);
    }
}

//! What should be so: sets and sums, too simple to share the contract's mistakes.

use std::collections::{BTreeMap, BTreeSet};

use revm::primitives::{Address, U256};

use super::step::{Item, Kind};
use crate::contract::{
    claims::{DAY, role, tokens},
    world::{CAP, Entry, FUNDS, MAX_CLAIM, World},
};

/// Who signs, and what the contract was told about it.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    pub(super) address: Address,
    /// Name of the key: its own, or its wallet's owner's.
    pub(super) key: String,
    pub(super) is_wallet: bool,
    pub(super) told_contract: bool,
}

/// What should be so.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) settled: BTreeSet<(U256, U256)>,
    pub(super) balances: BTreeMap<Address, U256>,
    pub(super) stray: BTreeMap<Address, U256>,
    pub(super) payouts: Address,
    pub(super) owner: Address,
    pub(super) pending: Address,
    pub(super) guardian: Address,
    pub(super) signer: Signer,
    pub(super) former: Vec<Signer>,
    pub(super) paused: bool,
    pub(super) cap: u32,
    pub(super) day: u64,
    pub(super) spent: u64,
}

/// A claim as the model sees it.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) account: Address,
    pub(super) receiver: Address,
    pub(super) amount: U256,
    index: U256,
    from: U256,
    to: U256,
    expired: bool,
    good: bool,
}

impl Due {
    pub(super) fn new(item: &Item, account: Address, receiver: Address) -> Self {
        Self {
            account,
            receiver,
            amount: item.amount,
            index: item.index,
            from: item.from,
            to: item.to(),
            expired: item.expires_in < 0,
            good: item.signature == Kind::Good,
        }
    }
}

impl Item {
    /// The last month; past the last of all numbers it starts again.
    pub(super) fn to(&self) -> U256 {
        self.from.wrapping_add(U256::from(self.more_months))
    }
}

/// The months from one to another, unless they are in the wrong order or in two blocks.
pub(super) fn months(from: U256, to: U256) -> Option<Vec<U256>> {
    let sixteen = U256::from(16);
    let sound = from <= to && from / sixteen == to / sixteen;
    sound.then(|| (0..=(to - from).to::<u64>()).map(|more| from + U256::from(more)).collect())
}

impl Model {
    pub(super) fn new(world: &World, stray: U256) -> Self {
        let balances = [(world.payouts, tokens(FUNDS)), (role("minter"), tokens(9 * FUNDS))];
        Self {
            settled: BTreeSet::new(),
            balances: balances.into(),
            stray: [(world.payouts, stray)].into(),
            payouts: world.payouts,
            owner: role("owner"),
            pending: Address::ZERO,
            guardian: role("guardian"),
            signer: Signer {
                address: role("signer"),
                key: "signer".to_owned(),
                is_wallet: false,
                told_contract: false,
            },
            former: Vec::new(),
            paused: false,
            cap: CAP,
            day: 0,
            spent: 0,
        }
    }

    /// Settles, counts and pays what a call redeems: the claims that are paid, or `None` if the call is refused.
    pub(super) fn redeem(&mut self, now: u64, entry: Entry, items: &[Due]) -> Option<Vec<Due>> {
        let mut next = self.clone();
        let mut paid = Vec::new();
        for due in items {
            let months = months(due.from, due.to);
            let is_settled = |month: &U256| next.settled.contains(&(due.index, *month));
            if due.expired || months.as_ref().is_some_and(|months| months.iter().any(is_settled)) {
                if entry != Entry::Many {
                    return None;
                }
                continue;
            }
            let nobody = due.account == Address::ZERO || due.receiver == Address::ZERO;
            let signed = due.good && self.signer.is_wallet == self.signer.told_contract;
            if nobody || !signed || due.amount.is_zero() || due.amount > tokens(MAX_CLAIM) {
                return None;
            }
            next.settled.extend(months?.into_iter().map(|month| (due.index, month)));
            paid.push(due.clone());
        }
        let whole = paid.iter().map(|due| due.amount.div_ceil(tokens(1)).to::<u64>()).sum::<u64>();
        if self.paused || !next.count(now, whole) {
            return None;
        }
        for (account, amount) in runs(&paid) {
            next.pay(account, amount)?;
        }
        *self = next;
        Some(paid)
    }

    /// Counts whole tokens against the day's cap, and whether they fit.
    fn count(&mut self, now: u64, whole: u64) -> bool {
        if self.cap == u32::MAX {
            return true;
        }
        let spent = self.spent_on(now) + whole;
        (self.day, self.spent) = (now / DAY, spent);
        spent <= self.cap.into()
    }

    /// Whole tokens counted on the day of this time; 16 bits of its number are kept.
    pub(super) fn spent_on(&self, now: u64) -> u64 {
        if self.day % 65_536 == now / DAY % 65_536 { self.spent } else { 0 }
    }

    /// Moves tokens out of the contract, if it has them.
    pub(super) fn pay(&mut self, to: Address, amount: U256) -> Option<()> {
        transfer(&mut self.balances, self.payouts, to, amount)
    }
}

/// Moves tokens between two accounts, if the first has them.
pub(super) fn transfer(balances: &mut BTreeMap<Address, U256>, from: Address, to: Address, amount: U256) -> Option<()> {
    let left = balances.get(&from).copied().unwrap_or_default().checked_sub(amount)?;
    balances.insert(from, left);
    *balances.entry(to).or_default() += amount;
    Some(())
}

/// The transfers of a call: neighbours of one account are paid at once.
pub(super) fn runs(paid: &[Due]) -> Vec<(Address, U256)> {
    let runs = paid.chunk_by(|a, b| a.account == b.account);
    runs.map(|run| (run[0].receiver, run.iter().map(|due| due.amount).sum())).collect()
}

//! Books kept from events and views alone, so that what they forbid needs no model.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use revm::primitives::{Address, U256};

use super::state::Powers;
use crate::contract::{
    abi::{AmbassadorPayouts as Payouts, Token},
    claims::{DAY, role, tokens},
    evm::Outcome,
    world::World,
};

/// What was paid and who could do what.
#[derive(Debug)]
pub(super) struct Books {
    paid: BTreeSet<(U256, U256)>,
    voided: BTreeSet<(U256, U256)>,
    accounts: BTreeMap<Address, U256>,
    powers: Powers,
    retired: BTreeSet<Address>,
    day: u64,
    paid_today: U256,
    /// The highest cap that stood at any time of this day.
    cap_today: u32,
}

impl Books {
    pub(super) fn new(powers: Powers) -> Self {
        let cap_today = powers.cap;
        Self {
            paid: BTreeSet::new(),
            voided: BTreeSet::new(),
            accounts: BTreeMap::new(),
            powers,
            retired: BTreeSet::new(),
            day: 0,
            paid_today: U256::ZERO,
            cap_today,
        }
    }

    /// Writes down one call.
    ///
    /// # Panics
    ///
    /// When it did what nobody may do.
    pub(super) fn write<T>(&mut self, world: &World, sender: Address, outcome: &Outcome<T>) {
        let before = self.powers.clone();
        let after = Powers::of(world);
        self.check_powers(&before, &after, sender);

        let redeemed = outcome.events::<Payouts::Redeemed>();
        let transfers = outcome.events::<Token::Transfer>();
        let transfers: Vec<_> = transfers.into_iter().filter(|event| event.from == world.payouts).collect();
        for event in &redeemed {
            for month in span(event.from, event.to) {
                assert!(!self.voided.contains(&(event.index, month)), "paid although it was voided");
                assert!(self.paid.insert((event.index, month)), "({}, {month}) is paid twice", event.index);
            }
            *self.accounts.entry(event.account).or_default() += event.amount;
        }
        for event in outcome.events::<Payouts::Voided>() {
            assert_eq!(sender, before.owner);
            self.voided.extend(span(event.from, event.to).map(|month| (event.index, month)));
        }
        let sum: U256 = transfers.iter().map(|event| event.value).sum();
        if redeemed.is_empty() {
            let to_treasury = transfers.iter().all(|event| event.to == role("treasury"));
            assert!(to_treasury && (sum.is_zero() || sender == before.owner), "{transfers:?}");
        } else {
            assert_eq!(sum, redeemed.iter().map(|event| event.amount).sum::<U256>(), "paid is what is told");
            let owed = by_account(redeemed.iter().map(|event| (event.account, event.amount)));
            let paid = by_account(transfers.iter().map(|event| (event.to, event.value)));
            let by_itself = redeemed.len() == 1 && redeemed[0].account == sender;
            assert!(owed == paid || by_itself, "paid {paid:?} instead of {owed:?}");
            assert!(!before.paused, "paid in a pause");
        }

        let today = world.chain.now / DAY;
        if today != self.day {
            (self.day, self.paid_today, self.cap_today) = (today, U256::ZERO, before.cap);
        }
        self.cap_today = self.cap_today.max(before.cap).max(after.cap);
        if !redeemed.is_empty() {
            self.paid_today += sum;
            let unmetered = self.cap_today == u32::MAX;
            assert!(unmetered || self.paid_today <= tokens(self.cap_today.into()), "more than the day's highest cap");
        }
        self.powers = after;
    }

    /// Requires that whatever changed was the sender's to change.
    fn check_powers(&mut self, before: &Powers, after: &Powers, sender: Address) {
        let (owner, guardian) = (sender == before.owner, sender == before.guardian);
        assert_eq!(before.fixed, after.fixed, "what was fixed at deployment");
        assert!(before.signer == after.signer || owner, "the signer");
        assert!(before.guardian == after.guardian || owner, "the guardian");
        assert!(after.cap <= before.cap || owner, "a higher cap");
        assert!(after.cap >= before.cap || owner || guardian, "a lower cap");
        assert!(before.paused || !after.paused || guardian, "a pause");
        assert!(!before.paused || after.paused || owner, "the end of a pause");
        let took = sender == before.pending && after.owner == sender;
        assert!(before.owner == after.owner || took, "the owner");
        assert!(before.pending == after.pending || owner || took, "the next owner");
        if before.signer.0 != after.signer.0 {
            self.retired.insert(before.signer.0);
            assert!(!self.retired.contains(&after.signer.0), "a replaced signer is back");
        }
    }
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum: U256 = self.accounts.values().sum();
        let (accounts, paid, voided) = (self.accounts.len(), self.paid.len(), self.voided.len());
        let whole = sum / tokens(1);
        write!(f, "{accounts} accounts paid for {paid} months with {whole} tokens, {voided} months voided")
    }
}

fn span(from: U256, to: U256) -> impl Iterator<Item = U256> {
    let months = (to - from).to::<u64>();
    (0..=months).map(move |more| from + U256::from(more))
}

fn by_account(sums: impl Iterator<Item = (Address, U256)>) -> BTreeMap<Address, U256> {
    let mut all = BTreeMap::new();
    for (account, amount) in sums {
        *all.entry(account).or_default() += amount;
    }
    all
}

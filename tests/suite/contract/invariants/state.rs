//! Every word of storage, of the contract and of its tokens, as the model says that it must be.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
};

use revm::primitives::{Address, U256, keccak256};

use super::model::Model;
use crate::contract::{abi::AmbassadorPayouts as Payouts, world::World};

/// Words that are not zero, by slot.
pub(super) type Words = BTreeMap<U256, U256>;

/// Requires that storage is what the model says and nothing else, and that a few views say the same.
pub(super) fn assert_agrees(world: &World, model: &Model, stray: Address) {
    assert_eq!(world.chain.storage(world.payouts), contract(model), "the contract's storage");
    let token = balances(&model.balances);
    let mut actual = world.chain.storage(world.token);
    // Supply, name and symbol.
    for slot in 2..5 {
        actual.remove(&U256::from(slot));
    }
    assert_eq!(actual, token, "the token's storage");
    assert_eq!(world.chain.storage(stray), balances(&model.stray), "the stray token's storage");
    assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(model.spent_on(world.chain.now)));
}

/// The contract's words, laid out as contracts/README.md says.
fn contract(model: &Model) -> Words {
    let sixteen = U256::from(16);
    let mut tiles = BTreeMap::<_, U256>::new();
    for (index, month) in &model.settled {
        let bit: usize = (sixteen * (index % sixteen) + month % sixteen).to();
        *tiles.entry((index / sixteen, month / sixteen)).or_default() |= U256::from(1) << bit;
    }
    let tiles = tiles.into_iter().map(|((group, block), bits)| (slot(block, slot(group, U256::from(5))), bits));
    let mut words: Words = tiles.collect();
    let (signer, day) = (&model.signer, model.day % 65_536);
    let desk = word(signer.address)
        | (U256::from(model.paused) << 160)
        | (U256::from(signer.told_contract) << 168)
        | (U256::from(day) << 176)
        | (U256::from(model.spent) << 192)
        | (U256::from(model.cap) << 224);
    words.insert(U256::from(4), desk);
    for former in &model.former {
        words.insert(slot(word(former.address), U256::from(6)), U256::from(1));
    }
    for (place, account) in [(2, model.owner), (3, model.pending), (7, model.guardian)] {
        words.insert(U256::from(place), word(account));
    }
    words.retain(|_, word| !word.is_zero());
    words
}

/// A token's words; both tokens keep balances in their first slot.
fn balances(balances: &BTreeMap<Address, U256>) -> Words {
    let words = balances.iter().map(|(account, amount)| (slot(word(*account), U256::ZERO), *amount));
    words.filter(|(_, amount)| !amount.is_zero()).collect()
}

/// Where a mapping at `base` keeps the value of `key`; remembered, because every step asks for all of them again.
fn slot(key: U256, base: U256) -> U256 {
    thread_local! {
        static KNOWN: RefCell<HashMap<(U256, U256), U256>> = RefCell::default();
    }
    let hash = || keccak256([key.to_be_bytes::<32>(), base.to_be_bytes::<32>()].concat()).into();
    KNOWN.with_borrow_mut(|known| *known.entry((key, base)).or_insert_with(hash))
}

fn word(account: Address) -> U256 {
    U256::from_be_bytes(account.into_word().0)
}

/// What the roles can change, as the contract's views tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Powers {
    pub(super) owner: Address,
    pub(super) pending: Address,
    pub(super) guardian: Address,
    pub(super) signer: (Address, bool),
    pub(super) cap: u32,
    pub(super) paused: bool,
    /// What nobody can change.
    pub(super) fixed: (Address, Address, U256),
}

impl Powers {
    pub(super) fn of(world: &World) -> Self {
        Self {
            owner: world.read(&Payouts::ownerCall {}),
            pending: world.read(&Payouts::pendingOwnerCall {}),
            guardian: world.read(&Payouts::guardianCall {}),
            signer: (world.read(&Payouts::signerCall {}), world.read(&Payouts::signerIsContractCall {})),
            cap: world.read(&Payouts::dailyCapCall {}),
            paused: world.read(&Payouts::pausedCall {}),
            fixed: (
                world.read(&Payouts::tokenCall {}),
                world.read(&Payouts::treasuryCall {}),
                world.read(&Payouts::maxClaimCall {}),
            ),
        }
    }
}

//! What can happen to a contract, in few numbers, so that any part of a history is a history.

use std::ops::Range as Span;

use proptest::{collection::vec, prelude::*, sample::select};
use revm::primitives::U256;

use crate::contract::{
    claims::{DAY, tokens},
    world::{CAP, ENTRIES, Entry, FUNDS, MAX_CLAIM},
};

/// Over how many indexes and months a history runs: few collide often, many last long.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    Narrow,
    Wide,
}

/// One claim.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) account: Who,
    pub(super) index: U256,
    pub(super) from: U256,
    pub(super) more_months: u64,
    pub(super) amount: U256,
    pub(super) expires_in: i64,
    pub(super) signature: Kind,
}

/// Somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Person(usize),
    Treasury,
    Owner,
    Guardian,
    SecondOwner,
    SecondGuardian,
    Stranger,
    Payouts,
    Token,
    Nobody,
}

/// How a claim is signed; all but the first are worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Good,
    Stranger,
    Account,
    Retired,
    OtherChain,
    OtherContract,
    OtherAmount,
    HighS,
    OtherParity,
    Zero,
    Cut,
    Compact,
}

/// Who sends a call: whoever has the right to it just now, or somebody.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Right,
    Somebody(Who),
}

/// Whom the owner wants to sign.
#[derive(Clone, Copy, Debug)]
pub(super) enum NextSigner {
    Key,
    Wallet,
    Same,
    Former(usize),
    Nobody,
}

/// Which token is withdrawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Own,
    Stray,
    NoToken,
}

/// A call of a role.
#[derive(Clone, Debug)]
pub(super) enum Duty {
    SetSigner(NextSigner, bool),
    SetCap(u32),
    SetGuardian(Who),
    Unpause,
    Void(U256, U256, u64),
    Withdraw(Which, U256),
    TransferOwnership(Who),
    AcceptOwnership,
    Renounce,
    Pause,
    LowerCap(u32),
}

/// What can happen.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Redeem(Entry, Item, By, Who),
    RedeemMany(Vec<Item>),
    Duty(By, Duty),
    Pass(u64),
    /// To so many seconds after the next midnight, or before it.
    ToMidnight(i64),
    Fund(u64),
}

/// Any step.
pub(super) fn any(range: Range) -> impl Strategy<Value = Step> {
    let by = || prop_oneof![9 => Just(By::Right), 1 => who().prop_map(By::Somebody)];
    prop_oneof![
        10 => (select(ENTRIES.to_vec()), item(range), by(), who())
            .prop_map(|(entry, item, by, to)| Step::Redeem(entry, item, by, to)),
        10 => vec(item(range), 0..6).prop_map(Step::RedeemMany),
        9 => (prop_oneof![4 => Just(By::Right), 1 => who().prop_map(By::Somebody)], duty(range))
            .prop_map(|(by, duty)| Step::Duty(by, duty)),
        2 => (0..2 * DAY).prop_map(Step::Pass),
        2 => (-1..2_i64).prop_map(Step::ToMidnight),
        1 => prop_oneof![0..1000_u64, 0..FUNDS].prop_map(Step::Fund),
    ]
}

fn duty(range: Range) -> impl Strategy<Value = Duty> {
    let next = prop_oneof![
        4 => Just(NextSigner::Key),
        2 => Just(NextSigner::Wallet),
        2 => Just(NextSigner::Same),
        2 => (0..8_usize).prop_map(NextSigner::Former),
        1 => Just(NextSigner::Nobody),
    ];
    let which = prop_oneof![4 => Just(Which::Own), 1 => Just(Which::Stray), 1 => Just(Which::NoToken)];
    prop_oneof![
        // The flag is mostly what the signer is, so that most of the history can pay.
        2 => (next, prop::bool::weighted(0.8)).prop_map(|(next, fits)| Duty::SetSigner(next, fits)),
        4 => select(vec![u32::MAX, CAP, CAP, 201, 150, 51]).prop_map(Duty::SetCap),
        1 => who().prop_map(Duty::SetGuardian),
        4 => Just(Duty::Unpause),
        2 => (index(range), month(range), 0..18_u64).prop_map(|(index, from, more)| Duty::Void(index, from, more)),
        1 => (which, prop_oneof![4 => 0..2000_u64, 1 => 0..2 * FUNDS])
            .prop_map(|(which, whole)| Duty::Withdraw(which, tokens(whole))),
        1 => who().prop_map(Duty::TransferOwnership),
        1 => Just(Duty::AcceptOwnership),
        1 => Just(Duty::Renounce),
        1 => Just(Duty::Pause),
        2 => select(vec![CAP, 200, 151, 50, 0]).prop_map(Duty::LowerCap),
    ]
}

fn item(range: Range) -> impl Strategy<Value = Item> {
    let amount = prop_oneof![
        1 => Just(U256::ZERO),
        1 => Just(tokens(MAX_CLAIM) + U256::from(1)),
        1 => Just(tokens(MAX_CLAIM)),
        // Few sums, so that a cap is met exactly, and partial tokens on both sides of a whole one.
        16 => select(vec![1, 50, 51, 100]).prop_map(tokens),
        4 => select(vec![1, 50]).prop_map(|whole| tokens(whole) + U256::from(1)),
        4 => select(vec![1, 51]).prop_map(|whole| tokens(whole) - U256::from(1)),
    ];
    let bad = vec![
        Kind::Stranger,
        Kind::Account,
        Kind::Retired,
        Kind::OtherChain,
        Kind::OtherContract,
        Kind::OtherAmount,
        Kind::HighS,
        Kind::OtherParity,
        Kind::Zero,
        Kind::Cut,
        Kind::Compact,
    ];
    let signature = prop_oneof![19 => Just(Kind::Good), 1 => select(bad)];
    // The last second counts, the one after does not.
    let expires_in = prop_oneof![16 => 0..1000_i64, 2 => Just(0), 1 => Just(-1), 1 => -1000..0_i64];
    let more_months = prop_oneof![6 => Just(0), 3 => 1..3_u64, 1 => 3..18_u64];
    (who(), index(range), month(range), more_months, amount, expires_in, signature).prop_map(
        |(account, index, from, more_months, amount, expires_in, signature)| Item {
            account,
            index,
            from,
            more_months,
            amount,
            expires_in,
            signature,
        },
    )
}

fn who() -> impl Strategy<Value = Who> {
    let roles = vec![
        Who::Treasury,
        Who::Owner,
        Who::Guardian,
        Who::SecondOwner,
        Who::SecondGuardian,
        Who::Stranger,
        Who::Payouts,
        Who::Token,
        Who::Nobody,
    ];
    prop_oneof![12 => (0..3_usize).prop_map(Who::Person), 9 => (3..40_usize).prop_map(Who::Person), 3 => select(roles)]
}

/// Both ends of two tiles, and of all numbers.
fn index(range: Range) -> impl Strategy<Value = U256> {
    let ends = select(vec![0, 1, 15, 16]).prop_map(U256::from);
    let last = select(vec![0_u64, 15, 16]).prop_map(|less| U256::MAX - U256::from(less));
    let wide: Span<u64> = match range {
        Range::Narrow => 0..17,
        Range::Wide => 0..400,
    };
    let share = match range {
        Range::Narrow => 1,
        Range::Wide => 60,
    };
    prop_oneof![8 => ends, 1 => last, share => wide.prop_map(U256::from)]
}

/// The first months of all, those around the border of two blocks, and the last of all.
fn month(range: Range) -> impl Strategy<Value = U256> {
    let wide: Span<u64> = match range {
        Range::Narrow => 605..612,
        Range::Wide => 600..700,
    };
    let last = (0..18_u64).prop_map(|less| U256::MAX - U256::from(less));
    prop_oneof![1 => (0..18_u64).prop_map(U256::from), 1 => last, 10 => wide.prop_map(U256::from)]
}

//! Odd tokens: they lie, keep silent, take a fee, block an account, or call back.

use alloy_sol_types::{SolCall as _, SolError as _};
use revm::primitives::{Bytes, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Token},
    claims::{MONTH, claim, over, role, tokens},
    world::{ENTRIES, Entry, FUNDS, MAX_CLAIM, World, assert_reverts},
};

#[test]
pub(super) fn a_token_that_says_false_settles_nothing() {
    for entry in ENTRIES {
        let mut world = World::with("FalseToken", |_| ());
        world.chain.send(role("minter"), world.token, &Token::setRefusesCall { value: true }).unwrap();
        let error = Payouts::SafeERC20FailedOperation { token: world.token };
        assert_reverts(&world.redeem_by(entry, &claim(role("ann"), 7)), &error);
        assert!(!world.is_settled(7, MONTH));
        let withdraw = Payouts::withdrawCall { token: world.token, amount: U256::from(1) };
        assert_reverts(&world.call(role("owner"), &withdraw), &error);
    }
}

#[test]
pub(super) fn a_token_that_says_nothing_pays() {
    for entry in ENTRIES {
        let mut world = World::with("SilentToken", |_| ());
        world.redeem_by(entry, &claim(role("ann"), 7)).unwrap();
        assert_eq!(world.balance(world.payouts), tokens(FUNDS - 100));
    }
}

#[test]
pub(super) fn a_fee_is_the_receivers_loss_alone() {
    let mut world = World::with("FeeToken", |_| ());
    let before = world.balance(world.payouts);
    world.redeem(&claim(role("ann"), 7)).unwrap();
    assert_eq!(world.balance(role("ann")), tokens(99));
    assert_eq!(before - world.balance(world.payouts), tokens(100));
}

#[test]
pub(super) fn a_blocked_account_blocks_only_itself() {
    let mut world = World::with("BlockingToken", |_| ());
    let ann = role("ann");
    world.chain.send(role("minter"), world.token, &Token::setBlockedCall { account: ann }).unwrap();
    let (blocked, good) = (claim(ann, 7), claim(role("bob"), 8));
    assert!(world.redeem(&blocked).result.is_err());
    assert!(world.redeem_many(&[good.clone(), blocked.clone()]).result.is_err());
    assert!(!world.is_settled(7, MONTH) && !world.is_settled(8, MONTH));
    world.redeem_many(&[good]).unwrap();
    world.redeem_by(Entry::To, &blocked).unwrap();
    assert_eq!(world.balance(role("elsewhere")), tokens(100));
}

#[test]
pub(super) fn calling_back_with_the_same_claim_pays_once() {
    for entry in ENTRIES {
        let again = claim(role("ann"), 7);
        let index = U256::from(7);
        let error = Payouts::AlreadySettled { index, from: again.from, to: again.to }.abi_encode();
        let (world, answer) = reenter(entry, &again, |world| compact(world, &again));
        assert_eq!(answer, Err(error.into()), "{entry:?}");
        assert_eq!(world.balance(world.payouts), tokens(FUNDS - 100));

        let (world, answer) = reenter(entry, &again, |world| many(world, &[again.clone(), again.clone()]));
        assert_eq!(answer, Ok(U256::ZERO.to_be_bytes::<32>().into()), "{entry:?}");
        assert_eq!(world.balance(world.payouts), tokens(FUNDS - 100));
    }
}

#[test]
pub(super) fn calling_back_with_another_claim_meets_the_same_cap() {
    for entry in ENTRIES {
        let outer = over(claim(role("ann"), 7), tokens(MAX_CLAIM));
        let inner: Vec<_> = (8..10).map(|index| over(claim(role("bob"), index), tokens(MAX_CLAIM))).collect();
        let (world, answer) = reenter(entry, &outer, |world| many(world, &inner));
        let (wanted, spent) = (U256::from(2 * MAX_CLAIM), U256::from(MAX_CLAIM));
        let error = Payouts::DailyCapExceeded { wanted, spent, cap: U256::from(100_000) }.abi_encode();
        assert_eq!(answer, Err(error.into()), "{entry:?}");
        assert_eq!(world.balance(world.payouts), tokens(FUNDS - MAX_CLAIM));

        // One of the two fits, and is counted: the third of the day does not fit any more.
        let (mut world, answer) = reenter(entry, &outer, |world| compact(world, &inner[0]));
        assert_eq!(answer, Ok(Bytes::new()), "{entry:?}");
        assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(2 * MAX_CLAIM));
        assert!(world.redeem(&inner[1]).result.is_err());
        assert_eq!(world.balance(role("bob")), tokens(MAX_CLAIM));
    }
}

#[test]
pub(super) fn calling_back_inside_a_batch_finds_the_whole_batch_settled() {
    let mut world = World::with("HookToken", |_| ());
    let batch: Vec<_> = ["ann", "bob", "cyd"].iter().zip(0..).map(|(who, index)| claim(role(who), index)).collect();
    let last = &batch[2];
    let data = compact(&world, last);
    arm(&mut world, data);
    assert_eq!(world.redeem_many(&batch).unwrap(), tokens(300));
    let error = Payouts::AlreadySettled { index: last.index, from: last.from, to: last.to }.abi_encode();
    assert_eq!(answer(&world), Err(error.into()));
    assert_eq!(world.balance(role("cyd")), tokens(100));
    assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(300));
}

/// Redeems from a token that calls the contract with `data` in the middle of the transfer; what it was told.
fn reenter(entry: Entry, outer: &Claim, data: impl Fn(&World) -> Bytes) -> (World, Result<Bytes, Bytes>) {
    let mut world = World::with("HookToken", |_| ());
    let data = data(&world);
    arm(&mut world, data);
    world.redeem_by(entry, outer).unwrap();
    let answer = answer(&world);
    (world, answer)
}

/// Tells the token what to call the contract with in the middle of its next transfer.
pub(super) fn arm(world: &mut World, data: Bytes) {
    let arm = Token::armCall { target: world.payouts, data };
    world.chain.send(role("mallory"), world.token, &arm).unwrap();
}

/// What the token was told when it called back.
pub(super) fn answer(world: &World) -> Result<Bytes, Bytes> {
    assert!(world.chain.read(world.token, &Token::calledCall {}), "the token was never asked to pay");
    let answer = world.chain.read(world.token, &Token::answerCall {});
    if world.chain.read(world.token, &Token::succeededCall {}) { Ok(answer) } else { Err(answer) }
}

fn compact(world: &World, claim: &Claim) -> Bytes {
    let signed = world.signed(claim);
    Payouts::redeem_0Call { c: signed.claim, r: signed.r, vs: signed.vs }.abi_encode().into()
}

fn many(world: &World, claims: &[Claim]) -> Bytes {
    let s = claims.iter().map(|claim| world.signed(claim)).collect();
    Payouts::redeemManyCall { s }.abi_encode().into()
}

//! The daily cap: what counts, how much, and when it starts again.

use revm::primitives::U256;

use super::{
    abi::AmbassadorPayouts as Payouts,
    claims::{DAY, claim, over, role, tokens},
    world::{CAP, ENTRIES, MAX_CLAIM, World, assert_reverts},
};

#[test]
pub(super) fn each_claim_counts_rounded_up_to_a_whole_token() {
    let wei = U256::from(1);
    let cases = [(wei, 1), (tokens(1) - wei, 1), (tokens(1), 1), (tokens(1) + wei, 2), (tokens(100), 100)];
    for (amount, counted) in cases {
        for entry in ENTRIES {
            let mut world = World::new();
            world.redeem_by(entry, &over(claim(role("ann"), 0), amount)).unwrap();
            assert_eq!(spent(&world), counted, "{amount} by {entry:?}");
        }
        let mut world = World::new();
        let claims: Vec<_> = (0..3).map(|index| over(claim(role("ann"), index), amount)).collect();
        world.redeem_many(&claims).unwrap();
        assert_eq!(spent(&world), 3 * counted, "three times {amount} in a batch");
    }
}

#[test]
pub(super) fn a_whole_token_has_the_tokens_own_decimals() {
    let mut world = World::with("SixDecimalsToken", |_| ());
    for (index, amount) in [(0, 1_000_000_u64), (1, 1_000_001), (2, 1)] {
        world.redeem(&over(claim(role("ann"), index), U256::from(amount))).unwrap();
    }
    assert_eq!(spent(&world), 1 + 2 + 1);
}

#[test]
pub(super) fn a_day_pays_its_cap_and_not_a_unit_more() {
    for entry in ENTRIES {
        let mut world = World::new();
        for (index, whole) in [(0, MAX_CLAIM), (1, MAX_CLAIM), (2, 20_000)] {
            world.redeem_by(entry, &over(claim(role("ann"), index), tokens(whole))).unwrap();
        }
        assert_eq!(spent(&world), u64::from(CAP));
        let more = over(claim(role("ann"), 3), U256::from(1));
        assert_reverts(&world.redeem_by(entry, &more), &exceeded(1, CAP.into(), CAP));
        assert_eq!(spent(&world), u64::from(CAP), "a refused claim is not counted");
    }
}

#[test]
pub(super) fn a_batch_is_counted_as_a_whole() {
    let mut world = World::new();
    let claims: Vec<_> = (0..3).map(|index| over(claim(role("ann"), index), tokens(MAX_CLAIM))).collect();
    assert_reverts(&world.redeem_many(&claims), &exceeded(3 * MAX_CLAIM, 0, CAP));
    world.redeem_many(&claims[..2]).unwrap();
    assert_reverts(&world.redeem_many(&claims), &exceeded(MAX_CLAIM, 2 * MAX_CLAIM, CAP));
    assert_eq!(world.balance(role("ann")), tokens(2 * MAX_CLAIM));
}

#[test]
pub(super) fn the_count_starts_again_at_midnight() {
    let mut world = World::new();
    let last_second = (world.chain.now / DAY + 1) * DAY - 1;
    let mut claims = (0..9).map(|index| over(claim(role("ann"), index), tokens(25_000)));
    for _ in 0..4 {
        world.redeem(&claims.next().expect("nine claims")).unwrap();
    }
    let fifth = claims.next().expect("nine claims");
    world.chain.now = last_second;
    assert_reverts(&world.redeem(&fifth), &exceeded(25_000, CAP.into(), CAP));
    world.chain.now += 1;
    assert_eq!(spent(&world), 0);
    world.redeem(&fifth).unwrap();
    assert_eq!(spent(&world), 25_000);
    // Nor does an old day's count wait for the same day number to come back.
    world.chain.now -= DAY;
    assert_eq!(spent(&world), 0);
}

#[test]
pub(super) fn a_cap_below_what_was_spent_stops_the_day() {
    let mut world = World::new();
    world.redeem(&over(claim(role("ann"), 0), tokens(100))).unwrap();
    world.call(role("guardian"), &Payouts::lowerDailyCapCall { cap: 99 }).unwrap();
    let next = over(claim(role("ann"), 1), U256::from(1));
    assert_reverts(&world.redeem(&next), &exceeded(1, 100, 99));
    world.call(role("owner"), &Payouts::setDailyCapCall { cap: 101 }).unwrap();
    world.redeem(&next).unwrap();
    assert_eq!(spent(&world), 101);
    world.call(role("guardian"), &Payouts::lowerDailyCapCall { cap: 0 }).unwrap();
    world.chain.now += DAY / 2;
    let tomorrow = over(claim(role("ann"), 2), U256::from(1));
    assert_reverts(&world.redeem(&tomorrow), &exceeded(1, 0, 0));
}

#[test]
pub(super) fn without_a_cap_nothing_is_counted() {
    let mut world = World::with("PlainToken", |deployment| deployment.daily_cap = u32::MAX);
    for index in 0..4 {
        world.redeem(&over(claim(role("ann"), index), tokens(MAX_CLAIM))).unwrap();
    }
    assert_eq!((world.balance(role("ann")), spent(&world)), (tokens(4 * MAX_CLAIM), 0));
    // What was paid without a cap is not held against a new one.
    world.call(role("guardian"), &Payouts::lowerDailyCapCall { cap: 100 }).unwrap();
    world.redeem(&claim(role("ann"), 4)).unwrap();
    assert_eq!(spent(&world), 100);
}

#[test]
pub(super) fn a_setting_keeps_its_neighbours_in_the_slot() {
    let mut world = World::new();
    world.redeem(&claim(role("ann"), 0)).unwrap();
    let spent_before = spent(&world);
    world.call(role("owner"), &Payouts::setDailyCapCall { cap: 1234 }).unwrap();
    world.call(role("guardian"), &Payouts::pauseCall {}).unwrap();
    assert_eq!(spent(&world), spent_before);
    assert_eq!(world.read(&Payouts::signerCall {}), role("signer"));
    world.call(role("owner"), &Payouts::setSignerCall { newSigner: role("second"), isContract: true }).unwrap();
    assert!(world.read(&Payouts::pausedCall {}));
    assert_eq!(world.read(&Payouts::dailyCapCall {}), 1234);
    world.call(role("owner"), &Payouts::unpauseCall {}).unwrap();
    assert_eq!(world.read(&Payouts::signerCall {}), role("second"));
    assert!(world.read(&Payouts::signerIsContractCall {}));
    assert_eq!(spent(&world), spent_before);
}

/// Whole tokens counted today.
fn spent(world: &World) -> u64 {
    world.read(&Payouts::spentTodayCall {}).to()
}

fn exceeded(wanted: u64, spent: u64, cap: u32) -> Payouts::DailyCapExceeded {
    Payouts::DailyCapExceeded { wanted: U256::from(wanted), spent: U256::from(spent), cap: U256::from(cap) }
}

//! The first and last second, day, month and index, and calls that are cut or padded.

use alloy_sol_types::SolCall as _;
use revm::primitives::{Bytes, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim},
    claims::{DAY, NOW, claim, for_months, over, role, tokens},
    world::{CAP, ENTRIES, Entry, MAX_CLAIM, World, assert_reverts},
};

#[test]
pub(super) fn a_claim_is_good_to_the_end_of_its_last_second() {
    for entry in ENTRIES {
        for valid_until in [0, NOW, u64::MAX - 1] {
            let mut claim = claim(role("ann"), 7);
            claim.validUntil = U256::from(valid_until);
            let mut world = World::new();
            world.chain.now = valid_until + 1;
            let late = world.clone().redeem_by(entry, &claim);
            if entry == Entry::Many {
                assert_eq!(world.clone().redeem_many(&[claim.clone()]).unwrap(), U256::ZERO);
            } else {
                assert_reverts(&late, &Payouts::ClaimExpired { validUntil: claim.validUntil });
            }
            world.chain.now = valid_until;
            world.redeem_by(entry, &claim).unwrap();
            let receiver = if entry == Entry::To { "elsewhere" } else { "ann" };
            assert_eq!(world.balance(role(receiver)), tokens(100), "{entry:?} at {valid_until}");
        }
    }
}

#[test]
pub(super) fn each_range_of_the_first_blocks_settles_itself() {
    let world = World::with("PlainToken", |deployment| deployment.daily_cap = u32::MAX);
    for from in (0..34).step_by(3).chain([1, 14, 16, 17, 31, 32]) {
        for to in (0..34).step_by(5).chain([14, 16, 17, 31, 32]) {
            let mut world = world.clone();
            let outcome = world.redeem(&for_months(claim(role("ann"), 0), from, to));
            let sound = from <= to && from / 16 == to / 16;
            assert_eq!(outcome.result.is_ok(), sound, "{from} to {to}");
            for month in 0..34 {
                let wanted = sound && (from..=to).contains(&month);
                assert_eq!(world.is_settled(0, month), wanted, "{from} to {to}: {month}");
            }
        }
    }
}

#[test]
pub(super) fn the_cap_turns_with_the_day_on_every_door() {
    for entry in ENTRIES {
        // The last second of the first day there is, of an ordinary one, and of one whose number fills its bits.
        for day in [0, NOW / DAY, 65_535, 131_071] {
            let mut world = World::new();
            let claim = |index| over(valid_for_ever(index), tokens(MAX_CLAIM));
            world.call(role("owner"), &Payouts::setDailyCapCall { cap: 40_000 }).unwrap();
            world.chain.now = day * DAY + DAY - 1;
            world.redeem_by(entry, &claim(1)).unwrap();
            assert!(world.redeem_by(entry, &claim(2)).result.is_err(), "{entry:?}, day {day}");
            assert!(!world.is_settled(2, 611));
            world.chain.now += 1;
            assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::ZERO);
            world.redeem_by(entry, &claim(2)).unwrap();
            assert!(world.redeem_by(entry, &claim(3)).result.is_err(), "{entry:?}, day {day}");
            world.chain.now += DAY - 1;
            assert!(world.redeem_by(entry, &claim(3)).result.is_err(), "{entry:?}, day {day}");
        }
    }
}

#[test]
pub(super) fn a_day_of_the_same_number_counts_on() {
    // 65,536 days later, 179 years, the count of the last metered day stands again: less is paid, never more.
    let mut world = World::new();
    world.redeem(&over(valid_for_ever(1), tokens(MAX_CLAIM))).unwrap();
    world.chain.now += 65_536 * DAY;
    assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(MAX_CLAIM));
    world.redeem(&over(valid_for_ever(2), tokens(MAX_CLAIM))).unwrap();
    let third = over(valid_for_ever(3), tokens(MAX_CLAIM));
    let (wanted, spent, cap) = (U256::from(MAX_CLAIM), U256::from(2 * MAX_CLAIM), U256::from(CAP));
    assert_reverts(&world.redeem(&third), &Payouts::DailyCapExceeded { wanted, spent, cap });
    world.chain.now += DAY;
    world.redeem(&third).unwrap();
}

#[test]
pub(super) fn a_call_that_is_cut_does_nothing() {
    let world = World::new();
    let c = claim(role("ann"), 7);
    let signature = world.sign(&c);
    let (r, vs, bytes) = (signature.r, signature.vs(), signature.bytes());
    let calls = [
        // The last 31 bytes only pad the signature.
        (Payouts::redeem_0Call { c: c.clone(), r, vs }.abi_encode(), 0),
        (Payouts::redeem_1Call { c: c.clone(), signature: bytes }.abi_encode(), 31),
        (Payouts::redeemManyCall { s: vec![world.signed(&c), world.signed(&c)] }.abi_encode(), 0),
    ];
    for (call, padding) in calls {
        for length in 0..call.len() - padding {
            let cut = Bytes::copy_from_slice(&call[..length]);
            let mut world = world.clone();
            assert!(world.chain.send_bytes(role("ann"), world.payouts, cut).result.is_err(), "{length} bytes");
        }
        let longer = [&call[..], b"and more"].concat();
        world.clone().chain.send_bytes(role("ann"), world.payouts, longer.into()).unwrap();
    }
}

#[test]
pub(super) fn a_call_with_impossible_words_does_nothing() {
    let world = World::new();
    let signed = world.signed(&claim(role("ann"), 7));
    let compact = Payouts::redeem_0Call { c: signed.claim.clone(), r: signed.r, vs: signed.vs }.abi_encode();
    let many = Payouts::redeemManyCall { s: vec![signed] }.abi_encode();
    // An account of more than 20 bytes; an array that starts or ends outside the call, or before it.
    let words = [(&compact, 0, 160), (&many, 0, 64), (&many, 1, 64)];
    for (call, place, first_bit) in words {
        let at = 4 + 32 * place;
        for value in [U256::MAX, U256::from(1) << 255, U256::from(1) << first_bit] {
            let mut bad = call.clone();
            let number = U256::from_be_slice(&bad[at..at + 32]) | value;
            bad[at..at + 32].copy_from_slice(&number.to_be_bytes::<32>());
            let mut world = world.clone();
            let outcome = world.chain.send_bytes(role("ann"), world.payouts, bad.into());
            assert!(outcome.result.is_err(), "word {place} is {number:x}");
        }
    }
}

fn valid_for_ever(index: u64) -> Claim {
    Claim { validUntil: U256::MAX, ..claim(role("ann"), index) }
}

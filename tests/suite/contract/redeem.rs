//! What a good claim does: money, months, events; ranges and the borders of blocks.

use alloy_sol_types::SolStruct as _;
use revm::primitives::{U256, keccak256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Token},
    claims::{DAY, MONTH, NOW, claim, for_months, over, role, tokens},
    world::{CAP, ENTRIES, Entry, FUNDS, MAX_CLAIM, World, assert_reverts},
};

#[test]
pub(super) fn deployment_is_what_was_asked_for() {
    let world = World::new();
    assert_eq!(world.read(&Payouts::tokenCall {}), world.token);
    assert_eq!(world.read(&Payouts::treasuryCall {}), role("treasury"));
    assert_eq!(world.read(&Payouts::ownerCall {}), role("owner"));
    assert_eq!(world.read(&Payouts::guardianCall {}), role("guardian"));
    assert_eq!(world.read(&Payouts::signerCall {}), role("signer"));
    assert!(!world.read(&Payouts::signerIsContractCall {}));
    assert!(!world.read(&Payouts::pausedCall {}));
    assert_eq!(world.read(&Payouts::dailyCapCall {}), CAP);
    assert_eq!(world.read(&Payouts::maxClaimCall {}), tokens(MAX_CLAIM));
    let domain = world.read(&Payouts::eip712DomainCall {});
    assert_eq!((domain.name.as_str(), domain.version.as_str()), ("AmbassadorPayouts", "1"));
    assert_eq!((domain.chainId, domain.verifyingContract), (U256::from(1), world.payouts));
}

#[test]
fn the_second_opinion_hashes_the_type_that_we_mean() {
    let literal = "Claim(address account,uint256 index,uint256 from,uint256 to,uint256 amount,uint256 validUntil,bytes32 statement)";
    assert_eq!(claim(role("ann"), 0).eip712_type_hash(), keccak256(literal));
}

#[test]
pub(super) fn every_entry_point_pays_and_tells() {
    for entry in ENTRIES {
        let mut world = World::new();
        let claim = claim(role("ann"), 7);
        let outcome = world.redeem_by(entry, &claim);
        let paid = if entry == Entry::To { role("elsewhere") } else { claim.account };
        assert_eq!(outcome.events::<Payouts::Redeemed>(), [redeemed(&claim)], "{entry:?}");
        let transfer = Token::Transfer { from: world.payouts, to: paid, value: claim.amount };
        assert_eq!(outcome.events::<Token::Transfer>(), [transfer], "{entry:?}");
        outcome.unwrap();
        assert_eq!(world.balance(paid), claim.amount, "{entry:?}");
        assert_eq!(world.balance(world.payouts), tokens(FUNDS) - claim.amount, "{entry:?}");
        assert!(world.is_settled(7, MONTH), "{entry:?}");
    }
}

#[test]
pub(super) fn a_month_is_paid_once_over_all_entry_points() {
    for first in ENTRIES {
        let mut world = World::new();
        world.redeem_by(first, &claim(role("ann"), 7)).unwrap();
        let reissued = over(claim(role("ann's new wallet"), 7), tokens(1));
        let error = Payouts::AlreadySettled { index: U256::from(7), from: U256::from(MONTH), to: U256::from(MONTH) };
        for second in [Entry::Compact, Entry::Bytes, Entry::To] {
            assert_reverts(&world.redeem_by(second, &reissued), &error);
        }
        assert_eq!(world.redeem_many(&[reissued]).unwrap(), U256::ZERO);
    }
}

#[test]
pub(super) fn a_batch_pays_neighbours_in_one_transfer() {
    let mut world = World::new();
    let amounts = [("ann", 0, 100), ("ann", 1, 20), ("bob", 2, 3), ("ann", 3, 4), ("cyd", 4, 5), ("cyd", 5, 6)];
    let claims: Vec<_> = amounts.map(|(who, index, whole)| over(claim(role(who), index), tokens(whole))).into();
    let outcome = world.redeem_many(&claims);
    assert_eq!(outcome.events::<Payouts::Redeemed>(), claims.iter().map(redeemed).collect::<Vec<_>>());
    let transfers = outcome.events::<Token::Transfer>().into_iter().map(|event| (event.to, event.value));
    let wanted = [("ann", 120), ("bob", 3), ("ann", 4), ("cyd", 11)];
    assert_eq!(transfers.collect::<Vec<_>>(), wanted.map(|(who, whole)| (role(who), tokens(whole))));
    assert_eq!(outcome.unwrap(), tokens(138));
    assert!((0..6).all(|index| world.is_settled(index, MONTH)));
    assert_eq!(world.balance(world.payouts), tokens(FUNDS - 138));
}

#[test]
pub(super) fn a_batch_skips_what_is_settled_or_expired() {
    let mut world = World::new();
    world.redeem(&claim(role("ann"), 0)).unwrap();
    let mut expired = claim(role("bob"), 1);
    expired.validUntil = U256::from(NOW - 1);
    let good = claim(role("cyd"), 2);
    let mut batch: Vec<_> =
        [claim(role("ann"), 0), expired, good.clone(), good.clone()].map(|c| world.signed(&c)).into();
    for skipped in [0, 1] {
        batch[skipped].r = keccak256("nobody reads this signature");
    }
    let outcome = world.submit_many(batch);
    assert_eq!(outcome.events::<Payouts::Redeemed>(), [redeemed(&good)]);
    assert_eq!(outcome.unwrap(), good.amount);
    assert!(!world.is_settled(1, MONTH));
    assert_eq!(world.redeem_many(&[]).unwrap(), U256::ZERO);
}

#[test]
pub(super) fn a_range_settles_its_months_and_nothing_else() {
    // 608 is the first month of a block, 623 its last.
    for (from, to) in [(608, 608), (623, 623), (608, 623), (611, 614), (624, 639)] {
        for index in [0, 15, 16, 31] {
            let mut world = World::new();
            world.redeem(&for_months(claim(role("ann"), index), from, to)).unwrap();
            for month in 590..660 {
                for other in 0..40 {
                    let wanted = other == index && (from..=to).contains(&month);
                    let settled = world.is_settled(other, month);
                    assert_eq!(settled, wanted, "index {index}, months {from} to {to}: ({other}, {month})");
                }
            }
        }
    }
}

#[test]
pub(super) fn ranges_must_not_overlap() {
    let mut world = World::new();
    world.redeem(&for_months(claim(role("ann"), 0), 611, 613)).unwrap();
    for (from, to) in [(608, 611), (613, 613), (612, 612), (608, 623)] {
        let error = Payouts::AlreadySettled { index: U256::ZERO, from: U256::from(from), to: U256::from(to) };
        assert_reverts(&world.redeem(&for_months(claim(role("ann"), 0), from, to)), &error);
    }
    for (from, to) in [(608, 610), (614, 623)] {
        world.redeem(&for_months(claim(role("ann"), 0), from, to)).unwrap();
    }
    assert_eq!(world.balance(role("ann")), tokens(300));
}

#[test]
pub(super) fn limits_are_inclusive() {
    let mut world = World::new();
    let mut last_second = claim(role("ann"), 0);
    last_second.validUntil = U256::from(NOW);
    world.redeem(&last_second).unwrap();
    world.redeem(&over(claim(role("ann"), 1), tokens(MAX_CLAIM))).unwrap();
    world.redeem(&over(claim(role("ann"), 2), U256::from(1))).unwrap();
    assert_eq!(world.balance(role("ann")), tokens(100 + MAX_CLAIM) + U256::from(1));
}

#[test]
pub(super) fn numbers_can_be_as_large_as_they_like() {
    let mut world = World::new();
    let mut largest = claim(role("ann"), 0);
    (largest.index, largest.from, largest.to) = (U256::MAX, U256::MAX - U256::from(15), U256::MAX);
    largest.validUntil = U256::MAX;
    world.chain.now += 10_000 * DAY;
    world.redeem(&largest).unwrap();
    assert!(world.read(&Payouts::isSettledCall { index: U256::MAX, month: U256::MAX }));
    assert!(!world.is_settled(15, 15));
}

/// The event of a claim.
fn redeemed(claim: &Claim) -> Payouts::Redeemed {
    let Claim { account, index, from, to, amount, statement, .. } = claim.clone();
    Payouts::Redeemed { account, index, from, to, amount, statement }
}

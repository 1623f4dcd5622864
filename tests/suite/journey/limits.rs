//! When a good claim is not paid: too late, while paused, and while the contract has no funds.

use alloy_primitives::{Bytes, U256};
use ambassador_core::{calldata, documents::claim::SignedClaim};

use super::world::{World, on_chain};
use crate::contract::abi::{AmbassadorPayouts as Payouts, Token};

/// `validUntil` of December 2020 under the example's terms.
const DEADLINE: u64 = 1_641_600_000;

#[test]
fn a_claim_waits_for_funds_and_guardian_and_not_for_ever() {
    let world = World::new();
    let total = world.close("2020-12");
    let claims = world.programme.claims("2020-12");
    assert!(claims.iter().all(|signed| signed.claim.deadline == DEADLINE));
    let [first, second, third] = claims.try_into().expect("three claims");

    let needed = U256::from(first.claim.amount.as_base_units());
    let empty = Token::ERC20InsufficientBalance { sender: world.payouts, balance: U256::ZERO, needed };
    world.assert_refused(&redeem(&first), &empty);
    assert!(!world.is_settled(&first.claim), "a payment that failed settles nothing");
    world.fund(total);
    assert_paid(&world, &first);

    world.call(2, &Payouts::pauseCall {});
    world.assert_refused(&redeem(&second), &Payouts::RedemptionsPaused {});
    let both = [(second.claim, second.signature), (third.claim, third.signature)];
    world.assert_refused(&calldata::redeem_many(&both).into(), &Payouts::RedemptionsPaused {});
    world.call(1, &Payouts::unpauseCall {});

    // The last second still counts, the next does not.
    world.node.set_next_time(DEADLINE);
    assert_paid(&world, &second);
    world.node.set_next_time(DEADLINE.saturating_add(1));
    world.assert_refused(&redeem(&third), &Payouts::ClaimExpired { validUntil: U256::from(DEADLINE) });
    assert!(!world.is_settled(&third.claim));

    // A batch skips it; the tokens are still there and the owner returns them to the treasury.
    let late = [(third.claim, third.signature)];
    assert!(world.send(&calldata::redeem_many(&late).into()).succeeded);
    let left = world.balance(world.payouts);
    assert_eq!(left, U256::from(third.claim.amount.as_base_units()));
    world.call(1, &Payouts::withdrawCall { token: world.token, amount: left });
    assert_eq!(world.balance(world.payouts), U256::ZERO);
}

fn redeem(signed: &SignedClaim) -> Bytes {
    calldata::redeem(&signed.claim, &signed.signature).into()
}

#[track_caller]
fn assert_paid(world: &World, signed: &SignedClaim) {
    assert!(world.send(&redeem(signed)).succeeded);
    let amount = U256::from(signed.claim.amount.as_base_units());
    assert_eq!(world.balance(on_chain(&signed.claim.account)), amount);
    assert!(world.is_settled(&signed.claim));
}

//! Who may do what: owner, guardian, signer, and everybody else.

use alloy_sol_types::{SolCall as _, SolError as _};
use revm::primitives::{Address, Bytes, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Token},
    build,
    claims::{MONTH, claim, for_months, key, role, tokens},
    world::{CAP, ENTRIES, Entry, FUNDS, World, assert_reverts, assert_reverts_with},
};

#[test]
pub(super) fn only_the_owner_does_the_owners_work() {
    let token = World::new().token;
    let one = U256::from(1);
    let calls = [
        Payouts::setSignerCall { newSigner: role("mallory"), isContract: false }.abi_encode(),
        Payouts::setDailyCapCall { cap: u32::MAX }.abi_encode(),
        Payouts::setGuardianCall { newGuardian: role("mallory") }.abi_encode(),
        Payouts::unpauseCall {}.abi_encode(),
        Payouts::voidMonthsCall { index: one, from: one, to: one }.abi_encode(),
        Payouts::withdrawCall { token, amount: one }.abi_encode(),
        Payouts::transferOwnershipCall { newOwner: role("mallory") }.abi_encode(),
        Payouts::renounceOwnershipCall {}.abi_encode(),
    ];
    for call in calls {
        check_refused(&call, &["guardian", "signer", "treasury", "stranger"], |account| {
            Payouts::OwnableUnauthorizedAccount { account }.abi_encode()
        });
    }
}

#[test]
pub(super) fn only_the_guardian_does_the_guardians_work() {
    let calls = [Payouts::pauseCall {}.abi_encode(), Payouts::lowerDailyCapCall { cap: 0 }.abi_encode()];
    for call in calls {
        check_refused(&call, &["owner", "signer", "treasury", "stranger"], |sender| {
            Payouts::NotGuardian { sender }.abi_encode()
        });
    }
}

#[test]
pub(super) fn a_pause_stops_every_entry_point_until_the_owner_ends_it() {
    let mut world = World::new();
    let outcome = world.call(role("guardian"), &Payouts::pauseCall {});
    assert_eq!(outcome.events::<Payouts::Paused>(), [Payouts::Paused { by: role("guardian") }]);
    assert!(world.read(&Payouts::pausedCall {}));
    for entry in ENTRIES {
        assert_reverts(&world.redeem_by(entry, &claim(role("ann"), 7)), &Payouts::RedemptionsPaused {});
    }
    assert_reverts(&world.redeem_many(&[]), &Payouts::RedemptionsPaused {});
    let outcome = world.call(role("owner"), &Payouts::unpauseCall {});
    assert_eq!(outcome.events::<Payouts::Unpaused>(), [Payouts::Unpaused { by: role("owner") }]);
    world.redeem(&claim(role("ann"), 7)).unwrap();
}

#[test]
pub(super) fn a_retired_signer_never_comes_back() {
    let mut world = World::new();
    let owner = role("owner");
    let set = |name: &str| Payouts::setSignerCall { newSigner: role(name), isContract: false };
    let outcome = world.call(owner, &set("second"));
    let event = Payouts::SignerSet { signer: role("second"), isContract: false };
    assert_eq!(outcome.events::<Payouts::SignerSet>(), [event]);
    assert_eq!(world.read(&Payouts::signerCall {}), role("second"));
    assert!(world.read(&Payouts::isRetiredCall { account: role("signer") }));
    assert!(!world.read(&Payouts::isRetiredCall { account: role("second") }));

    let old = claim(role("ann"), 7);
    let error = Payouts::InvalidSignature { digest: world.digest(&old) };
    for entry in ENTRIES {
        assert_reverts(&world.redeem_by(entry, &old), &error);
    }
    world.key = key("second");
    world.redeem(&old).unwrap();

    world.call(owner, &set("third")).unwrap();
    for name in ["signer", "second"] {
        assert_reverts(&world.call(owner, &set(name)), &Payouts::SignerRetired { signer: role(name) });
    }
    let nobody = Payouts::setSignerCall { newSigner: Address::ZERO, isContract: false };
    assert_reverts(&world.call(owner, &nobody), &Payouts::ZeroAddress {});
    assert_eq!(world.read(&Payouts::signerCall {}), role("third"));
}

#[test]
pub(super) fn the_same_signer_may_change_its_kind() {
    let mut world = World::new();
    for is_contract in [true, false] {
        let set = Payouts::setSignerCall { newSigner: role("signer"), isContract: is_contract };
        world.call(role("owner"), &set).unwrap();
        assert_eq!(world.read(&Payouts::signerIsContractCall {}), is_contract);
        assert!(!world.read(&Payouts::isRetiredCall { account: role("signer") }));
    }
    world.redeem(&claim(role("ann"), 7)).unwrap();
}

#[test]
pub(super) fn the_guardian_lowers_the_cap_and_only_lowers_it() {
    let mut world = World::new();
    let guardian = role("guardian");
    for cap in [CAP, CAP + 1, u32::MAX] {
        let outcome = world.call(guardian, &Payouts::lowerDailyCapCall { cap });
        assert_reverts(&outcome, &Payouts::CapNotLower { current: CAP, wanted: cap });
    }
    for cap in [CAP - 1, 0] {
        let outcome = world.call(guardian, &Payouts::lowerDailyCapCall { cap });
        assert_eq!(outcome.events::<Payouts::DailyCapSet>(), [Payouts::DailyCapSet { cap }]);
        assert_eq!(world.read(&Payouts::dailyCapCall {}), cap);
    }
    world.call(role("owner"), &Payouts::setDailyCapCall { cap: u32::MAX }).unwrap();
    world.call(guardian, &Payouts::lowerDailyCapCall { cap: u32::MAX - 1 }).unwrap();
}

#[test]
pub(super) fn a_replaced_guardian_has_no_power() {
    let mut world = World::new();
    let outcome = world.call(role("owner"), &Payouts::setGuardianCall { newGuardian: role("second") });
    assert_eq!(outcome.events::<Payouts::GuardianSet>(), [Payouts::GuardianSet { guardian: role("second") }]);
    let outcome = world.call(role("guardian"), &Payouts::pauseCall {});
    assert_reverts(&outcome, &Payouts::NotGuardian { sender: role("guardian") });
    world.call(role("second"), &Payouts::pauseCall {}).unwrap();
    let nobody = Payouts::setGuardianCall { newGuardian: Address::ZERO };
    assert_reverts(&world.call(role("owner"), &nobody), &Payouts::ZeroAddress {});
}

#[test]
pub(super) fn voided_months_are_never_paid() {
    let mut world = World::new();
    world.redeem(&claim(role("ann"), 7)).unwrap();
    let void = |from: u64, to: u64| Payouts::voidMonthsCall {
        index: U256::from(7),
        from: U256::from(from),
        to: U256::from(to),
    };
    let outcome = world.call(role("owner"), &void(610, 612));
    let event = Payouts::Voided { index: U256::from(7), from: U256::from(610), to: U256::from(612) };
    assert_eq!(outcome.events::<Payouts::Voided>(), [event]);
    assert!(outcome.events::<Token::Transfer>().is_empty());
    for month in 600..630 {
        assert_eq!(world.is_settled(7, month), (610..=612).contains(&month));
    }
    // Neither another month nor another index of the same word frees what is settled.
    world.call(role("owner"), &void(615, 616)).unwrap();
    let other = Payouts::voidMonthsCall { index: U256::from(9), from: U256::from(612), to: U256::from(612) };
    world.call(role("owner"), &other).unwrap();
    for month in 610..=612 {
        assert!(world.redeem(&for_months(claim(role("ann"), 7), month, month)).result.is_err());
    }
    world.redeem(&for_months(claim(role("ann"), 7), 613, 613)).unwrap();
    world.redeem(&for_months(claim(role("ann"), 8), 610, 612)).unwrap();
    for (from, to) in [(612, 611), (623, 624)] {
        let error = Payouts::InvalidMonths { from: U256::from(from), to: U256::from(to) };
        assert_reverts(&world.call(role("owner"), &void(from, to)), &error);
    }
}

#[test]
pub(super) fn withdrawals_go_to_the_treasury() {
    let mut world = World::new();
    let (token, treasury) = (world.token, role("treasury"));
    let amount = tokens(FUNDS - 1);
    let outcome = world.call(role("owner"), &Payouts::withdrawCall { token, amount });
    assert_eq!(outcome.events::<Payouts::Withdrawn>(), [Payouts::Withdrawn { token, amount }]);
    assert_eq!((world.balance(treasury), world.balance(world.payouts)), (amount, tokens(1)));
    let outcome = world.call(role("owner"), &Payouts::withdrawCall { token, amount });
    assert!(outcome.result.is_err());

    // A token that came here by mistake leaves the same way.
    let supply = U256::from(5).to_be_bytes::<32>();
    let stray = world.chain.deploy(role("ann"), &build::double("SilentToken"), &supply).unwrap();
    let mistake = Token::transferCall { to: world.payouts, amount: U256::from(5) };
    world.chain.send(role("ann"), stray, &mistake).unwrap();
    world.call(role("owner"), &Payouts::withdrawCall { token: stray, amount: U256::from(5) }).unwrap();
    assert_eq!(world.chain.read(stray, &Token::balanceOfCall { account: treasury }), U256::from(5));
}

#[test]
pub(super) fn ownership_moves_in_two_steps_and_never_to_nobody() {
    let mut world = World::new();
    let (old, new) = (role("owner"), role("new owner"));
    assert_reverts(&world.call(old, &Payouts::renounceOwnershipCall {}), &Payouts::OwnerRequired {});
    world.call(old, &Payouts::transferOwnershipCall { newOwner: new }).unwrap();
    assert_eq!(world.read(&Payouts::pendingOwnerCall {}), new);
    assert_eq!(world.read(&Payouts::ownerCall {}), old);
    let outcome = world.call(role("stranger"), &Payouts::acceptOwnershipCall {});
    assert_reverts(&outcome, &Payouts::OwnableUnauthorizedAccount { account: role("stranger") });
    world.call(new, &Payouts::acceptOwnershipCall {}).unwrap();
    assert_eq!(world.read(&Payouts::ownerCall {}), new);
    let outcome = world.call(old, &Payouts::unpauseCall {});
    assert_reverts(&outcome, &Payouts::OwnableUnauthorizedAccount { account: old });
}

#[test]
pub(super) fn it_takes_no_ether_and_no_unknown_call() {
    let mut world = World::new();
    for data in [Bytes::new(), Bytes::from_static(&[1, 2, 3, 4])] {
        assert_reverts_with(&world.chain.send_bytes(role("stranger"), world.payouts, data), &[]);
    }
    assert!(!world.is_settled(7, MONTH));
    world.redeem_by(Entry::Bytes, &claim(role("ann"), 7)).unwrap();
}

/// Each of these roles gets the error, and nothing changes.
fn check_refused(call: &[u8], roles: &[&str], error: impl Fn(Address) -> Vec<u8>) {
    let mut world = World::new();
    for name in roles {
        let outcome = world.chain.send_bytes(role(name), world.payouts, Bytes::copy_from_slice(call));
        assert_reverts_with(&outcome, &error(role(name)));
    }
}

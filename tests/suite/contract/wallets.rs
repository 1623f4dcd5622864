//! Contract signers that talk too much, burn gas, call back, or are not what the owner said.

use alloy_sol_types::{SolCall as _, SolError as _, SolValue as _};
use revm::primitives::{Address, Bytes, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim},
    build,
    claims::{MONTH, claim, key, over, role, sign, tokens},
    world::{ENTRIES, Entry, FUNDS, World, assert_reverts},
};

#[test]
pub(super) fn a_long_answer_is_read_to_its_first_word() {
    for size in [32, 33, 500_000] {
        let mut world = with_signer("LongWindedWallet", &U256::from(size).abi_encode(), true);
        for (entry, index) in ENTRIES.into_iter().zip(0..) {
            let outcome = world.redeem_by(entry, &claim(role("ann"), index));
            assert!(outcome.result.is_ok(), "{size} bytes by {entry:?}: {:?}", outcome.result);
        }
    }
    let mut world = with_signer("LongWindedWallet", &U256::from(31).abi_encode(), true);
    let error = Payouts::InvalidSignature { digest: world.digest(&claim(role("ann"), 7)) };
    assert_reverts(&world.redeem(&claim(role("ann"), 7)), &error);
}

#[test]
pub(super) fn a_signer_that_burns_gas_signs_nothing() {
    for entry in ENTRIES {
        let mut world = with_signer("BurningWallet", &[], true);
        let claim = claim(role("ann"), 7);
        let error = Payouts::InvalidSignature { digest: world.digest(&claim) };
        assert_reverts(&world.redeem_by(entry, &claim), &error);
        assert_eq!(world.balance(world.payouts), tokens(FUNDS));
    }
}

#[test]
pub(super) fn a_signer_that_calls_back_changes_nothing() {
    let (same, other) = (claim(role("ann"), 7), claim(role("mallory"), 8));
    let Claim { index, from, to, .. } = same.clone();
    let call = |c: &Claim| Payouts::redeem_1Call { c: c.clone(), signature: Bytes::new() }.abi_encode();
    let questions = [
        // Its months are marked before the signer is asked.
        (Payouts::isSettledCall { index, month: from }.abi_encode(), true.abi_encode()),
        (call(&same), Payouts::AlreadySettled { index, from, to }.abi_encode()),
        // While it is asked, nothing can be written.
        (call(&other), vec![]),
        (Payouts::pauseCall {}.abi_encode(), Payouts::NotGuardian { sender: Address::ZERO }.abi_encode()),
    ];
    for (question, expected) in &questions[..3] {
        for entry in ENTRIES {
            let (question, expected) = (Bytes::copy_from_slice(question), Bytes::copy_from_slice(expected));
            let mut world = with_signer("AskingWallet", &(question, expected).abi_encode_params(), true);
            world.redeem_by(entry, &same).unwrap();
            assert_eq!(world.balance(world.payouts), tokens(FUNDS - 100), "{entry:?}");
            assert!(!world.is_settled(8, MONTH));
        }
    }
    // It was told something else than it expects: so the answers above were the true ones.
    let (question, wrong) = (Bytes::from(questions[0].0.clone()), Bytes::from(questions[3].1.clone()));
    let mut world = with_signer("AskingWallet", &(question, wrong).abi_encode_params(), true);
    let error = Payouts::InvalidSignature { digest: world.digest(&same) };
    assert_reverts(&world.redeem(&same), &error);
}

#[test]
pub(super) fn a_signer_of_the_other_kind_signs_nothing() {
    let owner = role("wallet's owner").abi_encode();
    // A wallet that is said to be an ordinary account, and an ordinary account that is said to be a wallet.
    let wallet = with_signer("HonestWallet", &owner, false);
    let mut account = World::new();
    set_signer(&mut account, role("signer"), true);
    for (world, name) in [(wallet, "wallet's owner"), (account, "signer")] {
        let claim = claim(role("ann"), 7);
        let signature = sign(&key(name), world.digest(&claim));
        let error = Payouts::InvalidSignature { digest: world.digest(&claim) };
        for entry in ENTRIES {
            assert_reverts(&world.clone().submit(entry, &claim, &signature), &error);
        }
    }
}

#[test]
pub(super) fn a_replaced_wallet_is_asked_no_more() {
    let owner = role("wallet's owner").abi_encode();
    let mut world = with_signer("HonestWallet", &owner, true);
    let wallet = world.read(&Payouts::signerCall {});
    let claim = claim(role("ann"), 7);
    let signature = sign(&key("wallet's owner"), world.digest(&claim));
    let second = world.chain.deploy(role("ann"), &build::double("HonestWallet"), &role("second").abi_encode()).unwrap();
    set_signer(&mut world, second, true);
    let error = Payouts::InvalidSignature { digest: world.digest(&claim) };
    for entry in ENTRIES {
        assert_reverts(&world.clone().submit(entry, &claim, &signature), &error);
    }
    for is_contract in [true, false] {
        let back = Payouts::setSignerCall { newSigner: wallet, isContract: is_contract };
        assert_reverts(&world.call(role("owner"), &back), &Payouts::SignerRetired { signer: wallet });
    }
    let signature = sign(&key("second"), world.digest(&claim));
    world.submit(Entry::Bytes, &claim, &signature).unwrap();
}

#[test]
pub(super) fn a_wallet_is_asked_about_each_item_of_a_batch() {
    let mut world = with_signer("HonestWallet", &role("wallet's owner").abi_encode(), true);
    world.key = key("wallet's owner");
    let claims = [7, 8, 9].map(|index| claim(role("ann"), index));
    for bad in 0..claims.len() {
        let mut items: Vec<_> = claims.iter().map(|claim| world.signed(claim)).collect();
        items[bad].r = world.signed(&over(claims[bad].clone(), tokens(1))).r;
        let error = Payouts::InvalidSignature { digest: world.digest(&claims[bad]) };
        assert_reverts(&world.clone().submit_many(items), &error);
    }
    assert_eq!(world.redeem_many(&claims).unwrap(), tokens(300));
}

fn with_signer(double: &str, arguments: &[u8], is_contract: bool) -> World {
    let mut world = World::new();
    let wallet = world.chain.deploy(role("mallory"), &build::double(double), arguments).unwrap();
    set_signer(&mut world, wallet, is_contract);
    world
}

fn set_signer(world: &mut World, signer: Address, is_contract: bool) {
    let set = Payouts::setSignerCall { newSigner: signer, isContract: is_contract };
    world.call(role("owner"), &set).unwrap();
}

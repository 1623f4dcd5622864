//! Every revert, on every entry point and in every position of a batch.

use alloy_sol_types::SolError as _;
use revm::primitives::{Address, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Token},
    claims::{MONTH, NOW, claim, key, over, role, sign, tokens},
    evm::Chain,
    world::{CAP, Deployment, ENTRIES, Entry, FUNDS, MAX_CLAIM, World, assert_reverts, assert_reverts_with},
};

/// Makes one thing wrong and gives the error that it must cause.
type Fault = fn(&mut World, &mut Claim) -> Vec<u8>;

/// Asks for one thing that a deployment must not have.
type Change = fn(&mut Deployment);

/// Faults that no entry point forgives.
const FAULTS: [(&str, Fault); 10] = [
    ("paused", |world, _| {
        world.call(role("guardian"), &Payouts::pauseCall {}).unwrap();
        Payouts::RedemptionsPaused {}.abi_encode()
    }),
    ("months in the wrong order", |_, claim| {
        claim.to -= U256::from(1);
        Payouts::InvalidMonths { from: claim.from, to: claim.to }.abi_encode()
    }),
    ("months of two blocks", |_, claim| {
        claim.to = U256::from(624);
        Payouts::InvalidMonths { from: claim.from, to: claim.to }.abi_encode()
    }),
    ("a block of the far future", |_, claim| {
        claim.to += U256::from(1) << 200;
        Payouts::InvalidMonths { from: claim.from, to: claim.to }.abi_encode()
    }),
    ("nobody", |_, claim| {
        claim.account = Address::ZERO;
        Payouts::ZeroAddress {}.abi_encode()
    }),
    ("nothing", |_, claim| {
        claim.amount = U256::ZERO;
        Payouts::ZeroAmount {}.abi_encode()
    }),
    ("too much for one claim", |_, claim| {
        claim.amount = tokens(MAX_CLAIM) + U256::from(1);
        Payouts::AboveMaxClaim { amount: claim.amount, maxClaim: tokens(MAX_CLAIM) }.abi_encode()
    }),
    ("another signer", |world, claim| {
        world.key = key("mallory");
        Payouts::InvalidSignature { digest: world.digest(claim) }.abi_encode()
    }),
    ("too much for one day", |world, _| {
        world.call(role("owner"), &Payouts::setDailyCapCall { cap: 99 }).unwrap();
        Payouts::DailyCapExceeded { wanted: U256::from(100), spent: U256::ZERO, cap: U256::from(99) }.abi_encode()
    }),
    ("not enough money", |world, claim| {
        let amount = tokens(FUNDS - 99);
        world.call(role("owner"), &Payouts::withdrawCall { token: world.token, amount }).unwrap();
        let (sender, balance) = (world.payouts, tokens(99));
        Token::ERC20InsufficientBalance { sender, balance, needed: claim.amount }.abi_encode()
    }),
];

/// Faults that a batch steps over.
const SKIPPED: [(&str, Fault); 4] = [
    ("expired", |_, claim| {
        claim.validUntil = U256::from(NOW - 1);
        Payouts::ClaimExpired { validUntil: claim.validUntil }.abi_encode()
    }),
    ("paid", |world, claim| {
        world.redeem(claim).unwrap();
        settled(claim)
    }),
    ("paid in part", |world, claim| {
        world.redeem(claim).unwrap();
        claim.to += U256::from(2);
        settled(claim)
    }),
    ("voided", |world, claim| {
        let void = Payouts::voidMonthsCall { index: claim.index, from: claim.from, to: claim.to };
        world.call(role("owner"), &void).unwrap();
        settled(claim)
    }),
];

#[test]
pub(super) fn each_fault_reverts_on_each_entry_point() {
    for (name, fault) in FAULTS.into_iter().chain(SKIPPED) {
        for entry in ENTRIES {
            // The zero address sends no transaction, and so never reaches this entry point.
            if entry == Entry::Many || (entry == Entry::To && name == "nobody") {
                continue;
            }
            let (mut world, mut claim) = (World::new(), claim(role("ann"), 7));
            let error = fault(&mut world, &mut claim);
            let (before, was) = (world.balance(world.payouts), world.is_settled(7, MONTH));
            println!("{name}, {entry:?}");
            assert_reverts_with(&world.redeem_by(entry, &claim), &error);
            assert_eq!((world.balance(world.payouts), world.is_settled(7, MONTH)), (before, was));
        }
    }
}

#[test]
pub(super) fn each_fault_reverts_a_batch_in_each_position() {
    for (name, fault) in FAULTS {
        for position in 0..3 {
            let (mut world, mut bad) = (World::new(), claim(role("ann"), 7));
            let good_signatures = world.clone();
            let error = fault(&mut world, &mut bad);
            // Neighbours cost next to nothing, so that the faulty item is the one that meets a limit.
            let claims = batch(position, &bad);
            let items = claims
                .iter()
                .map(|claim| if *claim == bad { world.signed(claim) } else { good_signatures.signed(claim) });
            let items = items.collect();
            println!("{name}, position {position}");
            let outcome = world.submit_many(items);
            match name {
                // The batch is counted as one, and its neighbours are part of the sum.
                "too much for one day" => {
                    let (wanted, spent, cap) = (U256::from(102), U256::ZERO, U256::from(99));
                    assert_reverts(&outcome, &Payouts::DailyCapExceeded { wanted, spent, cap });
                }
                // What is left depends on who was paid before.
                "not enough money" => assert!(outcome.result.is_err()),
                _ => assert_reverts_with(&outcome, &error),
            }
            assert!((7..10).all(|index| !world.is_settled(index, MONTH)), "a refused batch leaves no trace");
            assert_eq!(world.balance(role("bob")), U256::ZERO);
        }
    }
}

#[test]
pub(super) fn a_batch_steps_over_each_skipped_fault_in_each_position() {
    for (name, fault) in SKIPPED {
        for position in 0..3 {
            let (mut world, mut bad) = (World::new(), claim(role("ann"), 7));
            fault(&mut world, &mut bad);
            let before = world.balance(role("ann"));
            let paid = world.redeem_many(&batch(position, &bad)).unwrap();
            assert_eq!(paid, U256::from(2), "{name}, position {position}");
            assert_eq!(world.balance(role("ann")), before, "{name}, position {position}");
            assert_eq!(world.balance(role("bob")), U256::from(2), "{name}, position {position}");
        }
    }
}

#[test]
pub(super) fn only_the_account_says_where_its_money_goes() {
    let mut world = World::new();
    let claim = claim(role("ann"), 7);
    for sender in ["stranger", "owner", "signer", "treasury"] {
        let (c, signature, to) = (claim.clone(), world.sign(&claim).bytes(), role(sender));
        let outcome = world.call(role(sender), &Payouts::redeemToCall { c, signature, to });
        assert_reverts(&outcome, &Payouts::NotAccount { sender: role(sender), account: claim.account });
    }
    let (c, signature, to) = (claim.clone(), world.sign(&claim).bytes(), Address::ZERO);
    let outcome = world.call(claim.account, &Payouts::redeemToCall { c, signature, to });
    assert_reverts(&outcome, &Payouts::ZeroAddress {});
    // A signature by the account itself is worth nothing.
    let own = sign(&key("ann"), world.digest(&claim));
    let error = Payouts::InvalidSignature { digest: world.digest(&claim) };
    assert_reverts(&world.submit(Entry::To, &claim, &own), &error);
}

#[test]
pub(super) fn the_constructor_refuses_what_would_lose_money_or_power() {
    let zero = Address::ZERO;
    let cases: [(Change, Vec<u8>); 6] = [
        (|d| d.token = Address::ZERO, Payouts::ZeroAddress {}.abi_encode()),
        (|d| d.treasury = Address::ZERO, Payouts::ZeroAddress {}.abi_encode()),
        (|d| d.owner = Address::ZERO, Payouts::OwnableInvalidOwner { owner: zero }.abi_encode()),
        (|d| d.guardian = Address::ZERO, Payouts::ZeroAddress {}.abi_encode()),
        (|d| d.signer = Address::ZERO, Payouts::ZeroAddress {}.abi_encode()),
        (|d| d.max_claim = U256::ZERO, Payouts::ZeroAmount {}.abi_encode()),
    ];
    let world = World::new();
    for (change, error) in cases {
        let mut deployment = Deployment::of(world.token);
        change(&mut deployment);
        assert_reverts_with(&deployment.deploy(&mut world.chain.clone()), &error);
    }
    // An account without code is not a token.
    let outcome = Deployment::of(role("nobody")).deploy(&mut Chain::new(1, NOW));
    assert!(outcome.result.is_err());
    assert_eq!(world.read(&Payouts::dailyCapCall {}), CAP);
}

/// The item at a position among two claims of one base unit each.
fn batch(position: usize, item: &Claim) -> Vec<Claim> {
    let mut claims: Vec<_> = [8, 9].map(|index| over(claim(role("bob"), index), U256::from(1))).into();
    claims.insert(position, item.clone());
    claims
}

fn settled(claim: &Claim) -> Vec<u8> {
    let Claim { index, from, to, .. } = *claim;
    Payouts::AlreadySettled { index, from, to }.abi_encode()
}

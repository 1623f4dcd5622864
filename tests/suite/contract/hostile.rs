//! Tokens that call back by every door and with every power, that answer oddly, that burn gas or lie about decimals.

use alloy_sol_types::{SolCall as _, SolError as _, SolValue as _};
use revm::primitives::{Address, Bytes, U256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Token},
    build,
    claims::{MONTH, claim, over, role, tokens},
    evm::Outcome,
    tokens::{answer, arm},
    world::{Deployment, ENTRIES, Entry, FUNDS, World, assert_reverts_with},
};

#[test]
pub(super) fn calling_back_by_every_door_pays_once() {
    for outer in ENTRIES {
        for inner in ENTRIES {
            let mut world = World::with("HookToken", |_| ());
            // The token is the account, so that the door which only the account may use is open, too.
            let again = claim(world.token, 7);
            let data = call(&world, inner, &again);
            arm(&mut world, data);
            world.redeem_by(outer, &claim(role("ann"), 7)).unwrap();
            let Claim { index, from, to, .. } = again;
            let refusal = Payouts::AlreadySettled { index, from, to }.abi_encode();
            let wanted =
                if inner == Entry::Many { Ok(U256::ZERO.abi_encode().into()) } else { Err(Bytes::from(refusal)) };
            assert_eq!(answer(&world), wanted, "{outer:?}, then {inner:?}");
            assert_eq!(world.balance(world.payouts), tokens(FUNDS - 100));

            // Another claim is another matter: it is paid, and counted.
            let mut world = World::with("HookToken", |_| ());
            let data = call(&world, inner, &claim(world.token, 8));
            arm(&mut world, data);
            world.redeem_by(outer, &claim(role("ann"), 7)).unwrap();
            assert!(answer(&world).is_ok(), "{outer:?}, then {inner:?}");
            assert_eq!(world.balance(world.payouts), tokens(FUNDS - 200));
            assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(200));
            assert!(world.is_settled(7, MONTH) && world.is_settled(8, MONTH));
        }
    }
}

#[test]
pub(super) fn a_token_with_power_calls_back_in_vain() {
    let payments: [Claim; 2] = [claim(role("ann"), 7), claim(role("bob"), 8)];
    let part = tokens(FUNDS / 2);
    let duties: [(&str, Vec<u8>); 6] = [
        ("withdraw", Payouts::withdrawCall { token: Address::ZERO, amount: part }.abi_encode()),
        ("signer", Payouts::setSignerCall { newSigner: role("second"), isContract: true }.abi_encode()),
        ("cap", Payouts::setDailyCapCall { cap: 0 }.abi_encode()),
        (
            "void",
            Payouts::voidMonthsCall { index: U256::from(8), from: U256::from(MONTH), to: U256::from(MONTH) }
                .abi_encode(),
        ),
        ("guardian", Payouts::setGuardianCall { newGuardian: role("second") }.abi_encode()),
        ("pause", Payouts::pauseCall {}.abi_encode()),
    ];
    for (name, data) in duties {
        let mut world = World::with("HookToken", |deployment| {
            (deployment.owner, deployment.guardian) = (deployment.token, deployment.token);
        });
        let withdraw = Payouts::withdrawCall { token: world.token, amount: part };
        let data = if name == "withdraw" { withdraw.abi_encode() } else { data };
        arm(&mut world, data.into());
        // What was signed, settled and counted before money moved is paid, whatever the first payment sets off.
        assert_eq!(world.redeem_many(&payments).unwrap(), tokens(200), "{name}");
        assert!(answer(&world).is_ok(), "{name}");
        assert_eq!((world.balance(role("ann")), world.balance(role("bob"))), (tokens(100), tokens(100)), "{name}");
        let withdrawn = if name == "withdraw" { part } else { U256::ZERO };
        assert_eq!(world.balance(role("treasury")), withdrawn, "{name}");
        assert_eq!(world.balance(world.payouts), tokens(FUNDS - 200) - withdrawn, "{name}");
    }
    // If nothing is left, the payment fails, and so the withdrawal inside it never was.
    let mut world = World::with("HookToken", |deployment| deployment.owner = deployment.token);
    let all = Payouts::withdrawCall { token: world.token, amount: tokens(FUNDS) };
    arm(&mut world, all.abi_encode().into());
    assert!(world.redeem(&payments[0]).result.is_err());
    assert_eq!((world.balance(world.payouts), world.balance(role("treasury"))), (tokens(FUNDS), U256::ZERO));
    assert!(!world.is_settled(7, MONTH));
}

#[test]
pub(super) fn a_contract_is_called_by_its_own_name() {
    // Whoever set off the transaction is nobody's business: the token itself calls, and is named.
    let mut world = World::with("HookToken", |_| ());
    let theirs = claim(role("cyd"), 9);
    let pause: Bytes = Payouts::pauseCall {}.abi_encode().into();
    let redirect = call(&world, Entry::To, &theirs);
    let token = world.token;
    let refusals = [
        (pause.clone(), Payouts::NotGuardian { sender: token }.abi_encode()),
        (redirect, Payouts::NotAccount { sender: token, account: theirs.account }.abi_encode()),
    ];
    for (index, (data, refusal)) in (0..).zip(refusals) {
        arm(&mut world, data);
        world.redeem(&claim(role("ann"), index)).unwrap();
        assert_eq!(answer(&world), Err(refusal.into()));
    }
    let mut world = World::with("HookToken", |deployment| {
        (deployment.owner, deployment.guardian) = (deployment.token, deployment.token);
    });
    arm(&mut world, pause);
    let outcome = world.redeem(&claim(role("ann"), 7));
    assert_eq!(outcome.events::<Payouts::Paused>(), [Payouts::Paused { by: world.token }]);
    // Nothing is redeemed in a pause: a transfer by anybody lets the token call.
    arm(&mut world, Payouts::unpauseCall {}.abi_encode().into());
    let nothing = Token::transferCall { to: role("bob"), amount: U256::ZERO };
    let outcome = world.chain.send(role("ann"), world.token, &nothing);
    assert_eq!(outcome.events::<Payouts::Unpaused>(), [Payouts::Unpaused { by: world.token }]);
}

#[test]
pub(super) fn a_tokens_answer_is_yes_or_nothing() {
    let yes = U256::from(1).abi_encode();
    let cases: [(&str, Vec<u8>, u64, bool); 7] = [
        ("nothing", vec![], 0, true),
        ("yes", yes.clone(), 0, true),
        ("yes and 100,000 bytes", yes, 100_000, true),
        ("no", vec![], 32, false),
        ("no and 100,000 bytes", vec![], 100_000, false),
        ("two", U256::from(2).abi_encode(), 0, false),
        ("all bits", vec![0xff; 32], 0, false),
    ];
    for (name, data, zeros, pays) in cases {
        for entry in ENTRIES {
            let mut world = World::with("AnsweringToken", |_| ());
            let answer = Token::setAnswerCall { data: data.clone().into(), zeros: U256::from(zeros) };
            world.chain.send(role("mallory"), world.token, &answer).unwrap();
            let outcome = world.redeem_by(entry, &claim(role("ann"), 7));
            check_paid_or_untouched(&world, entry, &outcome, pays, name);
        }
    }
}

#[test]
pub(super) fn a_token_that_burns_gas_settles_nothing() {
    for entry in ENTRIES {
        let mut world = World::with("BurningToken", |_| ());
        world.chain.send(role("minter"), world.token, &Token::setRefusesCall { value: true }).unwrap();
        let outcome = world.redeem_by(entry, &claim(role("ann"), 7));
        check_paid_or_untouched(&world, entry, &outcome, false, "burnt");
    }
}

#[test]
pub(super) fn decimals_are_a_power_of_ten_that_fits() {
    let world = World::new();
    let deploy = |decimals: u64, world: &mut World| {
        let decimals = U256::from(decimals).abi_encode();
        let token = world.chain.deploy(role("minter"), &build::double("DecimalsToken"), &decimals).unwrap();
        Deployment { max_claim: U256::MAX, ..Deployment::of(token) }.deploy(&mut world.chain)
    };
    for decimals in [78, 255, 256, 1 << 32] {
        assert!(deploy(decimals, &mut world.clone()).result.is_err(), "{decimals} decimals");
    }
    // The largest claim of all: one token of 77 decimals and a part of another, or more tokens than any cap.
    let largest = over(claim(role("ann"), 7), U256::MAX);
    let mut many = world.clone();
    many.payouts = deploy(77, &mut many).unwrap();
    many.redeem(&largest).unwrap();
    assert_eq!(many.read(&Payouts::spentTodayCall {}), U256::from(2));
    let mut none = world;
    none.payouts = deploy(0, &mut none).unwrap();
    let (wanted, cap) = (U256::MAX, U256::from(100_000));
    let error = Payouts::DailyCapExceeded { wanted, spent: U256::ZERO, cap }.abi_encode();
    assert_reverts_with(&none.redeem(&largest), &error);
    none.redeem(&over(claim(role("ann"), 8), U256::from(100_000))).unwrap();
    assert_eq!(none.read(&Payouts::spentTodayCall {}), cap);
}

#[test]
pub(super) fn no_sum_starts_again_at_zero() {
    for cap in [100_000, u32::MAX] {
        let mut world = World::new();
        let token = world.chain.deploy(role("minter"), &build::double("DecimalsToken"), &[0; 32]).unwrap();
        let deployment = Deployment { max_claim: U256::MAX, daily_cap: cap, ..Deployment::of(token) };
        world.payouts = deployment.deploy(&mut world.chain).unwrap();
        world.redeem(&over(claim(role("ann"), 1), U256::from(2))).unwrap();
        // Together they are two units, if a sum may pass the largest number.
        let claims = [("ann", 7, U256::MAX), ("ann", 8, U256::from(3))];
        let claims = claims.map(|(who, index, amount)| over(claim(role(who), index), amount));
        assert!(world.redeem_many(&claims).result.is_err(), "one account");
        let other = Claim { account: role("bob"), ..claims[1].clone() };
        assert!(world.redeem_many(&[claims[0].clone(), other]).result.is_err(), "two accounts");
        assert_eq!(world.redeem(&claims[0]).result.is_ok(), cap == u32::MAX, "the count");
        assert!(!world.is_settled(8, MONTH));
    }
}

fn check_paid_or_untouched(world: &World, entry: Entry, outcome: &Outcome<()>, pays: bool, name: &str) {
    let receiver = if entry == Entry::To { role("elsewhere") } else { role("ann") };
    assert_eq!(outcome.result.is_ok(), pays, "{name} by {entry:?}: {outcome:?}");
    assert_eq!(world.is_settled(7, MONTH), pays, "{name} by {entry:?}");
    assert_eq!(world.balance(receiver), if pays { tokens(100) } else { U256::ZERO }, "{name} by {entry:?}");
    assert_eq!(world.read(&Payouts::spentTodayCall {}), U256::from(if pays { 100 } else { 0 }));
}

/// A call of this door with a good signature.
fn call(world: &World, entry: Entry, c: &Claim) -> Bytes {
    let signature = world.sign(c);
    let (r, vs, bytes, c) = (signature.r, signature.vs(), signature.bytes(), c.clone());
    match entry {
        Entry::Compact => Payouts::redeem_0Call { c, r, vs }.abi_encode(),
        Entry::Bytes => Payouts::redeem_1Call { c, signature: bytes }.abi_encode(),
        Entry::To => Payouts::redeemToCall { c, signature: bytes, to: role("elsewhere") }.abi_encode(),
        Entry::Many => Payouts::redeemManyCall { s: vec![world.signed(&c)] }.abi_encode(),
    }
    .into()
}

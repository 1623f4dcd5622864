//! Which signatures count: malformed, malleable, foreign ones do not; a contract signer is asked.

use alloy_sol_types::{SolStruct as _, SolValue as _};
use revm::primitives::{Address, B256, Bytes, U256, bytes, keccak256};

use super::{
    abi::{AmbassadorPayouts as Payouts, Claim, Signed, Wallet},
    build,
    claims::{GROUP_ORDER, NOW, Signature, claim, domain, key, role, sign, tokens},
    evm::{Chain, Outcome},
    world::{ENTRIES, Entry, World, assert_reverts},
};

/// The answer of ERC-1271 that means yes.
const YES: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

#[test]
pub(super) fn malformed_signatures_are_refused() {
    let mut world = World::new();
    let claim = claim(role("ann"), 7);
    let good = world.sign(&claim);
    let bytes = good.bytes().to_vec();
    let with_v = |v: u8| [&bytes[..64], &[v]].concat();
    let high = Signature { s: GROUP_ORDER - good.s, odd: !good.odd, ..good };
    let compact = [good.r.as_slice(), good.vs().as_slice()].concat();
    let cases = [
        ("empty", vec![]),
        ("64 bytes, compact", compact),
        ("64 bytes, no v", bytes[..64].to_vec()),
        ("66 bytes", [&bytes[..], &[0]].concat()),
        ("zeros", vec![0; 65]),
        ("zeros with v", [&[0; 64][..], &[27]].concat()),
        ("high s", high.bytes().to_vec()),
        ("v of 0 or 1", with_v(u8::from(good.odd))),
        ("the other v", with_v(28 - u8::from(good.odd))),
        ("v of 29", with_v(29)),
        ("r of zero", [&[0; 32], &bytes[32..]].concat()),
        ("s of zero", [&bytes[..32], &[0; 32], &bytes[64..]].concat()),
        ("r above the order", [&[0xff; 32], &bytes[32..]].concat()),
    ];
    for (name, signature) in cases {
        println!("{name}");
        check_refused(&world, &claim, &submit_bytes(&mut world.clone(), &claim, &signature));
    }
    for (r, vs) in [
        (B256::ZERO, B256::ZERO),
        (good.r, B256::ZERO),
        (B256::ZERO, good.vs()),
        (good.r, high.vs()),
        (good.r, B256::from(U256::from_be_bytes(good.vs().0) ^ (U256::from(1) << 255))),
    ] {
        let c = claim.clone();
        check_refused(&world, &claim, &world.clone().call(role("ann"), &Payouts::redeem_0Call { c, r, vs }));
        let s = vec![Signed { claim: claim.clone(), r, vs }];
        check_refused(&world, &claim, &world.clone().submit_many(s));
    }
    world.redeem(&claim).unwrap();
}

#[test]
pub(super) fn a_signature_is_good_for_one_chain_one_contract_one_signer() {
    let world = World::new();
    let claim = claim(role("ann"), 7);
    let mut named = domain(1, world.payouts);
    named.name = Some("AmbassadorPayout".into());
    let mut versioned = domain(1, world.payouts);
    versioned.version = Some("2".into());
    let foreign = [domain(5, world.payouts), domain(1, role("another contract")), named, versioned];
    let mut signatures: Vec<_> =
        foreign.iter().map(|domain| sign(&key("signer"), claim.eip712_signing_hash(domain))).collect();
    signatures.push(sign(&key("mallory"), world.digest(&claim)));
    signatures.push(sign(&key("owner"), world.digest(&claim)));
    signatures.push(sign(&key("signer"), claim.eip712_hash_struct()));
    for signature in signatures {
        for entry in ENTRIES {
            check_refused(&world, &claim, &world.clone().submit(entry, &claim, &signature));
        }
    }
}

#[test]
pub(super) fn after_a_fork_the_new_chain_wants_new_signatures() {
    let mut world = World::new();
    let claim = claim(role("ann"), 7);
    let old = world.sign(&claim);
    world.chain.id = 7777;
    check_refused(&world, &claim, &world.clone().submit(Entry::Bytes, &claim, &old));
    world.redeem(&claim).unwrap();
}

#[test]
pub(super) fn the_signature_covers_every_field() {
    let changes: [fn(&mut Claim); 7] = [
        |claim| claim.account = role("mallory"),
        |claim| claim.index += U256::from(1),
        |claim| claim.from -= U256::from(1),
        |claim| claim.to += U256::from(1),
        |claim| claim.amount += U256::from(1),
        |claim| claim.validUntil += U256::from(1),
        |claim| claim.statement = B256::ZERO,
    ];
    let world = World::new();
    let signature = world.sign(&claim(role("ann"), 7));
    for change in changes {
        let mut other = claim(role("ann"), 7);
        change(&mut other);
        for entry in ENTRIES {
            check_refused(&world, &other, &world.clone().submit(entry, &other, &signature));
        }
    }
}

#[test]
pub(super) fn an_ordinary_signer_with_code_still_signs_itself() {
    let mut world = World::new();
    // EIP-7702 gives an ordinary account code; this code says yes to everything.
    let agrees = bytes!("631626ba7e60e01b5f5260205ff3");
    world.chain.set_code(role("delegate"), &agrees);
    world.chain.set_code(role("signer"), &[&[0xef, 0x01, 0x00][..], role("delegate").as_slice()].concat().into());
    for (entry, index) in ENTRIES.into_iter().zip(0..) {
        let claim = claim(role("ann"), index);
        let forged = sign(&key("mallory"), world.digest(&claim));
        check_refused(&world, &claim, &world.clone().submit(entry, &claim, &forged));
        check_refused(&world, &claim, &submit_bytes(&mut world.clone(), &claim, b"anything"));
        world.redeem_by(entry, &claim).unwrap();
    }
}

#[test]
pub(super) fn a_contract_signer_is_asked() {
    let mut world = World::new();
    let owner = role("wallet's owner").abi_encode();
    let wallet = world.chain.deploy(role("ann"), &build::double("HonestWallet"), &owner).unwrap();
    set_signer(&mut world, wallet);
    for (entry, index) in ENTRIES.into_iter().zip(0..) {
        let claim = claim(role("ann"), index);
        let foreign = sign(&key("signer"), world.digest(&claim));
        check_refused(&world, &claim, &world.clone().submit(entry, &claim, &foreign));
        let good = sign(&key("wallet's owner"), world.digest(&claim));
        world.submit(entry, &claim, &good).unwrap();
    }
    // Both points R, so that each parity of the compact form reaches the wallet.
    for index in 10..20 {
        let claim = claim(role("bob"), index);
        let good = sign(&key("wallet's owner"), world.digest(&claim));
        world.submit(Entry::Compact, &claim, &good).unwrap();
    }
    assert_eq!(world.balance(role("bob")), tokens(1000));
    world.chain.send(role("ann"), wallet, &Wallet::setRevokedCall { value: true }).unwrap();
    let late = claim(role("ann"), 9);
    let good = sign(&key("wallet's owner"), world.digest(&late));
    for entry in ENTRIES {
        check_refused(&world, &late, &world.clone().submit(entry, &late, &good));
    }
}

#[test]
pub(super) fn a_contract_signer_must_say_yes_exactly() {
    let mut last_bit = padded(YES);
    last_bit[31] = 1;
    let no = padded([0xff; 4]);
    let answers = [
        ("nothing", vec![], false),
        ("four bytes", YES.to_vec(), false),
        ("31 bytes", padded(YES)[..31].to_vec(), false),
        ("no", no, false),
        ("zero", vec![0; 32], false),
        ("true", U256::from(1).to_be_bytes_vec(), false),
        ("yes with another bit", last_bit, false),
        ("yes in a revert", padded(YES), true),
    ];
    for (name, answer, reverts) in answers {
        println!("{name}");
        let mut world = World::new();
        let wallet = lying_wallet(&mut world, &answer, reverts);
        set_signer(&mut world, wallet);
        let claim = claim(role("ann"), 7);
        for entry in ENTRIES {
            check_refused(&world, &claim, &world.clone().redeem_by(entry, &claim));
        }
        check_refused(&world, &claim, &submit_bytes(&mut world.clone(), &claim, b"anything"));
    }
    let mut world = World::new();
    let wallet = lying_wallet(&mut world, &padded(YES), false);
    set_signer(&mut world, wallet);
    submit_bytes(&mut world, &claim(role("ann"), 7), b"anything").unwrap();
}

#[test]
pub(super) fn a_contract_signer_without_code_signs_nothing() {
    let mut world = World::new();
    let set = Payouts::setSignerCall { newSigner: role("signer"), isContract: true };
    world.call(role("owner"), &set).unwrap();
    let claim = claim(role("ann"), 7);
    for entry in ENTRIES {
        check_refused(&world, &claim, &world.clone().redeem_by(entry, &claim));
    }
}

fn set_signer(world: &mut World, wallet: Address) {
    let set = Payouts::setSignerCall { newSigner: wallet, isContract: true };
    world.call(role("owner"), &set).unwrap();
}

fn lying_wallet(world: &mut World, answer: &[u8], reverts: bool) -> Address {
    let arguments = (Bytes::copy_from_slice(answer), reverts).abi_encode_params();
    world.chain.deploy(role("mallory"), &build::double("LyingWallet"), &arguments).unwrap()
}

fn submit_bytes(world: &mut World, claim: &Claim, signature: &[u8]) -> Outcome<()> {
    let (c, signature) = (claim.clone(), Bytes::copy_from_slice(signature));
    world.call(role("stranger"), &Payouts::redeem_1Call { c, signature }).map(drop)
}

fn padded(answer: [u8; 4]) -> Vec<u8> {
    [&answer[..], &[0; 28]].concat()
}

#[track_caller]
fn check_refused<T: std::fmt::Debug>(world: &World, claim: &Claim, outcome: &Outcome<T>) {
    assert_reverts(outcome, &Payouts::InvalidSignature { digest: world.digest(claim) });
}

#[test]
fn the_answer_of_erc_1271_is_its_selector() {
    assert_eq!(keccak256("isValidSignature(bytes32,bytes)")[..4], YES);
}

/// Asks the chain whose signature it is (`ecrecover`, at the address 1), as the contract does.
pub(crate) fn recovered_by_the_chain(digest: &[u8; 32], v: u8, words: &[u8; 64]) -> Option<[u8; 20]> {
    let data = [&digest[..], &[0; 31], &[v], words].concat();
    let answer = Chain::new(1, NOW).send_bytes(role("ann"), Address::with_last_byte(1), data.into()).unwrap();
    Some(answer.get(12..)?.try_into().expect("a word holds an address"))
}

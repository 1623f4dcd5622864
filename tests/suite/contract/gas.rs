//! What a redemption costs, beside what other claim contracts cost.
//!
//! The peers were measured on a local chain of the same rules (Prague) with the same compiler and optimizer, via-IR, in
//! the same two situations. "First": the account has no tokens yet. "Later": it has some. In both the word of settled
//! bits is in use by neighbours, and a redemption was counted before.

use revm::primitives::U256;

use super::{
    claims::{MONTH, claim, for_months, role, tokens},
    world::{Deployment, World},
};

/// Name, first redemption, later redemption.
const PEERS: [(&str, u64, u64); 6] = [
    ("Uniswap MerkleDistributor, 17 levels", 75_310, 58_225),
    ("1inch cumulative Merkle drop", 92_899, 58_732),
    ("Morpho URD", 94_852, 60_700),
    ("Sablier MerkleInstant", 84_252, 67_152),
    ("thirdweb airdrop by signature", 98_155, 81_043),
    ("Merkl Distributor", 142_722, 91_395),
];
/// Measured with the older code generator only.
const GALXE: (&str, u64, u64) = ("Galxe TokenReward, legacy", 100_271, 83_166);

#[test]
fn one_redemption_costs_less_than_any_peers() {
    let metered = first_and_later(&World::new());
    let unmetered = first_and_later(&World::with("PlainToken", |deployment| {
        deployment.daily_cap = u32::MAX;
    }));
    println!("{:<40} {:>8} {:>8}", "gas of one redemption", "first", "later");
    for (name, (first, later)) in [("Rally Ambassadors, metered", metered), ("Rally Ambassadors, unmetered", unmetered)]
    {
        println!("{name:<40} {first:>8} {later:>8}");
    }
    for (name, first, later) in PEERS.into_iter().chain([GALXE]) {
        println!("{name:<40} {first:>8} {later:>8}");
    }
    for (name, first, later) in PEERS.into_iter().chain([GALXE]) {
        assert!(metered.0 < first && metered.1 < later, "{name} is cheaper");
    }
    assert!(unmetered.0 < metered.0 && unmetered.1 < metered.1);
}

#[test]
fn ranges_and_batches_cost_less_than_their_parts() {
    let world = warmed(&World::new());
    let (_, later) = first_and_later(&World::new());

    let year = for_months(claim(role("ann"), 2), 608, 619);
    let mut returning = world.clone();
    returning.redeem(&for_months(claim(role("ann"), 2), 620, 620)).unwrap();
    let outcome = returning.redeem(&year);
    let range = outcome.gas;
    outcome.unwrap();

    let ten: Vec<_> = (2..12).map(|index| claim(role(&format!("account {index}")), index)).collect();
    let outcome = world.clone().redeem_many(&ten);
    let batch = outcome.gas;
    outcome.unwrap();

    let one_account: Vec<_> = (2..12).map(|index| claim(role("ann"), index)).collect();
    let outcome = world.clone().redeem_many(&one_account);
    let run = outcome.gas;
    outcome.unwrap();

    let mut world = world;
    let deployment = Deployment::of(world.token).deploy(&mut world.chain).gas;
    println!("twelve months in one claim               {range:>8}");
    println!("ten new accounts in one call             {batch:>8}   {:>6} each", batch / 10);
    println!("ten claims of one new account            {run:>8}   {:>6} each", run / 10);
    println!("deployment                               {deployment:>8}");
    assert!(range < later + 500, "twelve months cost about as much as one");
    assert!(batch < 10 * 60_000 && run < 10 * 20_000);
}

/// Gas of an account's first redemption, and of its next.
fn first_and_later(world: &World) -> (u64, u64) {
    let mut world = warmed(world);
    [MONTH, MONTH + 1]
        .map(|month| {
            // 21,000 tokens and a 32-byte hash: the calldata of an ordinary month.
            let mut claim = for_months(claim(role("ann"), 2), month, month);
            claim.amount = tokens(21_000);
            let outcome = world.redeem(&claim);
            let gas = outcome.gas;
            outcome.unwrap();
            gas
        })
        .into()
}

/// The word of bits is in use, and so is the day's count.
fn warmed(world: &World) -> World {
    let mut world = world.clone();
    world.redeem(&claim(role("neighbour"), 1)).unwrap();
    assert!(world.balance(role("ann")) == U256::ZERO);
    world
}

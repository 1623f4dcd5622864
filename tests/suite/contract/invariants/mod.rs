//! Random histories of many accounts, roles and doors, beside a model and beside books that are kept from events alone.
//!
//! `CONTRACT_STEPS` makes the long history longer, `CONTRACT_SEED` makes it another one.

mod act;
mod books;
mod model;
mod state;
mod step;

use std::env;

use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use self::{act::History, step::Step};
use super::{mutants::message, world::World};

/// Steps of the long history, if nothing else is asked for.
const STEPS: usize = 3_000;
/// Its seed.
const SEED: u64 = 611;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_agrees_with_the_model(steps in vec(step::any(step::Range::Narrow), 1..40)) {
        play(&World::new(), &steps);
    }
}

#[test]
fn a_long_history_agrees_with_the_model() {
    let steps = number("CONTRACT_STEPS").map_or(STEPS, |steps| steps.try_into().expect("steps fit in memory"));
    let seed = number("CONTRACT_SEED").unwrap_or(SEED);
    let mut runner = seeded(seed, 1);
    let strategy = step::any(step::Range::Wide);
    let mut next = || strategy.new_tree(&mut runner).expect("no step is filtered").current();
    let steps: Vec<Step> = (0..steps).map(|_| next()).collect();
    let world = World::new();
    let mut history = History::new(world.clone());
    for (place, step) in steps.iter().enumerate() {
        if let Some(failure) = message(|| history.take(step)) {
            let kept = shortest(&world, &steps[..=place]);
            let again = format!("CONTRACT_SEED={seed} CONTRACT_STEPS={}", steps.len());
            panic!("step {place} of {again}: {failure}\nthe same needs only {} steps: {kept:#?}", kept.len());
        }
    }
    println!("seed {seed}: {history}");
    history.assert_everything_happened();
}

/// A fixed sample of histories, for the mutants.
pub(super) fn a_sample_agrees_with_the_model() {
    let world = World::new();
    let histories = vec(step::any(step::Range::Narrow), 1..60);
    seeded(SEED, 12)
        .run(&histories, |steps| {
            play(&world, &steps);
            Ok(())
        })
        .expect("the contract agrees with its model");
}

fn play(world: &World, steps: &[Step]) {
    let mut history = History::new(world.clone());
    for step in steps {
        history.take(step);
    }
}

/// Steps of a failing history, without those that it fails without: whole runs of them first, single ones last.
fn shortest(world: &World, steps: &[Step]) -> Vec<Step> {
    let mut kept = steps.to_vec();
    let mut run = kept.len().div_ceil(2);
    loop {
        let mut start = 0;
        while start < kept.len() {
            let mut fewer = kept.clone();
            fewer.drain(start..(start + run).min(kept.len()));
            if message(|| play(world, &fewer)).is_some() {
                kept = fewer;
            } else {
                start += run;
            }
        }
        if run == 1 {
            return kept;
        }
        run = run.div_ceil(2);
    }
}

fn seeded(seed: u64, cases: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn number(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a whole number, not `{text}`")))
}

#[test]
fn a_failing_history_is_made_short() {
    // A model of a contract without a largest claim fails at the first claim above it, and needs nothing else.
    let world = World::with("PlainToken", |deployment| deployment.max_claim = revm::primitives::U256::MAX);
    let mut runner = seeded(SEED, 1);
    let steps = vec(step::any(step::Range::Narrow), 400).new_tree(&mut runner).expect("no step is filtered").current();
    assert!(message(|| play(&world, &steps)).is_some(), "the sample has a claim that is too large");
    let kept = shortest(&world, &steps);
    assert_eq!(kept.len(), 1, "{kept:?}");
}

//! The claim contract, run in an EVM inside this process.
//!
//! Calls, events, errors and the digest that is signed come from `abi`, which another library than ours encodes, so that
//! these tests are an opinion independent of `core`.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that is wrong about the chain shall stop loudly"
)]

pub(super) mod abi;
pub(super) mod build;
mod evm;
mod world;

mod claims;

mod artifact;
mod borders;
mod gas;
mod hostile;
mod invariants;
mod meter;
mod mutants;
mod mutations;
mod operators;
mod redeem;
mod reverts;
mod roles;
mod signatures;
mod tokens;
mod wallets;

pub(super) use signatures::recovered_by_the_chain;

//! The whole way on real parts: records, the signer's binary, a local chain, other people's libraries and tools.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop and say where"
)]

mod node;
mod programme;
mod proxy;
mod world;

mod chain;
mod deploy;
mod limits;
mod names;
mod outside;
mod recipe;
mod replace;
mod safe;
mod transfers;
mod way;

//! The command line as people and scripts use it: the real binary in folders that are thrown away.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop; a field of JSON that is missing reads as null"
)]

mod acceptances;
mod cases;
mod environment;
mod example;
mod exports;
pub(crate) mod folder;
mod golden;
mod imports;
mod outside;
pub(crate) mod random;
mod recipes;
mod repeat;
mod standard_input;
mod warehouse;

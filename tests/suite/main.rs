//! What crosses rooms.

mod architecture;
mod binary;
mod cli;
mod contract;
mod example;
mod intake;
mod journey;
mod keys;
mod rules;

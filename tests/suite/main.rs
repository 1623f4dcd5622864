//! What crosses rooms.

mod architecture;
mod contract;
mod example;
mod intake;
mod journey;
mod keys;
mod rules;

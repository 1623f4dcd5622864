//! What crosses rooms.

mod architecture;
mod contract;
mod example;
mod intake;
mod keys;
mod rules;

//! What crosses rooms.

mod architecture;
mod cli;
mod contract;
mod example;
mod intake;
mod keys;

//! What crosses rooms.

mod architecture;
mod contract;
mod intake;
mod keys;

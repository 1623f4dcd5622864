//! What crosses rooms.

mod architecture;
mod contract;
mod keys;

//! What crosses rooms.

mod architecture;
mod keys;

//! What crosses rooms.

mod intake;
mod keys;

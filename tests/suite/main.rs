//! What crosses rooms.

mod intake;

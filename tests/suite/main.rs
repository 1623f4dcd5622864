//! What crosses rooms.

mod keys;

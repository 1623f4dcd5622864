//! What crosses rooms.

mod contract;

//! What crosses rooms.

mod example;

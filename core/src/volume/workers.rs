//! Who does work that can be done in any order.

use alloc::vec::Vec;

/// Does the same work on several items, in any order and on as many threads as it likes.
pub trait Workers {
    /// Returns what `work` makes of each item, in the order of the items.
    fn map<T: Send, U: Send>(&self, items: Vec<T>, work: impl Fn(T) -> U + Sync) -> Vec<U>;
}

/// Does one item after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InTurn;

impl Workers for InTurn {
    fn map<T: Send, U: Send>(&self, items: Vec<T>, work: impl Fn(T) -> U + Sync) -> Vec<U> {
        items.into_iter().map(work).collect()
    }
}

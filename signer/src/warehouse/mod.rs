//! Rule R3 as one query, for events that live in a warehouse.
//!
//! What is watched comes from the core's [`Watched`](ambassador_core::volume::Watched), which the meter of files reads
//! as well; the query only does with it what the meter does.

mod dialect;
mod query;

pub use self::{
    dialect::{Dialect, TableName},
    query::query,
};

//! The core of an ambassador programme's payouts for JavaScript: it maps values and decides nothing.
//!
//! Money crosses as text, absent values as `undefined`, failures as real errors with a `code`.
//! The module has no standard library, so that what a page loads holds nothing that it does not use.

#![no_std]

extern crate alloc;

mod mirror;
mod text;

pub mod error;
#[cfg(feature = "claims")]
mod closes;
pub mod calculator;
#[cfg(feature = "claims")]
pub mod chart;
#[cfg(feature = "claims")]
pub mod explanation;
#[cfg(feature = "claims")]
pub mod statement;
#[cfg(feature = "claims")]
mod recovery;
#[cfg(feature = "claims")]
pub mod claim;
#[cfg(feature = "claims")]
pub mod invite;
#[cfg(feature = "claims")]
pub mod month;

#[cfg(target_arch = "wasm32")]
mod runtime;

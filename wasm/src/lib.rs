//! The core of an ambassador programme's payouts for JavaScript: it maps values and decides nothing.
//!
//! Money crosses as text, absent values as `undefined`, failures as real errors with a `code`.
//! The module has no standard library, so that what a page loads holds nothing that it does not use.

#![no_std]

extern crate alloc;

mod mirror;
mod text;

pub mod error;
pub mod calculator;

#[cfg(target_arch = "wasm32")]
mod runtime;

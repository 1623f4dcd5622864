#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;

// The order is the order of dependence: a module names only modules above it.
pub mod diagnostic;

pub mod address;
pub mod basis_points;
pub mod calendar;
pub mod decimal;
pub mod hash;
pub mod identifier;
pub mod price;
pub mod token;
pub mod usd;

pub mod programme;
pub mod records;
pub mod terms;

pub mod allocation;
pub mod attribution;
pub mod calldata;
pub mod claim;
pub mod conversion;
pub mod documents;
pub mod entitlement;
pub mod pricing;
pub mod reason;
pub mod settlement;
pub mod statement;
pub mod tier;
pub mod volume;

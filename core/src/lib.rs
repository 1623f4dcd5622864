#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;

// The order is the order of dependence: a module names only modules above it.
pub mod diagnostic;
mod eights;
pub mod word;

pub mod decimal;
pub mod usd;
pub mod token;
pub mod price;
pub mod calendar;
pub mod hash;
pub mod address;
pub mod identifier;
pub mod basis_points;

pub mod terms;
pub mod amendment;
pub mod records;
pub mod consistency;
pub mod programme;

pub mod attribution;
pub mod event;
pub mod volume;
pub mod supporters;
pub mod tier;

pub mod pricing;
pub mod conversion;
pub mod comparison;
pub mod reason;
pub mod entitlement;
pub mod allocation;
mod shortfall;
pub mod settlement;
pub mod overview;
pub mod statement;
pub mod worth;
pub mod quote;
pub mod explanation;

pub mod signature;
pub mod contract_signature;
pub mod claim;
pub mod invite;
pub mod inviting;
pub mod acceptances;
pub mod dates;
pub mod calldata;
pub mod ens;
pub mod contract;
pub mod contract_event;
pub mod funding;
pub mod transfer;
pub mod deployment;
pub mod redemption;
pub mod documents;

//! What crosses rooms.

mod architecture;
mod binary;
mod browser;
mod cli;
mod constant_time;
mod contract;
mod crash;
mod example;
mod host;
mod interop;
mod journey;
mod keys;
mod named;
mod rules;
mod seeds;
mod supply;
mod vectors;

//! `cargo web`: builds the page of an ambassador programme, serves it, and shows it on a local chain.

mod failure;
mod cli;
mod places;
mod folder;
mod tools;
mod build;
mod bill;
mod server;
mod demo;
mod commands;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match commands::run(&cli::Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

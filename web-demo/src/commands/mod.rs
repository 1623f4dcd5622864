//! One file per command.

mod build;
mod serve;
mod demo;
mod sbom;

use crate::{cli::Command, failure::Failure};

/// Runs a command.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Build(args) => build::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Sbom => sbom::run(),
    }
}

//! One file per command.

mod build;

use crate::{cli::Command, failure::Failure};

/// Runs a command.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Build(args) => build::run(args),
    }
}

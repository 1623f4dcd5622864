//! `completions SHELL`: the completions of a shell.

use clap::CommandFactory as _;
use serde_json::json;

use super::Outcome;
use crate::cli::{Cli, CompletionsArgs};

pub(super) fn run(args: &CompletionsArgs) -> Outcome {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ambassador-signer", &mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Outcome::new(text.clone(), json!({ "completions": text }))
}

//! The command line: words and flags, nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Builds the page of an ambassador programme, serves it, and shows it on a local chain.
#[derive(Clone, Debug, Parser)]
#[command(name = "cargo web", bin_name = "cargo web", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the page as a folder of static files, and the WASM modules as an npm package
    Build(BuildArgs),
}

/// Arguments of `build`.
#[derive(Clone, Debug, Args)]
pub(crate) struct BuildArgs {
    /// Where the page goes [default: web-demo/dist]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Where the npm package goes [default: wasm/pkg]
    #[arg(long, value_name = "DIR")]
    pub(crate) npm: Option<PathBuf>,
    /// The page's own files [default: web-demo/page]
    #[arg(long, value_name = "DIR")]
    pub(crate) page: Option<PathBuf>,
}

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
    /// Build the page and serve it to this machine, beside what a programme published
    Serve(ServeArgs),
    /// Close the example's month on a local chain and serve the page with a wallet that can redeem it
    Demo(DemoArgs),
    /// Print what is shipped and everything in it, as a bill of materials (`CycloneDX` 1.6)
    Sbom,
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

/// Arguments of `serve`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen on 127.0.0.1; 0 takes any free port
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// What the programme published [default: what lies beside the page, else examples/rally/published]
    #[arg(long, value_name = "DIR")]
    pub(crate) published: Option<PathBuf>,
    /// Serve a page that was built before
    #[arg(long, value_name = "DIR")]
    pub(crate) dist: Option<PathBuf>,
    /// Answer under this host's name, too; all but 127.0.0.1 and localhost are refused
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
}

/// Arguments of `demo`.
#[derive(Clone, Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where to listen on 127.0.0.1; 0 takes any free port
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Serve a page that was built before
    #[arg(long, value_name = "DIR")]
    pub(crate) dist: Option<PathBuf>,
}

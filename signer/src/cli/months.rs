//! Arguments of what a month goes through: records, settling, publishing, verifying.

use std::path::{Path, PathBuf};

use ambassador_core::{address::Address, calendar::Month};
use clap::Args;

use super::{ChainOptions, Consent, ContractOptions, KeyOptions, address, besides, month};
use crate::{
    intake::activity::{Besides, Events},
    rpc::RpcUrl,
    warehouse::{Dialect, TableName},
};

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The folder to write, which must not have files of that name
    pub dir: PathBuf,
}

/// Where events are besides the files below `activity/`.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct ActivityOptions {
    /// Read events from standard input too: CSV or JSON Lines, plain, .gz or .zst
    #[arg(long, value_name = "-", value_parser = besides)]
    pub activity: Option<Besides>,
}

impl ActivityOptions {
    /// Returns where the events of the programme folder `root` are.
    pub fn of(self, root: &Path) -> Events<'_> {
        Events { root, besides: self.activity.unwrap_or_default() }
    }
}

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Where
    #[command(flatten)]
    pub activity: ActivityOptions,
}

/// How a month is settled.
#[derive(Clone, Debug, Default, Args)]
pub struct SettleOptions {
    /// Settle before the challenge days are over, for this recorded reason
    #[arg(long, value_name = "REASON")]
    pub early: Option<String>,
    /// Accept a last close far off the mean, for this recorded reason
    #[arg(long, value_name = "REASON")]
    pub price_deviation: Option<String>,
}

/// Arguments of `settle`.
#[derive(Clone, Debug, Args)]
pub struct SettleArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// How
    #[command(flatten)]
    pub options: SettleOptions,
    /// Where
    #[command(flatten)]
    pub activity: ActivityOptions,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `import`.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// The source, as `sources.toml` names it
    pub source: String,
    /// The exports
    #[arg(value_name = "FILE", required_unless_present_any = ["actor", "rpc"], conflicts_with_all = ["actor", "rpc"])]
    pub files: Vec<PathBuf>,
    /// Read the transfers of a source of transfers from this endpoint, up to its latest final block
    #[arg(long, value_name = "URL", conflicts_with = "actor")]
    pub rpc: Option<RpcUrl>,
    /// Begin at this block; at the source's own first one unless named
    #[arg(long, value_name = "BLOCK", requires = "rpc")]
    pub first_block: Option<u64>,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "rpc",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Print the pseudonym of a user of that source instead, for `parties.csv`
    #[arg(long, value_name = "ID")]
    pub actor: Option<String>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `activity-sql`.
#[derive(Clone, Debug, Args)]
pub struct ActivitySqlArgs {
    /// The month, such as 2020-12: events are measured up to its end
    #[arg(value_parser = month)]
    pub month: Month,
    /// The warehouse
    #[arg(long)]
    pub dialect: Dialect,
    /// The table of events
    #[arg(long, value_name = "NAME", default_value = "activity")]
    pub table: TableName,
}

/// Arguments of `publish`.
#[derive(Clone, Debug, Args)]
pub struct PublishArgs {
    /// The months, such as 2020-12
    #[arg(required = true, value_parser = month)]
    pub months: Vec<Month>,
    /// Where
    #[command(flatten)]
    pub chain: ChainOptions,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Arguments of `close`.
#[derive(Clone, Debug, Args)]
pub struct CloseArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// How
    #[command(flatten)]
    pub options: SettleOptions,
    /// Where
    #[command(flatten)]
    pub activity: ActivityOptions,
    /// Whose
    #[command(flatten)]
    pub key: KeyOptions,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// Arguments of `verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifyArgs {
    /// A statement, a claim, a month's folder, or a published folder
    #[arg(required = true, value_name = "FILE or DIR")]
    pub paths: Vec<PathBuf>,
    /// The address that must have signed
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub signer: Option<Address>,
    /// By whom
    #[command(flatten)]
    pub contract: ContractOptions,
}

/// Arguments of `completions`.
#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

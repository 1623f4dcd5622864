//! The command line: words and flags, nothing else.

use std::path::PathBuf;

use ambassador_core::{
    address::Address,
    calendar::Month,
    deployment::{DailyCap, DailyCapError},
    diagnostic::Diagnostic as _,
};
use clap::{Parser, Subcommand};

pub use chain::{ChainOptions, DeployArgs, FundArgs, ResolveArgs, SendingOptions, StatusArgs};
pub use months::{
    ActivityOptions, ActivitySqlArgs, CheckArgs, CloseArgs, CompletionsArgs, ImportArgs, InitArgs, PublishArgs,
    SettleArgs, SettleOptions, VerifyArgs,
};
pub use papers::{
    AirdropArgs, CalendarArgs, ExportCommand, StatementArgs, TaxArgs, TermsCommand, TermsDiffArgs, TermsHashArgs,
    TermsProposalArgs,
};
pub use signing::{
    AttachArgs, Consent, ContractOptions, KeyCommand, KeyOptions, NewKeyArgs, OutsideOptions, ReissueArgs,
    ReplacementOptions, SignArgs,
};

mod chain;
mod months;
mod papers;
mod signing;

use crate::intake::activity::{Besides, STANDARD_INPUT};

/// Settles the months of an ambassador programme and signs its payout claims.
#[derive(Clone, Debug, Parser)]
#[command(name = "ambassador-signer", version, about, max_term_width = 100)]
pub struct Cli {
    /// The programme's folder
    #[arg(short = 'C', value_name = "DIR", default_value = ".", global = true)]
    pub folder: PathBuf,
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Write a commented programme folder
    Init(InitArgs),
    /// Read everything and report every problem at once
    Check(CheckArgs),
    /// Freeze a month: statements, totals, and what is pending and why
    Settle(SettleArgs),
    /// Take exports of other programs into `activity/` and `prices.csv`, as `sources.toml` says
    ///
    /// Names and e-mails stay behind, and user ids become pseudonyms under the ledger's secret.
    Import(ImportArgs),
    /// Print the query by which a warehouse measures a month's events
    ///
    /// The table has the columns of `activity/` and `source`, which says whose export an event is of.
    /// Its `amount_usd` is `DECIMAL(38,18)` and nothing else.
    /// Its `occurred_at` is in UTC: `TIMESTAMP_NS`, `TIMESTAMP` or `TIMESTAMPTZ` for duckdb, `TIMESTAMP` for spark, which
    /// holds microseconds, and `DateTime64` for clickhouse.
    /// All others are text; `reverses` and `source` may be empty or NULL.
    ///
    /// The result is `supporters/MONTH.csv`, from which `settle` and `close` make the month that the events would have made.
    /// Events that contradict each other make the query fail with the code that `check` has for them.
    ActivitySql(ActivitySqlArgs),
    /// Sign the claims of a settled month, or let an outside signer do it
    ///
    /// With `--consolidate` one claim is signed for several months of an ambassador that were not redeemed.
    /// It settles every month of the range, and is refused unless the contract, at its latest finalized block, has
    /// settled none of them.
    Sign(SignArgs),
    /// Sign a month's amount once more, to the ambassador's present payee, once its claim has expired
    ///
    /// Nothing that was issued for the month may be redeemable any more by the time of the latest finalized block.
    /// A month that the contract's owner voided cannot be redeemed by any claim, and is refused.
    Reissue(ReissueArgs),
    /// Bring back the signatures of an outside signer
    ///
    /// FILE holds one signature, `0x` and 65 bytes, and has the ambassador's id for its name, such as `alex.sig`.
    /// Or it ends with `.json` and holds those of a batch: an object of ids and signatures.
    /// Each is checked against the claim and the signer before anything is recorded; a month is signed as a whole.
    ///
    /// With `--rpc` the signer is a contract (ERC-1271), a signature has any length, and the contract is asked.
    Attach(AttachArgs),
    /// Write the data of settled months for everyone to see and recompute
    Publish(PublishArgs),
    /// Settle, sign and publish a month; a draft during the challenge days
    Close(CloseArgs),
    /// Recompute a file or folder: statements, claims, a month, or all that was published
    Verify(VerifyArgs),
    /// Show months, sums and claims, and what is pending and why
    ///
    /// With `--rpc` the claim contract is read at its latest finalized block: what was redeemed, and when, and by which
    /// transaction, what can be redeemed, what was voided, and what has expired.
    /// What was seen is recorded in the ledger.
    Status(StatusArgs),
    /// Ask which accounts the payees' ENS names stand for, and pin them
    ///
    /// A name that stands for another account than before, or for none any more, holds its payments.
    /// They are released by `--confirm`, once the ambassador was asked in another way whether the new account is right.
    Resolve(ResolveArgs),
    /// Print what deploys the claim contract, or deploy it
    ///
    /// The token and its chain are those of the newest terms, which need not name the contract yet.
    /// With `--rpc` token and signer are looked at first; with `--key` the transaction is signed, sent and waited for,
    /// and what it created is compared with this program's artifact and with the arguments.
    /// With `--check` nothing is deployed: the contract at that address is compared, at the latest final block.
    Deploy(DeployArgs),
    /// Print the transfer of tokens that a settled month needs
    ///
    /// Without `--rpc` that is the sum of the month's claims.
    /// With it, the sum of those that can still be redeemed at the latest final block, less what the contract holds
    /// beyond such claims of older months.
    Fund(FundArgs),
    /// Hash, compare and propose terms
    #[command(subcommand)]
    Terms(TermsCommand),
    /// Print a settled month for other programs
    #[command(subcommand)]
    Export(ExportCommand),
    /// Make or show an encrypted key file
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
}

fn besides(text: &str) -> Result<Besides, String> {
    if text == STANDARD_INPUT {
        return Ok(Besides::StandardInput);
    }
    Err(format!("only `{STANDARD_INPUT}` can be named, standard input; files belong below `activity/`"))
}

fn month(text: &str) -> Result<Month, String> {
    text.parse().map_err(|error: ambassador_core::calendar::CalendarError| error.to_string())
}

fn daily_cap(text: &str) -> Result<DailyCap, String> {
    text.parse().map_err(|error: DailyCapError| format!("{error}: {}", error.help()))
}

fn address(text: &str) -> Result<Address, String> {
    text.parse().map_err(|error: ambassador_core::address::AddressError| error.to_string())
}

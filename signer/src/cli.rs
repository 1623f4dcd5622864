//! The command line: words and flags, nothing else.

use std::path::{Path, PathBuf};

use ambassador_core::{
    address::Address,
    calendar::Month,
    deployment::{DailyCap, DailyCapError},
    diagnostic::Diagnostic as _,
};
use clap::{Args, Parser, Subcommand};

use crate::{
    intake::activity::{Besides, Events, STANDARD_INPUT},
    rpc::RpcUrl,
    warehouse::{Dialect, TableName},
};

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

/// Whether anything is written.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Consent {
    /// Show what would be done and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

/// Whose signature and how its key is opened.
#[derive(Clone, Debug, Default, Args)]
pub struct KeyOptions {
    /// The encrypted key file (Web3 Secret Storage v3); `key.json` of the programme folder unless named
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Read the password from a file, without its last line end
    #[arg(long, value_name = "FILE", conflicts_with = "password_fd")]
    pub password_file: Option<PathBuf>,
    /// Read the password from an open file descriptor
    #[arg(long, value_name = "N")]
    pub password_fd: Option<u32>,
    /// Sign with another key than before, and sign anew what the earlier one signed
    #[arg(long)]
    pub new_signer: bool,
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

/// Arguments of `sign`.
#[derive(Clone, Debug, Args)]
pub struct SignArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month, required_unless_present = "consolidate")]
    pub month: Option<Month>,
    /// Sign one claim for the months FROM to TO of an ambassador instead; `--rpc` then names where the contract is
    /// asked, and the treasury's key signs, or with `--signer` that account of the endpoint
    #[arg(long, num_args = 2, value_names = ["AMBASSADOR", "FROM..TO"], requires = "rpc",
          conflicts_with = "month")]
    pub consolidate: Option<Vec<String>>,
    /// Believe a block that so many others follow, where the node knows no tag `finalized`
    #[arg(long, value_name = "N", requires = "consolidate", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub confirmations: Option<u64>,
    /// Whose
    #[command(flatten)]
    pub key: KeyOptions,
    /// Or whose else
    #[command(flatten)]
    pub outside: OutsideOptions,
    /// Or whose, of the claim of `--consolidate`
    #[command(flatten)]
    pub replacement: ReplacementOptions,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// How a signer elsewhere signs a claim in the place of others.
#[derive(Clone, Debug, Default, Args)]
pub struct ReplacementOptions {
    /// Take this signature of the one claim in the place of others, made elsewhere by the key or the contract
    /// (ERC-1271) that `--signer` names, or that signed before
    #[arg(long, value_name = "FILE", requires = "rpc", conflicts_with_all = ["key", "password_file", "password_fd", "typed_data"])]
    pub signature: Option<PathBuf>,
}

/// Arguments of `reissue`.
#[derive(Clone, Debug, Args)]
pub struct ReissueArgs {
    /// The ambassador's id
    pub ambassador: String,
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// Where
    #[command(flatten)]
    pub chain: ChainOptions,
    /// Whose
    #[command(flatten)]
    pub key: KeyOptions,
    /// Let this account of the endpoint sign (`eth_signTypedData_v4`) instead of the treasury's key
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "rpc",
          conflicts_with_all = ["key", "password_file", "password_fd", "typed_data"])]
    pub signer: Option<Address>,
    /// Write the claim as EIP-712 typed data to `typed-data/` instead of signing it
    #[arg(long, conflicts_with_all = ["key", "password_file", "password_fd"])]
    pub typed_data: bool,
    /// Or whose else
    #[command(flatten)]
    pub replacement: ReplacementOptions,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// A signer whose key this program does not open.
#[derive(Clone, Debug, Args)]
pub struct OutsideOptions {
    /// Write each open claim as EIP-712 typed data to `typed-data/MONTH/` instead of signing it, and all of them as one
    /// batch to `typed-data/MONTH.json`
    #[arg(long, conflicts_with_all = ["key", "password_file", "password_fd", "signer"])]
    pub typed_data: bool,
    /// Let the endpoint sign that speaks `eth_signTypedData_v4`
    #[arg(long, value_name = "URL")]
    pub rpc: Option<RpcUrl>,
    /// The address that must sign; the one that signed before unless named
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "rpc")]
    pub signer: Option<Address>,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 120, requires = "rpc",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// Arguments of `attach`.
#[derive(Clone, Debug, Args)]
pub struct AttachArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The signatures, one for each open claim
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The address that must have signed; the one that signed before unless named
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub signer: Option<Address>,
    /// Take another signer than before, and sign anew what the earlier one signed
    #[arg(long, requires = "signer")]
    pub new_signer: bool,
    /// By whom
    #[command(flatten)]
    pub contract: ContractOptions,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// How a signer that is a contract is asked whether it signed.
#[derive(Clone, Debug, Default, Args)]
pub struct ContractOptions {
    /// Ask the signer, a contract (ERC-1271), at this endpoint whether it signed
    #[arg(long, value_name = "URL")]
    pub rpc: Option<RpcUrl>,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "rpc",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// Where and how the chain is asked what the claim contract settled.
#[derive(Clone, Debug, Default, Args)]
pub struct ChainOptions {
    /// Ask the claim contract at this endpoint, of the terms' chain
    #[arg(long, value_name = "URL")]
    pub rpc: Option<RpcUrl>,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "rpc",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Believe a block that so many others follow, where the node knows no tag `finalized`
    #[arg(long, value_name = "N", requires = "rpc", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub confirmations: Option<u64>,
}

/// Arguments of `status`.
#[derive(Clone, Debug, Args)]
pub struct StatusArgs {
    /// Where
    #[command(flatten)]
    pub chain: ChainOptions,
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

/// Arguments of `resolve`.
#[derive(Clone, Debug, Args)]
pub struct ResolveArgs {
    /// The endpoint to ask, of the terms' chain
    #[arg(long, value_name = "URL")]
    pub rpc: RpcUrl,
    /// Confirm the account that this name was pinned to when it changed
    #[arg(long, value_name = "NAME")]
    pub confirm: Vec<String>,
    /// The registry of ENS; mainnet's unless named
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub registry: Option<Address>,
    /// Show what would be pinned and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
}

/// Arguments of `deploy`.
#[derive(Clone, Debug, Args)]
pub struct DeployArgs {
    /// Where withdrawals go, for ever
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub treasury: Address,
    /// Who replaces signer and guardian, raises the cap, voids months and withdraws: a multi-signature wallet
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub owner: Address,
    /// Who pauses and lowers the cap
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub guardian: Address,
    /// Who signs claims
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub signer: Address,
    /// The signer is a contract (ERC-1271), such as a Safe
    #[arg(long)]
    pub signer_is_contract: bool,
    /// Whole tokens that a UTC day may pay, or `none`
    #[arg(long, value_name = "TOKENS", value_parser = daily_cap)]
    pub daily_cap: DailyCap,
    /// Tokens that one claim may be over
    #[arg(long, value_name = "TOKENS")]
    pub max_claim: String,
    /// The endpoint to ask, of the terms' chain
    #[arg(long, value_name = "URL")]
    pub rpc: Option<RpcUrl>,
    /// Compare what lives at this address instead of deploying
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "rpc", conflicts_with = "key")]
    pub check: Option<Address>,
    /// How
    #[command(flatten)]
    pub sending: SendingOptions,
    /// Wait so many seconds for each answer of the endpoint
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "rpc",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    /// Whether
    #[command(flatten)]
    pub consent: Consent,
}

/// Who sends a transaction, and what it may cost.
#[derive(Clone, Debug, Args)]
pub struct SendingOptions {
    /// Send it from the account of this encrypted key file (Web3 Secret Storage v3)
    #[arg(long, value_name = "FILE", requires = "rpc")]
    pub key: Option<PathBuf>,
    /// Read the password from a file, without its last line end
    #[arg(long, value_name = "FILE", conflicts_with = "password_fd", requires = "key")]
    pub password_file: Option<PathBuf>,
    /// Read the password from an open file descriptor
    #[arg(long, value_name = "N", requires = "key")]
    pub password_fd: Option<u32>,
    /// The most that a unit of gas may cost, in gwei
    #[arg(long, value_name = "GWEI", default_value = "200", requires = "key")]
    pub max_fee: String,
    /// Wait so many seconds for the transaction to be mined
    #[arg(long, value_name = "SECONDS", default_value_t = 600, requires = "key",
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub wait: u64,
}

/// Arguments of `fund`.
#[derive(Clone, Debug, Args)]
pub struct FundArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// Print the transfer as the Transaction Builder app of a Safe imports it
    #[arg(long)]
    pub safe: bool,
    /// Where
    #[command(flatten)]
    pub chain: ChainOptions,
}

/// What to do with terms.
#[derive(Clone, Debug, Subcommand)]
pub enum TermsCommand {
    /// Print the hash of terms that statements name
    Hash(TermsHashArgs),
    /// Say in words what changes from one version to another
    Diff(TermsDiffArgs),
    /// Write the text of a proposal to adopt terms, in Markdown
    ///
    /// It has every change in words, every number, and what the price policies would have paid in past months.
    Proposal(TermsProposalArgs),
}

/// Arguments of `terms hash`.
#[derive(Clone, Debug, Args)]
pub struct TermsHashArgs {
    /// The terms file; every version of the programme unless named
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `terms diff`.
#[derive(Clone, Debug, Args)]
pub struct TermsDiffArgs {
    /// The earlier terms
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// The later terms
    #[arg(value_name = "B")]
    pub after: PathBuf,
}

/// Arguments of `terms proposal`.
#[derive(Clone, Debug, Args)]
pub struct TermsProposalArgs {
    /// The proposed terms; the programme's latest version unless named
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What a settled month is printed as.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportCommand {
    /// The transfers of the month as the CSV Airdrop app of a Safe reads them
    ///
    /// What a Safe sends is not settled in the claim contract.
    /// So a month with signed claims is refused unless its months were voided there.
    Airdrop(AirdropArgs),
    /// What each ambassador received and what it was worth, as CSV
    Tax(TaxArgs),
    /// An ambassador's dates, as a calendar (iCalendar)
    Calendar(CalendarArgs),
    /// An ambassador's statement, as one page to read and to print (HTML)
    Statement(StatementArgs),
}

/// Arguments of `export airdrop`.
#[derive(Clone, Debug, Args)]
pub struct AirdropArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The month's claims were voided in the claim contract, so that nothing is paid twice
    #[arg(long)]
    pub voided: bool,
}

/// Arguments of `export tax`.
#[derive(Clone, Debug, Args)]
pub struct TaxArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// What is known of redemptions: a CSV of `index,month,redeemed_at`
    #[arg(long, value_name = "FILE")]
    pub redemptions: Option<PathBuf>,
}

/// Arguments of `export calendar`.
#[derive(Clone, Debug, Args)]
pub struct CalendarArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The ambassador's id
    pub ambassador: String,
}

/// Arguments of `export statement`.
#[derive(Clone, Debug, Args)]
pub struct StatementArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The ambassador's id
    pub ambassador: String,
}

/// What to do with keys.
#[derive(Clone, Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a new key in an encrypted file
    New(NewKeyArgs),
    /// Show the address of a key file
    Address(KeyOptions),
}

/// Arguments of `key new`.
#[derive(Clone, Debug, Args)]
pub struct NewKeyArgs {
    /// The file to write; `key.json` of the programme folder unless named
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Read the password from a file, without its last line end
    #[arg(long, value_name = "FILE", conflicts_with = "password_fd")]
    pub password_file: Option<PathBuf>,
    /// Read the password from an open file descriptor
    #[arg(long, value_name = "N")]
    pub password_fd: Option<u32>,
}

/// Arguments of `completions`.
#[derive(Clone, Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
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

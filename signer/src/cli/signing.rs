//! Arguments of signing: whose key, and how signers elsewhere are asked.

use std::path::PathBuf;

use ambassador_core::{address::Address, calendar::Month};
use clap::{Args, Subcommand};

use super::{ChainOptions, address, month};
use crate::rpc::RpcUrl;

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

//! Arguments of what asks a chain, or sends to it.

use std::path::PathBuf;

use ambassador_core::{address::Address, calendar::Month, deployment::DailyCap};
use clap::Args;

use super::{Consent, address, daily_cap, month};
use crate::rpc::RpcUrl;

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

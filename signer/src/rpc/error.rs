//! Why an endpoint gave no answer that could be used.

use ambassador_core::{address::Address, diagnostic::Diagnostic};
use thiserror::Error;

/// Why an endpoint gave no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum RpcError {
    #[error("the endpoint is no `http://` or `https://` address with a host and without a user's name")]
    Url,
    #[error("`{endpoint}` cannot be reached: {reason}")]
    Unreachable { endpoint: String, reason: String },
    #[error("`{endpoint}` did not answer within {seconds} s")]
    TimedOut { endpoint: String, seconds: u64 },
    #[error("`{endpoint}` answers with the HTTP status {status}")]
    Status { endpoint: String, status: u16 },
    #[error("`{endpoint}` answers with more than {most} bytes")]
    TooLong { endpoint: String, most: u64 },
    #[error("`{endpoint}` answers `{method}` with `{answer}`")]
    Unreadable { endpoint: String, method: &'static str, answer: String },
    #[error("`{endpoint}` refuses `{method}` with error {code}: {message}")]
    Refused { endpoint: String, method: &'static str, code: i64, message: String },
    #[error("{error} (asked {tries} times)")]
    GaveUp { error: Box<Self>, tries: u32 },
    #[error("the contract `{contract}` does not say that it signed this claim, but `{answer}`")]
    NotOfContract { contract: Address, answer: String },
    #[error("`{endpoint}` is of the chain `{found}`, and the terms are of `{expected}`")]
    Chain { endpoint: String, found: u64, expected: u64 },
    #[error("`{endpoint}` names no finalized block: {reason}")]
    NoFinality { endpoint: String, reason: String },
    #[error("`{endpoint}` has no contract at `{address}` in block {block}")]
    NoCode { endpoint: String, address: Address, block: u64 },
    #[error("block {number} of `{endpoint}` was `{before}` and is now `{now}`")]
    OtherBlock { endpoint: String, number: u64, before: String, now: String },
    #[error("`{endpoint}` {problem}: `{log}`")]
    Log { endpoint: String, problem: LogProblem, log: String },
}

/// What is wrong with a log of an endpoint's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum LogProblem {
    #[error("gives a log that cannot be read")]
    Form,
    #[error("gives a log that was not asked for")]
    Foreign,
    #[error("gives a log of a block outside the range that was asked for")]
    Range,
    #[error("gives a log that was taken back")]
    Removed,
    #[error("gives the same log twice, or logs of two blocks of one number")]
    Contradiction,
}

impl RpcError {
    /// Says how often it was asked, where it was more than once.
    pub(super) fn after(self, tries: u32) -> Self {
        if tries > 1 { Self::GaveUp { error: Box::new(self), tries } } else { self }
    }
}

impl Diagnostic for RpcError {
    fn code(&self) -> &'static str {
        match self {
            Self::Url => "RPC_URL",
            Self::Unreachable { .. } => "RPC_UNREACHABLE",
            Self::TimedOut { .. } => "RPC_TIMEOUT",
            Self::Status { .. } => "RPC_STATUS",
            Self::TooLong { .. } => "RPC_TOO_LONG",
            Self::Unreadable { .. } => "RPC_ANSWER",
            Self::Refused { .. } => "RPC_REFUSED",
            Self::GaveUp { error, .. } => error.code(),
            Self::NotOfContract { .. } => "SIGNATURE_NOT_OF_CONTRACT",
            Self::Chain { .. } => "RPC_CHAIN",
            Self::NoFinality { .. } => "RPC_NO_FINALITY",
            Self::NoCode { .. } => "RPC_NO_CONTRACT",
            Self::OtherBlock { .. } => "RPC_OTHER_BLOCK",
            Self::Log { problem, .. } => match problem {
                LogProblem::Form => "RPC_LOG",
                LogProblem::Foreign => "RPC_LOG_FOREIGN",
                LogProblem::Range => "RPC_LOG_RANGE",
                LogProblem::Removed => "RPC_LOG_REMOVED",
                LogProblem::Contradiction => "RPC_LOG_CONTRADICTION",
            },
        }
    }

    fn help(&self) -> String {
        String::from(match self {
            Self::Url => "write it like `http://127.0.0.1:8545`",
            Self::Unreachable { .. } => "start the signer or node, or name its address and port",
            Self::TimedOut { .. } => "confirm on the signer's device in time, or wait longer with `--timeout SECONDS`",
            Self::Status { .. } | Self::TooLong { .. } | Self::Unreadable { .. } => {
                "name an endpoint of Ethereum's JSON-RPC"
            }
            Self::Refused { method: "eth_signTypedData_v4", .. } => {
                "unlock the account, or let its owner confirm; nothing was recorded"
            }
            Self::Refused { .. } => "name an endpoint that answers this; nothing was recorded",
            Self::GaveUp { error, .. } => return error.help(),
            Self::NotOfContract { .. } => {
                "let enough owners sign the claim's digest in the way that the contract asks for"
            }
            Self::Chain { .. } => "name an endpoint of the terms' chain; nothing was signed",
            Self::NoFinality { .. } => {
                "name a node that knows the tag `finalized`, or say with `--confirmations N` after how many blocks you believe one"
            }
            Self::NoCode { .. } => {
                "check `payouts` in the terms, and that the endpoint is of the chain where it was deployed"
            }
            Self::OtherBlock { .. } => {
                "the chain was reorganised below what it called final, or the endpoint lies: ask another one; nothing was recorded"
            }
            Self::Log { .. } => "the endpoint lies or is broken: name another one; nothing was recorded",
        })
    }
}

//! An endpoint that speaks JSON-RPC over HTTP: what is asked of it, and how its answers are read.
//!
//! It is the one place that opens a connection, and only to the endpoint that was named: no proxy, no redirect.

mod sending;
mod state;

use std::{fmt, str::FromStr, time::Duration};

use ambassador_core::{
    address::Address, calldata, contract_signature::ContractSignature, diagnostic::Diagnostic, hash::Hash32,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use thiserror::Error;
use ureq::{Agent, http::Uri};

pub use sending::{Fees, Receipt};
pub use state::{Block, Called};

/// No answer to a question of ours is longer, in bytes.
const LONGEST_ANSWER: u64 = 1 << 20;
/// So much of what an endpoint says is shown, in characters.
const SHOWN: usize = 300;
const CONNECT: Duration = Duration::from_secs(10);

/// Where an endpoint is: `http://` or `https://`, a host, and perhaps a port and a path.
///
/// It is shown without its path, which may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct RpcUrl {
    // INVARIANT: it has a scheme of the two, a host, and no user's name.
    uri: Uri,
}

impl FromStr for RpcUrl {
    type Err = RpcError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Option<Uri> = text.parse().ok();
        let fits = |uri: &Uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
        };
        uri.filter(fits).map(|uri| Self { uri }).ok_or(RpcError::Url)
    }
}

impl fmt::Display for RpcUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(formatter, "{}://{authority}", self.uri.scheme_str().unwrap_or_default())
    }
}

impl fmt::Debug for RpcUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RpcUrl({self})")
    }
}

/// An endpoint that can be asked.
#[derive(Debug)]
pub struct Endpoint {
    url: RpcUrl,
    agent: Agent,
    patience: Duration,
}

impl Endpoint {
    /// Makes an endpoint whose every answer is waited for so long.
    pub fn new(url: RpcUrl, patience: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_connect(Some(CONNECT.min(patience)))
            .timeout_global(Some(patience))
            .user_agent("ambassador-signer");
        Self { url, agent: config.build().into(), patience }
    }

    /// Checks that the endpoint is of this chain (`eth_chainId`).
    ///
    /// # Errors
    ///
    /// [`RpcError::Chain`] where it is of another one, and what every question may end in.
    pub fn check_chain(&self, expected: u64) -> Result<(), RpcError> {
        let text = self.ask_text("eth_chainId", &json!([]))?;
        let digits = text.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let found = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let found = found.ok_or_else(|| self.unreadable("eth_chainId", &text))?;
        if found == expected {
            Ok(())
        } else {
            Err(RpcError::Chain { endpoint: self.url.to_string(), found, expected })
        }
    }

    /// Lets an account of the endpoint sign typed data (`eth_signTypedData_v4`); returns the signature as it was given.
    ///
    /// # Errors
    ///
    /// What every question may end in; [`RpcError::Refused`] where the account or its owner does not sign.
    pub fn sign_typed_data(&self, account: Address, typed_data: &str) -> Result<String, RpcError> {
        // Wallets take the document as text; nodes take that, too.
        self.ask_text("eth_signTypedData_v4", &json!([account.to_string(), typed_data]))
    }

    /// Asks a contract whether it signed a digest (`isValidSignature` of ERC-1271, at the latest block).
    ///
    /// # Errors
    ///
    /// [`RpcError::NotOfContract`] where it did not, or is no contract, and what every question may end in.
    pub fn check_contract_signature(
        &self,
        contract: Address,
        digest: &Hash32,
        signature: &ContractSignature,
    ) -> Result<(), RpcError> {
        let hexadecimal = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        let data = hexadecimal(&calldata::is_valid_signature(digest, signature.as_bytes()));
        let call = json!([{ "to": contract.to_string(), "data": data }, "latest"]);
        let answer = match self.ask_text("eth_call", &call) {
            // The contract's own refusal comes as an error of the call.
            Err(RpcError::Refused { message, .. }) => message,
            Ok(answer) if answer == hexadecimal(&calldata::is_valid_signature_yes()) => return Ok(()),
            Ok(answer) => shown(&answer),
            Err(error) => return Err(error),
        };
        Err(RpcError::NotOfContract { contract, answer })
    }

    fn ask_text(&self, method: &'static str, parameters: &Value) -> Result<String, RpcError> {
        match self.ask(method, parameters)? {
            Ok(Value::String(text)) => Ok(text),
            Ok(other) => Err(self.unreadable(method, &other.to_string())),
            Err(error) => Err(self.refused(method, &error)),
        }
    }

    /// Asks one question; an error that the endpoint states is an answer, too.
    fn ask(&self, method: &'static str, parameters: &Value) -> Result<Result<Value, ErrorPart>, RpcError> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }).to_string();
        let request = self.agent.post(self.url.uri.clone()).content_type("application/json");
        let mut response = request.send(body).map_err(|error| self.failed(&error))?;
        let status = response.status();
        let read = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
        let bytes = read.map_err(|error| self.failed(&error))?;
        let answer = match serde_json::from_slice::<Answer>(&bytes) {
            Ok(answer) => answer,
            Err(_) if !status.is_success() => {
                return Err(RpcError::Status { endpoint: self.url.to_string(), status: status.as_u16() });
            }
            Err(_) => return Err(self.unreadable(method, &String::from_utf8_lossy(&bytes))),
        };
        match answer {
            Answer { error: Some(error), .. } => Ok(Err(error)),
            Answer { result: Some(result), id: Value::Number(id), .. } if id.as_u64() == Some(1) => Ok(Ok(result)),
            Answer { .. } => Err(self.unreadable(method, &String::from_utf8_lossy(&bytes))),
        }
    }

    fn failed(&self, error: &ureq::Error) -> RpcError {
        let endpoint = self.url.to_string();
        match error {
            ureq::Error::Timeout(_) => RpcError::TimedOut { endpoint, seconds: self.patience.as_secs() },
            ureq::Error::BodyExceedsLimit(_) => RpcError::TooLong { endpoint },
            error => RpcError::Unreachable { endpoint, reason: error.to_string() },
        }
    }

    fn refused(&self, method: &'static str, error: &ErrorPart) -> RpcError {
        let (endpoint, message) = (self.url.to_string(), shown(&error.message));
        RpcError::Refused { endpoint, method, code: error.code, message }
    }

    fn unreadable(&self, method: &'static str, answer: &str) -> RpcError {
        RpcError::Unreadable { endpoint: self.url.to_string(), method, answer: shown(answer) }
    }
}

/// An answer, as far as it is read.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    id: Value,
    /// Null is an answer, too: of what is not known yet.
    #[serde(default, deserialize_with = "given")]
    result: Option<Value>,
    error: Option<ErrorPart>,
}

#[derive(Debug, Deserialize)]
struct ErrorPart {
    code: i64,
    message: String,
    #[serde(default)]
    data: Value,
}

fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

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
    #[error("`{endpoint}` answers with more than {LONGEST_ANSWER} bytes")]
    TooLong { endpoint: String },
    #[error("`{endpoint}` answers `{method}` with `{answer}`")]
    Unreadable { endpoint: String, method: &'static str, answer: String },
    #[error("`{endpoint}` refuses `{method}` with error {code}: {message}")]
    Refused { endpoint: String, method: &'static str, code: i64, message: String },
    #[error("the contract `{contract}` does not say that it signed this claim, but `{answer}`")]
    NotOfContract { contract: Address, answer: String },
    #[error("`{endpoint}` is of the chain `{found}`, and the terms are of `{expected}`")]
    Chain { endpoint: String, found: u64, expected: u64 },
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
            Self::NotOfContract { .. } => "SIGNATURE_NOT_OF_CONTRACT",
            Self::Chain { .. } => "RPC_CHAIN",
        }
    }

    fn help(&self) -> String {
        String::from(match self {
            Self::Url => "write it like `http://127.0.0.1:8545`",
            Self::Unreachable { .. } => "start the signer, or name its address and port",
            Self::TimedOut { .. } => "confirm on the signer's device in time, or wait longer with `--timeout SECONDS`",
            Self::Status { .. } | Self::TooLong { .. } | Self::Unreadable { .. } => {
                "name an endpoint of Ethereum's JSON-RPC"
            }
            Self::Refused { method: "eth_signTypedData_v4", .. } => {
                "unlock the account, or let its owner confirm; nothing was recorded"
            }
            Self::Refused { .. } => "name an endpoint that answers this; nothing was recorded",
            Self::NotOfContract { .. } => {
                "let enough owners sign the claim's digest in the way that the contract asks for"
            }
            Self::Chain { .. } => "name an endpoint of the terms' chain; nothing was signed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_scheme_and_host_and_shows_no_secret() {
        for (text, shown) in [
            ("http://127.0.0.1:8545", Some("http://127.0.0.1:8545")),
            ("https://node.example/v3/secret?key=secret", Some("https://node.example")),
            ("http://[::1]:8545/", Some("http://[::1]:8545")),
            ("http://user:secret@node.example", None),
            ("ftp://node.example", None),
            ("node.example:8545", None),
            ("/signer.ipc", None),
            ("http://", None),
            ("", None),
        ] {
            let url = text.parse::<RpcUrl>().map(|url| url.to_string()).ok();
            assert_eq!(url.as_deref(), shown, "{text}");
        }
    }
}

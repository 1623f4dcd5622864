//! An endpoint that speaks JSON-RPC over HTTP: what is asked of it, and how its answers are read.
//!
//! It is the one place that opens a connection, and only to the endpoint that was named: no proxy, no redirect.

mod error;
mod logs;
mod retry;
mod sending;
mod state;

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use ambassador_core::{
    address::Address, calldata, contract_signature::ContractSignature, hash::Hash32, volume::Workers as _,
};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use ureq::{Agent, http::Uri};

pub use error::{LogProblem, RpcError};
pub use logs::{Log, LogFilter};
pub use retry::Asking;
pub use sending::{Fees, Receipt};
pub use state::{Block, Called, Finality};

use crate::parallel::Threads;

/// No answer to a question of ours is longer, in bytes, but a list of logs.
const LONGEST_ANSWER: u64 = 1 << 20;
/// No list of logs is longer, in bytes; a longer one is asked for in parts.
const LONGEST_LOGS: u64 = 8 << 20;
/// So much of what an endpoint says is shown, in characters.
const SHOWN: usize = 300;
/// So many questions are under way at once.
const AT_ONCE: usize = 8;
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
    asking: Asking,
}

impl Endpoint {
    /// Makes an endpoint whose every answer is waited for so long, and that is asked again, or not, where it fails.
    pub fn new(url: RpcUrl, patience: Duration, asking: Asking) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_connect(Some(CONNECT.min(patience)))
            .timeout_global(Some(patience))
            .user_agent("ambassador-signer");
        Self { url, agent: config.build().into(), patience, asking }
    }

    /// Checks that the endpoint is of this chain (`eth_chainId`).
    ///
    /// # Errors
    ///
    /// [`RpcError::Chain`] where it is of another one, and what every question may end in.
    pub fn check_chain(&self, expected: u64) -> Result<(), RpcError> {
        let text = self.ask_text("eth_chainId", &json!([]))?;
        let found = quantity(&text).ok_or_else(|| self.unreadable("eth_chainId", &text))?;
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
        const METHOD: &str = "eth_signTypedData_v4";
        // Wallets take the document as text; nodes take that, too. A person is asked once.
        let answer = self.ask_once(METHOD, &json!([account.to_string(), typed_data]), LONGEST_ANSWER)?;
        self.text(METHOD, answer)
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

    /// Asks about each item, a few at a time, until one fails; the answers stand in the order of the items.
    ///
    /// # Errors
    ///
    /// The first error, in the order of the items, of those that were met.
    pub fn each<T: Send, U: Send, E: Send>(
        &self,
        items: Vec<T>,
        ask: impl Fn(&Self, T) -> Result<U, E> + Sync,
    ) -> Result<Vec<U>, E> {
        let failed = AtomicBool::new(false);
        let answers = Threads(AT_ONCE).map(items, |item| {
            // What is left would only wait for an endpoint that is gone.
            if failed.load(Ordering::Relaxed) {
                return None;
            }
            let answer = ask(self, item);
            failed.fetch_or(answer.is_err(), Ordering::Relaxed);
            Some(answer)
        });
        answers.into_iter().flatten().collect()
    }

    fn ask_text(&self, method: &'static str, parameters: &Value) -> Result<String, RpcError> {
        let answer = self.ask(method, parameters)?;
        self.text(method, answer)
    }

    fn text(&self, method: &'static str, answer: Stated) -> Result<String, RpcError> {
        match answer {
            Ok(Value::String(text)) => Ok(text),
            Ok(other) => Err(self.unreadable(method, &other.to_string())),
            Err(error) => Err(self.refused(method, &error)),
        }
    }

    /// Asks a question that changes nothing; an error that the endpoint states is an answer, too.
    fn ask(&self, method: &'static str, parameters: &Value) -> Result<Stated, RpcError> {
        self.asking.ask(|| self.ask_once(method, parameters, LONGEST_ANSWER))
    }

    fn ask_once(&self, method: &'static str, parameters: &Value, longest: u64) -> Result<Stated, RpcError> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }).to_string();
        let request = self.agent.post(self.url.uri.clone()).content_type("application/json");
        let mut response = request.send(body).map_err(|error| self.failed(&error))?;
        let status = response.status();
        let read = response.body_mut().with_config().limit(longest).read_to_vec();
        let bytes = read.map_err(|error| match error {
            ureq::Error::BodyExceedsLimit(_) => RpcError::TooLong { endpoint: self.url.to_string(), most: longest },
            error => self.failed(&error),
        })?;
        let answer = match serde_json::from_slice::<Answer>(&bytes) {
            Ok(answer) => answer,
            Err(_) if !status.is_success() => {
                return Err(RpcError::Status { endpoint: self.url.to_string(), status: status.as_u16() });
            }
            Err(_) => return Err(self.unreadable(method, &String::from_utf8_lossy(&bytes))),
        };
        match answer {
            Answer { error: Some(error), .. } => {
                let passes = retry::is_busy(status.as_u16()) || retry::says_busy(&error.message);
                Ok(Err(ErrorPart { passes, ..error }))
            }
            Answer { result: Some(result), id: Value::Number(id), .. } if id.as_u64() == Some(1) => Ok(Ok(result)),
            Answer { .. } => Err(self.unreadable(method, &String::from_utf8_lossy(&bytes))),
        }
    }

    fn failed(&self, error: &ureq::Error) -> RpcError {
        let endpoint = self.url.to_string();
        match error {
            ureq::Error::Timeout(_) => RpcError::TimedOut { endpoint, seconds: self.patience.as_secs() },
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

/// What an endpoint answers: a value, or why it gives none.
type Stated = Result<Value, ErrorPart>;

/// An answer, as far as it is read.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    id: Value,
    // A result may be null, as of a block that is not known; that is not the same as none.
    #[serde(default, deserialize_with = "present")]
    result: Option<Value>,
    error: Option<ErrorPart>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Debug, Deserialize)]
struct ErrorPart {
    code: i64,
    message: String,
    #[serde(default)]
    data: Value,
    /// Whether another try may end otherwise.
    #[serde(skip)]
    passes: bool,
}

/// Reads a number as JSON-RPC writes it.
fn quantity(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u64::from_str_radix(digits, 16).ok()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

fn word(text: &str) -> Option<Hash32> {
    Some(Hash32::from_bytes(bytes(text)?.try_into().ok()?))
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
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

//! What an endpoint says of the chain at one finalized block.

use ambassador_core::{address::Address, calendar::Instant};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoint, ErrorPart, RpcError, shown};

/// A block that every answer is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash, as the endpoint wrote it.
    pub hash: String,
    /// Its time.
    pub time: Instant,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// With these bytes.
    Returned(Vec<u8>),
    /// It reverted.
    Reverted {
        /// The bytes of the revert, as far as the endpoint shows them.
        data: Vec<u8>,
        /// What the endpoint says of it.
        message: String,
    },
}

impl Endpoint {
    /// Returns the latest block that is final.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn finalized_block(&self) -> Result<Block, RpcError> {
        self.block(&json!("finalized"))
    }

    /// Checks that a block is still what it was: some endpoints can only be asked by number.
    ///
    /// # Errors
    ///
    /// [`RpcError::Unreadable`] where another block has the number, and what every question may end in.
    pub fn check_block(&self, block: &Block) -> Result<(), RpcError> {
        let found = self.block(&json!(format!("{:#x}", block.number)))?;
        let same = found.hash.eq_ignore_ascii_case(&block.hash);
        if same { Ok(()) } else { Err(self.unreadable("eth_getBlockByNumber", &format!("other block {}", found.hash))) }
    }

    pub(super) fn block(&self, which: &Value) -> Result<Block, RpcError> {
        const METHOD: &str = "eth_getBlockByNumber";
        let answer = self.ask(METHOD, &json!([which, false]))?.map_err(|error| self.refused(METHOD, &error))?;
        let block = BlockPart::deserialize(&answer).ok().and_then(BlockPart::read);
        block.ok_or_else(|| self.unreadable(METHOD, &answer.to_string()))
    }

    /// Calls a contract at a block: by its hash, and by its number where the endpoint takes no hash.
    ///
    /// # Errors
    ///
    /// What every question may end in; a revert is an answer.
    pub fn call(&self, to: Address, data: &[u8], block: &Block) -> Result<Called, RpcError> {
        const METHOD: &str = "eth_call";
        /// The error of JSON-RPC for parameters that are not understood.
        const PARAMETERS: i64 = -32602;
        let call = json!({ "to": to.to_string(), "data": format!("0x{}", hex::encode(data)) });
        let by_hash = json!([call, { "blockHash": block.hash, "requireCanonical": true }]);
        let answer = match self.ask(METHOD, &by_hash)? {
            Err(ErrorPart { code: PARAMETERS, .. }) => {
                let by_number = self.ask(METHOD, &json!([call, format!("{:#x}", block.number)]))?;
                self.check_block(block)?;
                by_number
            }
            answer => answer,
        };
        match answer {
            Ok(Value::String(text)) => {
                let bytes = bytes(&text).ok_or_else(|| self.unreadable(METHOD, &text))?;
                Ok(Called::Returned(bytes))
            }
            Ok(other) => Err(self.unreadable(METHOD, &other.to_string())),
            Err(error) if is_revert(&error) => {
                let data = error.data.as_str().and_then(bytes).unwrap_or_default();
                Ok(Called::Reverted { data, message: shown(&error.message) })
            }
            Err(error) => Err(self.refused(METHOD, &error)),
        }
    }
}

/// Tells a contract's refusal from one of the endpoint, which says nothing of the contract.
fn is_revert(error: &ErrorPart) -> bool {
    /// The code by which nodes report a revert that has data.
    const REVERTED: i64 = 3;
    let words = ["revert", "invalid opcode", "out of gas", "stack"];
    let message = error.message.to_ascii_lowercase();
    error.code == REVERTED || words.iter().any(|word| message.contains(word))
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    hex::decode(text.strip_prefix("0x")?).ok()
}

#[derive(Debug, Deserialize)]
struct BlockPart {
    number: String,
    hash: String,
    timestamp: String,
}

impl BlockPart {
    fn read(self) -> Option<Block> {
        let number = |text: &str| {
            let digits =
                text.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            u64::from_str_radix(digits, 16).ok()
        };
        let time = Instant::from_unix_seconds(i64::try_from(number(&self.timestamp)?).ok()?)?;
        let is_hash = bytes(&self.hash).is_some_and(|bytes| bytes.len() == 32);
        Some(Block { number: number(&self.number)?, hash: is_hash.then_some(self.hash)?, time })
    }
}

//! What an endpoint says of the chain at one block that is believed: the finalized one, or one that many others follow.

use ambassador_core::{address::Address, calendar::Instant, hash::Hash32};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoint, ErrorPart, RpcError, Stated, bytes, quantity, shown, word};

const METHOD: &str = "eth_getBlockByNumber";

/// A block that every answer is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Hash32,
    /// Its time.
    pub time: Instant,
}

/// From when on a block is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finality {
    /// When the endpoint calls it final (the tag `finalized`).
    Tag,
    /// When so many blocks follow it: for chains and nodes that know no such tag.
    Confirmations(u64),
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
    /// [`RpcError::NoFinality`] where the endpoint names none, and what every question may end in.
    pub fn finalized_block(&self) -> Result<Block, RpcError> {
        self.block(&json!("finalized")).map_err(|error| {
            let is_unknown = match &error {
                RpcError::Refused { .. } => true,
                RpcError::Unreadable { answer, .. } => answer == "null",
                _ => false,
            };
            let endpoint = self.url.to_string();
            if is_unknown { RpcError::NoFinality { endpoint, reason: error.to_string() } } else { error }
        })
    }

    /// Returns the latest block that is believed.
    ///
    /// # Errors
    ///
    /// The same; a chain of fewer blocks than are to follow has none.
    pub fn believed_block(&self, finality: Finality) -> Result<Block, RpcError> {
        let Finality::Confirmations(confirmations) = finality else { return self.finalized_block() };
        let latest = self.block(&json!("latest"))?.number;
        match latest.checked_sub(confirmations) {
            Some(number) => self.block_of(number),
            None => Err(RpcError::NoFinality {
                endpoint: self.url.to_string(),
                reason: format!("its latest block is {latest}, which {confirmations} blocks cannot have followed"),
            }),
        }
    }

    /// Returns the block of a number.
    ///
    /// # Errors
    ///
    /// What every question may end in; a block that the endpoint does not know is an answer that cannot be read.
    pub fn block_of(&self, number: u64) -> Result<Block, RpcError> {
        let block = self.block(&json!(format!("{number:#x}")))?;
        if block.number == number { Ok(block) } else { Err(self.unreadable(METHOD, &block.number.to_string())) }
    }

    /// Returns the number of the first block that is not earlier than an instant, at most that of `last`.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn first_block_since(&self, time: Instant, last: &Block) -> Result<u64, RpcError> {
        let (mut low, mut high) = (0, last.number);
        while low < high {
            let middle = low.midpoint(high);
            if self.block_of(middle)?.time < time {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Checks that there is a contract at an address.
    ///
    /// # Errors
    ///
    /// [`RpcError::NoCode`] where there is none, and what every question may end in.
    pub fn check_code(&self, address: Address, block: &Block) -> Result<(), RpcError> {
        const METHOD: &str = "eth_getCode";
        let answer = self.ask_at(METHOD, &json!(address.to_string()), block)?;
        let code = self.text(METHOD, answer)?;
        match bytes(&code) {
            None => Err(self.unreadable(METHOD, &code)),
            Some(code) if code.is_empty() => {
                Err(RpcError::NoCode { endpoint: self.url.to_string(), address, block: block.number })
            }
            Some(_) => Ok(()),
        }
    }

    /// Checks that a block is still what it was: some endpoints can only be asked by number.
    ///
    /// # Errors
    ///
    /// [`RpcError::OtherBlock`] where another block has the number, and what every question may end in.
    pub fn check_block(&self, block: &Block) -> Result<(), RpcError> {
        let found = self.block_of(block.number)?;
        if found.hash == block.hash {
            return Ok(());
        }
        let (number, before, now) = (block.number, block.hash.to_string(), found.hash.to_string());
        Err(RpcError::OtherBlock { endpoint: self.url.to_string(), number, before, now })
    }

    pub(super) fn block(&self, which: &Value) -> Result<Block, RpcError> {
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
        let call = json!({ "to": to.to_string(), "data": format!("0x{}", hex::encode(data)) });
        match self.ask_at(METHOD, &call, block)? {
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

    /// Asks what is so at a block: by its hash, and by its number where the endpoint takes no hash.
    pub(super) fn ask_at(&self, method: &'static str, what: &Value, block: &Block) -> Result<Stated, RpcError> {
        /// The error of JSON-RPC for parameters that are not understood.
        const PARAMETERS: i64 = -32602;
        let by_hash = json!([what, { "blockHash": block.hash.to_string(), "requireCanonical": true }]);
        match self.ask(method, &by_hash)? {
            Err(ErrorPart { code: PARAMETERS, .. }) => {
                let by_number = self.ask(method, &json!([what, format!("{:#x}", block.number)]))?;
                self.check_block(block)?;
                Ok(by_number)
            }
            answer => Ok(answer),
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

#[derive(Debug, Deserialize)]
struct BlockPart {
    number: String,
    hash: String,
    timestamp: String,
}

impl BlockPart {
    fn read(self) -> Option<Block> {
        let time = Instant::from_unix_seconds(i64::try_from(quantity(&self.timestamp)?).ok()?)?;
        Some(Block { number: quantity(&self.number)?, hash: word(&self.hash)?, time })
    }
}

//! What an endpoint is asked before and after a transaction is sent.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use ambassador_core::{address::Address, hash::Hash32};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Block, Endpoint, LONGEST_ANSWER, RpcError, bytes};
use crate::transaction::SignedTransaction;

/// A block comes every few seconds.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// What a unit of gas costs, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// What the latest block burns.
    pub base_fee: u128,
    /// What the endpoint advises to pay beside it.
    pub priority_fee: u128,
}

/// What became of a transaction that created a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Whether it went through.
    pub succeeded: bool,
    /// The contract, if it did.
    pub created: Option<Address>,
    /// The number of its block.
    pub block: u64,
    /// The gas that it used.
    pub gas_used: u128,
}

impl Endpoint {
    /// Returns the latest block, which need not be final.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn latest_block(&self) -> Result<Block, RpcError> {
        self.block(&json!("latest"))
    }

    /// Returns the code that lives at an address at a block.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn code(&self, address: Address, block: &Block) -> Result<Vec<u8>, RpcError> {
        const METHOD: &str = "eth_getCode";
        let answer = self.ask_at(METHOD, &json!(address.to_string()), block)?;
        let text = self.text(METHOD, answer)?;
        bytes(&text).ok_or_else(|| self.unreadable(METHOD, &text))
    }

    /// Returns what a unit of gas costs now.
    ///
    /// # Errors
    ///
    /// [`RpcError::Unreadable`] where blocks have no base fee (EIP-1559), and what every question may end in.
    pub fn fees(&self) -> Result<Fees, RpcError> {
        const METHOD: &str = "eth_getBlockByNumber";
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Part {
            base_fee_per_gas: String,
        }
        let answer = self.ask(METHOD, &json!(["latest", false]))?.map_err(|error| self.refused(METHOD, &error))?;
        let base_fee = Part::deserialize(&answer).ok().and_then(|part| wei(&part.base_fee_per_gas));
        let base_fee = base_fee.ok_or_else(|| self.unreadable(METHOD, "no base fee"))?;
        let priority_fee = self.ask_number("eth_maxPriorityFeePerGas", &json!([]))?;
        Ok(Fees { base_fee, priority_fee })
    }

    /// Returns how many transactions an account has sent, those that wait counted.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn next_nonce(&self, account: Address) -> Result<u64, RpcError> {
        const METHOD: &str = "eth_getTransactionCount";
        let count = self.ask_number(METHOD, &json!([account.to_string(), "pending"]))?;
        u64::try_from(count).map_err(|_| self.unreadable(METHOD, &count.to_string()))
    }

    /// Returns the wei that an account has.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn ether(&self, account: Address) -> Result<u128, RpcError> {
        self.ask_number("eth_getBalance", &json!([account.to_string(), "latest"]))
    }

    /// Returns the gas that a creation would use.
    ///
    /// # Errors
    ///
    /// [`RpcError::Refused`] where it would revert, and what every question may end in.
    pub fn estimate_gas(&self, sender: Address, data: &[u8]) -> Result<u64, RpcError> {
        const METHOD: &str = "eth_estimateGas";
        let call = json!([{ "from": sender.to_string(), "data": format!("0x{}", hex::encode(data)) }]);
        let gas = self.ask_number(METHOD, &call)?;
        u64::try_from(gas).map_err(|_| self.unreadable(METHOD, &gas.to_string()))
    }

    /// Sends a transaction.
    ///
    /// # Errors
    ///
    /// What every question may end in; after any but [`RpcError::Refused`] it may have been sent all the same.
    pub fn send(&self, transaction: &SignedTransaction) -> Result<(), RpcError> {
        const METHOD: &str = "eth_sendRawTransaction";
        let bytes = format!("0x{}", hex::encode(&transaction.bytes));
        // Once: a node that has it already calls a second try an error.
        let answer = self.ask_once(METHOD, &json!([bytes]), LONGEST_ANSWER)?;
        let text = self.text(METHOD, answer)?;
        if text.parse() == Ok(transaction.hash) { Ok(()) } else { Err(self.unreadable(METHOD, &text)) }
    }

    /// Waits so long for a transaction to be mined; returns `None` where it was not.
    ///
    /// # Errors
    ///
    /// What every question may end in.
    pub fn wait_for(&self, hash: &Hash32, patience: Duration) -> Result<Option<Receipt>, RpcError> {
        const METHOD: &str = "eth_getTransactionReceipt";
        let started = Instant::now();
        loop {
            let answer = self.ask(METHOD, &json!([hash.to_string()]))?.map_err(|error| self.refused(METHOD, &error))?;
            if !answer.is_null() {
                let receipt = ReceiptPart::deserialize(&answer).ok().and_then(ReceiptPart::read);
                return receipt.map(Some).ok_or_else(|| self.unreadable(METHOD, &answer.to_string()));
            }
            if started.elapsed() >= patience {
                return Ok(None);
            }
            sleep(BETWEEN_LOOKS);
        }
    }

    fn ask_number(&self, method: &'static str, parameters: &Value) -> Result<u128, RpcError> {
        let text = self.ask_text(method, parameters)?;
        wei(&text).ok_or_else(|| self.unreadable(method, &text))
    }
}

/// Reads a number as JSON-RPC writes it.
fn wei(text: &str) -> Option<u128> {
    let digits = text.strip_prefix("0x").filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u128::from_str_radix(digits, 16).ok()
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptPart {
    status: String,
    contract_address: Option<String>,
    block_number: String,
    gas_used: String,
}

impl ReceiptPart {
    fn read(self) -> Option<Receipt> {
        let created = match self.contract_address {
            Some(text) => Some(text.to_ascii_lowercase().parse().ok()?),
            None => None,
        };
        Some(Receipt {
            succeeded: wei(&self.status)? == 1,
            created,
            block: u64::try_from(wei(&self.block_number)?).ok()?,
            gas_used: wei(&self.gas_used)?,
        })
    }
}

//! The logs of a contract in a range of blocks, read in parts that the endpoint takes, and checked against the question.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{address::Address, hash::Hash32};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoint, LONGEST_LOGS, LogProblem, RpcError, bytes, quantity, shown, word};

const METHOD: &str = "eth_getLogs";
/// So many blocks are asked for at once at first.
const MOST_BLOCKS: u64 = 100_000;

/// Which logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter {
    /// Of which contract.
    pub address: Address,
    /// With one of these words in each place; where none is named, any.
    pub topics: Vec<Vec<Hash32>>,
}

/// A log, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Log {
    /// The block's number.
    pub block: u64,
    /// Which log of its block, from 0.
    pub place: u64,
    /// The block's hash.
    pub block_hash: Hash32,
    /// The transaction's hash.
    pub transaction: Hash32,
    /// The topics, at most four.
    pub topics: Vec<Hash32>,
    /// The data.
    pub data: Vec<u8>,
}

impl LogFilter {
    fn to_json(&self, first: u64, last: u64) -> Value {
        let place = |words: &Vec<Hash32>| match words.as_slice() {
            [] => Value::Null,
            [word] => Value::from(word.to_string()),
            words => words.iter().map(ToString::to_string).collect(),
        };
        json!([{
            "address": self.address.to_string(),
            "topics": self.topics.iter().map(place).collect::<Value>(),
            "fromBlock": format!("{first:#x}"),
            "toBlock": format!("{last:#x}"),
        }])
    }

    /// Says whether a log is one of those that were asked for.
    fn fits(&self, address: Address, topics: &[Hash32]) -> bool {
        let mut places = self.topics.iter().enumerate();
        address == self.address
            && places.all(|(place, words)| match topics.get(place) {
                Some(topic) => words.is_empty() || words.contains(topic),
                None => false,
            })
    }
}

impl Endpoint {
    /// Returns the logs from block `first` to block `last`, both included, in the order of the chain.
    ///
    /// A range that the endpoint does not take is asked for in halves. Whether logs are missing cannot be seen.
    ///
    /// # Errors
    ///
    /// A log that was not asked for, that was taken back or that contradicts another one, and what every question may
    /// end in.
    pub fn logs(&self, filter: &LogFilter, first: u64, last: u64) -> Result<Vec<Log>, RpcError> {
        let (mut logs, mut next, mut size) = (Vec::new(), first, MOST_BLOCKS);
        while next <= last {
            let end = last.min(next.saturating_add(size.saturating_sub(1)));
            match self.logs_at_once(filter, next, end) {
                Ok(part) => {
                    logs.extend(part);
                    next = end.saturating_add(1);
                }
                // What one block holds cannot be halved.
                Err(error) if end == next || !is_of_range(&error) => return Err(error),
                Err(_) => size = end.saturating_sub(next).saturating_add(1).div_ceil(2),
            }
        }
        self.check_order(&logs)?;
        logs.sort();
        Ok(logs)
    }

    fn logs_at_once(&self, filter: &LogFilter, first: u64, last: u64) -> Result<Vec<Log>, RpcError> {
        let question = filter.to_json(first, last);
        let answer = self.asking.ask(|| self.ask_once(METHOD, &question, LONGEST_LOGS))?;
        let answer = answer.map_err(|error| self.refused(METHOD, &error))?;
        let Value::Array(values) = answer else { return Err(self.unreadable(METHOD, &answer.to_string())) };
        let read = |value: &Value| {
            let wrong = |problem| self.wrong_log(problem, &value.to_string());
            let (address, log, removed) = read(value).ok_or_else(|| wrong(LogProblem::Form))?;
            if removed {
                return Err(wrong(LogProblem::Removed));
            }
            if !filter.fits(address, &log.topics) {
                return Err(wrong(LogProblem::Foreign));
            }
            if log.block < first || log.block > last { Err(wrong(LogProblem::Range)) } else { Ok(log) }
        };
        values.iter().map(read).collect()
    }

    /// Checks that no log is there twice and that logs of one block name one hash.
    fn check_order(&self, logs: &[Log]) -> Result<(), RpcError> {
        let (mut places, mut hashes) = (BTreeSet::new(), BTreeMap::new());
        for log in logs {
            let hash = hashes.entry(log.block).or_insert(log.block_hash);
            if !places.insert((log.block, log.place)) || *hash != log.block_hash {
                let shown = format!("block {} {}, log {}", log.block, log.block_hash, log.place);
                return Err(self.wrong_log(LogProblem::Contradiction, &shown));
            }
        }
        Ok(())
    }

    fn wrong_log(&self, problem: LogProblem, log: &str) -> RpcError {
        RpcError::Log { endpoint: self.url.to_string(), problem, log: shown(log) }
    }
}

/// Says whether a shorter range may be answered.
fn is_of_range(error: &RpcError) -> bool {
    /// The error of JSON-RPC for a method that is not known.
    const METHOD_UNKNOWN: i64 = -32_601;
    match error {
        RpcError::Refused { code, .. } => *code != METHOD_UNKNOWN,
        RpcError::TooLong { .. } | RpcError::TimedOut { .. } => true,
        RpcError::Status { status, .. } => matches!(status, 400 | 413),
        RpcError::GaveUp { error, .. } => is_of_range(error),
        _ => false,
    }
}

/// Reads a log: whose it is, what it says, and whether it was taken back.
fn read(value: &Value) -> Option<(Address, Log, bool)> {
    /// No log has more topics.
    const MOST_TOPICS: usize = 4;
    let part = LogPart::deserialize(value).ok()?;
    if part.topics.len() > MOST_TOPICS {
        return None;
    }
    let log = Log {
        block: quantity(&part.block_number)?,
        place: quantity(&part.log_index)?,
        block_hash: word(&part.block_hash)?,
        transaction: word(&part.transaction_hash)?,
        topics: part.topics.iter().map(|topic| word(topic)).collect::<Option<_>>()?,
        data: bytes(&part.data)?,
    };
    let address = <[u8; 20]>::try_from(bytes(&part.address)?).ok().and_then(Address::from_bytes)?;
    Some((address, log, part.removed))
}

/// A log as JSON-RPC writes it; one that is not mined yet has no block and is none for us.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogPart {
    address: String,
    topics: Vec<String>,
    data: String,
    block_number: String,
    block_hash: String,
    transaction_hash: String,
    log_index: String,
    #[serde(default)]
    removed: bool,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn word_of(byte: u8) -> Hash32 {
        Hash32::from_bytes([byte; 32])
    }

    #[test]
    fn a_filter_takes_what_was_asked_for_and_nothing_else() {
        let address = Address::from_bytes([7; 20]).unwrap();
        let other = Address::from_bytes([8; 20]).unwrap();
        let filter = LogFilter { address, topics: vec![vec![word_of(1), word_of(2)], Vec::new(), vec![word_of(3)]] };
        let any = word_of(9);
        assert!(filter.fits(address, &[word_of(1), any, word_of(3)]));
        assert!(filter.fits(address, &[word_of(2), any, word_of(3), any]));
        assert!(!filter.fits(other, &[word_of(1), any, word_of(3)]));
        assert!(!filter.fits(address, &[word_of(3), any, word_of(3)]));
        assert!(!filter.fits(address, &[word_of(1), any, any]));
        assert!(!filter.fits(address, &[word_of(1)]));
        let topics = &filter.to_json(1, 255).get(0).unwrap().get("topics").unwrap().clone();
        assert_eq!(topics.get(1), Some(&Value::Null));
        assert_eq!(topics.get(2), Some(&json!(word_of(3).to_string())));
        assert_eq!(filter.to_json(1, 255).get(0).unwrap().get("toBlock"), Some(&json!("0xff")));
    }
}

//! Reading a claim contract at one block that is believed: everything is asked, checked and judged before it counts.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{
    address::Address,
    claim::Domain,
    contract::{Question, max_claim_question, read_max_claim, read_settled, settled_question},
    contract_event::{Redeemed, Voided, settling_topics},
    records::AmbassadorIndex,
    token::TokenAmount,
};

use super::{
    event::{Pair, Settling, SettlingEvent, by_month},
    issued::Issued,
    standing,
};
use crate::{
    ledger::Ledger,
    problem::{Exit, Failure, Problem},
    rpc::{Block, Called, Endpoint, Finality, Log, LogFilter},
};

/// A claim contract at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The contract.
    pub domain: Domain,
    /// The block.
    pub block: Block,
    /// The events by which it settled months, in the order of the chain.
    pub events: Vec<SettlingEvent>,
    /// How many of them the ledger knows already.
    pub known: usize,
    /// The months that the claims are of and that are settled.
    pub settled: BTreeSet<Pair>,
}

impl View {
    /// Returns what the ledger knows of a contract, without asking anybody; `None` where it was never seen.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn recorded(ledger: &Ledger, domain: &Domain, issued: &[Issued]) -> Result<Option<Self>, Failure> {
        let Some(block) = ledger.last_seen(domain)? else { return Ok(None) };
        let events = ledger.settling_events(domain)?;
        let ours = issued.iter().filter(|issued| issued.domain == *domain);
        let by_month = by_month(&events);
        let settled = ours.flat_map(pairs).filter(|pair| by_month.contains_key(pair)).collect();
        Ok(Some(Self { domain: *domain, block, known: events.len(), events, settled }))
    }

    /// Records in the ledger what is new.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: nothing was recorded.
    pub fn record(&self, ledger: &mut Ledger) -> Result<(), Failure> {
        ledger.record_seen(&self.domain, &self.block, self.events.get(self.known..).unwrap_or_default())
    }
}

/// Reads the contract of a domain at the latest block that is believed; `issued` are all claims of the ledger.
///
/// # Errors
///
/// [`Exit::Refused`]: the endpoint gives no answer, contradicts itself or what was seen before, or tells of payments
/// that the ledger does not know; every contradiction is told. [`Exit::Disk`]: the ledger cannot be read.
pub fn read(
    endpoint: &Endpoint,
    ledger: &Ledger,
    domain: &Domain,
    issued: &[Issued],
    finality: Finality,
) -> Result<View, Failure> {
    let claims: Vec<&Issued> = issued.iter().filter(|issued| issued.domain == *domain).collect();
    let block = endpoint.believed_block(finality).map_err(|error| Failure::refused(&error))?;
    endpoint.check_code(domain.verifying_contract, &block).map_err(|error| Failure::refused(&error))?;
    let first = first_block(endpoint, ledger.last_seen(domain)?, &claims, &block)?;
    let mut events = ledger.settling_events(domain)?;
    let known = events.len();
    let filter =
        LogFilter { address: domain.verifying_contract, topics: vec![settling_topics().into_iter().collect()] };
    if first <= block.number {
        let logs = endpoint.logs(&filter, first, block.number).map_err(|error| Failure::refused(&error))?;
        events.extend(read_events(endpoint, &logs)?);
    }
    let bits = bits(endpoint, domain, &claims, events.get(..known).unwrap_or_default(), &block)?;
    // Logs are asked for by number: the block must still be the same once everything is there.
    endpoint.check_block(&block).map_err(|error| Failure::refused(&error))?;
    let problems = standing::contradictions(&claims, &events, &bits);
    if !problems.is_empty() {
        return Err(Failure { exit: Exit::Refused, problems });
    }
    let settled = bits.into_iter().filter(|(_, settled)| *settled).map(|(pair, _)| pair).collect();
    Ok(View { domain: *domain, block, events, known, settled })
}

/// Returns the most that one claim can be over, at a block.
///
/// # Errors
///
/// [`Exit::Refused`]: the contract gives no such answer.
pub fn max_claim(endpoint: &Endpoint, domain: &Domain, block: &Block) -> Result<TokenAmount, Failure> {
    let answer = answer(endpoint, &max_claim_question(domain), block)?;
    read_max_claim(answer).map_err(|error| Failure::refused(&error))
}

/// Returns from which block on there may be events that the ledger does not know.
fn first_block(endpoint: &Endpoint, last: Option<Block>, claims: &[&Issued], block: &Block) -> Result<u64, Failure> {
    let Some(last) = last else {
        // Nothing is settled before the first month that has a claim begins.
        let first = claims.iter().map(|issued| issued.claim.months.from()).min();
        let Some(first) = first else { return Ok(block.number.saturating_add(1)) };
        return endpoint.first_block_since(first.start(), block).map_err(|error| Failure::refused(&error));
    };
    if block.number < last.number {
        let message = format!("the block {} was final before, and now it is only {}", last.number, block.number);
        let help = "the endpoint lags behind: wait, or ask another one; nothing was recorded";
        return Err(Failure::new(Exit::Refused, Problem::new("CHAIN_BEHIND", message).help(help)));
    }
    endpoint.check_block(&last).map_err(|error| Failure::refused(&error))?;
    Ok(last.number.saturating_add(1))
}

/// Reads the events from logs, with the times of their blocks, whose hashes must be those that the logs name.
fn read_events(endpoint: &Endpoint, logs: &[Log]) -> Result<Vec<SettlingEvent>, Failure> {
    let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
    let mut events = Vec::new();
    for log in logs {
        let Some(what) = read_event(log)? else { continue };
        let block = match blocks.get(&log.block) {
            Some(block) => block.clone(),
            None => endpoint.block_of(log.block).map_err(|error| Failure::refused(&error))?,
        };
        if block.hash != log.block_hash {
            let message = format!(
                "a log is said to stand in block {} `{}`, which is `{}`",
                log.block, log.block_hash, block.hash
            );
            let help =
                "the endpoint lies, or the chain was reorganised: ask again, or another one; nothing was recorded";
            return Err(Failure::new(Exit::Refused, Problem::new("CHAIN_LOG_BLOCK", message).help(help)));
        }
        blocks.insert(log.block, block.clone());
        events.push(SettlingEvent { block, place: log.place, transaction: log.transaction, what });
    }
    Ok(events)
}

/// Reads an event; the owner may void what no month or ambassador is, which concerns nobody.
fn read_event(log: &Log) -> Result<Option<Settling>, Failure> {
    /// A payment has one topic more than months that were voided.
    const TOPICS_OF_VOIDED: usize = 2;
    let topics: Vec<[u8; 32]> = log.topics.iter().map(|topic| *topic.as_bytes()).collect();
    if let Some(redeemed) = Redeemed::read(&topics, &log.data) {
        return Ok(Some(Settling::Redeemed(redeemed)));
    }
    if topics.len() == TOPICS_OF_VOIDED {
        return Ok(Voided::read(&topics, &log.data).map(Settling::Voided));
    }
    let data: String = hex::encode(&log.data).chars().take(128).collect();
    let message = format!("a payment of transaction `{}` cannot be read: `{data}`", log.transaction);
    let help = "the endpoint lies, or `payouts` of the terms is another contract: ask another endpoint";
    Err(Failure::new(Exit::Refused, Problem::new("CHAIN_EVENT", message).help(help)))
}

/// Asks the contract about every month of the claims, but for those that the ledger knows to be settled for ever.
fn bits(
    endpoint: &Endpoint,
    domain: &Domain,
    claims: &[&Issued],
    known: &[SettlingEvent],
    block: &Block,
) -> Result<BTreeMap<Pair, bool>, Failure> {
    let known = by_month(known);
    let all: BTreeSet<Pair> = claims.iter().flat_map(|issued| pairs(issued)).collect();
    let bits = endpoint.each(all.into_iter().collect(), |endpoint, (index, month)| {
        let is_settled = known.contains_key(&(index, month)) || {
            let question = settled_question(domain, AmbassadorIndex::new(index), month);
            read_settled(answer(endpoint, &question, block)?).map_err(|error| Failure::refused(&error))?
        };
        Ok(((index, month), is_settled))
    });
    Ok(bits?.into_iter().collect())
}

/// Returns the months of a claim, each with its ambassador.
fn pairs(issued: &Issued) -> impl Iterator<Item = Pair> {
    let index = issued.claim.index.as_u32();
    issued.claim.months.months().map(move |month| (index, month))
}

fn answer(endpoint: &Endpoint, question: &Question, block: &Block) -> Result<Vec<u8>, Failure> {
    match endpoint.call(question.to, &question.data, block).map_err(|error| Failure::refused(&error))? {
        Called::Returned(bytes) => Ok(bytes),
        Called::Reverted { message, .. } => Err(no_contract(question.to, &message)),
    }
}

fn no_contract(address: Address, message: &str) -> Failure {
    let message = format!("`{address}` does not answer as a claim contract: {message}");
    let help = "check `payouts` in the terms, and that the endpoint is of the chain where it was deployed";
    Failure::new(Exit::Refused, Problem::new("CHAIN_CONTRACT", message).help(help))
}

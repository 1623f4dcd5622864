//! What the commands share that look at the chain: the claims of the ledger, and every contract that they are of.

use ambassador_core::claim::Domain;
use serde_json::{Value, json};

use super::endpoint;
use crate::{
    chain::{
        issued::{Issued, issued},
        reading::{self, View},
    },
    cli::ChainOptions,
    ledger::Ledger,
    problem::{Exit, Failure, Problem},
    rpc::{Asking, Endpoint, Finality},
};

/// The claims of the ledger, and what is known of their contracts.
pub(super) struct Look {
    pub(super) issued: Vec<Issued>,
    /// The contracts that were seen, in the order in which claims of them were issued.
    pub(super) views: Vec<View>,
}

impl Look {
    /// Asks the chain where an endpoint is named, and else takes what the ledger knows; records nothing.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`]: the endpoint is of no chain that claims are of, does not answer, or contradicts itself.
    pub(super) fn at(ledger: &Ledger, options: &ChainOptions) -> Result<Self, Failure> {
        let issued = issued(ledger)?;
        let mut domains: Vec<Domain> = Vec::new();
        for one in &issued {
            if !domains.contains(&one.domain) {
                domains.push(one.domain);
            }
        }
        let mut views = Vec::new();
        let endpoint = domains.last().map(|last| open(options, last.chain_id)).transpose()?.flatten();
        for domain in &domains {
            match &endpoint {
                // A programme that moved to another chain is asked about there.
                Some((endpoint, chain_id)) if *chain_id == domain.chain_id => {
                    views.push(reading::read(endpoint, ledger, domain, &issued, options.finality())?);
                }
                _ => views.extend(View::recorded(ledger, domain, &issued)?),
            }
        }
        Ok(Self { issued, views })
    }

    /// Records what is new; the ledger is opened for writing only where something is.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: not everything was recorded.
    pub(super) fn record(&self, root: &std::path::Path) -> Result<(), Failure> {
        if self.views.is_empty() {
            return Ok(());
        }
        let mut ledger = Ledger::open(root, &[])?;
        self.views.iter().try_for_each(|view| view.record(&mut ledger))
    }

    /// Returns every contract with the rows of its claims, for scripts.
    pub(super) fn to_json(&self) -> Value {
        let contract = |view: &View| {
            let rows = view.rows(&self.issued);
            json!({
                "chain_id": view.domain.chain_id.to_string(),
                "payouts": view.domain.verifying_contract.to_string(),
                "block": view.block.number.to_string(),
                "block_hash": view.block.hash.to_string(),
                "block_time": view.block.time.to_string(),
                "claims": rows.iter().map(crate::chain::rows::Row::to_json).collect::<Value>(),
            })
        };
        self.views.iter().map(contract).collect()
    }
}

/// Opens the endpoint that is named, which must be of this chain; returns it with the chain.
///
/// # Errors
///
/// [`Exit::Refused`]: it does not answer, or is of another chain.
pub(super) fn open(options: &ChainOptions, chain_id: u64) -> Result<Option<(Endpoint, u64)>, Failure> {
    let Some(url) = &options.rpc else { return Ok(None) };
    let endpoint = endpoint::open(url, options.timeout, Asking::Again, chain_id, Exit::Refused)?;
    Ok(Some((endpoint, chain_id)))
}

/// Opens the endpoint that a command cannot do without.
///
/// # Errors
///
/// [`Exit::Refused`]: none is named, it does not answer, or is of another chain.
pub(super) fn must_open(options: &ChainOptions, chain_id: u64) -> Result<Endpoint, Failure> {
    let opened = open(options, chain_id)?.map(|(endpoint, _)| endpoint);
    opened.ok_or_else(|| {
        let problem = Problem::new("RPC_NEEDED", "what the contract settled must be known first");
        Failure::new(Exit::Refused, problem.help("name an endpoint of the terms' chain with `--rpc URL`"))
    })
}

impl ChainOptions {
    /// Returns from when on a block is believed.
    pub(super) fn finality(&self) -> Finality {
        self.confirmations.map_or(Finality::Tag, Finality::Confirmations)
    }
}

//! `ambassador-chain/1`: where the published claims stood at one block of the chain.

use std::collections::BTreeSet;

use ambassador_core::documents::json;
use serde::{Deserialize, Serialize};

use crate::chain::{issued::Issued, reading::View};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-chain/1";

/// Where claims stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "a contract for each that claims were issued for")]
pub struct ChainDocument {
    pub schema: String,
    pub contracts: Vec<ContractPart>,
}

/// A contract at a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the block is the finalized one, or one that was believed")]
pub struct ContractPart {
    pub chain_id: String,
    pub payouts: String,
    pub block: String,
    pub block_hash: String,
    pub block_time: String,
    pub claims: Vec<StatePart>,
}

/// A claim's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    missing_docs,
    reason = "`state` is redeemed, voided, claimable, expired, or superseded of a claim in others' place"
)]
pub struct StatePart {
    pub from: String,
    pub to: String,
    pub id: String,
    pub digest: String,
    pub state: String,
    pub settled_at: Option<String>,
    pub transaction: Option<String>,
}

impl ChainDocument {
    /// Writes down where the claims of these months stand.
    pub fn of(views: &[View], issued: &[Issued], months: &BTreeSet<String>) -> Self {
        let contract = |view: &View| {
            let rows = view.rows(issued);
            let ours = rows.iter().filter(|row| {
                let mut replaced = row.issued.own_months();
                replaced.all(|month| months.contains(&month.to_string()))
            });
            ContractPart {
                chain_id: view.domain.chain_id.to_string(),
                payouts: view.domain.verifying_contract.to_string(),
                block: view.block.number.to_string(),
                block_hash: view.block.hash.to_string(),
                block_time: view.block.time.to_string(),
                claims: ours
                    .map(|row| StatePart {
                        from: row.issued.claim.months.from().to_string(),
                        to: row.issued.claim.months.to().to_string(),
                        id: row.issued.id.clone(),
                        digest: row.issued.claim.digest(&row.issued.domain).to_string(),
                        state: row.state.to_owned(),
                        settled_at: row.event.map(|event| event.block.time.to_string()),
                        transaction: row.event.map(|event| event.transaction.to_string()),
                    })
                    .collect(),
            }
        };
        Self { schema: SCHEMA.to_owned(), contracts: views.iter().map(contract).collect() }
    }

    /// Returns the bytes of `chain.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

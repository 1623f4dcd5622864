//! `ambassador-index/1`: what of a programme is published.

use ambassador_core::documents::json;
use serde::{Deserialize, Serialize};

use crate::{month::MonthWork, summary::Status};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-index/1";

/// The index of a published folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the months are in order")]
pub struct IndexDocument {
    pub schema: String,
    pub programme: String,
    pub months: Vec<IndexMonth>,
}

/// A published month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "`records` is the hash of the records document, `ambassadors` name the statements")]
pub struct IndexMonth {
    pub month: String,
    pub status: Status,
    pub terms_version: u32,
    pub records: String,
    pub ambassadors: Vec<String>,
}

impl IndexDocument {
    /// Makes an index of months in order.
    pub fn new(programme: String, months: Vec<IndexMonth>) -> Self {
        Self { schema: SCHEMA.to_owned(), programme, months }
    }

    /// Returns the bytes of `index.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl IndexMonth {
    /// Makes the entry of a month.
    pub fn of(work: &MonthWork, status: Status) -> Self {
        Self {
            month: work.settled.month.to_string(),
            status,
            terms_version: work.settled.terms.version(),
            records: work.records_hash.to_string(),
            ambassadors: work.statements.values().map(|file| file.document.ambassador.id.clone()).collect(),
        }
    }
}

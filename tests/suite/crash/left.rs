//! What has left the process: every claim and every final month whose bytes were handed to the disk or printed.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use ambassador_core::{calendar::Month, hash::keccak256};
use serde_json::Value;

use super::{ledger::Rows, trace::Call};
use crate::cli::folder::snapshot;

/// Digests by month and index, and hashes of records by month: once out, they can be copied and stay known for ever.
#[derive(Clone, Debug, Default)]
pub(super) struct Left {
    digests: BTreeMap<(u32, u32), BTreeSet<String>>,
    records: BTreeMap<u32, BTreeSet<String>>,
}

impl Left {
    /// Takes note of what a call let out.
    pub(super) fn meet_call(&mut self, call: &Call) {
        if let Call::Write { name, bytes, .. } = call {
            self.meet(name, bytes);
        }
    }

    /// Takes note of a file of `months/` or `published/`, under whatever name it is written first.
    pub(super) fn meet(&mut self, name: &str, bytes: &[u8]) {
        if !name.starts_with("months/") && !name.starts_with("published/") {
            return;
        }
        let Ok(document) = serde_json::from_slice::<Value>(bytes) else { return };
        match document["schema"].as_str() {
            Some("ambassador-claim/1") => {
                let (place, digest) = digest_of(&document).expect("a claim that left is whole");
                self.digests.entry(place).or_default().insert(digest);
            }
            Some("ambassador-records/1") => {
                let month: Month = text(&document["month"]).parse().expect("a month");
                self.records.entry(month.as_number()).or_default().insert(keccak256(&[bytes]).to_string());
            }
            _ => {}
        }
    }

    /// Takes note of what lies in `months/` and `published/`, half-written files among it.
    pub(super) fn meet_folder(&mut self, root: &Path) {
        for (path, bytes) in snapshot(root) {
            self.meet(path.to_str().expect("names are plain"), &bytes);
        }
    }

    /// Returns how much has left.
    pub(super) fn count(&self) -> usize {
        let count = |sets: usize, more: usize| sets + more;
        self.digests.values().map(BTreeSet::len).chain(self.records.values().map(BTreeSet::len)).fold(0, count)
    }

    /// Names an ambassador's month for which two digests left.
    pub(super) fn contradiction(&self) -> Option<String> {
        let (place, digests) = self.digests.iter().find(|(_, digests)| digests.len() > 1)?;
        Some(format!("two digests left for (month, index) {place:?}: {digests:?}"))
    }

    /// Names what left and is not in the ledger, or is there differently.
    pub(super) fn violation(&self, rows: &Rows) -> Option<String> {
        if let Some(contradiction) = self.contradiction() {
            return Some(contradiction);
        }
        for (place, digests) in &self.digests {
            if digests.first() != rows.claims.get(place) {
                return Some(format!("a signed claim of (month, index) {place:?} left and is not in the ledger"));
            }
        }
        let (month, _) =
            self.records.iter().find(|(month, hashes)| hashes.len() > 1 || hashes.first() != rows.months.get(month))?;
        Some(format!("month {month} left and is not in the ledger"))
    }
}

fn digest_of(claim: &Value) -> Option<((u32, u32), String)> {
    let number = |field: &str| claim["claim"][field].as_str()?.parse().ok();
    Some(((number("from")?, number("index")?), claim["digest"].as_str()?.to_owned()))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

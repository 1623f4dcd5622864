//! Claims in the place of others: one for several months, or one to another account once the others have expired.

use std::collections::BTreeMap;

use ambassador_core::{calendar::Month, hash::Hash32, records::AmbassadorIndex};
use rusqlite::params;

use super::{Ledger, LedgerClaim, damaged, failure, schema};
use crate::problem::Failure;

/// A claim in the place of the own claims of one or more months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerReplacement {
    /// Whose.
    pub index: AmbassadorIndex,
    /// The ambassador's id.
    pub id: String,
    /// The months whose own claims it replaces.
    pub months: Vec<Month>,
    /// The document whose hash stands in the claim.
    pub document: Vec<u8>,
    /// The claim as it was signed last.
    pub claim: LedgerClaim,
}

impl Ledger {
    /// Returns the claims in the place of others, in the order in which they were first signed.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read.
    pub fn replacements(&self) -> Result<Vec<LedgerReplacement>, Failure> {
        type Fields = (u32, String, Vec<u8>, String, String, Vec<u8>);
        if self.version == schema::FIRST_VERSION {
            return Ok(Vec::new());
        }
        let query = "SELECT r.ambassador, r.id, r.document, r.digest, s.signer, s.bytes
             FROM replacements r JOIN replacement_signatures s USING (digest)
             WHERE s.sequence = (SELECT max(sequence) FROM replacement_signatures WHERE digest = r.digest)
             ORDER BY r.sequence";
        let fields: Vec<Fields> = self.rows(query, &[], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        let mut months = self.replaced()?;
        fields
            .into_iter()
            .map(|(index, id, document, digest, signer, bytes)| {
                let months = months.remove(&digest).unwrap_or_default();
                let digest: Hash32 = digest.parse().map_err(|_| damaged("replacements.digest"))?;
                let claim = LedgerClaim { digest, signer, bytes };
                if !claim.is_whole() {
                    return Err(damaged("replacement_signatures.bytes"));
                }
                Ok(LedgerReplacement { index: AmbassadorIndex::new(index), id, months, document, claim })
            })
            .collect()
    }

    /// Returns the digests of the claims in the place of others, in the order in which they were first signed.
    pub(super) fn replacement_digests(&self) -> Result<Vec<Hash32>, Failure> {
        if self.version == schema::FIRST_VERSION {
            return Ok(Vec::new());
        }
        let query = "SELECT digest FROM replacements ORDER BY sequence";
        let digests: Vec<String> = self.rows(query, &[], |row| row.get(0))?;
        digests.iter().map(|digest| digest.parse().map_err(|_| damaged("replacements.digest"))).collect()
    }

    fn replaced(&self) -> Result<BTreeMap<String, Vec<Month>>, Failure> {
        let rows: Vec<(String, u32)> =
            self.rows("SELECT digest, month FROM replaced ORDER BY digest, month", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let mut months: BTreeMap<String, Vec<Month>> = BTreeMap::new();
        for (digest, month) in rows {
            let month = Month::from_number(month).ok_or_else(|| damaged("replaced.month"))?;
            months.entry(digest).or_default().push(month);
        }
        Ok(months)
    }

    /// Records a claim in the place of others, or another signature of it; only what is recorded may leave the process.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): nothing was recorded; a month has no own claim, perhaps.
    pub fn record_replacement(&mut self, replacement: &LedgerReplacement) -> Result<(), Failure> {
        let LedgerReplacement { index, id, months, document, claim } = replacement;
        let (index, digest) = (index.as_u32(), claim.digest.to_string());
        self.record(|transaction| {
            let added = transaction.execute(
                "INSERT INTO replacements (digest, ambassador, id, document) SELECT ?1, ?2, ?3, ?4
                 WHERE NOT EXISTS (SELECT 1 FROM replacements WHERE (digest, document) = (?1, ?4))",
                params![digest, index, id, document],
            )?;
            if added > 0 {
                let mut insert = transaction.prepare("INSERT INTO replaced VALUES (?1, ?2, ?3)")?;
                for month in months {
                    insert.execute(params![digest, month.as_number(), index])?;
                }
            }
            transaction.execute(
                "INSERT INTO replacement_signatures (digest, signer, bytes) VALUES (?1, ?2, ?3)",
                params![digest, claim.signer, claim.bytes],
            )?;
            Ok(())
        })
    }

    /// Says whether the ledger may hold any replacement or anything that was seen on a chain.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read.
    pub fn has_looked(&self) -> Result<bool, Failure> {
        if self.version == schema::FIRST_VERSION {
            return Ok(false);
        }
        let query = "SELECT EXISTS (SELECT 1 FROM replacements) OR EXISTS (SELECT 1 FROM chain_blocks)";
        self.connection.query_row(query, [], |row| row.get(0)).map_err(|error| failure(&error))
    }
}

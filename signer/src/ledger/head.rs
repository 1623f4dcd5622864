//! How much a ledger holds, and a hash over all of it: by its head an older copy is known.

use std::collections::BTreeSet;

use ambassador_core::{
    calendar::Month,
    documents::json,
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
};
use serde::{Deserialize, Serialize};

use super::{Ledger, LedgerMonth, damaged};
use crate::problem::Failure;

/// The schema that this version reads and writes.
const SCHEMA: &str = "ambassador-ledger/1";

/// What a ledger holds in the order in which it was recorded: settled months, and the digests that were signed for
/// months and in the place of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    months: Vec<(Month, Hash32)>,
    claims: Vec<(Month, AmbassadorIndex, Hash32)>,
    replacements: Vec<Hash32>,
}

/// `ambassador-ledger/1`: how many months, claims and claims in the place of others a ledger held, and the keccak-256 of
/// all of them in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "`head` is the hash")]
pub struct Head {
    pub schema: String,
    pub months: usize,
    pub claims: usize,
    pub replacements: usize,
    pub head: String,
}

impl Extent {
    /// Reads it; where there is no ledger it is nothing.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read.
    pub fn of(ledger: Option<&Ledger>) -> Result<Self, Failure> {
        let Some(ledger) = ledger else { return Ok(Self::default()) };
        let months: Vec<(u32, String)> =
            ledger.rows("SELECT month, records_hash FROM months ORDER BY month", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let claims: Vec<(u32, u32, String)> =
            ledger.rows("SELECT month, ambassador, digest FROM claims ORDER BY rowid", &[], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        let month = |number, field| Month::from_number(number).ok_or_else(|| damaged(field));
        let months = months.into_iter().map(|(number, hash)| {
            Ok((month(number, "months.month")?, hash.parse().map_err(|_| damaged("months.records_hash"))?))
        });
        let claims = claims.into_iter().map(|(number, index, digest)| {
            let digest = digest.parse().map_err(|_| damaged("claims.digest"))?;
            Ok((month(number, "claims.month")?, AmbassadorIndex::new(index), digest))
        });
        Ok(Self {
            months: months.collect::<Result<_, Failure>>()?,
            claims: claims.collect::<Result<_, Failure>>()?,
            replacements: ledger.replacement_digests()?,
        })
    }

    /// Returns what it will be once a month and its claims are recorded, too.
    #[must_use]
    pub fn with(mut self, month: &LedgerMonth) -> Self {
        if !self.months.iter().any(|(known, _)| *known == month.month) {
            self.months.push((month.month, month.records_hash));
        }
        let known: BTreeSet<AmbassadorIndex> =
            self.claims.iter().filter(|(known, _, _)| *known == month.month).map(|(_, index, _)| *index).collect();
        let new = month.claims.iter().filter(|(index, _)| !known.contains(index));
        self.claims.extend(new.map(|(index, claim)| (month.month, *index, claim.digest)));
        self
    }

    /// Returns the head.
    pub fn head(&self) -> Head {
        head_of(&self.months, &self.claims, &self.replacements)
    }

    /// Returns the head that it had when it held so much, or `None` where it does not hold so much.
    pub fn head_at(&self, months: usize, claims: usize, replacements: usize) -> Option<Head> {
        let (months, claims) = (self.months.get(..months)?, self.claims.get(..claims)?);
        Some(head_of(months, claims, self.replacements.get(..replacements)?))
    }
}

fn head_of(months: &[(Month, Hash32)], claims: &[(Month, AmbassadorIndex, Hash32)], replacements: &[Hash32]) -> Head {
    let mut bytes = Vec::new();
    for (month, hash) in months {
        bytes.extend(month.as_number().to_be_bytes());
        bytes.extend(hash.as_bytes());
    }
    for (month, index, digest) in claims {
        bytes.extend(month.as_number().to_be_bytes());
        bytes.extend(index.as_u32().to_be_bytes());
        bytes.extend(digest.as_bytes());
    }
    for digest in replacements {
        bytes.extend(digest.as_bytes());
    }
    let head = keccak256(&[&bytes]).to_string();
    let (months, claims, replacements) = (months.len(), claims.len(), replacements.len());
    Head { schema: SCHEMA.to_owned(), months, claims, replacements, head }
}

impl Head {
    /// Returns the bytes of `published/ledger.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

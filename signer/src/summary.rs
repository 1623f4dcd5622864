//! `ambassador-summary/1`: a month of the whole programme on one page, for scripts and spreadsheets.

use std::collections::BTreeMap;

use ambassador_core::{
    documents::{
        json,
        statement::{PricePart, TokenPart},
    },
    usd::SignedUsd,
};
use serde::{Deserialize, Serialize};

use crate::{
    month::MonthWork,
    problem::{Exit, Failure, Problem},
};

/// The schema that this version writes.
pub const SCHEMA: &str = "ambassador-summary/1";

/// Whether a month can still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The challenge days are not over.
    Draft,
    /// It was settled.
    Final,
}

/// A month's summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the statements, summed up")]
pub struct SummaryDocument {
    pub schema: String,
    pub programme: String,
    pub month: String,
    pub status: Status,
    pub terms: String,
    pub payouts: String,
    pub signing_opens: String,
    pub claims_deadline: String,
    pub records: RecordsHash,
    pub token: TokenPart,
    pub price: PricePart,
    pub budget_usd: String,
    pub total_usd: String,
    pub amount: String,
    pub ambassadors: Vec<AmbassadorSummary>,
}

/// The hash of the records document and of each of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the first is of the whole, the others of the fields of that name")]
pub struct RecordsHash {
    pub hash: String,
    pub parts: BTreeMap<String, String>,
}

/// An ambassador's month in one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the statement; `digest` is what is signed, if anything")]
pub struct AmbassadorSummary {
    pub index: String,
    pub id: String,
    pub name: String,
    pub account: Option<String>,
    pub total_usd: String,
    pub amount: String,
    pub pending_usd: String,
    pub statement: String,
    pub digest: Option<String>,
}

impl SummaryDocument {
    /// Sums a month up.
    ///
    /// # Errors
    ///
    /// [`Exit::Records`]: a sum does not fit into 128 bits.
    pub fn of(work: &MonthWork, status: Status) -> Result<Self, Failure> {
        let overflow = || {
            Failure::new(Exit::Records, Problem::new("SUM_OVERFLOW", "the month's sum is larger than any programme's"))
        };
        let terms = &work.settled.terms;
        let month = work.settled.month;
        let first = work.statements.values().next().ok_or_else(|| {
            let problem =
                Problem::new("NOBODY_ENROLLED", format!("no ambassador was enrolled before the end of `{month}`"));
            Failure::new(
                Exit::Records,
                problem.file("ambassadors.csv").help("name a later month, or correct `joined_at`"),
            )
        })?;
        let ambassadors = work
            .settled
            .statements
            .iter()
            .zip(work.statements.values())
            .map(|(statement, file)| {
                let mut pending = statement.month.pending.iter().map(|line| line.amount);
                let pending = pending.try_fold(SignedUsd::ZERO, SignedUsd::checked_add).ok_or_else(overflow)?;
                Ok(AmbassadorSummary {
                    index: statement.ambassador.index.to_string(),
                    id: statement.ambassador.id.to_string(),
                    name: statement.ambassador.name.to_string(),
                    account: statement.account.map(|account| account.to_string()),
                    total_usd: statement.total.to_string(),
                    amount: statement.amount.to_string(),
                    pending_usd: pending.to_string(),
                    statement: file.hash.to_string(),
                    digest: file.claim.map(|claim| claim.digest(&work.domain()).to_string()),
                })
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self {
            schema: SCHEMA.to_owned(),
            programme: work.settled.programme.to_string(),
            month: month.to_string(),
            status,
            terms: terms.hash().to_string(),
            payouts: terms.token().payouts.to_string(),
            signing_opens: terms.signing_opens(month).to_string(),
            claims_deadline: terms.claims_deadline(month).to_string(),
            records: RecordsHash {
                hash: work.records_hash.to_string(),
                parts: work.part_hashes.iter().map(|(name, hash)| ((*name).to_owned(), hash.to_string())).collect(),
            },
            token: first.document.token.clone(),
            price: first.document.price.clone(),
            budget_usd: terms.caps().budget.to_string(),
            total_usd: work.settled.total().ok_or_else(overflow)?.to_string(),
            amount: work.settled.amount().ok_or_else(overflow)?.to_string(),
            ambassadors,
        })
    }

    /// Returns the bytes of `summary.json`.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Returns the bytes of `summary.csv`, safe in a spreadsheet.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut text = String::from("index,id,name,account,total_usd,amount,pending_usd,statement,digest\n");
        for row in &self.ambassadors {
            let cells = [
                row.index.as_str(),
                &row.id,
                &row.name,
                row.account.as_deref().unwrap_or_default(),
                &row.total_usd,
                &row.amount,
                &row.pending_usd,
                &row.statement,
                row.digest.as_deref().unwrap_or_default(),
            ];
            text.push_str(&cells.map(csv_cell).join(","));
            text.push('\n');
        }
        text.into_bytes()
    }
}

/// Returns a cell that no spreadsheet takes for a formula, quoted where needed.
pub fn csv_cell(text: &str) -> String {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.strip_prefix('-').is_some_and(|number| match number.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(number),
    });
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let safe = if formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for (text, expected) in [
            ("Alex", "Alex"),
            ("-12.5", "-12.5"),
            ("-.", "'-."),
            ("-1.2.3", "'-1.2.3"),
            ("=1+1", "'=1+1"),
            ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
        ] {
            assert_eq!(csv_cell(text), expected);
        }
    }
}

//! `ambassador-statement/1`: an ambassador's month as it is published and hashed.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::json;
use crate::{
    entitlement::LineKind,
    explanation::{self, Step},
    hash::{Hash32, keccak256},
    price::Price,
    records::Close,
    settlement::{PendingLine, SettledLine},
    statement::{SettledMonth, Statement},
    terms::PricePolicy,
    token::Decimals,
    usd::SignedUsd,
};

/// The schema that this version writes.
pub const SCHEMA: &str = "ambassador-statement/1";

super::document! {
    /// A statement.
    StatementDocument {
        schema: String,
        programme: String,
        ambassador: AmbassadorPart,
        month: String,
        as_of: String,
        terms: String,
        token: TokenPart,
        price: PricePart,
        lines: Vec<LinePart>,
        pending: Vec<PendingPart>,
        total_usd: String,
        amount: String,
    }
    /// Whose statement it is.
    AmbassadorPart { index: String, id: String, name: String, payee: String, account: Option<String> }
    /// What is paid in.
    TokenPart { symbol: String, decimals: u8, chain_id: String, address: String }
    /// The month's price.
    PricePart { policy: String, usd: String, tokens: String, file: String, samples: Vec<SamplePart> }
    /// A close that made the price.
    SamplePart { date: String, usd: String, tokens: String }
    /// A line that is or was earned.
    LinePart {
        creator: Option<String>,
        kind: String,
        terms_version: u32,
        entitled: String,
        credited_before: String,
        credit: String,
        locked_at: Option<String>,
        figures: BTreeMap<String, String>,
    }
    /// An amount that is not paid.
    PendingPart {
        creator: Option<String>,
        kind: String,
        amount: String,
        code: String,
        sentence: String,
        figure: String,
        next: Option<String>,
    }
}

impl StatementDocument {
    /// Writes a statement down.
    pub fn of(statement: &Statement, month: &SettledMonth) -> Self {
        let token = month.terms.token();
        Self {
            schema: SCHEMA.to_string(),
            programme: month.programme.to_string(),
            ambassador: AmbassadorPart {
                index: statement.ambassador.index.to_string(),
                id: statement.ambassador.id.to_string(),
                name: statement.ambassador.name.to_string(),
                payee: statement.ambassador.payee.to_string(),
                account: statement.account.map(|account| account.to_string()),
            },
            month: month.month.to_string(),
            as_of: month.month.end().to_string(),
            terms: month.terms.hash().to_string(),
            token: TokenPart {
                symbol: token.symbol.to_string(),
                decimals: token.decimals.places(),
                chain_id: token.chain_id.to_string(),
                address: token.address.to_string(),
            },
            price: PricePart {
                policy: policy_name(month.terms.price()).to_string(),
                usd: month.price.price.usd.to_string(),
                tokens: month.price.price.tokens.to_string(),
                file: month.price_file.to_string(),
                samples: month.price.samples.iter().map(SamplePart::of).collect(),
            },
            lines: statement.month.lines.iter().map(LinePart::of).collect(),
            pending: statement.month.pending.iter().map(PendingPart::of).collect(),
            total_usd: statement.total.to_string(),
            amount: statement.amount.to_string(),
        }
    }

    /// Returns the bytes that are published and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Returns every rule that made the sum, in words.
    ///
    /// # Errors
    ///
    /// An amount or the price cannot be read.
    pub fn explain(&self) -> Result<Vec<Step>, json::DocumentError> {
        let mut steps: Vec<Step> = self.lines.iter().map(LinePart::explain).collect();
        let price = Price {
            usd: json::field(|| "price.usd".to_string(), &self.price.usd)?,
            tokens: json::field(|| "price.tokens".to_string(), &self.price.tokens)?,
        };
        let decimals = Decimals::new(self.token.decimals).ok_or_else(|| json::DocumentError::Field {
            path: "token.decimals".to_string(),
            code: "NUMBER_TOO_LARGE",
            message: "more decimal places than any token has".to_string(),
            help: "fetch the statement again from the programme".to_string(),
        })?;
        let total = json::field(|| "total_usd".to_string(), &self.total_usd)?;
        let amount = json::field(|| "amount".to_string(), &self.amount)?;
        let policy = match self.price.policy.as_str() {
            "mean" => "mean",
            _ => "close",
        };
        steps.push(explanation::priced(policy, self.price.samples.len(), price));
        steps.push(explanation::converted(total, price, decimals, amount, &self.token.symbol));
        Ok(steps)
    }

    /// Reads a statement from its published bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no statement, or not in the one form that its hash is taken of.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, json::DocumentError> {
        let document: Self = json::from_canonical_bytes(bytes)?;
        json::check_schema(&document.schema, SCHEMA)?;
        Ok(document)
    }
}

/// Returns the statement hash: keccak-256 of the published bytes.
pub fn statement_hash(bytes: &[u8]) -> Hash32 {
    keccak256(&[bytes])
}

/// Returns a price policy in one word.
pub const fn policy_name(policy: &PricePolicy) -> &'static str {
    match policy {
        PricePolicy::Close { .. } => "close",
        PricePolicy::Mean { .. } => "mean",
    }
}

/// An amount of a line as people read it, or as it is written where it is none.
fn dollars(amount: &str) -> String {
    amount.parse().map_or_else(|_| amount.to_string(), SignedUsd::to_dollars)
}

impl SamplePart {
    fn of(close: &Close) -> Self {
        Self { date: close.date.to_string(), usd: close.usd.to_string(), tokens: close.tokens.to_string() }
    }
}

impl LinePart {
    fn explain(&self) -> Step {
        let kind = LineKind::ALL.into_iter().find(|kind| kind.as_str() == self.kind).unwrap_or(LineKind::Adjustment);
        let whose = self.creator.as_deref().unwrap_or("the programme");
        let why = match self.locked_at {
            Some(_) => explanation::earned(kind, |name| self.figures.get(name).map(String::as_str)),
            None => "It is earned no longer.".to_string(),
        };
        Step {
            rule: explanation::rule_of(kind),
            title: explanation::title_of(kind),
            sentence: format!(
                "{whose}: {why} Earned {}, credited before {}, credited now {}.",
                dollars(&self.entitled),
                dollars(&self.credited_before),
                dollars(&self.credit)
            ),
            figure: self.credit.clone(),
        }
    }

    fn of(line: &SettledLine) -> Self {
        Self {
            creator: line.creator.as_ref().map(ToString::to_string),
            kind: line.kind.to_string(),
            terms_version: line.terms_version,
            entitled: line.entitled.to_string(),
            credited_before: line.credited_before.to_string(),
            credit: line.credit.to_string(),
            locked_at: line.locked_at.map(|instant| instant.to_string()),
            figures: line.figures.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect(),
        }
    }
}

impl PendingPart {
    fn of(line: &PendingLine) -> Self {
        Self {
            creator: line.creator.as_ref().map(ToString::to_string),
            kind: line.kind.to_string(),
            amount: line.amount.to_string(),
            code: line.reason.code().to_string(),
            sentence: line.reason.sentence(),
            figure: line.reason.figure(),
            next: line.next.map(|instant| instant.to_string()),
        }
    }
}

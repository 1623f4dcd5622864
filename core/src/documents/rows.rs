//! The rows of records as a document writes them, both ways.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::json::{DocumentError, field};
use crate::{
    calendar::Instant,
    diagnostic::Diagnostic,
    identifier::{AmbassadorId, CreatorId},
    records::{Adjustment, Adoption, Ambassador, AmbassadorIndex, Close, Payee, Referral, Resolution},
    token::TokenAmount,
    volume::Supporter,
};

super::document! {
    /// A row of the ambassadors.
    AmbassadorPart { index: u32, id: String, name: String, payee: String, joined_at: String, status: String }
    /// A row of the referrals.
    ReferralPart {
        creator: String,
        coin: String,
        ambassador: String,
        invited_at: Option<String>,
        accepted_at: Option<String>,
        approved_at: Option<String>,
        launched_at: Option<String>,
        status: String,
    }
    /// A row of the adoptions.
    AdoptionPart { creator: String, use_case: String, live_at: String, evidence: Option<String>, decision: String }
    /// A daily close.
    ClosePart { date: String, usd: String, tokens: String }
    /// A row of the adjustments.
    AdjustmentPart { ambassador: String, month: String, usd: String, reason: String, approver: String }
    /// A row of the resolutions.
    ResolutionPart { name: String, address: String, block: String, resolved_at: String }
    /// A referral in which creator and ambassador are one.
    SelfReferralPart { creator: String, ambassador: String }
    /// A supporter's sum under a pseudonym.
    SupporterPart { creator: String, supporter: String, usd: String, first_at: String }
}

/// Reads every row of a table, with the row's path for errors.
pub(super) fn read_rows<P, T>(
    table: &str,
    parts: &[P],
    read: impl Fn(&P, &Path<'_>) -> Result<T, DocumentError>,
) -> Result<Vec<T>, DocumentError> {
    parts.iter().enumerate().map(|(row, part)| read(part, &Path { table, row })).collect()
}

pub(super) struct Path<'a> {
    table: &'a str,
    row: usize,
}

impl Path<'_> {
    fn field<T>(&self, column: &str, text: &str) -> Result<T, DocumentError>
    where
        T: FromStr,
        T::Err: Diagnostic,
    {
        field(|| format!("{}[{}].{column}", self.table, self.row), text)
    }

    fn optional<T>(&self, column: &str, text: Option<&String>) -> Result<Option<T>, DocumentError>
    where
        T: FromStr,
        T::Err: Diagnostic,
    {
        text.map(|text| self.field(column, text)).transpose()
    }
}

impl AmbassadorPart {
    pub(super) fn of(row: &Ambassador) -> Self {
        Self {
            index: row.index.as_u32(),
            id: row.id.to_string(),
            name: row.name.to_string(),
            payee: row.payee.to_string(),
            joined_at: row.joined_at.to_string(),
            status: row.status.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Ambassador, DocumentError> {
        let payee = if self.payee.starts_with("0x") {
            Payee::Address(path.field("payee", &self.payee)?)
        } else {
            Payee::Name(path.field("payee", &self.payee)?)
        };
        Ok(Ambassador {
            index: AmbassadorIndex::new(self.index),
            id: path.field("id", &self.id)?,
            name: path.field("name", &self.name)?,
            payee,
            joined_at: path.field("joined_at", &self.joined_at)?,
            status: path.field("status", &self.status)?,
        })
    }
}

impl ReferralPart {
    pub(super) fn of(row: &Referral) -> Self {
        let optional = |instant: Option<Instant>| instant.map(|instant| instant.to_string());
        Self {
            creator: row.creator.to_string(),
            coin: row.coin.to_string(),
            ambassador: row.ambassador.to_string(),
            invited_at: optional(row.invited_at),
            accepted_at: optional(row.accepted_at),
            approved_at: optional(row.approved_at),
            launched_at: optional(row.launched_at),
            status: row.status.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Referral, DocumentError> {
        Ok(Referral {
            creator: path.field("creator", &self.creator)?,
            coin: path.field("coin", &self.coin)?,
            ambassador: path.field("ambassador", &self.ambassador)?,
            invited_at: path.optional("invited_at", self.invited_at.as_ref())?,
            accepted_at: path.optional("accepted_at", self.accepted_at.as_ref())?,
            approved_at: path.optional("approved_at", self.approved_at.as_ref())?,
            launched_at: path.optional("launched_at", self.launched_at.as_ref())?,
            status: path.field("status", &self.status)?,
        })
    }
}

impl AdoptionPart {
    pub(super) fn of(row: &Adoption) -> Self {
        Self {
            creator: row.creator.to_string(),
            use_case: row.use_case.to_string(),
            live_at: row.live_at.to_string(),
            evidence: row.evidence.as_ref().map(ToString::to_string),
            decision: row.decision.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Adoption, DocumentError> {
        Ok(Adoption {
            creator: path.field("creator", &self.creator)?,
            use_case: path.field("use_case", &self.use_case)?,
            live_at: path.field("live_at", &self.live_at)?,
            evidence: path.optional("evidence", self.evidence.as_ref())?,
            decision: path.field("decision", &self.decision)?,
        })
    }
}

impl ClosePart {
    pub(super) fn of(row: &Close) -> Self {
        Self { date: row.date.to_string(), usd: row.usd.to_string(), tokens: row.tokens.to_string() }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Close, DocumentError> {
        Ok(Close {
            date: path.field("date", &self.date)?,
            usd: path.field("usd", &self.usd)?,
            tokens: path.field("tokens", &self.tokens)?,
        })
    }
}

impl AdjustmentPart {
    pub(super) fn of(row: &Adjustment) -> Self {
        Self {
            ambassador: row.ambassador.to_string(),
            month: row.month.to_string(),
            usd: row.usd.to_string(),
            reason: row.reason.to_string(),
            approver: row.approver.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Adjustment, DocumentError> {
        Ok(Adjustment {
            ambassador: path.field("ambassador", &self.ambassador)?,
            month: path.field("month", &self.month)?,
            usd: path.field("usd", &self.usd)?,
            reason: path.field("reason", &self.reason)?,
            approver: path.field("approver", &self.approver)?,
        })
    }
}

impl ResolutionPart {
    pub(super) fn of(row: &Resolution) -> Self {
        Self {
            name: row.name.to_string(),
            address: row.address.map(|address| address.to_string()).unwrap_or_default(),
            block: row.block.to_string(),
            resolved_at: row.resolved_at.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<Resolution, DocumentError> {
        let block: TokenAmount = path.field("block", &self.block)?;
        let too_large = || DocumentError::Field {
            path: format!("{}[{}].block", path.table, path.row),
            code: "NUMBER_TOO_LARGE",
            message: format!("`{}` is no block number", self.block),
            help: "write the number of the block at which the name was asked".to_string(),
        };
        Ok(Resolution {
            name: path.field("name", &self.name)?,
            address: if self.address.is_empty() { None } else { Some(path.field("address", &self.address)?) },
            block: u64::try_from(block.as_base_units()).map_err(|_| too_large())?,
            resolved_at: path.field("resolved_at", &self.resolved_at)?,
        })
    }
}

impl SelfReferralPart {
    pub(super) fn of((creator, ambassador): &(CreatorId, AmbassadorId)) -> Self {
        Self { creator: creator.to_string(), ambassador: ambassador.to_string() }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<(CreatorId, AmbassadorId), DocumentError> {
        Ok((path.field("creator", &self.creator)?, path.field("ambassador", &self.ambassador)?))
    }
}

impl SupporterPart {
    pub(super) fn of(creator: &CreatorId, supporter: &Supporter) -> Self {
        Self {
            creator: creator.to_string(),
            supporter: supporter.actor.to_string(),
            usd: supporter.volume.to_string(),
            first_at: supporter.first_at.to_string(),
        }
    }

    pub(super) fn read(&self, path: &Path<'_>) -> Result<(CreatorId, Supporter), DocumentError> {
        let supporter = Supporter {
            actor: path.field("supporter", &self.supporter)?,
            volume: path.field("usd", &self.usd)?,
            first_at: path.field("first_at", &self.first_at)?,
        };
        Ok((path.field("creator", &self.creator)?, supporter))
    }
}

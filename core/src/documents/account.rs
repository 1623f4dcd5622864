//! What an ambassador has, over all months of which a statement was published.

use super::{
    json::{DocumentError, field},
    statement::{PendingPart, StatementDocument},
};
use crate::{
    diagnostic::Diagnostic as _,
    reason::Reason,
    token::TokenAmount,
    usd::{SignedUsd, Usd},
};

/// What may still become of an amount that is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It may be earned yet.
    Upcoming,
    /// It is earned and waits.
    Locked,
    /// Nothing but a correction of the records can bring it back.
    Lost,
}

impl Outlook {
    /// Returns the outlook in one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Locked => "locked",
            Self::Lost => "lost",
        }
    }

    /// Returns what may become of an amount that a statement names.
    pub fn of(pending: &PendingPart) -> Self {
        match pending.code.as_str() {
            "CAP_QUEUED"
            | "BUDGET_DEFERRED"
            | "BELOW_MINIMUM"
            | "HELD"
            | "PRICE_UNAVAILABLE"
            | "ADDRESS_UNCONFIRMED"
            | "CLAIM_EXPIRED" => Self::Locked,
            _ if pending.next.is_some() => Self::Upcoming,
            // People decide on no date; what they have not decided is open.
            "NOT_APPROVED" if pending.sentence != Reason::Rejected.sentence() => Self::Upcoming,
            _ => Self::Lost,
        }
    }
}

/// What is known of the claim of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimStanding {
    /// There is none, or not yet.
    None,
    /// It can be redeemed.
    Claimable,
    /// It was redeemed.
    Redeemed,
    /// It was not redeemed in time.
    Expired,
    /// Nobody asked the chain.
    Unknown,
}

/// Dollars and the tokens that they became.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// The dollars.
    pub usd: Usd,
    /// The tokens.
    pub amount: TokenAmount,
}

/// The sums of an ambassador, kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// What may be earned yet.
    pub upcoming: SignedUsd,
    /// What is earned but not yet claimable.
    pub locked: SignedUsd,
    /// What can be redeemed.
    pub claimable: Sum,
    /// What was redeemed.
    pub redeemed: Sum,
    /// What was not redeemed in time and is still owed.
    pub expired: Sum,
    /// What is claimable or redeemed: nobody asked the chain.
    pub unknown: Sum,
}

impl Account {
    /// Adds up months in order; what is not paid is that of the last one.
    ///
    /// # Errors
    ///
    /// An amount cannot be read, or a sum is larger than any programme's.
    pub fn of(months: &[(StatementDocument, ClaimStanding)]) -> Result<Self, DocumentError> {
        let mut account = Self::default();
        for (place, (statement, standing)) in months.iter().enumerate() {
            account.add(statement, *standing).map_err(|error| at(place, &error))?;
        }
        if let Some((place, (last, _))) = months.iter().enumerate().next_back() {
            last.pending.iter().try_for_each(|line| account.add_pending(line)).map_err(|error| at(place, &error))?;
        }
        Ok(account)
    }

    fn add(&mut self, statement: &StatementDocument, standing: ClaimStanding) -> Result<(), DocumentError> {
        let usd: Usd = field(|| "total_usd".into(), &statement.total_usd)?;
        let amount: TokenAmount = field(|| "amount".into(), &statement.amount)?;
        let sum = match standing {
            ClaimStanding::None => {
                let usd = SignedUsd::try_from(usd).ok();
                self.locked = usd.and_then(|usd| self.locked.checked_add(usd)).ok_or_else(overflow)?;
                return Ok(());
            }
            ClaimStanding::Claimable => &mut self.claimable,
            ClaimStanding::Redeemed => &mut self.redeemed,
            ClaimStanding::Expired => &mut self.expired,
            ClaimStanding::Unknown => &mut self.unknown,
        };
        sum.usd = sum.usd.checked_add(usd).ok_or_else(overflow)?;
        sum.amount = sum.amount.checked_add(amount).ok_or_else(overflow)?;
        Ok(())
    }

    fn add_pending(&mut self, line: &PendingPart) -> Result<(), DocumentError> {
        let amount: SignedUsd = field(|| "pending.amount".into(), &line.amount)?;
        let sum = match Outlook::of(line) {
            Outlook::Upcoming => &mut self.upcoming,
            Outlook::Locked => &mut self.locked,
            Outlook::Lost => return Ok(()),
        };
        *sum = sum.checked_add(amount).ok_or_else(overflow)?;
        Ok(())
    }
}

fn overflow() -> DocumentError {
    DocumentError::Field {
        path: "total_usd".into(),
        code: "SUM_OVERFLOW",
        message: "the sums are larger than any programme's".into(),
        help: "fetch the statements again from the programme".into(),
    }
}

fn at(place: usize, error: &DocumentError) -> DocumentError {
    let path = error.path().unwrap_or_default();
    DocumentError::Field {
        path: alloc::format!("months[{place}].{path}"),
        code: error.code(),
        message: alloc::format!("{error}"),
        help: error.help(),
    }
}

//! Every claim that the ledger issued: the months' own ones, and those in their place.

use ambassador_core::{
    calendar::Month,
    claim::{Claim, Domain},
    documents::claim::ClaimDocument,
    records::AmbassadorIndex,
};

use crate::{
    ledger::{self, Ledger},
    problem::Failure,
};

/// A claim that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Where it can be redeemed.
    pub domain: Domain,
    /// What can be redeemed.
    pub claim: Claim,
    /// The ambassador's id.
    pub id: String,
    /// Whose place it takes.
    pub kind: Kind,
}

/// Whose place a claim takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody's: it is the month's own.
    Own,
    /// That of the own claims of these months.
    Replacement(Vec<Month>),
}

impl Issued {
    /// Returns the months that it pays for.
    pub fn own_months(&self) -> impl Iterator<Item = Month> {
        match &self.kind {
            Kind::Own => vec![self.claim.months.from()],
            Kind::Replacement(months) => months.clone(),
        }
        .into_iter()
    }

    /// Says whether it covers a month of an ambassador.
    pub fn covers(&self, index: AmbassadorIndex, month: Month) -> bool {
        self.claim.index == index && self.claim.months.from() <= month && month <= self.claim.months.to()
    }
}

/// Returns the claims that the ledger issued, months first, each kind in its order.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read, or holds what is no claim.
pub fn issued(ledger: &Ledger) -> Result<Vec<Issued>, Failure> {
    let mut issued = Vec::new();
    for month in ledger.months()? {
        let Some(month) = ledger.month(month)? else { continue };
        for (index, claim) in &month.claims {
            let id = month.statements.get(index).map(|statement| statement.id.clone()).unwrap_or_default();
            let (domain, claim) = read(&claim.bytes)?;
            issued.push(Issued { domain, claim, id, kind: Kind::Own });
        }
    }
    for replacement in ledger.replacements()? {
        let (domain, claim) = read(&replacement.claim.bytes)?;
        issued.push(Issued { domain, claim, id: replacement.id, kind: Kind::Replacement(replacement.months) });
    }
    Ok(issued)
}

/// Reads what was signed from a claim's document, whoever signed it.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk): the bytes are no claim.
pub fn read(bytes: &[u8]) -> Result<(Domain, Claim), Failure> {
    let read = ClaimDocument::from_bytes(bytes).and_then(|document| document.to_domain_and_claim());
    read.map_err(|error| ledger::contradiction(format!("a claim of the ledger: {error}")))
}

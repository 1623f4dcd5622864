//! What consolidating and reissuing share: a claim in the place of others is held against the chain, signed and recorded.

use std::{fmt::Write as _, path::Path};

use ambassador_core::{
    calendar::Month,
    claim::{Claim, Domain},
    documents::replacement::{Replaced, Replacement, ReplacementDocument},
    hash::Hash32,
    redemption::shown_time,
    token::TokenAmount,
};
use serde_json::json;

use super::{
    Outcome, confirm, list_changes,
    prepare::settled_month,
    replacement_signing::{self, Order},
};
use crate::{
    chain::{
        event::Settling,
        issued::{Issued, Kind, issued},
        reading::{self, View},
        standing::is_expired,
    },
    cli::Consent,
    files::{self, Changes},
    ledger::{Ledger, contradiction, replacements::LedgerReplacement},
    month::MonthWork,
    problem::{Exit, Failure, Problem},
    replacement_files::{self, replacement_files},
    report,
    rpc::{Endpoint, Finality},
};

/// A month's own claim, which was signed.
pub(super) struct OwnClaim {
    /// The month, computed from what the ledger froze.
    pub(super) work: MonthWork,
    /// Where it can be redeemed.
    pub(super) domain: Domain,
    /// The claim.
    pub(super) claim: Claim,
    /// What was signed.
    digest: Hash32,
}

impl OwnClaim {
    /// Reads an ambassador's own claim of a settled month, or returns `None` where the month pays nothing.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`]: the month is not settled, or the claim not signed; [`Exit::Disk`]: the ledger contradicts itself.
    pub(super) fn read(ledger: &Ledger, month: Month, id: &str) -> Result<Option<Self>, Failure> {
        let (work, frozen) = settled_month(Some(ledger), month)?;
        let mut statements = work.statements.iter();
        let found = statements.find(|(_, statement)| statement.document.ambassador.id == id);
        let Some((index, claim)) = found.and_then(|(index, statement)| Some((*index, statement.claim?))) else {
            return Ok(None);
        };
        let domain = work.domain();
        let digest = claim.digest(&domain);
        match frozen.claims.get(&index) {
            Some(signed) if signed.digest == digest => Ok(Some(Self { work, domain, claim, digest })),
            Some(_) => Err(contradiction(format!("another claim of `{id}` for `{month}` was signed"))),
            None => {
                let message = format!("the claim of `{id}` for `{month}` is not signed");
                let help = format!("run `ambassador-signer sign {month}` first");
                Err(refused("REPLACE_UNSIGNED", message, help))
            }
        }
    }

    /// Returns what a replacement says of it.
    pub(super) fn to_replaced(&self) -> Replaced {
        let Claim { months, statement, amount, .. } = self.claim;
        Replaced { month: months.from(), statement, amount, digest: self.digest }
    }
}

/// A claim in the place of others that may be issued.
pub(super) struct Candidate {
    pub(super) issued: Issued,
    document: ReplacementDocument,
}

impl Candidate {
    /// Makes one for a contract.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`]: the sum is larger than any token amount, or nothing.
    pub(super) fn new(domain: Domain, replacement: &Replacement<'_>) -> Result<Self, Failure> {
        let overflow = || refused("SUM_OVERFLOW", "the sum of the months is too large", "name fewer months");
        let document = ReplacementDocument::of(replacement).ok_or_else(overflow)?;
        let claim = document.to_claim();
        let claim = claim.map_err(|error| Failure::new(Exit::Refused, Problem::of_document(&error)))?;
        let kind = Kind::Replacement(replacement.replaced.iter().map(|replaced| replaced.month).collect());
        let issued = Issued { domain, claim, id: replacement.id.to_owned(), kind };
        Ok(Self { issued, document })
    }

    /// Reads the contract, and refuses what it would not pay.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`]: a month is settled, the deadline is over, the sum is above the largest claim, or the endpoint
    /// gives no answer that can be believed.
    pub(super) fn look(&self, ledger: &Ledger, endpoint: &Endpoint, finality: Finality) -> Result<View, Failure> {
        let mut all = issued(ledger)?;
        if !all.contains(&self.issued) {
            all.push(self.issued.clone());
        }
        let view = reading::read(endpoint, ledger, &self.issued.domain, &all, finality)?;
        let Claim { index, months, amount, deadline, .. } = self.issued.claim;
        for month in months.months() {
            let mut events = view.events.iter();
            let Some(event) = events.find(|event| event.what.covers(index.as_u32(), month)) else { continue };
            let (code, word, help) = match event.what {
                Settling::Redeemed(_) => ("ALREADY_SETTLED", "redeemed", "nothing is left to redeem of it"),
                Settling::Voided(_) => (
                    "ALREADY_VOIDED",
                    "voided",
                    "the contract pays no claim of a voided month: what is owed goes into a later month, as a row of `adjustments.csv`",
                ),
            };
            let message =
                format!("`{month}` of `{}` was {word} by transaction `{}`", self.issued.id, event.transaction);
            return Err(refused(code, message, help));
        }
        if is_expired(&self.issued, view.block.time) {
            let message = format!("such a claim could be redeemed until {}", shown_time(deadline));
            let help = "reissue each month by itself: `ambassador-signer reissue AMBASSADOR MONTH`";
            return Err(refused("CLAIM_EXPIRED", message, help));
        }
        refuse_above(amount, reading::max_claim(endpoint, &self.issued.domain, &view.block)?)?;
        Ok(view)
    }
}

/// Refuses an amount that the contract does not pay at once.
fn refuse_above(amount: TokenAmount, most: TokenAmount) -> Result<(), Failure> {
    if amount <= most {
        return Ok(());
    }
    let message = format!("the claim would be over {amount} base units, and the contract pays {most} at once");
    Err(refused("ABOVE_MAX_CLAIM", message, "name fewer months"))
}

/// Signs and records a candidate that the contract would pay, unless that was done, and writes its files; or exports
/// it for a signer elsewhere.
///
/// # Errors
///
/// [`Exit::Refused`]: nobody confirmed; [`Exit::Key`]: it is not signed; [`Exit::Disk`]: nothing is recorded or written.
pub(super) fn issue(
    root: &Path,
    (ledger, view): (Ledger, &View),
    candidate: &Candidate,
    (consent, order): (Consent, &Order<'_>),
    example: &MonthWork,
) -> Result<Outcome, Failure> {
    let Candidate { issued, document } = candidate;
    let digest = issued.claim.digest(&issued.domain);
    let known = ledger.replacements()?.into_iter().find(|known| known.claim.digest == digest);
    let earlier = ledger.last_signer()?;
    drop(ledger);
    let text = listing(candidate, example);
    let json = |signed: bool, signer: Option<&str>, files| {
        json!({
            "signed": signed,
            "id": issued.id,
            "from": issued.claim.months.from().to_string(),
            "to": issued.claim.months.to().to_string(),
            "account": issued.claim.account.to_string(),
            "amount": issued.claim.amount.to_string(),
            "valid_until": issued.claim.deadline.to_string(),
            "digest": digest.to_string(),
            "signer": signer,
            "block": view.block.number.to_string(),
            "files": files,
        })
    };
    if consent.dry_run {
        return Ok(Outcome::new(text, json(false, None, json!([]))));
    }
    let by = match order {
        Order::Export => return replacement_signing::export(root, issued, text, json(false, None, json!([]))),
        Order::Sign(by) => by,
    };
    let mut made = None;
    if known.is_none() || by.key.new_signer {
        confirm(consent, &text, "Sign this claim in the place of the others?")?;
        let claim = by.sign(root, issued, view, earlier.as_deref())?;
        made = Some(claim).filter(|claim| known.as_ref().is_none_or(|known| known.claim.signer != claim.signer));
    }
    let claim = made.clone().or_else(|| known.map(|known| known.claim));
    let Some(claim) = claim else { return Ok(Outcome::new(text, json(false, None, json!([])))) };
    let months = issued.own_months().collect();
    let index = issued.claim.index;
    let replacement = LedgerReplacement { index, id: issued.id.clone(), months, document: document.to_bytes(), claim };
    let writes = replacement_files("", &replacement);
    let changes = Changes::of(root, &writes);
    let (list, files) = list_changes(&changes, false);
    if !changes.is_empty() {
        files::check_writable(&root.join(replacement_files::FOLDER))?;
    }
    let mut ledger = Ledger::open(root, &[])?;
    view.record(&mut ledger)?;
    if made.is_some() {
        ledger.record_replacement(&replacement)?;
    }
    changes.write()?;
    let said = if made.is_some() { "signed\n" } else { "signed before\n" };
    Ok(Outcome::new(text + said + &list, json(true, Some(&replacement.claim.signer), files)))
}

/// Says what the claim is over, and in whose place it stands.
fn listing(candidate: &Candidate, example: &MonthWork) -> String {
    let Candidate { issued: Issued { claim, id, .. }, document } = candidate;
    let sample = example.statements.get(&claim.index);
    let tokens = |amount: &str| {
        sample.map_or_else(|| amount.to_owned(), |statement| report::tokens(&statement.document, amount))
    };
    let mut text = format!("{} · claims in the place of others\n", example.settled.programme);
    for part in &document.months {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}  {id}  {}  own claim {}", part.month, tokens(&part.amount), part.digest);
    }
    let (from, to) = (claim.months.from(), claim.months.to());
    text + &format!(
        "{from}..{to}  {id}  {}  {}  until {}\n",
        claim.account,
        tokens(&document.amount),
        shown_time(claim.deadline)
    )
}

/// Makes the refusal of a command.
pub(super) fn refused(code: &str, message: impl Into<String>, help: impl Into<String>) -> Failure {
    Failure::new(Exit::Refused, Problem::new(code, message).help(help))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn the_largest_claim_is_paid_and_no_larger_one() {
        let most = "1000".parse().unwrap();
        for (amount, paid) in [("999", true), ("1000", true), ("1001", false)] {
            assert_eq!(refuse_above(amount.parse().unwrap(), most).is_ok(), paid, "{amount}");
        }
    }
}

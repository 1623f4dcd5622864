//! What every way of signing shares: which claims of a month are open, and how signed ones are recorded and then written.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use ambassador_core::{
    address::Address, calendar::Month, claim::Claim, documents::claim::ClaimDocument, hash::Hash32,
    records::AmbassadorIndex,
};
use serde_json::{Value, json};

use super::{Outcome, list_changes, prepare::settled_month, standing};
use crate::{
    files::{self, Changes},
    ledger::{Extent, Ledger, LedgerClaim, LedgerMonth, contradiction},
    month::MonthWork,
    month_files::month_files,
    problem::{Failure, Problem},
    report,
    summary::Status,
};

/// The claims of a settled month, signed ones and open ones.
pub(super) struct OpenMonth {
    /// The month, computed from what the ledger froze.
    pub(super) work: MonthWork,
    /// The month as the ledger froze it.
    pub(super) frozen: LedgerMonth,
    /// Whose claims are not signed yet; everybody's where a new signer signs them again.
    pub(super) open: Vec<AmbassadorIndex>,
    /// Who signed last.
    pub(super) earlier_signer: Option<String>,
}

impl OpenMonth {
    /// Reads a month from the ledger.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`](crate::problem::Exit::Refused): it is not settled; [`Exit::Disk`](crate::problem::Exit::Disk): the ledger contradicts itself.
    pub(super) fn read(root: &Path, month: Month, new_signer: bool) -> Result<Self, Failure> {
        let ledger = Ledger::open_existing(root)?;
        standing::refuse_older(root, &Extent::of(ledger.as_ref())?)?;
        let (work, frozen) = settled_month(ledger.as_ref(), month)?;
        let earlier_signer = ledger.as_ref().map(Ledger::last_signer).transpose()?.flatten();
        let open = open_claims(&work, &frozen, new_signer)?;
        Ok(Self { work, frozen, open, earlier_signer })
    }

    /// Returns the open claims.
    pub(super) fn open_claims(&self) -> Vec<(AmbassadorIndex, Claim)> {
        self.open.iter().filter_map(|index| Some((*index, self.work.statements.get(index)?.claim?))).collect()
    }

    /// Returns the open claims that this signer has not signed.
    pub(super) fn to_sign(&self, signer: Address) -> Vec<(AmbassadorIndex, Claim)> {
        to_sign(&self.work, &self.open, &self.frozen, signer)
    }

    /// Returns an ambassador's id.
    pub(super) fn id(&self, index: AmbassadorIndex) -> &str {
        self.work.statements.get(&index).map_or("", |statement| &statement.document.ambassador.id)
    }

    /// Lists the claims.
    pub(super) fn listing(&self) -> String {
        let settled = &self.work.settled;
        let mut text = format!("{} · {} · claims\n", settled.programme, settled.month);
        for (index, statement) in &self.work.statements {
            let document = &statement.document;
            let Some(claim) = statement.claim else { continue };
            let state = if self.frozen.claims.contains_key(index) { "signed" } else { "open" };
            let amount = report::tokens(document, &document.amount);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{index}  {}  {}  {amount}  {state}", document.ambassador.id, claim.account);
        }
        text
    }

    /// Says what would be signed.
    pub(super) fn dry_run(&self) -> Outcome {
        let claims = claims_json(&self.work, &self.frozen.claims);
        Outcome::new(self.listing(), json!({ "signed": false, "claims": claims }))
    }

    /// Records the signed claims, then writes the month's files.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger or the folder takes nothing.
    pub(super) fn release(
        &self,
        root: &Path,
        signed: &BTreeMap<AmbassadorIndex, LedgerClaim>,
    ) -> Result<Outcome, Failure> {
        let month = self.work.settled.month;
        let mut claims = self.frozen.claims.clone();
        claims.extend(signed.clone());
        let bytes = claims.iter().map(|(index, claim)| (*index, claim.bytes.clone())).collect();
        let writes = month_files(&self.work, &format!("months/{month}"), Status::Final, &bytes)?;
        let changes = Changes::of(root, &writes);
        let (list, files) = list_changes(&changes, false);
        if !changes.is_empty() {
            files::check_writable(&root.join("months"))?;
        }
        if !signed.is_empty() {
            Ledger::open(root, &[])?.record_claims(month, signed)?;
        }
        changes.write()?;
        let said = if signed.is_empty() { "nothing was left to sign\n" } else { "signed\n" };
        let json = json!({ "signed": true, "claims": claims_json(&self.work, &claims), "files": files });
        Ok(Outcome::new(self.listing() + said + &list, json))
    }
}

/// Returns the statements whose claims are not signed yet; all of them where a new signer signs them again.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk): another digest was signed for the same ambassador and month.
pub(super) fn open_claims(
    work: &MonthWork,
    frozen: &LedgerMonth,
    new_signer: bool,
) -> Result<Vec<AmbassadorIndex>, Failure> {
    let separator = work.domain().separator();
    let mut open = Vec::new();
    for (index, statement) in &work.statements {
        let Some(claim) = statement.claim else { continue };
        let digest = claim.digest_under(&separator);
        match frozen.claims.get(index) {
            None => open.push(*index),
            Some(signed) if signed.digest == digest => open.extend(new_signer.then_some(*index)),
            Some(signed) => {
                let message = format!("ambassador {index} has the signed digest `{}`, not `{digest}`", signed.digest);
                return Err(contradiction(message));
            }
        }
    }
    Ok(open)
}

/// Returns the open claims that this signer has not signed.
pub(super) fn to_sign(
    work: &MonthWork,
    open: &[AmbassadorIndex],
    frozen: &LedgerMonth,
    signer: Address,
) -> Vec<(AmbassadorIndex, Claim)> {
    let signer = signer.to_string();
    let done = |index: &AmbassadorIndex| frozen.claims.get(index).is_some_and(|claim| claim.signer == signer);
    open.iter()
        .filter(|index| !done(index))
        .filter_map(|index| Some((*index, work.statements.get(index)?.claim?)))
        .collect()
}

/// Returns what the ledger records of a signed claim.
pub(super) fn to_record(digest: Hash32, document: &ClaimDocument) -> LedgerClaim {
    LedgerClaim { digest, signer: document.signer.clone(), bytes: document.to_bytes() }
}

/// Refuses a signer that is not the one of the earlier claims.
///
/// # Errors
///
/// [`Exit::Key`](crate::problem::Exit::Key): another one signed last, and no new one was announced.
pub(super) fn refuse_other_signer(signer: Address, earlier: Option<&str>, new_signer: bool) -> Result<(), Problem> {
    let Some(earlier) = earlier.filter(|earlier| *earlier != signer.to_string() && !new_signer) else { return Ok(()) };
    let message = format!("the key of `{signer}` did not sign the earlier claims; `{earlier}` did");
    let help = "name the right key, or repeat with `--new-signer` once the contract knows the new one";
    Err(Problem::new("KEY_NOT_THE_SIGNER", message).help(help))
}

/// Returns the claims for scripts.
pub(super) fn claims_json(work: &MonthWork, claims: &BTreeMap<AmbassadorIndex, LedgerClaim>) -> Value {
    let claim = |(index, claim): (&AmbassadorIndex, &LedgerClaim)| {
        let statement = work.statements.get(index);
        json!({
            "index": index.to_string(),
            "id": statement.map(|statement| statement.document.ambassador.id.clone()),
            "amount": statement.map(|statement| statement.document.amount.clone()),
            "digest": claim.digest.to_string(),
            "signer": claim.signer,
        })
    };
    Value::Array(claims.iter().map(claim).collect())
}

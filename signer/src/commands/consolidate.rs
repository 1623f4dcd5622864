//! `sign --consolidate AMBASSADOR FROM..TO`: one claim for several months that were not redeemed.

use std::path::Path;

use ambassador_core::{
    address::Address,
    calendar::Month,
    claim::MonthRange,
    documents::replacement::{Replaced, Replacement},
};

use super::{
    FolderLock, Outcome, endpoint,
    replace::{Candidate, OwnClaim, issue, refused},
    replacement_signing::Order,
    standing,
};
use crate::{
    chain::issued::issued,
    cli::SignArgs,
    ledger::{Extent, Ledger},
    problem::{Exit, Failure, Problem},
    rpc::{Asking, Finality},
};

pub(super) fn run(root: &Path, args: &SignArgs, id: &str, range: &str) -> Result<Outcome, Failure> {
    let months = read_range(range)?;
    let Some(url) = &args.outside.rpc else {
        return Err(refused(
            "RPC_NEEDED",
            "what was redeemed must be known first",
            "name an endpoint with `--rpc URL`",
        ));
    };
    let _lock = FolderLock::take(root)?;
    let ledger = open(root)?;
    let own = own_claims(&ledger, id, months)?;
    let [first, .., last] = own.as_slice() else {
        let message = format!("`{id}` has {} claims in `{range}`", own.len());
        return Err(refused("CONSOLIDATE_ONE", message, "name a range with two claims or more"));
    };
    if own.iter().any(|one| one.domain != first.domain) {
        let message = format!("the claims of `{id}` in `{range}` are of several contracts");
        return Err(refused("CONSOLIDATE_CONTRACTS", message, "name a range of months whose terms name one contract"));
    }
    let (account, deadline) = newest(&ledger, &own)?;
    let replaced: Vec<Replaced> = own.iter().map(OwnClaim::to_replaced).collect();
    let index = first.claim.index;
    let replacement = Replacement { index, id, account, months, replaced: &replaced, deadline };
    let candidate = Candidate::new(first.domain, &replacement)?;

    let chain_id = first.domain.chain_id;
    let endpoint = endpoint::open(url, args.outside.timeout, Asking::Again, chain_id, Exit::Refused)?;
    let finality = args.confirmations.map_or(Finality::Tag, Finality::Confirmations);
    let view = candidate.look(&ledger, &endpoint, finality)?;
    let order = Order::of(&args.replacement, args.outside.typed_data, args.outside.signer, (&args.key, &endpoint));
    issue(root, (ledger, &view), &candidate, (args.consent, &order), &last.work)
}

/// Opens the ledger, which must be there and be the latest.
pub(super) fn open(root: &Path) -> Result<Ledger, Failure> {
    let ledger = Ledger::open_existing(root)?;
    standing::refuse_older(root, &Extent::of(ledger.as_ref())?)?;
    ledger.ok_or_else(|| refused("NOT_SETTLED", "no month is settled", "run `ambassador-signer close MONTH` first"))
}

/// Reads `FROM..TO`.
fn read_range(text: &str) -> Result<MonthRange, Failure> {
    let read = || -> Option<(Month, Month)> {
        let (from, to) = text.split_once("..")?;
        Some((from.parse().ok()?, to.parse().ok()?))
    };
    let Some((from, to)) = read() else {
        let problem = Problem::new("USAGE", format!("`{text}` is no range of months"));
        return Err(Failure::new(
            Exit::Usage,
            problem.help("write the first and the last month, such as `2020-12..2021-02`"),
        ));
    };
    MonthRange::new(from, to).map_err(|error| Failure::refused(&error))
}

/// Returns an ambassador's own claims of the months, all of which must be past.
fn own_claims(ledger: &Ledger, id: &str, months: MonthRange) -> Result<Vec<OwnClaim>, Failure> {
    let settled = ledger.months()?;
    if settled.last().is_none_or(|last| *last < months.to()) {
        // A month that is settled later could never be redeemed.
        let message = format!("`{}` is not settled, and the claim would settle it on the chain", months.to());
        return Err(refused("NOT_SETTLED", message, "name a range that ends with a settled month"));
    }
    let mut own = Vec::new();
    for month in months.months().filter(|month| settled.contains(month)) {
        own.extend(OwnClaim::read(ledger, month, id)?);
    }
    Ok(own)
}

/// Returns whom the newest claims over the months pay, and the last of their deadlines.
fn newest(ledger: &Ledger, own: &[OwnClaim]) -> Result<(Address, u64), Failure> {
    let issued = issued(ledger)?;
    let newest = own.iter().map(|one| {
        let (index, month) = (one.claim.index, one.claim.months.from());
        let newest = issued.iter().rev().find(|issued| issued.domain == one.domain && issued.covers(index, month));
        let claim = newest.map_or(one.claim, |issued| issued.claim);
        (month, claim.account, claim.deadline)
    });
    let newest: Vec<(Month, Address, u64)> = newest.collect();
    let deadline = newest.iter().map(|(_, _, deadline)| *deadline).max().unwrap_or_default();
    match newest.split_first() {
        Some(((_, account, _), rest)) => match rest.iter().find(|(_, other, _)| other != account) {
            None => Ok((*account, deadline)),
            Some((month, other, _)) => {
                let message = format!("the claim of `{month}` pays `{other}`, and an earlier one `{account}`");
                Err(refused("CONSOLIDATE_ACCOUNTS", message, "name a range of months that pay one account"))
            }
        },
        None => Err(refused("CONSOLIDATE_ONE", "no month has a claim", "name a range with two claims or more")),
    }
}

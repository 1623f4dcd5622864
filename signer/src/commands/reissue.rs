//! `reissue AMBASSADOR MONTH`: the same amount once more, to the present payee, once nothing issued for it can be redeemed.

use std::path::Path;

use ambassador_core::{
    address::Address,
    calendar::Month,
    claim::MonthRange,
    documents::replacement::Replacement,
    records::{Ambassador, AmbassadorStatus},
    redemption::shown_time,
};

use super::{
    FolderLock, Outcome, consolidate, look,
    replace::{Candidate, OwnClaim, issue, refused},
    replacement_signing::Order,
};
use crate::{
    chain::{
        event::Settling,
        issued::{Issued, Kind, issued},
        reading,
        standing::is_expired,
    },
    cli::ReissueArgs,
    intake,
    problem::Failure,
};

pub(super) fn run(root: &Path, args: &ReissueArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let (id, month) = (args.ambassador.as_str(), args.month);
    let ledger = consolidate::open(root)?;
    let Some(own) = OwnClaim::read(&ledger, month, id)? else {
        let message = format!("`{id}` has no claim for `{month}`");
        return Err(refused("REISSUE_NO_CLAIM", message, "name an ambassador whom the month pays, by the id"));
    };
    let account = present_account(root, id)?;

    let endpoint = look::must_open(&args.chain, own.domain.chain_id)?;
    let finality = args.chain.finality();
    let all = issued(&ledger)?;
    let seen = reading::read(&endpoint, &ledger, &own.domain, &all, finality)?;
    let (index, months) = (own.claim.index, MonthRange::single(month));
    let mut events = seen.events.iter().filter(|event| event.what.covers(index.as_u32(), month));
    if let Some(voided) = events.find(|event| matches!(event.what, Settling::Voided(_))) {
        return Err(voided_for_ever(&own, id, month, &voided.transaction.to_string()));
    }
    let over = all.iter().filter(|issued| issued.domain == own.domain && issued.covers(index, month));
    let live: Vec<&Issued> = over.filter(|issued| !is_expired(issued, seen.block.time)).collect();
    let is_reissued = |one: &Issued| {
        one.kind == Kind::Replacement(vec![month]) && one.claim.account == account && one.claim.months == months
    };
    let deadline = match live.as_slice() {
        [] => own.work.settled.terms.claims_deadline(seen.block.time.to_month()).to_unix_seconds(),
        // Repeating the command gives the claim that it gave.
        [one] if is_reissued(one) => one.claim.deadline,
        [one, ..] => return Err(not_expired(one, month)),
    };
    let replaced = [own.to_replaced()];
    let replacement = Replacement { index, id, account, months, replaced: &replaced, deadline };
    let candidate = Candidate::new(own.domain, &replacement)?;
    let view = candidate.look(&ledger, &endpoint, finality)?;
    let order = Order::of(&args.replacement, args.typed_data, args.signer, (&args.key, &endpoint));
    issue(root, (ledger, &view), &candidate, (args.consent, &order), &own.work)
}

/// Returns the account that the ambassador's payee stands for now.
fn present_account(root: &Path, id: &str) -> Result<Address, Failure> {
    let programme = intake::read(root)?.programme;
    let mut ambassadors = programme.records().ambassadors.iter();
    let found: Option<&Ambassador> = ambassadors.find(|ambassador| ambassador.id.as_str() == id);
    let Some(ambassador) = found else {
        let help = "write the id as it stands in `ambassadors.csv`";
        return Err(refused("AMBASSADOR_UNKNOWN", format!("`{id}` is no ambassador"), help));
    };
    if ambassador.status == AmbassadorStatus::Held {
        let message = format!("payments of `{id}` are held");
        return Err(refused("HELD", message, "set the status to `active` in `ambassadors.csv` once they may be paid"));
    }
    programme.resolve(&ambassador.payee).ok_or_else(|| {
        let message = format!("the payee of `{id}` stands for no confirmed account");
        refused("ADDRESS_UNCONFIRMED", message, "run `ambassador-signer resolve`, or write an address as the payee")
    })
}

fn not_expired(live: &Issued, month: Month) -> Failure {
    let until = shown_time(live.claim.deadline);
    let message = format!("`{month}` can still be redeemed by `{}`, until {until}", live.claim.account);
    let help = "wait until that claim has expired by the chain's time: two that can be redeemed would pay whom it reaches first";
    refused("REISSUE_NOT_EXPIRED", message, help)
}

fn voided_for_ever(own: &OwnClaim, id: &str, month: Month, transaction: &str) -> Failure {
    let statement = own.work.statements.get(&own.claim.index);
    let usd = statement.map(|statement| statement.document.total_usd.clone()).unwrap_or_default();
    let message = format!(
        "`{month}` of `{id}` was voided by transaction `{transaction}`: no claim of it can be redeemed any more"
    );
    let help = format!(
        "what is owed goes into a later month: add `{id},MONTH,{usd},{month} was voided,APPROVER` to `adjustments.csv`, with a month that is not settled"
    );
    refused("REISSUE_VOIDED", message, help)
}

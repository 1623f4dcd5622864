//! `close MONTH`: the month's one command, safe to repeat.

use std::{collections::BTreeMap, path::Path};

use ambassador_core::calendar::Instant;
use serde_json::json;

use super::{
    FolderLock, Outcome, acceptances, confirm, list_changes,
    prepare::prepare,
    publish::{self, index_write, month_writes},
    release::{claims_json, open_claims},
    settle::{self, SettlePlan},
    sign, standing,
};
use crate::{
    cli::CloseArgs,
    clock,
    files::{self, Changes},
    ledger::{Extent, Ledger, LedgerMonth},
    month_files::month_files,
    problem::Failure,
    summary::Status,
};

pub(super) fn run(root: &Path, args: &CloseArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let now = clock::now();
    let ledger = Ledger::open_existing(root)?;
    let extent = Extent::of(ledger.as_ref())?;
    standing::refuse_older(root, &extent)?;
    let prepared = prepare(root, args.month, &args.options, args.activity, ledger.as_ref(), now)?;
    let earlier_signer = ledger.as_ref().map(Ledger::last_signer).transpose()?.flatten();
    drop(ledger);
    let status = prepared.status(&args.options, now);
    let plan = settle::plan(prepared, status)?;
    match status {
        Status::Draft => draft(root, args, &plan, now),
        Status::Final => {
            let ledger = Before { extent, earlier_signer };
            settle_sign_publish(root, args, &plan, now, &ledger)
        }
    }
}

/// Publishes the draft; nothing of the month enters the ledger.
fn draft(root: &Path, args: &CloseArgs, plan: &SettlePlan, now: Instant) -> Result<Outcome, Failure> {
    let work = &plan.prepared.work;
    let frozen = plan.prepared.to_ledger_month(now, None);
    let mut writes = month_writes(work, Status::Draft, &frozen)?;
    acceptances::add_published(root, &mut writes)?;
    writes.push(index_write(root, &[(work, Status::Draft)])?);
    let changes = Changes::of(root, &writes);
    let (list, files) = list_changes(&changes, args.consent.dry_run);
    if !args.consent.dry_run {
        files::check_writable(&root.join(publish::FOLDER))?;
        // The pseudonyms of the draft stay the same for ever, so their secret must be kept.
        drop(Ledger::open(root, &plan.prepared.salt)?);
        changes.write()?;
    }
    let opens = work.settled.terms.signing_opens(args.month);
    let said = format!("draft: {} can be challenged until {opens}; signing opens then\n", args.month);
    let json = json!({ "closed": false, "signing_opens": opens.to_string(), "summary": plan.summary, "files": files });
    Ok(Outcome::new(plan.table() + &said + &list, json))
}

/// What the ledger held before.
struct Before {
    extent: Extent,
    earlier_signer: Option<String>,
}

fn settle_sign_publish(
    root: &Path,
    args: &CloseArgs,
    plan: &SettlePlan,
    now: Instant,
    ledger: &Before,
) -> Result<Outcome, Failure> {
    let work = &plan.prepared.work;
    let mut frozen: LedgerMonth = match &plan.prepared.frozen {
        Some(frozen) => frozen.clone(),
        None => plan.prepared.to_ledger_month(now, args.options.early.clone()),
    };
    let open = open_claims(work, &frozen, args.key.new_signer)?;
    let table = plan.table();
    if args.consent.dry_run {
        let writes = writes(root, plan, &frozen, &ledger.extent)?;
        let (list, files) = list_changes(&Changes::of(root, &writes), true);
        let said = format!("would settle, sign {} claims and publish {}\n", open.len(), args.month);
        let json = json!({ "closed": false, "summary": plan.summary, "files": files });
        return Ok(Outcome::new(table + &said + &list, json));
    }
    let settled = plan.prepared.frozen.is_some();
    let signed = if open.is_empty() {
        BTreeMap::new()
    } else {
        standing::refuse_other_digests(root, work, &frozen, &open)?;
        let question = format!("Settle, sign {} claims and publish {} with these totals?", open.len(), args.month);
        confirm(args.consent, &table, &question)?;
        let key = sign::open_key(root, &args.key, ledger.earlier_signer.as_deref())?;
        sign::sign_claims(work, &open, &frozen, &key)?
    };
    if open.is_empty() && !settled {
        confirm(args.consent, &table, &format!("Settle and publish {} with these totals?", args.month))?;
    }
    let count = signed.len();
    frozen.claims.extend(signed.clone());
    let writes = writes(root, plan, &frozen, &ledger.extent)?;
    let changes = Changes::of(root, &writes);
    let (list, files) = list_changes(&changes, false);
    if !changes.is_empty() {
        files::check_writable(&root.join("months"))?;
        files::check_writable(&root.join(publish::FOLDER))?;
    }
    settle::record(root, plan, &args.options, now)?;
    if !signed.is_empty() {
        Ledger::open(root, &[])?.record_claims(args.month, &signed)?;
    }
    changes.write()?;
    let said = match (settled, count) {
        (true, 0) => format!("{} was closed before with the same records\n", args.month),
        (_, count) => format!("settled, signed {count} claims and published {}\n", args.month),
    };
    let json = json!({
        "closed": true,
        "claims": claims_json(work, &frozen.claims),
        "summary": plan.summary,
        "files": files,
    });
    Ok(Outcome::new(table + &said + &list, json))
}

fn writes(
    root: &Path,
    plan: &SettlePlan,
    frozen: &LedgerMonth,
    before: &Extent,
) -> Result<Vec<files::FileWrite>, Failure> {
    let work = &plan.prepared.work;
    let claims = frozen.claims.iter().map(|(index, claim)| (*index, claim.bytes.clone())).collect();
    let mut writes = month_files(work, &format!("months/{}", work.settled.month), Status::Final, &claims)?;
    writes.push(standing::head_write(&before.clone().with(frozen)));
    writes.extend(month_writes(work, Status::Final, frozen)?);
    acceptances::add_published(root, &mut writes)?;
    writes.push(index_write(root, &[(work, Status::Final)])?);
    Ok(writes)
}

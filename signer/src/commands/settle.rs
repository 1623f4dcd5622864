//! `settle MONTH`: freezes a month in the ledger and writes its statements.

use std::path::Path;

use ambassador_core::calendar::Instant;
use serde_json::json;

use super::{
    FolderLock, Outcome, confirm, list_changes,
    prepare::{Prepared, prepare},
    standing,
};
use crate::{
    cli::{SettleArgs, SettleOptions},
    clock,
    files::{self, Changes, FileWrite},
    ledger::{Extent, Ledger},
    month_files::month_files,
    problem::{Exit, Failure, Problem},
    report,
    summary::{Status, SummaryDocument},
};

/// Everything that settling would do.
pub(super) struct SettlePlan {
    pub(super) prepared: Prepared,
    pub(super) summary: SummaryDocument,
    pub(super) writes: Vec<FileWrite>,
}

pub(super) fn run(root: &Path, args: &SettleArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let now = clock::now();
    let ledger = Ledger::open_existing(root)?;
    standing::refuse_older(root, &Extent::of(ledger.as_ref())?)?;
    let prepared = prepare(root, args.month, &args.options, args.activity, ledger.as_ref(), now)?;
    drop(ledger);
    let status = prepared.status(&args.options, now);
    if status == Status::Draft && !args.consent.dry_run {
        return Err(too_early(&prepared));
    }
    let plan = plan(prepared, status)?;
    let table = plan.table();
    if args.consent.dry_run {
        let (list, files) = list_changes(&Changes::of(root, &plan.writes), true);
        let json = json!({ "settled": false, "summary": plan.summary, "files": files });
        return Ok(Outcome::new(table + &list, json));
    }
    let already = plan.prepared.frozen.is_some();
    if !already {
        confirm(args.consent, &table, &format!("Settle {} with these totals?", args.month))?;
    }
    let changes = Changes::of(root, &plan.writes);
    let (list, files) = list_changes(&changes, false);
    apply(root, &plan, &changes, &args.options, now)?;
    let said = if already { "settled before with the same records\n" } else { "settled\n" };
    let json = json!({ "settled": true, "already": already, "summary": plan.summary, "files": files });
    Ok(Outcome::new(table + said + &list, json))
}

/// Returns everything that settling would do.
pub(super) fn plan(prepared: Prepared, status: Status) -> Result<SettlePlan, Failure> {
    let folder = format!("months/{}", prepared.work.settled.month);
    let summary = SummaryDocument::of(&prepared.work, status)?;
    let writes = month_files(&prepared.work, &folder, status, &prepared.signed())?;
    Ok(SettlePlan { prepared, summary, writes })
}

impl SettlePlan {
    /// Returns the table that a treasurer approves.
    pub(super) fn table(&self) -> String {
        let before = |id: &str| self.prepared.paid_before.get(id).cloned();
        report::terminal(&self.prepared.work, &self.summary, before)
    }
}

/// Records the month, then writes its files, which the ledger can always write again.
fn apply(
    root: &Path,
    plan: &SettlePlan,
    changes: &Changes<'_>,
    options: &SettleOptions,
    now: Instant,
) -> Result<(), Failure> {
    if plan.prepared.frozen.is_none() || !changes.is_empty() {
        files::check_writable(&root.join("months"))?;
    }
    record(root, plan, options, now)?;
    changes.write()
}

/// Records the month in the ledger, unless it is there.
pub(super) fn record(root: &Path, plan: &SettlePlan, options: &SettleOptions, now: Instant) -> Result<(), Failure> {
    if plan.prepared.frozen.is_some() {
        return Ok(());
    }
    let mut ledger = Ledger::open(root, &plan.prepared.salt)?;
    let opens = plan.prepared.work.settled.terms.signing_opens(plan.prepared.work.settled.month);
    let early = early(options.early.as_ref(), now, opens);
    ledger.record_month(&plan.prepared.to_ledger_month(now, early), &plan.prepared.credits()?)
}

/// Returns why a month is settled early, if it is.
fn early(reason: Option<&String>, now: Instant, opens: Instant) -> Option<String> {
    reason.filter(|_| now < opens).cloned()
}

fn too_early(prepared: &Prepared) -> Failure {
    let month = prepared.work.settled.month;
    let opens = prepared.work.settled.terms.signing_opens(month);
    let problem = Problem::new("CHALLENGE_OPEN", format!("`{month}` can be challenged until {opens}"));
    let help = "settle it then, or now with `--early REASON`, which is recorded; `--dry-run` shows it";
    Failure::new(Exit::Refused, problem.help(help))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn a_reason_is_recorded_before_signing_opens() {
        let (opens, reason) = ("2021-01-08T00:00:00Z".parse().unwrap(), "agreed".to_owned());
        for (now, early_then) in [
            ("2021-01-07T23:59:59.999999999Z", true),
            ("2021-01-08T00:00:00Z", false),
            ("2021-01-08T00:00:00.000000001Z", false),
        ] {
            let expected = early_then.then(|| reason.clone());
            assert_eq!(early(Some(&reason), now.parse().unwrap(), opens), expected, "{now}");
        }
    }
}

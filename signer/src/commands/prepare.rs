//! What `settle` and `close` share: a folder's records become a month, compared with what the ledger froze.

use std::{collections::BTreeMap, path::Path};

use ambassador_core::{
    attribution::self_referrals,
    calendar::{Instant, Month},
    documents::{records::RecordsDocument, statement::StatementDocument},
    programme::Programme,
    records::AmbassadorIndex,
    settlement::Credited,
    volume::Measured,
};

use super::{acceptances, progress};
use crate::{
    cli::{ActivityOptions, SettleOptions},
    difference,
    intake::{
        self, Intake,
        activity::{self, Events, Scrutiny},
        supporters,
    },
    ledger::{Ledger, LedgerMonth, LedgerStatement, contradiction},
    month::{Frame, MonthWork, WrittenRecords, compute, records_document},
    problem::{Exit, Failure, Problem},
    summary::Status,
};

/// A month that can be settled, or was.
pub(super) struct Prepared {
    /// The month, computed.
    pub(super) work: MonthWork,
    /// The month as the ledger froze it, if it did.
    pub(super) frozen: Option<LedgerMonth>,
    /// The secret for the ledger, if there is none yet.
    pub(super) salt: Vec<u8>,
    /// What each ambassador was paid in the month settled before.
    pub(super) paid_before: BTreeMap<String, String>,
}

/// Computes a month from the folder's records.
///
/// # Errors
///
/// Bad records, a month that is not over or long past, or other records than those that were frozen.
pub(super) fn prepare(
    root: &Path,
    month: Month,
    options: &SettleOptions,
    activity: ActivityOptions,
    ledger: Option<&Ledger>,
    now: Instant,
) -> Result<Prepared, Failure> {
    let intake = intake::read(root)?;
    let events = activity.of(root);
    refuse_unfinished(month, now)?;
    acceptances::refuse_unseating(ledger, &intake)?;
    let settled = ledger.map(Ledger::months).transpose()?.unwrap_or_default();
    let frozen = match ledger {
        Some(ledger) => ledger.month(month)?,
        None => None,
    };
    if frozen.is_none() {
        refuse_past(month, settled.last().copied())?;
    }
    let earlier = settled.iter().rev().find(|earlier| **earlier < month).copied();
    let earlier = match (ledger, earlier) {
        (Some(ledger), Some(earlier)) => ledger.month(earlier)?,
        _ => None,
    };
    let salt = match ledger {
        Some(ledger) => ledger.salt()?,
        None => Ledger::new_salt()?,
    };
    let written = match &frozen {
        None => {
            let frame = Frame {
                month,
                previous: earlier.as_ref().map(|earlier| (earlier.month, earlier.records_hash)),
                salt: &salt,
                resolved_before: now,
                price_file: intake.price_file_hash,
                deviation_override: options.price_deviation.clone(),
            };
            WrittenRecords::of(measure_and_write(events, &intake, &frame)?)
        }
        Some(frozen) => {
            let before = read_frozen(frozen)?;
            let before = before.document();
            let frame = Frame {
                month,
                previous: earlier.as_ref().map(|earlier| (earlier.month, earlier.records_hash)),
                salt: &salt,
                resolved_before: frozen.settled_at,
                // The price file and the events of other months grow; what they say of this month is compared.
                price_file: before.prices.file.parse().unwrap_or(intake.price_file_hash),
                deviation_override: before.prices.deviation_override.clone(),
            };
            let mut document = measure_and_write(events, &intake, &frame)?;
            document.events.clone_from(&before.events);
            WrittenRecords::of(document)
        }
    };
    let credited = ledger.map(|ledger| ledger.credited_before(month)).transpose()?.unwrap_or_default();
    if let Some(frozen) = &frozen {
        refuse_changed(&written, &credited, frozen)?;
    }
    let work = compute(written, &credited)?;
    Ok(Prepared { work, frozen, salt, paid_before: earlier.as_ref().map(paid).unwrap_or_default() })
}

/// Returns a settled month as the ledger froze it, computed again.
///
/// # Errors
///
/// [`Exit::Refused`]: it is not settled; [`Exit::Disk`]: the ledger contradicts itself.
pub(super) fn settled_month(ledger: Option<&Ledger>, month: Month) -> Result<(MonthWork, LedgerMonth), Failure> {
    let frozen = ledger.map(|ledger| ledger.month(month)).transpose()?.flatten();
    let (Some(ledger), Some(frozen)) = (ledger, frozen) else {
        let problem = Problem::new("NOT_SETTLED", format!("the month `{month}` is not settled"));
        return Err(Failure::new(Exit::Refused, problem.help(format!("run `ambassador-signer settle {month}` first"))));
    };
    Ok((recompute(ledger, &frozen)?, frozen))
}

/// Computes a frozen month again from what the ledger froze.
///
/// # Errors
///
/// [`Exit::Disk`]: the ledger contradicts itself.
fn recompute(ledger: &Ledger, frozen: &LedgerMonth) -> Result<MonthWork, Failure> {
    let work = compute(read_frozen(frozen)?, &ledger.credited_before(frozen.month)?)?;
    let hashes = |(index, hash)| (index, hash);
    let computed: BTreeMap<AmbassadorIndex, _> =
        work.statements.iter().map(|(index, statement)| (*index, statement.hash)).map(hashes).collect();
    let recorded: BTreeMap<AmbassadorIndex, _> =
        frozen.statements.iter().map(|(index, statement)| (*index, statement.hash)).map(hashes).collect();
    if work.records_hash != frozen.records_hash || computed != recorded {
        let message = format!("the ledger's records of `{}` do not lead to its statements", frozen.month);
        return Err(contradiction(message));
    }
    Ok(work)
}

impl Prepared {
    /// Returns what the ledger records of the month.
    pub(super) fn to_ledger_month(&self, settled_at: Instant, early: Option<String>) -> LedgerMonth {
        let statement = |file: &crate::month::StatementFile| LedgerStatement {
            id: file.document.ambassador.id.clone(),
            hash: file.hash,
            bytes: file.bytes.clone(),
        };
        LedgerMonth {
            month: self.work.settled.month,
            settled_at,
            early,
            records_hash: self.work.records_hash,
            records: self.work.written.bytes().to_vec(),
            statements: self.work.statements.iter().map(|(index, file)| (*index, statement(file))).collect(),
            claims: BTreeMap::new(),
        }
    }

    /// Returns what the month adds to each line's credits.
    pub(super) fn credits(&self) -> Result<Credited, Failure> {
        let mut credits = Credited::new();
        let overflow = || {
            Failure::new(Exit::Records, Problem::new("SUM_OVERFLOW", "the month's sum is larger than any programme's"))
        };
        self.work.settled.add_to(&mut credits).ok_or_else(overflow)?;
        Ok(credits)
    }

    /// Returns whether the month can be signed now: it was settled, its challenge days are over, or a reason is given.
    pub(super) fn status(&self, options: &SettleOptions, now: Instant) -> Status {
        let opens = self.work.settled.terms.signing_opens(self.work.settled.month);
        if self.frozen.is_some() || now >= opens || options.early.is_some() { Status::Final } else { Status::Draft }
    }

    /// Returns the documents of the claims that were signed.
    pub(super) fn signed(&self) -> BTreeMap<AmbassadorIndex, Vec<u8>> {
        let claims = self.frozen.iter().flat_map(|frozen| &frozen.claims);
        claims.map(|(index, claim)| (*index, claim.bytes.clone())).collect()
    }
}

fn measure_and_write(events: Events<'_>, intake: &Intake, frame: &Frame<'_>) -> Result<RecordsDocument, Failure> {
    let seen = intake
        .programme
        .seen_in(frame.month, frame.resolved_before)
        .map_err(|error| Failure::new(Exit::Records, Problem::of(&error)))?;
    let measured = match supporters::measure(events, &seen, frame.month)? {
        Some(measured) => measured,
        None => measure_events(events, &seen, frame.month)?,
    };
    records_document(intake, &measured, self_referrals(&seen), frame)
}

fn measure_events(events: Events<'_>, seen: &Programme, month: Month) -> Result<Measured, Failure> {
    let bar = progress(activity::files(events)?.total_bytes(), "bytes");
    let measured = activity::measure(events, seen, month.end(), Scrutiny::Referred, &|bytes, rows| {
        bar.set_position(bytes);
        bar.set_message(format!("{rows} events"));
    });
    bar.finish_and_clear();
    measured
}

fn refuse_unfinished(month: Month, now: Instant) -> Result<(), Failure> {
    if now >= month.end() {
        return Ok(());
    }
    let message = format!("the month `{month}` is not over before {}", month.end());
    let problem = Problem::new("MONTH_NOT_OVER", message).help("name a month that is over");
    Err(Failure::new(Exit::Refused, problem))
}

fn refuse_past(month: Month, last: Option<Month>) -> Result<(), Failure> {
    match last {
        Some(last) if month < last => {
            let message = format!("`{month}` lies before `{last}`, which was settled already");
            let help = "nothing is lost: what was earned then is credited by the next month";
            Err(Failure::new(Exit::Refused, Problem::new("MONTH_PAST", message).help(help)))
        }
        _ => Ok(()),
    }
}

pub(super) fn read_frozen(frozen: &LedgerMonth) -> Result<WrittenRecords, Failure> {
    let read = WrittenRecords::read(&frozen.records);
    read.map_err(|error| contradiction(format!("the ledger's records of `{}`: {error}", frozen.month)))
}

/// Refuses records that are no longer those of a frozen month, and shows what changed.
fn refuse_changed(written: &WrittenRecords, credited: &Credited, frozen: &LedgerMonth) -> Result<(), Failure> {
    let month = frozen.month;
    if written.bytes() == frozen.records {
        return Ok(());
    }
    let help = "the month stays as it was settled; the difference flows into the next month";
    let mut problems: Vec<Problem> = difference::between(&frozen.records, written.bytes())
        .into_iter()
        .map(|(path, before, after)| {
            let message = format!("the records of `{month}` changed since it was settled: `{before}` is now `{after}`");
            Problem::new("CLOSED_MONTH_CHANGED", message).column(path).help(help)
        })
        .collect();
    if let Ok(work) = compute(written.clone(), credited) {
        for statement in work.statements.values() {
            let before = frozen.statements.values().find(|before| before.id == statement.document.ambassador.id);
            let before = before.and_then(|before| StatementDocument::from_bytes(&before.bytes).ok());
            let before = before.map_or_else(|| "0".to_owned(), |before| before.total_usd);
            if before != statement.document.total_usd {
                let id = &statement.document.ambassador.id;
                let now = &statement.document.total_usd;
                let message = format!("ambassador `{id}` was settled with ${before} and would now get ${now}");
                problems.push(Problem::new("CLOSED_MONTH_CHANGED", message).help(help));
            }
        }
    }
    Err(Failure { exit: Exit::Refused, problems })
}

fn paid(month: &LedgerMonth) -> BTreeMap<String, String> {
    let total = |statement: &LedgerStatement| {
        let document = StatementDocument::from_bytes(&statement.bytes).ok()?;
        Some((document.ambassador.id, document.total_usd))
    };
    month.statements.values().filter_map(total).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn a_month_is_over_with_its_last_nanosecond() {
        let month = "2020-12".parse().unwrap();
        for (now, over) in [
            ("2020-12-31T23:59:59.999999999Z", false),
            ("2021-01-01T00:00:00Z", true),
            ("2021-01-01T00:00:00.000000001Z", true),
        ] {
            assert_eq!(refuse_unfinished(month, now.parse().unwrap()).is_ok(), over, "{now}");
        }
    }

    #[test]
    fn no_month_before_the_last_is_settled() {
        let [first, second] = ["2020-11", "2020-12"].map(|month| month.parse().unwrap());
        for (month, last, settled) in [
            (first, None, true),
            (first, Some(second), false),
            (second, Some(second), true),
            (second, Some(first), true),
        ] {
            assert_eq!(refuse_past(month, last).is_ok(), settled, "{month} after {last:?}");
        }
    }
}

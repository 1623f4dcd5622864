//! `check`: reads everything and reports every problem at once.

use std::path::Path;

use serde_json::{Value, json};

use super::{Outcome, acceptances, progress};
use crate::{
    cli::CheckArgs,
    clock,
    intake::{
        self,
        activity::{self, Scrutiny},
        supporters,
    },
    ledger::Ledger,
    names::pins::{self, Standing},
    problem::{Failure, Problem},
    table::{Align, Table},
};

pub(super) fn run(root: &Path, args: &CheckArgs) -> Result<Outcome, Failure> {
    let events = args.activity.of(root);
    let intake = intake::read(root).map_err(|mut failure| {
        if root.is_dir() {
            // Events are read for their own problems even where nothing can be measured by them.
            failure.problems.extend(activity::problems(events));
        }
        failure
    })?;
    let ledger = Ledger::open_existing(root)?;
    acceptances::refuse_unseating(ledger.as_ref(), &intake)?;
    let records = intake.programme.records();
    let now = clock::now();
    let bar = progress(activity::files(events)?.total_bytes(), "bytes");
    let measured = activity::measure(events, &intake.programme, now, Scrutiny::All, &|bytes, rows| {
        bar.set_position(bytes);
        bar.set_message(format!("{rows} events"));
    });
    bar.finish_and_clear();
    let supporters =
        supporters::check(events, |month| intake.programme.seen_in(month, now).map_err(|error| Problem::of(&error)));
    let (measured, supporters) = both(measured, supporters)?;
    let mut counts = vec![
        ("terms", records.terms.versions().len()),
        ("ambassadors", records.ambassadors.len()),
        ("referrals", records.referrals.len()),
        ("adoptions", records.adoptions.len()),
        ("parties", records.parties.len()),
        ("prices", records.closes.len()),
        ("adjustments", records.adjustments.len()),
        ("resolutions", records.resolutions.len()),
    ];
    if supporters > 0 {
        counts.push(("supporters", supporters));
    }
    let mut table = Table::new(&[("records", Align::Left), ("rows", Align::Right)]);
    for (name, count) in &counts {
        table.row([(*name).to_owned(), count.to_string()]);
    }
    let mut events = Table::new(&[("events", Align::Left), ("rows", Align::Right)]);
    for (fate, count) in &measured.fates {
        events.row([fate.as_str().to_owned(), count.to_string()]);
    }
    let listed = acceptances::listed(ledger.as_ref(), &intake)?;
    let standings = pins::standings(&intake.programme);
    let names = if standings.is_empty() { String::new() } else { format!("{}\n", pins::table(&standings)) };
    let (accepted, acceptances) = listed.map_or_else(Default::default, |(text, json)| (text + "\n", Some(json)));
    let text = format!("{}\n{}\n{accepted}{names}no problems\n", table.render(0), events.render(0));
    let records: serde_json::Map<_, _> =
        counts.into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect();
    let events: serde_json::Map<_, _> =
        measured.fates.iter().map(|(fate, count)| (fate.as_str().to_owned(), (*count).into())).collect();
    let names: Value = standings.iter().map(Standing::to_json).collect();
    let mut json = json!({ "problems": [], "records": records, "events": events, "names": names });
    if let (Some(acceptances), Some(object)) = (acceptances, json.as_object_mut()) {
        object.insert("acceptances".to_owned(), acceptances);
    }
    Ok(Outcome::new(text, json))
}

/// Returns both values, or the problems of both.
fn both<A, B>(first: Result<A, Failure>, second: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
        (Err(first), Err(second)) => {
            let exit = first.exit.max(second.exit);
            Err(Failure { exit, problems: first.problems.into_iter().chain(second.problems).collect() })
        }
    }
}

//! The watch is awake: it finds every sync that is missing, and a claim that is let out before it is recorded.

use std::path::Path;

use super::{
    Extent, in_parallel,
    ledger::{FILE, JOURNAL},
    power::{Recording, cuts, short},
    programme::SCENARIOS,
    trace::Call,
};

/// Returns the first promise that these calls would break.
fn broken(recording: &Recording, calls: &[Call], seed: u64) -> Option<String> {
    let outcome = cuts(&recording.start, &recording.left, calls, seed, |cut| {
        recording.promises.check(&cut.image, &cut.left, cut.done).map(drop)
    });
    outcome.err()
}

fn is_ledger(call: &Call) -> bool {
    let name = match call {
        Call::Create(name)
        | Call::Sync(name)
        | Call::Unlink(name)
        | Call::Mkdir(name)
        | Call::Write { name, .. }
        | Call::Truncate { name, .. }
        | Call::Rename { from: name, .. } => name,
        Call::SyncAll => return false,
    };
    name.starts_with("ledger.db") || *call == Call::Sync(String::new())
}

/// What a sync is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Journal,
    Ledger,
    /// The programme's folder, in which the journal appears and disappears.
    Root,
    /// A file before it is renamed.
    Beside,
    /// A folder after something in it was made or renamed.
    Folder,
    /// Many files at once.
    All,
}

fn kind(call: &Call) -> Option<Kind> {
    match call {
        Call::SyncAll => Some(Kind::All),
        Call::Sync(name) => Some(match name.as_str() {
            JOURNAL => Kind::Journal,
            FILE => Kind::Ledger,
            "" => Kind::Root,
            name if Path::new(name).extension().is_some_and(|extension| extension == "new") => Kind::Beside,
            _ if name.starts_with('.') => return None,
            _ => Kind::Folder,
        }),
        _ => None,
    }
}

#[test]
fn syncs_that_are_missing_are_found() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let small = [Kind::Journal, Kind::Ledger, Kind::Root, Kind::Beside, Kind::Folder];
    for (scenario, kinds) in [(&SCENARIOS[0], &small[..]), (&SCENARIOS[5], &[Kind::All])] {
        let recording = Recording::of(scenario);
        in_parallel(kinds, |missing| {
            let mut calls = recording.calls.clone();
            calls.retain(|call| kind(call) != Some(*missing));
            assert!(calls.len() < recording.calls.len(), "{scenario:?} has no sync of the kind {missing:?}");
            let found = broken(&recording, &calls, Extent::seed(0));
            assert!(found.is_some(), "{scenario:?}: nobody misses the syncs of the kind {missing:?}");
        });
        // One alone is missed, too, where none that comes later makes up for it.
        let alone = |call: &Call| matches!(kind(call), Some(Kind::Ledger | Kind::Beside | Kind::All));
        let alone: Vec<usize> =
            (0..recording.calls.len()).filter(|position| alone(&recording.calls[*position])).collect();
        let stride = if extent == Extent::Long { 1 } else { alone.len().div_ceil(6) };
        let chosen: Vec<usize> = alone.into_iter().step_by(stride).collect();
        in_parallel(&chosen, |position| {
            let mut calls = recording.calls.clone();
            let missing = calls.remove(*position);
            let found = broken(&recording, &calls, Extent::seed(0));
            assert!(found.is_some(), "{scenario:?}: nobody misses call {position}, {}", short(&missing));
        });
        println!("syncs left out: {} kinds, {} alone", kinds.len(), chosen.len());
    }
}

#[test]
fn letting_out_before_recording_is_found() {
    if !super::strace_is_there() {
        return;
    }
    for scenario in SCENARIOS.iter().filter(|scenario| !scenario.command.starts_with("publish")) {
        let recording = Recording::of(scenario);
        let (ledger, files): (Vec<Call>, Vec<Call>) = recording.calls.iter().cloned().partition(is_ledger);
        let swapped: Vec<Call> = files.into_iter().chain(ledger).collect();
        let found = broken(&recording, &swapped, 611).expect("it breaks a promise");
        assert!(found.contains("left and is not in the ledger"), "{scenario:?}: {found}");
    }
}

//! The watch is awake: it finds every sync that is missing, and a claim that is let out before it is recorded.

use super::{
    Extent, in_parallel,
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
    let path = match call {
        Call::Create(path) | Call::Sync(path) | Call::Unlink(path) | Call::Mkdir(path) => path,
        Call::Write { path, .. } | Call::Truncate { path, .. } | Call::Rename { from: path, .. } => path,
        Call::SyncAll => return false,
    };
    path.to_string_lossy().starts_with("ledger.db") || *call == Call::Sync("".into())
}

#[test]
fn a_sync_that_is_missing_is_found() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let mut count = 0;
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        let recording = Recording::of(scenario);
        let syncs =
            recording.calls.iter().enumerate().filter(|(_, call)| matches!(call, Call::Sync(_) | Call::SyncAll));
        let syncs: Vec<usize> = syncs.map(|(position, _)| position).collect();
        let seed = extent.seed(number);
        let missed = std::sync::Mutex::new(Vec::new());
        in_parallel(&syncs, |position| {
            let mut calls = recording.calls.clone();
            let dropped = calls.remove(*position);
            match broken(&recording, &calls, seed) {
                Some(_) => {}
                None => missed.lock().expect("no thread stopped").push((
                    *position,
                    short(&dropped),
                    recording.calls[position - 1].clone(),
                )),
            }
        });
        count += syncs.len();
        for (position, sync, before) in missed.lock().expect("no thread stopped").iter() {
            println!("MISSED {scenario:?} {position} {sync} after {}", short(before));
        }
    }
    println!("{count} syncs left out one by one");
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

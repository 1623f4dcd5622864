//! Power cuts: before every call and at the end, every image of the disk that could be left, and the next command in it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    Extent,
    disk::{Disk, Image, Name},
    in_parallel,
    ledger::{JOURNAL, Rows},
    left::Left,
    programme::{Programme, SCENARIOS, Scenario},
    promises::{Amounts, Promises, go_on},
    trace::{self, Call},
};
use crate::cli::random::Random;

/// A command that was recorded.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) programme: Programme,
    pub(super) start: Disk,
    pub(super) left: Left,
    pub(super) calls: Vec<Call>,
    pub(super) promises: Promises,
}

impl Recording {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let programme = scenario.prepare();
        let folder = programme.copy();
        let start = Disk::of(folder.path());
        let mut left = Left::default();
        left.meet_folder(folder.path());
        let calls = trace::record(folder.path(), scenario.command);
        let promises = Promises::of(&start, &calls);
        Self { programme, start, left, calls, promises }
    }
}

/// An image after a power cut, with what had left and whether the command had ended.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) image: Image,
    pub(super) left: Arc<Left>,
    pub(super) done: bool,
}

/// Calls `meet` with every image that a power cut could leave before, between and after these calls, until it refuses.
pub(super) fn cuts(
    start: &Disk,
    left: &Left,
    calls: &[Call],
    seed: u64,
    mut meet: impl FnMut(Cut) -> Result<(), String>,
) -> Result<(), String> {
    let (mut disk, mut left, mut random) = (start.clone(), Arc::new(left.clone()), Random(seed));
    let mut known = HashSet::new();
    let mut meet_new = |image: Image, left: &Arc<Left>, done: bool| {
        // The same image says more where more had left.
        if known.insert((image.hashed(), left.count(), done)) {
            meet(Cut { image, left: Arc::clone(left), done })
        } else {
            Ok(())
        }
    };
    disk.images(&mut random).try_for_each(|image| meet_new(image, &left, false))?;
    let quick = Extent::asked() == Extent::Quick;
    for (position, call) in calls.iter().enumerate() {
        let is_sync = matches!(call, Call::Sync(_) | Call::SyncAll);
        let at = |broken| format!("at call {position}, {}: {broken}", short(call));
        if quick && is_sync && disk.is_crowded() {
            disk.images(&mut random).try_for_each(|image| meet_new(image, &left, false)).map_err(at)?;
        }
        let before = left.count();
        Arc::make_mut(&mut left).meet_call(call);
        disk.apply(call);
        if quick && disk.is_crowded() {
            continue;
        }
        let outcome = if left.count() == before {
            disk.new_images(call, &mut random).try_for_each(|image| meet_new(image, &left, false))
        } else {
            disk.images(&mut random).try_for_each(|image| meet_new(image, &left, false))
        };
        outcome.map_err(at)?;
    }
    let outcome = disk.images(&mut random).try_for_each(|image| meet_new(image, &left, true));
    outcome.map_err(|broken| format!("at the end: {broken}"))
}

/// Returns a call without the bytes that were written.
pub(super) fn short(call: &Call) -> String {
    match call {
        Call::Write { name, offset, bytes } => format!("write {} bytes at {offset} of {name}", bytes.len()),
        call => format!("{call:?}"),
    }
}

/// What an image means to the next command: two of one kind differ only in what `SQLite` takes back by itself, of files of
/// the same names.
type Kind = (Arc<Rows>, BTreeMap<Name, Option<u64>>);

fn kind(rows: &Arc<Rows>, image: &Image) -> Kind {
    let files = image.0.iter().map(|(path, content)| {
        let content = content.as_ref().filter(|_| !path.starts_with("ledger.db"));
        (Arc::clone(path), content.map(|content| content.hash))
    });
    (Arc::clone(rows), files.collect())
}

#[test]
fn every_disk_that_a_power_cut_could_leave_goes_on() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let [points, images, kinds, runs] = [const { AtomicUsize::new(0) }; 4];
    let numbered: Vec<(usize, &Scenario)> = SCENARIOS.iter().enumerate().collect();
    in_parallel(&numbered, |(number, scenario)| {
        let recording = Recording::of(scenario);
        let mut next: BTreeMap<Kind, Cut> = BTreeMap::new();
        let seed = Extent::seed(*number);
        let checked = cuts(&recording.start, &recording.left, &recording.calls, seed, |cut| {
            let rows = recording.promises.check(&cut.image, &cut.left, cut.done)?;
            images.fetch_add(1, Ordering::Relaxed);
            next.insert(kind(&rows, &cut.image), cut);
            Ok(())
        });
        assert_eq!(checked, Ok(()), "{scenario:?}, seed {seed}");
        points.fetch_add(recording.calls.len() + 1, Ordering::Relaxed);
        kinds.fetch_add(next.len(), Ordering::Relaxed);
        let stride = if extent == Extent::Long { 1 } else { next.len().div_ceil(10) };
        for (count, cut) in next.values().skip(number % stride).step_by(stride).enumerate() {
            let both = [Amounts::Same, Amounts::Other];
            let amounts = if extent == Extent::Long { &both[..] } else { &both[count % 2..=count % 2] };
            for amounts in amounts {
                let folder = recording.programme.inputs();
                cut.image.write(folder.path());
                let outcome = go_on(folder.path(), scenario.command, *amounts, &cut.left);
                assert_eq!(outcome, Ok(()), "{scenario:?}, seed {seed}, {amounts:?} amounts");
                runs.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let [points, images, kinds, runs] = [points, images, kinds, runs].map(AtomicUsize::into_inner);
    println!("power cuts: {points} points, {images} images of {kinds} kinds, {runs} next commands");
}

/// A process that is killed leaves what it did to the system, which may not have synced it yet: the next process must not
/// build on that, and end, before it is on the disk.
#[test]
fn a_power_cut_after_a_kill_and_another_run_loses_nothing() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let scenario = &SCENARIOS[0];
    let recording = Recording::of(scenario);
    let telling = |call: &Call| match call {
        Call::Unlink(name) => name.starts_with("ledger.db"),
        Call::Write { name, bytes, .. } => name == JOURNAL && bytes.iter().all(|byte| *byte == 0),
        Call::Rename { .. } | Call::Mkdir(_) => true,
        _ => false,
    };
    let positions = recording.calls.iter().enumerate().filter(|(_, call)| extent == Extent::Long || telling(call));
    let positions: Vec<usize> = positions.map(|(position, _)| position).collect();
    let (ledger, files): (Vec<usize>, Vec<usize>) = positions
        .into_iter()
        .partition(|position| matches!(recording.calls[*position], Call::Unlink(_) | Call::Write { .. }));
    let stride = if extent == Extent::Long { 1 } else { files.len().div_ceil(4) };
    let chosen: Vec<usize> = ledger.into_iter().chain(files.into_iter().step_by(stride)).collect();
    in_parallel(&chosen, |position| {
        let (mut disk, mut left) = (recording.start.clone(), recording.left.clone());
        for call in &recording.calls[..=*position] {
            left.meet_call(call);
            disk.apply(call);
        }
        let folder = recording.programme.inputs();
        disk.now().write(folder.path());
        let calls = trace::record(folder.path(), scenario.command);
        let promises = Promises::of(&disk, &calls).after(&recording.promises);
        let seed = Extent::seed(500 + position);
        let outcome = cuts(&disk, &left, &calls, seed, |cut| promises.check(&cut.image, &cut.left, cut.done).map(drop));
        let killed = short(&recording.calls[*position]);
        assert_eq!(outcome, Ok(()), "killed after call {position}, {killed}; seed {seed}");
    });
    println!("kills, each followed by another run and power cuts: {}", chosen.len());
}

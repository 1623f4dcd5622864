//! Power cuts: before every call and at the end, every image of the disk that could be left, and the next command in it.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
    sync::Arc,
};

use super::{
    Extent,
    disk::{Disk, Image},
    in_parallel,
    ledger::Rows,
    left::Left,
    programme::{Programme, SCENARIOS, Scenario},
    promises::{Amounts, Promises, go_on},
    trace::{self, Call},
};
use crate::cli::{folder::snapshot, random::Random};

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
        snapshot(folder.path()).iter().for_each(|(path, bytes)| left.meet(path, bytes));
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
    let mut met = HashSet::new();
    let mut meet_new = |image: Image, left: &Arc<Left>, done: bool| {
        // The same image says more where more had left.
        if met.insert((image.hashed(), left.count(), done)) {
            meet(Cut { image, left: Arc::clone(left), done })
        } else {
            Ok(())
        }
    };
    disk.images(&mut random).try_for_each(|image| meet_new(image, &left, false))?;
    for (position, call) in calls.iter().enumerate() {
        let before = left.count();
        Arc::make_mut(&mut left).meet_call(call);
        disk.apply(call);
        let outcome = if left.count() == before {
            disk.new_images(call, &mut random).try_for_each(|image| meet_new(image, &left, false))
        } else {
            disk.images(&mut random).try_for_each(|image| meet_new(image, &left, false))
        };
        outcome.map_err(|broken| format!("after call {position}, {}: {broken}", short(call)))?;
    }
    let outcome = disk.images(&mut random).try_for_each(|image| meet_new(image, &left, true));
    outcome.map_err(|broken| format!("at the end: {broken}"))
}

/// Returns a call without the bytes that were written.
pub(super) fn short(call: &Call) -> String {
    match call {
        Call::Write { path, offset, bytes } => {
            format!("write {} bytes at {offset} of {}", bytes.len(), path.display())
        }
        call => format!("{call:?}"),
    }
}

/// What an image means to the next command: two of one kind differ only in what `SQLite` takes back by itself.
type Kind = (Arc<Rows>, BTreeMap<PathBuf, Option<u64>>);

fn kind(rows: &Arc<Rows>, image: &Image) -> Kind {
    let files = image.0.iter().filter(|(path, _)| !path.to_string_lossy().starts_with("ledger.db"));
    let files = files.map(|(path, content)| (path.clone(), content.as_ref().map(|content| content.hash)));
    (Arc::clone(rows), files.collect())
}

#[test]
fn every_disk_that_a_power_cut_could_leave_goes_on() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let (mut points, mut images, mut runs) = (0, 0, 0);
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        let recording = Recording::of(scenario);
        let mut next: BTreeMap<Kind, Cut> = BTreeMap::new();
        let mut all = Vec::new();
        let seed = extent.seed(number);
        let checked = cuts(&recording.start, &recording.left, &recording.calls, seed, |cut| {
            let rows = recording.promises.check(&cut.image, &cut.left, cut.done)?;
            images += 1;
            if extent == Extent::Long {
                all.push(cut);
            } else {
                next.insert(kind(&rows, &cut.image), cut);
            }
            Ok(())
        });
        assert_eq!(checked, Ok(()), "{scenario:?}, seed {seed}");
        points += recording.calls.len() + 1;
        all.extend(next.into_values());
        let stride = if extent == Extent::Long { 1 } else { all.len().div_ceil(40) };
        let chosen: Vec<_> = all.iter().skip(number % stride).step_by(stride).collect();
        runs += chosen.len() * 2;
        in_parallel(&chosen, |cut| {
            for amounts in [Amounts::Same, Amounts::Other] {
                let folder = recording.programme.inputs();
                cut.image.write(folder.path());
                let outcome = go_on(folder.path(), scenario.command, amounts, &cut.left);
                assert_eq!(outcome, Ok(()), "{scenario:?}, seed {seed}, {amounts:?} amounts");
            }
        });
    }
    println!("power cuts: {points} points, {images} images, {runs} next commands");
}

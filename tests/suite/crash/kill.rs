//! Kills and failures: the process ends at each call that has to do with its files, or the call fails once or from then on.

use std::{collections::BTreeMap, path::Path};

use super::{
    Extent, in_parallel,
    ledger::Rows,
    left::Left,
    programme::{Programme, SCENARIOS, Scenario, scratch},
    promises::{Amounts, go_on},
    trace::{self, FILES},
};

/// What is done to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Killed,
    /// The call fails once with this error.
    Fails(&'static str),
    /// The call and all of its name after it fail.
    KeepsFailing(&'static str),
}

/// The `number`th call of that name, in whichever thread it is met first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Point {
    name: String,
    number: usize,
}

impl Fault {
    /// Returns what `strace` is told.
    fn injection(self, point: &Point) -> String {
        let Point { name, number } = point;
        match self {
            Self::Killed => format!("inject={name}:signal=KILL:when={number}"),
            Self::Fails(error) => format!("inject={name}:error={error}:when={number}"),
            Self::KeepsFailing(error) => format!("inject={name}:error={error}:when={number}+"),
        }
    }
}

/// Returns the calls of a command that can be disturbed: those that touch the programme's folder.
fn points(programme: &Programme, scenario: &Scenario) -> Vec<Point> {
    let (folder, log) = (programme.copy(), scratch());
    let log = log.path().join("log");
    let run = trace::traced(folder.path(), scenario.command, &["-e", &format!("trace={FILES}")], &log);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut points = Vec::new();
    for line in trace::lines(&std::fs::read_to_string(log).expect("strace wrote its log")) {
        let count = counts.entry((line.thread.clone(), line.name.clone())).or_default();
        *count += 1;
        let point = Point { name: line.name.clone(), number: *count };
        let printed = line.name == "write" && line.arguments.first().is_some_and(|file| file.starts_with(['1', '2']));
        if (printed || line.place(folder.path()).is_some()) && !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

/// Runs a disturbed command in a copy and then the next one, and says which promise is broken, if one is.
fn disturb(
    programme: &Programme,
    scenario: &Scenario,
    point: &Point,
    fault: Fault,
    amounts: Amounts,
) -> Result<(), String> {
    let (folder, log) = (programme.copy(), scratch());
    let before = Rows::of_folder(folder.path())?;
    let options = ["-e", &format!("trace={}", point.name), "-e", &fault.injection(point)];
    let run = trace::traced(folder.path(), scenario.command, &options, &log.path().join("log"));
    let said = format!("ended with {}: {}", run.status, run.stderr);
    let reasoned = run.stderr.contains("error[") && matches!(run.status, 1..=5);
    // What cannot be printed on standard error cannot be explained there.
    let speechless = point.name == "write" && (1..=5).contains(&run.status);
    // Calls are counted thread by thread; the first ones of the main thread are the loader's, before the program begins.
    let unloaded = run.status == 127 && run.stderr.contains("error while loading shared libraries");
    if fault != Fault::Killed && run.status != 0 && !reasoned && !speechless && !unloaded {
        return Err(said);
    }
    let left = left_in(folder.path());
    let after = Rows::of_folder(folder.path())?;
    if let Some(broken) = after.lost(&before).or_else(|| left.violation(&after)) {
        return Err(format!("{broken}; it {said}"));
    }
    go_on(folder.path(), scenario.command, amounts, &left).map_err(|broken| format!("{broken}; before, it {said}"))
}

/// Returns what lies in `months/` and `published/`, half-written files among it.
fn left_in(root: &Path) -> Left {
    let mut left = Left::default();
    left.meet_folder(root);
    left
}

#[test]
fn a_command_that_is_disturbed_at_any_call_goes_on() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let faults = [
        Fault::Killed,
        Fault::Fails("EIO"),
        Fault::Fails("ENOSPC"),
        Fault::KeepsFailing("ENOSPC"),
        Fault::KeepsFailing("EROFS"),
        Fault::KeepsFailing("EACCES"),
    ];
    let stride = match extent {
        Extent::Quick => 61,
        Extent::Long => 1,
    };
    let mut runs = 0;
    let mut broken = Vec::new();
    for scenario in SCENARIOS.iter().filter(|scenario| extent == Extent::Long || !scenario.many) {
        let programme = scenario.prepare();
        let points = points(&programme, scenario);
        let all = points.iter().flat_map(|point| faults.map(|fault| (point, fault)));
        let chosen: Vec<(usize, (&Point, Fault))> = all.enumerate().step_by(stride).collect();
        runs += chosen.len();
        let found = std::sync::Mutex::new(Vec::new());
        in_parallel(&chosen, |(number, (point, fault))| {
            let amounts = if number / stride % 2 == 0 { Amounts::Same } else { Amounts::Other };
            if let Err(broken) = disturb(&programme, scenario, point, *fault, amounts) {
                let what = format!("{scenario:?}, {point:?}, {fault:?}, {amounts:?} amounts: {broken}");
                found.lock().expect("no thread stopped").push(what);
            }
        });
        broken.extend(found.into_inner().expect("no thread stopped"));
    }
    println!("disturbed: {runs} runs");
    assert!(broken.is_empty(), "{} promises are broken:\n{}", broken.len(), broken.join("\n"));
}

//! A storm: one process after the other is killed at a random call, and what it is asked to pay changes meanwhile.

use super::{
    Extent, in_parallel,
    ledger::Rows,
    left::Left,
    programme::{SCENARIOS, change_amounts, scratch},
    promises::verify,
    trace::{self, CHANGING},
};
use crate::{
    binary::{self, run},
    cli::random::Random,
};

const COMMANDS: [&str; 7] = [
    "close 2020-12 --yes",
    "close 2020-12 --yes",
    "settle 2020-12 --yes",
    "sign 2020-12 --yes",
    "publish 2020-12",
    "close 2021-01 --yes",
    "close 2021-01 --yes",
];
const KILLED_AT: [&str; 7] = ["pwrite64", "fsync", "openat", "write", "rename", "mkdir", "unlink"];
/// So many processes are killed in one storm.
const KILLS: usize = 8;

#[test]
fn a_storm_of_kills_leaves_one_digest_for_a_month() {
    if !super::strace_is_there() {
        return;
    }
    let extent = Extent::asked();
    let storms: Vec<usize> = (0..if extent == Extent::Long { 400 } else { 4 }).collect();
    let refused = std::sync::atomic::AtomicUsize::new(0);
    in_parallel(&storms, |number| {
        let seed = Extent::seed(1_000 + number);
        let mut random = Random(seed);
        let programme = SCENARIOS[0].prepare();
        let folder = programme.copy();
        let (mut left, mut rows) = (Left::default(), Rows::default());
        for kill in 0..KILLS {
            let (command, name) = (random.one_of(&COMMANDS), random.one_of(&KILLED_AT));
            // Opening begins with the program's own libraries.
            let from = if name == "openat" { 20 } else { 1 };
            let when = from + random.below(if name == "pwrite64" { 60 } else { 30 });
            let log = scratch();
            let options = ["-e", &format!("trace={CHANGING}"), "-e", &format!("inject={name}:signal=KILL:when={when}")];
            trace::traced(folder.path(), command, &options, &log.path().join("log"));
            let after = Rows::of_folder(folder.path()).unwrap_or_default();
            left.meet_folder(folder.path());
            let broken = after.lost(&rows).or_else(|| left.violation(&after));
            assert_eq!(broken, None, "storm with CRASH_SEED={seed}: kill {kill}, `{command}` at {name} {when}");
            rows = after;
            if random.below(2) == 0 {
                change_amounts(folder.path());
            }
        }
        for command in ["close 2020-12 --yes", "close 2021-01 --yes"] {
            let end = run(folder.path(), command);
            let changed =
                end.stderr.contains("error[CLOSED_MONTH_CHANGED]") || end.stderr.contains("error[MONTH_PAST]");
            assert!(end.status == 0 || (end.status == 1 && changed), "CRASH_SEED={seed}: `{command}`: {}", end.stderr);
            refused.fetch_add(usize::from(end.status == 1), std::sync::atomic::Ordering::Relaxed);
            // What was settled is signed and published all the same, whatever the records say now.
            let month = command.split(' ').nth(1).expect("a month");
            if end.status == 1 && run(folder.path(), &format!("settle {month} --dry-run")).stderr.contains("CHANGED") {
                binary::run_well(folder.path(), &format!("sign {month} --yes"));
                binary::run_well(folder.path(), &format!("publish {month}"));
            }
        }
        let after = Rows::of_folder(folder.path()).expect("the ledger can be read");
        left.meet_folder(folder.path());
        assert_eq!(after.lost(&rows).or_else(|| left.violation(&after)), None, "CRASH_SEED={seed}");
        assert_eq!(verify(folder.path()), Ok(()), "CRASH_SEED={seed}");
    });
    println!("storms: {}, of {KILLS} kills each; {} last commands were refused", storms.len(), refused.into_inner());
}

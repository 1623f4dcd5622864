//! `activity-sql` and `supporters/`: what a warehouse measured makes the statements that the events make.

#![expect(clippy::arithmetic_side_effects, reason = "small numbers, and overflow stops a test")]

mod engine;
mod months;

use std::{
    env,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use self::{
    engine::{Engine, Job},
    months::{Event, Precision, Story, seed},
};
use super::{
    example::open_example,
    folder::{Folder, Snapshot, assert_same},
};
use crate::binary::{self, run, run_well};

const MONTHS: [&str; 2] = ["2020-12", "2021-01"];
const STORIES: u64 = 10;

/// A story whose months were settled by its events.
struct Told {
    story: Story,
    settled: Folder,
    /// Without events.
    bare: Folder,
    statements: Snapshot,
}

fn told(number: u64) -> Told {
    let precision = if number.is_multiple_of(2) { Precision::Nanoseconds } else { Precision::Microseconds };
    let story = Story::new(number, precision);
    let bare = story.folder();
    let settled = Folder::copy_of(bare.path());
    story.write_activity(settled.path());
    for month in MONTHS {
        run_well(settled.path(), &format!("settle {month} --yes"));
    }
    let statements = statements(&settled);
    Told { story, settled, bare, statements }
}

#[test]
fn a_warehouse_makes_the_statements_of_the_events() {
    let stories: Vec<Told> = (0..STORIES).map(told).collect();
    let paid = stories.iter().filter(|told| told.statements.values().any(|bytes| says(bytes, "\"kind\": \"tier\"")));
    assert!(paid.count() > 2, "the months reach something");
    for engine in Engine::ALL {
        let stories: Vec<&Told> = stories.iter().filter(|told| engine.holds(told.story.precision)).collect();
        let results = Folder::empty();
        let mut jobs = Vec::new();
        for (number, told) in stories.iter().enumerate() {
            let events = results.path().join(format!("events-{number}.csv"));
            told.story.write_table(&events);
            for month in MONTHS {
                let into = results.path().join(format!("{number}-{month}.csv"));
                jobs.push(Job {
                    events: Some(events.clone()),
                    query: sql(engine, &told.bare, month, ""),
                    into,
                    before: None,
                });
            }
        }
        let Some(answers) = engine.run(results.path(), &jobs) else { continue };
        for (job, answer) in jobs.iter().zip(answers) {
            assert_eq!(answer.error, None, "{engine:?}: {}", job.into.display());
        }
        for (number, told) in stories.iter().enumerate() {
            let folder = Folder::copy_of(told.bare.path());
            for month in MONTHS {
                put(&results.path().join(format!("{number}-{month}.csv")), folder.path(), month);
                run_well(folder.path(), &format!("settle {month} --yes"));
            }
            assert_same(&told.statements, &statements(&folder), &format!("{engine:?}, story {number}"));
        }
    }
}

fn says(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

fn statements(folder: &Folder) -> Snapshot {
    let mut files = folder.snapshot();
    files.retain(|path, _| path.starts_with("months") && path.to_string_lossy().contains("statements"));
    assert_eq!(files.len(), 2 * MONTHS.len(), "each month has two statements");
    files
}

fn sql(engine: Engine, folder: &Folder, month: &str, options: &str) -> String {
    run_well(folder.path(), &format!("activity-sql {month} --dialect {} {options}", engine.dialect())).stdout
}

fn put(result: &Path, root: &Path, month: &str) {
    let folder = root.join("supporters");
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::copy(result, folder.join(format!("{month}.csv"))).expect("a file can be copied");
}

impl Engine {
    const fn holds(self, precision: Precision) -> bool {
        !matches!((self, precision), (Self::Spark, Precision::Nanoseconds))
    }
}

/// What is added to a story, and the code with which `check` and the query refuse it.
fn contradictions(story: &Story) -> Vec<(&'static str, Vec<Event>)> {
    let seed = seed();
    let unit = story.precision.nanos();
    let with = |change: &dyn Fn(&mut Event)| {
        let mut event = seed.clone();
        change(&mut event);
        event
    };
    let back = |id: &str, change: &dyn Fn(&mut Event)| {
        let mut event = Event { id: id.into(), reverses: "s-1".into(), ..seed.clone() };
        change(&mut event);
        event
    };
    vec![
        ("EVENT_CONFLICT", vec![with(&|event| event.attos += 1)]),
        ("EVENT_CONFLICT", vec![with(&|event| event.nanos += unit)]),
        ("EVENT_CONFLICT", vec![with(&|event| event.coin = "UNA")]),
        ("EVENT_CONFLICT", vec![with(&|event| event.kind = "sell")]),
        ("EVENT_CONFLICT", vec![with(&|event| event.actor = "U-1".into())]),
        ("EVENT_CONFLICT", vec![with(&|event| event.reverses = "s-1".into())]),
        ("REVERSAL_UNKNOWN", vec![back("r", &|event| event.reverses = "S-1".into())]),
        ("REVERSAL_UNKNOWN", vec![back("r", &|event| event.source = "bridge")]),
        ("REVERSAL_OF_REVERSAL", vec![back("r", &|_| ()), back("q", &|event| event.reverses = "r".into())]),
        ("REVERSAL_OF_REVERSAL", vec![back("r", &|event| event.reverses = "r".into())]),
        ("REVERSAL_COIN", vec![back("r", &|event| event.coin = "KAI")]),
        ("REVERSAL_TIME", vec![back("r", &|event| event.nanos -= unit)]),
        ("REVERSAL_AMOUNT", vec![back("r", &|event| event.attos += 1)]),
        ("REVERSAL_AMOUNT", vec![back("r", &|_| ()), back("q", &|event| event.attos = 1)]),
        (
            "REVERSAL_AMOUNT",
            vec![back("r", &|event| {
                (event.nanos, event.attos) = (event.nanos + 86_400_000_000_000 * 60, u128::pow(10, 20));
            })],
        ),
        ("", vec![with(&|_| ()), back("r", &|_| ())]),
        // Rows of coins that nobody referred contradict nothing.
        (
            "",
            vec![
                with(&|event| event.coin = "OTHER"),
                back("r", &|event| (event.coin, event.reverses) = ("OTHER", "x".into())),
            ],
        ),
    ]
}

/// What a column of the table becomes, and the code with which the query refuses it.
const COLUMNS: [(&str, &str, &str); 6] = [
    ("AMOUNT_TYPE", "amount_usd", "CAST(amount_usd AS DOUBLE)"),
    ("AMOUNT_TYPE", "amount_usd", "CAST(amount_usd AS DECIMAL(38, 17))"),
    ("CELL_EMPTY", "actor", "CASE WHEN event_id = 's-1' THEN NULL ELSE actor END"),
    ("CELL_EMPTY", "occurred_at", "CASE WHEN event_id = 's-1' THEN NULL ELSE occurred_at END"),
    ("NUMBER_SIGN", "amount_usd", "CAST(-amount_usd AS DECIMAL(38, 18))"),
    ("NUMBER_TOO_LARGE", "amount_usd", "CAST(1000000000001 AS DECIMAL(38, 18))"),
];

#[test]
fn a_query_never_sums_what_contradicts_itself() {
    let mut story = Story::new(STORIES + 1, Precision::Microseconds);
    story.events.push(seed());
    let bare = story.folder();
    let files = Folder::empty();
    let wrong = contradictions(&story);
    let table = |number: usize| files.path().join(format!("events-{number}.csv"));
    for (number, (code, more)) in wrong.iter().enumerate() {
        let mut spoilt = story.clone();
        spoilt.events.extend(more.iter().cloned());
        spoilt.write_table(&table(number));
        let folder = Folder::copy_of(bare.path());
        spoilt.write_activity(folder.path());
        let checked = run(folder.path(), "check");
        assert_eq!(checked.status, if code.is_empty() { 0 } else { 3 }, "{number} {code}: {}", checked.stderr);
        assert!(checked.stderr.contains(code), "{number} {code}: {}", checked.stderr);
    }
    story.write_table(&table(wrong.len()));
    for engine in Engine::ALL {
        let query = sql(engine, &bare, "2020-12", "");
        let typed = sql(engine, &bare, "2020-12", "--table typed");
        let into = files.path().join("result.csv");
        let job = |number: usize, query: &str| Job {
            events: Some(table(number)),
            query: query.into(),
            into: into.clone(),
            before: None,
        };
        let mut jobs: Vec<Job> = (0..wrong.len()).map(|number| job(number, &query)).collect();
        jobs.extend(COLUMNS.map(|(_, column, expression)| {
            let columns = ["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses", "source"];
            let columns =
                columns.map(|name| if name == column { format!("{expression} AS {name}") } else { name.into() });
            let before = engine.view("typed", &format!("SELECT {} FROM activity", columns.join(", ")));
            Job { before: Some(before), ..job(wrong.len(), &typed) }
        }));
        let Some(answers) = engine.run(files.path(), &jobs) else { continue };
        let codes = wrong.iter().map(|(code, _)| *code).chain(COLUMNS.map(|(code, ..)| code));
        for (number, (code, answer)) in codes.zip(answers).enumerate() {
            match answer.error {
                None => assert_eq!(code, "", "{engine:?} {number} sums"),
                Some(error) => assert!(
                    !code.is_empty() && error.contains(&format!("{code}: ")),
                    "{engine:?} {number} {code}: {error}"
                ),
            }
        }
    }
}

#[test]
fn a_month_of_a_warehouse_is_published_and_verified() {
    let folder = open_example();
    let activity = folder.path().join("activity");
    let events = Folder::copy_of(folder.path());
    run_well(events.path(), "close 2020-12 --yes");
    follow_recipe(folder.path());
    fs::remove_dir_all(&activity).expect("the example has events");
    assert!(run_well(folder.path(), "check").stdout.contains("supporters"));
    run_well(folder.path(), "close 2020-12 --yes");
    run_well(folder.path(), "verify months/2020-12 published");
    let before = folder.snapshot();
    let again = run_well(folder.path(), "close 2020-12 --yes");
    assert!(again.stdout.contains("closed before with the same records"), "{}", again.stdout);
    assert_same(&before, &folder.snapshot(), "closed again");
    let parts = |folder: &Folder| {
        let mut files = folder.snapshot();
        files.retain(|path, _| {
            // The counts of events are in the records alone, whose hash the others name.
            let path = path.to_string_lossy();
            path.contains("months/2020-12/statements") || path.contains("months/2020-12/claims")
        });
        assert!(files.len() > 4, "there are statements and claims: {:?}", files.keys());
        files
    };
    assert_same(&parts(&events), &parts(&folder), "by events and by the warehouse");
}

/// Follows `docs/warehouse.md` word for word.
fn follow_recipe(root: &Path) {
    let text = fs::read_to_string(tests().join("../docs/warehouse.md")).expect("the recipe is there");
    let block = |language: &str| {
        let opening = format!("```{language}\n");
        let mut blocks = text.split(&opening).skip(1);
        let block = blocks.next().and_then(|block| block.split("```").next()).expect("it has this block");
        assert!(blocks.next().is_none(), "there is one block of {language}");
        block.to_owned()
    };
    let programs = Folder::empty();
    let shell =
        format!("#!/bin/sh\n[ \"$*\" = -bail ] && exec node {}\n", tests().join("warehouse/shell.mjs").display());
    let duckdb = programs.path().join("duckdb");
    fs::write(&duckdb, shell).expect("a file can be written");
    fs::set_permissions(&duckdb, Permissions::from_mode(0o755)).expect("a file is ours");
    fs::write(root.join("activity.sql"), block("sql")).expect("a file can be written");
    let folders = [programs.path(), binary::path().parent().expect("a binary has a folder")].map(Path::to_owned);
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(folders.into_iter().chain(env::split_paths(&path))).expect("no separator in a name");
    let mut bash = Command::new("bash");
    let run = binary::of(bash.args(["-euo", "pipefail", "-c", &block("sh")]).current_dir(root).env("PATH", path));
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_settled_month_may_move_to_the_warehouse() {
    let Told { settled, story, .. } = told(STORIES + 3);
    let results = Folder::empty();
    let (table, into) = (results.path().join("events.csv"), results.path().join("result.csv"));
    story.write_table(&table);
    let query = sql(Engine::DuckDb, &settled, "2021-01", "");
    let answers =
        Engine::DuckDb.run(results.path(), &[Job { events: Some(table), query, into: into.clone(), before: None }]);
    assert!(answers.is_some_and(|answers| answers.iter().all(|answer| answer.error.is_none())));
    fs::remove_dir_all(settled.path().join("activity")).expect("it has events");
    put(&into, settled.path(), "2021-01");
    let again = run_well(settled.path(), "settle 2021-01 --yes");
    assert!(again.stdout.contains("settled before with the same records"), "{}", again.stdout);
}

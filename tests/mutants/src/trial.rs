//! Mutants before the tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Read as _,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// One test: which program, which name, how long it takes, and which mutants it reaches.
#[derive(Clone, Debug)]
pub struct Test {
    pub program: PathBuf,
    pub name: String,
    pub takes: Duration,
    pub reaches: BTreeSet<usize>,
}

/// How a mutant fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A test failed.
    Caught(String),
    /// The tests did not end.
    Timeout,
    /// Every test that reaches it passed.
    Survived,
    /// No test reaches it.
    Unreached,
}

/// By which a process is known that was started here, wherever it is.
const STARTED_BY: &str = "MUTANTS_STARTED_BY";

/// What ends a process that has worked for too long (`SIGXCPU`).
const OUT_OF_TIME: i32 = 24;
/// How much longer than it may work a process may take.
const PATIENCE: u32 = 10;

/// Memory that a process of a mutant may fill, in KiB; what it only reserves does not count.
const MEMORY: u64 = 8 << 20;

fn started(
    program: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
    folder: &Path,
    limit: Duration,
) -> Result<Child, String> {
    let mut command = Command::new("sh");
    let seconds = limit.as_secs();
    command
        .arg("-c")
        .arg(format!("ulimit -d {MEMORY}; ulimit -S -t {seconds}; exec nice -n 19 \"$0\" \"$@\""))
        .arg(program)
        .args(arguments);
    // The same few cases for each; who fails need not find the smallest case.
    command.env("PROPTEST_RNG_SEED", "611").env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command.env("PROPTEST_CASES", env::var_os("PROPTEST_CASES").unwrap_or_else(|| "4".into()));
    command.env(STARTED_BY, std::process::id().to_string());
    command.envs(environment.iter().copied()).current_dir(folder);
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().map_err(|error| format!("{}: {error}", program.display()))
}

/// Runs tests to their end, or until they have worked or waited for too long; returns whether they passed, and what was
/// said.
///
/// Each process may work for `limit`; where others work as well it may take much longer.
fn run(
    program: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
    folder: &Path,
    limit: Duration,
) -> Result<Option<(bool, String)>, String> {
    let mut child = started(program, arguments, environment, folder, limit)?;
    let mut stdout = child.stdout.take().ok_or("no output")?;
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        let _ = stdout.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            let said = reader.join().map_err(|_| "the reader stopped")?;
            return Ok(Some((status.success(), said)).filter(|_| status.signal() != Some(OUT_OF_TIME)));
        }
        if begun.elapsed() > limit * PATIENCE {
            end(child.id())?;
            child.wait().map_err(|error| error.to_string())?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Ends the group of processes that was started above, and those that left it: what they are asked about names them.
fn end(child: u32) -> Result<(), String> {
    let environment = |process: &str| fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
    let asked = [STARTED_BY, "=", &std::process::id().to_string()].concat();
    let entries = fs::read_dir("/proc").map_err(|error| format!("/proc: {error}"))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let processes = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    let ours = processes.filter(|name| environment(name).split(|byte| *byte == 0).any(|one| one == asked.as_bytes()));
    let mut kill = Command::new("kill");
    // One that has ended meanwhile is no failure.
    kill.args(["-KILL", "--", &format!("-{child}")]).args(ours).stderr(Stdio::null());
    kill.status().map_err(|error| format!("kill: {error}"))?;
    Ok(())
}

/// Names the tests of a program that begin with one of the words, all with none, without those left out.
fn names(program: &Path, folder: &Path, words: &[&str], without: &[&str]) -> Result<Vec<String>, String> {
    let limit = Duration::from_secs(60);
    let listed = run(program, &["--list", "--format", "terse"], &[], folder, limit)?.ok_or("tests cannot be listed")?.1;
    let tests = listed.lines().filter_map(|line| line.strip_suffix(": test"));
    let asked = |name: &&str| words.is_empty() || words.iter().any(|word| name.starts_with(word));
    let kept = tests.filter(asked).filter(|name| !without.iter().any(|word| name.contains(word)));
    Ok(kept.map(str::to_owned).collect())
}

/// Runs each test alone, without a mutant, and records which mutants it reaches.
pub fn record(
    program: &Path,
    folder: &Path,
    words: &[&str],
    without: &[&str],
    scratch: &Path,
    cargo: &Path,
) -> Result<Vec<Test>, String> {
    let (mut tests, cargo) = (Vec::new(), text(cargo)?);
    for name in names(program, folder, words, without)? {
        let _ = fs::remove_file(scratch);
        let begun = Instant::now();
        let environment = [("MUTANTS_REACHED", text(scratch)?), ("CARGO", cargo)];
        let ran = run(program, &["--exact", &name], &environment, folder, Duration::from_secs(300))?;
        let takes = begun.elapsed();
        if ran.is_none_or(|(passed, _)| !passed) {
            eprintln!("left out, it fails without a mutant: {name}");
            continue;
        }
        let reached = fs::read_to_string(scratch).unwrap_or_default();
        let reaches = reached.lines().filter_map(|line| line.parse().ok()).collect();
        tests.push(Test { program: program.to_owned(), name, takes, reaches });
    }
    Ok(tests)
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{}: a path that is not text", path.display()))
}

/// Lets the tests that reach a mutant judge it, quick ones first, and none that takes longer than `patience`.
///
/// Before all others comes the one that noticed it the last time.
pub fn judge(
    number: usize,
    tests: &[Vec<Test>],
    before: Option<&str>,
    patience: Duration,
    folders: &BTreeMap<PathBuf, PathBuf>,
    cargo: &Path,
) -> Result<Outcome, String> {
    let mut reached = false;
    let number_text = number.to_string();
    let environment = [("MUTANT", number_text.as_str()), ("CARGO", text(cargo)?)];
    let ask = |batch: &[&Test]| -> Result<Option<Outcome>, String> {
        let Some(first) = batch.first() else { return Ok(None) };
        let mut arguments = vec!["--exact", "--test-threads", "2"];
        arguments.extend(batch.iter().map(|test| test.name.as_str()));
        let limit = Duration::from_secs(10) + batch.iter().map(|test| test.takes).sum::<Duration>() * 8;
        let folder = folders.get(&first.program).ok_or("a program without a folder")?;
        Ok(match run(&first.program, &arguments, &environment, folder, limit)? {
            None => Some(Outcome::Timeout),
            Some((true, _)) => None,
            Some((false, said)) => {
                let failed = said.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
                Some(Outcome::Caught(failed.unwrap_or("the tests stopped").to_owned()))
            }
        })
    };
    let mut all = tests.iter().flatten();
    let known = all.find(|test| before == Some(test.name.as_str()) && test.reaches.contains(&number));
    if let Some(outcome) = ask(known.as_slice())? {
        return Ok(outcome);
    }
    for stage in tests {
        let mut asked: Vec<&Test> = stage.iter().filter(|test| test.reaches.contains(&number)).collect();
        reached |= !asked.is_empty();
        asked.retain(|test| test.takes <= patience);
        asked.sort_by_key(|test| test.takes);
        // Most mutants fail at once; who lives long is asked more at a time.
        let mut at_once = Duration::from_secs(1);
        let mut rest = asked.as_slice();
        while !rest.is_empty() {
            let mut together = Duration::ZERO;
            let batch = rest.iter().take_while(|test| {
                together += test.takes;
                together < at_once
            });
            let size = batch.count().max(1);
            at_once = at_once.saturating_mul(2);
            let (batch, later) = rest.split_at(size);
            rest = later;
            if let Some(outcome) = ask(batch)? {
                return Ok(outcome);
            }
        }
    }
    Ok(if reached { Outcome::Survived } else { Outcome::Unreached })
}

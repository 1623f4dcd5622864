//! Asks the tests about every mutant of the project that cargo-mutants names.
//!
//! The mutants are woven into one build (`weave`), so that each costs a run of the tests that reach it and nothing else.

mod build;
mod explained;
mod listed;
mod records;
mod trial;
mod tree;
mod weave;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use records::Records;
use trial::{Outcome, Test};

/// The tests that judge a package's mutants, in this order: a program, how its tests' names begin, and where it runs.
type Stage = (&'static str, &'static [&'static str], &'static str);

const CORE: &[Stage] = &[("ambassador_core", &[], "core"), ("suite", &["rules::"], "tests")];
const SIGNER: &[Stage] = &[
    ("ambassador_signer", &[], "signer"),
    ("suite", &["keys::", "example::"], "tests"),
    ("suite", &["cli::", "crash::damage", "vectors::"], "tests"),
];
/// Asked about those that live, with `--all`: the package whose mutants they are, and who judges then.
const REST: &[(&str, Stage)] = &[
    ("core/", ("suite", &["keys::", "example::", "cli::"], "tests")),
    ("signer/", ("suite", &["journey::", "host::modes::", "host::passwords::", "crash::power::"], "tests")),
];

/// Tests that take longer are asked about those that live, with `--all`.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tests that need other people's tools, or that look at sources.
const WITHOUT: &[&str] = &["others_see_the_same", "warehouse::"];

fn main() -> ExitCode {
    match mutate() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn mutate() -> Result<bool, String> {
    let (words, files): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|word| word.starts_with("--"));
    let root =
        fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).map_err(|error| error.to_string())?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("mutants");
    let here = root.join("tests/mutants");
    let mut mutants = listed::list(&root, &here.join("mutants.toml"))?;
    mutants.retain(|mutant| files.is_empty() || files.iter().any(|file| mutant.file.starts_with(file)));
    let mut records = Records::read(&root, &target.join("outcomes.tsv"), &mutants)?;
    let explained = explained::read(&here.join("explained.toml"))?;
    // All are woven, whoever is asked about: so the next run finds the same build.
    let mut asked: Vec<usize> = (0..mutants.len()).collect();
    if words.iter().any(|word| word == "--survived") {
        asked.retain(|number| records.is_to_ask(*number, &explained));
        // Those that are known to live take longest.
        asked.sort_by_key(|number| (records.is_explained(*number, &explained), records.is_known(*number)));
    }
    println!("{} mutants, {} are asked about", mutants.len(), asked.len());
    let tree = target.join("tree");
    let woven = mutants.iter().map(|mutant| mutant.file.as_str()).chain([build::LIBRARY]).collect();
    tree::copy(&root, &tree, &woven)?;
    let built = build::build(&root, &tree, &target, &mutants)?;
    println!("{} woven", mutants.len() - built.refused.len() - built.left.len());

    let all = words.iter().any(|word| word == "--all");
    let (mut recorded, mut folders) = (BTreeMap::new(), BTreeMap::new());
    let mut stages = |of: &str| -> Result<Vec<Vec<Test>>, String> {
        let mut stages = own(of).to_vec();
        if all {
            stages.extend(REST.iter().filter(|(package, _)| *package == of).map(|(_, stage)| *stage));
        }
        stages.into_iter().map(|stage| tests(stage, &built, &tree, &target, &mut recorded, &mut folders)).collect()
    };
    let mut judges = BTreeMap::new();
    for of in ["core/", "signer/"] {
        if mutants.iter().any(|mutant| mutant.file.starts_with(of)) {
            judges.insert(of, stages(of)?);
        }
    }

    for (number, mutant) in asked.into_iter().map(|number| (number, &mutants[number])) {
        if let Some(said) = built.refused.get(&number) {
            records.write(mutant, &format!("does not compile: {said}"))?;
            continue;
        }
        if built.left.contains(&number) {
            records.write(mutant, "not woven")?;
            continue;
        }
        let Some((of, stages)) = judges.iter().find(|(of, _)| mutant.file.starts_with(**of)) else { continue };
        // No test can notice what is explained: the quick ones ask whether that still holds.
        let (stages, patience) = if all && !records.is_explained(number, &explained) {
            (stages.as_slice(), Duration::MAX)
        } else {
            (&stages[..own(of).len()], PATIENCE)
        };
        let outcome = trial::judge(number, stages, records.noticed_by(number), patience, &folders, &built.cargo)?;
        let how = match &outcome {
            Outcome::Caught(by) => format!("caught by {by}"),
            Outcome::Timeout => "timeout".to_owned(),
            Outcome::Survived => "survived".to_owned(),
            Outcome::Unreached => "unreached".to_owned(),
        };
        if !matches!(outcome, Outcome::Caught(_)) {
            println!("{how:<10} {}", mutant.name);
        }
        records.write(mutant, &how)?;
    }
    records.report(&explained)
}

/// Returns who judges a package's mutants first.
fn own(of: &str) -> &'static [Stage] {
    if of == "core/" { CORE } else { SIGNER }
}

/// Returns the tests of a stage, once recorded.
fn tests(
    (program, words, folder): Stage,
    built: &build::Built,
    tree: &Path,
    target: &Path,
    recorded: &mut BTreeMap<Stage, Vec<Test>>,
    folders: &mut BTreeMap<PathBuf, PathBuf>,
) -> Result<Vec<Test>, String> {
    if let Some(tests) = recorded.get(&(program, words, folder)) {
        return Ok(tests.clone());
    }
    let path = built.programs.get(program).ok_or_else(|| format!("`{program}` was not built"))?;
    folders.insert(path.clone(), tree.join(folder));
    let tests = trial::record(path, &tree.join(folder), words, WITHOUT, &target.join("reached.txt"), &built.cargo)?;
    let takes: f32 = tests.iter().map(|test| test.takes.as_secs_f32()).sum();
    println!("{} tests of {program} {words:?}, {takes:.1} s", tests.len());
    recorded.insert((program, words, folder), tests.clone());
    Ok(tests)
}

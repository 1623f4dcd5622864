//! Asks the tests about every mutant of the project that cargo-mutants names.
//!
//! The mutants are woven into one build (`weave`), so that each costs a run of the tests that reach it and nothing else.

mod build;
mod explained;
mod listed;
mod trial;
mod tree;
mod weave;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use listed::Mutant;
use trial::{Outcome, Test};

/// The tests that judge a package's mutants, in this order: a program, how its tests' names begin, and where it runs.
type Stage = (&'static str, &'static [&'static str], &'static str);

const CORE: &[Stage] = &[("ambassador_core", &[], "core"), ("suite", &["rules::"], "tests")];
const SIGNER: &[Stage] =
    &[("ambassador_signer", &[], "signer"), ("suite", &["keys::", "intake::", "example::", "cli::"], "tests")];
/// Asked about those that live, with `--all`.
const REST: &[Stage] = &[("suite", &["keys::", "intake::", "example::", "cli::"], "tests")];

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
    let survived = target.join("survived.txt");
    if words.iter().any(|word| word == "--survived") {
        let names = fs::read_to_string(&survived).map_err(|error| error.to_string())?;
        let names: BTreeSet<&str> = names.lines().collect();
        mutants.retain(|mutant| names.contains(mutant.name.as_str()));
    }
    println!("{} mutants", mutants.len());
    let tree = target.join("tree");
    tree::copy(&root, &tree)?;
    let built = build::build(&root, &tree, &target.join("target"), &mutants)?;
    println!("{} woven", mutants.len() - built.refused.len() - built.left.len());

    let all = words.iter().any(|word| word == "--all");
    let (mut recorded, mut folders) = (BTreeMap::new(), BTreeMap::new());
    let mut stages = |of: &str| -> Result<Vec<Vec<Test>>, String> {
        let mut stages = if of == "core/" { CORE.to_vec() } else { SIGNER.to_vec() };
        if all && of == "core/" {
            stages.extend(REST);
        }
        stages.into_iter().map(|stage| tests(stage, &built, &tree, &target, &mut recorded, &mut folders)).collect()
    };
    let mut judges = BTreeMap::new();
    for of in ["core/", "signer/"] {
        if mutants.iter().any(|mutant| mutant.file.starts_with(of)) {
            judges.insert(of, stages(of)?);
        }
    }

    let mut outcomes = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        if built.refused.contains_key(&number) || built.left.contains(&number) {
            continue;
        }
        let Some((_, stages)) = judges.iter().find(|(of, _)| mutant.file.starts_with(**of)) else { continue };
        let outcome = trial::judge(number, stages, &folders)?;
        match &outcome {
            Outcome::Caught(_) => {}
            Outcome::Timeout => println!("timeout    {}", mutant.name),
            Outcome::Survived => println!("survived   {}", mutant.name),
            Outcome::Unreached => println!("unreached  {}", mutant.name),
        }
        outcomes.insert(number, outcome);
    }
    report(&root, &target, &mutants, &built, &outcomes)
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
    let tests = trial::record(path, &tree.join(folder), words, WITHOUT, &target.join("reached.txt"))?;
    let takes: f32 = tests.iter().map(|test| test.takes.as_secs_f32()).sum();
    println!("{} tests of {program} {words:?}, {takes:.1} s", tests.len());
    recorded.insert((program, words, folder), tests.clone());
    Ok(tests)
}

/// Says how the mutants of each file fared, and which of those that live are not explained.
fn report(
    root: &Path,
    target: &Path,
    mutants: &[Mutant],
    built: &build::Built,
    outcomes: &BTreeMap<usize, Outcome>,
) -> Result<bool, String> {
    let explained = explained::read(&root.join("tests/mutants/explained.toml"))?;
    let mut table: BTreeMap<&str, [usize; 7]> = BTreeMap::new();
    let (mut alive, mut names, mut log) = (Vec::new(), Vec::new(), Vec::new());
    let mut sources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for mutant in mutants {
        if !sources.contains_key(mutant.file.as_str()) {
            let text = fs::read_to_string(root.join(&mutant.file)).map_err(|error| error.to_string())?;
            sources.insert(&mutant.file, text.lines().map(|line| line.trim().to_owned()).collect());
        }
    }
    for (number, mutant) in mutants.iter().enumerate() {
        let row = table.entry(&mutant.file).or_default();
        row[0] += 1;
        let line = sources[mutant.file.as_str()][mutant.span.start.line - 1].as_str();
        let (column, how) = match outcomes.get(&number) {
            Some(Outcome::Caught(by)) => (1, format!("caught by {by}")),
            Some(Outcome::Timeout) => (2, "timeout".to_owned()),
            Some(Outcome::Survived | Outcome::Unreached) => {
                alive.push((mutant, line));
                let known = explained.iter().any(|explained| explained.is(mutant, line));
                names.extend((!known).then_some(mutant.name.as_str()));
                if known { (3, "explained".to_owned()) } else { (4, "alive".to_owned()) }
            }
            None => match built.refused.get(&number) {
                Some(said) => (5, format!("does not compile: {said}")),
                None => (6, "not woven".to_owned()),
            },
        };
        row[column] += 1;
        log.push(format!("{how}\t{}\t{line}", mutant.name));
    }
    println!(
        "\n| file | mutants | caught | timeout | explained | alive | do not compile | not woven |\n|---|--:|--:|--:|--:|--:|--:|--:|"
    );
    let mut sums = [0; 7];
    for (file, row) in &table {
        sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        println!("| {file} | {} |", row.map(|number| number.to_string()).join(" | "));
    }
    println!("| all | {} |", sums.map(|number| number.to_string()).join(" | "));
    fs::write(target.join("log.tsv"), log.join("\n") + "\n").map_err(|error| error.to_string())?;
    fs::write(target.join("survived.txt"), names.join("\n") + "\n").map_err(|error| error.to_string())?;
    let stale = explained::stale(&explained, &table.keys().copied().collect(), &alive);
    for explained in &stale {
        println!("explained without need: {} | {} | {}", explained.file, explained.change, explained.line);
    }
    for name in &names {
        println!("alive: {name}");
    }
    Ok(stale.is_empty() && names.is_empty())
}

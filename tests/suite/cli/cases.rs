//! Wrong inputs, one folder each: the exit status, the error with its place and its help, and nothing changed.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::folder::{Folder, Step, assert_same, cases};
use crate::binary;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// A copy of the base, spoilt by the steps, on which a command is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    steps: Vec<Step>,
    command: String,
    status: i32,
    /// Everything that is wrong, in the order in which it is told.
    #[serde(default)]
    problems: Vec<Expected>,
    /// A piece of what a wrong command line is told.
    usage: Option<String>,
}

/// A problem as the case expects it; what is left out is not there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    code: String,
    file: Option<String>,
    line: Option<u64>,
    field: Option<String>,
    /// A piece of the message, which names the offending text where there is one.
    says: String,
    /// A piece of the help.
    help: String,
}

#[test]
fn numbers() {
    check_all("numbers");
}

#[test]
fn times() {
    check_all("times");
}

#[test]
fn names() {
    check_all("names");
}

#[test]
fn tables() {
    check_all("tables");
}

#[test]
fn records() {
    check_all("records");
}

#[test]
fn supporters() {
    check_all("supporters");
}

#[test]
fn terms() {
    check_all("terms");
}

#[test]
fn months() {
    check_all("months");
}

#[test]
fn keys() {
    check_all("keys");
}

#[test]
fn ledger() {
    check_all("ledger");
}

#[test]
fn imports() {
    check_all("imports");
}

#[test]
fn exports() {
    check_all("exports");
}

#[test]
fn outside() {
    check_all("outside");
}

#[test]
fn funding() {
    check_all("funding");
}

#[test]
fn usage() {
    check_all("usage");
}

#[test]
fn every_file_of_cases_has_its_test() {
    let entries = fs::read_dir(cases()).expect("the cases can be listed");
    let names = entries.map(|entry| entry.expect("an entry can be read").file_name().to_string_lossy().into_owned());
    let found: BTreeSet<String> = names.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)).collect();
    let source = include_str!("cases.rs");
    for name in found {
        assert!(source.contains(&format!("check_all(\"{name}\")")), "`{name}.toml` has no test");
    }
}

fn check_all(name: &str) {
    let text = fs::read_to_string(cases().join(format!("{name}.toml"))).expect("the cases can be read");
    let Cases { case } = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}.toml: {error}"));
    let mut names = BTreeSet::new();
    for case in &case {
        assert!(names.insert(&case.name), "`{}` stands twice in {name}.toml", case.name);
        check(case);
    }
}

fn check(case: &Case) {
    let name = &case.name;
    let folder = Folder::base();
    folder.take(&case.steps);
    let before = folder.snapshot();
    let run = binary::run(folder.path(), &case.command);
    assert_eq!(run.status, case.status, "{name}: {}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, "", "{name}: a refusal is told on standard error");
    let json = binary::run(folder.path(), &format!("{} --json", case.command));
    assert_eq!(json.status, case.status, "{name}: {}", json.stderr);
    assert_same(&before, &folder.snapshot(), name);
    if let Some(usage) = &case.usage {
        assert!(run.stderr.contains(usage.as_str()), "{name}: {}", run.stderr);
        return;
    }
    check_text(case, &run.stderr);
    check_json(case, &json.stdout);
}

/// Checks what a person reads: each error with its place in front and its help below, and no other error.
fn check_text(case: &Case, stderr: &str) {
    let name = &case.name;
    let mut lines = stderr.lines().skip_while(|line| !line.starts_with("error"));
    for expected in &case.problems {
        let (error, help) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let start = format!("error[{}]: {}", expected.code, expected.place());
        assert!(error.starts_with(&start), "{name}: `{start}` does not begin\n{stderr}");
        assert!(error.contains(&expected.says), "{name}: `{}` is not said in\n{stderr}", expected.says);
        let help = help.strip_prefix("  help: ").unwrap_or_default();
        assert!(help.contains(&expected.help), "{name}: `{}` is not the help in\n{stderr}", expected.help);
    }
    assert_eq!(lines.next(), None, "{name}: more is said in\n{stderr}");
    assert!(!stderr.contains('\u{1b}') && !stderr.contains("panicked"), "{name}: {stderr}");
}

/// Checks what a script reads: the same problems, field by field.
fn check_json(case: &Case, stdout: &str) {
    let name = &case.name;
    let value: Value = serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{name}: {error}: {stdout}"));
    let problems = value["problems"].as_array().unwrap_or_else(|| panic!("{name}: no problems in {stdout}"));
    assert_eq!(problems.len(), case.problems.len(), "{name}: {stdout}");
    for (problem, expected) in problems.iter().zip(&case.problems) {
        let text = |field: &str| problem[field].as_str();
        assert_eq!(text("code"), Some(expected.code.as_str()), "{name}");
        assert_eq!(text("file"), expected.file.as_deref(), "{name}");
        assert_eq!(text("column"), expected.field.as_deref(), "{name}");
        assert_eq!(problem["line"].as_u64(), expected.line, "{name}");
        assert!(text("message").is_some_and(|message| message.contains(&expected.says)), "{name}: {problem}");
        assert!(text("help").is_some_and(|help| help.contains(&expected.help)), "{name}: {problem}");
    }
}

impl Expected {
    fn place(&self) -> String {
        let file = self.file.as_ref().map(PathBuf::from).map(|file| file.display().to_string());
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let file = file.map(|file| format!("{file}{line}: ")).unwrap_or_default();
        file + &self.field.as_ref().map(|field| format!("{field}: ")).unwrap_or_default()
    }
}

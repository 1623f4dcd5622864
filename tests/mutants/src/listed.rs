//! The mutants that `cargo mutants` names.

use std::{path::Path, process::Command};

use serde::Deserialize;

/// A place in a source, as cargo-mutants counts: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// From a place to another one.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Span {
    pub start: Place,
    pub end: Place,
}

/// What kind of change a mutant is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

/// One change of one source.
#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    pub name: String,
    pub file: String,
    pub span: Span,
    pub replacement: String,
    pub genre: Genre,
}

impl Mutant {
    /// Returns what is changed, without the place.
    pub fn change(&self) -> &str {
        self.name.splitn(4, ':').nth(3).unwrap_or(&self.name).trim_start()
    }
}

/// Asks cargo-mutants for the mutants of the project.
pub fn list(root: &Path, config: &Path) -> Result<Vec<Mutant>, String> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "--dir"]).arg(root).arg("--config").arg(config);
    let output = command.output().map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "cargo mutants: {said}\nInstall it: cargo install --locked cargo-mutants --version 27.1.0"
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("what cargo mutants lists: {error}"))
}

//! Mutants that no test can tell from the original, with the reason.

use std::{fs, path::Path};

use serde::Deserialize;

use crate::listed::Mutant;

/// One mutant, or several of one line, by what they change and the line that they change.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    pub file: String,
    /// The change as cargo-mutants names it, without the place.
    pub change: String,
    /// The line that it begins in, without indentation.
    pub line: String,
    #[expect(dead_code, reason = "it is for people")]
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    mutant: Vec<Explained>,
}

/// Reads the list.
pub fn read(path: &Path) -> Result<Vec<Explained>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let list: List = toml::from_str(&text).map_err(|error| error.to_string())?;
    Ok(list.mutant)
}

impl Explained {
    /// Tells whether it stands for a mutant.
    pub fn is(&self, mutant: &Mutant, line: &str) -> bool {
        self.file == mutant.file && self.change == mutant.change() && self.line == line
    }
}

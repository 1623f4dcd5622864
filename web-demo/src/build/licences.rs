//! The licences of the crates inside the modules, which go wherever the modules go.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::{
    failure::Failure,
    folder,
    tools::{self, WASM},
};

/// The name of the file.
pub(super) const NAME: &str = "THIRD-PARTY.txt";

/// The crates that are compiled into the modules, each with its licence.
pub(super) fn text() -> Result<Vec<u8>, Failure> {
    let inside = inside()?;
    let mut command = tools::cargo();
    command.args(["metadata", "--locked", "--format-version", "1", "--filter-platform", WASM]);
    let said = tools::run(&mut command, "cargo metadata", "install Rust with rustup")?.stdout;
    let metadata: Value =
        serde_json::from_slice(&said).map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let mut text =
        String::from("The WebAssembly modules contain Rust's standard library (MIT OR Apache-2.0) and these crates:\n");
    for package in metadata.get("packages").and_then(Value::as_array).into_iter().flatten() {
        let word = |key| package.get(key).and_then(Value::as_str).unwrap_or_default();
        // Our own have no source, and their licences beside this file.
        if word("source").is_empty() || !inside.contains(&key(word("name"), word("version"))) {
            continue;
        }
        let line = "-".repeat(80);
        let title = format!("\n{line}\n{} {}: {}\n\n", word("name"), word("version"), word("license"));
        let words = own_words(Path::new(word("manifest_path")))?;
        let words = if words.is_empty() { format!("{}\n", word("repository")) } else { words };
        text += &(title + &words);
    }
    Ok(text.into_bytes())
}

/// The crates that are linked, by name and version: not what runs while others are compiled.
fn inside() -> Result<BTreeSet<String>, Failure> {
    let mut command = tools::cargo();
    command.args(["tree", "--locked", "--package", "ambassador-wasm", "--target", WASM]);
    command.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    let said = tools::run(&mut command, "cargo tree", "install Rust with rustup")?.stdout;
    let lines = String::from_utf8_lossy(&said);
    let crates = lines.lines().filter_map(|line| {
        let mut words = line.split(' ');
        Some(key(words.next()?, words.next()?.strip_prefix('v')?))
    });
    Ok(crates.collect())
}

fn key(name: &str, version: &str) -> String {
    format!("{name} {version}")
}

/// The licence files that a crate brings; of several to choose from, MIT's.
fn own_words(manifest: &Path) -> Result<String, Failure> {
    let Some(folder) = manifest.parent() else { return Ok(String::new()) };
    let entries = fs::read_dir(folder).map_err(|error| Failure::at(folder, &error))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let is_licence = |name: &String| {
        let name = name.to_ascii_uppercase();
        ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|word| name.starts_with(word))
    };
    let all: BTreeSet<String> = names.filter(is_licence).collect();
    let mit: BTreeSet<String> = all.iter().filter(|name| name.to_ascii_uppercase().contains("MIT")).cloned().collect();
    let mut words = String::new();
    for name in if mit.is_empty() { all } else { mit } {
        words += &String::from_utf8_lossy(&folder::file(&folder.join(name))?).replace('\r', "");
    }
    Ok(words)
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    #[test]
    fn of_two_licences_one_is_chosen() {
        let folder = tempfile::tempdir().expect("a folder");
        let manifest = folder.path().join("Cargo.toml");
        assert_eq!(own_words(&manifest), Ok(String::new()));
        for (name, expected) in [("LICENSE-APACHE", "LICENSE-APACHE"), ("LICENSE-MIT", "LICENSE-MIT")] {
            fs::write(folder.path().join(name), name).expect("a file");
            assert_eq!(own_words(&manifest), Ok(expected.to_owned()));
        }
    }
}

//! Rust to WASM.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    failure::Failure,
    places,
    tools::{self, WASM},
};

/// What a module can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// The calculator alone: small.
    Calculator,
    /// Everything: statements, claims, signatures.
    Full,
}

impl Build {
    /// The name of its files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Calculator => "calculator",
            Self::Full => "ambassador",
        }
    }
}

/// Compiles a build and returns the module's file, in cargo's usual folder for results or in another one.
///
/// Cargo gives both builds the same file, and so does one of them anew whenever the other was the last.
pub(super) fn compile(build: Build, target: Option<&Path>) -> Result<PathBuf, Failure> {
    let mut command = tools::cargo();
    command
        .args(["build", "--profile", "wasm", "--package", "ambassador-wasm", "--target", WASM])
        .env("CARGO_ENCODED_RUSTFLAGS", flags());
    if build == Build::Calculator {
        command.arg("--no-default-features");
    }
    if let Some(target) = target {
        command.arg("--target-dir").arg(target);
    }
    let messages = tools::compile(&mut command)?;
    let file = messages.iter().rev().find_map(module);
    file.ok_or_else(|| Failure::new("cargo build names no module of `ambassador-wasm`"))
}

/// The file that one of cargo's messages says is ours.
fn module(message: &Value) -> Option<PathBuf> {
    if message.get("target")?.get("name")? != "ambassador_wasm" {
        return None;
    }
    let mut files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str).map(Path::new);
    files.rfind(|file| file.extension().is_some_and(|extension| extension == "wasm")).map(Path::to_owned)
}

/// Leaves this machine's folders out of the sentences of panics: the same sources give the same bytes anywhere.
fn flags() -> OsString {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    let places = [(Some(places::root()), "ambassadors"), (cargo_home, "cargo")];
    let mut flags = OsString::new();
    for (from, to) in places.into_iter().filter_map(|(from, to)| from.map(|from| (from, to))) {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push("=/");
        flags.push(to);
    }
    flags
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_module_is_found_among_the_messages() {
        let message = json!({ "target": { "name": "ambassador_wasm" }, "filenames": ["/t/a.d", "/t/a.wasm"] });
        assert_eq!(module(&message), Some(PathBuf::from("/t/a.wasm")));
        for other in [json!({}), json!({ "target": { "name": "serde" }, "filenames": ["/t/a.wasm"] })] {
            assert_eq!(module(&other), None);
        }
    }
}

//! Vectors that others wrote, through the doors that people and programs use. `docs/vectors.md` lists them.
//!
//! The vectors are not part of the project: they lie at `../shared/vectors`, seen from its root, or where
//! `AMBASSADOR_VECTORS` points. Where their folder is missing, a test says that it did not run and has tested nothing.
//!
//! Where something is refused here though it is right there, or the other way round, the test lists it with its reason.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod json;
mod keys;
mod names;
mod programme;
mod signatures;
mod tables;
mod texts;
mod times;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Returns the path of vectors, or says that the test does not run.
fn vectors(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let path = env::var_os("AMBASSADOR_VECTORS").map_or(root, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("NOT RUN: there are no vectors at {}", path.display());
    None
}

fn json(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a vector can be read");
    serde_json::from_str(&text).expect("a vector is JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder of vectors can be read");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a folder of vectors can be read").path())
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, fs::read(path).expect("a vector can be read"))
        })
        .collect();
    files.sort();
    files
}

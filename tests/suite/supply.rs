//! What comes from others: which crates and packages, by which licence, from where, and what they may do here.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod bill;
mod crates;
mod modules;
mod packages;
mod policy;
mod workspace;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::architecture::root;

/// Returns every file of a name in the project.
fn named(name: &str) -> Vec<PathBuf> {
    every().into_iter().filter(|path| path.file_name().is_some_and(|own| own == name)).collect()
}

/// Returns every file of the project, but for what is built or installed.
fn every() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) && !is_made(&path) {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a folder is made out of others, or is none of the project's.
fn is_made(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') || ["dist", "node_modules", "pkg", "target"].contains(&name.as_ref())
}

/// Returns a path as the project's documents name it.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Returns the texts of the project by their names, but for those that are too long to be written by hand.
fn sources() -> Vec<(String, String)> {
    const LONGEST: u64 = 300_000;
    let kinds = ["js", "json", "md", "mjs", "py", "rs", "sh", "toml", "yml"];
    let is_source = |path: &PathBuf| {
        let known = path.extension().is_none_or(|kind| kinds.iter().any(|known| kind == *known));
        known && fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() < LONGEST)
    };
    let files = every().into_iter().filter(is_source);
    files.filter_map(|path| Some((shown(&path), fs::read_to_string(&path).ok()?))).collect()
}

//! Crates that are linked: cargo's tree of a package, with the hashes of the lock file.

use std::{collections::BTreeMap, sync::LazyLock};

use toml::Table;

use super::document::{Bill, Component, Hash, Kind};
use crate::{failure::Failure, folder, places, tools};

/// What the lock file says that crates hash to, by name and version.
type Hashes = BTreeMap<(String, String), String>;

/// Adds a package of this project with everything that is linked into it, and returns its reference.
///
/// # Errors
///
/// When cargo fails, or says something that cannot be read.
pub(super) fn add(bill: &mut Bill, package: &str, target: &str, kind: Kind) -> Result<String, Failure> {
    static HASHES: LazyLock<Result<Hashes, Failure>> = LazyLock::new(hashes);
    let hashes = HASHES.as_ref().map_err(Clone::clone)?;
    let mut command = tools::cargo();
    command.args(["tree", "--locked", "--package", package, "--target", target]);
    // A macro runs where it is compiled and is not in the result.
    command.args(["--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", "|{p}|{l}|"]);
    let said = tools::run(&mut command, "cargo tree", "install Rust with rustup")?.stdout;
    // What everything down to the present line stands in.
    let mut above: Vec<String> = Vec::new();
    for line in String::from_utf8_lossy(&said).lines() {
        let unread = || Failure::new(format!("cargo tree says something that is not understood: {line}"));
        let [depth, title, licence, _] = line.splitn(4, '|').collect::<Vec<_>>()[..] else { return Err(unread()) };
        let depth: usize = depth.parse().map_err(|_| unread())?;
        let mut words = title.split(' ');
        let name = words.next().unwrap_or_default();
        let version = words.next().and_then(|version| version.strip_prefix('v')).ok_or_else(unread)?;
        let is_first = depth == 0;
        let component = Component::new(if is_first { kind } else { Kind::Library }, name, version, licence);
        let component = match hashes.get(&(name.to_owned(), version.to_owned())) {
            Some(hash) => component.with_purl("cargo").with_hash(Hash::sha256(hash.clone())),
            None => component,
        };
        let reference = bill.add(component);
        above.truncate(depth);
        if let Some(parent) = above.last() {
            bill.need(parent, &reference);
        }
        above.push(reference);
    }
    above.into_iter().next().ok_or_else(|| Failure::new(format!("cargo knows no package {package}")))
}

fn hashes() -> Result<Hashes, Failure> {
    let path = places::root().join("Cargo.lock");
    let text = String::from_utf8_lossy(&folder::file(&path)?).into_owned();
    let lock: Table = text.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let hash = |package: &toml::Value| {
        let word = |key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        Some(((word("name")?, word("version")?), word("checksum")?))
    };
    Ok(packages.filter_map(hash).collect())
}

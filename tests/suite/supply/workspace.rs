//! A workspace as cargo resolved it by its lock file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
    sync::LazyLock,
    thread,
};

use serde::Deserialize;
use spdx::{Expression, ParseMode};

use super::{named, shown};

/// All of them: each lock file of the project is one.
pub(super) static ALL: LazyLock<Vec<Workspace>> = LazyLock::new(|| {
    let locks = named("Cargo.lock");
    assert!(locks.len() >= 4, "the lock files are found: {locks:?}");
    let reading = locks.into_iter().map(|lock| thread::spawn(move || Workspace::read(&lock)));
    let reading: Vec<_> = reading.collect();
    reading.into_iter().map(|each| each.join().expect("it is read")).collect()
});

/// A workspace.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Its lock file.
    pub(super) lock: String,
    /// Everything that its lock file names and some platform or test may use.
    pub(super) packages: Vec<Package>,
    /// What is used but by tests, each with what it needs.
    pub(super) used: BTreeMap<Version, BTreeSet<Version>>,
}

/// A package by its name and version.
pub(super) type Version = (String, String);

/// A package in it.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// Where it comes from; nothing for the project's own.
    pub(super) source: Option<String>,
    /// By what it may be used, where it says so.
    pub(super) licence: Option<Expression>,
    /// Whether it runs code while it is compiled.
    pub(super) has_build_script: bool,
    /// Dependencies that any version will do for, but for the project's own.
    pub(super) wildcards: Vec<String>,
    /// Whether the lock file says what its bytes hash to.
    pub(super) is_hashed: bool,
}

impl Workspace {
    fn read(lock: &Path) -> Self {
        let metadata: Metadata =
            serde_json::from_slice(&said(lock, &["metadata", "--format-version", "1"])).expect("cargo writes JSON");
        let text = fs::read_to_string(lock).expect("the lock file is there");
        let locked: Locked = toml::from_str(&text).expect("cargo reads it, too");
        let hashed = locked.package.into_iter().filter(|package| package.checksum.is_some());
        let hashed: BTreeSet<Version> = hashed.map(|package| (package.name, package.version)).collect();
        let package = |raw: RawPackage| {
            let is_hashed = hashed.contains(&(raw.name.clone(), raw.version.clone()));
            Package::of(raw, is_hashed)
        };
        Self { lock: shown(lock), packages: metadata.packages.into_iter().map(package).collect(), used: tree(lock) }
    }

    /// Returns what these need, themselves included.
    pub(super) fn reached<'a>(&'a self, roots: impl Iterator<Item = &'a Version>) -> BTreeSet<&'a Version> {
        let mut open: Vec<&Version> = roots.collect();
        let mut reached = BTreeSet::new();
        while let Some(one) = open.pop() {
            if reached.insert(one) {
                open.extend(self.used.get(one).into_iter().flatten());
            }
        }
        reached
    }

    /// Returns the names of those that need a package of a name.
    pub(super) fn needing<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a String> {
        let needs = move |needs: &BTreeSet<Version>| needs.iter().any(|(need, _)| need == name);
        self.used.iter().filter(move |(_, all)| needs(all)).map(|((by, _), _)| by)
    }
}

/// Returns what cargo says of a lock file's workspace.
fn said(lock: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--manifest-path"])
        .arg(lock.with_file_name("Cargo.toml"))
        .output()
        .expect("cargo runs the tests, so it is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Returns what a workspace uses on any platform but in its tests, with the features that are really switched on.
fn tree(lock: &Path) -> BTreeMap<Version, BTreeSet<Version>> {
    let options = ["--edges", "normal,build", "--target", "all", "--prefix", "depth", "--format", "|{p}"];
    let said = said(lock, &[["tree", "--workspace"].as_slice(), &options].concat());
    let mut used: BTreeMap<Version, BTreeSet<Version>> = BTreeMap::new();
    // What everything down to the present line stands in.
    let mut above: Vec<Version> = Vec::new();
    for line in String::from_utf8_lossy(&said).lines().filter(|line| !line.is_empty()) {
        let (depth, title) = line.split_once('|').expect("as the format says");
        let mut words = title.split(' ').map(str::to_owned);
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version"));
        let one = (name, version.trim_start_matches('v').to_owned());
        above.truncate(depth.parse().expect("a number"));
        used.entry(one.clone()).or_default();
        if let Some(parent) = above.last() {
            used.entry(parent.clone()).or_default().insert(one.clone());
        }
        above.push(one);
    }
    used
}

impl Package {
    fn of(raw: RawPackage, is_hashed: bool) -> Self {
        let parse = |text: &String| Expression::parse_mode(text, ParseMode::LAX).ok();
        let any = raw.dependencies.iter().filter(|need| need.req == "*" && need.path.is_none());
        Self {
            licence: raw.license.as_ref().and_then(parse),
            has_build_script: raw.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "custom-build")),
            wildcards: any.map(|need| need.name.clone()).collect(),
            name: raw.name,
            version: raw.version,
            source: raw.source,
            is_hashed,
        }
    }
}

#[derive(Deserialize)]
struct Locked {
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    version: String,
    checksum: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<RawPackage>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

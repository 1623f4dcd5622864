//! Packages of npm and of Python: what their lock files name, and how they are installed.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::{named, shown, sources};
use crate::architecture::root;

/// `tests/suite/supply/packages.toml`.
#[derive(Deserialize)]
struct Policy {
    shipped: Vec<String>,
    tools: Vec<String>,
    exception: Vec<Exception>,
    script: Vec<Script>,
}

#[derive(Deserialize)]
struct Exception {
    package: String,
    licence: String,
    reason: String,
}

#[derive(Deserialize)]
struct Script {
    package: String,
    reason: String,
}

/// A lock file of npm.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    lockfile_version: u32,
    packages: BTreeMap<String, Package>,
}

/// A package in it, by its place below the folder.
#[expect(clippy::struct_excessive_bools, reason = "they are npm's")]
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Package {
    integrity: Option<String>,
    resolved: Option<String>,
    license: Option<Value>,
    link: bool,
    in_bundle: bool,
    dev: bool,
    has_install_script: bool,
}

fn policy() -> Policy {
    let text = fs::read_to_string(root().join("tests/suite/supply/packages.toml")).expect("the policy is there");
    toml::from_str(&text).expect("the policy is TOML")
}

fn locks() -> Vec<(String, Lock)> {
    let files = named("package-lock.json");
    assert!(files.len() >= 7, "the lock files are found: {files:?}");
    let read = |file: &Path| {
        let text = fs::read_to_string(file).expect("a lock file is text");
        (shown(file), serde_json::from_str(&text).expect("npm reads it, too"))
    };
    files.iter().map(|file| read(file)).collect()
}

/// Returns what is wrong with a package.
fn findings(policy: &Policy, name: &str, package: &Package) -> Vec<String> {
    let mut findings = Vec::new();
    if !package.integrity.as_deref().is_some_and(|hash| hash.starts_with("sha512-"))
        || package.link
        || package.in_bundle
    {
        findings.push(format!("{name} has no hash of its own"));
    }
    // Whoever installs it asks the registry of his own: none is written down, and so none can be slipped in.
    if let Some(resolved) = &package.resolved {
        findings.push(format!("{name} is fetched from {resolved}"));
    }
    if package.has_install_script && !policy.script.iter().any(|script| script.package == name) {
        findings.push(format!("{name} runs a script when it is installed"));
    }
    let licence = package.license.as_ref().and_then(Value::as_str).unwrap_or("none said");
    let allowed = if package.dev { &policy.tools } else { &policy.shipped };
    let excepted = policy.exception.iter().any(|own| own.package == name && own.licence == licence);
    if !excepted && !allowed.iter().any(|own| own == licence) {
        findings.push(format!("{name} has the licence {licence}, dev: {}", package.dev));
    }
    findings
}

/// Returns every package of the lock files, with the folder's lock file and its name.
fn packages() -> Vec<(String, String, Package)> {
    let mut all = Vec::new();
    for (file, lock) in locks() {
        assert!(lock.lockfile_version >= 3, "{file}");
        // Nothing but the page and the contract is shipped: what the others depend on is for tests and figures.
        let is_shipped = file.starts_with("web-demo") || file.starts_with("contracts");
        for (place, package) in lock.packages.into_iter().filter(|(place, _)| !place.is_empty()) {
            let name = place.rsplit("node_modules/").next().unwrap_or_default().to_owned();
            all.push((file.clone(), name, Package { dev: package.dev || !is_shipped, ..package }));
        }
    }
    all
}

#[test]
fn every_package_has_a_hash_a_licence_and_no_script_but_those_that_are_named() {
    let policy = policy();
    let findings = packages().into_iter().flat_map(|(file, name, package)| {
        let found = findings(&policy, &name, &package);
        found.into_iter().map(move |finding| format!("{file}: {finding}"))
    });
    assert_eq!(findings.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn what_is_named_is_there_and_has_a_reason() {
    let (policy, packages) = (policy(), packages());
    for Exception { package, licence, reason } in &policy.exception {
        let found = packages.iter().any(|(_, name, own)| {
            name == package && own.license.as_ref().and_then(Value::as_str).unwrap_or("none said") == licence
        });
        assert!(found && !reason.is_empty(), "{package}");
    }
    for Script { package, reason } in &policy.script {
        let found = packages.iter().any(|(_, name, own)| name == package && own.has_install_script);
        assert!(found && !reason.is_empty(), "{package}");
    }
}

#[test]
fn a_package_that_is_not_as_it_should_be_is_found() {
    let policy = policy();
    let good = Package { integrity: Some("sha512-x".to_owned()), license: Some("MIT".into()), ..Package::default() };
    assert_eq!(findings(&policy, "good", &good), Vec::<String>::new());
    let bad = [
        Package { integrity: None, ..good.clone() },
        Package { integrity: Some("sha1-x".to_owned()), ..good.clone() },
        Package { resolved: Some("https://evil.example/good.tgz".to_owned()), ..good.clone() },
        Package { link: true, ..good.clone() },
        Package { has_install_script: true, ..good.clone() },
        Package { license: None, ..good.clone() },
        Package { license: Some("ISC".into()), ..good.clone() },
        Package { license: Some("GPL-3.0".into()), dev: true, ..good.clone() },
    ];
    for package in bad {
        assert_eq!(findings(&policy, "good", &package).len(), 1);
    }
}

#[test]
fn a_manifest_names_exact_versions_and_no_script_of_an_installation() {
    let manifests = named("package.json");
    assert!(manifests.len() >= 7, "the manifests are found: {manifests:?}");
    for file in manifests {
        let text = fs::read_to_string(&file).expect("a manifest is text");
        let manifest: Value = serde_json::from_str(&text).expect("a manifest is JSON");
        for kind in ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] {
            for (name, version) in manifest.get(kind).and_then(Value::as_object).into_iter().flatten() {
                let version = version.as_str().unwrap_or_default();
                let exact = version.starts_with(|first: char| first.is_ascii_digit())
                    && version.chars().all(|sign| sign.is_ascii_alphanumeric() || ".-+".contains(sign));
                assert!(exact, "{}: {name} {version}", shown(&file));
            }
        }
        for name in manifest.get("scripts").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            let hooks = ["install", "prepare", "publish", "pack"];
            assert!(!hooks.iter().any(|hook| name.contains(hook)), "{}: {name}", shown(&file));
        }
    }
}

#[test]
fn nothing_is_installed_with_scripts_and_nobody_is_sent_to_another_registry() {
    // In parts, so that this file does not find itself.
    let installs =
        [["npm", "ci"], ["npm", "install"], ["npm", "i"], ["npm", "exec"], ["npm", "x"]].map(|word| word.join(" "));
    let runner = ["np", "x"].concat();
    let mut count = 0;
    for (file, text) in sources() {
        for line in text.lines() {
            for install in &installs {
                let mut after = line.split(install.as_str()).skip(1);
                let is_whole = after.any(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
                if is_whole {
                    count += 1;
                    assert!(line.contains("--ignore-scripts") && *install == installs[0], "{file}: {line}");
                }
            }
            let words = line.split(|sign: char| !sign.is_ascii_alphanumeric());
            assert!(!words.into_iter().any(|word| word == runner), "{file}: {line}");
        }
        if text.contains(&["Command::new(\"", "npm\")"].concat()) {
            count += 1;
            assert!(text.contains("[\"ci\", \"--ignore-scripts\""), "{file}");
        }
    }
    assert!(count > 8, "the installations are found: {count}");
    for file in named(".npmrc") {
        let text = fs::read_to_string(&file).expect("settings are text");
        let mut settings = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let known = ["ignore-scripts=true", "omit-lockfile-registry-resolved=true"];
        assert!(settings.all(|setting| known.contains(&setting)), "{}: {text}", shown(&file));
    }
    let cargo = fs::read_to_string(root().join(".cargo/config.toml")).expect("the aliases are there");
    let cargo: toml::Table = toml::from_str(&cargo).expect("cargo reads it, too");
    assert_eq!(cargo.keys().collect::<Vec<_>>(), ["alias"]);
}

#[test]
fn every_package_of_python_has_its_hashes() {
    let files = named("requirements.txt");
    assert!(files.len() >= 2, "they are found: {files:?}");
    for file in files {
        let text = fs::read_to_string(&file).expect("requirements are text");
        let text = text.replace("\\\n", " ");
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')) {
            assert!(line.contains("==") && line.contains("--hash=sha256:"), "{}: {line}", shown(&file));
        }
    }
}

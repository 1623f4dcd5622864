//! `deny.toml`, as far as it can be asked without a network, and what it finds wrong with a workspace.

use std::{collections::BTreeMap, fs};

use serde::Deserialize;

use super::workspace::{Package, Version, Workspace};
use crate::architecture::root;

/// What may come in.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Policy {
    pub(super) sources: Sources,
    pub(super) licenses: Licences,
    pub(super) bans: Bans,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Sources {
    pub(super) allow_registry: Vec<String>,
    pub(super) allow_git: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Licences {
    pub(super) allow: Vec<String>,
    pub(super) exceptions: Vec<Exception>,
}

/// Licences that one crate may have.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Bans {
    pub(super) skip: Vec<Explained>,
    pub(super) skip_tree: Vec<Explained>,
    pub(super) deny: Vec<Denied>,
    pub(super) build: Build,
}

/// A crate, `name` or `name@version`, and why.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Explained {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// A crate that must not come in, unless one of these brings it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Denied {
    #[serde(rename = "crate")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) wrappers: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Build {
    pub(super) allow_build_scripts: Vec<String>,
}

impl Bans {
    /// Whether a version is one that may stand beside another.
    pub(super) fn skips(&self, name: &str, version: &str) -> bool {
        is_named(&self.skip, name, version)
    }
}

fn is_named(entries: &[Explained], name: &str, version: &str) -> bool {
    let exact = format!("{name}@{version}");
    entries.iter().any(|entry| entry.name == name || entry.name == exact)
}

impl Policy {
    pub(super) fn read() -> Self {
        let text = fs::read_to_string(root().join("deny.toml")).expect("the policy is there");
        let policy: Self = toml::from_str(&text).expect("cargo-deny reads it, too");
        for Explained { name, reason } in policy.bans.skip.iter().chain(&policy.bans.skip_tree) {
            assert!(!reason.is_empty(), "{name} has no reason");
        }
        policy
    }

    /// Returns what is wrong with a workspace, a line for each finding.
    pub(super) fn findings(&self, workspace: &Workspace) -> Vec<String> {
        let mut findings = Vec::new();
        for package in &workspace.packages {
            let mut find = |what: String| {
                findings.push(format!("{}: {} {} {what}", workspace.lock, package.name, package.version));
            };
            if !self.allows_licence(package) {
                find(format!("has the licence {:?}", package.licence.as_ref().map(ToString::to_string)));
            }
            if !self.allows_source(package) {
                find(format!("comes from {:?}, with a hash: {}", package.source, package.is_hashed));
            }
            for wildcard in &package.wildcards {
                find(format!("takes any version of {wildcard}"));
            }
            if package.has_build_script && !self.bans.build.allow_build_scripts.contains(&package.name) {
                find("runs code while it is compiled".to_owned());
            }
            for denied in self.bans.deny.iter().filter(|denied| denied.name == package.name) {
                let has_stranger = workspace.needing(&denied.name).any(|by| !denied.wrappers.contains(by));
                if denied.wrappers.is_empty() || has_stranger {
                    find("must not come in".to_owned());
                }
            }
        }
        findings.extend(self.duplicates(workspace));
        findings
    }

    fn allows_licence(&self, package: &Package) -> bool {
        let own = self.licenses.exceptions.iter().filter(|exception| exception.name == package.name);
        let own: Vec<&String> = own.flat_map(|exception| &exception.allow).collect();
        package.licence.as_ref().is_some_and(|licence| {
            licence.evaluate(|asked| {
                let asked = asked.to_string();
                self.licenses.allow.contains(&asked) || own.contains(&&asked)
            })
        })
    }

    fn allows_source(&self, package: &Package) -> bool {
        // What is ours has no source.
        let Some(source) = &package.source else { return true };
        let registry =
            source.strip_prefix("registry+").is_some_and(|url| self.sources.allow_registry.contains(&url.to_owned()));
        registry && package.is_hashed
    }

    fn duplicates(&self, workspace: &Workspace) -> Vec<String> {
        let is_root = |(name, version): &&Version| is_named(&self.bans.skip_tree, name, version);
        let skipped = workspace.reached(workspace.used.keys().filter(is_root));
        let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, version) in workspace.used.keys().filter(|one| !skipped.contains(one)) {
            if !self.bans.skips(name, version) {
                versions.entry(name).or_default().push(version);
            }
        }
        let several = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
        several
            .map(|(name, versions)| format!("{}: {name} comes as {}", workspace.lock, versions.join(" and ")))
            .collect()
    }
}

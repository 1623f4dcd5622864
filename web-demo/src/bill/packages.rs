//! Packages of npm, by a folder's lock file.

use std::{collections::BTreeMap, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::document::{Bill, Component, Hash, Kind};
use crate::{failure::Failure, folder};

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

/// A package in a lock file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Package {
    version: String,
    integrity: String,
    license: String,
    /// Whether nothing that is shipped needs it.
    pub(super) dev: bool,
}

/// Adds those packages of a folder that are shipped in a component.
///
/// # Errors
///
/// When the lock file cannot be read, or a package has no hash.
pub(super) fn add(
    bill: &mut Bill,
    parent: &str,
    place: &Path,
    is_shipped: impl Fn(&str, &Package) -> bool,
) -> Result<(), Failure> {
    let path = place.join("package-lock.json");
    let unread = |what: &str| Failure::new(format!("{}: {what}", path.display()));
    let lock: Lock = serde_json::from_slice(&folder::file(&path)?).map_err(|error| unread(&error.to_string()))?;
    for (place, package) in &lock.packages {
        let Some(name) = place.strip_prefix("node_modules/") else { continue };
        if !is_shipped(name, package) {
            continue;
        }
        let hash = package.integrity.strip_prefix("sha512-").and_then(|hash| STANDARD.decode(hash).ok());
        let hash = hash.ok_or_else(|| unread(&format!("{name} has no hash")))?;
        let component = Component::new(Kind::Library, name, &package.version, &package.license);
        let reference = bill.add(component.with_purl("npm").with_hash(Hash::sha512(hex::encode(hash))));
        bill.need(parent, &reference);
    }
    Ok(())
}

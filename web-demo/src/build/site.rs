//! The page as a folder of static files.

use std::{collections::BTreeMap, path::Path};

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{licences, module::Modules, vendor};
use crate::{
    failure::Failure,
    folder::{self, Files},
};

/// The list of what the page loads with the hash of each, which its service worker reads; a folder without it is not ours.
pub(crate) const MARK: &str = "files.json";

/// What a page is told about where it is.
pub(crate) const SETTINGS: &str = "site.json";

/// Refuses a folder that is not a page.
pub(crate) fn check_page(page: &Path) -> Result<(), Failure> {
    if page.join("index.html").is_file() {
        return Ok(());
    }
    Err(Failure::new(format!("{}: no page is there", page.display()))
        .help("name the folder of its index.html with --page"))
}

/// Puts the page, the modules and the libraries together.
pub(crate) fn assemble(page: &Path, modules: &Modules) -> Result<Files, Failure> {
    let mut site = folder::read(page)?;
    let vendor = vendor::files()?.into_iter().map(|(name, bytes)| (format!("vendor/{name}"), bytes));
    let modules = modules.files().map(|(name, bytes)| (format!("wasm/{name}"), bytes));
    for (name, bytes) in vendor.chain(modules).chain([(SETTINGS.to_owned(), settings(Purpose::Programme))]) {
        if site.insert(name.clone(), bytes).is_some() {
            return Err(Failure::new(format!("{}: its place is taken by what is built", page.join(name).display())));
        }
    }
    site.insert(MARK.to_owned(), list(&site));
    Ok(site)
}

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A programme's own page.
    Programme,
    /// The demonstration on a local chain, with a wallet of its own.
    Demonstration,
}

/// The page's settings.
pub(crate) fn settings(purpose: Purpose) -> Vec<u8> {
    format!("{}\n", json!({ "demo": purpose == Purpose::Demonstration })).into_bytes()
}

/// Names the files that the page loads, with the SHA-256 of their bytes.
pub(crate) fn list(site: &Files) -> Vec<u8> {
    let hashes = site.iter().filter(|(name, _)| is_loaded(name));
    let hashes: BTreeMap<&String, String> =
        hashes.map(|(name, bytes)| (name, hex::encode(Sha256::digest(bytes)))).collect();
    format!("{:#}\n", json!(hashes)).into_bytes()
}

/// The hash of the list of hashes: it names everything that a page loads.
pub(crate) fn fingerprint(folder: &Path) -> Result<String, Failure> {
    Ok(hex::encode(Sha256::digest(folder::file(&folder.join(MARK))?)))
}

/// Whether a page needs it: licences and types are for people, and the list cannot name itself.
fn is_loaded(name: &str) -> bool {
    let is_for_people = name.ends_with("LICENSE") || name.ends_with(licences::NAME) || name.ends_with(".d.ts");
    // What a programme published may lie in the same folder.
    name != MARK && !is_for_people && !name.starts_with("published/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_every_file_that_is_loaded() {
        let files = ["b.js", MARK, "a/c.js", "a/LICENSE", "a/c.d.ts", "wasm/THIRD-PARTY.txt", "published/index.json"]
            .map(|name| (name.to_owned(), b"abc".to_vec()));
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected = format!("{{\n  \"a/c.js\": \"{hash}\",\n  \"b.js\": \"{hash}\"\n}}\n");
        assert_eq!(list(&Files::from(files)), expected.into_bytes());
    }

    #[test]
    fn settings_are_json() {
        assert_eq!(settings(Purpose::Programme), b"{\"demo\":false}\n");
        assert_eq!(settings(Purpose::Demonstration), b"{\"demo\":true}\n");
    }
}

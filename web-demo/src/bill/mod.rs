//! The bill of materials (`CycloneDX` 1.6) of what is shipped: the signer, the page with its modules, the contract.
//!
//! It is made out of lock files and manifests alone, without a time or a number of its own: the same sources give the
//! same bytes on every machine.

mod crates;
mod document;
mod packages;

use std::fs;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::document::{Bill, Component, Hash, Kind};
use crate::{failure::Failure, folder, places, tools::WASM};

/// By what ours may be used.
const LICENCE: &str = "MIT OR Apache-2.0";

/// Returns the bill as JSON.
pub(crate) fn text() -> Result<String, Failure> {
    let mut bill = Bill::new(own(Kind::Application, "rally-ambassadors"));
    let signer = crates::add(&mut bill, "ambassador-signer", "all", Kind::Application)?;
    let modules = crates::add(&mut bill, "ambassador-wasm", WASM, Kind::Library)?;

    let page = bill.add(own(Kind::Application, "ambassador-page"));
    bill.need(&page, &modules);
    packages::add(&mut bill, &page, &places::web_demo(), |_, package| !package.dev)?;

    let (contract, sources) = (bill.add(contract()?), contract_sources()?);
    packages::add(&mut bill, &contract, &places::contracts(), |name, _| sources.contains(&format!("from \"{name}/")))?;

    let whole = bill.whole();
    for shipped in [signer, page, contract] {
        bill.need(&whole, &shipped);
    }
    serde_json::to_string_pretty(&bill).map_err(|error| Failure::new(format!("the bill of materials: {error}")))
}

/// Something of this project.
fn own(kind: Kind, name: &str) -> Component {
    Component::new(kind, name, env!("CARGO_PKG_VERSION"), LICENCE)
}

/// The contract, by its pinned artifact.
fn contract() -> Result<Component, Failure> {
    let path = places::contracts().join("AmbassadorPayouts.json");
    let bytes = folder::file(&path)?;
    let artifact: Value =
        serde_json::from_slice(&bytes).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let compiler = artifact.get("compiler").and_then(Value::as_str).unwrap_or_default();
    let component = own(Kind::Library, "AmbassadorPayouts");
    Ok(component.with_hash(Hash::sha256(hex::encode(Sha256::digest(&bytes)))).with_property("solc", compiler))
}

/// The contract's own sources, to see what they import.
fn contract_sources() -> Result<String, Failure> {
    let folder = places::contracts();
    let mut text = String::new();
    for entry in fs::read_dir(&folder).map_err(|error| Failure::at(&folder, &error))?.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "sol") {
            text.push_str(&String::from_utf8_lossy(&folder::file(&path)?));
        }
    }
    Ok(text)
}

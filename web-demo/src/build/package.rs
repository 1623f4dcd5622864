//! The modules as an npm package, for browsers and Node.js.

use serde_json::Value;

use super::module::Modules;
use crate::{
    failure::Failure,
    folder::{self, Files},
    places,
};

/// A folder without this file is not ours.
pub(crate) const MARK: &str = "ambassador_bg.wasm";

/// Puts the modules, the hand-written files and the licences together.
pub(crate) fn assemble(modules: &Modules) -> Result<Files, Failure> {
    let mut package = folder::read(&places::package())?;
    let manifest = package.get("package.json").map(Vec::as_slice).unwrap_or_default();
    let manifest: Value = serde_json::from_slice(manifest)
        .map_err(|error| Failure::new(format!("{}: {error}", places::package().join("package.json").display())))?;
    if manifest.get("version").and_then(Value::as_str) != Some(env!("CARGO_PKG_VERSION")) {
        let help = concat!("write \"version\": \"", env!("CARGO_PKG_VERSION"), "\" in wasm/package/package.json");
        return Err(Failure::new("the npm package has another version than the crates").help(help));
    }
    package.extend(modules.files());
    for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
        package.insert(name.to_owned(), folder::file(&places::root().join(name))?);
    }
    Ok(package)
}

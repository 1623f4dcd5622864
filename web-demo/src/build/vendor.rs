//! The libraries that the page loads beside its own files, each with its licence.

use std::path::Path;

use crate::{
    failure::Failure,
    folder::{self, Files},
    places,
};

/// The files of the folder `vendor/` of the page.
pub(super) fn files() -> Result<Files, Failure> {
    let packages = places::web_demo().join("node_modules");
    let mut files = Files::new();
    let toml = packages.join("smol-toml");
    for (name, bytes) in folder::read(&toml.join("dist"))? {
        if Path::new(&name).extension().is_some_and(|extension| extension == "js") {
            files.insert(format!("smol-toml/{name}"), bytes);
        }
    }
    files.insert("smol-toml/LICENSE".into(), folder::file(&toml.join("LICENSE"))?);
    let qr = packages.join("lean-qr");
    files.insert("lean-qr.mjs".into(), folder::file(&qr.join("index.mjs"))?);
    files.insert("lean-qr.LICENSE".into(), folder::file(&qr.join("LICENSE"))?);
    Ok(files)
}

//! What a reader downloads.

use std::path::Path;

use serde_json::Value;

use crate::{failure::Failure, places, tools};

/// A table of the modules and their glue in a folder: as they are, with gzip, with brotli.
pub(crate) fn table(folder: &Path) -> Result<String, Failure> {
    let names = ["calculator_bg.wasm", "calculator.js", "ambassador_bg.wasm", "ambassador.js"];
    let files = names.map(|name| folder.join(name));
    let said = tools::node(&places::web_demo().join("build/sizes.mjs"), &files)?;
    let sizes: Value = serde_json::from_slice(&said).map_err(|error| Failure::new(format!("sizes.mjs: {error}")))?;
    let heading = format!("{:<20}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
    let row = |(name, sizes): (&&str, &Value)| {
        let [raw, gzip, brotli] =
            ["raw", "gzip", "brotli"].map(|key| sizes.get(key).map(ToString::to_string).unwrap_or_default());
        format!("{name:<20}{raw:>10}{gzip:>10}{brotli:>10}\n")
    };
    let rows = names.iter().zip(sizes.as_array().into_iter().flatten()).map(row);
    Ok([heading].into_iter().chain(rows).collect())
}

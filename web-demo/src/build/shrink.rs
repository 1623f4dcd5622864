//! `wasm-opt` of Binaryen, and the proof that it broke nothing.

use std::{fs, path::Path, process::Command};

use sha2::{Digest as _, Sha256};

use super::module::Module;
use crate::{failure::Failure, folder, places, tools};

/// Size before speed, and what Rust's compiler takes for granted on this target.
const OPTIONS: [&str; 9] = [
    "-Oz",
    "--strip-debug",
    "--strip-producers",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Returns the module made smaller. `folder` keeps the last result, for the next time the same comes in.
///
/// # Errors
///
/// When the smaller module does not do what the one that came in does: some versions of `wasm-opt` break modules
/// without a word.
pub(super) fn shrink(folder: &Path, module: &Module) -> Result<Vec<u8>, Failure> {
    let lock = folder::file(&places::web_demo().join("package-lock.json"))?;
    let mut hash = Sha256::new();
    for part in [&lock, &module.wasm, module.glue.as_bytes(), OPTIONS.join(" ").as_bytes()] {
        hash.update(Sha256::digest(part));
    }
    let key = hex::encode(hash.finalize());
    let [key_file, glue, plain, shrunk] =
        ["key", "glue.mjs", "plain.wasm", "shrunk.wasm"].map(|name| folder.join(name));
    if fs::read_to_string(&key_file).is_ok_and(|last| last == key) {
        return folder::file(&shrunk);
    }

    eprintln!("shrinking {}", module.name);
    // Whatever is left there is not what the key says any more.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
    write(&plain, &module.wasm)?;
    write(&glue, module.glue.as_bytes())?;
    let mut command = Command::new("node");
    command.arg(places::web_demo().join("node_modules/binaryen/bin/wasm-opt")).args(OPTIONS);
    command.arg(&plain).arg("--output").arg(&shrunk);
    tools::run(&mut command, "wasm-opt", "install Node.js 20 or later with npm")?;
    tools::node(&places::web_demo().join("build/check.mjs"), &[&glue, &plain, &shrunk])?;
    let bytes = folder::file(&shrunk)?;
    write(&key_file, key.as_bytes())?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::at(path, &error))
}

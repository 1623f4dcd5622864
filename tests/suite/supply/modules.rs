//! What is built is the same wherever it is built. `web-demo/reproduce` builds it twice and compares every byte.

use std::{env, fs, path::Path};

use crate::architecture::root;

/// Whether some bytes have others in them.
fn contains(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}

#[test]
fn a_built_module_names_no_folder_of_this_machine() {
    let folder = root().join("web-demo/dist/wasm");
    let real = |path: &Path| path.canonicalize().ok().map(|path| path.display().to_string());
    let target = env::current_exe().ok().and_then(|test| real(test.ancestors().nth(3)?));
    let home = env::home_dir().and_then(|home| real(&home)).filter(|home| home.len() > 1);
    let cargo = env::var_os("CARGO_HOME").and_then(|home| real(Path::new(&home)));
    let mut machine: Vec<String> = [real(&root()), target, home, cargo].into_iter().flatten().collect();
    // What cargo calls the folder of its crates after depends on where they were fetched from.
    machine.extend(["/registry/src/", "index.crates.io", "/rustup/", "/library/core/"].map(str::to_owned));
    for name in ["ambassador_bg.wasm", "calculator_bg.wasm", "ambassador.js", "calculator.js"] {
        let bytes = fs::read(folder.join(name)).expect("the page is built: run `cargo web build` first");
        for place in &machine {
            assert!(!contains(&bytes, place), "{name} has {place} in it");
        }
        // A panic ends a module without a word, so that not one source is named: nothing is left to depend on a folder.
        assert!(!contains(&bytes, ".rs"), "{name} names a source");
    }
}

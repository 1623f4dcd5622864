//! A module for JavaScript: the WASM, the glue that loads it, and its types.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use super::{
    compile::{Build, compile},
    licences,
    shrink::shrink,
};
use crate::{failure::Failure, folder};

/// One build.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// The name of its files.
    pub(crate) name: &'static str,
    /// The glue, an ES module.
    pub(crate) glue: String,
    /// The types, for TypeScript and editors.
    pub(crate) types: String,
    /// The module itself.
    pub(crate) wasm: Vec<u8>,
}

/// Both builds.
#[derive(Clone, Debug)]
pub(crate) struct Modules {
    builds: [Module; 2],
    licences: Vec<u8>,
}

impl Modules {
    /// Compiles, binds, shrinks and checks them.
    pub(crate) fn make() -> Result<Self, Failure> {
        let full = compile(Build::Full, None)?;
        let beside = full.with_file_name("calculator");
        let calculator = compile(Build::Calculator, Some(&beside))?;
        let builds = [Module::make(Build::Calculator, &calculator)?, Module::make(Build::Full, &full)?];
        Ok(Self { builds, licences: licences::text()? })
    }

    /// The files of both, by name, and the licences of what is in them.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        let licences = (licences::NAME.to_owned(), self.licences.clone());
        let files = self.builds.iter().flat_map(|module| {
            let Module { name, glue, types, wasm } = module;
            [
                (format!("{name}.js"), glue.clone().into_bytes()),
                (format!("{name}.d.ts"), types.clone().into_bytes()),
                (format!("{name}_bg.wasm"), wasm.clone()),
            ]
        });
        files.chain([licences])
    }
}

impl Module {
    fn make(build: Build, file: &Path) -> Result<Self, Failure> {
        let compiled = folder::file(file)?;
        let bound = bind(build, compiled).map_err(|error| Failure::new(format!("wasm-bindgen: {error:#}")))?;
        Ok(Self { wasm: shrink(&file.with_file_name("shrunk"), &bound)?, ..bound })
    }
}

/// Writes the glue.
fn bind(build: Build, compiled: Vec<u8>) -> Result<Module, Box<dyn std::error::Error + Send + Sync>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_bytes(build.name(), compiled).web(true)?.typescript(true);
    // A bare `init()` finds the module beside its glue.
    bindgen.omit_default_module_path(false).remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    let snippets = output.snippets().values().any(|snippets| !snippets.is_empty());
    if snippets || !output.local_modules().is_empty() || !output.npm_dependencies().is_empty() {
        return Err("the glue needs files of its own, which nothing here copies".into());
    }
    let types = output.ts().ok_or("there are no types")?.to_owned();
    Ok(Module { name: build.name(), glue: output.js().to_owned(), types, wasm: output.wasm_mut().emit_wasm() })
}

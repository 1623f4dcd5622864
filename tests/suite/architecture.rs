//! The picture of the README against the code: which room may use which, and in what order core's modules stand.

#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::indexing_slicing, reason = "a position of a list lies in it")]

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the names of a package's dependencies, all levels or the first only.
fn dependencies(package: &str, edges: &str, depth: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--package", package])
        .args(["--edges", edges, "--depth", depth])
        .current_dir(root())
        .output()
        .expect("cargo runs the tests, so it is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != package).map(str::to_owned).collect()
}

fn ours(names: &BTreeSet<String>) -> Vec<&str> {
    names.iter().map(String::as_str).filter(|name| name.starts_with("ambassador-")).collect()
}

#[test]
fn arrows_point_down_only() {
    let all = |package| dependencies(package, "normal,build,dev", "1");
    assert_eq!(ours(&all("ambassador-core")), Vec::<&str>::new());
    assert_eq!(ours(&all("ambassador-signer")), ["ambassador-core"]);
    assert_eq!(ours(&all("ambassador-wasm")), ["ambassador-core"]);
    // The page's command builds and runs the others; it links none of them.
    assert_eq!(ours(&all("ambassador-web")), Vec::<&str>::new());
    assert_eq!(ours(&all("ambassador-tests")), ["ambassador-core", "ambassador-signer"]);
}

#[test]
fn core_reaches_no_key_no_clock_and_no_file() {
    let allowed = ["hex", "ruint", "serde", "serde_json", "sha3", "thiserror"].map(str::to_owned);
    assert_eq!(dependencies("ambassador-core", "normal", "1"), BTreeSet::from(allowed));
    let all = dependencies("ambassador-core", "normal", "99");
    for forbidden in ["k256", "elliptic-curve", "getrandom", "rand", "rand_core", "libc", "time", "chrono"] {
        assert!(!all.contains(forbidden), "core reaches {forbidden}");
    }
    let lib = fs::read_to_string(root().join("core/src/lib.rs")).expect("core has a root");
    assert!(lib.starts_with("#![no_std]"));
}

#[test]
fn a_module_of_core_names_only_modules_above_it() {
    let lib = fs::read_to_string(root().join("core/src/lib.rs")).expect("core has a root");
    let modules: Vec<&str> = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(modules.len() > 20, "the modules of core are found: {modules:?}");
    for (position, module) in modules.iter().enumerate() {
        let file = root().join(format!("core/src/{module}.rs"));
        // The last module is a folder, whose files may name everything above it.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let production = text.split("#[cfg(test)]").next().expect("a text has a first part");
        for later in &modules[position + 1..] {
            let named = [format!("    {later}::"), format!("crate::{later}::"), format!("    {later},")];
            let imports = production.split("\n\n").filter(|block| block.contains("use crate::"));
            for import in imports {
                assert!(
                    !named.iter().any(|name| import.contains(name)),
                    "{module} names {later}, which stands below it"
                );
            }
        }
    }
}

#[test]
fn only_an_outside_signer_is_reached_over_a_network() {
    let named = |words: &[&str]| -> BTreeSet<String> {
        let files = sources(&["signer/src"]).into_iter();
        let naming = files.filter(|file| {
            let text = fs::read_to_string(file).expect("sources are UTF-8");
            words.iter().any(|word| text.contains(word))
        });
        let source = root().join("signer/src");
        naming.map(|file| file.strip_prefix(&source).expect("it lies below").display().to_string()).collect()
    };
    assert_eq!(named(&["ureq", "std::net", "net::"]), ["rpc.rs"].map(str::to_owned).into());
    let signing = ["commands/attach.rs", "commands/replacement_signing.rs", "commands/sign.rs"].map(str::to_owned);
    assert_eq!(named(&["outside::"]), signing.into());
    let resolving = ["commands/resolve.rs", "names/registry.rs"].map(str::to_owned);
    assert_eq!(named(&["registry::Registry", "Registry<"]), resolving.into());
    let opening = ["commands/endpoint.rs", "commands/verify.rs", "rpc.rs"].map(str::to_owned);
    assert_eq!(named(&["Endpoint::new(", "pub fn new(url"]), opening.into());
    let asking = [
        "chain/reading.rs",
        "commands/deploy.rs",
        "commands/deployed.rs",
        "commands/endpoint.rs",
        "commands/fund.rs",
        "commands/import/transfers.rs",
        "commands/look.rs",
        "commands/outside.rs",
        "commands/replace.rs",
        "commands/replacement_signing.rs",
        "commands/verify.rs",
        "names/registry.rs",
        "rpc.rs",
        "rpc/logs.rs",
        "rpc/sending.rs",
        "rpc/state.rs",
        "verification/claims.rs",
    ];
    let asking: BTreeSet<String> = asking.map(str::to_owned).into();
    assert_eq!(named(&["Endpoint"]), asking);
}

#[test]
fn no_money_is_a_float() {
    for file in sources(&["core/src", "signer/src"]) {
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        for word in ["f32", "f64"] {
            // A visitor of foreign JSON must say what it does with the numbers that others wrote there.
            let mut lines = text.lines().filter(|line| !line.contains("fn visit_f64"));
            let found = lines.find(|line| line.split(|c: char| !c.is_alphanumeric()).any(|part| part == word));
            assert_eq!(found, None, "{}", file.display());
        }
    }
}

/// Returns the sources below folders of the repository.
fn sources(below: &[&str]) -> Vec<PathBuf> {
    // A test may make the floats that the production code must refuse.
    let is_test = |path: &PathBuf| path.file_name().is_some_and(|name| name == "tests.rs");
    files(below).into_iter().filter(|path| !is_test(path)).collect()
}

/// Returns every file below folders of the project, but for those that npm installs.
pub(crate) fn files(below: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = below.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if !path.is_dir() {
                files.push(path);
            } else if path.file_name().is_some_and(|name| name != "node_modules") {
                folders.push(path);
            }
        }
    }
    files
}

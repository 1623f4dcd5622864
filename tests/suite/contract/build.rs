//! Compiled bytecode: the pinned artifact, and the test doubles made by the same script once a run.

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use revm::primitives::Bytes;
use serde_json::Value;

thread_local! {
    static SUBJECT: RefCell<Option<Bytes>> = const { RefCell::new(None) };
}

/// The creation code of the contract under test: the pinned artifact's, unless this thread runs in [`with_subject`].
pub(super) fn subject() -> Bytes {
    SUBJECT.with_borrow(Clone::clone).unwrap_or_else(|| creation_code(&contracts().join("AmbassadorPayouts.json")))
}

/// Runs `body` with other creation code in the contract's place.
pub(super) fn with_subject<T>(code: Bytes, body: impl FnOnce() -> T) -> T {
    SUBJECT.set(Some(code));
    let result = body();
    SUBJECT.set(None);
    result
}

/// The creation code of a test double in `contracts/test`.
pub(crate) fn double(name: &str) -> Bytes {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract-doubles");
        run_script(&["--out".as_ref(), dir.as_os_str()]);
        dir
    });
    creation_code(&dir.join(format!("{name}.json")))
}

/// Runs `contracts/build.mjs`.
///
/// # Panics
///
/// When it fails, with what it said.
pub(super) fn run_script(args: &[&std::ffi::OsStr]) {
    assert!(
        contracts().join("node_modules").is_dir(),
        "the Solidity compiler is not installed: run `npm ci --ignore-scripts --prefix contracts`"
    );
    let output = Command::new("node")
        .arg(contracts().join("build.mjs"))
        .args(args)
        .output()
        .expect("these tests need `node` on the PATH");
    assert!(output.status.success(), "build.mjs: {}", String::from_utf8_lossy(&output.stderr));
}

/// The creation code in a file that the script wrote.
pub(crate) fn creation_code(file: &Path) -> Bytes {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let artifact: Value = serde_json::from_str(&text).expect("the script writes JSON");
    artifact["bytecode"].as_str().expect("an artifact has bytecode").parse().expect("bytecode is hex")
}

/// The folder of the contract's sources.
pub(crate) fn contracts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts")
}

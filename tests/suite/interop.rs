//! The tools of others, from `tests/interop`.

#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// Returns the folder of the scripts, once their packages are there.
///
/// # Panics
///
/// When the packages are not installed.
pub(crate) fn interop() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    assert!(
        folder.join("node_modules").is_dir(),
        "other tools are missing: run `npm ci --ignore-scripts --prefix tests/interop` first"
    );
    folder
}

/// Runs a script of `tests/interop`, which reads and answers JSON.
pub(crate) fn script(name: &str, input: &Value) -> Value {
    let mut child = Command::new("node")
        .arg(interop().join(name))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js is installed");
    let mut stdin = child.stdin.take().expect("piped above");
    stdin.write_all(input.to_string().as_bytes()).expect("the script reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the script ends");
    assert!(output.status.success(), "{name} failed");
    serde_json::from_slice(&output.stdout).expect("the script answers in JSON")
}

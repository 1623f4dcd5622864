//! No branch and no address of the signing of many digests depends on the key or a nonce: valgrind watches it, in the
//! build that a treasury runs.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::indexing_slicing, reason = "a missing table of a manifest is a failure")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const CRATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/constant-time");
/// What valgrind exits with where it found an error.
const FOUND: i32 = 9;

#[test]
fn signing_is_constant_time_and_the_watch_is_awake() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is missing; tests/run installs it");
        return;
    }
    let program = built();
    let scan = watched(&program, "scan");
    assert_eq!(scan.status.code(), Some(0), "{}", String::from_utf8_lossy(&scan.stderr));
    assert_eq!(String::from_utf8_lossy(&scan.stdout), "40 signatures, watched\n");
    for (wrong, finding) in [("index", "Use of uninitialised value"), ("seen", "depends on uninitialised value")] {
        let output = watched(&program, wrong);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(FOUND), "`{wrong}` was not found: {said}");
        assert!(said.contains(finding), "{wrong}: {said}");
    }
}

#[test]
fn what_is_watched_is_built_as_the_signer_is() {
    let release = |manifest: &Path| {
        let text = fs::read_to_string(manifest).expect("the manifest is there");
        let manifest: toml::Table = toml::from_str(&text).expect("cargo reads it too");
        manifest["profile"]["release"].clone()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    assert_eq!(release(&Path::new(CRATE).join("Cargo.toml")), release(&root));
    let locked = |lock: &Path| {
        let text = fs::read_to_string(lock).expect("the lock file is there");
        let table: toml::Table = toml::from_str(&text).expect("cargo reads it too");
        let packages = table["package"].as_array().expect("a list").clone();
        packages.iter().map(|package| format!("{} {}", package["name"], package["version"])).collect::<Vec<_>>()
    };
    let ours = locked(&root.with_file_name("Cargo.lock"));
    for package in locked(&Path::new(CRATE).join("Cargo.lock")) {
        assert!(
            package.contains("ambassador-constant-time") || ours.contains(&package),
            "{package} is not the signer's"
        );
    }
}

fn built() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("constant-time");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--quiet", "--target-dir"])
        .arg(&target)
        .current_dir(CRATE)
        .output()
        .expect("cargo runs the tests, so it is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("release/ambassador-constant-time")
}

fn watched(program: &Path, way: &str) -> Output {
    Command::new("valgrind")
        .args(["--quiet", &format!("--error-exitcode={FOUND}")])
        .arg(program)
        .arg(way)
        .output()
        .expect("valgrind was asked for its version")
}

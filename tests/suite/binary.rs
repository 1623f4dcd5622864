//! The signer's binary, built once, and how it is run.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop; a field of JSON that is missing reads as null"
)]

use std::{
    env,
    io::{Seek as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use serde_json::Value;

static BUILT: LazyLock<Built> = LazyLock::new(build);

/// The workspace's binaries.
struct Built {
    signer: PathBuf,
    page_command: PathBuf,
}

/// What a command said and how it ended.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Returns the binary's path.
pub(crate) fn path() -> &'static Path {
    &BUILT.signer
}

/// Returns the path of the page's command.
pub(crate) fn page_command() -> &'static Path {
    &BUILT.page_command
}

/// Runs the binary in `folder`, with no terminal to ask on.
pub(crate) fn run(folder: &Path, command: &str) -> Run {
    // A session of its own has no terminal, so that a prompt for a password cannot wait for a person.
    let mut process = Command::new("setsid");
    process.arg("--wait").arg(path()).args(command.split_whitespace());
    of(process.current_dir(folder))
}

/// Runs the binary and stops unless it succeeds.
pub(crate) fn run_well(folder: &Path, command: &str) -> Run {
    let run = run(folder, command);
    assert_eq!(run.status, 0, "`{command}`: {}", run.stderr);
    run
}

/// Runs the binary with bytes on its standard input.
pub(crate) fn run_fed(folder: &Path, command: &str, input: &[u8]) -> Run {
    let mut file = tempfile::tempfile().expect("a file can be made");
    file.write_all(input).and_then(|()| file.rewind()).expect("a file can be written");
    let mut process = Command::new("setsid");
    process.arg("--wait").arg(path()).args(command.split_whitespace());
    said(process.current_dir(folder).stdin(file))
}

/// Runs a process to its end.
pub(crate) fn of(process: &mut Command) -> Run {
    said(process.stdin(Stdio::null()))
}

fn said(process: &mut Command) -> Run {
    let output = process.output().unwrap_or_else(|error| panic!("{process:?}: {error}"));
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("what is printed is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("what is printed is UTF-8"),
    }
}

/// Builds the binaries beside this test, from the same selection of packages, so that next to nothing is compiled.
fn build() -> Built {
    let test = env::current_exe().expect("a test knows its own path");
    let target = test.ancestors().nth(3).expect("a test lies in `target/PROFILE/deps`");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--locked", "--bins", "--test", "suite"]);
    cargo.args(["--message-format", "json", "--target-dir"]).arg(target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let built = of(cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")));
    assert_eq!(built.status, 0, "{}", built.stderr);
    let messages: Vec<Value> = built.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let binary = |name: &str| {
        let mut named = messages
            .iter()
            .filter(|message| message["target"]["name"] == name && message["profile"]["test"] == false)
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
        named.next().unwrap_or_else(|| panic!("the workspace has `{name}`"))
    };
    Built { signer: binary("ambassador-signer"), page_command: binary("ambassador-web") }
}

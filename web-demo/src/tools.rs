//! Other people's programs: cargo, rustup, npm, Node.js.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::{failure::Failure, places};

/// The target that the modules are compiled for.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Keeps two of these commands from installing and building at once, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "closing the file gives the turn back")] File);

impl Turn {
    /// Waits for it.
    pub(crate) fn wait() -> Result<Self, Failure> {
        let path = places::web_demo().join(".lock");
        let file = File::create(&path).map_err(|error| Failure::at(&path, &error))?;
        if file.try_lock().is_err() {
            eprintln!("another build is under way: waiting for it");
            file.lock().map_err(|error| Failure::at(&path, &error))?;
        }
        Ok(Self(file))
    }
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(places::root());
    command
}

/// Runs a script of this repository with Node.js and returns what it prints.
pub(crate) fn node<S: AsRef<OsStr>>(script: &Path, arguments: &[S]) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new("node");
    command.arg(script).args(arguments);
    let name = script.file_name().unwrap_or(script.as_os_str());
    let output = run(&mut command, &name.to_string_lossy(), "install Node.js 20 or later with npm")?;
    Ok(output.stdout)
}

/// Runs a command that must succeed; what it complains about goes to the terminal.
///
/// # Errors
///
/// When it is not installed, then with `missing` as the help, or when it fails.
pub(crate) fn run(command: &mut Command, name: &str, missing: &str) -> Result<Output, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| {
        let failure = Failure::new(format!("{name} does not start: {error}"));
        if error.kind() == io::ErrorKind::NotFound { failure.help(missing) } else { failure }
    })?;
    if output.status.success() { Ok(output) } else { Err(Failure::new(format!("{name} failed: {}", output.status))) }
}

/// What cargo says of what it made, a line of JSON each.
///
/// # Errors
///
/// When it fails; then its own words are on the terminal.
pub(crate) fn compile(command: &mut Command) -> Result<Vec<Value>, Failure> {
    let command = command.args(["--locked", "--message-format", "json-render-diagnostics"]);
    let output = run(command, "cargo build", "install Rust with rustup")?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Compiles the signer and returns its binary.
pub(crate) fn signer() -> Result<PathBuf, Failure> {
    let messages = compile(cargo().args(["build", "--release", "--package", "ambassador-signer"]))?;
    let binary = messages.iter().rev().find_map(|message| message.get("executable")?.as_str());
    binary.map(PathBuf::from).ok_or_else(|| Failure::new("cargo build names no binary of `ambassador-signer`"))
}

/// Installs the npm packages of a folder by its lock file, once for each state of the lock file.
pub(crate) fn install(folder: &Path) -> Result<(), Failure> {
    let lock = fs::read(folder.join("package-lock.json"))
        .map_err(|error| Failure::at(&folder.join("package-lock.json"), &error))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    eprintln!("installing npm packages of {}", folder.display());
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    run(&mut command, "npm", "install Node.js 20 or later with npm")?;
    fs::write(&stamp, lock).map_err(|error| Failure::at(&stamp, &error))
}

/// Makes sure that Rust's library for the wasm target is there.
pub(crate) fn install_target() -> Result<(), Failure> {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.args(["--print", "target-libdir", "--target", WASM]);
    let output = run(&mut command, "rustc", "install Rust with rustup")?;
    if Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir() {
        return Ok(());
    }
    let mut command = Command::new("rustup");
    let missing = format!("install Rust's library for {WASM} as you installed Rust");
    run(command.args(["target", "add", WASM]), "rustup", &missing).map(drop)
}

//! One file per command: args → plan → effects.

mod acceptances;
mod activity_sql;
mod attach;
mod check;
mod close;
mod completions;
mod consolidate;
mod deploy;
mod deployed;
mod endpoint;
mod export;
mod fund;
mod import;
mod init;
mod key;
mod look;
mod outside;
mod prepare;
mod publish;
mod reissue;
mod release;
mod replace;
mod replacement_signing;
mod resolve;
mod settle;
mod sign;
mod standing;
mod status;
mod terms;
mod verify;

use std::{
    fs::{File, TryLockError},
    io::{BufRead as _, IsTerminal as _},
    path::Path,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::{
    cli::{Cli, Command, Consent},
    files::{self, Change, Changes, FileWrite},
    hardening,
    problem::{Exit, Failure, Problem, say},
    table::printable,
};

/// What a command has to say on standard output.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// For people.
    pub text: String,
    /// For scripts.
    pub json: Value,
    /// The exit status, unless it is 0.
    pub exit: Option<Exit>,
}

impl Outcome {
    fn new(text: String, json: Value) -> Self {
        Self { text, json, exit: None }
    }
}

/// Runs a command.
///
/// # Errors
///
/// Everything that stopped it.
pub fn run(cli: &Cli) -> Result<Outcome, Failure> {
    let root = cli.folder.as_path();
    match &cli.command {
        Command::Init(args) => init::run(args),
        Command::Check(args) => check::run(root, args),
        Command::Settle(args) => settle::run(root, args),
        Command::Import(args) => import::run(root, args),
        Command::ActivitySql(args) => activity_sql::run(root, args),
        Command::Sign(args) => guarded(|| sign::run(root, args)),
        Command::Reissue(args) => guarded(|| reissue::run(root, args)),
        Command::Attach(args) => attach::run(root, args),
        Command::Publish(args) => publish::run(root, args),
        Command::Close(args) => guarded(|| close::run(root, args)),
        Command::Verify(args) => verify::run(args),
        Command::Status(args) => status::run(root, args),
        Command::Resolve(args) => resolve::run(root, args),
        Command::Deploy(args) => guarded(|| deploy::run(root, args)),
        Command::Fund(args) => fund::run(root, args),
        Command::Terms(command) => terms::run(root, command),
        Command::Export(command) => export::run(root, command),
        Command::Key(command) => guarded(|| key::run(root, command)),
        Command::Completions(args) => Ok(completions::run(args)),
    }
}

/// Runs what holds a key: no image of the memory may be left behind.
fn guarded(run: impl FnOnce() -> Result<Outcome, Failure>) -> Result<Outcome, Failure> {
    hardening::forbid_memory_images().map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    run()
}

/// Keeps other processes of this program out of a programme folder until it is dropped.
struct FolderLock {
    _folder: File,
}

impl FolderLock {
    fn take(root: &Path) -> Result<Self, Failure> {
        let folder = File::open(root).map_err(|error| {
            let problem = Problem::new("PROGRAMME_MISSING", format!("the folder cannot be opened: {error}")).file(root);
            Failure::new(Exit::Records, problem.help("name the programme's folder with `-C`"))
        })?;
        match folder.try_lock() {
            Ok(()) => Ok(Self { _folder: folder }),
            Err(TryLockError::WouldBlock) => {
                let problem = Problem::new("FOLDER_BUSY", "another process works on this programme").file(root);
                Err(Failure::new(Exit::Disk, problem.help("wait until it is done and repeat the command")))
            }
            Err(TryLockError::Error(error)) => Err(Failure::disk(root, &error)),
        }
    }
}

/// Asks on the terminal unless that was answered by a flag.
fn confirm(consent: Consent, text: &str, question: &str) -> Result<(), Failure> {
    if consent.yes {
        return Ok(());
    }
    say(text);
    let refused = |message: &str| {
        let problem = Problem::new("NOT_CONFIRMED", message);
        Err(Failure::new(Exit::Refused, problem.help("check the totals and answer `y`, or repeat with `--yes`")))
    };
    if !std::io::stdin().is_terminal() {
        return refused("the totals were not confirmed: there is no terminal to ask on");
    }
    // The question may fail to show, but then no answer comes either.
    say(&format!("{question} [y/N] "));
    let mut answer = String::new();
    match std::io::stdin().lock().read_line(&mut answer) {
        Ok(_) if matches!(answer.trim(), "y" | "Y" | "yes") => Ok(()),
        _ => refused("the totals were not confirmed; nothing was written"),
    }
}

/// Says on standard error what would be, or was, written.
fn list_changes(changes: &Changes<'_>, dry_run: bool) -> (String, Value) {
    let word = |change: Change| match (change, dry_run) {
        (Change::Unchanged, _) => "keep",
        (Change::Created, true) => "would write",
        (Change::Replaced, true) => "would replace",
        (Change::Created, false) => "wrote",
        (Change::Replaced, false) => "replaced",
    };
    let lines: Vec<String> = changes
        .iter()
        .map(|(change, write)| format!("{} {}", word(change), printable(&write.path.display().to_string())))
        .collect();
    let text = if lines.is_empty() { "every file is there already\n".to_owned() } else { lines.join("\n") + "\n" };
    let json = changes.iter().map(|(_, write)| write.path.display().to_string().into()).collect();
    (text, Value::Array(json))
}

/// Writes the files that are not there already into `folder`, unless it is a dry run; returns what [`list_changes`] says.
fn write_changes(root: &Path, folder: &Path, writes: &[FileWrite], dry_run: bool) -> Result<(String, Value), Failure> {
    let changes = Changes::of(root, writes);
    if !dry_run {
        if !changes.is_empty() {
            files::check_writable(folder)?;
        }
        changes.write()?;
    }
    Ok(list_changes(&changes, dry_run))
}

/// Makes a progress bar on a terminal, and nothing elsewhere.
fn progress(total: u64, unit: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let template = match unit {
        "bytes" => "{bar:32} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left  {msg}",
        _ => "{bar:32} {pos} of {len}, {per_sec}, {eta} left  {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

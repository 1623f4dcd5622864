//! `import SOURCE FILE…`: exports of other programs, and transfers on a chain, as tables of the programme.

mod transfers;

use std::{fmt::Write as _, path::Path};

use ambassador_core::{address::AddressError, hash::keccak256};
use serde_json::{Value, json};

use super::{FolderLock, Outcome, write_changes};
use crate::{
    cli::ImportArgs,
    files::{self, FileWrite},
    import::{
        EventSource, ImportedEvents, Source, TransferSource, find_source, import_events, import_prices, read_sources,
    },
    ledger::Ledger,
    problem::{Exit, Failure, Problem},
    table::printable,
};

pub(super) fn run(root: &Path, args: &ImportArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let sources = read_sources(root)?;
    let source = find_source(&sources, &args.source)?;
    if args.rpc.is_some() && !matches!(source, Source::Transfers(_)) {
        let problem = Problem::new("SOURCE_FILES", format!("`{}` is read from files", args.source));
        return Err(Failure::new(Exit::Usage, problem.help("name its exports instead of an endpoint")));
    }
    match source {
        Source::Transfers(source) => {
            let (salt, is_new) = salt(root)?;
            match (&args.actor, &args.rpc) {
                (Some(account), _) => tell_account(root, args, source, &salt, account),
                (None, Some(url)) => transfers::import(root, args, url, source, &salt, is_new),
                (None, None) => {
                    let problem = Problem::new("SOURCE_TRANSFERS", "transfers are read from a chain, not from files");
                    Err(Failure::new(Exit::Usage, problem.help("name an endpoint with `--rpc URL`")))
                }
            }
        }
        Source::Events(source) => {
            let (salt, is_new) = salt(root)?;
            match &args.actor {
                Some(actor) => tell_pseudonym(root, args, source, &salt, actor),
                None => events(root, args, source, &salt, is_new),
            }
        }
        Source::Prices(_) if args.actor.is_some() => {
            let problem = Problem::new("SOURCE_PRICES", "a source of prices has no actors");
            Err(Failure::new(Exit::Usage, problem.help("name a source of events")))
        }
        Source::Prices(source) => {
            let [file] = args.files.as_slice() else {
                let problem = Problem::new("SOURCE_PRICES", "prices are imported one file at a time");
                return Err(Failure::new(Exit::Usage, problem.help("repeat the command for each file")));
            };
            let imported = import_prices(root, source, file)?;
            let said = match (imported.added.first(), imported.added.last()) {
                (Some(first), Some(last)) => {
                    format!("{} closes from {first} to {last}, {} known\n", imported.added.len(), imported.known)
                }
                _ => format!("no new close, {} known\n", imported.known),
            };
            let writes = [FileWrite::new("prices.csv", imported.csv)];
            write(root, args, &writes, said, json!({ "added": imported.added, "known": imported.known }))
        }
    }
}

/// Returns the secret of the pseudonyms, and whether it was made just now.
fn salt(root: &Path) -> Result<(Vec<u8>, bool), Failure> {
    match Ledger::open_existing(root)? {
        Some(ledger) => Ok((ledger.salt()?, false)),
        None => Ok((Ledger::new_salt()?, true)),
    }
}

fn tell_pseudonym(
    root: &Path,
    args: &ImportArgs,
    source: &EventSource,
    salt: &[u8],
    actor: &str,
) -> Result<Outcome, Failure> {
    // What is told must be true tomorrow.
    drop(Ledger::open(root, salt)?);
    let pseudonym = source.actor(&args.source, salt, actor);
    Ok(Outcome::new(format!("{pseudonym}\n"), json!({ "actor": pseudonym })))
}

/// Tells how events call an account, however its address is written.
fn tell_account(
    root: &Path,
    args: &ImportArgs,
    source: &TransferSource,
    salt: &[u8],
    account: &str,
) -> Result<Outcome, Failure> {
    let account = account
        .parse()
        .map_err(|error: AddressError| Failure::new(Exit::Usage, Problem::of(&error).column("--actor")))?;
    drop(Ledger::open(root, salt)?);
    let pseudonym = source.actor(&args.source, salt, account);
    Ok(Outcome::new(format!("{pseudonym}\n"), json!({ "actor": pseudonym })))
}

fn events(root: &Path, args: &ImportArgs, source: &EventSource, salt: &[u8], is_new: bool) -> Result<Outcome, Failure> {
    let (mut writes, mut said, mut counts) = (Vec::new(), String::new(), Vec::new());
    for file in &args.files {
        let imported = import_events(&args.source, source, salt, file)?;
        let stem = file.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_plain(stem)).ok_or_else(|| {
            let problem = Problem::new("IMPORT_NAME", "the name of the file cannot be that of a table").file(file);
            Failure::new(Exit::Records, problem.help("rename it: letters a-z, A-Z, digits, `-` and `_`"))
        })?;
        // An export that grew is another file; the rows that both have are the same events.
        let name = table_name(&args.source, stem, &imported.csv);
        let _ = writeln!(said, "{}: {}", printable(&file.display().to_string()), kinds_said(&imported));
        counts.push(json!({ "file": file.display().to_string(), "kinds": imported.kinds }));
        writes.push(FileWrite::new(name, imported.csv));
    }
    keep_salt(root, args, salt, is_new)?;
    write(root, args, &writes, said, json!({ "imported": counts }))
}

/// Keeps a new secret: pseudonyms stay the same for ever, so it must be kept before they are shown to anybody.
fn keep_salt(root: &Path, args: &ImportArgs, salt: &[u8], is_new: bool) -> Result<(), Failure> {
    if !args.dry_run && is_new {
        files::check_writable(root)?;
        drop(Ledger::open(root, salt)?);
    }
    Ok(())
}

/// Returns the name of a table of events, which has a hash of its content.
fn table_name(source: &str, stem: &str, csv: &[u8]) -> String {
    let hash = keccak256(&[csv]);
    let hash = hex::encode(hash.as_bytes().get(..4).unwrap_or_default());
    format!("activity/{source}/{stem}-{hash}.csv")
}

/// Says how many events there are of each kind.
fn kinds_said(imported: &ImportedEvents) -> String {
    let kinds: Vec<String> = imported.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if kinds.is_empty() { "no event".to_owned() } else { kinds.join(", ") }
}

fn is_plain(stem: &str) -> bool {
    !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn write(
    root: &Path,
    args: &ImportArgs,
    writes: &[FileWrite],
    said: String,
    mut json: Value,
) -> Result<Outcome, Failure> {
    let (list, files) = write_changes(root, root, writes, args.dry_run)?;
    if let Value::Object(fields) = &mut json {
        fields.insert("files".to_owned(), files);
    }
    Ok(Outcome::new(said + &list, json))
}

//! `key new` and `key address`: encrypted key files.

use std::path::Path;

use serde_json::json;

use super::{
    Outcome,
    sign::{open_key_file, password_source},
};
use crate::{
    cli::{KeyCommand, KeyOptions, NewKeyArgs},
    keystore::{self, KeyFile, ScryptCost},
    password::Purpose,
    problem::{Exit, Failure, Problem},
    signing::SecretKey,
};

pub(super) fn run(root: &Path, command: &KeyCommand) -> Result<Outcome, Failure> {
    match command {
        KeyCommand::New(args) => new(root, args),
        KeyCommand::Address(options) => address(root, options),
    }
}

fn new(root: &Path, args: &NewKeyArgs) -> Result<Outcome, Failure> {
    let path = args.file.clone().unwrap_or_else(|| root.join("key.json"));
    let failure = |error: &keystore::KeystoreError| Failure::new(Exit::Key, Problem::of(error).file(&path));
    if path.exists() {
        let problem = Problem::new("KEY_EXISTS", "the file exists already").file(&path);
        return Err(Failure::new(Exit::Key, problem.help("name another file; a key is never overwritten")));
    }
    let source = password_source(&path, args.password_file.as_ref(), args.password_fd);
    let password = source.read(Purpose::Seal, &path).map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    let key = SecretKey::generate().map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    let file = KeyFile::seal(&key, &password, ScryptCost::STANDARD).map_err(|error| failure(&error))?;
    keystore::create(&path, &file).map_err(|error| failure(&error))?;
    let address = key.address().to_string();
    Ok(Outcome::new(format!("{address}\n"), json!({ "address": address, "file": path })))
}

fn address(root: &Path, options: &KeyOptions) -> Result<Outcome, Failure> {
    let path = options.key.clone().unwrap_or_else(|| root.join("key.json"));
    let loaded = keystore::load(&path).map_err(|error| Failure::new(Exit::Key, Problem::of(&error).file(&path)))?;
    let address = match loaded.key_file.stated_address() {
        Some(address) => address,
        None => open_key_file(&path, options)?.address(),
    };
    Ok(Outcome::new(format!("{address}\n"), json!({ "address": address.to_string(), "file": path })))
}

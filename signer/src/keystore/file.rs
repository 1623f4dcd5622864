//! Key files on the disk: read with their permissions, written once and never over another.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::document::KeyFile;
use super::error::{KeystoreError, printable};
use crate::files::read_at_most;

/// The most that is read; the files of all known tools stay below 3 KiB.
const MAX_FILE_BYTES: u64 = 64 << 10;

/// A key file that was read, and what is amiss with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The file's content.
    pub key_file: KeyFile,
    /// For the caller to show.
    pub warning: Option<KeyWarning>,
}

/// What a person should know about a key file that is nevertheless used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyWarning {
    /// Others than the file's owner may read or change it.
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

impl KeyWarning {
    /// The warning's stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OpenToOthers { .. } => "KEY_OPEN_TO_OTHERS",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::OpenToOthers { .. } => "chmod 600 the file; whoever copied it can guess at the password",
        }
    }
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenToOthers { path, mode } => {
                write!(f, "others may read or change `{}` (mode {mode:03o})", printable(&path.to_string_lossy()))
            }
        }
    }
}

/// Reads a key file, without a password.
///
/// # Errors
/// [`KeystoreError::Io`], [`KeystoreError::TooLarge`], and those of [`KeyFile::parse`].
pub fn load(path: &Path) -> Result<Loaded, KeystoreError> {
    let file = File::open(path).map_err(io("open", path))?;
    let about = file.metadata().map_err(io("open", path))?;
    let mode = about.permissions().mode() & 0o777;
    let bytes = read_at_most(file, MAX_FILE_BYTES).map_err(io("read", path))?;
    let bytes = bytes.ok_or(KeystoreError::TooLarge { limit: MAX_FILE_BYTES })?;
    Ok(Loaded {
        key_file: KeyFile::parse(&bytes)?,
        warning: (about.is_file() && mode & 0o077 != 0).then(|| KeyWarning::OpenToOthers { path: path.into(), mode }),
    })
}

/// Writes a key file of mode 0600 under a name that nothing has yet.
///
/// The bytes are written and synced beside the name and then linked to it, so that the name never stands for half a file and never replaces another, whatever happens in between.
/// After an error the name may stand for the whole new file, but for nothing else.
///
/// # Errors
/// [`KeystoreError::Exists`] for any existing name, dangling symbolic links among them; [`KeystoreError::Io`].
pub fn create(path: &Path, key_file: &KeyFile) -> Result<(), KeystoreError> {
    // The link below is the real check; this one spares the work and names the cause.
    if path.symlink_metadata().is_ok() {
        return Err(KeystoreError::Exists { path: path.into() });
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = Beside::new(path)?;
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside.0).map_err(io("create", &beside.0))?;
    file.write_all(key_file.to_json().as_bytes()).map_err(io("write", &beside.0))?;
    file.sync_all().map_err(io("sync", &beside.0))?;
    std::fs::hard_link(&beside.0, path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => KeystoreError::Exists { path: path.into() },
        _ => io("create", path)(error),
    })?;
    drop(beside);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("sync", folder))
}

/// The working name, which goes away however writing ends.
struct Beside(PathBuf);

impl Beside {
    fn new(path: &Path) -> Result<Self, KeystoreError> {
        let mut suffix = [0_u8; 8];
        getrandom::fill(&mut suffix).map_err(|error| KeystoreError::NoRandomness { reason: error.to_string() })?;
        let name = path.file_name().ok_or_else(|| KeystoreError::Io {
            action: "create",
            path: path.into(),
            reason: "the path has no file name".to_owned(),
        })?;
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}", hex::encode(suffix)));
        Ok(Self(path.with_file_name(beside)))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may never have been created; and an encrypted file left behind does no harm.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn io(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> KeystoreError {
    move |error| KeystoreError::Io { action, path: path.into(), reason: error.to_string() }
}

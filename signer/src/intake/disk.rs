//! Reading whole files and folders, with a word for everything that a path can turn out to be.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::Path,
};

use super::problems::Problems;
use crate::{
    files::{names_in, read_at_most},
    problem::Problem,
};

/// The largest file that is read whole, in bytes.
pub(super) const MOST_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Whether a file may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

/// Returns the bytes of a file below `root`, or `None` where it is absent or could not be read.
pub(super) fn read_file(root: &Path, file: &Path, presence: Presence, problems: &mut Problems) -> Option<Vec<u8>> {
    let path = root.join(file);
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere is there, so it is not the absence that may be.
            let dangling = fs::symlink_metadata(&path).is_ok();
            if dangling || presence == Presence::Required {
                let message = if dangling { "the link leads nowhere" } else { "the file is missing" };
                let problem = Problem::new("FILE_MISSING", message).file(file);
                problems.push(problem.help("`ambassador-signer init` writes a folder with every file"));
            }
            return None;
        }
        Err(error) => {
            problems.disk(file, &error);
            return None;
        }
    };
    if !metadata.is_file() {
        problems.push(not_a_file(file, &metadata));
        return None;
    }
    match File::open(&path).and_then(|file| read_at_most(file, MOST_FILE_BYTES)) {
        Ok(Some(bytes)) => return Some(bytes),
        Ok(None) => {}
        Err(error) => {
            problems.disk(file, &error);
            return None;
        }
    }
    let message = format!("the file is larger than {} MiB", MOST_FILE_BYTES.div_euclid(1024 * 1024));
    problems.push(Problem::new("FILE_TOO_LARGE", message).file(file).help("only files below `activity` may be large"));
    None
}

/// Returns the problem of a path that is a folder or a device.
pub(super) fn not_a_file(file: &Path, metadata: &fs::Metadata) -> Problem {
    let (code, message) = if metadata.is_dir() {
        ("FILE_IS_FOLDER", "a folder stands where a file belongs")
    } else {
        ("FILE_KIND", "this is neither a file nor a link to one")
    };
    Problem::new(code, message).file(file).help("put a regular file there")
}

/// Returns the names in a folder below `root` in order, or nothing where it is absent.
pub(super) fn list_folder(root: &Path, folder: &Path, problems: &mut Problems) -> Vec<OsString> {
    match names_in(root.join(folder)) {
        Ok(mut names) => {
            names.sort_unstable();
            names
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let problem = Problem::new("FOLDER_IS_FILE", "a file stands where a folder belongs").file(folder);
            problems.push(problem.help("put a folder there"));
            Vec::new()
        }
        Err(error) => {
            problems.disk(folder, &error);
            Vec::new()
        }
    }
}

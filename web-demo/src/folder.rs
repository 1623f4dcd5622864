//! Whole folders: read into memory, and written beside and renamed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process,
};

use crate::failure::Failure;

/// Files by their name inside a folder, with `/` between its parts.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Reads all files of a folder, those of its sub-folders, too. What starts with a dot is left out.
///
/// # Errors
///
/// When something cannot be read, is a link, or has a name that is not UTF-8.
pub(crate) fn read(folder: &Path) -> Result<Files, Failure> {
    let mut files = Files::new();
    collect(folder, "", &mut files)?;
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| Failure::at(folder, &error))? {
        let entry = entry.map_err(|error| Failure::at(folder, &error))?;
        let path = entry.path();
        let name = entry.file_name();
        let name =
            name.to_str().ok_or_else(|| Failure::new(format!("{}: a name that is not UTF-8", path.display())))?;
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(|error| Failure::at(&path, &error))?;
        if kind.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files)?;
        } else if kind.is_file() {
            files.insert(format!("{prefix}{name}"), file(&path)?);
        } else {
            return Err(Failure::new(format!("{}: neither a file nor a folder", path.display())));
        }
    }
    Ok(())
}

/// Reads one file.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::at(path, &error))
}

/// Puts a folder of exactly these files in the place of `folder`, which stays as it was if anything fails.
///
/// # Errors
///
/// When there is a folder that has files but not the one named `mark`: then it is not ours to replace.
pub(crate) fn replace(folder: &Path, files: &Files, mark: &str) -> Result<(), Failure> {
    let is_empty = fs::read_dir(folder).map_or(!folder.exists(), |mut entries| entries.next().is_none());
    if !is_empty && !folder.join(mark).is_file() {
        let what = format!("{} is there and was not made by this command", folder.display());
        return Err(Failure::new(what).help("name another folder, or remove it first"));
    }
    let fresh = beside(folder, "new")?;
    let written = write_all(&fresh, files).and_then(|()| swap(folder, &fresh));
    if written.is_err() {
        // The failure that is reported is the first one.
        let _ = fs::remove_dir_all(&fresh);
    }
    written
}

/// A name beside the folder, for this process alone.
fn beside(folder: &Path, purpose: &str) -> Result<PathBuf, Failure> {
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::new(format!("{}: not a folder's name", folder.display())))?;
    Ok(folder.with_file_name(format!(".{name}.{purpose}-{}", process::id())))
}

fn write_all(folder: &Path, files: &Files) -> Result<(), Failure> {
    // A process of the same number may have been ended here.
    let _ = fs::remove_dir_all(folder);
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| Failure::at(parent, &error))?;
        }
        fs::write(&path, bytes).map_err(|error| Failure::at(&path, &error))?;
    }
    Ok(())
}

fn swap(folder: &Path, fresh: &Path) -> Result<(), Failure> {
    let old = beside(folder, "old")?;
    if folder.exists() {
        fs::rename(folder, &old).map_err(|error| Failure::at(folder, &error))?;
    }
    if let Err(error) = fs::rename(fresh, folder) {
        // What was there comes back.
        let _ = fs::rename(&old, folder);
        return Err(Failure::at(folder, &error));
    }
    match fs::remove_dir_all(&old) {
        Err(error) if old.exists() => Err(Failure::at(&old, &error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Files {
        names.iter().map(|name| ((*name).to_owned(), name.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else_is_left() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("dist");
        for names in [&["files.json", "old.js", "a/b/c.js"][..], &["files.json", "new.js"]] {
            replace(&folder, &files(names), "files.json").expect("it is written");
            assert_eq!(read(&folder), Ok(files(names)));
        }
        assert_eq!(fs::read_dir(parent.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_touched() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("thesis.txt"), "").expect("a file");
        assert!(replace(folder.path(), &files(&["files.json"]), "files.json").is_err());
        assert_eq!(read(folder.path()).map(|files| files.into_keys().collect()), Ok(vec!["thesis.txt".to_owned()]));
    }

    #[test]
    fn a_failure_leaves_the_old_folder() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("dist");
        replace(&folder, &files(&["files.json"]), "files.json").expect("it is written");
        // A name cannot be a file and a folder.
        assert!(replace(&folder, &files(&["a", "a/b", "files.json"]), "files.json").is_err());
        assert_eq!(read(&folder), Ok(files(&["files.json"])));
        assert_eq!(fs::read_dir(parent.path()).expect("a folder").count(), 1);
    }
}

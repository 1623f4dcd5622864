//! Writing many files with few syncs: all beside their places, one sync of the file system, all renamed, each folder
//! synced once. A folder that is not there yet is written beside its place itself, and renamed once.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{FileWrite, beside, create, create_folder, create_folders, sync_folder};
use crate::{parallel, problem::Failure};

/// Writes files; returns whether this system can sync them together, and where it cannot, wrote none.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk), with the file that could not be written; the ones before it are whole,
/// and no other one is there.
pub(super) fn write(root: &Path, writes: &[&FileWrite]) -> Result<bool, Failure> {
    let places: Vec<Place<'_>> = writes.iter().map(|write| Place::of(root, write)).collect();
    let folders: BTreeSet<&Path> = places.iter().filter_map(|place| place.path.parent()).collect();
    let on_folder = |folder: &Path, error: &io::Error| Failure::disk(folder, error);
    let mut opened = Vec::new();
    for folder in folders {
        // A sync tells the errors since its file was opened, so the folders are opened before anything is written.
        let open = create_folders(folder).and_then(|()| File::open(folder));
        opened.push((folder, open.map_err(|error| on_folder(folder, &error))?));
    }
    if !CAN_SYNC {
        return Ok(false);
    }
    let written = parallel::map_chunks(&places, places.len(), |places| {
        places.iter().map(|place| place.write().map_err(|error| place.failure(&error))).collect::<Result<Vec<()>, _>>()
    });
    let synced = written.and_then(|_| {
        opened.iter().try_for_each(|(folder, file)| sync(file).map_err(|error| on_folder(folder, &error)))
    });
    let renamed = synced.and_then(|()| {
        places
            .iter()
            .try_for_each(|place| fs::rename(&place.beside, &place.path).map_err(|error| place.failure(&error)))
    });
    if let Err(failure) = renamed {
        for place in &places {
            // What was not renamed is of no use to anybody; the first error is the one to tell.
            let _ = fs::remove_file(&place.beside);
        }
        return Err(failure);
    }
    opened.iter().try_for_each(|(folder, _)| sync_folder(folder).map_err(|error| on_folder(folder, &error)))?;
    Ok(true)
}

/// Writes the files of a folder that is not there yet; returns whether this system can sync them together, and where it
/// cannot, wrote none.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk), with the file that could not be written; the folder is not there.
pub(super) fn write_folder(root: &Path, folder: &Path, writes: &[&FileWrite]) -> Result<bool, Failure> {
    if !CAN_SYNC {
        return Ok(false);
    }
    let (path, on_folder) = (root.join(folder), |error: &io::Error| Failure::disk(folder, error));
    let (beside, parent) = (beside(&path), path.parent().unwrap_or(Path::new(".")));
    let prepared = create_folders(parent).and_then(|()| remove_folder(&beside)).and_then(|()| create_folder(&beside));
    // A sync tells the errors since its file was opened, so the folder is opened before anything is written.
    let opened = prepared.and_then(|()| File::open(&beside)).map_err(|error| on_folder(&error))?;
    let written = parallel::map_chunks(writes, writes.len(), |writes| {
        let write = |write: &&FileWrite| {
            let name = write.path.file_name().unwrap_or_default();
            create(&beside.join(name), &write.bytes).map(drop).map_err(|error| Failure::disk(&write.path, &error))
        };
        writes.iter().map(write).collect::<Result<Vec<()>, _>>()
    });
    let renamed = written
        .and_then(|_| sync(&opened).and_then(|()| fs::rename(&beside, &path)).map_err(|error| on_folder(&error)));
    if let Err(failure) = renamed {
        // What was not renamed is of no use to anybody; the first error is the one to tell.
        let _ = fs::remove_dir_all(&beside);
        return Err(failure);
    }
    sync_folder(parent).map_err(|error| on_folder(&error))?;
    Ok(true)
}

/// Removes what a crash left.
fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A file, and where it is written first.
struct Place<'a> {
    write: &'a FileWrite,
    path: PathBuf,
    beside: PathBuf,
}

impl<'a> Place<'a> {
    fn of(root: &Path, write: &'a FileWrite) -> Self {
        let path = root.join(&write.path);
        Self { write, beside: beside(&path), path }
    }

    fn write(&self) -> io::Result<()> {
        create(&self.beside, &self.write.bytes).map(drop)
    }

    fn failure(&self, error: &io::Error) -> Failure {
        Failure::disk(&self.write.path, error)
    }
}

/// Whether a file system can be synced, and says so where it fails.
const CAN_SYNC: bool = cfg!(target_os = "linux");

/// Syncs the file system on which a folder lies (Linux 5.8 and later tell every failed write).
#[cfg(target_os = "linux")]
fn sync(folder: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(folder)?)
}

#[cfg(not(target_os = "linux"))]
fn sync(folder: &File) -> io::Result<()> {
    folder.sync_all()
}

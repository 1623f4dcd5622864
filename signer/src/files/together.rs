//! Writing many files with few syncs: all beside their places, one sync of the file system, all renamed, each folder
//! synced once.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{FileWrite, beside, create, create_folders, sync_folder};
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

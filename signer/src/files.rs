//! Writing files so that a crash leaves the old one or the new one, and nothing between.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read as _, Write},
    os::unix::{
        ffi::OsStringExt as _,
        fs::{DirBuilderExt as _, OpenOptionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{Dir, OFlags};

use crate::{
    parallel,
    problem::{Exit, Failure, Problem},
};

mod together;

/// A full disk shows itself only when bytes are written and synced.
const PROBE_BYTES: usize = 65_536;
/// Where it is tried whether a folder takes files.
const PROBE: &str = ".probe";

/// The largest file that [`read`] returns, in bytes: many times the records of a large network's month.
const MOST_BYTES: u64 = 1 << 30;
/// What others than the owner may do with a new folder and a new file at most; the umask can only take from that.
const FOLDER_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;

/// Fewer files are synced one by one, so that nothing else on the disk has to be.
const FEW: usize = 32;
/// As many files are synced together; so many are lying beside their places at most.
const TOGETHER: usize = 8_192;

/// What writing a file would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The file is there already, byte for byte.
    Unchanged,
    /// The file is new.
    Created,
    /// Another file is there.
    Replaced,
}

/// A file that is to be written, relative to the programme folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileWrite {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
}

impl FileWrite {
    /// Makes a file to be written.
    pub fn new(path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }

    /// Returns what writing it below `root` would change.
    pub fn change(&self, root: &Path) -> Change {
        let path = root.join(&self.path);
        match read(&path) {
            Ok(bytes) if bytes == self.bytes => Change::Unchanged,
            // Something is there, be it a link to nothing.
            _ if fs::symlink_metadata(path).is_ok() => Change::Replaced,
            _ => Change::Created,
        }
    }
}

/// The files that are not there already, found by one reading of those that are.
pub struct Changes<'a> {
    root: &'a Path,
    folders: BTreeSet<PathBuf>,
    changed: Vec<(Change, &'a FileWrite)>,
}

impl<'a> Changes<'a> {
    /// Reads what is there in the places of the files.
    pub fn of(root: &'a Path, writes: &'a [FileWrite]) -> Self {
        let read = parallel::map_chunks(writes, TOGETHER, |writes| {
            Ok::<_, Infallible>(writes.iter().map(|write| write.change(root)).collect())
        });
        let Ok(read) = read;
        let changed = read.into_iter().zip(writes).filter(|(change, _)| *change != Change::Unchanged).collect();
        let parents: BTreeSet<&Path> = writes.iter().filter_map(|write| write.path.parent()).collect();
        let folders = parents.into_iter().flat_map(Path::ancestors).map(|folder| root.join(folder)).collect();
        Self { root, folders, changed }
    }

    /// Returns whether every file is there already.
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Returns the files that are not there already, and whether another one is.
    pub fn iter(&self) -> impl Iterator<Item = (Change, &'a FileWrite)> {
        self.changed.iter().copied()
    }

    /// Writes them; each beside its place, synced, then renamed.
    ///
    /// Many are synced together, a group at a time; those of a folder that is not there yet appear all at once.
    /// The last one, which may name the others, is written when they are on the disk.
    /// What is there already is on the disk, too: a process that was killed may have left a rename that was not.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`], with the file that could not be written; the ones that are there are whole.
    pub fn write(&self) -> Result<(), Failure> {
        for folder in self.folders.iter().filter(|folder| folder.is_dir()) {
            sync_folder(folder).map_err(|error| Failure::disk(folder, &error))?;
        }
        let writes: Vec<&FileWrite> = self.iter().map(|(_, write)| write).collect();
        let Some((last, others)) = writes.split_last() else { return Ok(()) };
        let mut others = others.to_vec();
        for (folder, writes) in new_folders(self.root, &others) {
            if together::write_folder(self.root, folder, &writes)? {
                others.retain(|write| write.path.parent() != Some(folder));
            }
        }
        for writes in others.chunks(TOGETHER) {
            if writes.len() < FEW || !together::write(self.root, writes)? {
                writes.iter().try_for_each(|write| write_alone(self.root, write))?;
            }
        }
        write_alone(self.root, last)
    }
}

/// Returns the folders that are not there yet and get many files, and no folder, with what is written to each.
fn new_folders<'a>(root: &Path, writes: &[&'a FileWrite]) -> Vec<(&'a Path, Vec<&'a FileWrite>)> {
    let mut folders: BTreeMap<&Path, Vec<&FileWrite>> = BTreeMap::new();
    for write in writes {
        let folder = write.path.parent().unwrap_or(Path::new(""));
        folders.entry(folder).or_default().push(write);
    }
    let inner = |folder: &Path| folders.keys().any(|other| other.parent() == Some(folder));
    let new = |folder: &Path| !folder.as_os_str().is_empty() && !root.join(folder).exists() && !inner(folder);
    let new: BTreeSet<&Path> = folders.keys().copied().filter(|folder| new(folder)).collect();
    folders.into_iter().filter(|(folder, writes)| new.contains(folder) && writes.len() >= FEW).collect()
}

fn write_alone(root: &Path, write: &FileWrite) -> Result<(), Failure> {
    write_beside(&root.join(&write.path), &write.bytes).map_err(|error| Failure::disk(&write.path, &error))
}

/// Returns the bytes of a file, or of the file that a link leads to.
///
/// # Errors
///
/// It cannot be read, or it is a pipe, a device or a folder, for none of which anything waits, or larger than any file
/// of a programme.
pub(crate) fn read(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    // A pipe that nobody writes to would be waited for, were it opened as a file is.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let about = file.metadata()?;
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !about.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is neither a file nor a link to one"));
    }
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {MOST_BYTES} bytes"));
    read_at_most(file, MOST_BYTES)?.ok_or_else(too_large)
}

/// Returns the names in a folder, in no order.
///
/// The standard library's reader stops the process where the folder cannot be closed.
///
/// # Errors
///
/// It cannot be read, or it is no folder.
pub(crate) fn names_in(folder: impl AsRef<Path>) -> io::Result<Vec<OsString>> {
    let flags = i32::try_from(OFlags::DIRECTORY.bits()).unwrap_or_default();
    let mut names = Vec::new();
    for entry in Dir::new(OpenOptions::new().read(true).custom_flags(flags).open(folder)?)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if !matches!(name, b"." | b"..") {
            names.push(OsString::from_vec(name.to_vec()));
        }
    }
    Ok(names)
}

/// Returns all that can be read, or `None` where that is more than so many bytes.
///
/// # Errors
///
/// It cannot be read.
pub(crate) fn read_at_most(from: impl io::Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(u64::try_from(bytes.len()).is_ok_and(|length| length <= most).then_some(bytes))
}

/// Checks that a folder takes new files, before anything is recorded.
///
/// # Errors
///
/// [`Exit::Disk`] where it does not.
pub fn check_writable(folder: &Path) -> Result<(), Failure> {
    let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_path_buf() };
    let existing = folder.ancestors().map(here).find(|ancestor| ancestor.is_dir()).unwrap_or_else(|| here(folder));
    let probe = existing.join(PROBE);
    let outcome = create(&probe, &vec![0; PROBE_BYTES]).and_then(|file| file.sync_all());
    let removed = match fs::remove_file(&probe) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    outcome.and(removed).map_err(|error| {
        let problem = Problem::new("DISK", format!("the folder takes no files: {error}"));
        let help = "mend the disk or the folder's permissions; nothing was written";
        Failure::new(Exit::Disk, problem.file(existing).help(help))
    })
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folders(folder)?;
    let beside = beside(path);
    let written = create(&beside, bytes).and_then(|file| file.sync_all()).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // The half-written file is of no use to anybody; the first error is the one to tell.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    sync_folder(folder)
}

/// Returns where a file is written before it is renamed: always at the same place, so that the next process, whatever
/// its number is, finds what a crash left.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.new"))
}

/// Makes a file that was not there.
///
/// What a crash left in its place is removed; the folder's lock keeps other processes away.
fn create(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let open = || OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path);
    let mut file = match open() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            open()?
        }
        opened => opened?,
    };
    file.write_all(bytes)?;
    Ok(file)
}

/// Makes missing folders one by one, each synced into its parent.
fn create_folders(folder: &Path) -> io::Result<()> {
    let mut missing: Vec<&Path> =
        folder.ancestors().take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.is_dir()).collect();
    while let Some(ancestor) = missing.pop() {
        match create_folder(ancestor) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        if let Some(parent) = ancestor.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
    }
    Ok(())
}

/// Makes a folder in which nobody else makes, replaces or removes anything, whatever the umask is.
fn create_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(FOLDER_MODE).create(folder)
}

/// Makes a rename or a new file in the folder durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn write_all(root: &Path, writes: &[FileWrite]) -> Result<(), Failure> {
        Changes::of(root, writes).write()
    }

    #[test]
    fn a_file_is_written_once_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = FileWrite::new("a/b/c.txt", "text");
        assert_eq!(write.change(folder.path()), Change::Created);
        check_writable(&folder.path().join("a/b")).unwrap();
        write_all(folder.path(), std::slice::from_ref(&write)).unwrap();
        assert_eq!(write.change(folder.path()), Change::Unchanged);
        write_all(folder.path(), &[FileWrite::new("a/b/c.txt", "other")]).unwrap();
        assert_eq!(write.change(folder.path()), Change::Replaced);
        let names = fs::read_dir(folder.path().join("a/b")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["c.txt"]);
    }

    #[test]
    fn many_files_are_written_and_nothing_is_left_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = |number: usize| format!("{}/{number}.txt", if number.is_multiple_of(2) { "a" } else { "b/c" });
        let writes: Vec<_> = (0..100).map(|number| FileWrite::new(path(number), number.to_string())).collect();
        write_all(folder.path(), writes.split_at(50).0).unwrap();
        write_all(folder.path(), &writes).unwrap();
        assert!(Changes::of(folder.path(), &writes).is_empty());
        let count = |name: &str| fs::read_dir(folder.path().join(name)).unwrap().count();
        assert_eq!((count("a"), count("b/c"), count("b")), (50, 50, 1));
    }

    #[test]
    fn of_many_files_none_is_left_beside_where_one_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/70.txt/in the way")).unwrap();
        let path = |number: usize| format!("a/{number}.txt");
        let writes: Vec<_> = (0..100).map(|number| FileWrite::new(path(number), number.to_string())).collect();
        let error = write_all(folder.path(), &writes).unwrap_err();
        assert_eq!(error.exit, Exit::Disk);
        for entry in fs::read_dir(folder.path().join("a")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with('.'), "{name} is left");
        }
    }

    #[test]
    fn what_a_crash_left_beside_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let writes: Vec<_> = (0..40).map(|number| FileWrite::new(format!("new/{number}.txt"), "text")).collect();
        let one = FileWrite::new("one.txt", "text");
        fs::write(folder.path().join(".one.txt.new"), "te").unwrap();
        fs::write(folder.path().join(".probe"), "te").unwrap();
        check_writable(folder.path()).unwrap();
        let left = beside(&folder.path().join("new"));
        fs::create_dir(&left).unwrap();
        fs::write(left.join("foreign.txt"), "te").unwrap();
        write_all(folder.path(), &[writes.clone(), vec![one]].concat()).unwrap();
        assert!(Changes::of(folder.path(), &writes).is_empty());
        assert_eq!(fs::read(folder.path().join("one.txt")).unwrap(), b"text");
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 40);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_new_folder_is_there_with_every_file_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        // A name that no file system takes: everything before it is written.
        let name = |number: usize| if number == 70 { "x".repeat(300) } else { number.to_string() };
        let writes: Vec<_> = (0..100).map(|number| FileWrite::new(format!("new/{}", name(number)), "text")).collect();
        let error = write_all(folder.path(), &writes).unwrap_err();
        assert_eq!(error.exit, Exit::Disk);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_where_a_folder_belongs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        let error = write_all(folder.path(), &[FileWrite::new("a/b.txt", "text")]).unwrap_err();
        assert_eq!(error.exit, Exit::Disk);
    }

    #[test]
    fn a_relative_folder_lies_in_the_present_one() {
        check_writable(Path::new("no-such-folder")).unwrap();
    }
}

//! Programme folders that are thrown away, the edits that spoil them, and what is in them byte for byte.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::{FileExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use tempfile::TempDir;

use crate::binary;

/// Every file of a folder by its path.
pub(crate) type Snapshot = BTreeMap<PathBuf, Vec<u8>>;

/// Makes a folder that is thrown away; nothing is lost when the machine is, so it may lie in memory, where a sync costs
/// nothing.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder can be made")
}

/// Returns the folder of the cases.
pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// A step before a command: a command that succeeds, or an edit.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    Command(String),
    Edit(Edit),
}

/// An edit of one file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    file: PathBuf,
    /// The file becomes this text.
    write: Option<String>,
    /// The file becomes a copy of another one.
    copy: Option<PathBuf>,
    /// The text is added at the end.
    append: Option<String>,
    /// The first place of this text, which must be there, gives way to `with` or `hex`.
    replace: Option<String>,
    with: Option<String>,
    hex: Option<String>,
    /// The bytes from this offset on give way to `hex`.
    at: Option<u64>,
    /// The file is removed.
    #[serde(default)]
    remove: bool,
    /// The file is encoded anew.
    #[serde(default)]
    utf16: bool,
}

/// A folder that is thrown away.
#[derive(Debug)]
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn empty() -> Self {
        Self(scratch())
    }

    pub(crate) fn copy_of(source: &Path) -> Self {
        let folder = Self::empty();
        copy(source, folder.path());
        folder
    }

    /// Makes the small programme of `tests/cases/base`.
    pub(crate) fn base() -> Self {
        Self::copy_of(&cases().join("base"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn take(&self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Command(command) => {
                    binary::run_well(self.path(), command);
                }
                Step::Edit(edit) => edit.apply(self.path()),
            }
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        snapshot(self.path())
    }
}

impl Edit {
    fn apply(&self, root: &Path) {
        let path = root.join(&self.file);
        let shown = path.display();
        if let Some(text) = &self.write {
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
            fs::write(&path, text).expect("a file can be written");
        } else if let Some(source) = &self.copy {
            fs::copy(root.join(source), &path).expect("a file can be copied");
        } else if self.remove {
            fs::remove_file(&path).expect("a file can be removed");
        } else if let Some(offset) = self.at {
            let file = fs::File::options().write(true).open(&path).expect("a file can be opened");
            file.write_all_at(&self.bytes(), offset).expect("a file can be written");
        } else {
            let mut bytes = fs::read(&path).unwrap_or_else(|error| panic!("{shown}: {error}"));
            if let Some(text) = &self.append {
                bytes.extend_from_slice(text.as_bytes());
            } else if self.utf16 {
                let text = String::from_utf8(bytes).expect("a file is text");
                bytes = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            } else {
                let text = self.replace.as_deref().expect("an edit does something");
                bytes = replaced(&bytes, text.as_bytes(), &self.bytes())
                    .unwrap_or_else(|| panic!("`{text}` does not stand in {shown}"));
            }
            fs::write(&path, bytes).expect("a file can be written");
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match (&self.with, &self.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(digits)) => hex::decode(digits).expect("the digits are hexadecimal"),
            _ => panic!("an edit of `{}` gives one of `with` and `hex`", self.file.display()),
        }
    }
}

/// Replaces the first place of `old`.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let start = bytes.windows(old.len()).position(|window| window == old)?;
    let (before, rest) = bytes.split_at(start);
    Some([before, new, rest.get(old.len()..)?].concat())
}

/// Copies a folder; files of keys are closed to others, as they are by `key new`.
pub(crate) fn copy(source: &Path, target: &Path) {
    for (path, bytes) in snapshot(source) {
        let is_key = path.to_string_lossy().ends_with("key.json");
        let path = target.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(&path, bytes).expect("a file can be written");
        if is_key {
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a file is ours");
        }
    }
}

/// Reads every file below a folder.
pub(crate) fn snapshot(root: &Path) -> Snapshot {
    let mut files = Snapshot::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file can be read");
                files.insert(path.strip_prefix(root).expect("it lies below").to_path_buf(), bytes);
            }
        }
    }
    files
}

/// Stops and names the files that differ, if any do.
pub(crate) fn assert_same(before: &Snapshot, after: &Snapshot, what: &str) {
    let paths = before.keys().chain(after.keys());
    let changed: Vec<&PathBuf> = paths.filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(changed.is_empty(), "{what}: changed {changed:?}");
}

//! A disk that may lose what was not synced, and the images of it that a power cut could leave.
//!
//! - A write or a truncation of a file may be lost as long as neither the file nor the file system was synced after it.
//!   Each is lost or kept for itself, whatever the order was.
//! - A write may be torn at any border of 512 bytes (the first one and the last one are tried): its head is kept, or its
//!   tail; or the file grew and the bytes are zeros.
//! - A new name, a rename, a removal and a new folder may be lost as long as the folder that holds the name was not
//!   synced after it, each for itself. Syncing a file makes its bytes durable and not its name. A rename is one step.
//! - What lies in a folder whose name was lost is lost with it.

use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    fs,
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::trace::Call;
use crate::cli::random::Random;

/// What a device writes as a whole.
const SECTOR: usize = 512;
/// So many combinations of fates are all tried; of more, the telling ones and some at random.
const ALL: usize = 64;
const AT_RANDOM: usize = 12;
/// Of so many unsynced changes each one alone is lost and kept; of more, some at random.
const EACH: usize = 24;

/// What a file holds; contents are told apart by their hash.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) bytes: Arc<[u8]>,
    pub(super) hash: u64,
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self { bytes: bytes.into(), hash: hasher.finish() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Arc<[u8]> },
    Truncate(usize),
}

#[derive(Clone, Debug)]
enum NameChange {
    Made { path: PathBuf, node: Node },
    Renamed { from: PathBuf, to: PathBuf, node: Node },
    Removed(PathBuf),
}

/// What becomes of a change that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lost,
    Kept,
    Head,
    Tail,
    Zeros,
}

#[derive(Clone, Debug)]
struct Inode {
    durable: Content,
    pending: Vec<Change>,
}

/// The disk as it is, and how much of it would outlive a power cut.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    files: Vec<Inode>,
    names: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    pending: Vec<NameChange>,
}

/// Every file and folder that was found after a power cut; a folder has no bytes.
#[derive(Clone, Debug)]
pub(super) struct Image(pub(super) BTreeMap<PathBuf, Option<Content>>);

impl Image {
    pub(super) fn hashed(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (path, content) in &self.0 {
            path.as_os_str().hash(&mut hasher);
            content.as_ref().map(|content| content.hash).hash(&mut hasher);
        }
        hasher.finish()
    }

    pub(super) fn file(&self, path: impl AsRef<Path>) -> Option<&Content> {
        self.0.get(path.as_ref())?.as_ref()
    }

    /// Writes it down below `root`.
    pub(super) fn write(&self, root: &Path) {
        for (path, bytes) in &self.0 {
            let path = root.join(path);
            match bytes {
                None => fs::create_dir_all(path).expect("a folder can be made"),
                Some(content) => fs::write(path, &content.bytes).expect("a file can be written"),
            }
        }
    }
}

impl Disk {
    /// Makes a disk of what lies below `root`, all of it durable.
    pub(super) fn of(root: &Path) -> Self {
        let mut disk = Self::default();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder can be read") {
                let path = entry.expect("an entry can be read").path();
                let name = path.strip_prefix(root).expect("it lies below").to_path_buf();
                if path.is_dir() {
                    disk.names.insert(name, Node::Folder);
                    folders.push(path);
                } else {
                    let durable = fs::read(path).expect("a file can be read").into();
                    disk.names.insert(name, Node::File(disk.files.len()));
                    disk.files.push(Inode { durable, pending: Vec::new() });
                }
            }
        }
        disk.durable = disk.names.clone();
        disk
    }

    /// Does what the process did.
    pub(super) fn apply(&mut self, call: &Call) {
        match call {
            Call::Create(path) => {
                if !self.names.contains_key(path) {
                    self.files.push(Inode { durable: Vec::new().into(), pending: Vec::new() });
                    self.change(NameChange::Made { path: path.clone(), node: Node::File(self.files.len() - 1) });
                }
            }
            Call::Write { path, offset, bytes } => {
                self.change_file(path, Change::Write { offset: *offset, bytes: bytes.as_slice().into() });
            }
            Call::Truncate { path, length } => self.change_file(path, Change::Truncate(*length)),
            Call::Sync(path) => match self.names.get(path) {
                Some(Node::File(file)) => self.files[*file].sync(),
                _ => self.sync_folder(path),
            },
            Call::SyncAll => {
                self.files.iter_mut().for_each(Inode::sync);
                self.durable = self.names.clone();
                self.pending.clear();
            }
            Call::Rename { from, to } => {
                let node = self.names.get(from).expect("what is renamed is there").clone();
                let inside = |change: &NameChange| change.place().parent().is_some_and(|above| above.starts_with(from));
                assert!(!self.pending.iter().any(inside), "the model knows no rename of a folder that is not synced");
                self.change(NameChange::Renamed { from: from.clone(), to: to.clone(), node });
            }
            Call::Unlink(path) => self.change(NameChange::Removed(path.clone())),
            Call::Mkdir(path) => self.change(NameChange::Made { path: path.clone(), node: Node::Folder }),
        }
    }

    /// Returns the disk as the processes see it.
    pub(super) fn now(&self) -> Image {
        self.image(&vec![Fate::Kept; self.fates().len()])
    }

    /// Returns what of this disk a power cut could leave now, as far as it is tried.
    pub(super) fn images<'a>(&'a self, random: &mut Random) -> impl Iterator<Item = Image> + 'a {
        choices(&self.fates(), None, random).into_iter().map(|choice| self.image(&choice))
    }

    /// Returns what a power cut could leave after the last change and not before it.
    ///
    /// Where the last call was a sync there is nothing: a sync only rules images out.
    pub(super) fn new_images<'a>(&'a self, call: &Call, random: &mut Random) -> impl Iterator<Item = Image> + 'a {
        let newest = match call {
            Call::Sync(_) | Call::SyncAll => None,
            Call::Write { path, .. } | Call::Truncate { path, .. } => match self.names.get(path) {
                Some(Node::File(file)) => {
                    let changes = self.files[..=*file].iter().map(|file| file.pending.len()).sum::<usize>();
                    (self.pending.len() + changes).checked_sub(1)
                }
                _ => None,
            },
            Call::Create(_) | Call::Rename { .. } | Call::Unlink(_) | Call::Mkdir(_) => {
                self.pending.len().checked_sub(1)
            }
        };
        let choices = newest.map(|newest| choices(&self.fates(), Some(newest), random));
        choices.into_iter().flatten().map(|choice| self.image(&choice))
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.pending.push(change);
    }

    fn change_file(&mut self, path: &Path, change: Change) {
        // A file without a name is lost anyway.
        let Some(Node::File(file)) = self.names.get(path) else { return };
        self.files[*file].pending.push(change);
    }

    fn sync_folder(&mut self, folder: &Path) {
        let (synced, pending): (Vec<_>, Vec<_>) =
            self.pending.drain(..).partition(|change| change.place().parent() == Some(folder));
        self.pending = pending;
        for change in synced {
            change.apply(&mut self.durable);
        }
    }

    /// Returns the fates that each unsynced change could have: names first, then each file's bytes.
    fn fates(&self) -> Vec<Vec<Fate>> {
        let names = self.pending.iter().map(|_| vec![Fate::Lost, Fate::Kept]);
        names.chain(self.files.iter().flat_map(Inode::fates)).collect()
    }

    fn image(&self, choice: &[Fate]) -> Image {
        let mut fates = choice.iter().copied();
        let mut names = self.durable.clone();
        for change in &self.pending {
            if fates.next() == Some(Fate::Kept) {
                change.apply(&mut names);
            }
        }
        let contents: Vec<Content> = self.files.iter().map(|file| file.content(&mut fates)).collect();
        let reachable = |path: &Path| {
            let above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
            above.into_iter().all(|above| names.get(above) == Some(&Node::Folder))
        };
        let bytes = |node: &Node| match node {
            Node::Folder => None,
            Node::File(file) => Some(contents[*file].clone()),
        };
        let found = names.iter().filter(|(path, _)| reachable(path));
        Image(found.map(|(path, node)| (path.clone(), bytes(node))).collect())
    }
}

impl NameChange {
    /// Returns the name whose folder must be synced.
    fn place(&self) -> &Path {
        match self {
            Self::Made { path, .. } | Self::Removed(path) => path,
            Self::Renamed { from, to, .. } => {
                assert_eq!(from.parent(), to.parent(), "the model knows renames within a folder");
                to
            }
        }
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Self::Made { path, node } => {
                names.insert(path.clone(), node.clone());
            }
            Self::Removed(path) => {
                names.remove(path);
            }
            Self::Renamed { from, to, node } => {
                names.remove(from);
                if *node == Node::Folder {
                    let inside: BTreeSet<PathBuf> =
                        names.keys().filter(|path| path.starts_with(from)).cloned().collect();
                    for path in inside {
                        let moved = to.join(path.strip_prefix(from).expect("it lies below"));
                        let node = names.remove(&path).expect("it was found");
                        names.insert(moved, node);
                    }
                }
                names.insert(to.clone(), node.clone());
            }
        }
    }
}

impl Inode {
    fn sync(&mut self) {
        self.durable = self.content(&mut std::iter::repeat(Fate::Kept));
        self.pending.clear();
    }

    fn fates(&self) -> impl Iterator<Item = Vec<Fate>> {
        self.pending.iter().map(|change| match change {
            Change::Truncate(_) => vec![Fate::Lost, Fate::Kept],
            Change::Write { offset, bytes } => {
                let mut fates = vec![Fate::Lost, Fate::Kept];
                if inner_border(*offset, bytes.len(), true).is_some() {
                    fates.extend([Fate::Head, Fate::Tail]);
                }
                if offset.saturating_add(bytes.len()) > self.durable.bytes.len() {
                    fates.push(Fate::Zeros);
                }
                fates
            }
        })
    }

    fn content(&self, fates: &mut impl Iterator<Item = Fate>) -> Content {
        let fates: Vec<Fate> = fates.take(self.pending.len()).collect();
        if fates.iter().all(|fate| *fate == Fate::Lost) {
            return self.durable.clone();
        }
        let mut content = self.durable.bytes.to_vec();
        for (change, fate) in self.pending.iter().zip(fates) {
            change.apply(fate, &mut content);
        }
        content.into()
    }
}

/// Returns the first or the last border between sectors inside a write, as an offset into its bytes.
fn inner_border(offset: usize, length: usize, first: bool) -> Option<usize> {
    let border = if first {
        offset.next_multiple_of(SECTOR).max(offset / SECTOR * SECTOR + SECTOR)
    } else {
        (offset + length - 1) / SECTOR * SECTOR
    };
    (border > offset && border < offset + length).then(|| border - offset)
}

impl Change {
    fn apply(&self, fate: Fate, content: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => {
                if fate == Fate::Kept {
                    content.resize(*length, 0);
                }
            }
            Self::Write { offset, bytes } => {
                let (start, end) = match fate {
                    Fate::Lost => return,
                    Fate::Kept => (0, bytes.len()),
                    Fate::Zeros => (0, 0),
                    Fate::Head => (0, inner_border(*offset, bytes.len(), false).expect("it can be torn")),
                    Fate::Tail => (inner_border(*offset, bytes.len(), true).expect("it can be torn"), bytes.len()),
                };
                let length = if fate == Fate::Head { end } else { bytes.len() };
                if content.len() < offset + length {
                    content.resize(offset + length, 0);
                }
                content[offset + start..offset + end].copy_from_slice(&bytes[start..end]);
            }
        }
    }
}

/// Returns the combinations of fates that are tried; the newest change, where one is named, is never just lost.
fn choices(fates: &[Vec<Fate>], newest: Option<usize>, random: &mut Random) -> Vec<Vec<Fate>> {
    let combinations = fates.iter().try_fold(1_usize, |product, fates| product.checked_mul(fates.len()));
    let is_new = |choice: &Vec<Fate>| newest.is_none_or(|newest| choice[newest] != Fate::Lost);
    if combinations.is_some_and(|combinations| combinations <= ALL) {
        let all = fates.iter().fold(vec![Vec::new()], |choices, fates| {
            let with = |choice: &Vec<Fate>, fate: &Fate| choice.iter().chain([fate]).copied().collect();
            choices.iter().flat_map(|choice| fates.iter().map(move |fate| with(choice, fate))).collect()
        });
        return all.into_iter().filter(is_new).collect();
    }
    let (mut none, all) = (vec![Fate::Lost; fates.len()], vec![Fate::Kept; fates.len()]);
    if let Some(newest) = newest {
        none[newest] = Fate::Kept;
    }
    let mut choices = vec![none.clone(), all.clone()];
    let mut alone = |position: usize| {
        for fate in &fates[position] {
            for mut choice in [none.clone(), all.clone()] {
                choice[position] = *fate;
                choices.push(choice);
            }
        }
        let [mut first, mut last] = [none.clone(), none.clone()];
        first[..position].fill(Fate::Kept);
        last[position..].fill(Fate::Kept);
        choices.extend([first, last]);
    };
    newest.into_iter().for_each(&mut alone);
    if fates.len() <= EACH {
        (0..fates.len()).for_each(alone);
    } else {
        (0..AT_RANDOM).for_each(|_| alone(random.below(fates.len())));
    }
    choices.extend((0..AT_RANDOM).map(|_| fates.iter().map(|fates| random.one_of(fates)).collect()));
    choices.retain(is_new);
    choices
}

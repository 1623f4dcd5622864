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
    collections::{BTreeMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash as _, Hasher as _},
    path::Path,
    sync::Arc,
};

use super::trace::Call;
use crate::cli::{folder::snapshot, random::Random};

/// What a device writes as a whole.
const SECTOR: usize = 512;
/// So many combinations of fates are all tried; of more, the telling ones and some at random.
const ALL: usize = 64;
const AT_RANDOM: usize = 12;
/// Of so many unsynced changes each one alone is lost and kept; of more, some at random.
const EACH: usize = 24;

/// A path below the programme's folder, with `/` between its parts.
pub(super) type Name = Arc<str>;

/// What a file holds: the bytes that were durable, and what became of each change since; made only where it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Content {
    durable: Arc<[u8]>,
    changes: Arc<[Change]>,
    fates: Vec<Fate>,
    /// Contents that came about in the same way have the same one.
    pub(super) hash: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Arc<[u8]>, hash: u64 },
    Truncate(usize),
}

#[derive(Clone, Debug)]
enum NameChange {
    Made { name: Name, node: Node },
    Renamed { from: Name, to: Name, node: Node },
    Removed(Name),
}

/// What becomes of a change that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Lost,
    Kept,
    Head,
    Tail,
    Zeros,
}

#[derive(Clone, Debug)]
struct Inode {
    durable: Arc<[u8]>,
    hash: u64,
    pending: Vec<Change>,
}

/// The disk as it is, and how much of it would outlive a power cut.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    files: Vec<Inode>,
    names: BTreeMap<Name, Node>,
    durable: BTreeMap<Name, Node>,
    pending: Vec<NameChange>,
}

/// Every file and folder that was found after a power cut; a folder has no content.
#[derive(Clone, Debug)]
pub(super) struct Image(pub(super) BTreeMap<Name, Option<Content>>);

fn hash_of(act: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    act(&mut hasher);
    hasher.finish()
}

impl Content {
    /// Makes the bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.durable.to_vec();
        for (change, fate) in self.changes.iter().zip(&self.fates) {
            change.apply(*fate, &mut bytes);
        }
        bytes
    }
}

impl Image {
    pub(super) fn hashed(&self) -> u64 {
        hash_of(|hasher| {
            for (name, content) in &self.0 {
                hasher.write(name.as_bytes());
                hasher.write_u64(content.as_ref().map_or(0, |content| content.hash));
            }
        })
    }

    pub(super) fn file(&self, name: &str) -> Option<&Content> {
        self.0.get(name)?.as_ref()
    }

    /// Writes it down below `root`.
    pub(super) fn write(&self, root: &Path) {
        for (name, content) in &self.0 {
            let path = root.join(&**name);
            match content {
                None => fs::create_dir_all(path).expect("a folder can be made"),
                Some(content) => fs::write(path, content.bytes()).expect("a file can be written"),
            }
        }
    }
}

/// Returns whether the signer writes there, so that it is part of the model.
pub(super) fn is_written(name: &str) -> bool {
    ["ledger.db", "months", "published", "."].iter().any(|start| name.starts_with(start))
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn is_below(name: &str, folder: &str) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

impl Disk {
    /// Makes a disk of what the signer wrote below `root`, all of it durable.
    pub(super) fn of(root: &Path) -> Self {
        let mut disk = Self::default();
        for (path, bytes) in snapshot(root) {
            let name = path.to_str().expect("names are plain");
            if !is_written(name) {
                continue;
            }
            let mut folder = folder_of(name);
            while !folder.is_empty() {
                disk.names.insert(folder.into(), Node::Folder);
                folder = folder_of(folder);
            }
            disk.names.insert(name.into(), Node::File(disk.files.len()));
            let hash = hash_of(|hasher| bytes.hash(hasher));
            disk.files.push(Inode { durable: bytes.into(), hash, pending: Vec::new() });
        }
        disk.durable = disk.names.clone();
        disk
    }

    /// Does what the process did.
    pub(super) fn apply(&mut self, call: &Call) {
        match call {
            Call::Create(name) => {
                if !self.names.contains_key(&**name) {
                    self.files.push(Inode { durable: [].into(), hash: 0, pending: Vec::new() });
                    let node = Node::File(self.files.len() - 1);
                    self.change(NameChange::Made { name: name.as_str().into(), node });
                }
            }
            Call::Write { name, offset, bytes } => {
                let hash = hash_of(|hasher| (offset, bytes).hash(hasher));
                self.change_file(name, Change::Write { offset: *offset, bytes: bytes.as_slice().into(), hash });
            }
            Call::Truncate { name, length } => self.change_file(name, Change::Truncate(*length)),
            Call::Sync(name) => match self.names.get(&**name) {
                Some(Node::File(file)) => self.files[*file].sync(),
                _ => self.sync_folder(name),
            },
            Call::SyncAll => {
                self.files.iter_mut().for_each(Inode::sync);
                self.durable = self.names.clone();
                self.pending.clear();
            }
            Call::Rename { from, to } => {
                let node = *self.names.get(&**from).expect("what is renamed is there");
                if node == Node::Folder {
                    // What was not synced in it goes with it; where the rename is lost, nobody sees it.
                    self.pending.iter_mut().for_each(|change| change.move_below(from, to));
                }
                self.change(NameChange::Renamed { from: from.as_str().into(), to: to.as_str().into(), node });
            }
            Call::Unlink(name) => self.change(NameChange::Removed(name.as_str().into())),
            Call::Mkdir(name) => self.change(NameChange::Made { name: name.as_str().into(), node: Node::Folder }),
        }
    }

    /// Returns the disk as the processes see it.
    pub(super) fn now(&self) -> Image {
        self.image(&vec![Fate::Kept; self.fates().len()])
    }

    /// Returns whether so many changes are not synced that only the disk before the next sync is tried in a quick form.
    pub(super) fn is_crowded(&self) -> bool {
        self.pending.len() + self.files.iter().map(|file| file.pending.len()).sum::<usize>() > EACH
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
            Call::Write { name, .. } | Call::Truncate { name, .. } => match self.names.get(&**name) {
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

    fn change_file(&mut self, name: &str, change: Change) {
        // A file without a name is lost anyway.
        let Some(Node::File(file)) = self.names.get(name) else { return };
        self.files[*file].pending.push(change);
    }

    fn sync_folder(&mut self, folder: &str) {
        let (synced, pending): (Vec<_>, Vec<_>) =
            self.pending.drain(..).partition(|change| folder_of(change.place()) == folder);
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
        let mut names = self.durable.clone();
        let mut lost_folder = false;
        for (change, fate) in self.pending.iter().zip(choice) {
            if *fate == Fate::Kept {
                change.apply(&mut names);
            } else {
                lost_folder |= change.is_of_folder();
            }
        }
        if lost_folder {
            let folders: Vec<Name> =
                names.iter().filter(|(_, node)| **node == Node::Folder).map(|(name, _)| Arc::clone(name)).collect();
            let reachable = |name: &str| {
                let mut folder = folder_of(name);
                while !folder.is_empty() && folders.iter().any(|known| **known == *folder) {
                    folder = folder_of(folder);
                }
                folder.is_empty()
            };
            names.retain(|name, _| reachable(name));
        }
        let mut rest = &choice[self.pending.len()..];
        let mut contents = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let (fates, others) = rest.split_at(file.pending.len());
            contents.push(fates);
            rest = others;
        }
        let content = |node: Node| match node {
            Node::Folder => None,
            Node::File(file) => Some(self.files[file].content(contents[file])),
        };
        Image(names.into_iter().map(|(name, node)| (name, content(node))).collect())
    }
}

impl NameChange {
    /// Returns the name whose folder must be synced.
    fn place(&self) -> &str {
        match self {
            Self::Made { name, .. } | Self::Removed(name) => name,
            Self::Renamed { from, to, .. } => {
                assert!(is_below(from, folder_of(to)) || folder_of(to).is_empty(), "a rename within a folder");
                to
            }
        }
    }

    fn move_below(&mut self, folder: &str, to: &str) {
        match self {
            Self::Made { name, .. } | Self::Removed(name) | Self::Renamed { to: name, .. } => {
                if is_below(name, folder) {
                    *name = format!("{to}{}", &name[folder.len()..]).into();
                }
            }
        }
    }

    fn is_of_folder(&self) -> bool {
        matches!(self, Self::Made { node: Node::Folder, .. } | Self::Renamed { node: Node::Folder, .. })
    }

    fn apply(&self, names: &mut BTreeMap<Name, Node>) {
        match self {
            Self::Made { name, node } => {
                names.insert(Arc::clone(name), *node);
            }
            Self::Removed(name) => {
                names.remove(name);
            }
            Self::Renamed { from, to, node } => {
                names.remove(from);
                if *node == Node::Folder {
                    let inside: Vec<Name> = names.keys().filter(|name| is_below(name, from)).cloned().collect();
                    for name in inside {
                        let moved = format!("{to}{}", &name[from.len()..]);
                        let node = names.remove(&name).expect("it was found");
                        names.insert(moved.into(), node);
                    }
                }
                names.insert(Arc::clone(to), *node);
            }
        }
    }
}

impl Inode {
    fn sync(&mut self) {
        let content = self.content(&vec![Fate::Kept; self.pending.len()]);
        self.durable = content.bytes().into();
        self.hash = content.hash;
        self.pending.clear();
    }

    fn fates(&self) -> impl Iterator<Item = Vec<Fate>> {
        self.pending.iter().map(|change| match change {
            Change::Truncate(_) => vec![Fate::Lost, Fate::Kept],
            Change::Write { offset, bytes, .. } => {
                let mut fates = vec![Fate::Lost, Fate::Kept];
                if inner_border(*offset, bytes.len(), true).is_some() {
                    fates.extend([Fate::Head, Fate::Tail]);
                }
                if offset.saturating_add(bytes.len()) > self.durable.len() {
                    fates.push(Fate::Zeros);
                }
                fates
            }
        })
    }

    fn content(&self, fates: &[Fate]) -> Content {
        let changes = self.pending.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Lost);
        let hash = changes
            .clone()
            .fold(self.hash, |hash, (change, fate)| hash_of(|hasher| (hash, change.hash(), fate).hash(hasher)));
        let (changes, fates): (Vec<Change>, Vec<Fate>) = changes.map(|(change, fate)| (change.clone(), *fate)).unzip();
        Content { durable: Arc::clone(&self.durable), changes: changes.into(), fates, hash }
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
    fn hash(&self) -> u64 {
        match self {
            Self::Write { hash, .. } => *hash,
            Self::Truncate(length) => hash_of(|hasher| length.hash(hasher)),
        }
    }

    fn apply(&self, fate: Fate, content: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => content.resize(*length, 0),
            Self::Write { offset, bytes, .. } => {
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

//! What a signing process gives away: nothing by its core file, its memory, its arguments or its environment.

use std::{
    fs::{self, Permissions},
    io::{self, Read as _, Write as _},
    os::unix::{
        fs::{FileExt as _, MetadataExt as _, PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use ambassador_signer::{
    keystore::{KeyFile, ScryptCost},
    password::Password,
    signing::SecretKey,
};

use memchr::memmem;
use tempfile::TempDir;

use super::run_well;
use crate::{binary, cli::folder::Folder};

/// What a pipe holds before its writer waits.
const PIPE_BYTES: usize = 65_536;
/// Somebody who owns nothing.
const NOBODY: u32 = 65_534;
const PASSWORD: &str = "neither printed nor kept: 0f6c";

/// A process that did everything and cannot print it, because nobody empties the pipe.
struct Held {
    child: Child,
    reader: io::PipeReader,
}

impl Held {
    /// Starts the binary and waits until all that is left to do is printing.
    fn start(folder: &Path, binary: &Path, arguments: &str) -> Self {
        let (reader, mut writer) = io::pipe().expect("a pipe can be made");
        writer.write_all(&vec![b' '; PIPE_BYTES]).expect("a pipe has room");
        let mut process = Command::new(binary);
        process.args(arguments.split(' ')).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
        if is_root() {
            process.uid(NOBODY).gid(NOBODY);
        }
        let child = process.stdout(writer).spawn().expect("it starts");
        let held = Self { child, reader };
        for _ in 0..3_000 {
            if fs::read_to_string(held.proc("wchan")).is_ok_and(|place| place.contains("pipe")) {
                return held;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("`{arguments}` does not come to its end");
    }

    fn proc(&self, name: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(name)
    }

    /// Lets it print and end.
    fn release(mut self) -> String {
        let mut said = String::new();
        drop(self.child.stdout.take());
        self.reader.read_to_string(&mut said).expect("what is printed is UTF-8");
        assert!(self.child.wait().expect("it ends").success());
        said.trim_start().to_owned()
    }

    /// Returns where texts stand in the memory that can be written, as many times as they do.
    fn find(&self, needles: &[(&str, Vec<u8>)]) -> Vec<(String, String)> {
        let maps = fs::read_to_string(self.proc("maps")).expect("the memory's map can be read");
        let memory = fs::File::open(self.proc("mem")).expect("the memory can be opened");
        let mut found = Vec::new();
        for line in maps.lines() {
            let mut words = line.split_whitespace();
            let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
            let (start, end) = range.split_once('-').expect("a range");
            let at = |text: &str| u64::from_str_radix(text, 16).expect("an address");
            if !rights.starts_with("rw") {
                continue;
            }
            let mut bytes = vec![0; usize::try_from(at(end) - at(start)).expect("it fits")];
            // Some pages cannot be read by anybody.
            if memory.read_exact_at(&mut bytes, at(start)).is_err() {
                continue;
            }
            for (name, needle) in needles {
                let hits = memmem::find_iter(&bytes, needle).count();
                let place = words.clone().last().unwrap_or("memory").to_owned();
                found.extend((0..hits).map(|_| ((*name).to_owned(), place.clone())));
            }
        }
        found
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0)
}

/// A programme whose key and password are known, and a binary that its owner may run.
struct Known {
    folder: Folder,
    binary: PathBuf,
    key: [u8; 32],
    /// Where the binary lies: a folder in memory may not be one to run programs from.
    _programs: TempDir,
}

impl Known {
    fn new() -> Self {
        let folder = Folder::base();
        let key: [u8; 32] = std::array::from_fn(|place| u8::try_from(place * 7 + 19).expect("a byte"));
        let secret = SecretKey::from_bytes(&key).expect("a key");
        let password = Password::new(PASSWORD.into()).expect("short enough");
        let cost = ScryptCost::new(1_024, 8, 1).expect("legal");
        let file = KeyFile::seal(&secret, &password, cost).expect("sealed");
        fs::write(folder.path().join("key.json"), file.to_json()).expect("a file can be written");
        fs::write(folder.path().join("key.password"), format!("{PASSWORD}\n")).expect("a file can be written");
        run_well(folder.path(), "settle 2020-12 --yes");
        if is_root() {
            let below = paths(folder.path()).into_iter();
            for path in below.chain([folder.path().to_path_buf()]) {
                chown(path, Some(NOBODY), Some(NOBODY)).expect("root gives away");
            }
        }
        let programs = tempfile::tempdir().expect("a folder can be made");
        fs::set_permissions(programs.path(), Permissions::from_mode(0o755)).expect("a folder is ours");
        let binary = programs.path().join("signer");
        if fs::hard_link(binary::path(), &binary).is_err() {
            fs::copy(binary::path(), &binary).expect("a binary can be copied");
        }
        Self { folder, binary, key, _programs: programs }
    }
}

fn paths(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder can be listed") {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.push(path);
        }
    }
    found
}

#[test]
fn a_signing_process_can_be_neither_dumped_nor_read_by_its_own_user() {
    let Known { folder, binary, .. } = &Known::new();
    let held = Held::start(folder.path(), binary, "sign 2020-12 --yes");
    let limits = fs::read_to_string(held.proc("limits")).expect("limits can be read");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("there is such a limit");
    assert_eq!(core.split_whitespace().skip(4).collect::<Vec<_>>(), ["0", "0", "bytes"]);
    // What may not be dumped belongs to root in /proc, so that no debugger of the same user gets at it.
    let owner = |held: &Held| fs::metadata(held.proc("mem")).expect("it runs").uid();
    assert_eq!(owner(&held), 0);
    let said = held.release();
    assert!(said.contains("claims"), "{said}");
    if is_root() {
        let open = Held::start(folder.path(), binary, "status");
        assert_eq!(owner(&open), NOBODY, "a command without a key shows that there is a difference");
        open.release();
    } else {
        eprintln!("NOT RUN: only root sees the difference to a command without a key");
    }
}

#[test]
fn neither_arguments_nor_environment_nor_output_have_a_secret() {
    let Known { folder, binary, key, .. } = &Known::new();
    let held = Held::start(folder.path(), binary, "sign 2020-12 --yes --password-file key.password");
    for name in ["cmdline", "environ"] {
        // The environment of a process that may not be dumped can be read by root alone.
        let Ok(bytes) = fs::read(held.proc(name)) else { continue };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains(PASSWORD) && !text.contains(&hex::encode(key)), "{name}: {text}");
    }
    let said = held.release();
    assert!(!said.contains(PASSWORD), "{said}");
    for (path, bytes) in folder.snapshot() {
        let kept = path.ends_with("key.password");
        let has = |needle: &[u8]| memmem::find(&bytes, needle).is_some();
        let shown = has(key) || has(hex::encode(key).as_bytes()) || has(PASSWORD.as_bytes());
        assert!(kept || !shown, "{}", path.display());
    }
}

#[test]
fn a_process_that_has_signed_remembers_neither_key_nor_password() {
    if !is_root() {
        eprintln!("NOT RUN: only root may read the memory of a process that may not be dumped");
        return;
    }
    let Known { folder, binary, key, .. } = &Known::new();
    let reversed: Vec<u8> = key.iter().rev().copied().collect();
    let words: Vec<u8> = key.chunks(8).flat_map(|word| word.iter().rev()).copied().collect();
    let address = SecretKey::from_bytes(key).expect("a key").address();
    let held = Held::start(folder.path(), binary, "sign 2020-12 --yes");
    let found = held.find(&[
        ("the key", key.to_vec()),
        ("the key's limbs", reversed),
        ("the key's words", words),
        ("a half of the key", key[..16].to_vec()),
        ("the other half of the key", key[16..].to_vec()),
        ("the key in hexadecimal", hex::encode(key).into_bytes()),
        ("the password", PASSWORD.into()),
        ("the signer", address.as_bytes().to_vec()),
        ("the signer in words", address.to_string().into_bytes()),
    ]);
    held.release();
    // What is no secret is found, so that what is not found is not there.
    let (open, secret): (Vec<_>, Vec<_>) = found.into_iter().partition(|(name, _)| name.starts_with("the signer"));
    assert!(!open.is_empty(), "nothing at all is found");
    assert_eq!(secret, [], "secrets stay in memory");
}

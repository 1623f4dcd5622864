//! What a command does to the files of its programme, call by call, as `strace` tells it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    os::unix::ffi::OsStringExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::binary::{self, Run};

/// Every call that has to do with files, changing ones or not.
pub(super) const FILES: &str = "%file,%desc";

/// Every call that could change a file, a folder or what of them is on the disk.
pub(super) const CHANGING: &str = "openat,?open,?creat,write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,syncfs,sync,\
    sync_file_range,msync,?rename,renameat,renameat2,?unlink,unlinkat,?rmdir,?mkdir,mkdirat,?link,linkat,?symlink,\
    symlinkat,ftruncate,?truncate,fallocate,copy_file_range,sendfile,mmap";

/// A call that changed something below the programme's folder; paths are relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Create(String),
    Write { name: String, offset: usize, bytes: Vec<u8> },
    Truncate { name: String, length: usize },
    Sync(String),
    SyncAll,
    Rename { from: String, to: String },
    Unlink(String),
    Mkdir(String),
}

/// A call as `strace` wrote it: which thread, its name and arguments, and what it returned.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) thread: String,
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) returned: String,
}

/// Runs a command in `folder` under `strace` with these options; the log goes to `log`.
pub(super) fn traced(folder: &Path, command: &str, options: &[&str], log: &Path) -> Run {
    let mut process = Command::new("strace");
    process.args(["-f", "-y", "-xx", "-s", "16777216", "-o"]).arg(log).args(options);
    process.arg(binary::path()).arg("-C").arg(folder).args(command.split_whitespace());
    // Where tests are run by cargo, the loader would look for libraries in many folders, by calls that are counted.
    process.env_remove("LD_LIBRARY_PATH");
    binary::of(process.current_dir(folder))
}

/// Runs a command in `folder`, which must succeed, and returns what it did there.
pub(super) fn record(folder: &Path, command: &str) -> Vec<Call> {
    let scratch = tempfile::tempdir().expect("a folder can be made");
    let log = scratch.path().join("log");
    let run = traced(folder, command, &["-e", &format!("trace={CHANGING}")], &log);
    assert_eq!(run.status, 0, "`{command}`: {}", run.stderr);
    calls(&lines(&fs::read_to_string(log).expect("strace wrote its log")), folder)
}

/// Reads a log; a call that another thread interrupted is joined, and stands where it ended.
pub(super) fn lines(log: &str) -> Vec<Line> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in log.lines() {
        let (thread, rest) = line.split_once(char::is_whitespace).expect("a line begins with its thread");
        let rest = rest.trim_start();
        if let Some(start) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(thread, start);
            continue;
        }
        let joined = match rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, end)) => format!("{}{end}", begun.remove(thread).unwrap_or_default()),
            None => rest.to_owned(),
        };
        let Some((name, rest)) = joined.split_once('(') else { continue };
        let Some((arguments, returned)) = rest.rsplit_once(" = ") else { continue };
        let arguments = arguments.trim_end().trim_end_matches(')');
        lines.push(Line {
            thread: thread.to_owned(),
            name: name.to_owned(),
            // Every text is written in hexadecimal digits, so that no comma stands in one.
            arguments: arguments.split(", ").map(str::to_owned).collect(),
            returned: returned.to_owned(),
        });
    }
    lines
}

impl Line {
    /// Returns the path that an argument names, in quotes or as an open file, if it lies below `root`.
    pub(super) fn name(&self, argument: usize, root: &Path) -> Option<String> {
        Some(self.text(argument)?.strip_prefix(root).ok()?.to_str()?.to_owned())
    }

    fn text(&self, argument: usize) -> Option<PathBuf> {
        let text = self.arguments.get(argument)?;
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let digits = quoted.or_else(|| text.split_once('<')?.1.strip_suffix('>'))?;
        hex::decode(digits.replace("\\x", "")).ok().map(|bytes| PathBuf::from(OsString::from_vec(bytes)))
    }

    /// Returns the first path below `root` that the call names.
    pub(super) fn place(&self, root: &Path) -> Option<String> {
        (0..self.arguments.len()).rev().find_map(|argument| self.name(argument, root))
    }

    fn number(&self, argument: usize) -> usize {
        self.arguments[argument].parse().expect("an offset is a number")
    }

    pub(super) fn failed(&self) -> bool {
        self.returned.starts_with('-') || self.returned.starts_with('?')
    }
}

/// Translates a log to the calls that changed something below `root`.
fn calls(lines: &[Line], root: &Path) -> Vec<Call> {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    lines.iter().filter(|line| !line.failed()).filter_map(|line| call(line, root, &mut ends)).collect()
}

/// Translates one call; `ends` is where the next `write` to an open file goes.
fn call(line: &Line, root: &Path, ends: &mut BTreeMap<String, usize>) -> Option<Call> {
    let place = line.name(0, root);
    let descriptor = || line.arguments[0].split('<').next().unwrap_or_default().to_owned();
    match line.name.as_str() {
        "openat" => {
            let name = line.name(1, root)?;
            ends.insert(line.returned.split('<').next().unwrap_or_default().to_owned(), 0);
            assert!(!line.arguments[2].contains("O_TRUNC"), "{line:?}");
            line.arguments[2].contains("O_CREAT").then_some(Call::Create(name))
        }
        "write" => {
            let (name, bytes) = (place?, bytes_of(&line.arguments[1]));
            let end = ends.get_mut(&descriptor()).expect("it was opened");
            let offset = *end;
            *end += bytes.len();
            Some(Call::Write { name, offset, bytes })
        }
        "pwrite64" => Some(Call::Write { name: place?, offset: line.number(3), bytes: bytes_of(&line.arguments[1]) }),
        "ftruncate" => Some(Call::Truncate { name: place?, length: line.number(1) }),
        "fsync" | "fdatasync" => Some(Call::Sync(place?)),
        "syncfs" => Some(Call::SyncAll),
        "rename" => Some(Call::Rename { from: place?, to: line.name(1, root)? }),
        "renameat" | "renameat2" => Some(Call::Rename { from: line.name(1, root)?, to: line.name(3, root)? }),
        "unlink" | "rmdir" => Some(Call::Unlink(place?)),
        "unlinkat" => {
            Some(Call::Unlink(line.name(1, root).or_else(|| Some(format!("{}/{}", place?, line.text(1)?.display())))?))
        }
        "mkdir" => Some(Call::Mkdir(place?)),
        "mkdirat" => Some(Call::Mkdir(line.name(1, root)?)),
        // A mapping of a file that is not shared, or not written, changes no file.
        "mmap" if !(line.arguments[2].contains("PROT_WRITE") && line.arguments[3].contains("MAP_SHARED")) => None,
        _ => {
            // What this model does not know must not pass unseen.
            assert!(line.place(root).is_none(), "{line:?}");
            None
        }
    }
}

fn bytes_of(argument: &str) -> Vec<u8> {
    let digits = argument.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let digits = digits.expect("strace writes what was written in full");
    hex::decode(digits.replace("\\x", "")).expect("strace writes hexadecimal digits")
}

#[test]
fn a_log_is_read() {
    let log = r#"7  openat(AT_FDCWD<\x2f>, "\x2f\x72\x2f\x61", O_WRONLY|O_CREAT|O_EXCL, 0644) = 4<\x2f\x72\x2f\x61>
7  write(4<\x2f\x72\x2f\x61>, "\x31\x32", 2 <unfinished ...>
8  fsync(5<\x2f\x72>)  = 0
8  fsync(5<\x2f\x72>)  = -1 EIO (Input/output error) (INJECTED)
7  <... write resumed>)  = 2
7  write(1<\x2f\x78>, "\x31", 1) = 1
7  write(4<\x2f\x72\x2f\x61>, "\x33", 1) = 1
7  +++ exited with 0 +++
"#;
    let write = |offset, text: &str| Call::Write { name: "a".into(), offset, bytes: text.into() };
    assert_eq!(
        calls(&lines(log), Path::new("/r")),
        [Call::Create("a".into()), Call::Sync(String::new()), write(0, "12"), write(2, "3")]
    );
}

//! A small programme, whose events lie in a folder of their own for each thread.

use std::{
    cell::Cell,
    fs,
    io::{self, Read},
    path::Path,
};

use ambassador_core::{calendar::Instant, programme::Programme, volume::Measured};
use ambassador_signer::{
    intake::{
        self,
        doors::{self, Parts},
    },
    problem::Failure,
};
use tempfile::TempDir;

pub(super) const TERMS: &str = include_str!("../../../examples/rally/terms/1.toml");
const AMBASSADORS: &str = "index,id,name,payee,joined_at,status
0,alex,Alex,alex.eth,2020-11-01T00:00:00Z,active
1,sam,Sam,sam.eth,2020-11-01T00:00:00Z,active
";
/// Zoe's window is 2020-11-10 to 2020-12-10, Vic's ten days later, Yan has not launched.
const REFERRALS: &str = "creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status
zoe,ZOE,alex,2020-11-01T00:00:00Z,2020-11-02T00:00:00Z,2020-11-03T00:00:00Z,2020-11-10T00:00:00Z,active
vic,VIC,sam,2020-11-01T00:00:00Z,2020-11-02T00:00:00Z,2020-11-03T00:00:00Z,2020-11-20T00:00:00Z,active
yan,YAN,alex,2020-11-01T00:00:00Z,2020-11-02T00:00:00Z,2020-11-03T00:00:00Z,,active
";
const PARTIES: &str = "actor,relation
zoes-own,creator:zoe
sams-own,ambassador:sam
bank,treasury
";
const PRICES: &str = "date,usd,tokens\n2020-12-31,1250,21000\n";
const AS_OF: &str = "2021-01-01T00:00:00Z";

/// A referred creator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Referred {
    pub(super) creator: &'static str,
    pub(super) coin: &'static str,
    pub(super) window: Option<(&'static str, &'static str)>,
    pub(super) related: &'static [&'static str],
}

/// What the tables above say, in the words of the rules.
pub(super) const REFERRED: [Referred; 3] = [
    Referred {
        creator: "zoe",
        coin: "ZOE",
        window: Some(("2020-11-10T00:00:00Z", "2020-12-10T00:00:00Z")),
        related: &["zoes-own", "bank"],
    },
    Referred {
        creator: "vic",
        coin: "VIC",
        window: Some(("2020-11-20T00:00:00Z", "2020-12-20T00:00:00Z")),
        related: &["sams-own", "bank"],
    },
    Referred { creator: "yan", coin: "YAN", window: None, related: &["bank"] },
];
pub(super) const KINDS: [&str; 3] = ["buy", "convert_in", "send_creator"];

pub(super) fn as_of() -> Instant {
    AS_OF.parse().expect("it is a time")
}

/// The programme's folder.
pub(super) struct Folder {
    root: TempDir,
    programme: Programme,
}

thread_local! {
    static FOLDER: Folder = Folder::new();
}

impl Folder {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        let tables = [
            ("terms/1.toml", TERMS),
            ("ambassadors.csv", AMBASSADORS),
            ("referrals.csv", REFERRALS),
            ("parties.csv", PARTIES),
            ("prices.csv", PRICES),
        ];
        for (name, text) in tables {
            write(root.path(), name, text.as_bytes());
        }
        let intake = intake::read(root.path()).unwrap_or_else(|failure| panic!("{failure}"));
        Self { root, programme: intake.programme }
    }

    /// Lends the folder with these files of events, and no others.
    pub(super) fn with<T>(files: &[(String, Vec<u8>)], look: impl FnOnce(&Self) -> T) -> T {
        FOLDER.with(|folder| {
            for (name, bytes) in files {
                write(folder.root.path(), name, bytes);
            }
            let seen = look(folder);
            for (name, _) in files {
                fs::remove_file(folder.root.path().join(name)).expect("what was written can be removed");
            }
            seen
        })
    }

    /// Measures the events of the folder, and counts the rows.
    pub(super) fn measure(&self, parts: Parts) -> Result<(Measured, u64), Failure> {
        let rows = Cell::new(0);
        let count = |_, read| rows.set(read);
        let measured = doors::measure(self.root.path(), &self.programme, as_of(), parts, &count)?;
        Ok((measured, rows.get()))
    }

    /// Measures the events of the folder and of a stream, as if that were standard input.
    pub(super) fn measure_with(&self, stream: &[u8], parts: Parts) -> Result<(Measured, u64), Failure> {
        let rows = Cell::new(0);
        let count = |_, read| rows.set(read);
        let input = || -> Box<dyn Read + Send> { Box::new(Pieces { bytes: stream.to_vec(), at: 0, turn: 0 }) };
        let measured = doors::measure_with(&input, self.root.path(), &self.programme, as_of(), parts, &count)?;
        Ok((measured, rows.get()))
    }
}

/// A stream as a slow pipe is one: some bytes at a time, and a signal in between.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    turn: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const SIZES: [usize; 5] = [1, 0, 1, 7, 4_096];
        let rest = &self.bytes[self.at..];
        let size = SIZES[self.turn % SIZES.len()];
        self.turn += 1;
        if size == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = size.min(rest.len()).min(buffer.len());
        buffer[..size].copy_from_slice(&rest[..size]);
        self.at += size;
        Ok(size)
    }
}

fn write(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    // Nearly always the folder is there.
    if fs::write(&path, bytes).is_err() {
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("folders can be made");
        fs::write(path, bytes).expect("files can be written");
    }
}

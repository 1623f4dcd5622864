//! What a ledger holds, read from a copy by `SQLite` itself, so that a half-recorded step is taken back.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use rusqlite::{Connection, OptionalExtension as _};

use super::disk::Image;

pub(super) const FILE: &str = "ledger.db";
pub(super) const JOURNAL: &str = "ledger.db-journal";

/// The rows that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Rows {
    /// The secret of pseudonyms.
    pub(super) salt: Option<Vec<u8>>,
    /// The hash of each settled month's records.
    pub(super) months: BTreeMap<u32, String>,
    /// Each statement's hash by month and index.
    pub(super) statements: BTreeMap<(u32, u32), String>,
    /// Each credited line.
    pub(super) credits: BTreeSet<(u32, u32, String, String, String)>,
    /// The one digest by month and index.
    pub(super) claims: BTreeMap<(u32, u32), String>,
    /// Each signed document.
    pub(super) signatures: BTreeSet<(u32, u32, Vec<u8>)>,
}

impl Rows {
    /// Reads the ledger of a programme's folder.
    pub(super) fn of_folder(root: &Path) -> Result<Self, String> {
        let scratch = super::programme::scratch();
        for name in [FILE, JOURNAL] {
            if let Ok(bytes) = fs::read(root.join(name)) {
                fs::write(scratch.path().join(name), bytes).expect("a file can be written");
            }
        }
        Self::read(scratch.path())
    }

    fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        let read = || -> rusqlite::Result<Self> {
            let ledger = Connection::open(&path)?;
            let tables: u32 = ledger.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
            if tables == 0 {
                return Ok(Self::default());
            }
            let whole: String = ledger.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            if whole != "ok" {
                return Err(rusqlite::Error::InvalidParameterName(whole));
            }
            let all = |row: &rusqlite::Row<'_>| Ok(((row.get(0)?, row.get(1)?), row.get(2)?));
            let salt = ledger.query_row("SELECT bytes FROM secret", [], |row| row.get(0)).optional()?;
            let months = ledger
                .prepare("SELECT month, records_hash FROM months")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let statements = ledger
                .prepare("SELECT month, ambassador, hash FROM statements")?
                .query_map([], all)?
                .collect::<rusqlite::Result<_>>()?;
            let credits = ledger
                .prepare("SELECT month, ambassador, creator, kind, usd FROM credits")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let claims = ledger
                .prepare("SELECT month, ambassador, digest FROM claims")?
                .query_map([], all)?
                .collect::<rusqlite::Result<_>>()?;
            let signatures = ledger
                .prepare("SELECT month, ambassador, bytes FROM signatures")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Self { salt, months, statements, credits, claims, signatures })
        };
        read().map_err(|error| format!("the ledger is damaged: {error}"))
    }

    /// Names what of `earlier` is not here any more, if anything.
    pub(super) fn lost(&self, earlier: &Self) -> Option<String> {
        fn missing<K: Ord, V: PartialEq>(ours: &BTreeMap<K, V>, theirs: &BTreeMap<K, V>) -> bool {
            theirs.iter().any(|(key, value)| ours.get(key) != Some(value))
        }
        let lost = [
            ("salt", earlier.salt.is_some() && self.salt != earlier.salt),
            ("months", missing(&self.months, &earlier.months)),
            ("statements", missing(&self.statements, &earlier.statements)),
            ("credits", !self.credits.is_superset(&earlier.credits)),
            ("claims", missing(&self.claims, &earlier.claims)),
            ("signatures", !self.signatures.is_superset(&earlier.signatures)),
        ];
        let (table, _) = lost.into_iter().find(|(_, lost)| *lost)?;
        Some(format!("the ledger lost {table}"))
    }
}

/// Ledgers that were read before, by the hashes of their bytes.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<[Option<u64>; 2], Read>>);

/// What reading a ledger gave.
type Read = Result<Arc<Rows>, String>;

impl Known {
    /// Reads the ledger of an image.
    pub(super) fn rows(&self, image: &Image) -> Result<Arc<Rows>, String> {
        let files = [FILE, JOURNAL].map(|name| (name, image.file(name)));
        let hashes = files.map(|(_, content)| content.map(|content| content.hash));
        if let Some(rows) = self.0.lock().expect("no thread stopped").get(&hashes) {
            return rows.clone();
        }
        let scratch = super::programme::scratch();
        for (name, content) in files {
            if let Some(content) = content {
                fs::write(scratch.path().join(name), content.bytes()).expect("a file can be written");
            }
        }
        let rows = Rows::read(scratch.path()).map(Arc::new);
        self.0.lock().expect("no thread stopped").insert(hashes, rows.clone());
        rows
    }
}

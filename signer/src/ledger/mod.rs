//! The ledger: what was settled and what was signed, for ever.
//!
//! One `SQLite` file. Rows are only ever added: triggers refuse updates and deletions, and the keys let one statement
//! and one digest exist for an ambassador and a month, whatever crashes.
//!
//! The one exception are replacements (see [`replacements`]): a claim that stands in the place of months' own claims
//! has a digest besides theirs. It is over exactly what they are over together, and the contract pays no claim of
//! whose months one is settled: so of all digests over a month at most one is ever paid.
//!
//! What was seen on the chain (see [`seen`]) is recorded only from blocks that are final.

mod head;
pub mod replacements;
mod schema;
pub mod seen;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use ambassador_core::{
    allocation::LineKey,
    calendar::{Instant, Month},
    documents::claim::ClaimDocument,
    entitlement::LineKind,
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    settlement::Credited,
    usd::SignedUsd,
};
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params, params_from_iter,
};

use crate::{
    parallel,
    problem::{Exit, Failure, Problem},
};

pub use head::{Extent, Head};

/// The ledger's file in the programme folder.
pub const FILE: &str = "ledger.db";
/// Who may read a new ledger, and write it: its owner.
const MODE: u32 = 0o600;
/// What `SQLite` takes back a half-recorded step from.
const JOURNAL: &str = "ledger.db-journal";
/// So many pages of 4 KiB are held in memory while something is recorded, at most.
const CACHE_PAGES: i64 = 16 * 1024;

/// A month as it was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerMonth {
    /// Which.
    pub month: Month,
    /// When.
    pub settled_at: Instant,
    /// Why before the challenge days were over.
    pub early: Option<String>,
    /// Keccak-256 of the records document.
    pub records_hash: Hash32,
    /// The records document.
    pub records: Vec<u8>,
    /// The statements, by index.
    pub statements: BTreeMap<AmbassadorIndex, LedgerStatement>,
    /// The claims, by index.
    pub claims: BTreeMap<AmbassadorIndex, LedgerClaim>,
}

/// A statement as it was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerStatement {
    /// The ambassador's id.
    pub id: String,
    /// The statement hash.
    pub hash: Hash32,
    /// The document.
    pub bytes: Vec<u8>,
}

/// A claim as it was signed last; another signer may sign the same digest again, never another digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerClaim {
    /// The digest that was signed.
    pub digest: Hash32,
    /// Whose signature it is.
    pub signer: String,
    /// The document.
    pub bytes: Vec<u8>,
}

impl LedgerClaim {
    /// Says whether the document is the one that was recorded: of this digest and signer, and in itself consistent.
    ///
    /// Whatever a document holds stands in it twice, or in the ledger besides, so that no damage to one place passes.
    fn is_whole(&self) -> bool {
        let Ok(document) = ClaimDocument::from_bytes(&self.bytes) else { return false };
        document.to_domain_and_claim().is_ok()
            && document.digest == self.digest.to_string()
            && document.signer == self.signer
            && document.to_bytes() == self.bytes
    }
}

/// The open ledger; no other process can write to it meanwhile.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    /// The version of the tables, which an old ledger keeps until it is opened for writing.
    version: i64,
}

impl Ledger {
    /// Makes the secret of a new ledger.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the operating system gives no random bytes.
    pub fn new_salt() -> Result<Vec<u8>, Failure> {
        let mut salt = vec![0; 32];
        getrandom::fill(&mut salt).map_err(|error| {
            let problem = Problem::new("NO_RANDOMNESS", format!("no random bytes: {error}"));
            Failure::new(Exit::Disk, problem.help("pseudonyms need the operating system's random source"))
        })?;
        Ok(salt)
    }

    /// Opens the ledger for writing, and makes it with this secret where there is none.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: another process holds it, or it cannot be read or written.
    pub fn open(root: &Path, salt: &[u8]) -> Result<Self, Failure> {
        let path = root.join(FILE);
        refuse_dangling(&path)?;
        // It has the secret of the pseudonyms, and what SQLite writes beside it gets its mode.
        match OpenOptions::new().write(true).create_new(true).mode(MODE).open(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(Failure::disk(FILE, &error)),
            _ => {}
        }
        let connection = Connection::open(path).map_err(|error| failure(&error))?;
        let mut ledger = Self { connection, version: schema::VERSION };
        ledger.prepare(salt).map_err(|error| failure(&error))?;
        ledger.check_version(schema::VERSION)?;
        Ok(ledger)
    }

    /// Opens the ledger for reading, or returns `None` where there is none or where a crash left nothing in it.
    ///
    /// What a crash left half-recorded is taken back, and what it left recorded is made durable.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: it cannot be read.
    pub fn open_existing(root: &Path) -> Result<Option<Self>, Failure> {
        let path = root.join(FILE);
        refuse_dangling(&path)?;
        if !path.exists() {
            return Ok(None);
        }
        sync(root)?;
        // A connection that may not write could not take a half-recorded step back; on a read-only disk it only reads.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failure(&error))?;
        let mut ledger = Self { connection, version: schema::VERSION };
        if ledger.is_empty().map_err(|error| failure(&error))? {
            return Ok(None);
        }
        ledger.version = ledger.check_version(schema::FIRST_VERSION)?;
        Ok(Some(ledger))
    }

    fn prepare(&mut self, salt: &[u8]) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        self.connection.pragma_update(None, "journal_mode", "DELETE")?;
        // A commit returns only when data and folder are on the disk.
        self.connection.pragma_update(None, "synchronous", "EXTRA")?;
        self.connection.pragma_update(None, "foreign_keys", true)?;
        // Digests come in no order: a page that many claims of a month change is written once, not for each.
        self.connection.pragma_update(None, "cache_size", CACHE_PAGES)?;
        schema::create(&mut self.connection, salt)
    }

    fn is_empty(&self) -> rusqlite::Result<bool> {
        let version: i64 = self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(version == 0 && tables == 0)
    }

    /// Returns the version of the tables, if it is this one or not before `oldest`.
    fn check_version(&self, oldest: i64) -> Result<i64, Failure> {
        let version: i64 = self
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .map_err(|error| failure(&error))?;
        if (oldest..=schema::VERSION).contains(&version) {
            return Ok(version);
        }
        let message = format!("the ledger has version `{version}`, and this program reads `{}`", schema::VERSION);
        Err(Failure::new(
            Exit::Disk,
            Problem::new("LEDGER_VERSION", message).file(FILE).help("use the program that wrote it, or its successor"),
        ))
    }

    /// Returns the secret under which actors' pseudonyms are made.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn salt(&self) -> Result<Vec<u8>, Failure> {
        self.connection
            .query_row("SELECT bytes FROM secret WHERE name = 'salt'", [], |row| row.get(0))
            .map_err(|error| failure(&error))
    }

    /// Returns the months that were settled, in order.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn months(&self) -> Result<Vec<Month>, Failure> {
        let months: Vec<u32> = self.rows("SELECT month FROM months ORDER BY month", &[], |row| row.get(0))?;
        months.into_iter().map(|number| Month::from_number(number).ok_or_else(|| damaged("months.month"))).collect()
    }

    /// Returns a month as it was settled, or `None` where it was not.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn month(&self, month: Month) -> Result<Option<LedgerMonth>, Failure> {
        type Fields = (String, Option<String>, String, Vec<u8>);
        let fields: Option<Fields> = self
            .connection
            .query_row(
                "SELECT settled_at, early, records_hash, records FROM months WHERE month = ?1",
                params![month.as_number()],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
            )
            .optional()
            .map_err(|error| failure(&error))?;
        let Some((settled_at, early, records_hash, records)) = fields else { return Ok(None) };
        let (hash, rows) =
            parallel::both(|| keccak256(&[&records]), || Ok((self.statements(month)?, self.claims(month)?)));
        if hash.to_string() != records_hash {
            return Err(damaged("months.records"));
        }
        let (statements, claims) = rows?;
        Ok(Some(LedgerMonth {
            month,
            settled_at: settled_at.parse().map_err(|_| damaged("months.settled_at"))?,
            early,
            records_hash: records_hash.parse().map_err(|_| damaged("months.records_hash"))?,
            records,
            statements,
            claims,
        }))
    }

    fn statements(&self, month: Month) -> Result<BTreeMap<AmbassadorIndex, LedgerStatement>, Failure> {
        type Fields = (u32, String, String, Vec<u8>);
        let query = "SELECT ambassador, id, hash, bytes FROM statements WHERE month = ?1 ORDER BY ambassador";
        let rows: Vec<Fields> =
            self.rows(query, &[month.as_number()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.into_iter()
            .map(|(index, id, hash, bytes)| {
                let hash = hash.parse().map_err(|_| damaged("statements.hash"))?;
                if keccak256(&[&bytes]) != hash {
                    return Err(damaged("statements.bytes"));
                }
                Ok((AmbassadorIndex::new(index), LedgerStatement { id, hash, bytes }))
            })
            .collect()
    }

    fn claims(&self, month: Month) -> Result<BTreeMap<AmbassadorIndex, LedgerClaim>, Failure> {
        type Fields = (u32, String, String, Vec<u8>);
        let query = "SELECT ambassador, digest, signer, bytes FROM claims JOIN signatures USING (month, ambassador)
             WHERE month = ?1 ORDER BY sequence";
        let rows: Vec<Fields> =
            self.rows(query, &[month.as_number()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        rows.into_iter()
            .map(|(index, digest, signer, bytes)| {
                let digest = digest.parse().map_err(|_| damaged("claims.digest"))?;
                let claim = LedgerClaim { digest, signer, bytes };
                if !claim.is_whole() {
                    return Err(damaged("signatures.bytes"));
                }
                Ok((AmbassadorIndex::new(index), claim))
            })
            .collect()
    }

    /// Returns who signed the claims of the last month that has any.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn last_signer(&self) -> Result<Option<String>, Failure> {
        self.connection
            .query_row("SELECT signer FROM signatures ORDER BY sequence DESC LIMIT 1", [], |row| row.get(0))
            .optional()
            .map_err(|error| failure(&error))
    }

    /// Returns what the months before `month` credited, by line.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: the ledger cannot be read.
    pub fn credited_before(&self, month: Month) -> Result<Credited, Failure> {
        type Fields = (u32, String, String, String);
        let query = "SELECT ambassador, creator, kind, usd FROM credits WHERE month < ?1";
        let rows: Vec<Fields> =
            self.rows(query, &[month.as_number()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let mut credited = Credited::new();
        for (index, creator, kind, usd) in rows {
            let creator = match creator.as_str() {
                "" => None,
                creator => Some(creator.parse().map_err(|_| damaged("credits.creator"))?),
            };
            let kind = LineKind::ALL.into_iter().find(|word| word.as_str() == kind);
            let kind = kind.ok_or_else(|| damaged("credits.kind"))?;
            let usd: SignedUsd = usd.parse().map_err(|_| damaged("credits.usd"))?;
            let sum = credited.entry(LineKey { creator, kind, ambassador: AmbassadorIndex::new(index) }).or_default();
            *sum = sum.checked_add(usd).ok_or_else(|| damaged("credits.usd"))?;
        }
        Ok(credited)
    }

    /// Records a settled month with its statements and credits, all or nothing.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: nothing was recorded.
    pub fn record_month(&mut self, month: &LedgerMonth, credits: &Credited) -> Result<(), Failure> {
        self.record(|transaction| {
            transaction.execute(
                "INSERT INTO months VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    month.month.as_number(),
                    month.settled_at.to_string(),
                    month.early,
                    month.records_hash.to_string(),
                    month.records
                ],
            )?;
            let mut insert = transaction.prepare("INSERT INTO statements VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for (index, statement) in &month.statements {
                insert.execute(params![
                    month.month.as_number(),
                    index.as_u32(),
                    statement.id,
                    statement.hash.to_string(),
                    statement.bytes
                ])?;
            }
            let mut insert = transaction.prepare("INSERT INTO credits VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for (key, usd) in credits.iter().filter(|(_, usd)| !usd.is_zero()) {
                let creator = key.creator.as_ref().map_or("", |creator| creator.as_str());
                insert.execute(params![
                    month.month.as_number(),
                    key.ambassador.as_u32(),
                    creator,
                    key.kind.as_str(),
                    usd.to_string()
                ])?;
            }
            Ok(())
        })
    }

    /// Records the claims of a month, all or nothing; only what is recorded may leave the process.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`]: nothing was recorded.
    pub fn record_claims(
        &mut self,
        month: Month,
        claims: &BTreeMap<AmbassadorIndex, LedgerClaim>,
    ) -> Result<(), Failure> {
        self.record(|transaction| {
            // The first digest stays for ever: another one for the same ambassador and month breaks the primary key.
            let mut claim = transaction.prepare(
                "INSERT INTO claims SELECT ?1, ?2, ?3
                 WHERE NOT EXISTS (SELECT 1 FROM claims WHERE (month, ambassador, digest) = (?1, ?2, ?3))",
            )?;
            let mut signature = transaction
                .prepare("INSERT INTO signatures (month, ambassador, signer, bytes) VALUES (?1, ?2, ?3, ?4)")?;
            for (index, signed) in claims {
                let (month, index) = (month.as_number(), index.as_u32());
                claim.execute(params![month, index, signed.digest.to_string()])?;
                signature.execute(params![month, index, signed.signer, signed.bytes])?;
            }
            Ok(())
        })
    }

    /// Returns the rows of a query whose parameters are numbers of months.
    fn rows<T>(
        &self,
        query: &str,
        months: &[u32],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let run = || {
            let mut query = self.connection.prepare(query)?;
            query.query_map(params_from_iter(months), read)?.collect::<rusqlite::Result<Vec<T>>>()
        };
        run().map_err(|error| failure(&error))
    }

    fn record(&mut self, write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>) -> Result<(), Failure> {
        let run = || {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
            write(&transaction)?;
            transaction.commit()
        };
        run().map_err(|error| failure(&error))
    }
}

/// Refuses a link that leads nowhere: the ledger is on a disk that is not there today, and not a new one.
fn refuse_dangling(path: &Path) -> Result<(), Failure> {
    if path.exists() || fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let problem = Problem::new("LEDGER_MISSING", "the ledger is a link that leads nowhere").file(FILE);
    Err(Failure::new(Exit::Disk, problem.help("mount the disk on which the ledger lies, or mend the link")))
}

/// Makes durable what a process recorded that was killed before it synced it.
///
/// A process that only reads finds it recorded and may let it out; a power cut could take it back otherwise.
/// No connection may be open: a lock of this process ends when any descriptor of the file is closed.
fn sync(root: &Path) -> Result<(), Failure> {
    for path in [root.join(FILE), root.join(JOURNAL), root.to_path_buf()] {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path.as_path() };
        // What cannot be opened is told when the ledger is.
        let Ok(file) = File::open(path) else { continue };
        file.sync_all().map_err(|error| {
            let problem = Problem::new("LEDGER", format!("the ledger cannot be synced: {error}")).file(FILE);
            Failure::new(Exit::Disk, problem.help("mend the disk and repeat the command; nothing was done"))
        })?;
    }
    Ok(())
}

fn damaged(field: &str) -> Failure {
    contradiction(format!("`{field}` of the ledger cannot be read"))
}

/// Makes the failure of a ledger that contradicts itself.
pub(crate) fn contradiction(message: impl Into<String>) -> Failure {
    let problem = Problem::new("LEDGER_DAMAGED", message).file(FILE);
    Failure::new(Exit::Disk, problem.help("restore the ledger from its last copy"))
}

fn failure(error: &rusqlite::Error) -> Failure {
    let code = error.sqlite_error_code();
    let (code, help) = match code {
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            ("LEDGER_BUSY", "another process works on this programme; wait until it is done and repeat the command")
        }
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            ("LEDGER_DAMAGED", "restore the ledger from its last copy")
        }
        Some(rusqlite::ErrorCode::DiskFull) => ("LEDGER_DISK_FULL", "make room on the disk; nothing was recorded"),
        Some(rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen) => {
            ("LEDGER_READ_ONLY", "make the programme folder and the ledger writable; nothing was recorded")
        }
        _ => ("LEDGER", "mend the disk and repeat the command; what is not recorded did not leave the process"),
    };
    Failure::new(Exit::Disk, Problem::new(code, format!("the ledger: {error}")).file(FILE).help(help))
}

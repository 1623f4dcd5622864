//! The ledger's tables, and the triggers by which it only grows.

use rusqlite::{Connection, TransactionBehavior, params};

/// The version of the tables.
pub(super) const VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE secret (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE months (
    month INTEGER PRIMARY KEY,
    settled_at TEXT NOT NULL,
    early TEXT,
    records_hash TEXT NOT NULL,
    records BLOB NOT NULL
) STRICT;
CREATE TABLE statements (
    month INTEGER NOT NULL REFERENCES months,
    ambassador INTEGER NOT NULL,
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (month, ambassador)
) STRICT;
CREATE TABLE credits (
    month INTEGER NOT NULL REFERENCES months,
    ambassador INTEGER NOT NULL,
    creator TEXT NOT NULL,
    kind TEXT NOT NULL,
    usd TEXT NOT NULL,
    PRIMARY KEY (month, ambassador, creator, kind)
) STRICT;
CREATE TABLE claims (
    month INTEGER NOT NULL,
    ambassador INTEGER NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    PRIMARY KEY (month, ambassador),
    FOREIGN KEY (month, ambassador) REFERENCES statements
) STRICT;
CREATE TABLE signatures (
    sequence INTEGER PRIMARY KEY,
    month INTEGER NOT NULL,
    ambassador INTEGER NOT NULL,
    signer TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (month, ambassador, signer),
    FOREIGN KEY (month, ambassador) REFERENCES claims
) STRICT;
";

const TABLES: [&str; 6] = ["secret", "months", "statements", "credits", "claims", "signatures"];

/// Makes the tables of a new ledger; an old one is left as it is.
pub(super) fn create(connection: &mut Connection, salt: &[u8]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if version == 0 && tables == 0 {
        transaction.execute_batch(SCHEMA)?;
        for table in TABLES {
            for event in ["UPDATE", "DELETE"] {
                transaction.execute_batch(&format!(
                    "CREATE TRIGGER {table}_never_{event} BEFORE {event} ON {table}
                         BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;"
                ))?;
            }
        }
        transaction.execute("INSERT INTO secret VALUES ('salt', ?1)", params![salt])?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

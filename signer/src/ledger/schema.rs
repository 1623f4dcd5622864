//! The ledger's tables, the triggers by which it only grows, and how an old ledger gets the tables that came later.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// The version of the tables.
pub(super) const VERSION: i64 = 2;
/// The first version, whose tables are all in the second.
pub(super) const FIRST_VERSION: i64 = 1;

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

/// What version 2 adds: what was seen on the chain, and claims in the place of others.
const SCHEMA_2: &str = "
CREATE TABLE chain_blocks (
    sequence INTEGER PRIMARY KEY,
    chain TEXT NOT NULL,
    payouts TEXT NOT NULL,
    number TEXT NOT NULL,
    hash TEXT NOT NULL,
    time TEXT NOT NULL,
    UNIQUE (chain, payouts, number)
) STRICT;
CREATE TABLE chain_events (
    chain TEXT NOT NULL,
    payouts TEXT NOT NULL,
    number TEXT NOT NULL,
    place TEXT NOT NULL,
    hash TEXT NOT NULL,
    time TEXT NOT NULL,
    tx TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('redeemed', 'voided')),
    ambassador INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    account TEXT,
    amount TEXT,
    statement TEXT,
    PRIMARY KEY (chain, payouts, number, place)
) STRICT;
CREATE TABLE replacements (
    sequence INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    ambassador INTEGER NOT NULL,
    id TEXT NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE TABLE replaced (
    digest TEXT NOT NULL REFERENCES replacements (digest),
    month INTEGER NOT NULL,
    ambassador INTEGER NOT NULL,
    PRIMARY KEY (digest, month),
    FOREIGN KEY (month, ambassador) REFERENCES claims
) STRICT;
CREATE TABLE replacement_signatures (
    sequence INTEGER PRIMARY KEY,
    digest TEXT NOT NULL REFERENCES replacements (digest),
    signer TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (digest, signer)
) STRICT;
";

const TABLES_2: [&str; 5] = ["chain_blocks", "chain_events", "replacements", "replaced", "replacement_signatures"];

/// Makes the tables of a new ledger, and those that an old one lacks; what is in it stays as it is.
pub(super) fn create(connection: &mut Connection, salt: &[u8]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = version == 0 && tables == 0;
    if is_new {
        add(&transaction, SCHEMA, &TABLES)?;
        transaction.execute("INSERT INTO secret VALUES ('salt', ?1)", params![salt])?;
    }
    if is_new || version == FIRST_VERSION {
        add(&transaction, SCHEMA_2, &TABLES_2)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// Adds tables whose rows nobody changes or removes.
fn add(transaction: &Transaction<'_>, schema: &str, tables: &[&str]) -> rusqlite::Result<()> {
    transaction.execute_batch(schema)?;
    for table in tables {
        for event in ["UPDATE", "DELETE"] {
            transaction.execute_batch(&format!(
                "CREATE TRIGGER {table}_never_{event} BEFORE {event} ON {table}
                     BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;"
            ))?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests_of_old {
    use std::path::Path;

    use super::*;

    /// Makes a ledger of the first version, with one month.
    pub(in crate::ledger) fn create_first(path: &Path) -> rusqlite::Result<()> {
        let mut connection = Connection::open(path)?;
        let transaction = connection.transaction()?;
        add(&transaction, SCHEMA, &TABLES)?;
        transaction.execute("INSERT INTO secret VALUES ('salt', ?1)", params![[7_u8; 32]])?;
        let hash = format!("0x{}", "0".repeat(64));
        let month = params![611, "2021-01-08T00:00:00Z", hash, b"{}"];
        transaction.execute("INSERT INTO months VALUES (?1, ?2, NULL, ?3, ?4)", month)?;
        transaction.pragma_update(None, "user_version", FIRST_VERSION)?;
        transaction.commit()
    }
}

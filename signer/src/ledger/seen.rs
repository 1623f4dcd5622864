//! What the ledger knows of the chain: up to which block a claim contract was seen, and by which events it settled months.

use ambassador_core::{
    address::Address,
    calendar::{Instant, Month},
    claim::Domain,
    contract_event::{Redeemed, Voided},
    hash::Hash32,
};
use rusqlite::{OptionalExtension as _, params};

use super::{Ledger, damaged, failure, schema};
use crate::{
    chain::event::{Settling, SettlingEvent},
    problem::Failure,
    rpc::Block,
};

impl Ledger {
    /// Returns the last block at which a contract was seen.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read.
    pub fn last_seen(&self, domain: &Domain) -> Result<Option<Block>, Failure> {
        if self.version == schema::FIRST_VERSION {
            return Ok(None);
        }
        let query = "SELECT number, hash, time FROM chain_blocks WHERE (chain, payouts) = (?1, ?2)
             ORDER BY sequence DESC LIMIT 1";
        let row = self.connection.query_row(query, key(domain), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let row: Option<[String; 3]> =
            row.optional().map_err(|error| failure(&error))?.map(|(number, hash, time)| [number, hash, time]);
        row.map(|[number, hash, time]| block(&number, &hash, &time)).transpose()
    }

    /// Returns the events by which a contract settled months, in the order of the chain.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): the ledger cannot be read.
    pub fn settling_events(&self, domain: &Domain) -> Result<Vec<SettlingEvent>, Failure> {
        if self.version == schema::FIRST_VERSION {
            return Ok(Vec::new());
        }
        let read = || {
            let mut query = self.connection.prepare(
                "SELECT number, hash, time, place, tx, ambassador, first, last, account, amount, statement
                 FROM chain_events WHERE (chain, payouts) = (?1, ?2)",
            )?;
            let rows = query.query_map(key(domain), |row| {
                Ok(EventRow {
                    block: [row.get(0)?, row.get(1)?, row.get(2)?],
                    place: row.get(3)?,
                    transaction: row.get(4)?,
                    months: [row.get(5)?, row.get(6)?, row.get(7)?],
                    paid: [row.get(8)?, row.get(9)?, row.get(10)?],
                })
            })?;
            rows.collect::<rusqlite::Result<Vec<EventRow>>>()
        };
        let rows = read().map_err(|error| failure(&error))?;
        let events: Option<Vec<SettlingEvent>> = rows.into_iter().map(EventRow::read).collect();
        let mut events = events.ok_or_else(|| damaged("chain_events"))?;
        events.sort_by_key(|event| (event.block.number, event.place));
        Ok(events)
    }

    /// Records at which block a contract was seen, and the events up to there that are new, all or nothing.
    ///
    /// # Errors
    ///
    /// [`Exit::Disk`](crate::problem::Exit::Disk): nothing was recorded.
    pub fn record_seen(&mut self, domain: &Domain, block: &Block, events: &[SettlingEvent]) -> Result<(), Failure> {
        let [chain, payouts] = key(domain);
        self.record(|transaction| {
            transaction.execute(
                "INSERT INTO chain_blocks (chain, payouts, number, hash, time) SELECT ?1, ?2, ?3, ?4, ?5
                 WHERE NOT EXISTS (SELECT 1 FROM chain_blocks WHERE (chain, payouts, number, hash) = (?1, ?2, ?3, ?4))",
                params![chain, payouts, block.number.to_string(), block.hash.to_string(), block.time.to_string()],
            )?;
            let mut insert = transaction.prepare(
                "INSERT INTO chain_events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?;
            for event in events {
                let (kind, paid) = match event.what {
                    Settling::Redeemed(redeemed) => ("redeemed", Some(redeemed)),
                    Settling::Voided(_) => ("voided", None),
                };
                let (index, first, last) = event.what.months();
                insert.execute(params![
                    chain,
                    payouts,
                    event.block.number.to_string(),
                    event.place.to_string(),
                    event.block.hash.to_string(),
                    event.block.time.to_string(),
                    event.transaction.to_string(),
                    kind,
                    index,
                    first.as_number(),
                    last.as_number(),
                    paid.map(|paid| paid.account.to_string()),
                    paid.map(|paid| paid.amount.to_string()),
                    paid.map(|paid| paid.statement.to_string()),
                ])?;
            }
            Ok(())
        })
    }
}

/// An event as the ledger has it.
struct EventRow {
    block: [String; 3],
    place: String,
    transaction: String,
    months: [u32; 3],
    paid: [Option<String>; 3],
}

impl EventRow {
    fn read(self) -> Option<SettlingEvent> {
        let [number, hash, time] = &self.block;
        let [index, first, last] = self.months;
        let (from, to) = (Month::from_number(first)?, Month::from_number(last)?);
        let what = match self.paid {
            [None, None, None] => Settling::Voided(Voided { index, from, to }),
            [Some(account), Some(amount), Some(statement)] => Settling::Redeemed(Redeemed {
                account: account.parse::<Address>().ok()?,
                index,
                from,
                to,
                amount: amount.parse().ok()?,
                statement: statement.parse().ok()?,
            }),
            _ => return None,
        };
        let block = block(number, hash, time).ok()?;
        Some(SettlingEvent {
            block,
            place: self.place.parse().ok()?,
            transaction: self.transaction.parse().ok()?,
            what,
        })
    }
}

fn key(domain: &Domain) -> [String; 2] {
    [domain.chain_id.to_string(), domain.verifying_contract.to_string()]
}

fn block(number: &str, hash: &str, time: &str) -> Result<Block, Failure> {
    let read = || {
        let (number, hash, time) = (number.parse().ok()?, hash.parse::<Hash32>().ok()?, time.parse::<Instant>().ok()?);
        Some(Block { number, hash, time })
    };
    read().ok_or_else(|| damaged("chain_blocks"))
}

//! An export of transactions as a table of events.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

use ambassador_core::{
    event::{Event, EventText},
    hash::keccak256,
};

use super::{
    digits::shifted,
    layout::Clock,
    read_rows, refused,
    sources::{Actors, EventSource, Unit},
};
use crate::{
    intake::csv::Row,
    problem::{Failure, Problem},
};

/// Events as they are written, and what was seen of the export.
#[derive(Clone, Debug)]
pub struct ImportedEvents {
    /// The table: `event_id,occurred_at,coin,kind,actor,amount_usd,reverses`.
    pub csv: Vec<u8>,
    /// The events of each kind.
    pub kinds: BTreeMap<String, u64>,
}

impl ImportedEvents {
    /// Returns a table without events.
    pub(super) fn new() -> Self {
        Self { csv: b"event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n".to_vec(), kinds: BTreeMap::new() }
    }
}

/// Returns the pseudonym of an actor: `people` and 16 bytes of a hash of the secret, `people` and the id.
pub fn pseudonym(salt: &[u8], people: &str, id: &str) -> String {
    let hash = keccak256(&[salt, b"import actor", &length(people), people.as_bytes(), id.as_bytes()]);
    format!("{people}-{}", hex::encode(hash.as_bytes().get(..16).unwrap_or_default()))
}

impl EventSource {
    /// Returns how the events of the source `name` call an actor.
    pub fn actor(&self, name: &str, salt: &[u8], id: &str) -> String {
        match self.actors {
            // A missing id stays missing.
            Actors::Salted if !id.is_empty() => pseudonym(salt, self.people.as_deref().unwrap_or(name), id),
            Actors::Salted | Actors::Public => id.to_owned(),
        }
    }
}

/// Turns an export of the source `name` into events.
///
/// # Errors
///
/// The file cannot be read, or every row that is wrong.
pub fn import_events(name: &str, source: &EventSource, salt: &[u8], file: &Path) -> Result<ImportedEvents, Failure> {
    let columns = Columns::of(source);
    let mut rows = Rows {
        source,
        columns: &columns,
        clock: source.time.clock().map_err(refused)?,
        salt,
        people: source.people.as_deref().unwrap_or(name),
        seen: HashMap::new(),
        imported: ImportedEvents::new(),
    };
    read_rows(file, &columns.names, |row| rows.take(row))?;
    Ok(rows.imported)
}

/// Where the fields of an event stand among the columns that the source names.
struct Columns<'s> {
    names: Vec<&'s str>,
    event_id: Option<usize>,
    occurred_at: Option<usize>,
    coin: Option<usize>,
    kind: Option<usize>,
    actor: Option<usize>,
    amount_usd: Option<usize>,
    reverses: Option<usize>,
}

impl<'s> Columns<'s> {
    fn of(source: &'s EventSource) -> Self {
        let columns = &source.columns;
        let optional = [&columns.event_id, &columns.coin, &columns.kind, &columns.reverses];
        let mut names: Vec<&str> = [&columns.occurred_at, &columns.actor, &columns.amount_usd]
            .into_iter()
            .chain(optional.into_iter().flatten())
            .chain(&source.dropped)
            .map(String::as_str)
            .collect();
        // In one order whatever the export's is: an id that is made of a row does not depend on it.
        names.sort_unstable();
        names.dedup();
        let place = |name: &str| names.iter().position(|known| *known == name);
        let optional = |name: &Option<String>| name.as_deref().and_then(place);
        Self {
            event_id: optional(&columns.event_id),
            occurred_at: place(&columns.occurred_at),
            coin: optional(&columns.coin),
            kind: optional(&columns.kind),
            actor: place(&columns.actor),
            amount_usd: place(&columns.amount_usd),
            reverses: optional(&columns.reverses),
            names,
        }
    }

    /// Returns the export's own name of a field.
    fn name_of(&self, field: &str) -> &str {
        let place = match field {
            "event_id" => self.event_id,
            "occurred_at" => self.occurred_at,
            "coin" => self.coin,
            "kind" => self.kind,
            "actor" => self.actor,
            "amount_usd" => self.amount_usd,
            "reverses" => self.reverses,
            _ => None,
        };
        place.and_then(|place| self.names.get(place).copied()).unwrap_or("event_id")
    }
}

/// Takes rows and writes events.
struct Rows<'a> {
    source: &'a EventSource,
    columns: &'a Columns<'a>,
    clock: Clock,
    salt: &'a [u8],
    people: &'a str,
    /// How often a row without an id of its own was met.
    seen: HashMap<[u8; 32], u64>,
    imported: ImportedEvents,
}

impl<'a> Rows<'a> {
    fn take(&mut self, row: &Row<'_>) -> Result<(), Problem> {
        let cell = |place: Option<usize>| place.and_then(|place| row.cell(place));
        let constants = &self.source.constants;
        let time = self.clock.read(cell(self.columns.occurred_at).unwrap_or_default());
        let time = time.map_err(|message| {
            let help = "correct `time` of the source, or the export";
            Problem::new("SOURCE_TIME", message).column(self.columns.name_of("occurred_at")).help(help)
        })?;
        let amount = cell(self.columns.amount_usd).unwrap_or_default();
        let amount = match self.source.unit {
            Unit::Usd => shifted(amount, 0),
            Unit::Cents => shifted(amount, -2),
        }
        // What is no number is refused as an amount is.
        .unwrap_or_else(|| amount.to_owned());
        let actor = cell(self.columns.actor).unwrap_or_default();
        let actor = self.source.actor(self.people, self.salt, actor);
        let occurred_at = time.to_string();
        let event_id = match cell(self.columns.event_id) {
            Some(id) => id.to_owned(),
            None => self.made_id(row),
        };
        let event = EventText {
            event_id: &event_id,
            occurred_at: &occurred_at,
            coin: cell(self.columns.coin).or(constants.coin.as_deref()).unwrap_or_default(),
            kind: self.kind(cell(self.columns.kind))?,
            actor: &actor,
            amount_usd: &amount,
            reverses: cell(self.columns.reverses).unwrap_or_default(),
        };
        Event::parse(&event).map_err(|error| Problem::of(&error).column(self.columns.name_of(error.column)))?;
        let kinds = self.imported.kinds.entry(event.kind.to_owned()).or_default();
        *kinds = kinds.saturating_add(1);
        write_row(&mut self.imported.csv, &event);
        Ok(())
    }

    fn kind<'k>(&self, cell: Option<&'k str>) -> Result<&'k str, Problem>
    where
        'a: 'k,
    {
        let source: &'a EventSource = self.source;
        let (Some(text), Some(kinds)) = (cell, &source.kinds) else {
            return Ok(cell.or(source.constants.kind.as_deref()).unwrap_or_default());
        };
        kinds.get(text).map(|kind| kind.0.as_str()).ok_or_else(|| {
            let message = format!("`{}` is none of the source's kinds", text.escape_debug());
            let help = "say in `kinds` of the source what it is in the programme's words, counted or not";
            Problem::new("SOURCE_KIND", message).column(self.columns.name_of("kind")).help(help)
        })
    }

    /// Returns the id of a row that has none: 16 bytes of a hash of the secret, all its fields, and how often such a row
    /// was met before in the export.
    ///
    /// So the rows that two exports share have the same ids.
    fn made_id(&mut self, row: &Row<'_>) -> String {
        let mut fields = Vec::new();
        for place in 0..self.columns.names.len() {
            let field = row.cell(place).unwrap_or_default();
            fields.extend_from_slice(&length(field));
            fields.extend_from_slice(field.as_bytes());
        }
        let content = keccak256(&[self.salt, b"import row", &fields]);
        let before = self.seen.entry(*content.as_bytes()).or_default();
        let id = keccak256(&[content.as_bytes().as_slice(), &before.to_be_bytes()]);
        *before = before.saturating_add(1);
        hex::encode(id.as_bytes().get(..16).unwrap_or_default())
    }
}

/// A text's length, so that no two lists of texts are the same bytes.
fn length(text: &str) -> [u8; 8] {
    u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes()
}

pub(super) fn write_row(csv: &mut Vec<u8>, event: &EventText<'_>) {
    let EventText { event_id, occurred_at, coin, kind, actor, amount_usd, reverses } = event;
    for (place, cell) in [event_id, occurred_at, coin, kind, actor, amount_usd, reverses].into_iter().enumerate() {
        if place > 0 {
            csv.push(b',');
        }
        if cell.contains(['"', ',']) {
            csv.push(b'"');
            csv.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            csv.push(b'"');
        } else {
            csv.extend_from_slice(cell.as_bytes());
        }
    }
    csv.push(b'\n');
}

//! What was found of a name against what was pinned before: which row is added, and whether payments are held.

use std::fmt::Write as _;

use ambassador_core::{
    address::Address,
    calendar::Instant,
    programme::{Pin, Programme},
    records::{Ambassador, EnsName, Payee, Resolution},
};
use serde_json::{Value, json};

use super::beautiful;
use crate::{
    problem::Problem,
    table::{Align, Table},
};

/// The file of the pinned names.
pub const FILE: &str = "resolutions.csv";

/// How a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was asked for the first time, and counts.
    First,
    /// It stands for what it stood for.
    Pinned,
    /// It stands for another account than before, and counts since that was confirmed.
    Confirmed,
    /// It stands for another account than before.
    Changed,
    /// It stands for no account any more.
    Vanished,
    /// It never stood for an account.
    Unresolved,
}

impl State {
    /// Returns the state's words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "pinned now",
            Self::Pinned => "pinned",
            Self::Confirmed => "confirmed",
            Self::Changed => "changed, held until confirmed",
            Self::Vanished => "vanished, held",
            Self::Unresolved => "not resolved, held",
        }
    }

    /// Returns whether the name's payments are held (`ADDRESS_UNCONFIRMED`).
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Changed | Self::Vanished | Self::Unresolved)
    }
}

/// A payee's name, how it stands, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The name.
    pub name: EnsName,
    /// Whose.
    pub ambassador: String,
    /// How it stands.
    pub state: State,
    /// The account that it names, confirmed or not.
    pub address: Option<Address>,
    /// The account that it named before.
    pub before: Option<Address>,
    /// The block that the account was first seen at.
    pub block: Option<u64>,
    /// Why it names no account, where it was asked just now.
    pub problem: Option<Problem>,
}

/// Returns the ambassadors whose payees are names, in the order of their indexes.
pub fn payees(programme: &Programme) -> impl Iterator<Item = (&Ambassador, &EnsName)> {
    programme.records().ambassadors.iter().filter_map(|ambassador| match &ambassador.payee {
        Payee::Name(name) => Some((ambassador, name)),
        Payee::Address(_) => None,
    })
}

/// Returns how every payee's name stands by the pinned rows alone.
pub fn standings(programme: &Programme) -> Vec<Standing> {
    let standing = |(ambassador, name): (&Ambassador, &EnsName)| {
        let state = match programme.pin(name) {
            Some(Pin::Account(_)) => State::Pinned,
            Some(Pin::Changed(_)) => State::Changed,
            Some(Pin::Vanished) => State::Vanished,
            None => State::Unresolved,
        };
        Standing::of(programme.pinned(name), ambassador, name, state)
    };
    payees(programme).map(standing).collect()
}

impl Standing {
    fn of(rows: &[Resolution], ambassador: &Ambassador, name: &EnsName, state: State) -> Self {
        let address = rows.last().and_then(|row| row.address);
        let mut same = rows.iter().rev().take_while(|row| row.address == address);
        Self {
            name: name.clone(),
            ambassador: ambassador.id.to_string(),
            state,
            address,
            before: rows.iter().rev().filter_map(|row| row.address).find(|before| Some(*before) != address),
            block: same.by_ref().last().map(|row| row.block),
            problem: None,
        }
    }

    /// Returns the standing for scripts.
    pub fn to_json(&self) -> Value {
        json!({
            "name": self.name.as_str(),
            "beautiful": beautiful(&self.name),
            "ambassador": self.ambassador,
            "state": self.state.as_str(),
            "held": self.state.is_held(),
            "address": self.address.map(|address| address.to_string()),
            "before": self.before.map(|address| address.to_string()),
            "block": self.block.map(|block| block.to_string()),
            "problem": self.problem,
        })
    }
}

/// Shows how names stand, with what can be done where payments are held.
pub fn table(standings: &[Standing]) -> String {
    let mut table = Table::new(&[
        ("payee", Align::Left),
        ("ambassador", Align::Left),
        ("account", Align::Left),
        ("since block", Align::Right),
        ("state", Align::Left),
    ]);
    let mut notes = String::new();
    for standing in standings {
        let shown = beautiful(&standing.name);
        let name = shown.map_or_else(|| standing.name.to_string(), |shown| format!("{} ({shown})", standing.name));
        table.row([
            name,
            standing.ambassador.clone(),
            standing.address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
            standing.block.map(|block| block.to_string()).unwrap_or_default(),
            standing.state.as_str().to_owned(),
        ]);
        if let Some(problem) = &standing.problem {
            // Writing to a string cannot fail.
            let _ = writeln!(notes, "{problem}");
        } else if let (State::Changed, Some(before)) = (standing.state, standing.before) {
            let name = &standing.name;
            let _ = writeln!(
                notes,
                "ADDRESS_UNCONFIRMED: {name} stood for {before} before: ask {} in another way, then repeat with `--confirm {name}`",
                standing.ambassador
            );
        }
    }
    table.render(0) + &notes
}

/// What asking a name led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How the name stands after it.
    pub standing: Standing,
    /// The row that is added, if any.
    pub row: Option<Resolution>,
}

/// When a name was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The block.
    pub block: u64,
    /// The instant from which months see it.
    pub at: Instant,
}

/// Compares what was found of a name with what was pinned.
///
/// # Errors
///
/// The block lies before one that was asked earlier, or says otherwise than it did then.
pub fn compare(
    programme: &Programme,
    (ambassador, name): (&Ambassador, &EnsName),
    found: Result<Address, Problem>,
    confirm: bool,
    asked: Asked,
) -> Result<Step, Problem> {
    let mut rows = programme.pinned(name).to_vec();
    let (found, problem) = match found {
        Ok(address) => (Some(address), None),
        Err(problem) => (None, Some(problem)),
    };
    let latest = rows.last();
    if let Some(latest) = latest.filter(|latest| latest.block > asked.block) {
        let message =
            format!("`{name}` was asked at block {} already, and {} lies before it", latest.block, asked.block);
        let help = "name an endpoint that follows the chain; nothing was written";
        return Err(Problem::new("ENS_BLOCK_OLD", message).help(help));
    }
    let differs = latest.is_some_and(|latest| latest.address != found);
    if let Some(latest) = latest.filter(|latest| differs && latest.block == asked.block) {
        let message = format!("`{name}` stood for something else at the same block {}", latest.block);
        let help = "one of the two endpoints lies: ask another one; nothing was written";
        return Err(Problem::new("ENS_BLOCK_DIFFERS", message).help(help));
    }
    let (state, adds) = match (programme.pin(name), found) {
        (None, None) => (State::Unresolved, false),
        (None, Some(_)) => (State::First, true),
        (Some(_), None) => (State::Vanished, differs),
        (Some(_), Some(_)) if differs => (State::Changed, true),
        (Some(Pin::Changed(_)), Some(_)) if confirm => (State::Confirmed, true),
        (Some(Pin::Changed(_)), Some(_)) => (State::Changed, false),
        (Some(Pin::Account(_) | Pin::Vanished), Some(_)) => (State::Pinned, false),
    };
    let row = Resolution { name: name.clone(), address: found, block: asked.block, resolved_at: asked.at };
    let row = adds.then_some(row);
    rows.extend(row.clone());
    Ok(Step { standing: Standing { problem, ..Standing::of(&rows, ambassador, name, state) }, row })
}

/// Writes the file of the pinned names.
pub fn to_csv(rows: impl IntoIterator<Item = Resolution>) -> String {
    let mut text = "name,address,block,resolved_at\n".to_owned();
    for row in rows {
        // No character of a name or an address needs quotes.
        let address = row.address.map(|address| address.to_string()).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{},{address},{},{}", row.name, row.block, row.resolved_at);
    }
    text
}

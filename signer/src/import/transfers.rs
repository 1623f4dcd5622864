//! The transfers of a coin on a chain as a table of events: what `sources.toml` says of them, and how they are read.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use ambassador_core::{
    address::{Address, AddressError},
    calendar::{Date, Instant},
    conversion::floor_to_volume,
    event::{Event, EventText},
    hash::Hash32,
    identifier::CoinId,
    price::Price,
    records::Close,
    token::Decimals,
    transfer::Transfer,
};
use serde::Deserialize;

use super::{
    events::{ImportedEvents, pseudonym, write_row},
    sources::{Actors, EventKindText, check_name},
};
use crate::{
    intake::{Problems, read_closes},
    problem::{Failure, Problem},
};

/// A coin whose transfers are events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferSource {
    /// The coin in the programme's words.
    pub(super) coin: String,
    /// The coin's contract.
    pub(super) token: AddressText,
    /// Its chain (EIP-155).
    pub(super) chain_id: u64,
    /// Its decimal places.
    pub(super) decimals: u8,
    /// The block from which on it is read, such as that of its creation.
    pub(super) first_block: u64,
    /// The coin's closes, a file below the programme's folder that is written as `prices.csv` is.
    pub(super) prices: String,
    /// What it is when one of these accounts sends; whoever receives is the actor.
    #[serde(default)]
    pub(super) from: BTreeMap<AddressText, EventKindText>,
    /// What it is when one of these accounts receives; whoever sends is the actor.
    #[serde(default)]
    pub(super) to: BTreeMap<AddressText, EventKindText>,
    /// Whether actors may be known.
    #[serde(default)]
    pub(super) actors: Actors,
    /// Sources with the same word here name the same accounts by the same pseudonyms.
    #[serde(default)]
    pub(super) people: Option<String>,
}

/// An address in `sources.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct AddressText(pub(super) Address);

impl TryFrom<String> for AddressText {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// A transfer, with where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainTransfer {
    /// The number of its block.
    pub block: u64,
    /// The hash of its block.
    pub block_hash: Hash32,
    /// The transaction's hash.
    pub transaction: Hash32,
    /// Which log of its block it is, from 0.
    pub place: u64,
    /// What was moved.
    pub transfer: Transfer,
}

/// Transfers that are no events, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Neither account is named.
    pub others: u64,
    /// Both accounts are named: nobody else did it.
    pub between: u64,
    /// Nothing was moved, which anybody can do in another's name.
    pub of_nothing: u64,
    /// Tokens were made for, or destroyed by, a named account.
    pub made: u64,
}

/// Why a transfer is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Other,
    Between,
    Nothing,
    Made,
}

impl LeftOut {
    const fn count(&mut self, cause: Cause) {
        let count = match cause {
            Cause::Other => &mut self.others,
            Cause::Between => &mut self.between,
            Cause::Nothing => &mut self.of_nothing,
            Cause::Made => &mut self.made,
        };
        *count = count.saturating_add(1);
    }
}

impl TransferSource {
    /// Returns the coin's contract.
    pub const fn token(&self) -> Address {
        self.token.0
    }

    /// Returns the coin's chain.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// Returns the coin's decimal places.
    ///
    /// # Errors
    ///
    /// More than any coin has; `sources.toml` is refused before.
    pub fn decimals(&self) -> Result<Decimals, Failure> {
        let places = self.decimals;
        let refused =
            || super::refused((format!("`{places}` is more decimal places than any coin has"), "correct them"));
        Decimals::new(places).ok_or_else(refused)
    }

    /// Returns the block from which on the coin is read.
    pub const fn first_block(&self) -> u64 {
        self.first_block
    }

    /// Says what is wrong with it.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        check_name(name)?;
        self.people.as_deref().map_or(Ok(()), check_name)?;
        let in_source = |error: &dyn std::error::Error| format!("`{name}`: {error}");
        CoinId::check(&self.coin).map_err(|error| in_source(&error))?;
        if Decimals::new(self.decimals).is_none() {
            return Err(format!("`{name}`: `{}` is more decimal places than any coin has", self.decimals));
        }
        if self.from.is_empty() && self.to.is_empty() {
            return Err(format!("`{name}` names no account in `from` or `to`, so nothing would be an event"));
        }
        Ok(())
    }

    /// Returns the kind of event that a transfer is and whose, or why it is none.
    fn meaning(&self, transfer: &Transfer) -> Result<(&str, Address), Cause> {
        let holds = |accounts: &BTreeMap<AddressText, EventKindText>, account: Option<Address>| {
            account.is_some_and(|account| accounts.contains_key(&AddressText(account)))
        };
        let is_named = |account| holds(&self.from, account) || holds(&self.to, account);
        let by_sender = transfer.from.and_then(|account| self.from.get(&AddressText(account)));
        let by_receiver = transfer.to.and_then(|account| self.to.get(&AddressText(account)));
        let (kind, actor) = match (by_sender, by_receiver) {
            (None, None) => return Err(Cause::Other),
            (Some(_), Some(_)) => return Err(Cause::Between),
            (Some(kind), None) => (kind, transfer.to),
            (None, Some(kind)) => (kind, transfer.from),
        };
        match actor {
            _ if transfer.amount.is_zero() => Err(Cause::Nothing),
            None => Err(Cause::Made),
            actor if is_named(actor) => Err(Cause::Between),
            Some(actor) => Ok((&kind.0, actor)),
        }
    }

    /// Returns how events of the source `name` call an account.
    pub fn actor(&self, name: &str, salt: &[u8], account: Address) -> String {
        match self.actors {
            Actors::Salted => pseudonym(salt, self.people.as_deref().unwrap_or(name), &account.to_string()),
            Actors::Public => account.to_string(),
        }
    }
}

/// Turns transfers of the source `name` into events.
///
/// An amount is the units times the close of the day (UTC) in dollars, rounded down once, at 10^-18 dollars.
///
/// # Errors
///
/// The price file is missing or wrong, or has no close of a day on which there is an event.
pub fn import_transfers(
    root: &Path,
    name: &str,
    source: &TransferSource,
    salt: &[u8],
    transfers: &[ChainTransfer],
    time_of: &mut dyn FnMut(&ChainTransfer) -> Result<Instant, Failure>,
) -> Result<(ImportedEvents, LeftOut), Failure> {
    let file = Path::new(&source.prices);
    let closes: BTreeMap<Date, Close> = read_closes(root, file)?.into_iter().map(|close| (close.date, close)).collect();
    let decimals = source.decimals()?;
    let (mut imported, mut left, mut problems) = (ImportedEvents::new(), LeftOut::default(), Problems::default());
    let mut missing = BTreeSet::new();
    for chain_transfer in transfers {
        let ChainTransfer { transaction, place, transfer, .. } = chain_transfer;
        let (kind, account) = match source.meaning(transfer) {
            Ok(event) => event,
            Err(cause) => {
                left.count(cause);
                continue;
            }
        };
        let time = time_of(chain_transfer)?;
        let date = time.to_date();
        let Some(close) = closes.get(&date) else {
            missing.insert(date);
            continue;
        };
        let event_id = format!("{transaction}:{place}");
        let price = Price { usd: close.usd, tokens: close.tokens };
        let amount = match floor_to_volume(transfer.amount, price, decimals) {
            Ok(amount) => amount.to_string(),
            Err(error) => {
                problems.push(Problem::of(&error).column(event_id));
                continue;
            }
        };
        let (actor, occurred_at) = (source.actor(name, salt, account), time.to_string());
        let event = EventText {
            event_id: &event_id,
            occurred_at: &occurred_at,
            coin: &source.coin,
            kind,
            actor: &actor,
            amount_usd: &amount,
            reverses: "",
        };
        match Event::parse(&event) {
            Ok(_) => {
                let kinds = imported.kinds.entry(kind.to_owned()).or_default();
                *kinds = kinds.saturating_add(1);
                write_row(&mut imported.csv, &event);
            }
            Err(error) => problems.push(Problem::of(&error).column(event_id)),
        }
    }
    for date in missing {
        let problem = Problem::new("PRICE_MISSING", format!("there is no close of `{date}`, a day with events"));
        problems.push(problem.file(file).help("add the day's close of the coin; nothing was imported"));
    }
    problems.or((imported, left))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

    use ambassador_core::token::TokenAmount;

    use super::*;

    fn account(byte: u8) -> Option<Address> {
        Address::from_bytes([byte; 20])
    }

    fn source() -> TransferSource {
        let named = |byte: u8| "0x".to_owned() + &format!("{byte:02x}").repeat(20);
        let text = format!(
            "coin = 'ZOE'\ntoken = '{}'\nchain_id = 1\ndecimals = 18\nfirst_block = 0\nprices = 'x.csv'\n\
             from = {{ '{}' = 'buy' }}\nto = {{ '{}' = 'send_creator' }}\n",
            named(9),
            named(1),
            named(2),
        );
        toml::from_str(&text).expect("a source")
    }

    #[test]
    fn a_transfer_is_an_event_of_the_account_that_is_not_named() {
        let (sale, creator, fan) = (account(1), account(2), account(3));
        for (from, to, amount, expected) in [
            (sale, fan, 1, Ok(("buy", fan))),
            (fan, creator, 1, Ok(("send_creator", fan))),
            (fan, sale, 1, Err(Cause::Other)),
            (creator, fan, 1, Err(Cause::Other)),
            (fan, account(4), 1, Err(Cause::Other)),
            (sale, creator, 1, Err(Cause::Between)),
            (sale, sale, 1, Err(Cause::Between)),
            (creator, creator, 1, Err(Cause::Between)),
            (fan, creator, 0, Err(Cause::Nothing)),
            (sale, None, 1, Err(Cause::Made)),
            (None, creator, 1, Err(Cause::Made)),
            (None, fan, 1, Err(Cause::Other)),
        ] {
            let transfer = Transfer { from, to, amount: TokenAmount::from_base_units(amount) };
            let expected = expected.map(|(kind, actor)| (kind, actor.expect("an account")));
            assert_eq!(source().meaning(&transfer), expected, "{transfer:?}");
        }
    }

    #[test]
    fn a_source_that_could_not_be_read_is_refused() {
        assert_eq!(source().check("zoe"), Ok(()));
        let nobody = TransferSource { from: BTreeMap::new(), to: BTreeMap::new(), ..source() };
        assert!(nobody.check("zoe").is_err());
        assert!(TransferSource { decimals: 31, ..source() }.check("zoe").is_err());
        assert!(TransferSource { coin: "Z O E".to_owned(), ..source() }.check("zoe").is_err());
        assert!(source().check("Zoe!").is_err());
    }
}

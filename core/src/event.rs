//! An event of the network: what it may look like as text, and what is known once it was read.

use alloc::string::String;

use crate::{
    calendar::{CalendarError, Instant},
    decimal::DecimalError,
    diagnostic::Diagnostic,
    identifier::{CoinId, EventKind, IdentifierError, Label},
    usd::Volume,
};

/// The fields of an event as text, in any order of columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventText<'a> {
    /// Unique within its source.
    pub event_id: &'a str,
    /// When it happened.
    pub occurred_at: &'a str,
    /// The coin that was moved.
    pub coin: &'a str,
    /// What happened, such as `buy`.
    pub kind: &'a str,
    /// Who did it.
    pub actor: &'a str,
    /// The volume in dollars, at most 18 decimal places.
    pub amount_usd: &'a str,
    /// The event that this one takes back in whole or in part, or nothing.
    pub reverses: &'a str,
}

/// An event whose fields are known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    pub(crate) id: &'a str,
    pub(crate) occurred_at: Instant,
    pub(crate) coin: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) amount: Volume,
    pub(crate) reverses: Option<&'a str>,
}

/// A field of an event that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct EventError {
    /// The column.
    pub column: &'static str,
    /// What is wrong.
    pub cause: EventFieldError,
}

/// Why a field of an event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(missing_docs, reason = "each is the error of the field's own type")]
pub enum EventFieldError {
    Identifier(#[from] IdentifierError),
    Calendar(#[from] CalendarError),
    Decimal(#[from] DecimalError),
}

impl Diagnostic for EventError {
    fn code(&self) -> &'static str {
        match &self.cause {
            EventFieldError::Identifier(error) => error.code(),
            EventFieldError::Calendar(error) => error.code(),
            EventFieldError::Decimal(error) => error.code(),
        }
    }

    fn help(&self) -> String {
        match &self.cause {
            EventFieldError::Identifier(error) => error.help(),
            EventFieldError::Calendar(error) => error.help(),
            EventFieldError::Decimal(error) => error.help(),
        }
    }
}

impl<'a> Event<'a> {
    /// Reads every field of an event.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read, with its column.
    pub fn parse(text: &EventText<'a>) -> Result<Self, EventError> {
        Label::check(text.event_id).map_err(at("event_id"))?;
        let occurred_at = text.occurred_at.parse().map_err(at::<CalendarError>("occurred_at"))?;
        Self::check_coin(text.coin)?;
        EventKind::check(text.kind).map_err(at("kind"))?;
        Label::check(text.actor).map_err(at("actor"))?;
        let amount = text.amount_usd.parse().map_err(at::<DecimalError>("amount_usd"))?;
        let reverses = (!text.reverses.is_empty()).then_some(text.reverses);
        reverses.map_or(Ok(()), Label::check).map_err(at("reverses"))?;
        Ok(Self {
            id: text.event_id,
            occurred_at,
            coin: text.coin,
            kind: text.kind,
            actor: text.actor,
            amount,
            reverses,
        })
    }

    pub(crate) fn check_coin(coin: &str) -> Result<(), EventError> {
        CoinId::check(coin).map_err(at("coin"))
    }
}

fn at<E: Into<EventFieldError>>(column: &'static str) -> impl Fn(E) -> EventError {
    move |error| EventError { column, cause: error.into() }
}

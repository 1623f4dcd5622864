//! Why events contradict each other, and where the caller found them.

use alloc::string::{String, ToString};

use crate::{diagnostic::Diagnostic, usd::Volume};

/// Where the caller found an event; it comes back in errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace(pub u64);

/// Why events contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct VolumeError {
    /// The event.
    pub place: EventPlace,
    /// The other event, where there is one.
    pub other: Option<EventPlace>,
    /// What is wrong.
    pub problem: VolumeProblem,
}

/// What is wrong with an event beside the others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum VolumeProblem {
    #[error("event `{0}` stands twice with different fields")]
    Conflict(String),
    #[error("event `{id}` takes back `{reverses}`, which does not exist")]
    ReversesNothing { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}`, which takes back another itself")]
    ReversesReversal { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}` of another coin")]
    ReversesOtherCoin { id: String, reverses: String },
    #[error("event `{id}` takes back `{reverses}` before it happened")]
    ReversesFuture { id: String, reverses: String },
    #[error("`{reverses}` of `{amount}` is taken back by more than it is, `{reversed}`")]
    ReversesTooMuch { reverses: String, amount: Volume, reversed: Volume },
    #[error("the volume of creator `{0}` is larger than any network's")]
    Overflow(String),
}

impl Diagnostic for VolumeError {
    fn code(&self) -> &'static str {
        match &self.problem {
            VolumeProblem::Conflict(_) => "EVENT_CONFLICT",
            VolumeProblem::ReversesNothing { .. } => "REVERSAL_UNKNOWN",
            VolumeProblem::ReversesReversal { .. } => "REVERSAL_OF_REVERSAL",
            VolumeProblem::ReversesOtherCoin { .. } => "REVERSAL_COIN",
            VolumeProblem::ReversesFuture { .. } => "REVERSAL_TIME",
            VolumeProblem::ReversesTooMuch { .. } => "REVERSAL_AMOUNT",
            VolumeProblem::Overflow(_) => "VOLUME_OVERFLOW",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            VolumeProblem::Conflict(_) => "one export is wrong: keep the row that the network confirms",
            VolumeProblem::ReversesNothing { .. } => "add the export that contains the event, or correct the id",
            VolumeProblem::ReversesReversal { .. } => "name the event that was taken back first",
            VolumeProblem::ReversesOtherCoin { .. } => "a reversal has the coin of its event",
            VolumeProblem::ReversesFuture { .. } => "correct one of the two times",
            VolumeProblem::ReversesTooMuch { .. } => "the reversals of an event are at most its amount together",
            VolumeProblem::Overflow(_) => "check the unit of `amount_usd`",
        }
        .to_string()
    }
}

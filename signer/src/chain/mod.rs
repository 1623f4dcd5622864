//! The claim contract at one block that is believed: what it settled, and where every issued claim stands by that.
//!
//! An endpoint is trusted in nothing that can be checked: each log against the question, each event against the claims
//! that the ledger issued, the events against the contract's own bits, and the blocks against each other and against
//! what was seen before. What cannot be seen is a node that hides an event and the bit that goes with it.

pub mod event;
pub mod issued;
pub mod reading;
pub mod rows;
pub mod standing;

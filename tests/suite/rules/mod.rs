//! The rules R1 to R11 of the core, as tables, properties and second opinions.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on has failed"
)]

mod render;
mod sketch;

mod amendment;
mod attribution;
mod caps;
mod claim_document;
mod claims;
mod comparison;
mod dates;
mod figures;
mod invites;
mod life;
mod months;
mod oracle;
mod properties;
mod quote;
mod reasons;
mod records;
mod strategy;
mod terms;
mod tiers;
mod volume;

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

mod acceptances;
mod account;
mod amendment;
mod attribution;
mod caps;
mod chain;
mod claim_document;
mod claims;
mod comparison;
mod dates;
mod explanations;
mod figures;
mod helps;
mod invites;
mod life;
mod meters;
mod month_documents;
mod months;
mod oracle;
mod overview;
mod properties;
mod quote;
mod reasons;
mod records;
mod seen;
mod strategy;
mod terms;
mod texts;
mod tiers;
mod volume;

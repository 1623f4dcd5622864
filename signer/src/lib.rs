//! The treasury's offline signer: files, ledger, key and clock around the rules of `ambassador-core`.

pub mod airdrop;
pub mod calendar_file;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod difference;
pub mod files;
pub mod hardening;
pub mod index;
pub mod intake;
pub mod keystore;
pub mod ledger;
pub mod month;
pub mod month_files;
pub mod parallel;
pub mod password;
pub mod problem;
pub mod proposal;
pub mod report;
pub mod rpc;
pub mod signing;
pub mod summary;
pub mod table;
pub mod tax;
pub mod verification;
pub mod warehouse;

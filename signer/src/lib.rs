//! The treasury's offline signer: files, ledger, key and clock around the rules of `ambassador-core`.

pub mod hardening;
pub mod intake;
pub mod keystore;
pub mod password;
pub mod problem;
pub mod signing;
